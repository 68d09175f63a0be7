import { readdirSync, statSync } from 'node:fs';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { ConfigFinder } from '../config/load.ts';
import { nodeDisk } from '../disk/node.ts';
import { UserError } from '../errors.ts';
import { nearest } from '../nearest.ts';
import { Projects } from '../project/find.ts';
import { IgnoreFiles } from './ignore.ts';
import { flatMap } from '../lists.ts';
import { plural } from '../plural.ts';
import { printable } from '../printable.ts';

const warn = (note: string): void => void process.stderr.write(`sql-lint: ${printable(note)}\n`);

/** Where projects keep their migrations, tried in this order when no path is given. */
const USUAL_FOLDERS = [
  'supabase/migrations',
  'drizzle',
  'prisma/migrations',
  'migrations',
  'db/migrations',
  'db/migration',
  'db/migrate',
  'sql/migrations',
  'src/main/resources/db/migration',
  'src/main/resources/db/changelog',
  'db/changelog',
  'hasura/migrations',
  'nhost/migrations',
];

/** Folders of a monorepo that hold its projects. */
const WORKSPACES = ['apps', 'packages', 'services'];

const isGlob = (path: string) => /[*?{}[\]]|^!/.test(path);

function kindOf(path: string): 'file' | 'folder' | undefined {
  try {
    const stat = statSync(path);
    return stat.isDirectory() ? 'folder' : 'file';
  } catch {
    return undefined;
  }
}

/** The nearest name beside a path that is not there, as a question. */
function neighbour(path: string, base: string): string {
  const { files, folders } = nodeDisk.list(dirname(resolve(base, path)));
  const others = [...folders, ...[...files].filter((name) => /\.sql$/i.test(name))];
  const meant = nearest(basename(path), others);
  return meant === undefined ? '' : `; did you mean ${join(dirname(path), meant)}?`;
}

interface DefaultPaths {
  paths: readonly string[];
  base: string;
  /** Who names them, in front of what is wrong with one. */
  from?: string;
}

/** The paths to lint if no argument names one: those of the configuration, or the usual folders that exist. */
export async function defaultPaths(cwd: string, configs: ConfigFinder): Promise<DefaultPaths> {
  const config = await configs.ofFolder(cwd);
  if (config?.files)
    return { paths: config.files, base: config.folder, from: `"files" of ${relative(cwd, config.path)}: ` };
  const roots = [
    cwd,
    ...flatMap(WORKSPACES, (name) => [...nodeDisk.list(join(cwd, name)).folders].sort().map((f) => join(cwd, name, f))),
  ];
  const usual = flatMap(roots, migrationsBelow);
  const found = usual.length > 0 ? usual : flatMap(foldersBelow(cwd), migrationsBelow);
  return { paths: outermost(found).map((path) => relative(cwd, path)), base: cwd };
}

/** How deep, and in how many folders, projects are looked for where none is at the usual place. */
const MAX_DEPTH = 3;
const MAX_FOLDERS = 2000;
/** Folders whose content is made or fetched by a program. */
const FOREIGN = new Set(['node_modules', 'vendor', 'dist', 'build', 'target', 'out', 'coverage', 'venv']);

/** The folders in which a repository may hold its projects, the outermost first. */
function foldersBelow(cwd: string): string[] {
  const folders: string[] = [];
  let level = [cwd];
  for (let depth = 0; depth < MAX_DEPTH && folders.length < MAX_FOLDERS; depth++) {
    level = flatMap(level, (folder) =>
      [...nodeDisk.list(folder).folders]
        .filter((name) => !name.startsWith('.') && !FOREIGN.has(name))
        .sort()
        .map((name) => join(folder, name)),
    );
    folders.push(...level);
  }
  return folders.slice(0, MAX_FOLDERS);
}

/** The usual folders that are in a folder, and those in which a tool keeps its migrations that begins there. */
function migrationsBelow(root: string): string[] {
  const usual = USUAL_FOLDERS.map((name) => join(root, name)).filter((path) => kindOf(path) === 'folder');
  const projects = new Projects(nodeDisk);
  const known = flatMap([root, ...usual], (folder) => [...projects.at(folder)]);
  return [
    ...flatMap(known, ({ site, files }) => [
      ...(files.some(({ path }) => path.startsWith(site.folder + sep)) ? [site.folder] : []),
      ...files.filter(({ role }) => role === 'seed').map(({ path }) => path),
    ]),
    ...usual,
  ];
}

/** Each path once, without those below another of them. */
const outermost = (paths: readonly string[]): string[] =>
  [...new Set(paths)].filter((path) => !paths.some((other) => path.startsWith(other + sep)));

/**
 * The SQL files that the arguments name: files, folders and globs; without arguments, those that the configuration
 * names, or else those of the usual folders. What the configuration or an ignore file excludes is left out.
 * @param onIgnored told of each file that is named and excluded all the same
 * @throws UserError for a path that is not there, for a folder or glob without SQL, and where all of it is excluded
 */
export async function findFiles(
  args: readonly string[],
  cwd: string,
  configs: ConfigFinder = new ConfigFinder(),
  onIgnored: (note: string) => void = warn,
): Promise<string[]> {
  const {
    paths: named,
    base,
    from = '',
  }: DefaultPaths = args.length > 0 ? { paths: args, base: cwd } : await defaultPaths(cwd, configs);
  if (named.length === 0)
    throw new UserError(
      `no migrations found: none of ${USUAL_FOLDERS.join(', ')} is here or in a folder below. Name the files or the ` +
        'folder: sql-lint path/to/migrations',
    );
  const ignoreFiles = new IgnoreFiles();
  const found = new Set<string>();
  let left = 0;
  const add = async (path: string, byName: boolean) => {
    const config = await configs.of(path);
    const by = ignoreFiles.ignores(path, byName)
      ? 'a .sqllintignore or .gitignore names it'
      : config?.ignores(path)
        ? `"ignores" of ${relative(cwd, config.path)} names it`
        : undefined;
    if (by === undefined) found.add(path);
    else if (byName) onIgnored(`${relative(cwd, path)} is left out: ${by}`);
    else left++;
  };
  for (const path of named) {
    const kind = kindOf(resolve(base, path));
    if (kind === 'file') {
      await add(resolve(base, path), true);
      continue;
    }
    if (!kind && !isGlob(path)) throw new UserError(`${from}${path}: no such file or folder${neighbour(path, base)}`);
    const files = kind === 'folder' ? sqlFilesIn(resolve(base, path)) : await matching(path, base);
    if (files.length === 0)
      throw new UserError(`${from}${path}: ${kind === 'folder' ? 'the folder holds no .sql file' : 'no file matches'}`);
    for (const file of files) await add(resolve(file), false);
  }
  if (found.size === 0 && left > 0)
    throw new UserError(`nothing to do: ${plural(left, 'SQL file')} found, and all are ignored`);
  return [...found];
}

/** The folders in which a new file would be linted: those that the arguments name, or the usual ones, and all below. */
export async function foldersOf(args: readonly string[], cwd: string, configs: ConfigFinder): Promise<string[]> {
  const { paths, base }: DefaultPaths = args.length > 0 ? { paths: args, base: cwd } : await defaultPaths(cwd, configs);
  return flatMap(paths, (path) => {
    if (path.startsWith('!')) return [];
    const whole = isGlob(path) ? (/^([^*?{}[\]]*)\//.exec(path)?.[1] ?? '.') : path;
    const kind = kindOf(resolve(base, whole));
    if (kind === 'file') return [dirname(resolve(base, whole))];
    return kind === 'folder' ? [...foldersIn(resolve(base, whole))] : [];
  });
}

/** A folder and all below it that may hold migrations. */
export function* foldersIn(folder: string): Generator<string> {
  yield folder;
  for (const name of nodeDisk.list(folder).folders)
    if (!name.startsWith('.') && name !== 'node_modules') yield* foldersIn(join(folder, name));
}

/**
 * The SQL files in a folder and all below it, but for what is hidden; as a glob finds them, which would have to be
 * loaded first.
 */
function sqlFilesIn(folder: string): string[] {
  return flatMap(readdirSync(folder, { withFileTypes: true }), (entry) => {
    if (entry.name.startsWith('.')) return [];
    if (entry.isDirectory()) return entry.name === 'node_modules' ? [] : sqlFilesIn(join(folder, entry.name));
    return entry.isFile() && /\.sql$/i.test(entry.name) ? [join(folder, entry.name)] : [];
  });
}

async function matching(pattern: string, cwd: string): Promise<string[]> {
  const { default: glob } = await import('fast-glob');
  return glob(pattern, {
    cwd,
    absolute: true,
    followSymbolicLinks: false,
    ignore: ['**/node_modules/**', '**/.git/**'],
    onlyFiles: true,
  });
}
