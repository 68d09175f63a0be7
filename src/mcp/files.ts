/** The files that a call is about. */
import { realpathSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { findFiles } from '../cli/paths.ts';
import { disk, type Store } from '../cli/tasks.ts';
import { ConfigFinder } from '../config/load.ts';
import { UserError } from '../errors.ts';
import { MAX_FILE_BYTES } from '../history/files.ts';
import { plural } from '../plural.ts';
import type { Call } from './call.ts';
import type { Roots } from './roots.ts';
import { storeOf } from './text-store.ts';

/** What one call may ask for. Files before these are read as the command reads them. */
const MOST_BYTES = 2_000_000;
const MOST_FILES = 2_000;

export const subject = {
  text: z.string().optional().describe('SQL that is not in a file yet. Give `path` too, so that history counts.'),
  path: z
    .string()
    .optional()
    .describe('With `text`: the file that it belongs to, or will be saved as; it need not exist. Alone: a file.'),
  paths: z
    .array(z.string())
    .max(500)
    .optional()
    .describe('Files, folders or globs. With neither `text` nor `paths`: all migrations of the project.'),
};

export type Subject = z.output<z.ZodObject<typeof subject>>;

/** Files of one root, and where they are read. */
export interface Target {
  root: string;
  files: readonly string[];
  store: Store;
  configs: ConfigFinder;
  /** Whether it is a text of which nobody has said where it belongs: nothing has run before it. */
  isAlone: boolean;
}

/** The name of a text that belongs nowhere. */
const UNNAMED = 'text.sql';

/** The files that are asked for, root by root. @throws UserError where there is none, or one must not be read */
export async function targetsOf(asked: Subject, { roots }: Call, note: (line: string) => void): Promise<Target[]> {
  const { text, path, paths } = asked;
  if (text !== undefined) {
    if (paths) throw new UserError('give either text or paths');
    return [targetOfText(text, path, roots)];
  }
  if (path !== undefined && paths) throw new UserError('give either path or paths');
  const given = path === undefined ? (paths ?? []) : [path];
  const named = new Map<string, string[]>();
  for (const one of given) {
    const { root, path: found } = roots.find(one);
    if (/\.\w+$/.test(found) && !/\.sql$/i.test(found) && isFile(found)) throw new UserError(`${one}: is no .sql file`);
    named.set(root, [...(named.get(root) ?? []), found]);
  }
  const targets = given.length === 0 ? await targetsOfAll(roots, note) : await targetsOfNamed(named, note);
  const files = targets.reduce((sum, target) => sum + target.files.length, 0);
  if (files > MOST_FILES)
    throw new UserError(`${plural(files, 'file')} are asked for; at most ${MOST_FILES} are taken at once: name some`);
  for (const target of targets) for (const file of target.files) refuse(file, roots);
  return targets;
}

const isFile = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isFile() === true;

/** @throws UserError for a file that lies elsewhere, or is too large */
function refuse(file: string, roots: Roots): void {
  roots.find(realpathSync(file));
  refuseLarge(roots.shown(file), statSync(file).size);
}

function refuseLarge(name: string, bytes: number): void {
  if (bytes > MOST_BYTES)
    throw new UserError(
      `${name} has ${Math.ceil(bytes / 1e6)} MB, and no more than ${MOST_BYTES / 1e6} MB are taken here; ` +
        'the command sql-lint reads larger files',
    );
}

function targetOfText(text: string, given: string | undefined, roots: Roots): Target {
  refuseLarge('the text', Buffer.byteLength(text));
  const { root, path } =
    given === undefined ? { root: roots.folders[0]!, path: join(roots.folders[0]!, UNNAMED) } : roots.find(given);
  if (!/\.sql$/i.test(path)) throw new UserError(`${given!}: a migration is called .sql`);
  const isAlone = given === undefined;
  const store = storeOf(path, text, !isAlone, MAX_FILE_BYTES);
  return { root, files: [path], store, configs: new ConfigFinder(), isAlone };
}

const onDisk = (root: string, files: readonly string[], configs: ConfigFinder): Target => ({
  root,
  files,
  store: disk(MAX_FILE_BYTES),
  configs,
  isAlone: false,
});

async function targetsOfNamed(
  named: ReadonlyMap<string, readonly string[]>,
  note: (line: string) => void,
): Promise<Target[]> {
  const targets: Target[] = [];
  for (const [root, paths] of named) {
    const configs = new ConfigFinder();
    targets.push(onDisk(root, await findFiles(paths, root, configs, note), configs));
  }
  return targets;
}

/** All migrations of each root. A root without migrations is none of a project, if another one has some. */
async function targetsOfAll(roots: Roots, note: (line: string) => void): Promise<Target[]> {
  const targets: Target[] = [];
  // One root may lie in another.
  const seen = new Set<string>();
  let mistake: unknown;
  for (const root of roots.folders) {
    const configs = new ConfigFinder();
    try {
      const files = (await findFiles([], root, configs, note)).filter((file) => !seen.has(file));
      for (const file of files) seen.add(file);
      targets.push(onDisk(root, files, configs));
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      mistake ??= error;
    }
  }
  if (targets.length === 0) throw mistake;
  return targets;
}
