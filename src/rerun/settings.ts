import { flatMap } from '../lists.ts';
import type { FirstRun } from './first-run.ts';

/** The settings that a step changes, as keys of object and setting. */
const settingsOf = ({ occurrences, base }: FirstRun, step: number): string[] =>
  flatMap(occurrences[step]!, ({ effect }) =>
    effect.action === 'set' ? [`${base.key(effect.object)} ${effect.setting}`] : [],
  );

/**
 * True if an earlier step changes the same setting. On a rerun the earlier step executes and the guarded range is
 * skipped, so the setting would end up wrong.
 */
export function setsEarlier(first: FirstRun, from: number, to: number): boolean {
  const inside = new Set<string>();
  for (let step = from; step <= to; step++) for (const setting of settingsOf(first, step)) inside.add(setting);
  if (inside.size === 0) return false;
  for (let step = 0; step < from; step++)
    if (settingsOf(first, step).some((setting) => inside.has(setting))) return true;
  return false;
}
