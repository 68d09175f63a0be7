/** A project in a folder of its own, for tests that need files, and the command to run in it. */
import { execFileSync, spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTerminal } from './terminal.ts';

let packed: string | undefined;

/**
 * The command of the package as it is published, unpacked once for all processes that test it: what the package lacks,
 * its users miss too.
 */
export function packedCommand(): string {
  if (packed !== undefined) return packed;
  const folder = join(process.env.XDG_CACHE_HOME!, 'packed');
  if (!existsSync(folder)) {
    const own = mkdtempSync(`${folder}-`);
    execFileSync('npm', ['pack', '--ignore-scripts', '--pack-destination', own], { stdio: 'ignore' });
    execFileSync('tar', ['-xzf', join(own, readdirSync(own)[0]!), '-C', own]);
    symlinkSync(join(process.cwd(), 'node_modules'), join(own, 'package', 'node_modules'), 'dir');
    try {
      renameSync(own, folder);
    } catch {
      // Another process was faster.
      rmSync(own, { recursive: true });
    }
  }
  return (packed = join(folder, 'package', 'dist', 'cli.js'));
}

export interface Ran {
  status: number;
  stdout: string;
  stderr: string;
}

export interface Project {
  path: string;
  read(file: string): string;
  write(file: string, content: string): void;
  /** Runs `sql-lint`, as it is packed. */
  lint(...args: string[]): Ran;
  /**
   * Runs `sql-lint` on a terminal, and types each answer when what goes before it has been printed.
   * @returns what was on the screen
   */
  terminal(
    args: readonly string[],
    answers: readonly (readonly [after: string, answer: string])[],
    terminal?: { columns?: number; env?: NodeJS.ProcessEnv },
  ): Promise<string>;
  /** Runs another command. @throws where it fails */
  run(command: string, ...args: string[]): string;
  /** Runs another command that may fail. */
  attempt(command: string, ...args: string[]): Ran;
  /** Commits all files to `main`, from which the branch `b` goes off. */
  branch(): void;
  remove(): void;
}

/** What a CI system, git and a terminal say of themselves. `CI` alone turns the links of a terminal off. */
const SURROUNDINGS = /^(GIT_|GITHUB_|CI$|CI_|FORCE_|NO_COLOR$|TERM_PROGRAM|VTE_VERSION$|WT_SESSION$|KITTY_WINDOW_ID$)/;

/** The environment of the tests, alike on a developer's terminal and in CI. */
export const environment = (): NodeJS.ProcessEnv => ({
  ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !SURROUNDINGS.test(name))),
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_AUTHOR_NAME: 'A',
  GIT_AUTHOR_EMAIL: 'a@example.com',
  GIT_COMMITTER_NAME: 'A',
  GIT_COMMITTER_EMAIL: 'a@example.com',
});

export function createProject(files: Readonly<Record<string, string>> = {}): Project {
  const path = realpathSync(mkdtempSync(join(tmpdir(), 'sql-lint-test-')));
  const attempt = (command: string, ...args: string[]): Ran => {
    const { status, stdout, stderr, error } = spawnSync(command, args, {
      cwd: path,
      encoding: 'utf8',
      env: environment(),
      maxBuffer: 1 << 28,
    });
    if (error) throw error;
    return { status: status ?? -1, stdout, stderr };
  };
  const project: Project = {
    path,
    read: (file) => readFileSync(join(path, file), 'utf8'),
    write: (file, content) => {
      mkdirSync(dirname(join(path, file)), { recursive: true });
      writeFileSync(join(path, file), content);
    },
    lint: (...args) => attempt(process.execPath, packedCommand(), ...args),
    terminal: async (args, answers, { columns = 80, env } = {}) => {
      const command = [process.execPath, packedCommand(), ...args].join(' ');
      const surroundings = { ...environment(), TERM: 'xterm-256color', ...env };
      const { screen } = await onTerminal(command, answers, { cwd: path, env: surroundings, columns });
      return screen;
    },
    run: (command, ...args) =>
      execFileSync(command, args, {
        cwd: path,
        encoding: 'utf8',
        env: environment(),
        stdio: ['ignore', 'pipe', 'pipe'],
      }),
    attempt,
    branch: () => {
      for (const command of ['init -q -b main', 'add .', 'commit -qm a', 'checkout -qb b'])
        project.run('git', ...command.split(' '));
    },
    remove: () => rmSync(path, { recursive: true, force: true }),
  };
  for (const [file, content] of Object.entries(files)) project.write(file, content);
  return project;
}
