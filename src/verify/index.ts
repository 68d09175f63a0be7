import { UserError } from '../errors.ts';
import { Crash } from './crash.ts';
import { readEnvironment, type EnvironmentChoice } from './environment.ts';
import { requestedExtensions } from './extensions.ts';
import { fallsShort } from './report.ts';
import { diffStates, withoutRows } from './state.ts';
import { locate, planSteps, type Placeholders, type Plan } from './steps.ts';
import type {
  Engine,
  Failure,
  FileVerdict,
  MigrationFile,
  Outcome,
  Session,
  Snapshot,
  Step,
  StepFailure,
} from './types.ts';
import { Lines } from '../lines.ts';
import { flatMap } from '../lists.ts';

export type { Failure, FileVerdict, MigrationFile, Outcome } from './types.ts';
export { looksLikeSupabase, type EnvironmentChoice } from './environment.ts';
export { fallsShort, headline, renderVerdicts, summary, type VerifyFormat } from './report.ts';

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

/** How migrations are verified. */
export interface VerifyOptions {
  /** What `--fix` would write, by path. Where a path is missing, nothing would change. */
  fixed?: Map<string, string>;
  /** What exists before the first migration. @default 'plain' */
  environment?: EnvironmentChoice;
  /** What a migration tool fills in for `${name}` and `{{name}}`, by name. A file with others is not verifiable. */
  placeholders?: Placeholders;
  /** Also stop after every statement, start over, and compare where that ends. @default false */
  resume?: boolean;
  /** Also run every file again after the last one. @default false */
  replay?: boolean;
  /** Judge only these paths, each on the state that the files before it leave. */
  only?: string[];
  /** Stop at the first file that falls short. @default false */
  bail?: boolean;
  /** What one statement may take, in milliseconds. @default 20000 */
  timeout?: number;
  /** How many databases work at the same time; only the embedded PostgreSQL can do more than one. @default one a core */
  jobs?: number;
  /** A server to work on, in a scratch database beside the one named. @default the embedded PostgreSQL */
  databaseUrl?: string;
  onProgress?: (progress: Progress) => void;
  /** Ends the run; `verify` then rejects with its reason, and leaves nothing behind. */
  signal?: AbortSignal;
}

const DEFAULT_TIMEOUT_MS = 20_000;

/**
 * Runs every file twice from the state that the originals before it leave, and compares what that leaves.
 * The files must be in the order in which their tool runs them. Verdicts come back in that order; a run that bails
 * ends after the first one that falls short.
 *
 * @throws UserError where the server or the environment cannot be used.
 */
export async function verify(files: MigrationFile[], options: VerifyOptions = {}): Promise<FileVerdict[]> {
  const timeout = options.timeout ?? DEFAULT_TIMEOUT_MS;
  const environment = readEnvironment(options.environment ?? 'plain');
  options.signal?.throwIfAborted();
  const plans = files.map((file) => ({
    original: planOf(file.text, file.path, options),
    subject: planOf(options.fixed?.get(file.path) ?? file.text, file.path, options),
  }));
  const engine = await startEngine(
    options,
    environment,
    [...environment.steps, ...flatMap(plans, ({ original, subject }) => [...original.steps, ...subject.steps])],
    timeout,
  );
  const abort = () => void engine.close();
  options.signal?.addEventListener('abort', abort, { once: true });
  try {
    return await verifyOn(engine, files, plans, options);
  } catch (error) {
    options.signal?.throwIfAborted();
    throw error;
  } finally {
    options.signal?.removeEventListener('abort', abort);
    await engine.close();
  }
}

const planOf = (text: string, path: string, { placeholders }: VerifyOptions): Text => ({
  text,
  ...planSteps(text, path, placeholders),
});

async function startEngine(
  options: VerifyOptions,
  environment: ReturnType<typeof readEnvironment>,
  steps: Step[],
  timeout: number,
): Promise<Engine> {
  // Whoever verifies on one kind of PostgreSQL does not load the other.
  if (options.databaseUrl !== undefined) {
    const { startServer } = await import('./server.ts');
    return startServer(options.databaseUrl, environment, steps, { timeout });
  }
  const { startEmbedded } = await import('./embedded.ts');
  return startEmbedded(environment, requestedExtensions(steps), {
    timeout,
    ...(options.jobs && { jobs: options.jobs }),
  });
}

type Text = Plan & { text: string };

interface Plans {
  original: Text;
  subject: Text;
}

async function verifyOn(
  engine: Engine,
  files: MigrationFile[],
  plans: Plans[],
  options: VerifyOptions,
): Promise<FileVerdict[]> {
  const judged = files.filter((file) => options.only?.includes(file.path) ?? true);
  const missing = options.only?.find((path) => files.every((file) => file.path !== path));
  if (missing !== undefined) throw new UserError(`${missing} is not among the migrations.`);
  const verdicts = new Map<string, FileVerdict>();
  const running = new Set<Promise<void>>();
  let stopped = false;
  let failed: unknown;
  const last = files.findLastIndex((file) => judged.includes(file));

  let carrier = await engine.start.open();
  let working = engine.start;
  for (const [index, file] of files.entries()) {
    // eslint-disable-next-line @typescript-eslint/no-unnecessary-condition -- set while others are judged
    if (stopped || (index > last && !options.replay)) break;
    const plan = plans[index]!;
    const asked = judged.includes(file);
    const before = await carrier.snapshot().catch(async (error: unknown) => {
      if (!(error instanceof Crash) || engine.sharesRoles) throw error;
      // The file before has broken the database: the history goes on without it.
      await carrier.close();
      carrier = await working.open();
      return working;
    });
    working = before;
    const carryOn = async (describe: boolean): Promise<FirstRun> => {
      const { session, first } = await carry(carrier, before, plan.original, describe);
      carrier = session;
      return first;
    };
    const why = unfit(engine, plan.original) ?? unfit(engine, plan.subject);
    if (asked) {
      options.onProgress?.({ done: verdicts.size, total: judged.length, path: file.path });
      const began = performance.now();
      const compare = options.fixed !== undefined && plan.subject.text !== plan.original.text;
      // Where a database has its roles to itself, the run that carries the history on is also the first run of the original.
      const first = why
        ? undefined
        : !engine.sharesRoles
          ? await carryOn(compare)
          : await firstRun(before, plan.original, compare).catch(crashed(plan.original));
      const check = judge(before, plan, first ?? why!, options)
        .catch(crashed(plan.subject))
        .then((outcome) => {
          const verdict: FileVerdict = {
            path: file.path,
            subject: options.fixed ? 'fixed' : 'original',
            seconds: (performance.now() - began) / 1000,
            ...outcome,
          };
          verdicts.set(file.path, verdict);
          if (options.bail && fallsShort(verdict)) stopped = true;
          options.onProgress?.({ done: verdicts.size, total: judged.length, path: file.path, verdict });
        })
        .catch((error: unknown) => {
          failed ??= error;
          stopped = true;
        })
        .finally(() => running.delete(check));
      running.add(check);
      while (running.size >= engine.jobs) await Promise.race(running);
    }
    // On a server, the check is done by now; what breaks its database is left out of the history.
    const known = verdicts.get(file.path);
    const broken =
      known !== undefined && 'failure' in known && known.verdict === 'fails' && known.failure.code === 'crash';
    if (!why && !broken && (!asked || engine.sharesRoles) && (index < last || options.replay)) await carryOn(false);
    if (engine.sharesRoles) await before.release();
  }
  await Promise.all(running);
  if (failed !== undefined) throw failed as Error;
  // eslint-disable-next-line @typescript-eslint/no-unnecessary-condition -- set while others are judged
  if (options.replay && !stopped) await replay(carrier, files, plans, options, verdicts);
  await carrier.close();
  const ordered = flatMap(files, (file) => verdicts.get(file.path) ?? []);
  const firstShort = ordered.findIndex(fallsShort);
  return options.bail && firstShort >= 0 ? ordered.slice(0, firstShort + 1) : ordered;
}

/** What one run of the original led to: the state (where it was asked for), or the reason why there is none. */
type FirstRun = { state: string | undefined } | Outcome;

/** Brings the history one file further. What does not run is left out, so that the files after it can be judged. */
async function carry(
  carrier: Session,
  before: Snapshot,
  original: Text,
  describe: boolean,
): Promise<{ session: Session; first: FirstRun }> {
  const failure = await carrier.run(original.steps, 'continue');
  let first: FirstRun;
  try {
    first = failure ? firstRunFailed(original, failure) : { state: describe ? await carrier.state() : undefined };
    if (failure?.code !== 'timeout' && failure?.code !== 'crash') return { session: carrier, first };
  } catch (error) {
    first = crashed(original)(error);
  }
  await carrier.close();
  const again = await before.open();
  if (failure) await again.run(original.steps.slice(0, failure.step), 'continue');
  return { session: again, first };
}

/** What to say of a migration after which the database does not work any more; anything else is thrown on. */
const crashed =
  ({ text, steps }: Text) =>
  (error: unknown): Outcome => {
    if (!(error instanceof Crash)) throw error;
    const step = Math.max(0, steps.length - 1);
    const failed: StepFailure = {
      step,
      code: 'crash',
      message: `it leaves a database that does not work any more: ${error.message}`,
    };
    return { verdict: 'fails', failure: locate(text, steps.length > 0 ? steps : [{ sql: '', offset: 0 }], failed) };
  };

/** A file that its environment cannot run says so before it says anything else. */
function unfit(engine: Engine, { text, steps, unknown }: Text): Outcome | undefined {
  const why = unknown ?? engine.refuse(steps);
  return why && { verdict: 'not-verifiable', reason: why.reason, line: new Lines(text).locate(why.offset).line };
}

/** Runs the text twice, from the state before it, once it is known what the first run of the original led to. */
async function judge(
  before: Snapshot,
  { original, subject }: Plans,
  first: FirstRun,
  options: VerifyOptions,
): Promise<Outcome> {
  if ('verdict' in first) return first;
  const session = await before.open();
  let after: string;
  try {
    const failure = await session.run(subject.steps, 'stop');
    if (failure)
      return subject.text === original.text
        ? firstRunFailed(original, failure)
        : { verdict: 'not-preserved', failure: locate(subject.text, subject.steps, failure) };
    after = await session.state();
    if (first.state !== undefined) {
      const diff = await differenceFrom(first.state, after, () => firstRun(before, original, true));
      if (diff) return { verdict: 'not-preserved', diff };
    }
    const second = await session.run(subject.steps, 'stop');
    if (second) return { verdict: 'second-run-fails', failure: locate(subject.text, subject.steps, second) };
    const diff = await diffStates(after, await session.state());
    if (diff) return { verdict: 'second-run-changes', diff };
  } finally {
    await session.close();
  }
  return (options.resume && (await interrupted(before, subject, after))) || { verdict: 'ok' };
}

/** Runs the original once in a database of its own. */
async function firstRun(before: Snapshot, original: Text, describe: boolean): Promise<FirstRun> {
  const session = await before.open();
  try {
    const failure = await session.run(original.steps, 'stop');
    return failure ? firstRunFailed(original, failure) : { state: describe ? await session.state() : undefined };
  } finally {
    await session.close();
  }
}

function firstRunFailed(original: Text, failure: StepFailure): Outcome {
  const located = locate(original.text, original.steps, failure);
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

/**
 * Compares two runs. Where a migration draws random numbers or reads the clock, the rows differ from run to run with
 * any text: another run of the same text shows that, and then only the schema and the number of rows are compared.
 */
async function differenceFrom(wanted: string, found: string, runAgain: () => Promise<FirstRun>): Promise<string> {
  const diff = await diffStates(wanted, found);
  if (!diff || withoutRows(wanted) !== withoutRows(found)) return diff;
  const again = await runAgain();
  return 'state' in again && again.state !== wanted ? '' : diff;
}

/** Stops after every statement but the last and starts over; answers the first point from where that goes wrong. */
async function interrupted(before: Snapshot, subject: Text, wanted: string): Promise<Outcome | undefined> {
  for (let cut = 1; cut < subject.steps.length; cut++) {
    const after = new Lines(subject.text).locate(subject.steps[cut - 1]!.offset).line;
    const session = await before.open();
    try {
      await session.run(subject.steps.slice(0, cut), 'stop');
      // Where the connection is lost in a transaction, the transaction is lost with it.
      await session.reset();
      const failure = await session.run(subject.steps, 'stop');
      if (failure) return { verdict: 'not-resumable', after, failure: locate(subject.text, subject.steps, failure) };
      const diff = await differenceFrom(wanted, await session.state(), () => firstRun(before, subject, true));
      if (diff) return { verdict: 'not-resumable', after, diff };
    } finally {
      await session.close();
    }
  }
  return undefined;
}

/** Runs all files again on the state that they left together. */
async function replay(
  carrier: Session,
  files: MigrationFile[],
  plans: Plans[],
  options: VerifyOptions,
  verdicts: Map<string, FileVerdict>,
): Promise<void> {
  let state: string;
  try {
    state = await carrier.state();
  } catch (error) {
    if (error instanceof Crash) return;
    throw error;
  }
  for (const [index, file] of files.entries()) {
    const verdict = verdicts.get(file.path);
    const { subject } = plans[index]!;
    if (verdict?.verdict !== 'ok') continue;
    const failure = await carrier.run(subject.steps, 'stop');
    const now = failure ? '' : await carrier.state().catch(crashed(subject));
    if (typeof now !== 'string') {
      // There is no state to go on from.
      verdicts.set(verdict.path, { ...now, path: verdict.path, subject: verdict.subject, seconds: verdict.seconds });
      return;
    }
    const diff = failure ? '' : await diffStates(state, now);
    if (!failure && !diff) continue;
    const { path, seconds } = verdict;
    const outcome: Outcome = failure
      ? { verdict: 'replay-fails', failure: locate(subject.text, subject.steps, failure) }
      : { verdict: 'replay-changes', diff };
    const changed: FileVerdict = { path, subject: verdict.subject, seconds, ...outcome };
    verdicts.set(path, changed);
    options.onProgress?.({ done: verdicts.size, total: verdicts.size, path, verdict: changed });
    state = failure ? await carrier.state() : now;
  }
}
