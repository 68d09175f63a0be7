// Compares what the language server shows with what the command finds, for every SQL file below some folders, each a
// project of its own: npm run build && node scripts/lsp-compare.js [FOLDER…] (default: the examples).
import { spawn, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import {
  createProtocolConnection,
  DiagnosticSeverity,
  StreamMessageReader,
  StreamMessageWriter,
} from 'vscode-languageserver/node';

const command = resolve('dist', 'cli.js');

/** @param {string} folder @returns {string[]} */
const foldersIn = (folder) =>
  readdirSync(folder)
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isDirectory());

/** What the command finds in a folder, by path. */
function found(folder) {
  const { stdout, stderr, status } = spawnSync(process.execPath, [command, '--format', 'json', '--no-cache', '.'], {
    cwd: folder,
    encoding: 'utf8',
    maxBuffer: 1 << 30,
  });
  if (status === 2) return { results: [], failed: stderr.trim().split('\n')[0] };
  return { results: JSON.parse(stdout), failed: undefined };
}

const asShown = ({ ruleId, severity, message, line, column, endLine, endColumn }) =>
  JSON.stringify([
    ruleId ?? 'unused-directive',
    severity === 2 ? DiagnosticSeverity.Error : DiagnosticSeverity.Warning,
    [line - 1, column - 1, endLine - 1, endColumn - 1],
    message,
  ]);

const shownAs = ({ code, severity, range: { start, end }, message }) =>
  JSON.stringify([code, severity, [start.line, start.character, end.line, end.character], message]);

/** Opens all files of a folder in a server of its own, and waits until it shows the same, or until it rests. */
async function compare(folder, results) {
  const server = spawn(process.execPath, [command, 'lsp', '--stdio'], { stdio: ['pipe', 'pipe', 'inherit'] });
  const connection = createProtocolConnection(
    new StreamMessageReader(server.stdout),
    new StreamMessageWriter(server.stdin),
  );
  const shown = new Map();
  let last = Date.now();
  connection.onNotification('textDocument/publishDiagnostics', ({ uri, diagnostics }) => {
    shown.set(uri, diagnostics.map(shownAs).join('\n'));
    last = Date.now();
  });
  connection.listen();
  const uri = pathToFileURL(folder).href;
  const workspaceFolders = [{ uri, name: folder }];
  await connection.sendRequest('initialize', { processId: null, rootUri: uri, workspaceFolders, capabilities: {} });
  await connection.sendNotification('initialized', {});
  const expected = new Map();
  for (const { filePath, messages } of results) {
    const address = pathToFileURL(filePath).href;
    expected.set(address, messages.map(asShown).join('\n'));
    await connection.sendNotification('textDocument/didOpen', {
      textDocument: { uri: address, languageId: 'sql', version: 1, text: readFileSync(filePath, 'utf8') },
    });
  }
  const different = () => [...expected].filter(([address, messages]) => shown.get(address) !== messages);
  while (different().length > 0 && Date.now() - last < REST_MS) await new Promise((wake) => setTimeout(wake, 100));
  const left = different().map(([address, messages]) => ({ address, messages, shown: shown.get(address) }));
  await connection.sendRequest('shutdown');
  await connection.sendNotification('exit');
  connection.dispose();
  return left;
}

/** A server that says nothing for so long says nothing more. */
const REST_MS = 30_000;

const given = process.argv.slice(2);
const folders = given.length > 0 ? given.map((path) => resolve(path)) : foldersIn(resolve('examples'));
let files = 0;
let findings = 0;
let wrong = 0;
for (const folder of folders) {
  const { results, failed } = found(folder);
  if (failed !== undefined) {
    console.log(`${folder}: ${failed}`);
    continue;
  }
  const different = await compare(folder, results);
  files += results.length;
  findings += results.reduce((sum, { messages }) => sum + messages.length, 0);
  wrong += different.length;
  for (const { address, messages, shown } of different)
    console.log(`${address}\n  the command:\n${messages}\n  the server:\n${shown}\n`);
}
console.log(`${folders.length} projects, ${files} files, ${findings} findings; different in ${wrong} files`);
process.exitCode = wrong > 0 ? 1 : 0;
