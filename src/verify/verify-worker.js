// One embedded PostgreSQL in a thread of its own: a statement that never ends blocks the thread it runs in, and only a
// thread can be given up. Plain JavaScript, because it is loaded by its address and must run without a build.
import { parentPort, workerData } from 'node:worker_threads';

const EXTENSION_DIRECTORY = '/pglite/share/postgresql/extension';

// PGlite's own, without `-O`, which would let a migration change the system catalogs' structure, and without a
// search_path; the smaller buffers and WAL make a copy of the database cheaper.
const START = [
  '--single', '-F', '-j',
  ...[
    'exit_on_error=false', 'log_checkpoints=false', 'io_method=sync',
    'max_worker_processes=0', 'max_parallel_workers=0', 'max_parallel_workers_per_gather=0', 'max_parallel_maintenance_workers=0',
    'shared_buffers=16MB',
  ].flatMap((setting) => ['-c', setting]),
];

/** @type {{ extensions: string[], standIns: { name: string, control: string, sql: string }[], image?: Blob }} */
const { extensions, standIns, image } = workerData;
const { PGlite } = await import('@electric-sql/pglite');
const bundles = await Promise.all(extensions.map(async (name) => [name, (await import(`@electric-sql/pglite/contrib/${name}`))[name]]));
const db = await PGlite.create({
  extensions: Object.fromEntries(bundles),
  startParams: START,
  initDbStartParams: ['--wal-segsize=1', '--no-sync'],
  ...(image && { loadDataDir: image }),
});
for (const { name, control, sql } of standIns) {
  db.Module.FS.writeFile(`${EXTENSION_DIRECTORY}/${name}.control`, control);
  db.Module.FS.writeFile(`${EXTENSION_DIRECTORY}/${name}--1.0.sql`, sql);
}

/** Ends what a migration left open, so that what follows starts as a new session would. */
async function reset() {
  await db.exec('ROLLBACK');
  await db.exec('RESET SESSION AUTHORIZATION; RESET ROLE; RESET ALL');
  // A single-user backend does not apply the settings that are stored for a database or a role.
  const { rows } = await db.query(`
    SELECT split_part(setting, '=', 1) AS name, substr(setting, strpos(setting, '=') + 1) AS value
    FROM pg_db_role_setting JOIN pg_database d ON datname = current_database(), unnest(setconfig) AS setting
    WHERE setdatabase IN (0, d.oid) AND setrole IN (0, (SELECT oid FROM pg_roles WHERE rolname = session_user))
    ORDER BY setrole <> 0, setdatabase <> 0`);
  // Some can only be given when the server starts.
  for (const { name, value } of rows) await db.query('SELECT set_config($1, $2, false)', [name, value]).catch(() => undefined);
}

const operations = {
  async run({ steps, onError }) {
    let failure;
    for (const [index, { sql, copy }] of steps.entries()) {
      parentPort.postMessage({ step: index });
      try {
        if (copy === undefined) await db.exec(sql);
        else await db.exec(sql.replace(/\bfrom\s+stdin\b/i, "FROM '/dev/blob'"), { blob: new Blob([copy]) });
      } catch (error) {
        // What is not an error of PostgreSQL's is a crash of the embedding.
        if (!error.code) throw error;
        const { code, message, detail, hint, position } = error;
        failure ??= { step: index, code, message, detail, hint, ...(position && { position: Number(position) }) };
        if (onError === 'stop') break;
      }
    }
    if (failure && onError === 'stop') await reset();
    return failure;
  },
  async query({ sql }) {
    return (await db.query(sql)).rows;
  },
  async reset() {
    await reset();
  },
  async dump() {
    const { pgDump } = await import('@electric-sql/pglite-tools/pg_dump');
    try {
      return await (await pgDump({ pg: db })).text();
    } finally {
      // pg_dump leaves its read-only transaction open and the search_path empty.
      await reset();
    }
  },
  async image() {
    await db.exec('CHECKPOINT');
    // A File cannot be sent to another thread, a Blob can, and without copying it.
    return new Blob([await db.dumpDataDir('none')]);
  },
};

await reset();
parentPort.on('message', async ({ id, operation, ...rest }) => {
  try {
    parentPort.postMessage({ id, result: await operations[operation](rest) });
  } catch (error) {
    parentPort.postMessage({ id, error: error.message ?? String(error) });
  }
});
parentPort.postMessage({ ready: true });
