/** The embedded PostgreSQL for tests: every test gets a database of its own, as fast as memory can be copied. */
import { startEmbedded } from '../../src/verify/embedded.ts';
import { planSteps } from '../../src/verify/steps.ts';
import type { Engine, Session, StepFailure } from '../../src/verify/types.ts';

const TIMEOUT_MS = 60_000;

export const startDatabases = (extensions: string[] = []): Promise<Engine> =>
  startEmbedded({ name: 'plain', steps: [], standIns: [] }, extensions, { timeout: TIMEOUT_MS });

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
  const session = await engine.start.open();
  try {
    said('the setup fails', await run(session, setup));
    const before = original === fixed ? undefined : await session.snapshot();
    said('the original fails', await run(session, original));
    if (complaints.length > 0) return { original: 'same', complaints };
    const expected = await session.state();
    let secondRun: Judged['original'] = 'same';
    if (options.secondRun) {
      const failure = await run(session, original);
      if (failure) secondRun = { error: failure.code };
      else if ((await session.state()) !== expected) secondRun = 'changes';
    }
    // What comes back untouched needs no second database to be compared with.
    const other = before ? await before.open() : session;
    try {
      if (other !== session) said('the fixed migration fails', await run(other, fixed));
      const first = other === session ? expected : await other.state();
      if (first !== expected)
        complaints.push(`the fixed migration leaves something else:\n${difference(expected, first)}`);
      said('the second run fails', await run(other, fixed));
      said('the third run fails', await run(other, fixed));
      const third = await other.state();
      if (third !== first) complaints.push(`running again changes something:\n${difference(first, third)}`);
    } finally {
      if (other !== session) await other.close();
    }
    return { original: secondRun, complaints };
  } finally {
    await session.close();
  }
}

function difference(before: string, after: string): string {
  const [a, b] = [new Set(before.split('\n')), new Set(after.split('\n'))];
  return [
    ...[...a].filter((line) => !b.has(line)).map((line) => `- ${line}`),
    ...[...b].filter((line) => !a.has(line)).map((line) => `+ ${line}`),
  ].join('\n');
}
