/** The embedded PostgreSQL for tests: every test gets a database of its own, as fast as memory can be written. */
import { cacheFolder } from '../../src/cli/cache.ts';
import { startEmbedded, type EmbeddedOptions } from '../../src/database/embedded.ts';
import { diffStates } from '../../src/database/dump.ts';
import { sameState, textOf } from '../../src/database/state.ts';
import type { Engine, Environment, Session, State, StepFailure } from '../../src/database/types.ts';
import { planSteps } from '../../src/verify/steps.ts';

const TIMEOUT_MS = 60_000;

/** The database before the first migration is made once for all tests. */
export const cache = cacheFolder(process.env);

/** The same, in an environment. */
export const startIn = (
  environment: Environment,
  extensions: readonly string[],
  options: Partial<EmbeddedOptions> = {},
): Promise<Engine> => startEmbedded(environment, extensions, { timeout: TIMEOUT_MS, cache, ...options });

export const startDatabases = (
  extensions: readonly string[] = [],
  options: Partial<EmbeddedOptions> = {},
): Promise<Engine> => startIn({ name: 'plain', steps: [], standIns: [] }, extensions, options);

/** Runs a migration; the statement that PostgreSQL refused, if it refused one. */
export async function run(session: Session, sql: string): Promise<(StepFailure & { sql: string }) | undefined> {
  const { steps } = planSteps(sql, 'migration.sql');
  const failure = await session.run(steps, 'stop');
  if (failure) return { ...failure, sql: steps[failure.step]!.sql };
  // A migration that was not committed would leave nothing behind.
  await session.reset();
  return undefined;
}

export interface Judged {
  /** What the original's own second run ends with: a SQLSTATE, a changed state, or nothing. */
  original: { error: string } | 'changes' | 'same';
  /** Everything that is wrong with the fixed migration; empty where it is preserved and idempotent. */
  complaints: string[];
}

/** Runs the original once, and the fixed migration three times, from the state that the setup leaves. */
export async function judge(
  engine: Engine,
  setup: string,
  original: string,
  fixed: string,
  options: { secondRun?: boolean } = {},
): Promise<Judged> {
  const complaints: string[] = [];
  const said = (what: string, failure: Awaited<ReturnType<typeof run>>) =>
    failure && complaints.push(`${what}: ${failure.code} ${failure.message}, in: ${failure.sql}`);
  const session = await engine.open();
  try {
    said('the setup fails', await run(session, setup));
    const before = await session.mark();
    said('the original fails', await run(session, original));
    if (complaints.length > 0) return { original: 'same', complaints };
    const expected = await session.state();
    let secondRun: Judged['original'] = 'same';
    if (options.secondRun) {
      const failure = await run(session, original);
      if (failure) secondRun = { error: failure.code };
      else if (!sameState(await session.state(), expected)) secondRun = 'changes';
    }
    // What comes back untouched ran once already.
    let first = expected;
    if (original !== fixed) {
      await session.rewind(before);
      said('the fixed migration fails', await run(session, fixed));
      first = await session.state();
      if (!sameState(first, expected))
        complaints.push(`the fixed migration leaves something else:\n${await difference(expected, first)}`);
    }
    said('the second run fails', await run(session, fixed));
    said('the third run fails', await run(session, fixed));
    const third = await session.state();
    if (!sameState(third, first))
      complaints.push(`running again changes something:\n${await difference(first, third)}`);
    return { original: secondRun, complaints };
  } finally {
    await session.close();
  }
}

export const difference = (before: State, after: State): Promise<string> => diffStates(textOf(before), textOf(after));
