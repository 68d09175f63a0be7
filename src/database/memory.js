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
 * @typedef {{
 *   nodes: object[], fields: unknown[], streams: (unknown[] | undefined)[], shared: object[],
 *   names: (object | undefined)[]
 * }} Files
 * @typedef {Buffer[]} Block the pages of a part of the memory
 * @typedef {{ blocks: Block[], files: Files, loads: number }} Copy
 */

/** The memory of a module, block by block; a page that has not changed since the last copy is shared with it. */
export class Memory {
  /** @type {Block[]} What the memory held when it was last copied or written back. */
  #known = [];
  #heap;
  #slab = Buffer.alloc(0);
  /** Pages that no copy needs any more. */
  #free = [];

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
    const page = this.#free.pop() ?? this.#newPage();
    heap.copy(page, 0, at, at + PAGE_BYTES);
    return page;
  }

  #newPage() {
    if (this.#slab.length === 0) this.#slab = Buffer.allocUnsafeSlow(SLAB_PAGES * PAGE_BYTES);
    const page = this.#slab.subarray(0, PAGE_BYTES);
    this.#slab = this.#slab.subarray(PAGE_BYTES);
    return page;
  }

  /**
   * Takes the pages of a copy that nobody goes back to.
   * @param {Block[]} blocks @param {Block[][]} others the copies that stay; a page is shared only at the same place
   */
  release(blocks, others) {
    const kept = [this.#known, ...others];
    blocks.forEach((block, k) => {
      if (block === EMPTY_BLOCK || kept.some((other) => other[k] === block)) return;
      const there = kept.map((other) => other[k]).filter(Boolean);
      block.forEach((page, at) => {
        if (page !== EMPTY_BLOCK[at] && there.every((other) => other[at] !== page)) this.#free.push(page);
      });
    });
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
 * Makes files and directories copy themselves before they are changed, once they are part of a copy of the file system.
 * @param FS Emscripten's file system @param folder a directory that holds a file of this name
 */
export function copyOnWrite(FS, folder, file) {
  const { stream_ops: streams } = FS.lookupPath(`${folder}/${file}`).node;
  const { write, allocate } = streams;
  streams.write = (stream, ...rest) => {
    own(stream.node, (contents) => contents.slice());
    return write(stream, ...rest);
  };
  streams.allocate = (stream, ...rest) => {
    own(stream.node, (contents) => contents.slice());
    return allocate(stream, ...rest);
  };
  const { node_ops: directories } = FS.lookupPath(folder).node;
  const ownEntries = (directory) => own(directory, (entries) => ({ ...entries }));
  for (const name of ['mknod', 'symlink', 'unlink', 'rmdir']) {
    const change = directories[name];
    directories[name] = (parent, ...rest) => {
      ownEntries(parent);
      return change(parent, ...rest);
    };
  }
  const { rename } = directories;
  directories.rename = (node, parent, name) => {
    ownEntries(node.parent);
    ownEntries(parent);
    return rename(node, parent, name);
  };
}

function own(node, copy) {
  if (!node.isShared) return;
  if (node.contents) node.contents = copy(node.contents);
  node.isShared = false;
}

/** @type {WeakMap<object, object[]>} What is in a directory, by its entries. */
const known = new WeakMap();

function nodesIn(entries) {
  const nodes = known.get(entries) ?? Object.values(entries);
  known.set(entries, nodes);
  return nodes;
}

/** @returns {Files} */
export function copyFiles(FS) {
  const nodes = [FS.root];
  const streams = FS.streams.map((stream) => stream && [stream, stream.node, stream.fd, stream.flags, stream.position]);
  // A file that was removed while it is open is in no directory.
  const removed = new Set(flatNodes(FS.streams));
  // The list grows while it is read.
  for (const node of nodes) {
    removed.delete(node);
    if (FS.isDir(node.mode) && node.contents) for (const inner of nodesIn(node.contents)) nodes.push(inner);
  }
  nodes.push(...removed);
  const fields = [];
  for (const node of nodes) {
    fields.push(node.name, node.parent, node.mode, node.name_next, node.contents, node.usedBytes);
    node.isShared = true;
  }
  return { nodes, fields, streams, shared: FS.streams.map((stream) => stream?.shared), names: [...FS.nameTable] };
}

const flatNodes = (streams) => streams.filter((stream) => stream?.node).map(({ node }) => node);

/** @param {Files} files */
export function restoreFiles(FS, { nodes, fields, streams, shared, names }) {
  let at = 0;
  for (const node of nodes) {
    node.name = fields[at++];
    node.parent = fields[at++];
    node.mode = fields[at++];
    node.name_next = fields[at++];
    node.contents = fields[at++];
    node.usedBytes = fields[at++];
    node.isShared = true;
  }
  names.forEach((node, hash) => void (FS.nameTable[hash] = node));
  FS.nameTable.length = names.length;
  FS.streams.length = 0;
  streams.forEach((copy, fd) => {
    FS.streams[fd] = copy?.[0];
    if (!copy) return;
    const [stream] = copy;
    stream.shared = shared[fd];
    [, stream.node, stream.fd, stream.flags, stream.position] = copy;
  });
}
