/** Finds the statements that need one guard together, and what the guard asks for. */
import { flatMap } from '../lists.ts';
import { obstacleInDo } from '../catalog/do-block.ts';
import type { Statement } from '../syntax/script.ts';
import { isMendedAlone, type Finding } from './finding.ts';
import type { FirstRun } from './first-run.ts';
import { playOccurrence, type Occurrence } from './occurrence.ts';
import { Lives, type EndEvent, type LineageEnd } from './lineage.ts';
import { Replay, type Tangle } from './replay.ts';
import { setsEarlier } from './settings.ts';
import { feedersOf } from './feeders.ts';
import { runAgain, type SecondRun } from './second-run.ts';
import type { Stops } from './stops.ts';
import { goneLabel } from './watches/column-values.ts';

/** Statements of one lineage under one question. */
export interface LineageGuard {
  /** Runs of neighbouring statements: each is one DO block. */
  blocks: readonly (readonly Statement[])[];
  /** Undefined for one block that always runs: it keeps a run from stopping between its statements. */
  end: LineageEnd | undefined;
  /**
   * The findings of the single statements if the migration stops between two blocks and is started again. Empty for one
   * block under a question, because a block is atomic.
   */
  again: readonly Finding[];
}

/** The same by the indexes of the steps. */
export interface GuardedSteps {
  blocks: readonly { from: number; to: number }[];
  end: LineageEnd;
  /** The step with which the end comes about. */
  endStep: number;
}

export interface Sequence {
  guarded: GuardedSteps;
  guard: LineageGuard;
}

/**
 * Guards the lineages of a file, one after the other, until every statement is settled or given up.
 * @returns the sequences, and the second run with all of them guarded
 */
export function guardLineages(
  first: FirstRun,
  stops: Stops,
  unguarded: SecondRun,
): { sequences: Sequence[]; second: SecondRun } {
  const sequences: Sequence[] = [];
  const givenUp = new Set<number>();
  let second = unguarded;
  if (second.tangles.length === 0) return { sequences, second };
  const lives = new Lives(first);
  for (let tangle = second.tangles[0]; tangle; tangle = second.tangles.find(({ step }) => !givenUp.has(step))) {
    const solved = guardLineage(first, stops, lives, second, tangle, sequences);
    if (solved) {
      sequences.push(solved.sequence);
      second = solved.second;
    } else givenUp.add(tangle.step);
  }
  return { sequences, second };
}

interface Solution {
  sequence: Sequence;
  second: SecondRun;
}

function guardLineage(
  first: FirstRun,
  stops: Stops,
  lives: Lives,
  second: SecondRun,
  tangle: Tangle,
  known: readonly Sequence[],
): Solution | undefined {
  const lineage = lives.lineageOf(tangle.about);
  const isOfLineage = ({ about, step }: Tangle) => step === tangle.step || about.some((key) => lineage.has(key));
  const tangled = second.tangles.filter(isOfLineage).map(({ step }) => step);
  const own = [...new Set([...lives.stepsOf(lineage), ...tangled])].sort((a, b) => a - b);
  const mended = new Set(second.findings.map(({ at }) => at.step));
  // A step that its own guard fixes may stay outside.
  const needed = own.filter((step) => tangled.includes(step) || !mended.has(step));
  // Behind a guard of the same lineage, its last steps may need one of their own.
  const open = own.filter((step) => !known.some(({ guarded }) => isGuarded(step, guarded)));
  // A statement is atomic: any object that it creates tells whether it has run.
  const besides = flatMap(tangled, (step) => lives.madeBy(step));
  const ends = [
    ...lives.endsOf(lineage),
    ...lives.endsOfOthers([...tangle.blockedBy, ...besides]),
    ...lives.passingEndsOf(lineage),
  ];
  const tried = new Set<string>();
  for (const end of ends) {
    for (const last of lastSteps(end.step, tangled, own)) {
      for (const steps of [needed, own, open]) {
        const guarded = blocksOf(
          first,
          lives,
          lineage,
          steps.filter((step) => step <= last),
          end,
        );
        if (!guarded || overlaps(guarded, known)) continue;
        // Other limits often give the same blocks: the file is run again once for them.
        const id = JSON.stringify([guarded.blocks, ends.indexOf(end)]);
        if (tried.has(id)) continue;
        tried.add(id);
        const solved = check(first, stops, second, guarded, known);
        if (solved) return solved;
      }
    }
  }
  return undefined;
}

/**
 * Up to which step the guard reaches: the one that it asks about, the last that needs it, or the end of the lineage.
 */
function lastSteps(end: number, tangled: readonly number[], own: readonly number[]): number[] {
  const lasts = [end, Math.max(end, ...tangled), Math.max(end, ...tangled, ...own)];
  return [...new Set(lasts)];
}

/**
 * Cuts the steps into runs of neighbours. What stands between two of them and works on the same objects goes along;
 * other statements stay outside.
 * @returns undefined where a guard would be wrong or cannot be written
 */
function blocksOf(
  first: FirstRun,
  lives: Lives,
  lineage: ReadonlySet<string>,
  steps: readonly number[],
  event: EndEvent,
): GuardedSteps | undefined {
  const { end, step: endStep, from: start = 0, early = [] } = event;
  const blocks: { from: number; to: number }[] = [];
  for (let step = steps[0] ?? 0; step <= (steps.at(-1) ?? -1); step++) {
    if (!steps.includes(step) && !lives.isAbout(step, lineage)) continue;
    if (!canBeGuarded(first.steps[step]!.statement)) return undefined;
    const block = blocks.at(-1);
    if (block && block.to === step - 1 && !usesNewLabel(first, step, block.from)) block.to = step;
    else blocks.push({ from: step, to: step });
  }
  if (blocks.some(({ from, to }) => setsEarlier(first, from, to))) return undefined;
  const feeding = feedersOf(first, blocks);
  if (feeding.length > 0)
    return blocksOf(
      first,
      lives,
      lineage,
      [...steps, ...feeding].sort((a, b) => a - b),
      event,
    );
  const last = blocks.at(-1);
  // A run that stops behind the end would leave later blocks undone for ever.
  if (!last || endStep < last.from || blocks[0]!.from < start) return undefined;
  if (blocks.some(({ from }) => early.some(({ behind, to }) => behind < from && from <= to))) return undefined;
  // With the end in the block, no run can stop between the two.
  if (endStep === last.to + 1 && canBeGuarded(first.steps[endStep]!.statement)) last.to = endStep;
  return { blocks, end, endStep };
}

/**
 * Whether a step uses an enum value that a step since `from` adds: a DO block is one transaction, in which PostgreSQL
 * refuses that (55P04).
 */
export function usesNewLabel(first: FirstRun, step: number, from: number): boolean {
  const label = goneLabel(first.steps[step]!.statement, first.goneLabels);
  if (!label) return false;
  const key = first.base.key(label);
  return first.occurrences
    .slice(from, step)
    .flat()
    .some(({ effect }) => effect.action === 'create' && first.base.key(effect.object) === key);
}

export const canBeGuarded = (statement: Statement): boolean =>
  !statement.embedded &&
  !statement.placeholders &&
  statement.type !== 'DoStmt' &&
  obstacleInDo(statement) === undefined;

const isGuarded = (step: number, { blocks }: GuardedSteps): boolean =>
  blocks.some(({ from, to }) => from <= step && step <= to);

const overlaps = ({ blocks }: GuardedSteps, known: readonly Sequence[]): boolean =>
  known.some(({ guarded }) => guarded.blocks.some((a) => blocks.some((b) => a.from <= b.to && b.from <= a.to)));

/** Runs the file again with the guard, and from every place where it may have stopped between two blocks. */
function check(
  first: FirstRun,
  stops: Stops,
  before: SecondRun,
  guarded: GuardedSteps,
  known: readonly Sequence[],
): Solution | undefined {
  const all = [...known.map((sequence) => sequence.guarded), guarded];
  const second = runAgain(first, stops, all);
  const isInside = ({ step }: Tangle) => isGuarded(step, guarded);
  if (!second.allSkipped || second.tangles.length >= before.tangles.length || second.tangles.some(isInside))
    return undefined;
  const again = resumed(first, guarded);
  if (!again) return undefined;
  const statements = guarded.blocks.map(({ from, to }) => first.steps.slice(from, to + 1).map((s) => s.statement));
  return { sequence: { guarded, guard: { blocks: statements, end: guarded.end, again } }, second };
}

/**
 * The findings of the guarded statements if the run stops before the end of the lineage and is started again.
 * @returns undefined if these cannot be fixed statement by statement
 */
function resumed(first: FirstRun, { blocks, endStep }: GuardedSteps): Finding[] | undefined {
  const again = new Map<Occurrence, Finding>();
  const stops = new Set(blocks.map(({ to }) => to).filter((to) => to < endStep));
  if (endStep > blocks.at(-1)!.to) stops.add(endStep - 1);
  for (const stop of stops) {
    const world = first.base.fork();
    for (const occurrence of first.occurrences.slice(0, stop + 1).flat()) playOccurrence(occurrence, world);
    const replay = new Replay(first, world, { lastStep: stop });
    for (const { from, to } of blocks)
      for (let step = from; step <= Math.min(to, stop); step++) replay.run(first.steps[step]!, step);
    if (replay.tangles.length > 0 || !replay.findings.every(isMendedAlone)) return undefined;
    for (const finding of replay.findings) again.set(finding.at, finding);
  }
  return [...again.values()];
}

/** The finding of a sequence. */
export function findingOf({ guarded, guard }: Sequence, first: FirstRun): Finding {
  const at = flatMap(guarded.blocks, ({ from }) => first.occurrences[from]![0] ?? [])[0]!;
  return { kind: 'needs-shared-guard', guard, at, after: first.after, wrongCondition: false };
}
