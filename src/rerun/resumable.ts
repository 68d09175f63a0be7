/** Statements that run twice as they stand, but not if the first run stops behind them: a later one undoes them. */
import type { Technique } from '../catalog/effects.ts';
import type { ObjectRef } from '../catalog/objects.ts';
import { flatMap } from '../lists.ts';
import { isMendedAlone, type Finding } from './finding.ts';
import type { FirstRun } from './first-run.ts';
import { Lives } from './lineage.ts';
import type { SecondRun } from './second-run.ts';
import type { Sequence } from './sequences.ts';
import type { Stops } from './stops.ts';
import { mentions } from './semantics/index.ts';

/**
 * The findings of statements that a keyword or a guard makes repeatable from every stop. Where
 * one statement of a lineage has no such form, the lineage is left as it is: half of it would help nobody.
 */
export function stoppedFindings(
  first: FirstRun,
  stops: Stops,
  second: SecondRun,
  sequences: readonly Sequence[],
): Finding[] {
  // A file that runs twice as it stands is left alone: a stop in it is for the transaction to undo.
  if (!second.findings.some(isMendedAlone) && sequences.length === 0) return [];
  const settled = new Set([...second.findings.map(({ at }) => at.step), ...second.tangles.map(({ step }) => step)]);
  const unmended = new Set(flatMap(second.findings, (finding) => (isMendedAlone(finding) ? [] : finding.at.step)));
  for (const { guarded } of sequences)
    for (const { from, to } of guarded.blocks) for (let step = from; step <= to; step++) settled.add(step);
  const last = first.steps.length - 1;
  const open = [...first.steps.keys()].filter(
    (step) => !settled.has(step) && step < last && stops.canStopBetween(step, step + 1) && isUndoneLater(first, step),
  );
  if (open.length === 0) return [];
  const lives = new Lives(first);
  const hasForm = (step: number) =>
    !unmended.has(step) &&
    (settled.has(step) ||
      stops.findingsAt(step).every((finding) => isMendedByItself(finding) || isDroppedBefore(finding, first)));
  return flatMap(open, (step) => {
    const keys = flatMap(first.occurrences[step]!, ({ effect }) => mentions(effect).map((ref) => lives.key(ref)));
    const isWhole = lives.stepsOf(lives.lineageOf(keys)).every(hasForm);
    return isWhole ? stops.findingsAt(step).map(onlyIfStopped) : [];
  });
}

/** Whether a bare CREATE or DROP stands in a step whose object is there, or gone, again at the end. */
const isUndoneLater = (first: FirstRun, step: number): boolean =>
  first.occurrences[step]!.some(
    ({ effect, isRun }) =>
      isRun &&
      (effect.action === 'create' || effect.action === 'drop') &&
      effect.mode === 'bare' &&
      !HOLDS_ROWS.has(effect.object.kind) &&
      first.after.has(effect.object) !== (effect.action === 'create'),
  );

/** Whether an earlier statement drops what the statement creates: a file that starts again comes by there first. */
const isDroppedBefore = ({ at: { effect, step } }: Finding, first: FirstRun): boolean =>
  effect.action === 'create' &&
  first.occurrences
    .slice(0, step)
    .flat()
    .some((earlier) => earlier.effect.action === 'drop' && isSame(earlier.effect.object, effect.object, first));

const isSame = (a: ObjectRef, b: ObjectRef, { base }: FirstRun): boolean => base.key(a) === base.key(b);

/** IF NOT EXISTS would keep the rows of the run that has stopped. */
const HOLDS_ROWS = new Set<ObjectRef['kind']>(['table', 'foreign table', 'materialized view']);

/** Whether IF EXISTS, IF NOT EXISTS, OR REPLACE or a question for the object alone mends the statement. */
function isMendedByItself({ at: { effect, unit }, ...finding }: Finding): boolean {
  if (finding.kind !== 'fails' || (finding.cause !== 'exists' && finding.cause !== 'missing')) return false;
  const has = (wanted: Technique['technique']) =>
    (unit.entry.techniques ?? []).some(({ technique }) => technique === wanted);
  const { action } = effect;
  return (action !== 'use' && has('keyword')) || ((action === 'create' || action === 'drop') && has('guard'));
}

const onlyIfStopped = (finding: Finding): Finding =>
  finding.kind === 'fails' ? { ...finding, isOnlyIfStopped: true } : finding;
