// What an editor waits for: npm run bench -- --case lsp
import { spawn, spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { createProtocolConnection, StreamMessageReader, StreamMessageWriter } from 'vscode-languageserver/node';
import { writeFiles } from './inputs.js';

const command = join(dirname(fileURLToPath(import.meta.url)), '..', 'dist', 'cli.js');
const FILES = 2000;
const LINES = 500;
/** After so many keys V8 has optimised what it will. */
const WARM_UP = 100;
const KEYS = 300;

const at = (numbers, share) => [...numbers].sort((a, b) => a - b)[Math.floor(share * (numbers.length - 1))];
const nameOf = (n) => `${String(n).padStart(6, '0')}_feature.sql`;

/** Megabytes that a process has in memory. */
const memoryOf = (pid) =>
  Number(spawnSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' }).stdout) / 1024;

const TICKS_PER_SECOND = 100;

/** How long the processors have worked for a process, in ms, where Linux tells: what else the machine does is not in it. */
function workOf(pid) {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /, '')
      .split(' ');
    return ((Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND) * 1000;
  } catch {
    return NaN;
  }
}

/** A file of some lines, about objects of its own. */
function longFile(folder) {
  const one = readFileSync(join(folder, nameOf(1)), 'utf8');
  let text = '';
  for (let n = 1; text.split('\n').length < LINES; n++) text += one.replaceAll('_1', `_9${n}`);
  return text;
}

/** A server that has one file of a folder open. */
async function startServer(folder, path, text) {
  const server = spawn(process.execPath, [command, 'lsp'], { stdio: ['pipe', 'pipe', 'inherit'] });
  const connection = createProtocolConnection(
    new StreamMessageReader(server.stdout),
    new StreamMessageWriter(server.stdin),
  );
  const uri = pathToFileURL(path).href;
  const shown = new Promise((resolve) =>
    connection.onNotification('textDocument/publishDiagnostics', (params) => {
      if (params.uri === uri) resolve(undefined);
    }),
  );
  connection.listen();
  await connection.sendRequest('initialize', {
    processId: null,
    rootUri: pathToFileURL(folder).href,
    capabilities: {},
  });
  await connection.sendNotification('initialized', {});
  const textDocument = { uri, languageId: 'sql', version: 1, text };
  await connection.sendNotification('textDocument/didOpen', { textDocument });
  await shown;
  return { server, connection, uri };
}

/**
 * Types in a text, one key after the other, and asks for what is found each time.
 * @param {Awaited<ReturnType<typeof startServer>>} server
 * @param {string} text
 * @returns how long each took, and the work of one, in ms
 */
async function type({ connection, uri, server: { pid } }, text) {
  const lines = text.split('\n');
  const times = [];
  let before = 0;
  for (let key = 0; key < WARM_UP + KEYS; key++) {
    if (key === WARM_UP) before = workOf(pid);
    // A word is typed at the end of a line, and then one somewhere else.
    const line = (Math.floor(key / 8) * 37) % (lines.length - 1);
    const end = { line, character: lines[line].length };
    lines[line] += key % 8 === 0 ? ' --' : 'x';
    const start = performance.now();
    await connection.sendNotification('textDocument/didChange', {
      textDocument: { uri, version: key + 2 },
      contentChanges: [{ range: { start: end, end }, text: key % 8 === 0 ? ' --' : 'x' }],
    });
    await connection.sendRequest('textDocument/diagnostic', { textDocument: { uri } });
    if (key >= WARM_UP) times.push(performance.now() - start);
    // Nobody types faster.
    await new Promise((resolve) => setTimeout(resolve, 30));
  }
  return { times, work: (workOf(pid) - before) / KEYS };
}

async function one(title, folder, path, text) {
  const started = performance.now();
  const server = await startServer(folder, path, text);
  const first = performance.now() - started;
  const firstWork = workOf(server.server.pid);
  const { times, work } = await type(server, text);
  const memory = memoryOf(server.server.pid);
  await server.connection.sendRequest('shutdown');
  await server.connection.sendNotification('exit');
  server.connection.dispose();
  const row = [first, firstWork, at(times, 0.5), at(times, 0.95), at(times, 1), work, memory].map((n) => n.toFixed(0));
  console.log(`| ${title} | ${row.join(' | ')} |`);
}

/** Measures the language server where many migrations run before the one that is typed. */
export async function languageServer(folder) {
  writeFiles(folder, FILES);
  const text = longFile(folder);
  const last = join(folder, nameOf(FILES + 1));
  writeFileSync(last, text);
  console.log(
    `\n### The language server, ${FILES.toLocaleString('en')} migrations, a file of ${text.split('\n').length} lines\n\n` +
      '| | first diagnostics after the start, ms | the same, time of the processors | a key, median, ms | ' +
      '95th percentile | longest | time of the processors for a key | memory, MB |\n' +
      '|---|--:|--:|--:|--:|--:|--:|--:|',
  );
  await one('the last file', folder, last, text);
  await one('the file in the middle', folder, join(folder, nameOf(FILES / 2)), text.replaceAll('_9', '_8'));
}
