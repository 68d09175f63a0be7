/** What a live database has of a project, for the commands that say it and those that act on it. */
import { openLive } from '../database/live.ts';
import { nodeDisk } from '../disk/node.ts';
import { records } from '../project/records/index.ts';
import { psql } from '../project/tools/psql.ts';
import { readLedger, type Ledger } from '../schema/ledger.ts';
import { readObjects, readServer } from '../schema/objects.ts';
import { statusOf, type FileStatus } from '../schema/status.ts';
import { playing, readDatabaseUrl, textsOf, type LiveProject } from './live-project.ts';
import { startBar } from './bar.ts';

export interface Standing {
  title: string;
  database: { database: string; server: string; version: number };
  /** Undefined where the table of the tool is not one that is read. */
  ledger: Ledger | undefined;
  files: FileStatus[];
}

/** The role that runs migrations on the embedded PostgreSQL. */
const EMBEDDED_OWNER = 'postgres';

/** Which database is meant, and what is there before the first migration. */
export interface StandingRequest {
  'database-url'?: string | undefined;
  env?: string | undefined;
  environment?: string | undefined;
}

export async function readStanding(live: LiveProject, request: StandingRequest): Promise<Standing> {
  const { files, project, title } = live;
  const database = await openLive(readDatabaseUrl(request['database-url'], request.env), 'sql-lint status', {
    reads: true,
  });
  const bar = startBar(process.stderr);
  try {
    const isRead = records[(project.tool ?? psql).name] !== undefined;
    const ledger = isRead ? await readLedger(database.ask, project, textsOf(live), nodeDisk) : undefined;
    const server = await readServer(database.ask);
    const objects = await readObjects(database.ask, { server, owners: [EMBEDDED_OWNER] });
    bar.update(0, files.length, 'PostgreSQL starts');
    // Whoever runs plain files has no table unless sql-lint has made it.
    const recorded = ledger?.exists || project.tool ? ledger?.files : undefined;
    const statuses = await statusOf(files, objects, recorded, {
      ...playing(live, request.environment),
      owners: server.owners,
      onProgress: (done, path) => bar.update(done, files.length, path),
    });
    return {
      title,
      database: { database: database.database, server: database.server, version: database.version },
      ledger,
      files: statuses,
    };
  } finally {
    bar.done();
    await database.close();
  }
}
