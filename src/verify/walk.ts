/**
 * Shows what happens to each statement: in the first run, in the second, and where the file is stopped after it and
 * started again. `Judge` answers whether a file runs twice; this is what people want to see of it.
 */
import { diffStates } from '../database/dump.ts';
import { differingTables, sameState, textOf } from '../database/state.ts';
import type { Mark, Session, State, Step, StepFailure } from '../database/types.ts';
import { Lines } from '../lines.ts';
import { locate } from './steps.ts';
import type { Failure } from './types.ts';

/** What came of one statement. */
export type Ran = { ok: true } | { ok: false; failure: Failure };

/** What came of starting over. */
export type Resumed = { ok: true } | { ok: false; failure: Failure } | { ok: false; diff: string };

export interface WalkedStatement {
  line: number;
  sql: string;
  /** Undefined where it was not reached. */
  first?: Ran;
  /** Undefined where the first run fails. Later statements run on, as in psql. */
  second?: Ran;
  /** Stopped after this statement and started again; undefined for the last, and where the first run fails. */
  resumed?: Resumed;
}

export interface Walk {
  statements: readonly WalkedStatement[];
  /** What the second run has changed, as a diff; empty where nothing, undefined where the first run fails. */
  diff?: string;
}

export interface WalkOptions {
  /** Called after each statement and each start over, with all that is known so far. */
  onProgress?: ((walk: Walk) => void) | undefined;
  /** Ends the walk, which then rejects with its reason. */
  signal?: AbortSignal | undefined;
}

/**
 * Walks through a file from where the session is, and comes back there.
 * @param steps the statements of the text that run forward, each by itself
 */
export async function walk(
  session: Session,
  { text, steps }: { text: string; steps: readonly Step[] },
  { onProgress, signal }: WalkOptions = {},
): Promise<Walk> {
  const lines = new Lines(text);
  const statements: WalkedStatement[] = steps.map(({ offset, sql }) => ({ line: lines.locate(offset).line, sql }));
  const found: Walk = { statements };
  const tell = () => {
    signal?.throwIfAborted();
    onProgress?.(found);
  };
  const before = await session.mark();
  try {
    for (const [k, step] of steps.entries()) {
      const ran = (statements[k]!.first = ranAs(text, step, await session.run([step], 'continue')));
      tell();
      if (!ran.ok) return found;
    }
    const end = await session.state();
    for (const [k, step] of steps.entries()) {
      statements[k]!.second = ranAs(text, step, await session.run([step], 'continue'));
      tell();
    }
    const again = await session.state();
    found.diff = sameState(end, again) ? '' : await diffStates(textOf(end), textOf(again));
    tell();
    const restart = new Restart(session, before, steps, end);
    for (const [k, statement] of statements.slice(0, -1).entries()) {
      statement.resumed = await restart.after(k + 1, text);
      tell();
    }
    return found;
  } finally {
    await session.rewind(before);
    await before.release();
  }
}

const ranAs = (text: string, step: Step, failure: StepFailure | undefined): Ran =>
  failure ? { ok: false, failure: locate(text, [step], failure) } : { ok: true };

/** Stops a file after some of its statements, and starts it again. */
class Restart {
  private readonly session: Session;
  private readonly before: Mark;
  private readonly steps: readonly Step[];
  private readonly end: State;
  /** The tables that get other rows at every run; found out when a state differs in rows alone. */
  private unstable: readonly string[] | undefined;

  constructor(session: Session, before: Mark, steps: readonly Step[], end: State) {
    this.session = session;
    this.before = before;
    this.steps = steps;
    this.end = end;
  }

  async after(statements: number, text: string): Promise<Resumed> {
    const { session, before, steps, end } = this;
    await session.rewind(before);
    await session.run(steps.slice(0, statements), 'stop');
    // Where the connection is lost in a transaction, the transaction is lost with it.
    await session.reset();
    const failure = await session.run(steps, 'stop');
    if (failure) return { ok: false, failure: locate(text, steps, failure) };
    const state = await session.state();
    if (sameState(end, state) || (await this.isUnstable(state))) return { ok: true };
    return { ok: false, diff: await diffStates(textOf(end), textOf(state)) };
  }

  /** Whether a state differs from the end only in rows that are random, or have the time of day in them. */
  private async isUnstable(state: State): Promise<boolean> {
    const tables = differingTables(this.end, state);
    if (!tables) return false;
    this.unstable ??= await this.findUnstable();
    return tables.every((table) => this.unstable!.includes(table));
  }

  private async findUnstable(): Promise<readonly string[]> {
    await this.session.rewind(this.before);
    await this.session.run(this.steps, 'stop');
    return differingTables(this.end, await this.session.state()) ?? [];
  }
}
