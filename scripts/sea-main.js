// Runs first in the single-file build (scripts/sea.js). Its files are unpacked once, beside the cache, because threads
// and WebAssembly are read from files. Then the command starts as it does from node_modules.
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { getAsset } from 'node:sea';
import { pathToFileURL } from 'node:url';
import { gunzipSync } from 'node:zlib';

/** Where systems keep what programs can make again. */
function cacheFolder() {
  const { XDG_CACHE_HOME, LOCALAPPDATA } = process.env;
  if (XDG_CACHE_HOME) return XDG_CACHE_HOME;
  if (process.platform === 'win32') return LOCALAPPDATA ?? join(homedir(), 'AppData', 'Local');
  return join(homedir(), process.platform === 'darwin' ? 'Library/Caches' : '.cache');
}

const folder = join(cacheFolder(), 'sql-lint', `program-${getAsset('digest', 'utf8')}`);

/** Two runs may unpack at the same time: each into a folder of its own, and the first one counts. */
function unpack() {
  const own = `${folder}.${process.pid}`;
  const bytes = gunzipSync(Buffer.from(getAsset('files')));
  const length = bytes.readUInt32LE(0);
  let at = 4 + length;
  for (const [path, size] of JSON.parse(bytes.toString('utf8', 4, at))) {
    mkdirSync(dirname(join(own, path)), { recursive: true });
    writeFileSync(join(own, path), bytes.subarray(at, (at += size)), { mode: 0o600 });
  }
  try {
    renameSync(own, folder);
  } catch (error) {
    rmSync(own, { recursive: true, force: true });
    if (!existsSync(folder)) throw error;
  }
}

if (!existsSync(folder)) unpack();
// What is built in knows import() of Node.js's own modules only; a file knows it of all.
const load = createRequire(join(folder, 'dist', 'cli.js'))('./import.cjs');
load(pathToFileURL(join(folder, 'dist', 'cli.js')).href).catch((error) => {
  process.stderr.write(`${error?.stack ?? String(error)}\n`);
  process.exitCode = 2;
});
