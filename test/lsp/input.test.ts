/** What is not as it should be: the server says so, and goes on. */
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { CancellationTokenSource } from 'vscode-languageserver/node';
import { Editor, uriOf } from '../support/editor.ts';
import { createProject, type Project } from '../support/project.ts';

const PATIENCE = { timeout: 30_000, interval: 20 };
const TABLE = 'create table a (id int primary key);\n';

let project: Project;
let editor: Editor;
const uri = (name = 'migrations/001.sql') => uriOf(join(project.path, name));

beforeAll(async () => {
  // So many that the server is at work on them when it hears that nobody waits for an answer.
  const long = Array.from({ length: 60 }, (_, k) => [`long/migrations/${100 + k}.sql`, TABLE.repeat(100)] as const);
  project = createProject({ 'migrations/001.sql': TABLE, ...Object.fromEntries(long) });
  editor = await Editor.start([project.path]);
});
afterAll(async () => {
  expect(await editor.stop()).toBe(0);
  project.remove();
});
afterEach(async () => {
  // Whatever was said to it, it answers.
  editor.open(uri('migrations/009.sql'), 'create table b (id int primary key);\n');
  await vi.waitFor(() => expect(editor.codesOf(uri('migrations/009.sql'))).toContain('no-bare-create'), PATIENCE);
  for (const open of [...editor.documents.keys()]) editor.close(open);
});

const INVALID = -32602;
const position = { line: 0, character: 0 };

describe('a wrong request', () => {
  it.each([
    ['textDocument/codeAction', {}],
    ['textDocument/codeAction', { textDocument: { uri: 7 } }],
    ['textDocument/hover', { textDocument: {} }],
    ['textDocument/diagnostic', { textDocument: null }],
    ['textDocument/documentSymbol', 'x'],
    ['textDocument/hover', { textDocument: { uri: 'file:///nowhere.sql' }, position }],
    ['textDocument/definition', { textDocument: { uri: 'untitled:Untitled-1' }, position }],
    ['workspace/executeCommand', { command: 'sql-lint.nothing' }],
    ['workspace/executeCommand', { command: 'sql-lint.prove' }],
    ['workspace/executeCommand', { command: 'sql-lint.prove', arguments: [{}] }],
    ['workspace/executeCommand', { command: 'sql-lint.openRule', arguments: ['no-rule'] }],
    ['workspace/executeCommand', null],
  ])('%s %j is refused', (method, params) =>
    expect(editor.connection.sendRequest(method, params)).rejects.toMatchObject({ code: INVALID }),
  );

  it.each([
    ['textDocument/hover', { position: { line: -1, character: 'x' } }],
    ['textDocument/definition', {}],
    ['textDocument/codeAction', { range: {} }],
    ['textDocument/rename', { position, newName: 7 }],
  ])('%s %j of an open text is refused', async (method, params) => {
    editor.open(uri(), TABLE);
    await expect(
      editor.connection.sendRequest(method, { textDocument: { uri: uri() }, ...params }),
    ).rejects.toMatchObject({ code: INVALID });
  });

  it('is passed over where nobody waits for an answer', () => {
    editor.notify('textDocument/didChange', {});
    editor.notify('textDocument/didOpen', { textDocument: 'x' });
    editor.notify('textDocument/didClose', { textDocument: { uri: 'file:///nowhere.sql' } });
    editor.notify('workspace/didChangeWorkspaceFolders', {});
    editor.notify('workspace/didChangeConfiguration', 7);
    editor.notify('workspace/didChangeWatchedFiles', null);
    editor.notify('sql-lint/unknown', {});
    return expect(editor.connection.sendRequest('sql-lint/unknown', {})).rejects.toMatchObject({ code: -32601 });
  });

  it('is not answered once it is cancelled', async () => {
    const last = uri('long/migrations/900.sql');
    editor.open(last, TABLE);
    const cancel = new CancellationTokenSource();
    const params = { textDocument: { uri: last }, range: { start: position, end: position }, context: {} };
    const asked = editor.connection.sendRequest('textDocument/codeAction', params, cancel.token);
    cancel.cancel();
    await expect(asked).rejects.toMatchObject({ code: -32800 });
  });
});

describe('a text', () => {
  it('that is not SQL is looked at all the same', async () => {
    editor.open(uri(), '\u0000\u0001<html>\uD800 $$ \' " /* \u2028');
    await vi.waitFor(() => expect(editor.codesOf(uri())).toContain('no-syntax-error'), PATIENCE);
    for (const method of ['foldingRange', 'documentSymbol', 'codeLens'])
      expect(await editor.request(`textDocument/${method}`, { textDocument: { uri: uri() } })).toBeInstanceOf(Array);
  });

  it('of 20 MB is refused in one sentence', async () => {
    editor.open(uri(), TABLE.repeat(20_000_000 / TABLE.length));
    await vi.waitFor(
      () => expect(editor.diagnosticsOf(uri())).toMatchObject([{ message: /has 20 MB.*up to 5 MB/ }]),
      PATIENCE,
    );
    await expect(editor.request('textDocument/documentSymbol', { textDocument: { uri: uri() } })).rejects.toThrow(
      '20 MB',
    );
  });

  it('that was never saved stands for itself', async () => {
    editor.open('untitled:Untitled-1', `${TABLE}alter table nowhere add column b int;\n`);
    await vi.waitFor(() => expect(editor.codesOf('untitled:Untitled-1')).toContain('no-bare-create'), PATIENCE);
    expect(await editor.request('textDocument/codeLens', { textDocument: { uri: 'untitled:Untitled-1' } })).toEqual([]);
  });

  it('keeps its byte order mark', async () => {
    editor.open(uri(), `\uFEFF${TABLE}`);
    await vi.waitFor(
      () => expect(editor.diagnosticsOf(uri())[0]?.range.start).toEqual({ line: 0, character: 1 }),
      PATIENCE,
    );
    const [fixAll] = await editor.actions(uri(), ['source.fixAll.sql-lint']);
    editor.apply((await editor.resolve(fixAll!)).edit!);
    expect(editor.textOf(uri())).toBe('\uFEFFcreate table if not exists a (id int primary key);\n');
  });
});

describe('a configuration', () => {
  afterEach(() => {
    project.run('rm', '-f', 'sql-lint.config.json', 'sql-lint.config.mjs');
    editor.notify('workspace/didChangeWatchedFiles', { changes: [] });
  });

  const configure = (name: string, content: string) => {
    project.write(name, content);
    editor.notify('workspace/didChangeWatchedFiles', { changes: [] });
  };

  it('with a mistake is told of where the findings would be', async () => {
    configure('sql-lint.config.json', '{ "rules": { "no-bare-craete": "off" } }');
    editor.open(uri(), TABLE);
    await vi.waitFor(
      () => expect(editor.diagnosticsOf(uri())).toMatchObject([{ message: /no-bare-craete/, source: 'sql-lint' }]),
      PATIENCE,
    );
    project.run('rm', 'sql-lint.config.json');
    editor.notify('workspace/didChangeWatchedFiles', { changes: [] });
    await vi.waitFor(() => expect(editor.codesOf(uri())).toContain('no-bare-create'), PATIENCE);
  });

  it('under which a rule crashes leaves the server at work, and says so once', async () => {
    // The option is right when it is checked, and throws when the rule reads it.
    configure(
      'sql-lint.config.mjs',
      `let reads = 0;
       const option = { get pattern() { if (reads++ > 9) throw new Error('the sky falls'); return '.'; } };
       export default { rules: { 'require-file-name': ['error', option] } };`,
    );
    for (let k = 0; k < 15; k++)
      editor.open(uri(`migrations/1${k}.sql`), `create table t_${k} (id int primary key);\n`);
    await vi.waitFor(() => expect(editor.said).toEqual([expect.stringContaining('the sky falls')]), PATIENCE);
    expect(editor.logged.join('\n')).toMatch(/the sky falls\n\s+at .*pattern/);
    editor.said.length = 0;
  });
});

it('ends with its editor', async () => {
  const other = await Editor.start([project.path]);
  const ended = new Promise((resolve) => other.process.once('exit', resolve));
  other.notify('exit');
  // It was not told to shut down before.
  expect(await ended).toBe(1);
});

it('leaves nothing behind where it is killed while it proves', async () => {
  const other = await Editor.start([project.path]);
  other.open(uri(), TABLE);
  void other.execute('sql-lint.prove', uri()).catch(() => undefined);
  await vi.waitFor(() => expect(other.progress.length).toBeGreaterThan(0), PATIENCE);
  const ended = new Promise((resolve) => other.process.once('exit', resolve));
  other.process.kill('SIGKILL');
  await ended;
  expect(project.read('migrations/001.sql')).toBe(TABLE);
  expect(project.run('ls', '-A').trim().split('\n')).toEqual(['long', 'migrations']);
});
