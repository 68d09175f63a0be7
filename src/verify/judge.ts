import { Crash } from '../database/crash.ts';
import { diffStates } from '../database/dump.ts';
import { differingTables, sameState, textOf } from '../database/state.ts';
import type { Engine, Mark, Session, State, Step, StepFailure } from '../database/types.ts';
import { Lines } from '../lines.ts';
import { locate, type Plan } from './steps.ts';
import type { Failure, Outcome } from './types.ts';

/** A text, and what of it is run. */
export type Text = Plan & { text: string };

/** A migration as it is, and as it would be. */
export interface Plans {
  original: Text;
  subject: Text;
}

/** Runs of one text after the other; whether `stop` or `continue` matters only to one that fails. */
type Runs = readonly Text[];

/**
 * Judges one file: runs it as it is, and what would become of it twice, from where the session is, and compares what
 * that leaves. Leaves the session where the original ends, without what does not run of it, so that the files after it
 * can be judged.
 */
export class Judge {
  private readonly session: Session;
  private readonly plans: Plans;
  private readonly before: Mark;

  private constructor(session: Session, plans: Plans, before: Mark) {
    this.session = session;
    this.plans = plans;
    this.before = before;
  }

  static async of(
    engine: Engine,
    session: Session,
    plans: Plans,
    options: { resume?: boolean | undefined },
  ): Promise<Outcome> {
    const before = await session.mark();
    const judge = new Judge(session, plans, before);
    // Where databases share their roles, going back takes away what the original has made: it runs again instead.
    let after: Mark | undefined;
    let outcome: Outcome;
    let isDone = false;
    try {
      const { original, subject } = plans;
      const failure = await session.run(original.steps, 'continue');
      if (failure) {
        await judge.leaveOut(failure);
        return firstRunFailed(original, failure);
      }
      const first = await session.state();
      if (!engine.sharesRoles) after = await session.mark();
      isDone = true;
      outcome = await judge.compare(first, subject.text === original.text, options);
    } catch (error) {
      outcome = crashed(isDone ? plans.subject : plans.original)(error);
    }
    if (after) await session.rewind(after);
    else {
      await session.rewind(before);
      // What breaks its database is left out of the history.
      if (isDone) await session.run(plans.original.steps, 'continue');
    }
    await after?.release();
    await before.release();
    return outcome;
  }

  /** After a statement that ended its database, the history goes on with what was before it. */
  private async leaveOut({ code, step }: StepFailure): Promise<void> {
    if (code === 'timeout' || code === 'crash') {
      await this.session.rewind(this.before);
      await this.session.run(this.plans.original.steps.slice(0, step), 'continue');
    }
    await this.before.release();
  }

  private async compare(
    first: State,
    isUnchanged: boolean,
    options: { resume?: boolean | undefined },
  ): Promise<Outcome> {
    const { session } = this;
    const { original, subject } = this.plans;
    let after = first;
    if (!isUnchanged) {
      await session.rewind(this.before);
      const failure = await session.run(subject.steps, 'stop');
      if (failure) return { verdict: 'not-preserved', failure: failureOf(subject, failure) };
      after = await session.state();
      const diff = await this.difference([first, [original]], [after, [subject]], original);
      if (diff) return { verdict: 'not-preserved', diff };
      if (!sameState(first, after)) {
        // Finding out has led elsewhere, and at another time of day.
        await this.again([subject]);
        after = await session.state();
      }
    }
    const failure = await session.run(subject.steps, 'stop');
    if (failure) return { verdict: 'second-run-fails', failure: failureOf(subject, failure) };
    const diff = await this.difference([after, [subject]], [await session.state(), [subject, subject]]);
    if (diff) return { verdict: 'second-run-changes', diff };
    return (options.resume && (await this.interrupted(after))) || { verdict: 'ok' };
  }

  /** Stops after every statement but the last and starts over; answers the first point from where that goes wrong. */
  private async interrupted(wanted: State): Promise<Outcome | undefined> {
    const { session, before } = this;
    const { subject } = this.plans;
    for (let cut = 1; cut < subject.steps.length; cut++) {
      const after = new Lines(subject.text).locate(subject.steps[cut - 1]!.offset).line;
      const half: Text = { ...subject, steps: subject.steps.slice(0, cut) };
      await session.rewind(before);
      await session.run(half.steps, 'stop');
      // Where the connection is lost in a transaction, the transaction is lost with it.
      await session.reset();
      const failure = await session.run(subject.steps, 'stop');
      if (failure) return { verdict: 'not-resumable', after, failure: failureOf(subject, failure) };
      const diff = await this.difference([wanted, [subject]], [await session.state(), [half, subject]], subject);
      if (diff) return { verdict: 'not-resumable', after, diff };
    }
    return undefined;
  }

  /** Goes back, and runs these once more. */
  private async again(runs: Runs): Promise<void> {
    await this.session.rewind(this.before);
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
  private async difference(a: [State, Runs], b: [State, Runs], unstable?: Text): Promise<string> {
    if (sameState(a[0], b[0])) return '';
    const rows = differingTables(a[0], b[0]);
    if (rows && unstable && (await this.isUnstable(rows, a[0], a[1]))) return '';
    const [before, after] = [await this.describe(a[1]), await this.describe(b[1])];
    // What was read only in part is read in full before anything is said of it.
    const same = sameState(before.state, after.state);
    if (same && !rows) return '';
    return (await diffStates(before.text, after.text)) || diffStates(textOf(a[0]), textOf(b[0]));
  }

  /** Whether these tables get other rows at every run. */
  private async isUnstable(tables: readonly string[], found: State, runs: Runs): Promise<boolean> {
    await this.again(runs);
    const other = differingTables(found, await this.session.state());
    return other !== undefined && tables.every((table) => other.includes(table));
  }

  private async describe(runs: Runs): Promise<{ state: State; text: string }> {
    await this.again(runs);
    const state = await this.session.state(true);
    const shared = state.lines().filter((line) => /^(ROLE|MEMBER|SETTING) /.test(line));
    return { state, text: [await this.session.dump(), ...shared].join('\n') };
  }
}

const failureOf = ({ text, steps }: Text, failure: StepFailure): Failure => locate(text, steps, failure);

/** What to say of a migration after which the database does not work any more; anything else is thrown on. */
export const crashed =
  ({ text, steps }: Text) =>
  (error: unknown): Outcome => {
    if (!(error instanceof Crash)) throw error;
    const ran: readonly Step[] = steps.length > 0 ? steps : [{ sql: '', offset: 0 }];
    const message = `it leaves a database that does not work any more: ${error.message}`;
    return { verdict: 'fails', failure: locate(text, ran, { step: ran.length - 1, code: 'crash', message }) };
  };

export function firstRunFailed(original: Text, failure: StepFailure): Outcome {
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

/** PostgreSQL 17 and later say that an extension is not available, earlier ones that its control file cannot be opened. */
function missingExtension({ message }: Failure): string | undefined {
  return (
    /^extension "(.+)" is not available$/.exec(message)?.[1] ??
    /^could not open extension control file ".*\/(.+)\.control"/.exec(message)?.[1]
  );
}
