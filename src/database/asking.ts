/** Asks the thread of an embedded PostgreSQL, whichever kind of thread it is: one of Node.js, or one of a browser. */
import { Crash } from './crash.ts';

/** A dump has no statement that could be named, only a size: it may take this long at least. */
const DUMP_TIMEOUT_MS = 120_000;

/** PostgreSQL as a compiled WebAssembly module, which threads can share. */
export type Code = object;

export interface Thread {
  readonly code: Code;
  /** False once it has ended, or its PostgreSQL could not do what it was asked. */
  readonly works: boolean;
  /**
   * Asks it to do something, once it has done what it was asked before.
   * @param onSilence what to answer where a step does not end in time; the thread is given up then
   */
  call<T>(operation: string, message?: object, onSilence?: (step: number) => T): Promise<T>;
  end(): Promise<void>;
}

/** What starts threads. */
export type StartThread = (
  data: {
    extensions: readonly string[];
    standIns: readonly { name: string; control: string; sql: string }[];
    rewinding: string;
    code?: Code | undefined;
  },
  timeout: number,
) => Promise<Thread>;

/** An answer of a thread to a call. */
export interface Answer {
  id: number;
  result?: unknown;
  error?: string;
}

/** The thread itself. */
export interface Worker {
  post(message: object): void;
  end(): unknown;
}

/** The step that runs, and when it began, in milliseconds after `began`. */
export interface Progress {
  steps: Int32Array;
  began: number;
}

/** How a thread is told of what its worker says. */
export interface Told {
  answer(message: Answer): void;
  die(error: Crash): void;
}

/**
 * A thread on a worker that is ready.
 * @param timeout what one statement may take, in milliseconds
 * @returns the thread, and where the answers of the worker, and its end, have to be told
 */
// eslint-disable-next-line max-lines-per-function -- its functions share the call that the worker works on
export function threadOn(
  worker: Worker,
  code: Code,
  { steps, began }: Progress,
  timeout: number,
): { thread: Thread; told: Told } {
  let dead: Crash | undefined;
  let broken = false;
  let calls = 0;
  let pending: { id: number; settle: (message: Answer) => void; fail: (error: Crash) => void } | undefined;
  const ask = <T>(operation: string, message: object, onSilence?: (step: number) => T): Promise<T> => {
    if (dead) return Promise.reject(dead);
    return new Promise<T>((resolve, reject) => {
      const id = calls++;
      const step = () => Atomics.load(steps, 0);
      const limit = onSilence ? timeout : Math.max(timeout, DUMP_TIMEOUT_MS);
      let timer: ReturnType<typeof setTimeout>;
      const wait = () => {
        const rest = Atomics.load(steps, 1) + began + limit - Date.now();
        if (rest > 0) return void (timer = setTimeout(wait, rest));
        dead = new Crash(`no answer for ${limit / 1000} s`);
        pending = undefined;
        worker.end();
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
      Atomics.store(steps, 0, 0);
      Atomics.store(steps, 1, Date.now() - began);
      wait();
      worker.post({ id, operation, ...message });
    });
  };
  /** How many calls are not answered yet, and what settles once the last of them is. */
  let open = 0;
  let last = Promise.resolve();
  const over = () => void open--;
  const thread: Thread = {
    code,
    get works() {
      return dead === undefined && !broken;
    },
    call<T>(operation: string, message: object = {}, onSilence?: (step: number) => T): Promise<T> {
      const answer =
        open++ === 0 ? ask(operation, message, onSilence) : last.then(() => ask(operation, message, onSilence));
      last = answer.then(over, over);
      return answer;
    },
    async end() {
      // Not every kind of worker says that it has ended.
      told.die(new Crash('the embedded PostgreSQL was closed'));
      await worker.end();
    },
  };
  const told: Told = {
    answer(message) {
      if (message.id === pending?.id) pending.settle(message);
    },
    die(error) {
      dead ??= error;
      pending?.fail(dead);
    },
  };
  return { thread, told };
}
