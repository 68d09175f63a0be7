/** Statements that run twice as they stand, but not if the first run stops behind them: a later one undoes them. */
import type { Effect, Technique } from '../catalog/effects.ts';
import { isRoutine, isTemporary, ownerOf, type ObjectRef } from '../catalog/objects.ts';
import type { World } from '../history/world.ts';
import type { Statement } from '../syntax/script.ts';
import { flatMap } from '../lists.ts';
import { isMendedAlone, type Finding } from './finding.ts';
import { stepBehind, type FirstRun } from './first-run.ts';
import { Lives } from './lineage.ts';
import type { Occurrence } from './occurrence.ts';
import type { SecondRun } from './second-run.ts';
import { usesNewLabel, type Sequence } from './sequences.ts';
import type { Stops } from './stops.ts';
import { mentions } from './semantics/index.ts';

/**
 * The findings of statements that a keyword or a guard makes repeatable from every stop. Where one statement of a
 * lineage has no such form, half of it would help nobody: the lineage goes into one block, in which no run stops.
 */
export function stoppedFindings(
  first: FirstRun,
  stops: Stops,
  second: SecondRun,
  sequences: readonly Sequence[],
): Finding[] {
  const taken = new Set(second.tangles.map(({ step }) => step));
  const unmended = new Set(flatMap(second.findings, (finding) => (isMendedAlone(finding) ? [] : finding.at.step)));
  for (const { guarded } of sequences)
    for (const { from, to } of guarded.blocks) for (let step = from; step <= to; step++) taken.add(step);
  const settled = new Set([...taken, ...second.findings.map(({ at }) => at.step)]);
  const skipped = flatMap(byBlock(second.skipped, first), (steps) => skippedLater(first, stops, steps, settled));
  // A file that runs twice as it stands is left alone: a stop in it is for the transaction to undo.
  if (!second.findings.some(isMendedAlone) && sequences.length === 0)
    return skipped.filter(({ kind }) => kind === 'undecidable');
  const reported = new Set(second.findings.map(({ at }) => at.unit));
  const isLeft = ({ unit }: Occurrence) => !reported.has(unit);
  // Of one ALTER TABLE, some subcommands may be settled and others not.
  const open = new Set(
    [...first.steps.keys()].filter((step) => !taken.has(step) && isUndoneLater(first, stops, step, isLeft)),
  );
  if (open.size === 0) return skipped;
  const lives = new Lives(first);
  const hasForm = (step: number, _: number, steps: readonly number[]) =>
    !unmended.has(step) &&
    ((settled.has(step) && !open.has(step)) ||
      (!makesRows(first, step, steps) &&
        stops.findingsAt(step).every((finding) => isMendedByItself(finding) || isDroppedBefore(finding, first))));
  const joined: Range[] = [];
  const mended = flatMap(open, (step) => {
    const keys = flatMap(first.occurrences[step]!, ({ effect }) => mentions(effect).map((ref) => lives.key(ref)));
    const steps = lives.stepsOf(lives.lineageOf(keys));
    if (steps.every(hasForm) && !isUsedBefore(first, stops, steps, lives))
      return stops
        .findingsAt(step)
        .filter((finding) => !isDroppedBefore(finding, first) && !reported.has(finding.at.unit))
        .map(onlyIfStopped);
    join(joined, { from: steps[0]!, to: steps.at(-1)! });
    return [];
  });
  return [...skipped, ...mended, ...flatMap(joined, (range) => inOneBlock(first, range, second, sequences) ?? [])];
}

/** Steps by the DO blocks in which they stand. */
function byBlock(steps: readonly number[], { steps: all }: FirstRun): number[][] {
  const blocks = new Map<Statement, number[]>();
  for (const step of steps) {
    const { statement } = all[step]!;
    const block = statement.parent ?? statement;
    blocks.set(block, [...(blocks.get(block) ?? []), step]);
  }
  return [...blocks.values()];
}

/**
 * What is wrong with the statements of a block under conditions that hold no more in the second run, if the first run
 * stops while they still hold. Where one of them has no remedy, the others keep it from running again as they stand,
 * and that one is reported.
 */
function skippedLater(
  first: FirstRun,
  stops: Stops,
  steps: readonly number[],
  settled: ReadonlySet<number>,
): Finding[] {
  const found = steps.map((step) => ({
    step,
    findings: findingsWhereItStops(first, stops, step).filter((finding) => !isDroppedBefore(finding, first)),
  }));
  const unmended = flatMap(found, ({ findings }) => findings).find((finding) => !isMendedByItself(finding));
  if (unmended) return settled.has(unmended.at.step) ? [] : [repeatedAtStop(unmended)];
  return flatMap(found, ({ step, findings }) => (settled.has(step) ? [] : findings.map(onlyIfStopped)));
}

const repeatedAtStop = ({ at, after }: Finding): Finding => ({
  kind: 'undecidable',
  reason:
    'if the migration stops before the later statement that makes the condition around it false, the next run runs ' +
    'it again',
  why: 'write it so that it can run twice, or put it and that later statement into one transaction',
  isOnlyIfStopped: true,
  at,
  after,
  wrongCondition: false,
});

function findingsWhereItStops(first: FirstRun, stops: Stops, step: number): readonly Finding[] {
  const last = first.steps.length - 1;
  if (!first.occurrences[step]!.some(({ isRun }) => isRun) || !stops.canStopBetween(step, last)) return [];
  // The rest of its DO block or transaction runs too, and may change what the condition asks for.
  let behind = step;
  while (!stops.canStopBetween(step, behind + 1)) behind++;
  return stops.findingsBehind(behind, step);
}

/** Neighbouring steps. */
interface Range {
  from: number;
  to: number;
}

/** Adds a range to others, with those that it meets. */
function join(ranges: Range[], added: Range): void {
  let { from, to } = added;
  for (let k = ranges.length - 1; k >= 0; k--) {
    const other = ranges[k]!;
    if (other.from > to || from > other.to) continue;
    [from, to] = [Math.min(from, other.from), Math.max(to, other.to)];
    ranges.splice(k, 1);
    k = ranges.length;
  }
  ranges.push({ from, to });
}

/** The finding of statements that undo one another, and run again only if all of them have run. */
function inOneBlock(
  first: FirstRun,
  { from, to }: Range,
  second: SecondRun,
  sequences: readonly Sequence[],
): Finding | undefined {
  const isIn = (step: number) => from <= step && step <= to;
  const own = second.findings.filter(({ at }) => isIn(at.step));
  // What is reported all the same has to be settled first.
  if (!own.every(isMendedAlone) || second.tangles.some(({ step }) => isIn(step))) return undefined;
  const isCrossed = sequences.some(({ guarded }) => guarded.blocks.some((b) => b.from <= to && from <= b.to));
  const steps = first.steps.slice(from, to + 1);
  const at = first.occurrences[from]![0];
  if (!at || isCrossed || steps.some((_, k) => usesNewLabel(first, from + k, from))) return undefined;
  const guard = { blocks: [steps.map(({ statement }) => statement)], end: undefined, again: own };
  return { kind: 'needs-shared-guard', guard, at, after: first.after, wrongCondition: false };
}

/** Whether the run can stop behind a bare CREATE, DROP or RENAME in a step, and before what undoes it. */
const isUndoneLater = (
  first: FirstRun,
  stops: Stops,
  step: number,
  isLeft: (occurrence: Occurrence) => boolean,
): boolean =>
  first.occurrences[step]!.filter(isLeft).some(({ effect, isRun }) => {
    const { action } = effect;
    if (!isRun || (action !== 'create' && action !== 'drop' && action !== 'rename')) return false;
    if (effect.mode !== 'bare' || isTemporary(effect.object)) return false;
    if (first.after.has(effect.object) === (action === 'create')) return false;
    const undone = undoneAt(effect.object, step, first);
    return undone !== undefined && stops.canStopBetween(step, undone);
  });

/** The first step behind another one that makes, renames or drops an object, or drops what it belongs to. */
function undoneAt(object: ObjectRef, step: number, first: FirstRun): number | undefined {
  const { base } = first;
  const key = base.keyOf(object);
  const owner = object.of && base.key(ownerOf(object, object.of));
  return stepBehind(
    step,
    first,
    (effect) =>
      mentions(effect).some((ref) => base.key(ref) === key || isRoutineOf(key, ref, base)) ||
      (effect.action === 'drop' && base.key(effect.object) === owner),
  );
}

/** Whether a routine is one of those that a name without argument types may mean. */
const isRoutineOf = (key: string, ref: ObjectRef, world: World): boolean =>
  isRoutine(ref.kind) && ref.args === undefined && key.startsWith(`${world.key(ref)}(`);

/**
 * Whether a statement before those of a lineage fails where the run stops between these, under a name that the object
 * has only before them and behind them.
 */
function isUsedBefore(first: FirstRun, stops: Stops, steps: readonly number[], lives: Lives): boolean {
  const keys = new Set(
    flatMap(steps, (step) =>
      flatMap(first.occurrences[step]!, ({ effect }) => mentions(effect).map((ref) => lives.key(ref))),
    ),
  );
  const uses = ({ effect }: Occurrence) =>
    effect.action === 'use' && effect.mode === 'bare' && keys.has(lives.key(effect.object));
  const users = [...first.steps.keys()].filter((step) => step < steps[0]! && first.occurrences[step]!.some(uses));
  const ends = steps.slice(0, -1).filter((step, k) => stops.canStopBetween(step, steps[k + 1]!));
  return users.some((user) => ends.some((end) => stops.findingsBehind(end, user).some(({ at }) => uses(at))));
}

/**
 * Whether a step makes a table that gets rows, from its own query or a later statement, under a name that it has in one
 * of the steps: IF NOT EXISTS would keep those of the run that has stopped.
 */
function makesRows({ occurrences, base }: FirstRun, step: number, steps: readonly number[]): boolean {
  const made = occurrences[step]!.filter(
    ({ effect }) => effect.action === 'create' && HOLDS_ROWS.has(effect.object.kind),
  );
  if (made.length === 0) return false;
  if (made.some(({ unit }) => unit.statement.type !== 'CreateStmt')) return true;
  const names = new Set(flatMap(steps, (k) => flatMap(occurrences[k]!, ({ effect }) => namesOf(effect, base))));
  return occurrences.some((all) =>
    all.some(({ effect }) => {
      const filled = effect.action === 'insert' ? effect.object : effect.action === 'write' ? effect.table : undefined;
      return filled !== undefined && names.has(base.key(filled));
    }),
  );
}

const namesOf = (effect: Effect, world: World): string[] => mentions(effect).map((ref) => world.key(ref));

/** Whether an earlier statement drops what the statement creates: a file that starts again comes by there first. */
const isDroppedBefore = ({ at: { effect, step } }: Finding, first: FirstRun): boolean =>
  effect.action === 'create' &&
  first.occurrences
    .slice(0, step)
    .flat()
    .some((earlier) => earlier.effect.action === 'drop' && isSame(earlier.effect.object, effect.object, first));

const isSame = (a: ObjectRef, b: ObjectRef, { base }: FirstRun): boolean => base.key(a) === base.key(b);

const HOLDS_ROWS = new Set<ObjectRef['kind']>(['table', 'foreign table', 'materialized view']);

/** Whether IF EXISTS, IF NOT EXISTS, OR REPLACE, a DROP before it or a question for the object mends the statement. */
function isMendedByItself({ at: { effect, unit }, ...finding }: Finding): boolean {
  if (finding.kind !== 'fails' || (finding.cause !== 'exists' && finding.cause !== 'missing')) return false;
  const has = (wanted: Technique['technique']) =>
    (unit.entry.techniques ?? []).some(({ technique }) => technique === wanted);
  const { action } = effect;
  const isAskable = (action === 'create' || action === 'drop') && has('guard');
  return (action !== 'use' && has('keyword')) || isAskable || (action === 'create' && has('drop-first'));
}

const onlyIfStopped = (finding: Finding): Finding =>
  finding.kind === 'fails' ? { ...finding, isOnlyIfStopped: true } : finding;
