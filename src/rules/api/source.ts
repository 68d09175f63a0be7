import { resolve } from 'node:path';
import { Checker, type Problem } from '../../checker/index.ts';
import { planFixes, type Outcome } from '../../fixers/index.ts';
import { defaultFixOptions, type FixOptions } from '../../fixers/types.ts';
import type { Finding } from '../../rerun/finding.ts';
import { doesTheSame, replayFolder, type Unreplayable } from '../../rerun/folder.ts';
import { rerun, runStatements, type FirstRun } from '../../rerun/index.ts';
import { Ending } from '../../history/ending.ts';
import type { Place, Refusal } from '../../history/files.ts';
import { stepsOf } from '../../history/play.ts';
import { World } from '../../history/world.ts';
import { Locking } from '../../locking/index.ts';
import { transactionsOf } from '../../locking/transactions.ts';
import type { FileKind } from '../../project/format.ts';
import type { Script, Statement } from '../../syntax/script.ts';
import { Scripts } from '../../syntax/scripts.ts';
import { firstLineEnd, type Position } from '../../lines.ts';
import { flatMap } from '../../lists.ts';

export type { Position };

/** The options of the project for rules and fixers. */
export interface SourceOptions extends FixOptions {
  /** The schemas that an API exposes to the outside. */
  exposedSchemas: readonly string[];
}

export const defaultOptions: SourceOptions = { ...defaultFixOptions, exposedSchemas: ['public'] };

/** A file as the rules see it: its script, what came before it, and how its second run goes. */
export class SqlSource {
  readonly text: string;
  readonly path: string;
  readonly script: Script;
  /** The objects that earlier migrations have left. */
  readonly world: World;
  readonly options: SourceOptions;
  /** What PostgreSQL has refused of this text when it ran. */
  readonly refusal: Refusal | undefined;
  /** The branch that has another text of the file. */
  readonly mergedInto: string | undefined;
  private readonly findLater: NonNullable<Place['later']>;
  private readonly ofWhole: NonNullable<Place['whole']>;
  private endingOfFile: Ending | undefined;
  private readonly checker = new Checker();
  private readonly kind: FileKind | undefined;
  private readonly applied: Place['applied'];
  private locksOfFile: Locking | undefined;
  private firstRunOfFile: FirstRun | undefined;
  private plan: { finding: Finding; outcome: Outcome }[] | undefined;

  constructor(
    text: string,
    path: string,
    {
      world = new World(),
      later = () => undefined,
      whole = () => undefined,
      kind,
      applied,
      runners,
      scripts = new Scripts(),
      refusal,
      mergedInto,
    }: Place = {},
    options: Partial<SourceOptions> = {},
  ) {
    this.text = text;
    this.path = path;
    this.script = scripts.read(text, path, kind);
    this.world = world;
    // The place of a refusal is one in the text that ran, which fixes may change.
    this.refusal = refusal?.text === text ? refusal : undefined;
    this.mergedInto = mergedInto;
    this.kind = kind;
    this.applied = applied;
    this.findLater = later;
    this.ofWhole = whole;
    this.options = { ...defaultOptions, ...options, ...(runners && { runners: runners(text) }) };
  }

  /** The tool that runs the file, where it is known. */
  get tool(): FileKind['tool'] {
    return this.kind?.tool;
  }

  /** The objects at the end of the file and at the end of its folder. The folder is read only if a rule asks. */
  get ending(): Ending {
    return (this.endingOfFile ??= new Ending(this.world, this.script.statements, (after) =>
      this.findLater(this.text, after),
    ));
  }

  /** What PostgreSQL refuses at the first run. */
  get problems(): readonly Problem[] {
    this.runFirst();
    return this.checker.problems;
  }

  /** The locks of the statements that migrate up. */
  get locks(): Locking {
    const locks = this.watchLocks();
    this.runFirst();
    locks.end();
    return locks;
  }

  /** Has the locks found out when the file is played, so that it is not played once more for them. */
  watchLocks(): Locking {
    if (this.locksOfFile) return this.locksOfFile;
    const { path, text, kind, options, script } = this;
    const sent = { path, text, ...kind };
    const transactions = () => transactionsOf(script.statements, sent, script.format, options.runners);
    const locks = (this.locksOfFile = new Locking(this.world, transactions, this.applied));
    if (this.firstRunOfFile) runStatements(this.forward, this.world, locks.begin.bind(locks));
    return locks;
  }

  /** The statements that migrate up. */
  private get forward(): readonly Statement[] {
    return this.script.statements.filter(({ direction }) => direction === 'up');
  }

  /** Plays the statements that migrate up, and checks each before it runs. */
  private runFirst(): FirstRun {
    return (this.firstRunOfFile ??= runStatements(this.forward, this.world, (statement, runs, world) => {
      this.checker.check(statement, runs, world);
      this.locksOfFile?.begin(statement, runs, world);
    }));
  }

  /** The findings of the second run, with their fixes. The up part and the down part are judged separately. */
  get secondRun(): readonly { finding: Finding; outcome: Outcome }[] {
    // Only migrations run a second time.
    if (this.script.role === 'other') return [];
    if (!this.plan) {
      const down = this.script.statements.filter(({ direction }) => direction === 'down');
      const up = rerun(this.runFirst());
      const back = down.length > 0 ? [rerun(runStatements(down, up.after))] : [];
      this.plan = flatMap([up, ...back], ({ findings }) => {
        const outcomes = planFixes(findings, this.options);
        return flatMap(findings, (finding) => {
          const outcome = outcomes.get(finding);
          return outcome ? { finding, outcome } : [];
        });
      });
    }
    return this.plan;
  }

  /**
   * The statements that fail when the whole folder runs again on its own end. Where fixes have changed the text, it is
   * taken to do the same as before.
   */
  get unreplayable(): readonly { range: { start: number; end: number }; finding: Unreplayable }[] {
    if (this.script.role !== 'up') return [];
    const replay = this.ofWhole(replayFolder);
    const path = resolve(this.path);
    const isSame = replay?.texts.get(path) === this.text;
    return flatMap(replay?.findings.get(path) ?? [], (finding) => {
      const range = isSame ? finding : this.unitLike(finding);
      return range ? { range, finding } : [];
    });
  }

  private unitLike(finding: Unreplayable): { start: number; end: number } | undefined {
    for (const { units } of stepsOf(this.script.statements)) {
      const found = units.find((unit) => doesTheSame(unit, finding));
      if (found) return found;
    }
    return undefined;
  }

  /** The location of a range, in the form of ESLint's reports. */
  locOf(start: number, end: number): { start: Position; end: Position } {
    return { start: this.script.locate(start), end: this.script.locate(end) };
  }

  /** The location of the first line of a statement: a report on a long one marks no more. */
  headOf({ start, end }: { start: number; end: number }): { start: Position; end: Position } {
    return this.locOf(start, firstLineEnd(this.text, start, end));
  }
}
