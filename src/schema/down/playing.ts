/** Plays migrations, and stops behind some of them with what was there before. */
import type { Ask } from '../../database/state.ts';
import type { Mark, Session, State, StepFailure } from '../../database/types.ts';
import { loadParser } from '../../syntax/parser.ts';
import { play, type MigrationFile, type Played, type PlayOptions } from '../../verify/index.ts';
import { stepsAsSent } from '../../verify/sending.ts';
import { planSteps } from '../../verify/steps.ts';
import { readObjects, type LiveObjects } from '../objects.ts';
import type { Before } from './compose.ts';
import { readIdentities } from './identities.ts';
import { readRows, type AllRows } from './rows.ts';

/** A database before a file. */
export interface Start extends Before {
  /** Reads the objects of the session as it is now. */
  read: () => Promise<LiveObjects>;
  mark: Mark;
  rows: AllRows;
  state: State;
  /** The statements of the files before. */
  statements: readonly string[];
  /** The first of these files that does not run in full: what is missing may be missing for that. */
  behind?: string | undefined;
}

/**
 * Plays files, and stops at some of them.
 * @param at called behind each of these files; has to leave the session where it found it
 */
export async function playTo(
  files: readonly MigrationFile[],
  wanted: ReadonlySet<string>,
  options: Omit<PlayOptions, 'atStart' | 'onFile' | 'atEnd'>,
  at: (session: Session, file: MigrationFile, outcome: Played, start: Start) => Promise<void>,
): Promise<void> {
  await loadParser();
  const last = files.findLastIndex(({ path }) => wanted.has(path));
  const statements: string[] = [];
  let start: Start | undefined;
  let reading: Start['read'] | undefined;
  const begin = async (session: Session, next: number) => {
    if (!wanted.has(files[next]?.path ?? '')) return;
    start = await startAt(session, (reading ??= reader(session)), [...statements]);
  };
  let index = 0;
  let behind: string | undefined;
  await play(files.slice(0, last + 1), {
    ...options,
    atStart: (session) => begin(session, 0),
    onFile: async (session, file, outcome) => {
      if (start && wanted.has(file.path)) {
        const { mark } = start;
        await at(session, file, outcome, { ...start, behind });
        await mark.release();
        start = undefined;
      }
      statements.push(...planSteps(file.text, file.path, options.placeholders, file.kind).steps.map(({ sql }) => sql));
      if (outcome.verdict !== 'ok') behind ??= file.path;
      await begin(session, ++index);
    },
  });
}

/** So many states are remembered: a way back comes by few. */
const MOST_STATES = 6;

/**
 * Reads objects, which takes several times as long as to see whether anything has changed: what was read of a state
 * holds wherever that state is reached again.
 */
export function reader(session: Session): Start['read'] {
  const known = new Map<string, LiveObjects>();
  return async () => {
    const { digest } = await session.state();
    const objects = known.get(digest) ?? (await readObjects((sql) => session.ask(sql), { isOneServer: true }));
    // The one that was not asked for longest is the first to go.
    known.delete(digest);
    known.set(digest, objects);
    if (known.size > MOST_STATES) known.delete(known.keys().next().value!);
    return objects;
  };
}

/** Looks at a database before a migration runs. */
export async function startAt(session: Session, read: Start['read'], statements: readonly string[]): Promise<Start> {
  const ask: Ask = (sql) => session.ask(sql);
  const objects = await read();
  const identities = await readIdentities(ask);
  const rows = await readRows(ask, objects);
  const state = await session.state();
  return { read, objects, identities, rows, state, mark: await session.mark(), statements };
}

/** Why a file does not run here. */
export const reasonOf = (outcome: Exclude<Played, { verdict: 'ok' }>): string =>
  outcome.verdict === 'fails'
    ? `line ${outcome.failure.line}: ${outcome.failure.message} (${outcome.failure.code})`
    : outcome.reason;

/** Runs a migration from where the session is, in the first way in which it runs. @returns why it does not, in none */
export async function runUp(
  session: Session,
  file: MigrationFile,
  { placeholders, runnersOf }: Pick<PlayOptions, 'placeholders' | 'runnersOf'>,
): Promise<StepFailure | undefined> {
  const { steps } = planSteps(file.text, file.path, placeholders, file.kind);
  const ways = (runnersOf?.(file) ?? []).map((runner) => stepsAsSent(file, steps, runner));
  const from = await session.mark();
  let first: StepFailure | undefined;
  for (const way of ways.length > 0 ? ways : [steps]) {
    const failure = await session.run(way, 'stop');
    if (!failure) {
      await from.release();
      return undefined;
    }
    first ??= failure;
    await session.rewind(from);
  }
  await from.release();
  return first;
}
