/** What the commands that compare a database with the migrations have in common: the project, played, and its place. */
import { resolve } from 'node:path';
import { lintOptionsOf } from '../config/settings.ts';
import { ConfigFinder } from '../config/load.ts';
import { openLive } from '../database/live.ts';
import { nodeDisk } from '../disk/node.ts';
import { flatMap } from '../lists.ts';
import { fixText } from '../linter/fix.ts';
import type { Chain, ChainOptions } from '../schema/chain.ts';
import type { Source } from '../schema/drift.ts';
import { loadParser } from '../syntax/parser.ts';
import type { MigrationFile } from '../verify/index.ts';
import { FoundSettings } from '../workspace/open.ts';
import { Workspace } from '../workspace/workspace.ts';
import { readSource } from './files.ts';
import { liveProject, playing, type LiveProject } from './live-project.ts';
import { migrationOf } from './migrations.ts';

/** A project whose migrations are played. */
export interface PlayedProject {
  live: LiveProject;
  files: readonly MigrationFile[];
  isSupabase: boolean;
  options: ChainOptions;
}

/** @throws UserError where there is no project, or several */
export async function projectToPlay(given: readonly string[], environment: string | undefined): Promise<PlayedProject> {
  const live = await liveProject(given, new ConfigFinder());
  const { project } = live;
  // Rows of seeds are no part of a schema.
  const paths = project.forward.filter((path) => project.roles.get(path) !== 'seed');
  const known = new Map(live.paths.map((path, k) => [path, live.files[k]!]));
  const files = paths.map((path) => known.get(path) ?? migrationOf(project, path, readSource(path).text));
  const options = playing(live, environment);
  return { live, files, isSupabase: options.environment === 'supabase', options };
}

/** The objects of a live database, read in one transaction. */
export async function readLive(
  url: string,
  purpose: string,
): Promise<Source & { owners: readonly string[]; version: number }> {
  const { readObjects, readServer } = await import('../schema/objects.ts');
  const database = await openLive(url, purpose, { reads: true });
  try {
    const server = await readServer(database.ask);
    const objects = await readObjects(database.ask, { server });
    const title = `the database ${database.database} at ${database.server}`;
    return { title, objects, owners: server.owners, version: server.version };
  } finally {
    await database.close();
  }
}

/**
 * What cannot be played, as notes.
 * @param done what is not done with what it makes
 */
export const notesOf = ({ files }: Chain, done = 'compared'): string[] =>
  flatMap(files, ({ path, failure }) => {
    if (failure === undefined) return [];
    const [line, why] =
      failure.verdict === 'fails'
        ? [failure.failure.line, `${failure.failure.message} (${failure.failure.code})`]
        : [failure.line, failure.reason];
    const place = line === undefined ? path : `${path}:${line}`;
    return `${place} does not run on the embedded PostgreSQL: ${why}. What it makes is not ${done}.`;
  });

/**
 * What `--fix` makes of a text.
 * @param path where it is to lie, if it becomes a migration; elsewhere nothing is known of what ran before it
 */
export async function fixedText(text: string, path: string | undefined): Promise<string> {
  await loadParser();
  const at = resolve(path ?? 'drift.sql');
  const settings = await new FoundSettings(() => new ConfigFinder()).of(at);
  const workspace = new Workspace({ disk: nodeDisk });
  const place = path === undefined ? {} : workspace.placeOf(at, settings);
  return fixText(text, at, { ...lintOptionsOf(settings), ...place }).output ?? text;
}
