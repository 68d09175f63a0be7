/** `--watch`: lints again after each change, and keeps one screen. */
import { readdirSync, statSync, watch, type FSWatcher } from 'node:fs';
import { join } from 'node:path';
import { ConfigFinder, CONFIG_NAMES } from '../config/load.ts';
import { UserError } from '../errors.ts';
import { printable } from '../printable.ts';
import { KeptEngines } from '../verify/engines.ts';
import { BASELINE_FILE } from './baseline.ts';
import { EXIT } from './command.ts';
import type { CliOptions } from './options.ts';
import { foldersOf } from './paths.ts';

/** Lints once, prints what there is to say, and answers which files it has written. */
export type LintOnce = (options: CliOptions, configs: ConfigFinder) => Promise<{ written: readonly string[] }>;

/** Editors write a file in several steps. */
const SETTLE_MS = 60;

/** What counts in a folder that holds no migrations. */
const SETTINGS = new Set([...CONFIG_NAMES, 'package.json', '.gitignore', '.sqllintignore', BASELINE_FILE]);

/** Clears the screen, and what has been scrolled out of it. */
const CLEAR = '\u001b[2J\u001b[3J\u001b[H';

/** Lints, and lints again after each change, until the user ends it. */
export async function watchFiles(options: CliOptions, cwd: string, lintOnce: LintOnce): Promise<never> {
  const engines = new KeptEngines();
  const folders = new Folders(cwd, options);
  // Files are replaced as a whole, and databases are in memory: nothing is left behind.
  const interrupt = () => process.exit(EXIT.interrupted);
  process.once('SIGINT', interrupt).once('SIGTERM', interrupt);
  try {
    let saved: ReadonlySet<string> = new Set();
    for (let isFirst = true; ; isFirst = false) {
      await folders.look(isFirst);
      folders.wrote(await lintAgain({ ...options, engines, saved }, lintOnce, isFirst));
      saved = await folders.changed();
    }
  } finally {
    folders.close();
    await engines.close();
  }
}

/** Lints, and says when. What is wrong with a configuration can be corrected, so it ends nothing later on. */
async function lintAgain(options: CliOptions, lintOnce: LintOnce, isFirst: boolean): Promise<readonly string[]> {
  const isScreen = process.stdout.isTTY && process.env.TERM !== 'dumb';
  const configs = () => new ConfigFinder(options.config);
  if (isScreen) process.stdout.write(CLEAR);
  let written: readonly string[] = [];
  try {
    ({ written } = await lintOnce(options, configs()));
  } catch (error) {
    if (isFirst || !(error instanceof UserError)) throw error;
    process.stdout.write(`sql-lint: ${printable(error.message)}\n`);
  }
  const time = new Date().toTimeString().slice(0, 8);
  process.stdout.write(`\nLinted at ${time}; waiting for changes. Ctrl-C ends it.\n`);
  return written;
}

/** What a file was like: when it was changed, and how long it is. */
type Files = Map<string, string>;

/** The folders that are watched. */
class Folders {
  private readonly cwd: string;
  private readonly find: () => Promise<string[]>;
  private readonly watchers = new Map<string, FSWatcher>();
  /** The files as they were when they were linted. */
  private seen: Files = new Map();
  private wake: () => void = () => undefined;

  constructor(cwd: string, { paths, config }: CliOptions) {
    this.cwd = cwd;
    this.find = () => foldersOf(paths, cwd, new ConfigFinder(config));
  }

  /** Watches the folders that there are now, and remembers their files. */
  async look(isFirst: boolean): Promise<void> {
    let found: readonly string[] = [...this.watchers.keys()];
    try {
      found = await this.find();
    } catch (error) {
      // A mistake in a configuration: the folders stay as they were.
      if (isFirst || !(error instanceof UserError)) throw error;
    }
    const wanted = new Set([this.cwd, ...found]);
    for (const [folder, watcher] of this.watchers)
      if (!wanted.has(folder)) {
        watcher.close();
        this.watchers.delete(folder);
      }
    for (const folder of wanted) if (!this.watchers.has(folder)) this.add(folder);
    this.seen = this.read();
  }

  private add(folder: string): void {
    try {
      const watcher = watch(folder, () => this.wake());
      // A folder that is deleted is forgotten at the next look.
      watcher.on('error', () => this.wake());
      this.watchers.set(folder, watcher);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT')
        throw new UserError(`${folder}: cannot be watched (${(error as NodeJS.ErrnoException).code ?? String(error)})`);
    }
  }

  /** What the command itself has written is no change. */
  wrote(paths: readonly string[]): void {
    for (const path of paths) this.seen.set(path, likenessOf(path));
  }

  /** Waits for a change. @returns the files that have changed */
  async changed(): Promise<ReadonlySet<string>> {
    for (;;) {
      const now = this.read();
      const changed = new Set([...this.seen.keys(), ...now.keys()].filter((p) => this.seen.get(p) !== now.get(p)));
      if (changed.size > 0) return changed;
      await new Promise<void>((resolve) => {
        this.wake = () => setTimeout(resolve, SETTLE_MS);
      });
    }
  }

  close(): void {
    for (const watcher of this.watchers.values()) watcher.close();
  }

  private read(): Files {
    const files: Files = new Map();
    for (const folder of this.watchers.keys())
      for (const name of namesIn(folder))
        if (SETTINGS.has(name) || (folder !== this.cwd && !/^\.|~$/.test(name)) || /\.sql$/i.test(name))
          files.set(join(folder, name), likenessOf(join(folder, name)));
    return files;
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function likenessOf(path: string): string {
  try {
    const stat = statSync(path);
    return stat.isDirectory() ? 'folder' : `${stat.mtimeMs} ${stat.size}`;
  } catch {
    return 'gone';
  }
}
