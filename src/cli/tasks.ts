import { setImmediate } from 'node:timers/promises';
import { lintOptionsOf, type FileSettings } from '../config/settings.ts';
import type { Disk } from '../disk/disk.ts';
import { nodeDisk } from '../disk/node.ts';
import { UserError } from '../errors.ts';
import type { Place } from '../history/files.ts';
import { fixText } from '../linter/fix.ts';
import { lintText, type LintResult, type LintSettings } from '../linter/linter.ts';
import { Workspace } from '../workspace/workspace.ts';
import { Cache } from './cache.ts';
import { readSource, writeSource, type SourceFile } from './files.ts';
import type { CliOptions } from './options.ts';
import type { Progress } from './progress.ts';

/** The results of linting files. A file that cannot be read or written does not stop the others. */
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
  /** Where history is looked for. @default the file system */
  disk?: Disk;
}

/** The files on the disk, up to a size. */
export const disk = (maxBytes: number): Store => ({ read: (path) => readSource(path, maxBytes), write: writeSource });

/** A file to lint, with its settings. */
export interface Task {
  path: string;
  settings: FileSettings;
}

/** What earlier runs have kept, unless the user wants none of it. */
export const openCache = ({ cache }: CliOptions): Cache | undefined =>
  cache === undefined ? undefined : new Cache(cache);

/**
 * How many characters are kept parsed: a rule that judges all files of a folder has read those of most folders before
 * they are linted. 500 files of 2 KB take a quarter less time so, and no more memory.
 */
const REMEMBERED = 2_000_000;

/** A workspace for one run of the command, which goes through the files of a folder in their order. */
export function workspaceFor(options: CliOptions, worlds = openCache(options), store?: Store): Workspace {
  const workspace = new Workspace({
    disk: store?.disk ?? nodeDisk,
    maxFileBytes: options.maxFileBytes,
    worlds,
    remember: REMEMBERED,
  });
  return openTexts(workspace, store);
}

/** Lets the texts of a store stand for what is on the disk. */
export function openTexts(workspace: Workspace, store: Store | undefined): Workspace {
  for (const [path, text] of store?.texts ?? []) workspace.open(path, text);
  return workspace;
}

/** What linting some files came to, and the paths of those for which a rule has asked for others of their folder. */
export interface TaskRun extends LintRun {
  asked: string[];
}

/** Lints files one after the other. Where somebody may end the run, it looks after each file whether somebody has. */
export async function lintTasks(
  tasks: readonly Task[],
  options: CliOptions,
  progress: Progress,
  store: Store,
  workspace: Workspace,
): Promise<TaskRun> {
  const { history } = workspace;
  const results: LintResult[] = [];
  const failures: Error[] = [];
  const asked = new Set<string>();
  for (const { path, settings } of tasks) {
    progress.step(path);
    if (options.signal) await setImmediate();
    options.signal?.throwIfAborted();
    try {
      const source = store.read(path);
      const { later, whole, ...known } = workspace.placeOf(path, settings);
      const place: Place = {
        ...known,
        later: (text, after) => (asked.add(path), later?.(text, after)),
        whole: (make) => (asked.add(path), whole?.(make)),
      };
      const result = lintSource(source, options, settings, place);
      const written = options.fix === 'write' ? result.output : undefined;
      if (written !== undefined)
        store.write(
          source,
          written,
          (text) => lintSource({ ...source, text }, options, settings, place).output ?? text,
        );
      history.offer(path, written ?? source.text);
      results.push(result);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      failures.push(error);
    }
  }
  history.keep();
  return { results, failures, asked: [...asked] };
}

/** Whether the fixes of a file are proven before they are written: what the command line says goes first. */
export const isToBeProven = ({ settings }: Task, { prove }: CliOptions): boolean => prove ?? settings.prove;

/** Lints one text, as if it stood in the file named. */
export function lintSource(
  source: SourceFile,
  options: CliOptions,
  settings: FileSettings,
  place: Place,
  proof: Pick<LintSettings, 'refused' | 'onFix'> = {},
): LintResult {
  const { suggestions, mayFix } = options;
  const mergedInto = options.edited?.get(source.path);
  const lintOptions = { ...lintOptionsOf(settings), ...place, mergedInto, suggestions, mayFix, ...proof };
  return options.fix === 'no'
    ? lintText(source.text, source.path, lintOptions)
    : fixText(source.text, source.path, lintOptions);
}
