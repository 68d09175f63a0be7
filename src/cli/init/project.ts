/** What `init` sees of the project that it stands in. */
import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname, join, sep } from 'node:path';
import type { Config } from '../../config/types.ts';
import { execFileSync } from 'node:child_process';

/** The text of a file; undefined where there is none. */
export function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

interface Manifest {
  dependencies?: Record<string, string>;
  devDependencies?: Record<string, string>;
  'lint-staged'?: unknown;
}

/** package.json; empty where there is none, or none that can be read. */
function manifestOf(cwd: string): Manifest {
  try {
    return JSON.parse(textOf(join(cwd, 'package.json')) ?? '{}') as Manifest;
  } catch {
    return {};
  }
}

const PACKAGE = 'idempotent-sql-lint';

/** The package manager of a project, by its lock file: how it runs a command and adds a package. */
export interface PackageManager {
  run: string;
  /** The same where nobody watches: it must not fetch another package that has the command's name. */
  runInstalled?: string;
  add: string;
  install: string;
}

const MANAGERS: readonly (PackageManager & { lock: string })[] = [
  { lock: 'pnpm-lock.yaml', run: 'pnpm exec', add: 'pnpm add --save-dev', install: 'pnpm install --frozen-lockfile' },
  { lock: 'yarn.lock', run: 'yarn', add: 'yarn add --dev', install: 'yarn install --immutable' },
  { lock: 'bun.lock', run: 'bun run', add: 'bun add --dev', install: 'bun install --frozen-lockfile' },
];

export const managerOf = (cwd: string): PackageManager =>
  MANAGERS.find(({ lock }) => existsSync(join(cwd, lock))) ?? {
    run: 'npx',
    runInstalled: 'npx --no-install',
    add: 'npm install --save-dev',
    install: existsSync(join(cwd, 'package-lock.json')) ? 'npm ci' : 'npm install',
  };

/** How a hook or a CI system calls the command. */
export function commandOf(cwd: string): string {
  const { run, runInstalled = run } = managerOf(cwd);
  return `${runInstalled} sql-lint`;
}

/** How to add the package, where the project does not name it. */
export function missingPackage(cwd: string): string | undefined {
  const { dependencies = {}, devDependencies = {} } = manifestOf(cwd);
  return PACKAGE in dependencies || PACKAGE in devDependencies ? undefined : `${managerOf(cwd).add} ${PACKAGE}`;
}

/** The PostgreSQL that the project says it runs on, and where it says so. */
export function postgresVersionOf(
  cwd: string,
  files: readonly string[],
): { version: number; from: string } | undefined {
  const configs = new Set(['supabase/config.toml', ...files.map((path) => join(dirname(path), 'config.toml'))]);
  const sources: [path: string, pattern: RegExp][] = [
    ...[...configs].map((path): [string, RegExp] => [path, /^\s*major_version\s*=\s*(\d+)/m]),
    ...['docker-compose.yml', 'docker-compose.yaml', 'compose.yml', 'compose.yaml'].map((path): [string, RegExp] => [
      path,
      /image:\s*['"]?(?:[\w./-]*\/)?(?:postgres|postgis|pgvector)\S*?:(?:pg)?(\d+)/,
    ]),
  ];
  for (const [path, pattern] of sources) {
    const version = Number(pattern.exec(textOf(join(cwd, path)) ?? '')?.[1]);
    if (version >= 12 && version <= 18) return { version, from: path };
  }
  return undefined;
}

const LINT_STAGED = [
  ...['', '.json', '.yaml', '.yml', '.js', '.mjs', '.cjs'].map((end) => `.lintstagedrc${end}`),
  ...['js', 'mjs', 'cjs', 'ts', 'mts', 'cts'].map((end) => `lint-staged.config.${end}`),
];

/** What lint-staged is told to do; undefined where the project has no configuration for it. */
export function lintStagedOf(cwd: string): string | undefined {
  const config = manifestOf(cwd)['lint-staged'];
  if (config !== undefined) return JSON.stringify(config);
  const name = LINT_STAGED.find((file) => existsSync(join(cwd, file)));
  return name === undefined ? undefined : textOf(join(cwd, name));
}

/** Where the repository is kept, by the address of its remote. */
export function hostOf(cwd: string): 'github' | 'gitlab' | undefined {
  if (existsSync(join(cwd, '.gitlab-ci.yml'))) return 'gitlab';
  if (existsSync(join(cwd, '.github'))) return 'github';
  try {
    const remote = execFileSync('git', ['remote', 'get-url', 'origin'], { cwd, stdio: ['ignore', 'pipe', 'ignore'] });
    return /github\.com/.test(remote.toString()) ? 'github' : /gitlab/.test(remote.toString()) ? 'gitlab' : undefined;
  } catch {
    return undefined;
  }
}

/** The first version behind the last file of a project: what begins there is new. */
export function versionBehind(forward: readonly string[]): string | undefined {
  const names = forward.map((path) => [basename(path), basename(dirname(path))].find((name) => /^[Vv]?\d/.test(name)));
  const last = names.findLast((name) => name !== undefined);
  const version = last && /^[Vv]?(\d+(?:[._]\d+)*)(?=[_.-]|$)/.exec(last)?.[1];
  if (!version) return undefined;
  const whole = last.startsWith('V') || last.startsWith('v') ? version : /^\d+/.exec(version)![0];
  return /^\d+$/.test(whole) ? String(BigInt(whole) + 1n).padStart(whole.length, '0') : `${whole}.1`;
}

/** A configuration as a file, with the schema that editors check it by. */
export const configText = (config: Config, schema: string | undefined): string =>
  `${JSON.stringify({ ...(schema !== undefined && { $schema: schema }), ...config }, null, 2)}\n`;

/** A path as people write it. */
export const shown = (path: string): string => path.split(sep).join('/');
