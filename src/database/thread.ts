import { Worker } from 'node:worker_threads';
import { Crash } from './crash.ts';
import type { StandIn } from './types.ts';

/** A dump has no statement that could be named, only a size: it may take this long at least. */
const DUMP_TIMEOUT_MS = 120_000;

/** PostgreSQL as a compiled WebAssembly module, which threads can share. */
export type Code = object;

export interface Thread {
  readonly code: Code;
  /** False once it has ended, or its PostgreSQL could not do what it was asked. */
  readonly works: boolean;
  /** @param onSilence what to answer where a step does not end in time; the thread is given up then */
  call<T>(operation: string, message?: object, onSilence?: (step: number) => T): Promise<T>;
  end(): Promise<void>;
}

/** Starts PostgreSQL in a thread. `timeout` is what one statement may take, in milliseconds. */
// eslint-disable-next-line max-lines-per-function -- its functions share the thread and the call that it works on
export async function startThread(
  data: { extensions: string[]; standIns: StandIn[]; rewinding: string; code?: Code | undefined },
  timeout: number,
): Promise<Thread> {
  const began = Date.now();
  /** The step that runs, and when it began: a message for each of them would wake up this thread as often. */
  const progress = new Int32Array(new SharedArrayBuffer(8));
  const worker = new Worker(new URL('./database-worker.js', import.meta.url), {
    workerData: { ...data, progress, began },
    stdout: true,
    stderr: true,
  });
  let dead: Crash | undefined;
  let broken = false;
  let pending:
    | {
        id: number;
        settle: (message: { result?: unknown; error?: string }) => void;
        fail: (error: Crash) => void;
      }
    | undefined;
  const die = (error: Crash) => {
    dead ??= error;
    pending?.fail(dead);
  };
  worker.on('error', (error) => {
    die(new Crash(error.message));
  });
  worker.on('exit', () => {
    die(new Crash('the embedded PostgreSQL ended'));
  });

  const code = await new Promise<Code>((resolve, reject) => {
    worker.once('message', (ready: { code: Code }) => {
      resolve(ready.code);
    });
    worker.once('error', reject);
    worker.once('exit', (status) => {
      reject(new Crash(`the embedded PostgreSQL ended with ${status} before it had started`));
    });
  });
  // From now on a timer waits for each answer: a check that was abandoned must not keep the process alive.
  worker.unref();
  worker.on('message', (message: { id: number; result?: unknown; error?: string }) => {
    if (message.id === pending?.id) pending.settle(message);
  });

  let calls = 0;
  return {
    code,
    get works() {
      return dead === undefined && !broken;
    },
    call<T>(operation: string, message: object = {}, onSilence?: (step: number) => T): Promise<T> {
      if (dead) return Promise.reject(dead);
      return new Promise<T>((resolve, reject) => {
        const id = calls++;
        const step = () => Atomics.load(progress, 0);
        const limit = onSilence ? timeout : Math.max(timeout, DUMP_TIMEOUT_MS);
        let timer: NodeJS.Timeout;
        const wait = () => {
          const rest = Atomics.load(progress, 1) + began + limit - Date.now();
          if (rest > 0) return void (timer = setTimeout(wait, rest));
          dead = new Crash(`no answer for ${limit / 1000} s`);
          pending = undefined;
          void worker.terminate();
          if (onSilence) resolve(onSilence(step()));
          else reject(dead);
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
              reject(new Crash(error, step()));
            }
          },
          fail(error) {
            done();
            reject(new Crash(error.message, step()));
          },
        };
        Atomics.store(progress, 0, 0);
        Atomics.store(progress, 1, Date.now() - began);
        wait();
        worker.postMessage({ id, operation, ...message });
      });
    },
    async end() {
      dead ??= new Crash('the embedded PostgreSQL was closed');
      await worker.terminate();
    },
  };
}
