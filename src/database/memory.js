// Copies of an embedded PostgreSQL between two messages, and the way back to them. Between two messages nothing of it
// is on JavaScript's stack: WebAssembly's memory, the stack pointer, the files and what is open of them are all there
// is.
import { Buffer } from 'node:buffer';

const PAGE_BYTES = 16_384;

/** What stands for a page that nobody has written to; there are thousands of them. */
const EMPTY_PAGE = new Uint8Array(PAGE_BYTES);

/**
 * @typedef {{ nodes: object[], streams: (object | undefined)[], names: (object | undefined)[] }} Files
 * @typedef {{ pages: Uint8Array[], files: Files, stack: number, loads: number }} Copy
 */

/** The memory of a module, page by page; a page that has not changed since the last copy is shared with it. */
export class Memory {
  /** @type {Uint8Array[]} What the memory held when it was last copied or written back. */
  #known = [];
  #heap;

  /** @param {() => Uint8Array} heap the memory as it is now, for it moves when it grows */
  constructor(heap) {
    this.#heap = heap;
  }

  /** @returns {Uint8Array[]} */
  copy() {
    const heap = this.#heap();
    const pages = [];
    for (let start = 0, page = 0; start < heap.length; start += PAGE_BYTES, page++) {
      const now = heap.subarray(start, start + PAGE_BYTES);
      const known = this.#known[page] ?? EMPTY_PAGE;
      pages.push(Buffer.compare(now, known) === 0 ? known : now.slice());
    }
    return (this.#known = pages);
  }

  /** @param {Uint8Array[]} pages */
  restore(pages) {
    const heap = this.#heap();
    for (let start = 0, page = 0; start < heap.length; start += PAGE_BYTES, page++) {
      const now = heap.subarray(start, start + PAGE_BYTES);
      // A memory never shrinks: what it has grown by since is as it was before it grew.
      const wanted = pages[page] ?? EMPTY_PAGE;
      if (Buffer.compare(now, wanted) !== 0) now.set(wanted);
    }
    this.#known = pages;
  }
}

/**
 * Makes files copy themselves before they are written to, once they are part of a copy of the file system.
 * @param FS Emscripten's file system
 */
export function copyOnWrite(FS, path) {
  const operations = FS.lookupPath(path).node.stream_ops;
  const { write, allocate } = operations;
  const own = (node) => {
    if (!node.isShared) return;
    node.contents &&= node.contents.slice();
    node.isShared = false;
  };
  operations.write = (stream, buffer, offset, length, position, canOwn) => {
    own(stream.node);
    return write(stream, buffer, offset, length, position, canOwn);
  };
  operations.allocate = (stream, offset, length) => {
    own(stream.node);
    return allocate(stream, offset, length);
  };
}

/** @returns {Files} */
export function copyFiles(FS) {
  const seen = new Set();
  const nodes = [];
  const add = (node) => {
    if (seen.has(node)) return;
    seen.add(node);
    const { name, parent, mode, name_next: next } = node;
    if (FS.isFile(mode)) {
      node.isShared = true;
      nodes.push({ node, name, parent, mode, next, contents: node.contents, usedBytes: node.usedBytes });
    } else if (FS.isDir(mode) && node.contents) {
      nodes.push({ node, name, parent, mode, next, entries: { ...node.contents } });
      for (const entry of Object.values(node.contents)) add(entry);
    } else nodes.push({ node, name, parent, mode, next });
  };
  add(FS.root);
  const streams = FS.streams.map((stream) => {
    if (!stream) return undefined;
    // A file that was removed while it is open is in no directory.
    if (stream.node) add(stream.node);
    const { node, fd, shared, flags, position } = stream;
    return { stream, node, fd, shared, flags, position };
  });
  return { nodes, streams, names: [...FS.nameTable] };
}

/** @param {Files} files */
export function restoreFiles(FS, { nodes, streams, names }) {
  for (const { node, name, parent, mode, next, contents, usedBytes, entries } of nodes) {
    Object.assign(node, { name, parent, mode, name_next: next });
    if (entries) node.contents = { ...entries };
    else if (usedBytes !== undefined) Object.assign(node, { contents, usedBytes, isShared: true });
  }
  FS.nameTable.splice(0, FS.nameTable.length, ...names);
  FS.streams.length = 0;
  streams.forEach((copy, fd) => {
    if (!copy) return void (FS.streams[fd] = undefined);
    const { stream, shared, flags, position, node } = copy;
    stream.shared = shared;
    Object.assign(stream, { flags, position, node, fd: copy.fd });
    FS.streams[fd] = stream;
  });
}
