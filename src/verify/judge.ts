import { Crash } from '../database/crash.ts';
import { diffStates } from '../database/dump.ts';
import { differingTables, sameState, textOf } from '../database/state.ts';
import type { Engine, Mark, Session, State, Step, StepFailure } from '../database/types.ts';
import { Lines } from '../lines.ts';
import { isSameWay, type Sent, type Way } from './sending.ts';
import { otherStates, type StateMaker } from './states.ts';
import { locate, type Plan } from './steps.ts';
import type { Failure, Outcome } from './types.ts';

/** A text, and the statements of it that run forward. */
export type Text = Plan & { text: string };

/** A migration as it is, and as it would be. */
export interface Plans {
  original: Text;
  subject: Text;
  /** The ways in which its tool may send it, the likeliest first. */
  ways: readonly Way[];
}

export interface JudgeOptions {
  /** Stop after every statement, and start over. */
  resume?: boolean | undefined;
  /** Run from other states too. */
  states?: boolean | undefined;
}

/** A state that was read, and how to come to it again: from a mark, one text after the other. */
interface Reading {
  state: State;
  from: Mark;
  runs: readonly Sent[];
}

/** With `states` alone, a file is stopped at no more places than this. */
const MOST_CUTS = 3;

/**
 * Judges one file: runs it as it is, and what would become of it twice, from where the session is, and compares what
 * that leaves. Leaves the session where the original ends, without what does not run of it, so that the files after it
 * can be judged.
 */
export class Judge {
  private readonly session: Session;
  private readonly plans: Plans;
  private readonly before: Mark;
  private readonly options: JudgeOptions;

  private constructor(session: Session, plans: Plans, before: Mark, options: JudgeOptions) {
    this.session = session;
    this.plans = plans;
    this.before = before;
    this.options = options;
  }

  /** @returns what running has shown, and in which way the file was sent */
  static async of(
    engine: Engine,
    session: Session,
    plans: Plans,
    options: JudgeOptions,
  ): Promise<{ outcome: Outcome; sent: string }> {
    const before = await session.mark();
    try {
      return await new Judge(session, plans, before, options).judge(engine);
    } finally {
      await before.release();
    }
  }

  /**
   * Runs a file once, as its tool sends it, and leaves the session as `of` does.
   * @returns `ok` where it runs, and in which way it was sent
   */
  static async once(session: Session, plans: Plans): Promise<{ outcome: Outcome; sent: string }> {
    const before = await session.mark();
    try {
      const { way, failure } = await new Judge(session, plans, before, {}).firstWay();
      const sent = way.name;
      if (failure) {
        await bring(session, before, plans, isFatal(failure));
        return { outcome: firstRunFailed(way.original, failure), sent };
      }
      const outcome = await session.reset().then((): Outcome => ({ verdict: 'ok' }), crashed(plans.original));
      if (outcome.verdict !== 'ok') {
        await session.rewind(before);
        await bring(session, before, plans);
      }
      return { outcome, sent };
    } finally {
      await before.release();
    }
  }

  private async judge(engine: Engine): Promise<{ outcome: Outcome; sent: string }> {
    const { session, plans, before } = this;
    const { way, failure } = await this.firstWay();
    const sent = way.name;
    if (failure) {
      await bring(session, before, plans, isFatal(failure));
      return { outcome: firstRunFailed(way.original, failure), sent };
    }
    // The mark also keeps what was read, so that the next file need not read it again.
    // Where databases share their roles, going back takes away what the original has made: it runs again instead.
    let after: Mark | undefined;
    let outcome: Outcome;
    let isDone = false;
    try {
      const first = await this.read(before, [way.original]);
      if (!engine.sharesRoles) after = await session.mark();
      isDone = true;
      outcome = await this.compare(way, first);
    } catch (error) {
      outcome = crashed(isDone ? plans.subject : plans.original)(error);
    }
    if (after) await session.rewind(after);
    else {
      await session.rewind(before);
      // What breaks its database is left out of the history.
      if (isDone) await session.run(way.original.steps, 'continue');
    }
    await after?.release();
    return { outcome, sent };
  }

  /** Runs the original in the first way in which it runs; where it runs in none, says why not in the first one. */
  private async firstWay(): Promise<{ way: Way; failure?: StepFailure }> {
    let first: { way: Way; failure: StepFailure } | undefined;
    for (const way of this.plans.ways) {
      const failure = await this.session.run(way.original.steps, 'stop');
      if (!failure) return { way };
      first ??= { way, failure };
      await this.session.rewind(this.before);
      if (isFatal(failure)) break;
    }
    return first!;
  }

  private async compare(way: Way, first: Reading): Promise<Outcome> {
    const { plans, options } = this;
    const { outcome, once } = await this.twice(way, first, true);
    if (outcome) return outcome;
    for (const other of plans.ways.slice(plans.ways.indexOf(way) + 1))
      if (!isSameWay(way, other)) {
        const found = await this.inAnotherWay(other, once);
        if (found) return { ...found, runner: other.name };
      }
    if (options.states)
      for (const state of otherStates(plans.original.steps)) {
        const found = await this.fromAnotherState(way, state);
        if (found) return { ...found, state: state.name };
      }
    if (options.resume || options.states) return (await this.interrupted(way, once)) ?? { verdict: 'ok' };
    return { verdict: 'ok' };
  }

  /**
   * Runs the fixed text twice, from where the original has been run, and compares: with what the original leaves, and
   * the second run with the first.
   */
  private async twice(
    { original, subject }: Way,
    wanted: Reading,
    repeats: boolean,
  ): Promise<{ outcome?: Outcome; once: Reading }> {
    const { session } = this;
    let once = wanted;
    if (subject.text !== original.text) {
      const { from } = wanted;
      await session.rewind(from);
      const failure = await session.run(subject.steps, 'stop');
      if (failure) return { outcome: { verdict: 'not-preserved', failure: failureOf(subject, failure) }, once };
      once = await this.read(from, [subject]);
      const diff = await this.difference(wanted, once, original);
      if (diff) return { outcome: { verdict: 'not-preserved', diff }, once };
      if (!sameState(wanted.state, once.state)) {
        // Finding out has led elsewhere, and at another time of day.
        await this.again(once);
        once = await this.read(from, [subject]);
      }
    }
    if (!repeats) return { once };
    const failure = await session.run(subject.steps, 'stop');
    if (failure) return { outcome: { verdict: 'second-run-fails', failure: failureOf(subject, failure) }, once };
    const diff = await this.difference(once, await this.read(once.from, [subject, subject]));
    return diff ? { outcome: { verdict: 'second-run-changes', diff }, once } : { once };
  }

  /** Where the original runs in another way, so must the fixed text, twice, and end where it ends in the first way. */
  private async inAnotherWay(way: Way, once: Reading): Promise<Outcome | undefined> {
    const { session, before } = this;
    const { original, subject } = way;
    await session.rewind(before);
    if (await session.run(original.steps, 'stop')) return undefined;
    if (subject.text !== original.text) {
      await session.rewind(before);
      const failure = await session.run(subject.steps, 'stop');
      if (failure) return { verdict: 'not-preserved', failure: failureOf(subject, failure) };
    }
    await session.reset();
    const failure = await session.run(subject.steps, 'stop');
    if (failure) return { verdict: 'second-run-fails', failure: failureOf(subject, failure) };
    const state = await session.state();
    if (sameState(once.state, state)) return undefined;
    // Something is different: now it counts what the original leaves when it is sent so.
    await session.rewind(before);
    await session.run(original.steps, 'stop');
    return (await this.twice(way, await this.read(before, [original]), true)).outcome;
  }

  /** Where the original runs from another state, so must the fixed text, and leave the same. */
  private async fromAnotherState(way: Way, { name, steps }: StateMaker): Promise<Outcome | undefined> {
    const { session } = this;
    const isFilled = name === 'filled';
    if (!isFilled && way.subject.text === way.original.text) return undefined;
    const begin = async () => {
      await session.rewind(this.before);
      const failure = await session.run(steps, 'continue');
      if (failure && (isFilled || isFatal(failure))) return false;
      await session.reset();
      return true;
    };
    if (!(await begin())) return undefined;
    if (!isFilled) {
      // As a rule the original does not run from there; a mark would be made for nothing.
      if (await session.run(way.original.steps, 'stop')) return undefined;
      await begin();
    }
    const from = await session.mark();
    try {
      if (await session.run(way.original.steps, 'stop')) return undefined;
      return (await this.twice(way, await this.read(from, [way.original]), isFilled)).outcome;
    } finally {
      await from.release();
    }
  }

  /** Stops after every statement but the last and starts over; answers the first point from where that goes wrong. */
  private async interrupted(way: Way, wanted: Reading): Promise<Outcome | undefined> {
    const { session, before } = this;
    const { text, steps } = this.plans.subject;
    for (const cut of this.cuts(steps.length)) {
      const after = new Lines(text).locate(steps[cut - 1]!.offset).line;
      const half: Sent = { text, steps: steps.slice(0, cut) };
      await session.rewind(before);
      await session.run(half.steps, 'stop');
      // Where the connection is lost in a transaction, the transaction is lost with it.
      await session.reset();
      const failure = await session.run(way.subject.steps, 'stop');
      if (failure) return { verdict: 'not-resumable', after, failure: failureOf(way.subject, failure) };
      const diff = await this.difference(wanted, await this.read(before, [half, way.subject]), way.subject);
      if (diff) return { verdict: 'not-resumable', after, diff };
    }
    return undefined;
  }

  /** After how many statements a file is stopped. */
  private cuts(statements: number): number[] {
    const most = this.options.resume ? Infinity : MOST_CUTS;
    const all = Array.from({ length: Math.max(0, statements - 1) }, (_, k) => k + 1);
    return all.length <= most ? all : Array.from({ length: most }, (_, k) => all[Math.floor((k * all.length) / most)]!);
  }

  private async read(from: Mark, runs: readonly Sent[]): Promise<Reading> {
    return { state: await this.session.state(), from, runs };
  }

  /** Goes back, and runs what led to a state once more. */
  private async again({ from, runs }: Reading): Promise<void> {
    await this.session.rewind(from);
    for (const { steps } of runs) {
      await this.session.run(steps, 'stop');
      await this.session.reset();
    }
  }

  /**
   * What is different between two states that were read, as a diff of what `pg_dump` says.
   * @param unstable where rows differ that this text leaves other ones of at every run, because it draws random numbers
   *   or reads the clock, that is no difference
   */
  private async difference(a: Reading, b: Reading, unstable?: Sent): Promise<string> {
    if (sameState(a.state, b.state)) return '';
    const rows = differingTables(a.state, b.state);
    if (rows && unstable && (await this.isUnstable(rows, a))) return '';
    const [before, after] = [await this.describe(a), await this.describe(b)];
    // What was read only in part is read in full before anything is said of it.
    const same = sameState(before.state, after.state);
    if (same && !rows) return '';
    return (await diffStates(before.text, after.text)) || diffStates(textOf(a.state), textOf(b.state));
  }

  /** Whether these tables get other rows at every run. */
  private async isUnstable(tables: readonly string[], found: Reading): Promise<boolean> {
    await this.again(found);
    const other = differingTables(found.state, await this.session.state());
    return other !== undefined && tables.every((table) => other.includes(table));
  }

  private async describe(reading: Reading): Promise<{ state: State; text: string }> {
    await this.again(reading);
    const state = await this.session.state(true);
    const shared = state.lines().filter((line) => /^(ROLE|MEMBER|SETTING) /.test(line));
    return { state, text: [await this.session.dump(), ...shared].join('\n') };
  }
}

/** Whether the connection, or the database, is gone with what was run. */
const isFatal = ({ code }: StepFailure): boolean => code === 'timeout' || code === 'crash';

/**
 * Brings the history one file further: as its tool sends it, or else as much of it as runs.
 * @param isGivenUp whether it is known that the file ends its database, or does not end
 */
async function bring(
  session: Session,
  before: Mark,
  { original: { steps }, ways }: Plans,
  isGivenUp = false,
): Promise<void> {
  for (const { original } of isGivenUp ? [] : ways) {
    const failure = await session.run(original.steps, 'stop');
    if (!failure && (await works(session))) return;
    await session.rewind(before);
    if (failure && isFatal(failure)) break;
  }
  const failure = await session.run(steps, 'continue');
  if (await works(session)) return;
  // What ends its database is left out.
  await session.rewind(before);
  if (failure) await session.run(steps.slice(0, failure.step), 'continue');
}

/** Whether the database can still be used; a new session begins then. */
export async function works(session: Session): Promise<boolean> {
  try {
    await session.reset();
    return true;
  } catch (error) {
    if (!(error instanceof Crash)) throw error;
    return false;
  }
}

const failureOf = ({ text, steps }: Sent, failure: StepFailure): Failure => locate(text, steps, failure);

/** What to say of a migration after which the database does not work any more; anything else is thrown on. */
export const crashed =
  ({ text, steps }: Text) =>
  (error: unknown): Outcome => {
    if (!(error instanceof Crash)) throw error;
    const ran: readonly Step[] = steps.length > 0 ? steps : [{ sql: '', offset: 0 }];
    const message = `it leaves a database that does not work any more: ${error.message}`;
    return { verdict: 'fails', failure: locate(text, ran, { step: ran.length - 1, code: 'crash', message }) };
  };

function firstRunFailed(original: Sent, failure: StepFailure): Outcome {
  const located = failureOf(original, failure);
  const extension = missingExtension(located);
  if (extension !== undefined)
    return { verdict: 'not-verifiable', reason: `it needs the extension ${extension}`, extension, line: located.line };
  // The stand-in for pgvector has its access methods, but not their storage parameters.
  if (located.code === '22023' && /^unrecognized parameter "(lists|m|ef_construction)"/.test(located.message)) {
    return {
      verdict: 'not-verifiable',
      reason: 'it sets parameters of an index of pgvector, for which there is only a stand-in',
      extension: 'vector',
      line: located.line,
    };
  }
  return { verdict: 'fails', failure: located };
}

/**
 * PostgreSQL 17 and later say that an extension is not available, earlier ones that its control file cannot be opened.
 */
function missingExtension({ message }: Failure): string | undefined {
  return (
    /^extension "(.+)" is not available$/.exec(message)?.[1] ??
    /^could not open extension control file ".*\/(.+)\.control"/.exec(message)?.[1]
  );
}
