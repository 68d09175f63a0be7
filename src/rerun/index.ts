/** Runs a migration a second time without a database, and returns the findings. */
import { stepsOf } from '../history/play.ts';
import type { World } from '../history/world.ts';
import type { Statement } from '../syntax/script.ts';
import { flatMap } from '../lists.ts';
import type { Finding } from './finding.ts';
import { runFirst, type FirstRun } from './first-run.ts';
import type { Tangle } from './replay.ts';
import { runAgain } from './second-run.ts';
import { findingOf, guardLineages } from './sequences.ts';
import { stoppedFindings } from './resumable.ts';
import { Stops } from './stops.ts';

export interface Rerun {
  /** In the order of the text. */
  findings: Finding[];
  /** The objects after the first run. */
  after: World;
}

/**
 * Runs statements twice on paper.
 * @param statements those of one file that run in one direction, in order
 * @param base the objects that earlier files have left
 */
export function rerun(statements: readonly Statement[], base: World): Rerun {
  const first = runFirst(stepsOf(statements), base);
  const stops = new Stops(first);
  const { sequences, second } = guardLineages(first, stops, runAgain(first, stops, []));
  const findings = [
    ...second.findings,
    ...stoppedFindings(first, stops, second, sequences),
    ...sequences.map((sequence) => findingOf(sequence, first)),
    ...flatMap(second.tangles, (tangle) => differenceAt(tangle, first) ?? []),
  ];
  return { findings: findings.sort((a, b) => a.at.unit.start - b.at.unit.start), after: first.after };
}

/** The finding of an object that exists after only one of the two runs. */
function differenceAt({ step, leftover }: Tangle, first: FirstRun): Finding | undefined {
  if (leftover === undefined) return undefined;
  for (const at of first.occurrences[step]!) {
    const { effect } = at;
    if (!('object' in effect) || first.base.key(effect.object) !== leftover) continue;
    return { kind: 'end-state-differs', object: effect.object, at, after: first.after, wrongCondition: false };
  }
  const at = first.occurrences[step]!.find(({ effect }) => 'object' in effect);
  if (!at || !('object' in at.effect)) return undefined;
  return { kind: 'end-state-differs', object: at.effect.object, at, after: first.after, wrongCondition: false };
}
