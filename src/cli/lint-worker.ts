import { parentPort, workerData } from 'node:worker_threads';
import { useParser } from '../syntax/parser.ts';
import { disk, lintTasks } from './lint.ts';
import type { Done, Work } from './threads.ts';

/** What another thread than the first does: its share of the files. */
export function run(): void {
  const { tasks, options, parser } = workerData as Work;
  useParser(parser);
  const { results, failures } = lintTasks(tasks, options, { step: () => undefined, done: () => undefined }, disk(options.maxFileBytes));
  parentPort!.postMessage({ results, failures: failures.map((error) => error.message) } satisfies Done);
}
