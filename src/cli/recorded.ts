/** Which files a database has, by the table of their migration tool. */
import { openLive } from '../database/live.ts';
import { nodeDisk } from '../disk/node.ts';
import type { Project } from '../project/types.ts';
import { readLedger } from '../schema/ledger.ts';
import { readSource } from './files.ts';
import { readDatabaseUrl } from './live-project.ts';

/** A database, by its URL or by the name of its environment. */
export interface NamedDatabase {
  url: string | undefined;
  env: string | undefined;
}

/**
 * The absolute paths of the files that are recorded as applied.
 * @throws UserError where there is no such database, or the records of a tool cannot be read
 */
export async function recordedFiles(projects: Iterable<Project>, { url, env }: NamedDatabase): Promise<Set<string>> {
  const database = await openLive(readDatabaseUrl(url, env), 'sql-lint --fix', { reads: true });
  const recorded = new Set<string>();
  try {
    for (const project of projects) {
      const paths = project.forward.filter((path) => project.roles.get(path) === 'up');
      const texts = paths.map((path) => ({ path, text: readSource(path).text }));
      const { files } = await readLedger(database.ask, project, texts, nodeDisk);
      for (const { path, row } of files) if (row && !row.isFailed) recorded.add(path);
    }
    return recorded;
  } finally {
    await database.close();
  }
}
