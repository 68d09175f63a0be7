/** Runs all files of a folder a second time on paper, on what they have left together. */
import { describe } from '../catalog/objects.ts';
import type { SqlState } from '../catalog/sqlstates.ts';
import type { Unit } from '../catalog/units.ts';
import type { WholeFile } from '../history/files.ts';
import type { IfResults } from '../history/guards.ts';
import { stepsOf, type Step } from '../history/play.ts';
import type { Moves } from '../history/moves.ts';
import type { World } from '../history/world.ts';
import { countWhere, pushTo } from '../lists.ts';
import type { Cause, Finding } from './finding.ts';
import { playFirst, runFirst, type FirstRun } from './first-run.ts';
import type { Occurrence } from './occurrence.ts';
import { Replay } from './replay.ts';

/** A statement that fails when the whole folder runs again, because of what a later file has done. */
export interface Unreplayable {
  /** Where its unit stands in the text that was run. */
  start: number;
  end: number;
  /** What tells it in another text of the file. */
  effect: string;
  object: string;
  sqlstate: SqlState;
  /** The later file, and what it does to the object. */
  by: string;
  does: 'removes' | 'renames' | 'replaces' | 'needs';
}

/** What of a folder cannot run again on the folder's own end. */
export interface FolderReplay {
  /** The text of each file that was run. */
  texts: ReadonlyMap<string, string>;
  findings: ReadonlyMap<string, readonly Unreplayable[]>;
}

/** Effects on rows are left out: whether they come about again is a question of each file alone. */
const PLAYED: ReadonlySet<string> = new Set([
  'create',
  'duplicate',
  'drop',
  'rename',
  'use',
  'set',
  'search-path',
  'session',
]);

/** @param base the objects before the first file */
export function replayFolder(files: Iterable<WholeFile>, base: World): FolderReplay {
  const steps = replayInSteps(files, base);
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
  }
}

/** The same, for those who have others to serve: after each file they may. */
export function* replayInSteps(files: Iterable<WholeFile>, base: World): Generator<undefined, FolderReplay> {
  const run = new FolderRun(base);
  const texts = new Map<string, string>();
  for (const file of files) {
    run.play(file);
    texts.set(file.path, file.script.text);
    yield;
  }
  return { texts, findings: yield* run.replay() };
}

class FolderRun {
  private readonly base: World;
  private readonly after: World;
  private readonly moves: Moves;
  private readonly paths: string[] = [];
  private readonly steps: Step[] = [];
  private readonly occurrences: Occurrence[][] = [];
  /** The file of each step. */
  private readonly fileOf: number[] = [];
  /** How many moves there were when a step had run. */
  private readonly movesBehind: number[] = [];
  /** The steps that make objects, by their keys. */
  private readonly makers = new Map<string, number[]>();

  constructor(base: World) {
    this.base = base;
    this.after = base.fork();
    this.moves = this.after.trackMoves();
  }

  /** Runs the next file for the first time. */
  play({ path, script }: WholeFile): void {
    const ifResults: IfResults = new Map();
    for (const step of stepsOf(script.statements.filter(({ direction }) => direction === 'up'))) {
      this.occurrences.push(this.playStep(step, ifResults));
      this.steps.push(step);
      this.fileOf.push(this.paths.length);
      this.movesBehind.push(this.moves.length);
    }
    this.paths.push(path);
    this.after.endSession(this.base.searchPath);
  }

  private playStep(played: Step, ifResults: IfResults): Occurrence[] {
    return playFirst(played, this.steps.length, this.after, ifResults, {
      isPlayed: ({ action }) => PLAYED.has(action),
      collides: false,
      observe: (occurrence) => this.recordMaker(occurrence),
    });
  }

  private recordMaker({ effect, isRun, step }: Occurrence): void {
    if (!isRun || effect.action !== 'create') return;
    for (const made of [effect.object, ...(effect.parts ?? [])]) pushTo(this.makers, this.after.key(made), step);
  }

  /** Runs everything again, and tells what fails in each file. */
  *replay(): Generator<undefined, Map<string, Unreplayable[]>> {
    const { base, steps, after, occurrences, fileOf } = this;
    // Of rows and values nothing is asked.
    const first: FirstRun = { ...runFirst([], base), steps, after, occurrences };
    const replay = new Replay(first, after);
    const found = new Map<string, Unreplayable[]>();
    let seen = 0;
    for (const [step, played] of steps.entries()) {
      replay.run(played, step);
      const finding = replay.findings.slice(seen).find((f) => f.kind === 'fails');
      seen = replay.findings.length;
      const isLast = fileOf[step + 1] !== fileOf[step];
      if (isLast) replay.world.endSession(base.searchPath);
      const told = finding && this.tell(finding, step, replay.world);
      if (told) pushTo(found, this.paths[fileOf[step]!]!, told);
      if (isLast) yield;
    }
    return found;
  }

  private tell(finding: Finding, step: number, world: World): Unreplayable | undefined {
    const { effect, unit } = finding.at;
    if (finding.kind !== 'fails' || !('object' in effect)) return undefined;
    const culprit = this.culpritOf(finding.cause, finding.at, step, world);
    if (!culprit || this.fileOf[culprit.step]! <= this.fileOf[step]!) return undefined;
    return {
      ...rangeOf(unit),
      effect: effect.action,
      object: describe(effect.object),
      sqlstate: finding.sqlstate,
      by: this.paths[this.fileOf[culprit.step]!]!,
      does: culprit.does,
    };
  }

  /** The later step that has made the statement fail. */
  private culpritOf(
    cause: Cause,
    { effect, before }: Occurrence,
    step: number,
    world: World,
  ): { step: number; does: Unreplayable['does'] } | undefined {
    if (!('object' in effect)) return undefined;
    const key = world.key(effect.object);
    switch (cause) {
      case 'missing':
      case 'label-gone':
      case 'value-refused':
        return this.removerOf(key, step);
      case 'name-taken':
      case 'replaced':
      case 'wrong-kind':
        return this.makerOf(key, step, 'replaces');
      case 'needed':
      case 'has-dependents': {
        const late = world.dependents(effect.object).filter((dependent) => !before.dependents.includes(dependent));
        for (const dependent of late) {
          const maker = this.makerOf(dependent, step, 'needs');
          if (maker) return maker;
        }
        return undefined;
      }
      case 'exists':
      case 'ambiguous':
        return undefined;
    }
  }

  private removerOf(key: string, step: number): { step: number; does: Unreplayable['does'] } | undefined {
    const at = this.moves.next(key, this.movesBehind[step]!);
    if (at === undefined) return undefined;
    return {
      step: countWhere(this.movesBehind, (behind) => behind <= at),
      does: this.moves.at(at)!.to === undefined ? 'removes' : 'renames',
    };
  }

  private makerOf(
    key: string,
    after: number,
    does: Unreplayable['does'],
  ): { step: number; does: Unreplayable['does'] } | undefined {
    const step = this.makers.get(key)?.findLast((maker) => maker > after);
    return step === undefined ? undefined : { step, does };
  }
}

const rangeOf = ({ start, end }: Unit): { start: number; end: number } => ({ start, end });

/** Whether a unit does what one did that was found in another text of the file. */
export const doesTheSame = ({ effects }: Unit, { effect, object }: Unreplayable): boolean =>
  effects.some((other) => other.action === effect && 'object' in other && describe(other.object) === object);
