import { Worker } from 'node:worker_threads';
import { threadOn, type Answer, type Code, type StartThread } from './asking.ts';
import { Crash } from './crash.ts';

/** Starts PostgreSQL in a thread of Node.js. `timeout` is what one statement may take, in milliseconds. */
export const startThread: StartThread = async (data, timeout) => {
  const began = Date.now();
  /** A message for each step would wake up this thread as often. */
  const steps = new Int32Array(new SharedArrayBuffer(8));
  const worker = new Worker(new URL('./database-worker.js', import.meta.url), {
    workerData: { ...data, progress: steps, began },
    stdout: true,
    stderr: true,
    // Answers are read once. With more room, V8 only collects them later.
    resourceLimits: { maxYoungGenerationSizeMb: 4 },
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
  const { thread, told } = threadOn(
    { post: (message) => worker.postMessage(message), end: () => worker.terminate() },
    code,
    { steps, began },
    timeout,
  );
  worker.on('error', (error) => {
    told.die(new Crash(error.message));
  });
  worker.on('exit', () => {
    told.die(new Crash('the embedded PostgreSQL ended'));
  });
  // From now on a timer waits for each answer: a check that was abandoned must not keep the process alive.
  worker.unref();
  worker.on('message', (message: Answer) => {
    told.answer(message);
  });
  return thread;
};
