/** Reads the parse trees of PostgreSQL's parser from the memory of its WebAssembly, for the nodes in `tree.ts`. */

import { Buffer } from 'node:buffer';

export type Fields = Record<string, unknown>;

/** The memory as 32-bit words and as bytes, while a tree is read. */
export let words: Int32Array = new Int32Array();
export let bytes: Uint8Array = new Uint8Array();
let buffer: Buffer = Buffer.alloc(0);

/** How deep the tree is in nodes, so far. */
export let deepest = 0;
let depth = 0;

/** What a tree names, by the types of the nodes: TypeName, RangeVar, RoleSpec and FuncCall. */
export interface Mentions {
  types: Fields[];
  relations: Fields[];
  roles: Fields[];
  calls: Fields[];
}

const noMentions = (): Mentions => ({ types: [], relations: [], roles: [], calls: [] });

/** What the tree names, so far. */
export let mentions = noMentions();

/** Starts with the memory as it is now: growing replaces it. */
export function look(memory: Buffer): void {
  depth = deepest = 0;
  mentions = noMentions();
  if (memory.buffer === bytes.buffer) return;
  buffer = memory;
  words = new Int32Array(memory.buffer);
  bytes = new Uint8Array(memory.buffer);
}

export function enter(): void {
  if (++depth > deepest) deepest = depth;
}

export function leave(): void {
  depth--;
}

/** Something that `tree.ts` has no words for. */
export function unknown(): never {
  throw new Unreadable();
}

export class Unreadable extends Error {}

/** Names recur: a short text is made into a string once, and found again by its bytes. */
const SHORT = 40;
const remembered: (string | undefined)[] = new Array<undefined>(4096).fill(undefined);

/** The string that ends at the next zero. */
export function text(from: number): string {
  let to = from;
  let all = 0;
  let hash = 0;
  for (let c; (c = bytes[to]!) !== 0; to++) {
    all |= c;
    hash = (Math.imul(hash, 31) + c) | 0;
  }
  if (all > 127) return buffer.toString('utf8', from, to);
  if (to - from > SHORT) return buffer.toString('latin1', from, to);
  const slot = (hash ^ (hash >> 12)) & 4095;
  const known = remembered[slot];
  if (known?.length === to - from) {
    let k = 0;
    while (from + k < to && known.charCodeAt(k) === bytes[from + k]) k++;
    if (from + k === to) return known;
  }
  return (remembered[slot] = buffer.toString('latin1', from, to));
}

/** A signed number of 16 bits. */
export const short = (at: number): number => ((bytes[at]! | (bytes[at + 1]! << 8)) << 16) >> 16;

/** The name of an enumeration's value. */
export const named = (names: readonly (string | undefined)[], value: number): string => names[value] ?? unknown();

/** The addresses in a List; an item may be NULL. */
export function items<T>(list: number, read: (item: number) => T): (T | Fields)[] {
  const at = list >> 2;
  const length = words[at + 1]!;
  const first = words[at + 3]! >> 2;
  const all = new Array<T | Fields>(length);
  for (let k = 0; k < length; k++) {
    const item = words[first + k]!;
    all[k] = item ? read(item) : {};
  }
  return all;
}
