import type { Unit } from '../../catalog/units.ts';

/** What the entry says that a second run does, such as `builds a second index`. */
export function effectInWords({ entry: { secondRun } }: Unit): string {
  return typeof secondRun === 'object' && 'effect' in secondRun ? secondRun.effect : 'makes another one';
}
