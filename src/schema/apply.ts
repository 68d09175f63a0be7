/** Applies migrations to a live database, one file after the other, and records each. */
import { setTimeout as sleep } from 'node:timers/promises';
import { quoteLiteral } from '../catalog/names.ts';
import { openLive, type Live } from '../database/live.ts';
import type { Step, StepFailure } from '../database/types.ts';
import { Interrupted, UserError } from '../errors.ts';
import { Lines } from '../lines.ts';
import type { NewRow, Records } from '../project/records/types.ts';
import { locate } from '../verify/steps.ts';
import type { Failure } from '../verify/types.ts';
import { blockersOf, hasLock, takeLock, type Holder } from './deploy-lock.ts';
import { leftIndexes } from './left-indexes.ts';
import { added, type Stretch } from './stretches.ts';

/** A file that is to run, with how it runs and how it is recorded. */
export interface PlannedFile {
  path: string;
  text: string;
  stretches: readonly Stretch[];
  row: Omit<NewRow, 'duration'>;
}

export interface ApplyPlan {
  records: Records;
  /** The table of the records, as SQL. */
  table: string;
  files: readonly PlannedFile[];
}

export interface ApplyOptions {
  /** How long a statement waits for a lock, in milliseconds; then its stretch is rolled back and tried again. */
  lockTimeout: number;
  /** What one statement may take, in milliseconds; 0 for no end. */
  statementTimeout: number;
  /** How often a stretch that could not get a lock is tried again. */
  retries: number;
  /** How long another run is waited for, in milliseconds. */
  wait: number;
  signal?: AbortSignal;
  onEvent?: (event: ApplyEvent) => void;
}

/** What happens meanwhile. */
export type ApplyEvent =
  | { kind: 'file'; path: string; index: number; total: number }
  | { kind: 'applied'; path: string; duration: number }
  | { kind: 'statement'; path: string; line: number; sql: string }
  | { kind: 'blocked'; by: readonly Holder[] }
  | { kind: 'waiting'; for: Holder | undefined }
  | { kind: 'retry'; path: string; attempt: number; delay: number; failure: StepFailure }
  | { kind: 'dropped'; index: string };

/** What has come of a run. */
export interface Applied {
  done: readonly { path: string; duration: number }[];
  /** Where it stopped before the end. */
  stopped?: {
    path: string;
    failure: Failure;
    /** How many statements of the file stay, because they ran outside of the transaction that failed. */
    kept: number;
    isInterrupted: boolean;
  };
}

/** Another lock, or a deadlock: what comes of it may be another thing the next time. */
const IS_PASSING = new Set(['55P03', '40P01']);
const CANCELLED = '57014';
const LONGEST_DELAY_MS = 10_000;
const WATCH_EVERY_MS = 500;

/**
 * Runs files in their order, each in a session of its own.
 * @throws UserError where nothing could be begun
 */
export async function applyFiles(url: string, plan: ApplyPlan, options: ApplyOptions): Promise<Applied> {
  const watcher = await openLive(url, 'sql-lint apply');
  try {
    if (watcher.isReplica) throw new UserError(`${watcher.server} is a replica: it takes no changes`);
    await takeLock(watcher, 'watch', {
      wait: options.wait,
      signal: options.signal,
      onWait: (holder) => options.onEvent?.({ kind: 'waiting', for: holder }),
    });
    const table = await makeTable(watcher, plan);
    return await runAll(watcher, url, { ...plan, table }, options);
  } catch (error) {
    if (options.signal?.aborted)
      throw new Interrupted('interrupted; what had run is recorded, and the same command goes on');
    throw error;
  } finally {
    await watcher.close();
  }
}

/** Makes the table of the records. @returns its name with its schema: a migration may change the search path */
async function makeTable(watcher: Live, { records, table }: ApplyPlan): Promise<string> {
  const failure = await watcher.run(['BEGIN', ...records.create(table), 'COMMIT'].map(added));
  if (!failure) {
    const [[name]] = (await watcher.ask(`SELECT format('%I.%I', n.nspname, c.relname)
      FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
      WHERE c.oid = to_regclass(${quoteLiteral(table)})`)) as [[[string]]];
    return name[0];
  }
  await watcher.run([added('ROLLBACK')]);
  throw new UserError(`the table of the records ${table} cannot be made: ${failure.message} (${failure.code})`);
}

async function runAll(watcher: Live, url: string, plan: ApplyPlan, options: ApplyOptions): Promise<Applied> {
  const done: { path: string; duration: number }[] = [];
  for (const [index, file] of plan.files.entries()) {
    options.onEvent?.({ kind: 'file', path: file.path, index, total: plan.files.length });
    if (!(await hasLock(watcher, 'watch')))
      throw new UserError(
        'the lock of this run is lost: a pooler gave its session to others; connect to the server itself',
      );
    const started = performance.now();
    const stopped = await runFile(watcher, url, file, plan, options, started);
    if (stopped) return { done, stopped: { path: file.path, ...stopped } };
    const duration = Math.round(performance.now() - started);
    done.push({ path: file.path, duration });
    options.onEvent?.({ kind: 'applied', path: file.path, duration });
  }
  return { done };
}

type Stopped = Omit<NonNullable<Applied['stopped']>, 'path'>;

async function runFile(
  watcher: Live,
  url: string,
  file: PlannedFile,
  { records, table }: ApplyPlan,
  options: ApplyOptions,
  started: number,
): Promise<Stopped | undefined> {
  const worker = await openLive(url, 'sql-lint apply: migration');
  const watch = watchOver(watcher, worker.pid, options);
  try {
    await takeLock(worker, 'work', { wait: options.wait, signal: options.signal });
    await worker.run([
      added(`SET lock_timeout = ${options.lockTimeout}`),
      added(`SET statement_timeout = ${options.statementTimeout}`),
    ]);
    const record = () =>
      records.insert(table, [{ ...file.row, duration: Math.round(performance.now() - started) }]).map(added);
    let kept = 0;
    const { stretches } = file;
    for (const [k, stretch] of stretches.entries()) {
      const recorded = k === stretches.length - 1 && stretch.inTransaction ? record : undefined;
      const failure = await runStretch(worker, file, stretch, options, recorded);
      if (failure) return { failure, kept, isInterrupted: options.signal?.aborted ?? false };
      kept += stretch.steps.length;
    }
    if (stretches.at(-1)?.inTransaction) return undefined;
    const steps = ['RESET ROLE', 'BEGIN', ...record().map(({ sql }) => sql), 'COMMIT'].map(added);
    const failure = await worker.run(steps);
    return failure && { failure: locate(file.text, steps, failure), kept, isInterrupted: false };
  } finally {
    watch.stop();
    await worker.close();
  }
}

/** Runs a stretch, and tries again where somebody else was in its way. */
async function runStretch(
  worker: Live,
  file: PlannedFile,
  stretch: Stretch,
  options: ApplyOptions,
  record: (() => Step[]) | undefined,
): Promise<Failure | undefined> {
  for (let attempt = 1; ; attempt++) {
    const outcome = await (stretch.inTransaction ? runInTransaction : runAlone)(worker, file, stretch, options, record);
    if (!outcome) return undefined;
    const { failure, steps } = outcome;
    const isOver = attempt > options.retries || options.signal?.aborted;
    if (!IS_PASSING.has(failure.code) || isOver) return locate(file.text, steps, failure);
    const delay = Math.round(Math.min(LONGEST_DELAY_MS, 250 * 2 ** attempt) * (0.75 + Math.random() / 2));
    options.onEvent?.({ kind: 'retry', path: file.path, attempt, delay, failure });
    await sleep(delay, undefined, { signal: options.signal }).catch(() => undefined);
  }
}

interface Outcome {
  failure: StepFailure;
  steps: readonly Step[];
}

async function runInTransaction(
  worker: Live,
  file: PlannedFile,
  { steps }: Stretch,
  options: ApplyOptions,
  record: (() => Step[]) | undefined,
): Promise<Outcome | undefined> {
  const begun = await worker.run([added('BEGIN')]);
  const outcome = begun ? { failure: begun, steps: [added('BEGIN')] } : await runEach(worker, file, steps, options);
  if (outcome) {
    if (outcome.failure.code !== 'crash') await worker.run([added('ROLLBACK')]);
    return outcome;
  }
  // The role and the path of the migration do not hold for the records.
  const end = [...(record ? [added('RESET ROLE'), ...record()] : []), added('COMMIT')];
  const failure = await worker.run(end);
  if (!failure) return undefined;
  if (failure.code !== 'crash') await worker.run([added('ROLLBACK')]);
  return { failure, steps: end };
}

async function runAlone(
  worker: Live,
  file: PlannedFile,
  { steps }: Stretch,
  options: ApplyOptions,
): Promise<Outcome | undefined> {
  const outcome = await runEach(worker, file, steps, options);
  if (outcome && outcome.failure.code !== 'crash') await worker.run([added('ROLLBACK')]);
  return outcome;
}

/** Runs statement by statement, and says which one it is at. */
async function runEach(
  worker: Live,
  file: PlannedFile,
  steps: readonly Step[],
  { onEvent, signal }: ApplyOptions,
): Promise<Outcome | undefined> {
  const lines = new Lines(file.text);
  for (const [k, step] of steps.entries()) {
    if (signal?.aborted) return { failure: { step: k, code: CANCELLED, message: 'interrupted' }, steps };
    onEvent?.({ kind: 'statement', path: file.path, line: lines.locate(step.offset).line, sql: step.sql });
    for (const index of await leftIndexes(worker, step.sql)) {
      const dropped = await worker.run([added(`DROP INDEX CONCURRENTLY IF EXISTS ${index}`)]);
      if (!dropped) onEvent?.({ kind: 'dropped', index });
    }
    const failure = await worker.run([step]);
    if (failure) return { failure: { ...failure, step: k }, steps };
  }
  return undefined;
}

/** Looks from a connection of its own who is in the way, and ends the statement when the run is interrupted. */
function watchOver(watcher: Live, pid: number, { signal, onEvent }: ApplyOptions): { stop(): void } {
  let isBusy = false;
  const look = async () => {
    if (isBusy) return;
    isBusy = true;
    const by = await blockersOf(watcher, pid).catch(() => []);
    if (by.length > 0) onEvent?.({ kind: 'blocked', by });
    isBusy = false;
  };
  const timer = setInterval(() => void look(), WATCH_EVERY_MS);
  const cancel = () => void watcher.ask(`SELECT pg_cancel_backend(${pid})`).catch(() => undefined);
  signal?.addEventListener('abort', cancel, { once: true });
  return {
    stop() {
      clearInterval(timer);
      signal?.removeEventListener('abort', cancel);
    },
  };
}
