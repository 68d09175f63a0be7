// Copies of an embedded PostgreSQL between two messages, and the way back to them. Between two messages nothing of it
// is on JavaScript's stack: WebAssembly's memory, the stack pointer, the files and what is open of them are all there
// is.
import { Buffer } from 'node:buffer';

const PAGE_BYTES = 4096;
/** A memory grows by so many pages, or a multiple of them. */
const BLOCK_PAGES = 16;
const BLOCK_BYTES = BLOCK_PAGES * PAGE_BYTES;

/** What nobody has written to, which is most of the memory. */
const EMPTY = Buffer.alloc(BLOCK_BYTES);
const EMPTY_BLOCK = new Array(BLOCK_PAGES).fill(EMPTY.subarray(0, PAGE_BYTES));

/** Pages are cut out of pieces of this size: one allocation for each would take longer than the copy. */
const SLAB_PAGES = 128;

/**
 * @typedef {{ nodes: object[], streams: (object | undefined)[], names: (object | undefined)[] }} Files
 * @typedef {Buffer[]} Block the pages of a part of the memory
 * @typedef {{ blocks: Block[], files: Files, stack: number, loads: number }} Copy
 */

/** The memory of a module, block by block; a page that has not changed since the last copy is shared with it. */
export class Memory {
  /** @type {Block[]} What the memory held when it was last copied or written back. */
  #known = [];
  #heap;
  #slab = Buffer.alloc(0);

  /** @param {() => Uint8Array} heap the memory as it is now, for it moves when it grows */
  constructor(heap) {
    this.#heap = heap;
  }

  /** @returns {Block[]} */
  copy() {
    const heap = this.#bytes();
    const blocks = [];
    for (let start = 0, block = 0; start < heap.length; start += BLOCK_BYTES, block++)
      blocks.push(this.#blockOf(heap, start, this.#known[block] ?? EMPTY_BLOCK));
    return (this.#known = blocks);
  }

  #blockOf(heap, start, known) {
    if (known === EMPTY_BLOCK && isEmpty(heap, start)) return known;
    let block = known;
    for (let page = 0, at = start; page < BLOCK_PAGES; page++, at += PAGE_BYTES) {
      if (heap.compare(known[page], 0, PAGE_BYTES, at, at + PAGE_BYTES) === 0) continue;
      if (block === known) block = known.slice();
      block[page] = this.#pageOf(heap, at);
    }
    return block;
  }

  #pageOf(heap, at) {
    if (this.#slab.length === 0) this.#slab = Buffer.allocUnsafeSlow(SLAB_PAGES * PAGE_BYTES);
    const page = this.#slab.subarray(0, PAGE_BYTES);
    this.#slab = this.#slab.subarray(PAGE_BYTES);
    heap.copy(page, 0, at, at + PAGE_BYTES);
    return page;
  }

  /** @param {Block[]} blocks */
  restore(blocks) {
    const heap = this.#bytes();
    for (let start = 0, block = 0; start < heap.length; start += BLOCK_BYTES, block++) {
      // A memory never shrinks: what it has grown by since is as it was before it grew.
      const wanted = blocks[block] ?? EMPTY_BLOCK;
      if (wanted === EMPTY_BLOCK && isEmpty(heap, start)) continue;
      for (let page = 0, at = start; page < BLOCK_PAGES; page++, at += PAGE_BYTES)
        if (heap.compare(wanted[page], 0, PAGE_BYTES, at, at + PAGE_BYTES) !== 0) wanted[page].copy(heap, at);
    }
    this.#known = blocks;
  }

  #bytes() {
    const { buffer } = this.#heap();
    return Buffer.from(buffer);
  }
}

const isEmpty = (heap, start) => heap.compare(EMPTY, 0, BLOCK_BYTES, start, start + BLOCK_BYTES) === 0;
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
