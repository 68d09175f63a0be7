import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { UserError } from '../errors.ts';
import { Crash } from './crash.ts';
import type { Environment, StandIn } from './environment.ts';
import { BEYOND_DUMP, normalizeDump } from './state.ts';
import type { Engine, Session, Snapshot, Step, StepFailure } from './types.ts';

/** A dump has no statement that could be named, only a size: it may take this long at least. */
const DUMP_TIMEOUT_MS = 120_000;

/** A data directory in shared memory; only the threads look into it. */
type Image = object;

/** PostgreSQL and pg_dump as compiled WebAssembly modules, which threads can share. */
type Code = object;

interface Thread {
  /** False once it has ended, or its PostgreSQL could not do what it was asked. */
  readonly works: boolean;
  call<T>(operation: string, message?: object, onSilence?: (step: number) => T): Promise<T>;
  end(): Promise<void>;
}

/** Starts PostgreSQL in a thread. `timeout` is what one statement may take, in milliseconds. */
async function startThread(
  data: { extensions: string[]; standIns: StandIn[]; code?: Code },
  timeout: number,
): Promise<Thread> {
  const worker = new Worker(new URL('./verify-worker.js', import.meta.url), {
    workerData: data,
    stdout: true,
    stderr: true,
  });
  // A check that was abandoned must not keep the process alive.
  worker.unref();
  let dead: Error | undefined;
  let broken = false;
  let pending:
    | {
        id: number;
        settle: (message: { result?: unknown; error?: string }) => void;
        step: (index: number) => void;
        fail: (error: Error) => void;
      }
    | undefined;
  const die = (error: Error) => {
    dead ??= error;
    pending?.fail(dead);
  };
  worker.on('error', (error) => {
    die(new Crash(error.message));
  });
  worker.on('exit', () => {
    die(new Crash('the embedded PostgreSQL ended'));
  });

  await new Promise<void>((resolve, reject) => {
    worker.once('error', reject);
    worker.once('message', () => {
      resolve();
    });
    // The thread is unreferenced: something has to keep the process waiting for it.
    const awake = setInterval(() => undefined, 1000);
    worker.once('message', () => {
      clearInterval(awake);
    });
    worker.once('error', () => {
      clearInterval(awake);
    });
  });
  worker.on('message', (message: { id?: number; step?: number; result?: unknown; error?: string }) => {
    if (message.step !== undefined) pending?.step(message.step);
    else if (message.id === pending?.id) pending?.settle(message);
  });

  let calls = 0;
  return {
    get works() {
      return dead === undefined && !broken;
    },
    call<T>(operation: string, message: object = {}, onSilence?: (step: number) => T): Promise<T> {
      if (dead) return Promise.reject(dead);
      return new Promise<T>((resolve, reject) => {
        const id = calls++;
        let step = 0;
        let timer: NodeJS.Timeout;
        const wait = (ms: number) => {
          clearTimeout(timer);
          timer = setTimeout(() => {
            dead = new Crash(`no answer for ${ms / 1000} s`);
            pending = undefined;
            void worker.terminate();
            if (onSilence) resolve(onSilence(step));
            else reject(dead);
          }, ms);
        };
        const done = () => {
          clearTimeout(timer);
          pending = undefined;
        };
        pending = {
          id,
          settle({ result, error }) {
            done();
            if (error === undefined) resolve(result as T);
            else {
              broken = true;
              reject(Object.assign(new Crash(error), { step }));
            }
          },
          step(index) {
            step = index;
            wait(timeout);
          },
          fail(error) {
            done();
            reject(Object.assign(error, { step }));
          },
        };
        wait(onSilence ? timeout : Math.max(timeout, DUMP_TIMEOUT_MS));
        worker.postMessage({ id, operation, ...message });
      });
    },
    async end() {
      dead ??= new Crash('the embedded PostgreSQL was closed');
      await worker.terminate();
    },
  };
}

/** What every run begins with: compiled code, and the data directory after initdb, which takes longer than all the rest. */
let pristine: Promise<{ image: Image; code: Code }> | undefined;

async function initialize(timeout: number): Promise<{ image: Image; code: Code }> {
  const thread = await startThread({ extensions: [], standIns: [] }, timeout);
  const made = await thread.call<{ image: Image; code: Code }>('initialize');
  await thread.end();
  return made;
}

/** The embedded PostgreSQL: nothing is installed, started or left behind. `timeout` is in milliseconds. */
export async function startEmbedded(
  environment: Environment,
  extensions: string[],
  options: { timeout: number; jobs?: number },
): Promise<Engine> {
  const bundled: string[] = [];
  for (const name of extensions) {
    const bundle = name.replaceAll('-', '_');
    if (environment.standIns.every((standIn) => standIn.name !== name) && (await isBundled(bundle)))
      bundled.push(bundle);
  }
  const { standIns } = environment;
  pristine ??= initialize(options.timeout);
  const { image, code } = await pristine;
  const busy = new Set<Thread>();
  // A thread that has compiled PostgreSQL once opens the next database in a fraction of the time.
  const idle: Thread[] = [];
  let closed = false;

  const session = (thread: Thread): Session => ({
    async run(steps: Step[], onError): Promise<StepFailure | undefined> {
      try {
        return await thread.call<StepFailure | undefined>('run', { steps, onError }, (step) => ({
          step,
          code: 'timeout',
          message: `it did not end within ${options.timeout / 1000} s`,
        }));
      } catch (error) {
        if (!(error instanceof Crash)) throw error;
        return {
          step: (error as Crash & { step?: number }).step ?? 0,
          code: 'crash',
          message: `the embedded PostgreSQL crashed: ${error.message}`,
        };
      }
    },
    async reset() {
      await thread.call('reset');
    },
    async state() {
      await thread.call('reset');
      const rows = await thread.call<{ line: string }[]>('query', { sql: BEYOND_DUMP });
      return `${normalizeDump(await thread.call<string>('dump'))}\n${rows.map((row) => row.line).join('\n')}`;
    },
    async snapshot() {
      await thread.call('reset');
      return snapshot(await thread.call<Image>('image'));
    },
    async close() {
      if (!busy.delete(thread)) return;
      if (thread.works && !closed) idle.push(thread);
      else await thread.end();
    },
  });
  const snapshot = (data: Image): Snapshot => ({
    async open() {
      const thread = idle.pop() ?? (await startThread({ extensions: bundled, standIns, code }, options.timeout));
      if (closed) await thread.end();
      busy.add(thread);
      await thread.call('open', { image: data });
      return session(thread);
    },
    async release() {
      // The garbage collector frees the image.
    },
  });

  const first = await snapshot(image).open();
  const failure = await first.run(environment.steps, 'stop');
  if (failure)
    throw new UserError(
      `The environment ${environment.name} does not run: ${failure.message} (${failure.code}), in: ${environment.steps[failure.step]!.sql.slice(0, 80)}`,
    );
  const start = await first.snapshot();
  await first.close();
  return {
    jobs: options.jobs ?? availableParallelism(),
    sharesRoles: false,
    start,
    refuse: (steps) => {
      const step = steps.find(({ sql }) => /^copy\b/i.test(sql) && /\b(to|from)\s+program\b/i.test(sql));
      return step && { reason: 'COPY … PROGRAM would start a program on this machine', offset: step.offset };
    },
    async close() {
      closed = true;
      await Promise.all([...busy, ...idle].map((thread) => thread.end()));
    },
  };
}

async function isBundled(name: string): Promise<boolean> {
  if (!/^\w+$/.test(name)) return false;
  try {
    await import(`@electric-sql/pglite/contrib/${name}`);
    return true;
  } catch {
    return false;
  }
}
