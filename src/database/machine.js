// One embedded PostgreSQL in a thread of its own: a statement that never ends blocks the thread it runs in, and only a
// thread can be given up. Plain JavaScript, because threads load it by its address and without a build. It runs in
// Node.js and in browsers: whatever differs is in what the thread brings along.
/* global Blob, TextDecoder, WebAssembly */
import { Buffer } from 'node:buffer';
import { blockLine } from './block-line.js';
import { takeImage, writeImage } from './image.js';
import { copyFiles, copyOnWrite, Memory, restoreFiles } from './memory.js';
import { pipelineOf, simpleQuery } from './protocol.js';

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

/**
 * PostgreSQL as it is compiled, with the bytes of memory that it begins with where that is not PGlite's own choice, and
 * with its files where PGlite would have to fetch them.
 * @typedef {{ postgres: WebAssembly.Module, initialMemory?: number, files?: Blob }} Code
 */

/**
 * What a thread brings along: PGlite's class, PostgreSQL, what lies beside it, and what the thread does in its own way.
 * @typedef {{
 *   PGlite: { create(options: object): Promise<any> }, code: Code,
 *   extensionFiles: { path: string, content: Uint8Array }[],
 *   standIns: { name: string, control: string, sql: string }[], rewinding: 'memory' | 'image',
 *   atStep(index: number): void, dump(pg: object): Promise<string>
 * }} Surroundings
 */

/** A thread has one embedded PostgreSQL at a time. @type {Surroundings} */
let around;

/** A PostgreSQL that runs, and that copies of its memory can be taken of and written back to. */
class Machine {
  db;
  /** How many libraries it has linked: JavaScript knows them from then on, also when the memory forgets them. */
  #loads = 0;
  #stack;
  /** Where the stack ends while PostgreSQL waits for a message. */
  #idle;
  #memory;

  /** @param {import('./image.js').Image | undefined} image a data directory; without one, initdb makes it */
  static async open(image) {
    const machine = new Machine();
    const { PGlite, code } = around;
    machine.db = await PGlite.create({
      fs: machine.#fileSystem(image),
      pgliteWasmModule: code.postgres,
      ...(code.initialMemory && { initialMemory: code.initialMemory }),
      ...(code.files && { fsBundle: code.files }),
      startParams: START,
      initDbStartParams: ['--wal-segsize=1', '--no-sync'],
    });
    await machine.#prepare(image === undefined);
    return machine;
  }

  async #prepare(isNew) {
    const { db } = this;
    if (isNew) {
      // Every copy would carry it along, and nothing here is ever made from it.
      await db.exec("UPDATE pg_database SET datistemplate = false WHERE datname = 'template0'");
      await db.exec('DROP DATABASE template0');
      // What is frozen was there from the beginning, which is how the state is told from it.
      await db.exec('VACUUM FREEZE');
    }
    const { FS } = db.Module;
    for (const { path, content } of around.extensionFiles) FS.writeFile(path, content);
    for (const { name, control, sql } of around.standIns) {
      FS.writeFile(`${EXTENSION_DIRECTORY}/${name}.control`, control);
      FS.writeFile(`${EXTENSION_DIRECTORY}/${name}--1.0.sql`, sql);
    }
    // Links PL/pgSQL, so that the way back to any copy is the short one.
    await db.exec('DO $$ BEGIN END $$');
    this.#idle = this.#stack.value;
    await this.reset();
    this.#memory = new Memory(() => db.Module.HEAPU8);
  }

  /** A file system in memory for PGlite, filled with an image if there is one. */
  #fileSystem(image) {
    let pg;
    return {
      init: (instance, emscriptenOpts) => {
        pg = instance;
        const { instantiateWasm } = emscriptenOpts;
        const instantiate = (imports, done) => {
          const { env } = imports;
          this.#stack = env.__stack_pointer;
          const link = env._dlopen_js;
          env._dlopen_js = Object.assign(
            (handle) => {
              this.#loads++;
              return link(handle);
            },
            { sig: link.sig },
          );
          return instantiateWasm(imports, done);
        };
        return { emscriptenOpts: { ...emscriptenOpts, instantiateWasm: instantiate } };
      },
      initialSyncFs() {
        const { FS } = pg.Module;
        FS.writeFile('/tmp/file', '');
        copyOnWrite(FS, '/tmp', 'file');
        FS.unlink('/tmp/file');
        if (image) writeImage(FS, image);
      },
      syncToFs() {
        // There is nothing beneath the memory.
      },
      closeFs() {
        pg.Module.FS.quit();
      },
    };
  }

  /**
   * Gives back the part of the stack that refused statements still hold. PGlite ends them with an exception, and does
   * not give it back. After some hundreds of them, PostgreSQL refuses everything: "stack depth limit exceeded".
   */
  unwind() {
    this.#stack.value = this.#idle;
  }

  /** @returns {import('./memory.js').Copy} */
  copy() {
    return { blocks: this.#memory.copy(), files: copyFiles(this.db.Module.FS), loads: this.#loads };
  }

  /**
   * Writes a copy back.
   * @returns {boolean} whether it can go on from there; if not, it has linked libraries since, which its memory does
   * not know: then nothing may be run that would link them again
   */
  restore({ blocks, files, loads }) {
    this.#memory.restore(blocks);
    restoreFiles(this.db.Module.FS, files);
    this.unwind();
    return loads === this.#loads;
  }

  /** @param {import('./memory.js').Copy} copy */
  hasLinkedSince({ loads }) {
    return loads !== this.#loads;
  }

  /** The libraries that PostgreSQL has linked, as far as it still answers. */
  async libraries() {
    try {
      await this.ask('ROLLBACK');
      const [names] = await this.ask(LINKED);
      return names.map(([name]) => name);
    } catch {
      return [];
    }
  }

  async link(libraries) {
    for (const name of libraries) await this.ask(`LOAD '${name.replaceAll("'", "''")}'`).catch(() => undefined);
  }

  /** @param {import('./memory.js').Copy} copy @param {import('./memory.js').Copy[]} others those that stay */
  forget(copy, others) {
    this.#memory.release(
      copy.blocks,
      others.map(({ blocks }) => blocks),
    );
  }

  /** A session that was gone back in would draw the random numbers again that it has drawn already. */
  async reseed() {
    await this.ask(`SELECT pg_catalog.setseed(${Math.random()})`);
  }

  async image() {
    await this.ask('CHECKPOINT');
    return takeImage(this.db.Module.FS);
  }

  /**
   * Sends one message, and answers the rows of each statement. PGlite's own `exec` copies its table of all types each
   * time, and sends a second message.
   */
  async ask(sql) {
    const { messages } = await this.db.execProtocol(simpleQuery(sql), { syncToFs: false });
    const answers = [];
    let rows = [];
    let types = [];
    for (const message of messages) {
      if (message.name === 'rowDescription') types = message.fields.map(({ dataTypeID }) => dataTypeID);
      else if (message.name === 'dataRow') rows.push(message.fields.map((text, k) => this.#read(text, types[k])));
      else if (message.name === 'commandComplete') {
        answers.push(rows);
        rows = [];
      }
    }
    return answers;
  }

  #read(text, type) {
    return text === null ? null : (this.db.parsers[type]?.(text, type) ?? text);
  }

  /** Ends what a migration left open, so that what follows starts as a new session would. */
  async reset() {
    const answers = await this.ask(NEW_SESSION).catch(async (error) => {
      // A migration has discarded our own statements, or it is the first time.
      if (error.code !== '26000') throw error;
      await this.prepareOwn();
      return this.ask(NEW_SESSION);
    });
    const [[answer], settings] = answers.slice(-2);
    if (answer?.[0] !== 1) throw new Error('it does not answer');
    if (mayPrepare) await this.#deallocate();
    // Some can only be given when the server starts.
    for (const [name, value] of settings)
      await this.db.query('SELECT pg_catalog.set_config($1, $2, false)', [name, value]).catch(() => undefined);
  }

  prepareOwn() {
    return this.ask(`${OWN_STATEMENTS};\n${preparation}`);
  }

  /** What a migration has prepared goes, and what reads the state stays. */
  async #deallocate() {
    const [names] = await this.ask(PREPARED);
    for (const [name] of names) await this.ask(`DEALLOCATE ${name}`);
  }
}

const STORED_SETTINGS = '"sql-lint: stored settings"';

/**
 * DISCARD ALL, but for the statements that read the state; whether the database answers; and the settings that are
 * stored for a database or a role, which a single-user backend does not apply.
 */
const NEW_SESSION = `
  ROLLBACK; SET SESSION AUTHORIZATION DEFAULT; RESET ALL; CLOSE ALL; UNLISTEN *; DISCARD TEMP; DISCARD SEQUENCES;
  EXECUTE "sql-lint: unlock"; SELECT 1 FROM pg_catalog.pg_namespace LIMIT 1; EXECUTE ${STORED_SETTINGS}`;

/** What every new session asks; planning it each time would take longer than the answer. */
const OWN_STATEMENTS = `
  SET SESSION AUTHORIZATION DEFAULT; RESET ALL;
  SET search_path = pg_catalog;
  DEALLOCATE ALL;
  PREPARE "sql-lint: unlock" AS SELECT pg_advisory_unlock_all(), pg_stat_force_next_flush();
  PREPARE ${STORED_SETTINGS} AS SELECT split_part(setting, '=', 1), substr(setting, strpos(setting, '=') + 1)
    FROM pg_db_role_setting JOIN pg_database d ON datname = current_database(), unnest(setconfig) AS setting
    WHERE setdatabase IN (0, d.oid) AND setrole IN (0, (SELECT oid FROM pg_roles WHERE rolname = session_user))
    ORDER BY setrole <> 0, setdatabase <> 0;
  RESET search_path`;

const LINKED = 'SELECT file_name FROM pg_catalog.pg_get_loaded_modules()';

const PREPARED = "SELECT quote_ident(name) FROM pg_prepared_statements WHERE from_sql AND name !~ '^sql-lint: '";

/** @type {Machine} */
let machine;
/** @type {Map<number, { machine?: Machine, copy?: import('./memory.js').Copy, image?: import('./image.js').Image }>} */
const marks = new Map();
/** Statements that were prepared, to be prepared again. */
let preparation = '';
/** Whether something that has run may have prepared a statement, or made what does: looking for them takes long. */
let mayPrepare = false;

/**
 * The database for pg_dump, which joins the pieces of an answer in time that grows with their square: it gets one
 * piece.
 */
const inOneAnswer = {
  query: (sql) => machine.db.query(sql),
  exec: (sql) => machine.db.exec(sql),
  execProtocolRawStream(message, { onRawData }) {
    const pieces = [];
    const sent = machine.db.execProtocolRawStream(message, {
      syncToFs: false,
      onRawData: (bytes) => pieces.push(bytes.slice()),
    });
    onRawData(Buffer.concat(pieces));
    return sent;
  },
};

/** Whether a run was left at a failure, and what it left open is still open: as a rule somebody goes back instead. */
let isCutShort = false;

async function endTransaction() {
  if (isCutShort) await reset();
}

async function reset() {
  await machine.reset();
  isCutShort = false;
}

async function runSteps({ steps, onError }) {
  await endTransaction();
  mayPrepare ||= steps.some(({ sql }) => /prepare/i.test(sql));
  let failure;
  for (let index = 0; index < steps.length;) {
    const end = endOfPipeline(steps, index);
    around.atStep(index);
    const refusal = await send(steps.slice(index, end));
    if (refusal) {
      const { done, ...refused } = refusal;
      const step = end - index === 1 ? index : Math.min(index + done, end - 1);
      failure ??= { step, ...refused, ...(steps[step].statements && { statement: done }) };
      if (onError === 'stop') break;
    }
    index = end;
  }
  isCutShort = failure !== undefined && onError === 'stop';
  return failure;
}

function endOfPipeline(steps, start) {
  const { pipeline } = steps[start];
  let end = start + 1;
  if (pipeline !== undefined) while (steps[end]?.pipeline === pipeline) end++;
  return end;
}

/** @returns the error that PostgreSQL answers, and how many statements were done before it */
async function send(steps) {
  const [{ sql, copy, pipeline }] = steps;
  machine.unwind();
  if (copy !== undefined) return copyIn(sql, copy);
  const messages = pipeline === undefined ? simpleQuery(sql) : pipelineOf(steps.map((step) => step.sql));
  const answers = (await machine.db.execProtocol(messages, { throwOnError: false, syncToFs: false })).messages;
  const error = answers.find((answer) => answer.name === 'error');
  if (!error) return undefined;
  const done = answers.filter(({ name }) => name === 'commandComplete' || name === 'emptyQuery').length;
  return { done, ...told(error) };
}

async function copyIn(sql, copy) {
  try {
    await machine.db.exec(sql.replace(/\bfrom\s+stdin\b/i, "FROM '/dev/blob'"), { blob: new Blob([copy]) });
    return undefined;
  } catch (error) {
    // What is not an error of PostgreSQL's is a crash of the embedding.
    if (!error.code) throw error;
    return { done: 0, ...told(error) };
  }
}

const told = ({ code, message, detail, hint, position, where }) => ({
  code,
  message,
  detail,
  hint,
  ...(position && { position: Number(position) }),
  ...blockLine(where),
});

/** @returns whether it is the same PostgreSQL that was marked, which still counts its changes */
async function rewind({ mark }) {
  isCutShort = false;
  const kept = marks.get(mark);
  if (kept.copy) {
    machine = kept.machine;
    const libraries = machine.hasLinkedSince(kept.copy) ? await machine.libraries() : [];
    if (machine.restore(kept.copy)) {
      await machine.reseed();
      return true;
    }
    // JavaScript knows libraries that the memory has forgotten: only a new machine is sure not to mix them up.
    machine = await Machine.open(await machine.image());
    // What was linked once is linked again, as a rule: then the next way back is the short one.
    await machine.link(libraries);
    Object.assign(kept, { machine, copy: machine.copy() });
  } else {
    await machine.db.close().catch(() => undefined);
    machine = await Machine.open(kept.image);
  }
  return false;
}

const operations = {
  async open({ image }) {
    machine = await Machine.open(image);
  },
  run: runSteps,
  /** Prepares the statements that `query` executes. */
  async prepare({ sql }) {
    preparation = sql;
    await machine.ask(sql);
  },
  async query({ sql }) {
    const ask = async () => {
      machine.unwind();
      return (await machine.ask(sql)).filter((rows) => rows.length > 0);
    };
    return ask().catch(async (error) => {
      // A migration has discarded the prepared statements.
      if (error.code !== '26000') throw error;
      await machine.prepareOwn();
      return ask();
    });
  },
  reset,
  async dump() {
    try {
      return await around.dump(inOneAnswer);
    } finally {
      // pg_dump leaves its read-only transaction open and the search_path empty.
      await machine.reset();
    }
  },
  async mark({ mark }) {
    marks.set(
      mark,
      around.rewinding === 'memory' ? { machine, copy: machine.copy() } : { image: await machine.image() },
    );
  },
  rewind,
  /** Leaves nothing of what was done here before; the first mark is the beginning. */
  async restart({ mark }) {
    for (const id of marks.keys()) if (id !== mark) marks.delete(id);
    return rewind({ mark });
  },
  release({ mark }) {
    const kept = marks.get(mark);
    marks.delete(mark);
    if (!kept?.copy) return;
    const others = [...marks.values()].filter((other) => other.machine === kept.machine);
    kept.machine.forget(
      kept.copy,
      others.map(({ copy }) => copy),
    );
  },
  image: () => machine.image(),
};

/**
 * What can be asked of the embedded PostgreSQL, by name.
 * @param {Surroundings} surroundings
 */
export function operationsOf(surroundings) {
  around = surroundings;
  return operations;
}

/**
 * The files of an extension, as PGlite packs them. It would unpack and link every extension that it is given each time
 * it starts; files that merely lie in their place are linked when, and if, a migration uses them.
 * @param {Uint8Array} tar
 */
export function unpack(tar) {
  const files = [];
  const decoder = new TextDecoder();
  const field = (start, length) => decoder.decode(tar.subarray(start, start + length)).replace(/\0.*$/s, '');
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

/** How PGlite's module asks for memory, with 2048 pages as LEB128: three times as much as PostgreSQL takes. */
const ASKS_FOR_MEMORY = Buffer.from('\x03env\x06memory\x02\x01\x80\x10', 'latin1');

/** What PostgreSQL gets to begin with; it takes more when it needs more. */
const FIRST_PAGES = 512;

/**
 * Compiles PGlite's `pglite.wasm`, so that it begins with less memory: each copy, and each way back to one, reads all
 * the memory that there is.
 * @param {Buffer} bytes they are changed
 * @returns {Promise<Code>}
 */
export async function compilePostgres(bytes) {
  const at = bytes.indexOf(ASKS_FOR_MEMORY);
  if (at >= 0) bytes.set([0x80 | (FIRST_PAGES & 0x7f), FIRST_PAGES >> 7], at + ASKS_FOR_MEMORY.length - 2);
  return { postgres: await WebAssembly.compile(bytes), ...(at >= 0 && { initialMemory: FIRST_PAGES * 65_536 }) };
}
