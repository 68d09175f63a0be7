import type * as Threads from 'node:worker_threads';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { threadOn } from '../../src/database/asking.ts';
import { Crash } from '../../src/database/crash.ts';
import { startThread } from '../../src/database/thread.ts';

/** What the thread runs in the place of PostgreSQL. */
const script = vi.hoisted(() => ({ text: '' }));

vi.mock('node:worker_threads', async (original) => {
  const { Worker } = await original<typeof Threads>();
  return {
    Worker: class extends Worker {
      constructor() {
        super(script.text, { eval: true });
      }
    },
  };
});

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'] });
});
afterEach(() => {
  // Whatever came of the thread, nothing waits for it any more.
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

const start = (text: string) => {
  script.text = text;
  return startThread({ extensions: [], standIns: [], rewinding: 'memory' }, 1000);
};
const READY = "const { parentPort } = require('node:worker_threads'); parentPort.postMessage({ code: {} });";

it('a thread that ends before it says anything is an error', { timeout: 10_000 }, async () => {
  await expect(start('process.exit(3)')).rejects.toThrow(
    new Crash('the embedded PostgreSQL ended with 3 before it had started'),
  );
  await expect(start("throw new Error('no memory')")).rejects.toThrow('no memory');
});

it('a thread that ends in the midst of a call is an error', { timeout: 10_000 }, async () => {
  const thread = await start(`${READY} parentPort.once('message', () => process.exit(0));`);
  await expect(thread.call('run')).rejects.toThrow(new Crash('the embedded PostgreSQL ended', 0));
  expect(thread.works).toBe(false);
});

it('one timer waits for an answer, and none once it is there', { timeout: 10_000 }, async () => {
  const thread = await start(`${READY} parentPort.on('message', ({ id }) => parentPort.postMessage({ id }));`);
  expect(vi.getTimerCount()).toBe(0);
  const answer = thread.call('run');
  expect(vi.getTimerCount()).toBe(1);
  await answer;
  expect(vi.getTimerCount()).toBe(0);
  await thread.end();
});

it('what is asked at once is done one after the other', { timeout: 10_000 }, async () => {
  const thread = await start(`${READY}
    let working = 0;
    parentPort.on('message', ({ id, operation }) => {
      const result = [operation, ++working];
      setTimeout(() => {
        working--;
        parentPort.postMessage(operation === 'b' ? { id, error: 'no b' } : { id, result });
      }, 20);
    });`);
  const answers = await Promise.allSettled([thread.call('a'), thread.call('b'), thread.call('c')]);
  expect(answers).toEqual([
    { status: 'fulfilled', value: ['a', 1] },
    { status: 'rejected', reason: new Crash('no b', 0) },
    { status: 'fulfilled', value: ['c', 1] },
  ]);
  await thread.end();
});

it('what is not answered when a thread is ended is an error, though its worker says nothing of it', async () => {
  const silent = { post: () => undefined, end: () => undefined };
  const { thread } = threadOn(silent, {}, { steps: new Int32Array(2), began: Date.now() }, 1000);
  const answers = Promise.allSettled([thread.call('a'), thread.call('b')]);
  await thread.end();
  const closed = { status: 'rejected', reason: new Crash('the embedded PostgreSQL was closed', 0) };
  expect(await answers).toMatchObject([closed, { ...closed, reason: new Crash('the embedded PostgreSQL was closed') }]);
});
