import { setImmediate } from 'node:timers/promises';
import { UserError } from '../errors.ts';
import { diffStates } from '../database/dump.ts';
import { requestedExtensions } from '../database/extensions.ts';
import { sameState, textOf } from '../database/state.ts';
import type { Engine, Session, Step } from '../database/types.ts';
import type { KeptEngines } from './engines.ts';
import { readEnvironment, type EnvironmentChoice } from './environment.ts';
import { hasFailed } from './headline.ts';
import { crashed, Judge, works, type Plans } from './judge.ts';
import { plansOf, unfit } from './plans.ts';
import { locate, type Placeholders } from './steps.ts';
import type { FileVerdict, MigrationFile, Outcome } from './types.ts';
import { flatMap } from '../lists.ts';
import type { Runner } from '../project/types.ts';
import { loadParser } from '../syntax/parser.ts';

export type { Failure, FileVerdict, MigrationFile, Outcome } from './types.ts';
export { looksLikeSupabase, type EnvironmentChoice } from './environment.ts';
export { refusalOf, type RefusedStatement } from './refusal.ts';
export { isProven, proveFile, type Doubt, type Proof, type Proposal } from './prove.ts';
export { contradictionsIn, measureAccess, REQUESTS, type Contradiction, type Reached } from './access.ts';
export { hasFailed, headline } from './headline.ts';
export { evidence, lineOf, renderVerdicts, summary, type VerifyFormat } from './report.ts';

/** What has happened; for a progress bar. */
export interface Progress {
  /** Files that have their verdict. */
  done: number;
  total: number;
  /** The file that was begun or judged last. */
  path: string;
  /** Given when the file has its verdict. */
  verdict?: FileVerdict;
}

/** What judges one text or another in the place of a file, each from where the file begins. */
export interface Judging {
  /**
   * Judges a text as the fixed one.
   * @param original what it must do the same as @default the file as it is
   */
  judge: (fixed: string, original?: string) => Promise<FileVerdict>;
  /** Only runs the file as it is, once; `ok` says no more than that it runs. */
  runOnce: () => Promise<FileVerdict>;
}

/** How migrations are verified. */
export interface VerifyOptions {
  /** What `--fix` would write, by path. Where a path is missing, nothing would change. */
  fixed?: Map<string, string>;
  /** What exists before the first migration. @default 'plain' */
  environment?: EnvironmentChoice;
  /** What a migration tool fills in for `${name}` and `{{name}}`, by name. A file with others is not verifiable. */
  placeholders?: Placeholders;
  /** The ways in which a file may be sent. @default statement by statement, as psql does */
  runnersOf?: (file: MigrationFile) => readonly Runner[];
  /**
   * Also run each file where the tables hold rows, and where what it creates exists already with another definition,
   * and stop it after some of its statements. @default false
   */
  states?: boolean;
  /** Also stop after every statement, start over, and compare where that ends. @default false */
  resume?: boolean;
  /** Also run every file again after the last one. @default false */
  replay?: boolean;
  /** Called on the database as all files leave it, once each has its verdict. */
  atEnd?: ((session: Session) => Promise<void>) | undefined;
  /** Judge only these paths, each on the state that the files before it leave. */
  only?: string[];
  /** Answers the verdict that counts on a file, with what judges texts in its place. @default judges the fixed text */
  settle?: (path: string, judging: Judging) => Promise<FileVerdict>;
  /** Stop at the first file that fails. @default false */
  bail?: boolean;
  /** What one statement may take, in milliseconds. @default 20000 */
  timeout?: number;
  /**
   * How many databases work at the same time; only the embedded PostgreSQL can do more than one. @default one a core
   */
  jobs?: number;
  /** A server to work on, in a scratch database beside the one named. @default the embedded PostgreSQL */
  databaseUrl?: string;
  /** A folder that keeps databases as they are before the first migration. @default none: they are made at every run */
  cache?: string | undefined;
  /** Embedded databases that an earlier call has started. @default each call starts its own */
  engines?: KeptEngines | undefined;
  onProgress?: (progress: Progress) => void;
  /** Ends the run; `verify` then rejects with its reason, and leaves nothing behind. */
  signal?: AbortSignal | undefined;
}

const DEFAULT_TIMEOUT_MS = 20_000;

/**
 * Runs every file twice from the state that the originals before it leave, and compares what that leaves.
 * The files must be in the order in which their tool runs them. Verdicts come back in that order; a run that bails
 * ends after the first file that fails.
 *
 * @throws UserError where the server or the environment cannot be used.
 */
export async function verify(files: MigrationFile[], options: VerifyOptions = {}): Promise<FileVerdict[]> {
  if (options.states) await loadParser();
  return withEngine(files, options, (engine, plans) => verifyOn(engine, files, plans, options));
}

/** What running a file once has shown: `ok` says no more than that it runs. */
export type Played = Extract<Outcome, { verdict: 'ok' | 'fails' | 'not-verifiable' }>;

export interface PlayOptions extends Pick<
  VerifyOptions,
  'environment' | 'placeholders' | 'runnersOf' | 'timeout' | 'databaseUrl' | 'cache' | 'signal'
> {
  /** Called on the database before the first file. */
  atStart?: (session: Session) => Promise<void>;
  /** Called on the database as a file leaves it: without what cannot run of it. */
  onFile?: (session: Session, file: MigrationFile, outcome: Played) => Promise<void>;
  /** Called on the database after the last file. */
  atEnd?: (session: Session) => Promise<void>;
}

/**
 * Runs every file once, one after the other, as its tool sends it. The files must be in the order in which their tool
 * runs them.
 *
 * @throws UserError where the server or the environment cannot be used.
 */
export async function play(files: readonly MigrationFile[], options: PlayOptions): Promise<void> {
  await withEngine(files, { ...options, jobs: 1 }, async (engine, plans) => {
    const session = await engine.open();
    try {
      await options.atStart?.(session);
      for (const [index, file] of files.entries()) {
        options.signal?.throwIfAborted();
        const own = plans[index]!;
        const outcome = unfit(engine, own.original) ?? (await Judge.once(session, own)).outcome;
        await options.onFile?.(session, file, outcome as Played);
      }
      await options.atEnd?.(session);
    } finally {
      await session.close();
    }
  });
}

type EngineOptions = Pick<
  VerifyOptions,
  | 'environment'
  | 'timeout'
  | 'databaseUrl'
  | 'cache'
  | 'jobs'
  | 'engines'
  | 'signal'
  | 'fixed'
  | 'only'
  | 'placeholders'
  | 'runnersOf'
>;

/** Works on an engine that can run the files, and leaves nothing of it behind, also where the run is ended. */
async function withEngine<T>(
  files: readonly MigrationFile[],
  options: EngineOptions,
  work: (engine: Engine, plans: readonly Plans[]) => Promise<T>,
): Promise<T> {
  const timeout = options.timeout ?? DEFAULT_TIMEOUT_MS;
  const environment = readEnvironment(options.environment ?? 'plain');
  options.signal?.throwIfAborted();
  const plans: Plans[] = [];
  for (const file of files) {
    plans.push(plansOf(file, options));
    // Who ends the run, or looks at its progress, does not wait for all files to be read.
    await setImmediate();
    options.signal?.throwIfAborted();
  }
  const engine = await startEngine(
    options,
    environment,
    [...environment.steps, ...flatMap(plans, ({ original, subject }) => [...original.steps, ...subject.steps])],
    timeout,
  );
  const abort = () => void engine.close();
  options.signal?.addEventListener('abort', abort, { once: true });
  try {
    // It may have been told to end while it started.
    options.signal?.throwIfAborted();
    return await work(engine, plans);
  } catch (error) {
    options.signal?.throwIfAborted();
    throw error;
  } finally {
    options.signal?.removeEventListener('abort', abort);
    await engine.close();
  }
}

/** What a tool sends to run a file, in each way in which it may send it; or why that cannot be known. */
export function sentFor(
  file: MigrationFile,
  options: Pick<VerifyOptions, 'placeholders' | 'runnersOf'>,
): { unknown?: string; ways: readonly { name: string; steps: readonly Step[] }[] } {
  const { original, ways } = plansOf(file, options);
  return {
    ...(original.unknown && { unknown: original.unknown.reason }),
    ways: ways.map(({ name, original: { steps } }) => ({ name, steps })),
  };
}

async function startEngine(
  options: EngineOptions,
  environment: ReturnType<typeof readEnvironment>,
  steps: Step[],
  timeout: number,
): Promise<Engine> {
  // Whoever verifies on one kind of PostgreSQL does not load the other.
  if (options.databaseUrl !== undefined) {
    const { startServer } = await import('../database/server.ts');
    return startServer(options.databaseUrl, environment, steps, { timeout });
  }
  const { startEmbedded } = await import('../database/embedded.ts');
  const { jobs, cache, engines, signal } = options;
  const extensions = requestedExtensions(steps);
  const start = () => startEmbedded(environment, extensions, { timeout, ...(jobs && { jobs }), cache });
  const engine = engines?.of(JSON.stringify([environment, extensions, timeout, jobs]), start) ?? start();
  return unlessAborted(engine, signal);
}

/** An engine that leaves nothing behind; whoever ends the run does not wait until it has started. */
async function unlessAborted(engine: Promise<Engine>, signal: AbortSignal | undefined): Promise<Engine> {
  if (!signal) return engine;
  const racing = new AbortController();
  const aborted = new Promise<never>((_, reject) => {
    const end = () => {
      reject(signal.reason as Error);
      engine.then((started) => started.close()).catch(() => undefined);
    };
    signal.addEventListener('abort', end, { once: true, signal: racing.signal });
  });
  try {
    return await Promise.race([engine, aborted]);
  } finally {
    racing.abort();
  }
}

/** A run with its files, and what has come of it so far. */
interface Run {
  engine: Engine;
  files: readonly MigrationFile[];
  plans: readonly Plans[];
  options: VerifyOptions;
  /** The paths that a verdict is asked for. */
  judged: ReadonlySet<string>;
  verdicts: Map<string, FileVerdict>;
  /** Set once a file has failed, if the run ends with it. */
  stopped: boolean;
}

/** Another database takes about as long to open as so many files take to be judged. */
const FILES_WORTH_A_DATABASE = 12;

async function verifyOn(
  engine: Engine,
  files: MigrationFile[],
  plans: readonly Plans[],
  options: VerifyOptions,
): Promise<FileVerdict[]> {
  const judged = files.filter((file) => options.only?.includes(file.path) ?? true);
  const missing = options.only?.find((path) => files.every((file) => file.path !== path));
  if (missing !== undefined) throw new UserError(`${missing} is not among the migrations.`);
  const run: Run = {
    engine,
    files,
    plans,
    options,
    judged: new Set(judged.map(({ path }) => path)),
    verdicts: new Map(),
    stopped: false,
  };
  // Files in a row share the files before them. With `bail`, a run must know that a failed file is the first.
  const jobs = options.bail
    ? 1
    : Math.max(1, Math.min(engine.jobs, Math.floor(judged.length / FILES_WORTH_A_DATABASE)));
  const size = Math.ceil(judged.length / jobs);
  const pathsOf = (job: number) => new Set(judged.slice(job * size, (job + 1) * size).map(({ path }) => path));
  const others = Array.from({ length: jobs - 1 }, (_, job) => judgeInARow(run, pathsOf(job)));
  await Promise.all([...others, judgeInARow(run, pathsOf(jobs - 1), { isLast: true, others })]);
  const ordered = flatMap(files, (file) => run.verdicts.get(file.path) ?? []);
  const firstShort = ordered.findIndex(hasFailed);
  return options.bail && firstShort >= 0 ? ordered.slice(0, firstShort + 1) : ordered;
}

/**
 * Judges some of the files in a database of its own; the others run before and between them, as they are. In
 * the database of the last files, all files can run again: in their order, once all of them have their verdict.
 */
async function judgeInARow(
  run: Run,
  own: ReadonlySet<string>,
  { isLast = false, others = [] }: { isLast?: boolean; others?: readonly Promise<void>[] } = {},
): Promise<void> {
  const { files, options } = run;
  const session = await run.engine.open();
  try {
    const replays = isLast && options.replay === true;
    const runsAll = replays || (isLast && options.atEnd !== undefined);
    const last = runsAll ? files.length - 1 : files.findLastIndex(({ path }) => own.has(path));
    await goThrough(run, session, own, last);
    if (!runsAll) return;
    await Promise.all(others);
    if (!run.stopped && replays) await replay(run, session);
    if (!run.stopped) await options.atEnd?.(session);
  } catch (error) {
    run.stopped = true;
    throw error;
  } finally {
    await session.close();
  }
}

/** Runs the files up to the last one, and judges their own. */
async function goThrough(run: Run, session: Session, own: ReadonlySet<string>, last: number): Promise<void> {
  const { engine, files, plans: all } = run;
  let behind: string | undefined;
  for (const [index, file] of files.slice(0, last + 1).entries()) {
    if (run.stopped) break;
    const plans = all[index]!;
    const why = unfit(engine, plans.original) ?? unfit(engine, plans.subject);
    const outcome: Outcome = own.has(file.path)
      ? await judgeFile(run, session, { file, plans, why, behind })
      : (why ?? (await Judge.once(session, plans)).outcome);
    if (outcome.verdict === 'fails' || outcome.verdict === 'not-verifiable') behind ??= file.path;
  }
}

/** A file whose turn it is. */
interface Turn {
  file: MigrationFile;
  plans: Plans;
  /** Why it cannot run here at all. */
  why: Outcome | undefined;
  /** The first file before it that does not run in full. */
  behind: string | undefined;
}

async function judgeFile(run: Run, session: Session, turn: Turn): Promise<FileVerdict> {
  const { options, verdicts } = run;
  const { path } = turn.file;
  const { plans, why } = turn;
  const total = run.judged.size;
  options.onProgress?.({ done: verdicts.size, total, path });
  const verdict = why
    ? await timed(run, turn, () => Promise.resolve({ outcome: why, sent: plans.ways[0]!.name }))
    : options.settle
      ? await settle(run, session, turn, options.settle)
      : await timed(run, turn, () => Judge.of(run.engine, session, plans, options));
  verdicts.set(path, verdict);
  if (options.bail && hasFailed(verdict)) run.stopped = true;
  options.onProgress?.({ done: verdicts.size, total, path, verdict });
  return verdict;
}

/** Makes a verdict of what came of running a file. */
async function timed(
  { engine, options }: Run,
  { file: { path }, behind }: Turn,
  judge: () => Promise<{ outcome: Outcome; sent: string }>,
): Promise<FileVerdict> {
  const began = performance.now();
  const { outcome, sent } = await judge();
  return {
    path,
    subject: options.fixed ? 'fixed' : 'original',
    engine: engine.name,
    sent,
    seconds: (performance.now() - began) / 1000,
    ...(behind !== undefined && { behind }),
    ...outcome,
  };
}

/** Lets somebody else choose what is judged; each text runs from where the file begins. */
async function settle(
  run: Run,
  session: Session,
  turn: Turn,
  choose: NonNullable<VerifyOptions['settle']>,
): Promise<FileVerdict> {
  const { engine, options } = run;
  const { path, text } = turn.file;
  const before = await session.mark();
  let isFirst = true;
  const begin = async (judge: () => Promise<{ outcome: Outcome; sent: string }>) => {
    if (!isFirst) await session.rewind(before);
    isFirst = false;
    return timed(run, turn, judge);
  };
  const verdict = await choose(path, {
    judge: (fixed, original = text) => {
      const plans = plansOf({ ...turn.file, text: original }, { ...options, fixed: new Map([[path, fixed]]) });
      return begin(() => Judge.of(engine, session, plans, options));
    },
    runOnce: () => begin(() => Judge.once(session, turn.plans)),
  });
  await before.release();
  return verdict;
}

/**
 * Runs all files again on the state that they left together. A file that has failed already is left out. What one file
 * changes and a later one takes back is no difference.
 */
async function replay(run: Run, session: Session): Promise<void> {
  const { engine, files, plans, options, verdicts, judged } = run;
  const end = await session.state();
  const changes: { verdict: FileVerdict; diff: string }[] = [];
  const say = ({ path, subject, seconds, sent }: FileVerdict, outcome: Outcome) => {
    const changed: FileVerdict = { path, subject, engine: engine.name, sent, seconds, ...outcome };
    verdicts.set(path, changed);
    options.onProgress?.({ done: verdicts.size, total: verdicts.size, path, verdict: changed });
  };
  let state = end;
  for (const [index, { path }] of files.entries()) {
    const plan = plans[index]!;
    if (!judged.has(path)) {
      // Files that are asked for may need what it does. Nothing is said of it.
      if (!unfit(engine, plan.original)) await runAgain(session, plan);
      state = await session.state();
      continue;
    }
    const verdict = verdicts.get(path);
    if (verdict?.verdict !== 'ok') continue;
    const { subject } = plan;
    const way = plan.ways.find(({ name }) => name === verdict.sent)!;
    const failure = await session.run(way.subject.steps, 'stop');
    const now = await session.state().catch(crashed(subject));
    // There is no state to go on from.
    if ('verdict' in now) return say(verdict, now);
    if (failure) say(verdict, { verdict: 'replay-fails', failure: locate(subject.text, way.subject.steps, failure) });
    else if (!sameState(state, now)) changes.push({ verdict, diff: await diffStates(textOf(state), textOf(now)) });
    state = now;
  }
  if (sameState(end, state)) return;
  const left = new Set(changedLines(await diffStates(textOf(end), textOf(state))));
  const lasting = changes.filter(({ diff }) => changedLines(diff).some((line) => left.has(line)));
  for (const { verdict, diff } of lasting) say(verdict, { verdict: 'replay-changes', diff });
}

const changedLines = (diff: string): string[] => diff.split('\n').filter((line) => /^[-+]/.test(line));

/** Runs a file again that nobody has asked for; where it does not run twice, it is as if it had not run. */
async function runAgain(session: Session, { ways }: Plans): Promise<void> {
  const before = await session.mark();
  for (const { original } of ways) {
    const failure = await session.run(original.steps, 'stop');
    if (!failure && (await works(session))) break;
    await session.rewind(before);
  }
  await before.release();
}
