/** The files of a squash: which are squashed, where it is written, and what becomes of them. */
import { existsSync, mkdirSync, readdirSync, renameSync, rmdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { nodeDisk } from '../disk/node.ts';
import { UserError } from '../errors.ts';
import { flatMap } from '../lists.ts';
import { plural } from '../plural.ts';
import { placeOfWayBack } from '../project/back.ts';
import { nameIn, positionIn, roleIn } from '../project/find.ts';
import type { Project } from '../project/types.ts';
import { squashedIn } from '../schema/squash/head.ts';
import { readSource } from './files.ts';
import type { LiveProject } from './live-project.ts';

/** The absolute paths of the files that are squashed. @throws UserError where `to` names none of them */
export function squashedFiles({ paths, project }: LiveProject, to: string | undefined): readonly string[] {
  if (paths.length < 2) throw new UserError('there is nothing to squash: it takes two migrations at least');
  if (to === undefined) return paths;
  const at = paths.findIndex((path) => {
    const name = nameIn(project.site, path);
    const own = relative(project.site.folder, ownPath(project, path));
    return path === resolve(to) || name === to || own === to || versionOf(basename(own)) === to;
  });
  if (at < 0) throw new UserError(`--to ${to}: there is no such migration`);
  return paths.slice(0, at + 1);
}

/** A migration that has a folder of its own, or the file itself. */
function ownPath({ tool, site }: Project, path: string): string {
  const hasFolder = !tool?.deep && dirname(path) !== site.folder;
  return hasFolder ? dirname(path) : path;
}

const VERSION = /^(\d{4}-\d\d-\d\d-\d{6}|[UVuv]?\d+(?:[._]\d+(?![a-z\d]))*)(?=\D|$)/i;
const versionOf = (name: string): string | undefined => VERSION.exec(name)?.[1]?.replace(/^[UVuv]/, '');

/** Where a squash belongs: it has the version of the last file that it stands for, so that it is recorded already. */
export function placeOf(project: Project, last: string): string {
  const own = ownPath(project, last);
  const old = basename(own);
  const version = VERSION.exec(old)?.[1];
  const between = version === undefined ? '' : (/^_+|^-|^\./.exec(old.slice(version.length))?.[0] ?? '_');
  const ending = own === last ? (/(?:\.up)?\.sql$/.exec(old)?.[0] ?? '.sql') : '';
  const name =
    version === undefined ? `squashed${ending}` : `${version}${between === '.' ? '_' : between}squashed${ending}`;
  return join(dirname(own), name, relative(own, last));
}

/** What becomes of the files that are there. */
export interface Changes {
  /** Files that move to `to`, or are deleted. */
  gone: readonly { path: string; to?: string }[];
  /** The folders that held one migration each. */
  folders: readonly string[];
  archive: string;
}

/**
 * What is to be changed; undefined where nothing is to be written.
 * @throws UserError where a file would be lost, or where the squash would not run
 */
export function changesOf(
  project: Project,
  squashed: readonly string[],
  target: string,
  { out, archive: isArchived, delete: isDeleted }: { out?: string; archive?: boolean; delete?: boolean },
): Changes | undefined {
  if (out === undefined && !isArchived && !isDeleted) return undefined;
  if (out === undefined) refuseMisplaced(project, squashed, target);
  const { folder } = project.site;
  const archive = join(dirname(folder), 'archive');
  const files = isArchived || isDeleted ? filesOf(project, squashed) : [];
  const gone = files.map((path) => (isArchived ? { path, to: join(archive, relative(folder, path)) } : { path }));
  const taken = isArchived && gone.find(({ to }) => existsSync(to!));
  if (taken)
    throw new UserError(`${shown(taken.to!)} is there already: move the archive away, or use --out or --delete`);
  const isFree = !existsSync(target) || files.includes(target) || (!project.roles.has(target) && isSquash(target));
  if (!isFree) throw new UserError(`${shown(target)} is there already: give --out the name of another file`);
  const folders = squashed.map((path) => ownPath(project, path)).filter((own, k) => own !== squashed[k]);
  return { gone, folders, archive };
}

/** The files of migrations: their ways back go with them, and all that is in a folder of their own. */
function filesOf(project: Project, squashed: readonly string[]): string[] {
  return flatMap(squashed, (path) => {
    const own = ownPath(project, path);
    if (own !== path)
      return flatMap(readdirSync(own, { withFileTypes: true }), (entry) =>
        entry.isDirectory() ? [] : join(own, entry.name),
      );
    const back = placeOfWayBack(project, path);
    return 'file' in back && existsSync(back.file) ? [path, back.file] : path;
  });
}

/** @throws UserError where the tool would not run the squash in the place of its files */
function refuseMisplaced(project: Project, squashed: readonly string[], target: string): void {
  const { tool, site } = project;
  const isRecorded = (path: string) => tool?.recorded?.(nameIn(site, path), site, nodeDisk) !== undefined;
  if (tool && (typeof tool.begins === 'string' || squashed.some(isRecorded)))
    throw new UserError(
      `${tool.title} keeps a list of its files: give --out FILE, and write it into the list yourself`,
    );
  if (roleIn(project, target) !== 'up' || positionIn(project, target) > squashed.length)
    throw new UserError(
      `${shown(target)} would not run in the place of the migrations: give --out the name of a file that does`,
    );
}

const isSquash = (path: string): boolean =>
  statSync(path).isFile() && squashedIn(readSource(path, Infinity).text).length > 0;

/**
 * Puts a squash where it belongs, and the other files away: all of it, or nothing.
 * @returns what was done
 * @throws UserError where a file cannot be written
 */
export function writeSquash(text: string, target: string, { gone, folders, archive }: Changes): string[] {
  const whole = join(dirname(target), `.${basename(target)}.${process.pid}.sql-lint`);
  const moved: { path: string; to: string }[] = [];
  try {
    // The squash is on the disk before a file leaves its place. It may have the name of one that it stands for.
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(whole, text, { flag: 'wx', flush: true });
    for (const { path, to } of gone) {
      if (to === undefined) continue;
      mkdirSync(dirname(to), { recursive: true });
      renameSync(path, to);
      moved.push({ path, to });
    }
    renameSync(whole, target);
  } catch (error) {
    for (const { path, to } of moved) renameSync(to, path);
    rmSync(whole, { force: true });
    throw new UserError(`${shown(target)} cannot be written (${codeOf(error)}); the migrations are where they were`);
  }
  for (const { path, to } of gone) if (to === undefined && path !== target) remove(path, target);
  for (const folder of folders) removeEmpty(folder);
  const done = [`${shown(target)} was written`];
  if (gone.length === 0) return done;
  const files = plural(gone.length, 'file');
  return [...done, moved.length > 0 ? `${files} moved to ${shown(archive)}` : `${files} deleted`];
}

const shown = (path: string): string => relative(process.cwd(), path);
const codeOf = (error: unknown): string => (error as NodeJS.ErrnoException).code ?? String(error);

function remove(path: string, target: string): void {
  try {
    rmSync(path);
  } catch (error) {
    const rest = `${shown(path)} cannot be deleted (${codeOf(error)})`;
    throw new UserError(`${shown(target)} was written, but ${rest}: delete the files that it stands for`);
  }
}

/** Prisma refuses a folder without a migration in it. */
function removeEmpty(folder: string): void {
  try {
    rmdirSync(folder);
  } catch {
    // Other folders are in it.
  }
}
