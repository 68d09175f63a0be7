/** Asks git for files that are staged or have changed, and for their content in the index. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { matcher, type Matcher } from '../config/match.ts';
import type { ConfigFinder } from '../config/load.ts';
import type { Disk } from '../disk/disk.ts';
import { nodeDisk } from '../disk/node.ts';
import { UserError } from '../errors.ts';
import { flatMap } from '../lists.ts';
import { nearest } from '../nearest.ts';
import { isVersion } from '../project/since.ts';
import { decode, encode, readSource, refuseLarge, writeSource, type SourceFile } from './files.ts';
import { IgnoreFiles } from './ignore.ts';
import type { Store } from './tasks.ts';
import { defaultPaths } from './paths.ts';

const MAX_OUTPUT = 1 << 30;

/** Runs git. @throws UserError with what git says */
function git(cwd: string, args: readonly string[], input?: Buffer): Buffer {
  try {
    return execFileSync('git', args, { cwd, input, maxBuffer: MAX_OUTPUT, stdio: ['pipe', 'pipe', 'pipe'] });
  } catch (error) {
    const { code, stderr } = error as { code?: string; stderr?: Buffer };
    if (code === 'ENOENT') throw new UserError('git is not installed, or not in the PATH');
    if (stderr?.includes('not a git repository'))
      throw new UserError(`${cwd} is in no git repository, so git cannot tell which files are meant`);
    throw new UserError(`git ${args[0]!}: ${stderr?.toString().trim().split('\n')[0] ?? String(error)}`);
  }
}

const topOf = (cwd: string) =>
  git(cwd, ['rev-parse', '--show-toplevel'])
    .toString()
    .replace(/\r?\n$/, '');
const lines = (output: Buffer) => output.toString().split('\0').filter(Boolean);
/** Added, copied, modified, renamed; not deleted. */
const FILTER = '--diff-filter=ACMR';

/** Where git looks for a hook; undefined outside of a repository. */
export function hookPath(cwd: string, name: string): string | undefined {
  try {
    return resolve(
      cwd,
      git(cwd, ['rev-parse', '--git-path', `hooks/${name}`])
        .toString()
        .trim(),
    );
  } catch {
    return undefined;
  }
}

/** Which of the repository's files are meant: those that are named, or else those that are linted without a name. */
async function wanted(
  paths: readonly string[],
  cwd: string,
  configs: ConfigFinder,
): Promise<(path: string) => Promise<boolean>> {
  const { paths: named, base } = paths.length > 0 ? { paths, base: cwd } : await defaultPaths(cwd, configs);
  const inside = (path: string) => !relative(base, path).startsWith('..');
  const matches: Matcher =
    named.length > 0
      ? matcher(
          base,
          named.map((p) => relative(base, resolve(base, p)).split(sep).join('/') || '**'),
        )
      : inside;
  const ignoreFiles = new IgnoreFiles();
  return async (path) =>
    path.endsWith('.sql') &&
    matches(path) &&
    !ignoreFiles.ignores(path, true) &&
    !(await configs.of(path))?.ignores(path);
}

async function filter(found: readonly string[], isWanted: (path: string) => Promise<boolean>): Promise<string[]> {
  const chosen: string[] = [];
  for (const path of found) if (await isWanted(path)) chosen.push(path);
  return chosen;
}

/** Runs git. Answers undefined where it fails. */
function attempt(cwd: string, args: readonly string[]): string | undefined {
  try {
    return execFileSync('git', args, { cwd, stdio: ['ignore', 'pipe', 'ignore'] })
      .toString()
      .trim();
  } catch {
    return undefined;
  }
}

const isCommit = (cwd: string, ref: string): boolean =>
  attempt(cwd, ['rev-parse', '--verify', '--quiet', '--end-of-options', `${ref}^{commit}`]) !== undefined;

/** Whether what `--since` says is a migration: an SQL file, or a version that git does not know as a commit. */
const namesMigration = (cwd: string, since: string): boolean =>
  /\.sql$/i.test(since) || (isVersion(since) && !isCommit(cwd, since));

/** Where what is new begins: at a commit or branch, or at a migration or its version. */
export interface Start {
  ref?: string;
  migration?: string;
}

/** What `--changed` and `--since` mean. @throws UserError where there is no branch to compare with */
export function startOf(cwd: string, since: string | undefined, changed = false): Start {
  if (changed) return { ref: defaultBranch(cwd) };
  if (since === undefined) return {};
  return namesMigration(cwd, since) ? { migration: since } : { ref: since };
}

/** The branch that pull requests go into, as the CI system says, or the repository. @throws UserError */
function defaultBranch(cwd: string): string {
  const { GITHUB_BASE_REF, CI_MERGE_REQUEST_TARGET_BRANCH_NAME } = process.env;
  const target = GITHUB_BASE_REF || CI_MERGE_REQUEST_TARGET_BRANCH_NAME;
  const ofRemote = attempt(cwd, ['symbolic-ref', '--quiet', '--short', 'refs/remotes/origin/HEAD']);
  const names = [
    ...(target ? [`origin/${target}`, target] : []),
    ...(ofRemote ? [ofRemote] : []),
    ...['origin/main', 'origin/master', 'main', 'master'],
  ];
  topOf(cwd);
  const found = names.find((name) => isCommit(cwd, name));
  if (found === undefined)
    throw new UserError('--changed finds no branch main or master to compare with; name it: --since BRANCH');
  return found;
}

/** The files of a branch that others have, as git knows them. */
export interface MergedFiles {
  branch: string;
  /** Absolute paths of the SQL files at the commit where the branch here left it. */
  files: ReadonlySet<string>;
  /** Those that have another text now. */
  changed: ReadonlySet<string>;
}

/** What is in the branch that pull requests go into; undefined where git does not tell. */
export function mergedFiles(cwd: string): MergedFiles | undefined {
  try {
    const top = topOf(cwd);
    const branch = defaultBranch(cwd);
    const base = mergeBase(top, branch);
    const paths = (output: Buffer) => new Set(lines(output).map((path) => join(top, path)));
    return {
      branch,
      files: paths(git(top, ['ls-tree', '-r', '--name-only', '--full-tree', '-z', base])),
      changed: paths(git(top, ['diff', '--name-only', '-z', '--diff-filter=M', base, '--', ':(icase)*.sql'])),
    };
  } catch (error) {
    if (error instanceof UserError) return undefined;
    throw error;
  }
}

/** Where the branch left a commit or another branch. @throws UserError where git does not know it */
function mergeBase(top: string, ref: string): string {
  // An option in the place of a name would be obeyed.
  if (ref.startsWith('-')) throw new UserError(`--since takes a commit, a branch or a migration, not "${ref}"`);
  if (!isCommit(top, ref)) {
    const branches = attempt(top, [
      'for-each-ref',
      '--format=%(refname:short)',
      'refs/heads',
      'refs/remotes',
      'refs/tags',
    ]);
    const meant = nearest(ref, branches?.split('\n') ?? []);
    throw new UserError(
      `--since: git knows no commit or branch "${ref}"; ` +
        (meant === undefined ? 'in CI, check out the whole history (fetch-depth: 0)' : `did you mean "${meant}"?`),
    );
  }
  const base = attempt(top, ['merge-base', ref, 'HEAD']);
  if (base === undefined)
    throw new UserError(
      `--since: "${ref}" and the branch here have no commit in common that git knows; fetch more of it`,
    );
  return base;
}

/** The files that have changed since a branch left `ref`, committed or not. */
export async function changedFiles(
  ref: string,
  paths: readonly string[],
  cwd: string,
  configs: ConfigFinder,
): Promise<string[]> {
  const top = topOf(cwd);
  const base = mergeBase(top, ref);
  const changed = lines(git(top, ['diff', '--name-only', '-z', FILTER, base, '--']));
  const untracked = lines(git(top, ['ls-files', '--others', '--exclude-standard', '-z']));
  return filter(
    [...new Set([...changed, ...untracked])].map((path) => join(top, path)),
    await wanted(paths, cwd, configs),
  );
}

/** The staged files, and the index as the place where they are read from and fixed. */
export async function stagedFiles(
  paths: readonly string[],
  cwd: string,
  configs: ConfigFinder,
  maxBytes: number,
): Promise<{ files: string[]; store: Store }> {
  const top = topOf(cwd);
  const staged = lines(git(top, ['diff', '--cached', '--name-only', '-z', FILTER])).map((path) => join(top, path));
  const files = await filter(staged, await wanted(paths, cwd, configs));
  // Files that run before them may differ from the index, too: what will be committed counts.
  const contents = new Map([...files, ...changedSinceStaged(top)].map((path) => [path, contentInIndex(top, path)]));
  return {
    files,
    store: {
      disk: indexDisk(top),
      texts: new Map([...contents].map(([path, content]) => [path, content.toString().replace(/^\uFEFF/, '')])),
      read: (path) => {
        const content = contents.get(path);
        // What is not in the index, or is the same there, is read where it is.
        if (!content) return readSource(path, maxBytes);
        refuseLarge(path, content.length, maxBytes);
        return decode(path, content);
      },
      write: (source, fixed, refix) => {
        const whole = isWhollyStaged(top, source.path);
        const blob = writeIndex(top, source, fixed);
        if (whole) fixWorkTree(source.path, refix);
        else mergeIntoWorkTree(top, source, blob, refix);
      },
    },
  };
}

/** The disk as it would be if there were no SQL files but those of the index. */
function indexDisk(top: string): Disk {
  const files = new Map<string, Set<string>>();
  const folders = new Map<string, Set<string>>();
  const add = (sets: Map<string, Set<string>>, folder: string, name: string) => {
    const known = sets.get(folder);
    if (known) known.add(name);
    else sets.set(folder, new Set([name]));
  };
  for (const path of lines(git(top, ['ls-files', '-z', '--', ':(icase)*.sql'])).map((p) => join(top, p))) {
    add(files, dirname(path), basename(path));
    for (let at = dirname(path); at !== top; at = dirname(at)) add(folders, dirname(at), basename(at));
  }
  const isStaged = (path: string) => files.get(dirname(path))?.has(basename(path)) === true;
  const content = (path: string) =>
    isStaged(path)
      ? contentInIndex(top, path)
          .toString()
          .replace(/^\uFEFF/, '')
      : undefined;
  return {
    list(folder) {
      const found = nodeDisk.list(folder);
      if (folder !== top && !folder.startsWith(top + sep)) return found;
      const others = [...found.files].filter((name) => !/\.sql$/i.test(name));
      return {
        files: new Set([...others, ...(files.get(folder) ?? [])]),
        folders: new Set([...found.folders, ...(folders.get(folder) ?? [])]),
      };
    },
    // What is on the disk differs from the index where `texts` says so.
    stat(path) {
      const found = nodeDisk.stat(path);
      if (found) return found;
      return isStaged(path) ? { bytes: contentInIndex(top, path).length, modified: 0 } : undefined;
    },
    head: (path) => nodeDisk.head(path) ?? content(path),
    read: (path) => nodeDisk.read(path) ?? content(path),
  };
}

/** The SQL files of which the index has another content than the work tree. In a conflict, it has more than one. */
function changedSinceStaged(top: string): string[] {
  const differing = (filter: string) =>
    lines(git(top, ['diff', '--name-only', '-z', `--diff-filter=${filter}`, '--', '*.sql']));
  const conflicts = new Set(differing('U'));
  return flatMap(differing('M'), (path) => (conflicts.has(path) ? [] : [join(top, path)]));
}

const contentInIndex = (top: string, path: string): Buffer => git(top, ['cat-file', 'blob', `:${local(top, path)}`]);

const local = (top: string, path: string) => relative(top, path).split(sep).join('/');

/** Whether the work tree has nothing that is not staged. */
const isWhollyStaged = (top: string, path: string) =>
  lines(git(top, ['diff', '--name-only', '-z', '--', path])).length === 0;

/** Puts the fixed text into the index, with the mode that the file has there. */
function writeIndex(top: string, source: SourceFile, fixed: string): Buffer {
  const path = local(top, source.path);
  const mode = git(top, ['ls-files', '--stage', '-z', '--', path]).toString().split(' ')[0]!;
  const content = encode({ ...source, text: fixed });
  const object = git(top, ['hash-object', '-w', '--stdin'], content).toString().trim();
  git(top, ['update-index', '--cacheinfo', `${mode},${object},${path}`]);
  return content;
}

/** The work tree may have other line ends than the index, so its text is fixed for itself. */
function fixWorkTree(path: string, refix: (text: string) => string): void {
  const work = readSource(path, Infinity);
  const fixed = refix(work.text);
  if (fixed !== work.text) writeSource(work, fixed);
}

/** Brings a fix into a file that has changes which are not staged, as git merges. */
function mergeIntoWorkTree(top: string, staged: SourceFile, fixed: Buffer, refix: (text: string) => string): void {
  const work = readSource(staged.path, Infinity);
  const windows = work.text.includes('\r\n') && !staged.text.includes('\r\n');
  const lineEnds = (content: Buffer) => (windows ? Buffer.from(content.toString().replaceAll('\n', '\r\n')) : content);
  const folder = mkdtempSync(join(tmpdir(), 'sql-lint-'));
  let merged: string;
  try {
    const names = ['work', 'staged', 'fixed'].map((name) => join(folder, name));
    [encode(work), lineEnds(encode(staged)), lineEnds(fixed)].forEach((content, k) =>
      writeFileSync(names[k]!, content),
    );
    merged = decode(staged.path, git(top, ['merge-file', '-p', ...names])).text;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    // What is not staged touches the lines of a fix: the file's own text is fixed instead, which keeps it too.
    merged = refix(work.text);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  if (merged !== work.text) writeSource(work, merged);
}
