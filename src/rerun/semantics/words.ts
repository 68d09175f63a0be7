import type { SqlState } from '../../catalog/sqlstates.ts';
import type { Unit } from '../../catalog/units.ts';

/** The SQLSTATE that the entry of a statement gives for its second run. */
export function secondRunError({ entry: { secondRun } }: Unit): SqlState | undefined {
  return typeof secondRun === 'object' && 'error' in secondRun ? secondRun.error : undefined;
}

/** What the entry says that a second run does, such as `builds a second index`. */
export function effectInWords({ entry: { secondRun } }: Unit): string {
  return typeof secondRun === 'object' && 'effect' in secondRun ? secondRun.effect : 'makes another one';
}
