// The thread of an embedded PostgreSQL in Node.js. Plain JavaScript, because it is loaded by its address and must run
// without a build.
/* global WebAssembly */
import { readFile } from 'node:fs/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { gunzipSync } from 'node:zlib';
import { compilePostgres, operationsOf, unpack } from './machine.js';

/**
 * `progress` holds the step that runs, and when it began, in milliseconds after `began`.
 * @type {{
 *   progress: Int32Array, began: number, rewinding: 'memory' | 'image', code?: import('./machine.js').Code,
 *   extensions: string[], standIns: { name: string, control: string, sql: string }[]
 * }}
 */
const { progress, began, extensions, standIns, rewinding, code = await compile() } = workerData;
const { PGlite } = await import('@electric-sql/pglite');

/** What threads can share. */
async function compile() {
  const file = new URL('pglite.wasm', import.meta.resolve('@electric-sql/pglite'));
  return compilePostgres(await readFile(file));
}

/** pg_dump compiles itself again for every dump: as long as somebody holds this module, the engine knows the code. */
let pgDumpModule;

async function filesOf(name) {
  const { [name]: extension } = await import(`@electric-sql/pglite/contrib/${name}`);
  const { bundlePath } = await extension.setup(undefined, {});
  return unpack(gunzipSync(await readFile(bundlePath)));
}

const operations = operationsOf({
  PGlite,
  code,
  extensionFiles: (await Promise.all(extensions.map(filesOf))).flat(),
  standIns,
  rewinding,
  atStep(index) {
    Atomics.store(progress, 0, index);
    Atomics.store(progress, 1, Date.now() - began);
  },
  async dump(pg) {
    const file = new URL('pg_dump.wasm', import.meta.resolve('@electric-sql/pglite-tools/pg_dump'));
    pgDumpModule ??= await WebAssembly.compile(await readFile(file));
    const { pgDump } = await import('@electric-sql/pglite-tools/pg_dump');
    return (await pgDump({ pg })).text();
  },
});

parentPort.on('message', async ({ id, operation, ...rest }) => {
  try {
    parentPort.postMessage({ id, result: await operations[operation](rest) });
  } catch (error) {
    parentPort.postMessage({ id, error: error.message ?? String(error) });
  }
});
parentPort.postMessage({ ready: true, code });
