/** Compares parse trees without their locations. */

const positions = new Map<string, boolean>();

/** Whether a field says where something stands. There are few names of fields, and many fields. */
export function isPosition(key: string): boolean {
  let position = positions.get(key);
  if (position === undefined) positions.set(key, (position = /(^|_)location$|_(start|end)$/.test(key)));
  return position;
}

/**
 * A hash of a tree without its locations. Two different trees have the same hash with a probability of 1 in 2^53.
 * History keeps numbers, because texts would take most of its memory.
 * @param without a field to ignore, such as OR REPLACE
 */
export function digestOf(tree: unknown, without?: string): number {
  high = 0x2545f491;
  low = 0x1b873593;
  digest(tree, without);
  return (high & 0x1fffff) * 0x1_0000_0000 + (low >>> 0);
}

let high = 0;
let low = 0;

/** Stand for where a list or an object begins and ends: no code of a character. */
const LIST = 0x10001;
const OBJECT = 0x10002;
const END = 0x10003;
const OTHER = 0x10004;

function mix(code: number): void {
  low = Math.imul(low ^ code, 0x01000193);
  high = Math.imul(high ^ code ^ (low >>> 15), 0x5bd1e995);
}

function digestText(text: string): void {
  mix(text.length);
  for (let k = 0; k < text.length; k++) mix(text.charCodeAt(k));
}

function digest(tree: unknown, without?: string): void {
  if (typeof tree === 'string') return digestText(tree);
  if (typeof tree !== 'object' || tree === null) {
    mix(OTHER);
    return digestText(String(tree));
  }
  if (Array.isArray(tree)) {
    mix(LIST);
    for (const item of tree) digest(item);
  } else {
    mix(OBJECT);
    for (const key in tree) {
      const value = (tree as Record<string, unknown>)[key];
      if (value === undefined || key === without || isPosition(key)) continue;
      digestText(key);
      digest(value);
    }
  }
  mix(END);
}
