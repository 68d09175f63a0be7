import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { type ConfigFinder, lintOptionsOf, settingsFor, settingsReader, type FileSettings } from '../config/load.ts';
import type { Settings } from '../config/types.ts';
import { UserError } from '../errors.ts';
import { chainOf, History, inOrder, migrationsIn } from '../history/files.ts';
import { World } from '../history/world.ts';
import { fixText, lintText, toResult, UnsoundFixError, type LintResult } from '../linter/linter.ts';
import { loadParser } from '../syntax/parser.ts';
import { readSource, writeSource, type SourceFile } from './files.ts';
import type { CliOptions } from './options.ts';
import type { Progress } from './progress.ts';
import { expect } from './tiering.ts';

/** What linting files came to. One file that cannot be read or written does not keep the others from being linted. */
export interface LintRun {
  results: LintResult[];
  failures: Error[];
}

/** Where texts are read from and fixes are written to. */
export interface Store {
  read(path: string): SourceFile;
  write(source: SourceFile, fixed: string, refix: (text: string) => string): void;
  /** What stands for the files on the disk where history is read. */
  texts?: ReadonlyMap<string, string>;
}

/** The files on the disk, up to a size. */
export const disk = (maxBytes: number): Store => ({ read: (path) => readSource(path, maxBytes), write: writeSource });

/** A file to lint, and what applies to it. */
export interface Task {
  path: string;
  settings: FileSettings;
}

/** Lints files, those of one folder in the order in which they run. */
export async function lintFiles(paths: readonly string[], options: CliOptions, configs: ConfigFinder, progress: Progress, store: Store): Promise<LintRun> {
  const sizeOf = sizeReader();
  // What will be parsed, about: the files and, where it counts, what runs before them.
  const folders = options.history ? [...new Set(paths.map(chainOf))] : [];
  expect(sum([...new Set([...paths, ...folders.flatMap(migrationsIn)])].map(sizeOf)));
  await loadParser();
  const settingsOf = settingsReader(fromCommandLine(options));
  const tasks: Task[] = [];
  for (const path of inOrder(paths)) tasks.push({ path, settings: settingsOf(path, await configs.of(path)) });
  // What one file becomes is the history of the next, so that fixes are written by one thread.
  const many = store.texts === undefined && options.fix === 'no' && tasks.length > 1 && sum(paths.map(sizeOf)) >= WORTH_THREADS;
  const { results, failures } = many ? await (await import('./threads.ts')).lintInThreads(tasks, options, progress, sizeOf) : lintTasks(tasks, options, progress, store);
  return { results: results.sort((a, b) => (a.filePath < b.filePath ? -1 : 1)), failures };
}

/** From how many bytes of SQL on another thread, which keeps a second processor busy with compiling and collecting garbage, saves more time than it takes to start. */
const WORTH_THREADS = 1_500_000;

/** Lints files one after the other. */
export function lintTasks(tasks: readonly Task[], options: CliOptions, progress: Progress, store: Store): LintRun {
  const history = new History(store.texts, { maxBytes: options.maxFileBytes });
  const results: LintResult[] = [];
  const failures: Error[] = [];
  for (const { path, settings } of tasks) {
    progress.step(path);
    try {
      const source = store.read(path);
      const world = settings.history ? history.before(path, settings.environment) : new World();
      const result = lintSource(source, options, settings, world);
      const written = options.fix === 'write' ? result.output : undefined;
      if (written !== undefined) store.write(source, written, (text) => lintSource({ ...source, text }, options, settings, world).output ?? text);
      history.offer(path, written ?? source.text);
      results.push(result);
    } catch (error) {
      if (!(error instanceof UserError || error instanceof UnsoundFixError)) throw error;
      failures.push(error);
    }
  }
  return { results, failures };
}

/** Says how large a file is, and looks it up once; 0 where there is none. */
function sizeReader(): (path: string) => number {
  const sizes = new Map<string, number>();
  return (path) => {
    let size = sizes.get(path);
    if (size === undefined) sizes.set(path, (size = statSync(path, { throwIfNoEntry: false })?.size ?? 0));
    return size;
  };
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, n) => total + n, 0);

/** What the arguments say goes before what any configuration says. */
export function fromCommandLine({ rules, postgresVersion, history }: CliOptions): Settings {
  return { rules, ...(postgresVersion !== undefined && { postgresVersion }), ...(!history && { history }) };
}

/** Lints one text, as if it stood in the file named. */
function lintSource(source: SourceFile, options: CliOptions, settings: FileSettings, world: World): LintResult {
  const lintOptions = { ...lintOptionsOf(settings), world, suggestions: options.suggestions };
  const result = options.fix === 'no' ? lintText(source.text, source.path, lintOptions) : fixText(source.text, source.path, lintOptions);
  return options.quiet ? { ...result, ...toResult(result.filePath, result.messages.filter((m) => m.severity === 2), result.suppressedMessages, result.source, result.output) } : result;
}

/** Lints standard input. The file that it stands for needs not exist. */
export async function lintStdin(input: SourceFile, options: CliOptions, configs: ConfigFinder, cwd: string): Promise<LintResult> {
  await loadParser();
  const path = resolve(cwd, options.stdinFilename ?? 'stdin.sql');
  const settings = settingsFor(path, await configs.of(path), fromCommandLine(options));
  const world = options.stdinFilename === undefined || !settings.history ? new World() : new History(undefined, { maxBytes: options.maxFileBytes }).before(path, settings.environment);
  return lintSource({ ...input, path }, options, settings, world);
}

/** What `--fix` would make of migrations of one folder, without writing it; only of those that it would change. */
export async function fixedTexts(paths: readonly string[], configs: ConfigFinder, maxBytes: number): Promise<Map<string, string>> {
  await loadParser();
  const history = new History(undefined, { maxBytes });
  const fixed = new Map<string, string>();
  for (const path of paths) {
    const settings = settingsFor(path, await configs.of(path));
    const world = settings.history ? history.before(path, settings.environment) : new World();
    const { output } = fixText(readSource(path, maxBytes).text, path, { ...lintOptionsOf(settings), world });
    if (output !== undefined) fixed.set(path, output);
  }
  return fixed;
}
