/** What the commands for a live database need to know: which project, and which database. */
import { existsSync, readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { parseEnv } from 'node:util';
import type { ConfigFinder } from '../config/load.ts';
import type { LoadedConfig } from '../config/settings.ts';
import { nodeDisk } from '../disk/node.ts';
import { UserError } from '../errors.ts';
import { plural } from '../plural.ts';
import { Projects } from '../project/find.ts';
import type { Project, Runner } from '../project/types.ts';
import { plainStatements } from '../project/plain-quotes.ts';
import type { NewRow } from '../project/records/types.ts';
import type { ProjectText } from '../schema/ledger.ts';
import { looksLikeSupabase, type MigrationFile } from '../verify/index.ts';
import { cacheFolder } from './cache.ts';
import { readSource } from './files.ts';
import { migrationOf, readEnvironment } from './migrations.ts';
import { findFiles } from './paths.ts';

/** A project whose migrations a database has, or is to have. */
export interface LiveProject {
  project: Project;
  config: LoadedConfig | undefined;
  /** The migrations that run forward once, in their order, with paths to show. */
  files: readonly MigrationFile[];
  /** The absolute path of each, in the same order. */
  paths: readonly string[];
  runnersOf: (file: MigrationFile) => readonly Runner[];
  /** `Supabase project, 12 migrations`. */
  title: string;
}

/** The one project of some paths. @throws UserError where there is none, or several */
export async function liveProject(given: readonly string[], configs: ConfigFinder): Promise<LiveProject> {
  const cwd = process.cwd();
  const projects = new Projects(nodeDisk);
  const found = new Map<Project, string>();
  for (const path of await findFiles(given, cwd, configs)) {
    const project = projects.of(path, (await configs.of(path))?.tool);
    if (!found.has(project)) found.set(project, path);
  }
  const [project, ...others] = [...found.keys()];
  if (!project) throw new UserError('there is no migration; name the folder that they are in');
  if (others.length > 0) {
    const folders = [project, ...others].map(({ site }) => relative(cwd, site.folder) || '.');
    throw new UserError(`there are several projects here (${folders.join(', ')}); name one of their folders`);
  }
  // Seeds and what runs again at every change are not recorded as migrations are.
  const paths = project.forward.filter((path) => project.roles.get(path) === 'up');
  const files = paths.map((path) => ({
    ...migrationOf(project, path, readSource(path).text),
    path: relative(cwd, path) || path,
  }));
  const at = new Map(files.map(({ path }, k) => [path, paths[k]!]));
  const kind = project.tool ? `${project.tool.title} project` : 'A folder of SQL files';
  return {
    project,
    config: await configs.ofFolder(project.site.folder),
    files,
    paths,
    runnersOf: ({ path, text }) => projects.runnersOf(project, { path: at.get(path) ?? path, text }),
    title: `${kind}, ${plural(paths.length, 'migration')}`,
  };
}

/** How the migrations of a project are played. */
export function playing({ project, config, runnersOf }: LiveProject, environment: string | undefined) {
  return {
    environment: readEnvironment(environment ?? config?.environment, looksLikeSupabase(project.forward)),
    placeholders: config?.placeholders ?? {},
    runnersOf,
    cache: cacheFolder(process.env),
  };
}

/** The texts of the migrations, for the records of the tool. */
export const textsOf = ({ paths, files }: LiveProject): ProjectText[] =>
  paths.map((path, k) => ({ path, text: files[k]!.text }));

/** What is recorded of a migration besides its version and its checksum. */
export const recordedAs = ({ path, text }: MigrationFile): Pick<NewRow, 'path' | 'statements'> => ({
  path,
  statements: plainStatements(text, { start: 0, end: text.length }).map(({ start, end }) => text.slice(start, end)),
});

/**
 * The URL of the database that is meant.
 * @param name the environment: `.env.NAME` has its DATABASE_URL, or the variable DATABASE_URL_NAME
 * @throws UserError where neither is given
 */
export function readDatabaseUrl(url: string | undefined, name: string | undefined): string {
  if (url !== undefined && name !== undefined) throw new UserError('--database-url and --env exclude each other');
  if (url !== undefined) return url;
  if (name === undefined) throw new UserError('which database? Give --database-url URL, or --env NAME');
  const path = `.env.${name}`;
  const variable = `DATABASE_URL_${name.toUpperCase().replace(/\W/g, '_')}`;
  const found =
    (existsSync(path) ? parseEnv(readFileSync(path, 'utf8')).DATABASE_URL : undefined) ?? process.env[variable];
  if (!found) throw new UserError(`--env ${name} needs DATABASE_URL in the file ${path}, or the variable ${variable}`);
  return found;
}
