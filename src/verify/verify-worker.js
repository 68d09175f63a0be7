// One embedded PostgreSQL in a thread of its own: a statement that never ends blocks the thread it runs in, and only a
// thread can be given up. Plain JavaScript, because it is loaded by its address and must run without a build.
/* global WebAssembly */
import { Blob, Buffer } from 'node:buffer';
import { readFile } from 'node:fs/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { gunzipSync } from 'node:zlib';

const EXTENSION_DIRECTORY = '/pglite/share/postgresql/extension';

// PGlite's own, without `-O`, which would let a migration change the system catalogs' structure, and without a
// search_path; the smaller buffers and WAL make a copy of the database cheaper.
const START = [
  '--single',
  '-F',
  '-j',
  ...[
    'exit_on_error=false',
    'log_checkpoints=false',
    'io_method=sync',
    'max_worker_processes=0',
    'max_parallel_workers=0',
    'max_parallel_workers_per_gather=0',
    'max_parallel_maintenance_workers=0',
    'shared_buffers=16MB',
    'min_wal_size=2MB',
    'wal_recycle=off',
  ].flatMap((setting) => ['-c', setting]),
];

const DATA_DIRECTORY = '/pglite/data';

/** @type {{ extensions: string[], standIns: { name: string, control: string, sql: string }[], code?: { postgres: WebAssembly.Module, pgDump: WebAssembly.Module } }} */
const { extensions, standIns, code = await compile() } = workerData;
const { PGlite } = await import('@electric-sql/pglite');
const extensionFiles = (await Promise.all(extensions.map(bundleFiles))).flat();
let db;

/**
 * Compiles PostgreSQL and pg_dump. pg_dump compiles itself again for every dump: as long as somebody holds this module,
 * the engine finds that it knows the code already, and keeps what it has optimised.
 */
async function compile() {
  const load = async (specifier, file) =>
    WebAssembly.compile(await readFile(new URL(file, import.meta.resolve(specifier))));
  const [postgres, pgDump] = await Promise.all([
    load('@electric-sql/pglite', 'pglite.wasm'),
    load('@electric-sql/pglite-tools/pg_dump', 'pg_dump.wasm'),
  ]);
  return { postgres, pgDump };
}

/**
 * The files of an extension. PGlite would unpack and link every extension that it is given each time it starts; files
 * that merely lie in their place are linked when, and if, a migration uses them.
 */
async function bundleFiles(name) {
  const { [name]: extension } = await import(`@electric-sql/pglite/contrib/${name}`);
  const { bundlePath } = await extension.setup(undefined, {});
  const tar = gunzipSync(await readFile(bundlePath));
  const files = [];
  const field = (start, length) => tar.toString('utf8', start, start + length).replace(/\0.*$/s, '');
  for (let at = 0; at + 512 <= tar.length && tar[at] !== 0;) {
    const size = parseInt(field(at + 124, 12), 8);
    const kind = field(at + 156, 1);
    // Documentation and headers have no place to go to.
    if ((kind === '0' || kind === '') && /^(lib|share\/postgresql)\//.test(field(at, 100)))
      files.push({ path: `/pglite/${field(at, 100)}`, content: tar.subarray(at + 512, at + 512 + size) });
    at += 512 + Math.ceil(size / 512) * 512;
  }
  return files;
}

/**
 * The data directory as it is on disk, in one piece of memory that all threads share. PGlite's own way, a tar archive,
 * takes three times as long to write and to read.
 */
function takeImage(FS) {
  const directories = [];
  const files = [];
  const collect = (path) => {
    for (const name of FS.readdir(path)) {
      if (name === '.' || name === '..') continue;
      const inner = `${path}/${name}`;
      if (FS.isDir(FS.stat(inner).mode)) {
        directories.push(inner);
        collect(inner);
      } else files.push({ path: inner, content: FS.readFile(inner) });
    }
  };
  collect(DATA_DIRECTORY);
  const bytes = new Uint8Array(new SharedArrayBuffer(files.reduce((sum, { content }) => sum + content.length, 0)));
  let end = 0;
  const index = files.map(({ path, content }) => {
    bytes.set(content, end);
    return { path, start: end, end: (end += content.length) };
  });
  return { directories, files: index, bytes };
}

/** A file system in memory for PGlite, filled with an image if there is one. */
function fileSystem(image) {
  let pg;
  return {
    init(instance, emscriptenOpts) {
      pg = instance;
      return { emscriptenOpts };
    },
    initialSyncFs() {
      if (!image) return;
      const { FS } = pg.Module;
      // The files of this database are views of one copy, which is why they may be owned.
      const own = new Uint8Array(image.bytes);
      FS.mkdirTree(DATA_DIRECTORY);
      for (const directory of image.directories) FS.mkdir(directory);
      for (const { path, start, end } of image.files) FS.writeFile(path, own.subarray(start, end), { canOwn: true });
    },
    syncToFs() {
      // There is nothing beneath the memory.
    },
    closeFs() {
      pg.Module.FS.quit();
    },
  };
}

async function open(image) {
  if (db) await db.close();
  db = await PGlite.create({
    fs: fileSystem(image),
    pgliteWasmModule: code.postgres,
    startParams: START,
    initDbStartParams: ['--wal-segsize=1', '--no-sync'],
  });
  if (!image) {
    // Every copy would carry it along, and nothing here is ever made from it.
    await db.exec("UPDATE pg_database SET datistemplate = false WHERE datname = 'template0'");
    await db.exec('DROP DATABASE template0');
  }
  for (const { path, content } of extensionFiles) db.Module.FS.writeFile(path, content);
  for (const { name, control, sql } of standIns) {
    db.Module.FS.writeFile(`${EXTENSION_DIRECTORY}/${name}.control`, control);
    db.Module.FS.writeFile(`${EXTENSION_DIRECTORY}/${name}--1.0.sql`, sql);
  }
  await reset();
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
  for (const { name, value } of rows)
    await db.query('SELECT set_config($1, $2, false)', [name, value]).catch(() => undefined);
}

/** The database for pg_dump, which joins the pieces of an answer in time that grows with their square: it gets one piece. */
const inOneAnswer = {
  query: (sql) => db.query(sql),
  exec: (sql) => db.exec(sql),
  execProtocolRawStream(message, { onRawData }) {
    const pieces = [];
    const sent = db.execProtocolRawStream(message, {
      syncToFs: false,
      onRawData: (bytes) => pieces.push(bytes.slice()),
    });
    onRawData(Buffer.concat(pieces));
    return sent;
  },
};

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
      return await (await pgDump({ pg: inOneAnswer })).text();
    } finally {
      // pg_dump leaves its read-only transaction open and the search_path empty.
      await reset();
    }
  },
  async image() {
    await db.exec('CHECKPOINT');
    return takeImage(db.Module.FS);
  },
  async initialize() {
    await open();
    return { image: await operations.image(), code };
  },
  async open({ image }) {
    await open(image);
  },
};

parentPort.on('message', async ({ id, operation, ...rest }) => {
  try {
    parentPort.postMessage({ id, result: await operations[operation](rest) });
  } catch (error) {
    parentPort.postMessage({ id, error: error.message ?? String(error) });
  }
});
parentPort.postMessage({ ready: true });
