/** Runs all files of a folder a second time on paper, on what they have left together. */
import { describe } from '../catalog/objects.ts';
import type { SqlState } from '../catalog/sqlstates.ts';
import type { Unit } from '../catalog/units.ts';
import type { WholeFile } from '../history/files.ts';
import type { IfResults } from '../history/guards.ts';
import { stepsOf, type Step } from '../history/play.ts';
import type { Move, World } from '../history/world.ts';
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
export function replayFolder(files: readonly WholeFile[], base: World): FolderReplay {
  const run = new FolderRun(files, base);
  return { texts: new Map(files.map(({ path, script }) => [path, script.text])), findings: run.replay() };
}

class FolderRun {
  private readonly first: FirstRun;
  private readonly moves: readonly Move[];
  /** The file of each step. */
  private readonly fileOf: number[] = [];
  /** How many moves there were when a step had run. */
  private readonly movesBehind: number[] = [];
  /** The steps that make objects, by their keys. */
  private readonly makers = new Map<string, number[]>();
  private readonly files: readonly WholeFile[];

  constructor(files: readonly WholeFile[], base: World) {
    this.files = files;
    const after = base.fork();
    this.moves = after.trackMoves();
    const steps: Step[] = [];
    const occurrences: Occurrence[][] = [];
    files.forEach(({ script }, file) => {
      const ifResults: IfResults = new Map();
      for (const step of stepsOf(script.statements.filter(({ direction }) => direction === 'up'))) {
        occurrences.push(this.play(step, steps.length, after, ifResults));
        steps.push(step);
        this.fileOf.push(file);
        this.movesBehind.push(this.moves.length);
      }
      after.endSession(base.searchPath);
    });
    // Of rows and values nothing is asked.
    this.first = { ...runFirst([], base), steps, after, occurrences };
  }

  private play(played: Step, step: number, after: World, ifResults: IfResults): Occurrence[] {
    return playFirst(played, step, after, ifResults, {
      isPlayed: ({ action }) => PLAYED.has(action),
      collides: false,
      observe: (occurrence) => this.recordMaker(occurrence, after),
    });
  }

  private recordMaker({ effect, isRun, step }: Occurrence, after: World): void {
    if (!isRun || effect.action !== 'create') return;
    for (const made of [effect.object, ...(effect.parts ?? [])]) {
      const key = after.key(made);
      const known = this.makers.get(key);
      if (known) known.push(step);
      else this.makers.set(key, [step]);
    }
  }

  /** Runs everything again, and tells what fails in each file. */
  replay(): Map<string, Unreplayable[]> {
    const { first, fileOf } = this;
    const replay = new Replay(first, first.after);
    const found = new Map<string, Unreplayable[]>();
    let seen = 0;
    for (let step = 0; step < first.steps.length; step++) {
      replay.run(first.steps[step]!, step);
      const finding = replay.findings.slice(seen).find((f) => f.kind === 'fails');
      seen = replay.findings.length;
      if (fileOf[step + 1] !== fileOf[step]) replay.world.endSession(first.base.searchPath);
      const told = finding && this.tell(finding, step, replay.world);
      if (!told) continue;
      const { path } = this.files[fileOf[step]!]!;
      const others = found.get(path);
      if (others) others.push(told);
      else found.set(path, [told]);
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
      by: this.files[this.fileOf[culprit.step]!]!.path,
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
    const from = this.movesBehind[step]!;
    const at = this.moves.findIndex((move, k) => k >= from && move.from === key);
    if (at < 0) return undefined;
    return {
      step: this.movesBehind.findIndex((behind) => behind > at),
      does: this.moves[at]!.to === undefined ? 'removes' : 'renames',
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
