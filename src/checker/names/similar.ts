import { editDistance } from '../../nearest.ts';

/** The shortest name that may be two slips away from what was meant: shorter ones have too many neighbours. */
const LONG = 8;

/** Two names that differ only in their case and in underscores: `userId` and `user_id`. */
const bare = (name: string) => name.toLowerCase().replaceAll('_', '');

/**
 * @param own the name, bare
 * @param shortest how long a name must be to stand for one of other letters
 */
function distanceOf(name: string, own: string, candidate: string, limit: number, shortest: number): number {
  const other = bare(candidate);
  if (own === other) return 0;
  return name.length < shortest
    ? Infinity
    : Math.min(editDistance(name, candidate, limit), editDistance(own, other, limit));
}

/**
 * The name that another one may stand for: the same letters in another case, or the only nearest one within a slip or
 * two. Undefined where none is near, or where several are as near.
 * @param shortest how long the name must be to stand for one of other letters @default 4
 */
export function similar(name: string, candidates: Iterable<string>, shortest = 4): string | undefined {
  const own = bare(name);
  let best = name.length >= LONG ? 2 : 1;
  let found: string[] = [];
  for (const candidate of candidates) {
    if (candidate === name) continue;
    const distance = distanceOf(name, own, candidate, best, shortest);
    if (distance > best) continue;
    if (distance < best) found = [];
    best = distance;
    if (!found.includes(candidate)) found.push(candidate);
  }
  return found.length === 1 ? found[0] : undefined;
}

/** Whether two names differ in nothing but the case of their letters. */
export const sameButCase = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();
