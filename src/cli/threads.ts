/** Lints many files on several threads. The results are the same as those of one thread. */
import { availableParallelism } from 'node:os';
import { parentPort, Worker, workerData } from 'node:worker_threads';
import { UserError } from '../errors.ts';
import type { Projects } from '../project/find.ts';
import type { LintResult } from '../linter/linter.ts';
import { compiledParser, useParser } from '../syntax/parser.ts';
import { disk, lintTasks, workspaceFor, type Task, type TaskRun } from './tasks.ts';
import type { Workspace } from '../workspace/workspace.ts';
import type { CliOptions } from './options.ts';
import type { Progress } from './progress.ts';
import { flatMap } from '../lists.ts';

/** The work of one thread. */
export interface Work {
  tasks: readonly Task[];
  options: CliOptions;
  parser: WebAssembly.Module;
}

/** The results of one thread. Only the messages of errors are sent to the main thread. */
export interface Done {
  results: LintResult[];
  failures: string[];
  asked: string[];
}

/**
 * Takes as many threads as the user says, otherwise half as many as there are processors. This thread lints too, the
 * first of the shares.
 */
export async function lintInThreads(
  tasks: readonly Task[],
  options: CliOptions,
  progress: Progress,
  sizeOf: (path: string) => number,
  workspace: Workspace,
): Promise<TaskRun> {
  const threads = options.threads ?? Math.max(1, availableParallelism() >> 1);
  const [own, ...others] = share(tasks, threads, sizeOf, workspace.history.projects);
  const parser = compiledParser()!;
  const elsewhere = Promise.all(others.map((share) => runThread({ tasks: share, options, parser })));
  // Awaited only once this thread is done: until then, nobody is to hear of it.
  elsewhere.catch(() => undefined);
  const here = await lintTasks(own ?? [], options, progress, disk(options.maxFileBytes), workspace);
  const there = await elsewhere;
  return {
    results: [...here.results, ...flatMap(there, (t) => t.results)],
    failures: [...here.failures, ...flatMap(there, (t) => t.failures.map((message) => new UserError(message)))],
    asked: [...here.asked, ...flatMap(there, (t) => t.asked)],
  };
}

function runThread(work: Work): Promise<Done> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('lint-worker.js', import.meta.url), { workerData: work, stdout: false });
    worker.once('message', resolve);
    worker.once('error', reject);
    worker.once('exit', (code) => reject(new Error(`a thread ended with ${code} before it had anything to say`)));
  });
}

/** Runs in a worker thread: lints its share of the files. */
export async function lintShare(): Promise<void> {
  const { tasks, options, parser } = workerData as Work;
  useParser(parser);
  const { results, failures, asked } = await lintTasks(
    tasks,
    options,
    { step: () => undefined, done: () => undefined },
    disk(options.maxFileBytes),
    workspaceFor(options),
  );
  parentPort!.postMessage({ results, failures: failures.map((error) => error.message), asked } satisfies Done);
}

/** What it costs to read a file only as the history of others, compared with linting it. */
const AS_HISTORY = 0.4;

/**
 * Cuts the files into shares of about equal cost, in their order. Who begins in the middle of a folder must read what
 * comes before.
 */
export function share<T extends Task>(
  tasks: readonly T[],
  count: number,
  sizeOf: (path: string) => number,
  projects: Projects,
): T[][] {
  const before = new Map<string, Map<string, number>>();
  /** The size of the files that run before one. */
  const behind = ({ path, settings }: Task): number => {
    if (!settings.history) return 0;
    const { site, forward } = projects.of(path, settings.tool);
    let sums = before.get(site.folder);
    if (!sums) {
      let sum = 0;
      before.set(site.folder, (sums = new Map(forward.map((file) => [file, (sum += sizeOf(file)) - sizeOf(file)]))));
    }
    return sums.get(path) ?? 0;
  };
  const costs = tasks.map((task) => ({ task, own: sizeOf(task.path), behind: behind(task) * AS_HISTORY }));
  const cut = (limit: number): T[][] => {
    const shares: T[][] = [];
    let used = Infinity;
    for (const { task, own, behind: history } of costs) {
      if (used + own > limit) {
        shares.push([]);
        used = history;
      }
      used += own;
      shares.at(-1)!.push(task);
    }
    return shares;
  };
  let low = 0;
  let high = costs.reduce((sum, { own, behind: history }) => sum + own + history, 1);
  for (let step = 0; step < 40; step++) {
    const middle = (low + high) / 2;
    if (cut(middle).length <= count) high = middle;
    else low = middle;
  }
  return cut(high);
}
