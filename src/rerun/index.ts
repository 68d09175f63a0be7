/** Runs a migration a second time without a database, and returns the findings. */
import type { ObjectRef } from '../catalog/objects.ts';
import { stepsOf } from '../history/play.ts';
import type { World } from '../history/world.ts';
import type { Statement } from '../syntax/script.ts';
import { flatMap } from '../lists.ts';
import type { Finding } from './finding.ts';
import { runFirst, type Begin, type FirstRun } from './first-run.ts';

import type { Tangle } from './replay.ts';
import { runAgain } from './second-run.ts';
import { mentions } from './semantics/index.ts';
import { findingOf, guardLineages } from './sequences.ts';
import { stoppedFindings } from './resumable.ts';
import { Stops } from './stops.ts';

export type { FirstRun };

export interface Rerun {
  /** In the order of the text. */
  findings: Finding[];
  /** The objects after the first run. */
  after: World;
}

/**
 * Runs statements for the first time on paper.
 * @param statements those of one file that run in one direction, in order
 * @param base the objects that earlier files have left; it is not changed
 * @param begin called before each statement
 */
export const runStatements = (statements: readonly Statement[], base: World, begin?: Begin): FirstRun =>
  runFirst(stepsOf(statements), base, begin);

/** Runs them once more. */
export function rerun(first: FirstRun): Rerun {
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
  const occurrences = flatMap(first.occurrences[step]!, (at) =>
    'object' in at.effect ? [{ at, effect: at.effect }] : [],
  );
  const isIt = (ref: ObjectRef) => first.base.key(ref) === leftover;
  const own = occurrences.find(({ effect }) => mentions(effect).some(isIt));
  const { at, effect } = own ?? occurrences[0] ?? {};
  if (!at || !effect) return undefined;
  // What CASCADE drops is another object than the one that the statement names.
  const taken = !own && effect.action === 'drop' && effect.cascade ? first.after.refOfKey(leftover) : undefined;
  const object = taken ?? mentions(effect).find(isIt) ?? effect.object;
  const place = { at, after: first.after, wrongCondition: false };
  return { kind: 'end-state-differs', object, isByCascade: taken !== undefined, ...place };
}
