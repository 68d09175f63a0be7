import { basename, resolve } from 'node:path';
import type { ConfigFinder } from '../config/load.ts';
import { lintOptionsOf, type FileSettings, type LoadedConfig } from '../config/settings.ts';
import type { Settings } from '../config/types.ts';
import { nodeDisk } from '../disk/node.ts';
import { UserError } from '../errors.ts';
import type { History } from '../history/files.ts';
import { fixText } from '../linter/fix.ts';
import { toResult, type LintResult } from '../linter/linter.ts';
import { loadParser } from '../syntax/parser.ts';
import { FoundSettings } from '../workspace/open.ts';
import { Workspace } from '../workspace/workspace.ts';
import type { Baseline } from './baseline.ts';
import { KeptResults, type Cache } from './cache.ts';
import type { SourceFile } from './files.ts';
import type { CliOptions } from './options.ts';
import type { Progress } from './progress.ts';
import {
  isToBeProven,
  lintSource,
  lintTasks,
  openCache,
  openTexts,
  workspaceFor,
  type LintRun,
  type Store,
  type Task,
  type TaskRun,
} from './tasks.ts';
import { Applied } from './applied.ts';
import { describeProjects } from './projects.ts';
import { fixFilter, openBaseline, select, withOnly } from './selection.ts';
import { presentName } from '../rules/renamed.ts';
import { knowsSince } from '../project/since.ts';
import { plural } from '../plural.ts';
import { tuneV8ForWorkload } from './tune-v8.ts';
import { flatMap } from '../lists.ts';

/** What is known before the first file is linted. */
interface Prepared {
  options: CliOptions;
  /** The files that are linted, in the order in which they run. */
  tasks: Task[];
  settings: ReadonlyMap<string, FileSettings>;
  workspace: Workspace;
  cache: Cache | undefined;
  baseline: Baseline | undefined;
  applied: Applied;
  isProtected: ((path: string) => boolean) | undefined;
  notes: string[];
}

async function prepare(
  paths: readonly string[],
  asked: CliOptions,
  configs: ConfigFinder,
  store: Store,
  cwd: string,
): Promise<Prepared> {
  const baseline = await openBaseline(asked, configs, cwd);
  const found = new FoundSettings(() => configs, fromCommandLine(asked));
  const cache = openCache(asked);
  const workspace = workspaceFor(asked, cache, store);
  const { history } = workspace;
  const settings = new Map<string, FileSettings>();
  for (const path of paths) settings.set(path, withOnly(await found.of(path), asked.ruleOnly));
  const all = history.projects
    .inOrder(paths, (path) => settings.get(path)!.tool)
    .map((path): Task => ({ path, settings: settings.get(path)! }));
  const { tasks, notes } = withoutApplied(all, workspace);
  notes.push(...(await notesOnConfigs(paths, asked, configs)));
  const applied = new Applied(cwd, history.projects);
  const isProtected = await applied.protection(tasks, asked);
  const mayFix = asked.fix === 'no' ? undefined : fixFilter(asked, baseline, isProtected);
  const options: CliOptions = { ...asked, mayFix, edited: await applied.changed(tasks) };
  return { options, tasks, settings, workspace, cache, baseline, applied, isProtected, notes };
}

/**
 * Lints files, those of one folder in the order in which they run. What an earlier run has found of the same files is
 * taken from there.
 * @param cwd the folder whose list of known findings and whose git count
 */
export async function lintFiles(
  paths: readonly string[],
  asked: CliOptions,
  configs: ConfigFinder,
  progress: Progress,
  store: Store,
  cwd = process.cwd(),
): Promise<LintRun & { projects: readonly string[]; notes: readonly string[] }> {
  const prepared = await prepare(paths, asked, configs, store, cwd);
  const { options, tasks, settings, workspace, cache, baseline, applied, isProtected } = prepared;
  const { history } = workspace;
  // A fix changes what it depends on.
  const kept =
    options.fix === 'no' && cache && options.edited?.size === 0 ? new KeptResults(cache, history) : undefined;
  const { results, open, reading } = kept
    ? findKept(tasks, kept, store, history)
    : { results: [], open: tasks, reading: store };
  const isProving = options.fix !== 'no' && tasks.some((task) => isToBeProven(task, options));
  const run =
    open.length > 0
      ? await lintAnew(open, isProving ? { ...options, fix: 'dry-run' } : options, progress, reading, workspace)
      : { results: [], failures: [], asked: [] };
  const proof = isProving
    ? await (
        await import('./prove.ts')
      ).proveFixes(run.results, tasks, {
        options,
        configs,
        progress,
        store: reading,
        workspace,
      })
    : { results: run.results, failures: [], notes: [] };
  if (kept) {
    const dependent = new Set(run.asked);
    for (const result of run.results) kept.add(result, settings.get(result.filePath)!, dependent.has(result.filePath));
    kept.save();
  }
  results.push(...proof.results);
  const selected = select(
    results.sort((a, b) => (a.filePath < b.filePath ? -1 : 1)),
    options,
    baseline,
  );
  return {
    results: selected.results,
    failures: [...run.failures, ...proof.failures],
    projects: await describeProjects(tasks, history.projects, (path) => configs.of(path)),
    notes: [
      ...prepared.notes,
      ...proof.notes,
      ...selected.notes,
      ...(await applied.notes(results, (path) => settings.get(path)!, isProtected, options)),
    ],
  };
}

/** What there is to say of the configurations of files. */
async function notesOnConfigs(paths: readonly string[], options: CliOptions, configs: ConfigFinder): Promise<string[]> {
  const used = await configsOf(paths, configs);
  const isWhole = options.paths.length === 0 && !options.staged && options.since === undefined;
  return [...(isWhole ? idlePatterns(paths, used) : []), ...oldNames(used)];
}

async function configsOf(paths: readonly string[], configs: ConfigFinder): Promise<Set<LoadedConfig>> {
  const found = new Set<LoadedConfig>();
  for (const path of paths) {
    const config = await configs.of(path);
    if (config) found.add(config);
  }
  return found;
}

/** What configurations call by a name of before. */
const oldNames = (used: ReadonlySet<LoadedConfig>): string[] =>
  flatMap(used, ({ path, renamed }) =>
    renamed.map((old) => `The rule "${old}" in ${basename(path)} is called "${presentName(old)}" now`),
  );

/** The patterns in configurations that match none of the files, where all of them are linted. */
function idlePatterns(paths: readonly string[], used: ReadonlySet<LoadedConfig>): string[] {
  return flatMap(used, (config) =>
    config.patterns
      .filter(({ pattern, matches }) => !pattern.startsWith('!') && !paths.some(matches))
      .map(({ pattern, of }) => `The pattern "${pattern}" of ${of} in ${basename(config.path)} matches no file`),
  );
}

/**
 * Leaves out what runs before the migration from which on files are reported.
 * @throws UserError where no project knows the one that is named
 */
function withoutApplied(all: Task[], workspace: Workspace): { tasks: Task[]; notes: string[] } {
  const starts = new Set(flatMap(all, ({ settings: { since } }) => since ?? []));
  if (starts.size === 0) return { tasks: all, notes: [] };
  const { projects } = workspace.history;
  for (const start of starts) {
    const isKnown = all.some(
      ({ path, settings: { since, tool } }) => since === start && knowsSince(projects.of(path, tool), start),
    );
    if (!isKnown)
      throw new UserError(`"since" names "${start}", which is neither a migration of the project nor a version`);
  }
  const tasks = all.filter(({ path, settings }) => !workspace.isApplied(path, settings));
  const left = all.length - tasks.length;
  const from = [...starts].join(' and ');
  return { tasks, notes: left > 0 ? [`${plural(left, 'file')} before ${from} left out as applied ("since")`] : [] };
}

/** The results that were kept, the tasks that are left, and where their files need not be read again. */
function findKept(
  tasks: readonly Task[],
  kept: KeptResults,
  store: Store,
  history: History,
): { results: LintResult[]; open: Task[]; reading: Store } {
  const sources = new Map<string, SourceFile>();
  const results: LintResult[] = [];
  const open = tasks.filter(({ path, settings }) => {
    try {
      const source = store.read(path);
      sources.set(path, source);
      history.offer(path, source.text);
      const result = kept.find(path, source.text, settings);
      if (result) results.push(result);
      return !result;
    } catch (error) {
      // Who lints the file says so.
      if (error instanceof UserError) return true;
      throw error;
    }
  });
  return { results, open, reading: { ...store, read: (path) => sources.get(path) ?? store.read(path) } };
}

async function lintAnew(
  tasks: readonly Task[],
  options: CliOptions,
  progress: Progress,
  store: Store,
  workspace: Workspace,
): Promise<TaskRun> {
  const { history } = workspace;
  const sizeOf = sizeReader();
  const bytes = sum(tasks.map(({ path }) => sizeOf(path)));
  // What will be parsed, about: the files and, where it counts, what runs before them.
  const withHistory = tasks.filter(({ settings }) => settings.history);
  const folderOf = ({ path, settings }: Task) => history.folderOf(path, settings);
  const last = new Map(withHistory.map((task) => [folderOf(task), task.path]));
  const first = new Map(withHistory.toReversed().map((task) => [folderOf(task), task]));
  const others = new Set(
    flatMap(first, ([folder, { path, settings }]) => history.ahead(path, last.get(folder)!, settings)),
  );
  for (const { path } of tasks) others.delete(path);
  tuneV8ForWorkload(bytes + sum([...others].map(sizeOf)));
  await loadParser();
  // What one file becomes is the history of the next, so that fixes are written by one thread. Whoever may end the run
  // does not wait for threads.
  const many =
    store.texts === undefined &&
    options.signal === undefined &&
    options.fix === 'no' &&
    tasks.length > 1 &&
    bytes >= WORTH_THREADS;
  return many
    ? (await import('./threads.ts')).lintInThreads(tasks, options, progress, sizeOf, workspace)
    : lintTasks(tasks, options, progress, store, workspace);
}

/**
 * From how many bytes of SQL on another thread, which keeps a second processor busy with compiling and collecting
 * garbage, saves more time than it takes to start.
 */
const WORTH_THREADS = 1_500_000;

/** Says how large a file is, and looks it up once; 0 where there is none. */
function sizeReader(): (path: string) => number {
  const sizes = new Map<string, number>();
  return (path) => {
    let size = sizes.get(path);
    if (size === undefined) sizes.set(path, (size = nodeDisk.stat(path)?.bytes ?? 0));
    return size;
  };
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, n) => total + n, 0);

/** Arguments take precedence over the configuration. */
export function fromCommandLine({ rules, postgresVersion, history, sinceMigration }: CliOptions): Settings {
  return {
    rules,
    ...(postgresVersion !== undefined && { postgresVersion }),
    ...(!history && { history }),
    ...(sinceMigration !== undefined && { since: sinceMigration }),
  };
}

/** Lints standard input. The file that it stands for needs not exist. */
export async function lintStdin(
  input: SourceFile,
  options: CliOptions,
  configs: ConfigFinder,
  cwd: string,
): Promise<LintResult> {
  await loadParser();
  const path = resolve(cwd, options.stdinFilename ?? 'stdin.sql');
  const baseline = await openBaseline(options, configs, cwd);
  const found = await new FoundSettings(() => configs, fromCommandLine(options)).of(path);
  const settings = withOnly(found, options.ruleOnly);
  const workspace = workspaceFor(options);
  const place = options.stdinFilename === undefined ? {} : workspace.placeOf(path, settings);
  if (options.stdinFilename !== undefined && workspace.isApplied(path, settings))
    return toResult(path, [], [], input.text);
  const mayFix = options.fix === 'no' ? undefined : fixFilter(options, baseline, undefined);
  const result = lintSource({ ...input, path }, { ...options, mayFix }, settings, place);
  workspace.history.keep();
  return select([result], options, baseline).results[0]!;
}

/**
 * What `--fix` would make of migrations of one folder, without writing it; only of those that it would change.
 * @param onFile called before each file; nothing else happens while a file is fixed
 * @param store where the files are read
 */
export async function fixedTexts(
  paths: readonly string[],
  configs: ConfigFinder,
  maxBytes: number,
  onFile: (path: string) => Promise<void>,
  store: Store,
): Promise<Map<string, string>> {
  await loadParser();
  const found = new FoundSettings(() => configs);
  const workspace = openTexts(new Workspace({ disk: store.disk ?? nodeDisk, maxFileBytes: maxBytes }), store);
  const fixed = new Map<string, string>();
  for (const path of paths) {
    await onFile(path);
    const settings = await found.of(path);
    const place = workspace.placeOf(path, settings);
    const { output } = fixText(store.read(path).text, path, { ...lintOptionsOf(settings), ...place });
    if (output !== undefined) fixed.set(path, output);
  }
  return fixed;
}
