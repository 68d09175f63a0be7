/** A session of an editor, from the first message to the last, through the protocol itself. */
import { afterEach, describe, expect, it, vi } from 'vitest';
import { CancellationTokenSource, type CodeAction, type Hover, type Location } from 'vscode-languageserver/node';
import { join } from 'node:path';
import { writeFileSync } from 'node:fs';
import { CAPABILITIES, Editor, uriOf, type EditorOptions } from '../support/editor.ts';
import { createProject, type Project } from '../support/project.ts';

const projects: Project[] = [];
const editors: Editor[] = [];
afterEach(() => {
  editors.splice(0).forEach((editor) => editor.kill());
  projects.splice(0).forEach((project) => project.remove());
});

const FIRST = 'create table if not exists notes (id int primary key, body text);\n';
const SECOND = 'alter table notes drop column body;\n';

function projectWith(files: Record<string, string>): Project {
  const project = createProject(files);
  projects.push(project);
  return project;
}

async function editorFor(folders: readonly Project[], options: EditorOptions = {}): Promise<Editor> {
  const editor = await Editor.start(
    folders.map(({ path }) => path),
    options,
  );
  editors.push(editor);
  return editor;
}

const migrations = () => projectWith({ 'migrations/001_notes.sql': FIRST, 'migrations/002_body.sql': SECOND });
const addressOf = ({ path }: Project, file: string) => uriOf(join(path, file));

/** Opens files as they are on the disk. */
function openAll(editor: Editor, project: Project, ...files: string[]): string[] {
  return files.map((file) => {
    const uri = addressOf(project, file);
    editor.open(uri, project.read(file));
    return uri;
  });
}

const PATIENCE = { timeout: 20_000, interval: 20 };

describe('a session', () => {
  it('goes from initialize to exit', async () => {
    const project = migrations();
    const other = projectWith({ 'migrations/001_other.sql': 'create table other (id int primary key);\n' });
    const editor = await editorFor([project, other]);
    expect(editor.initialized.serverInfo?.name).toBe('sql-lint');
    expect(editor.initialized.capabilities.positionEncoding).toBe('utf-16');

    // Diagnostics of what is on the disk, in both folders.
    const [first, second] = openAll(editor, project, 'migrations/001_notes.sql', 'migrations/002_body.sql');
    const [third] = openAll(editor, other, 'migrations/001_other.sql');
    await vi.waitFor(() => {
      expect(editor.codesOf(second!)).toEqual(['no-bare-drop']);
      expect(editor.codesOf(third!)).toContain('no-bare-create');
    }, PATIENCE);
    expect(editor.shown.get(second!)).toMatchObject({
      diagnostics: [
        {
          range: { start: { line: 0, character: 18 } },
          severity: 1,
          source: 'sql-lint',
          codeDescription: { href: expect.stringContaining('docs/rules/no-bare-drop.md') as string },
        },
      ],
    });

    // What is typed and not saved counts for the files behind it.
    editor.replace(first!, 'body text', 'title text');
    await vi.waitFor(() => expect(editor.codesOf(second!)).toContain('no-unknown-name'), PATIENCE);
    editor.replace(first!, 'title text', 'body text');
    await vi.waitFor(() => expect(editor.codesOf(second!)).toEqual(['no-bare-drop']), PATIENCE);

    // A configuration that is written.
    project.write('sql-lint.config.json', '{ "rules": { "no-bare-drop": "off" } }');
    editor.notify('workspace/didChangeWatchedFiles', {
      changes: [{ uri: addressOf(project, 'sql-lint.config.json'), type: 1 }],
    });
    await vi.waitFor(() => expect(editor.codesOf(second!)).toEqual([]), PATIENCE);
    expect(editor.codesOf(third!)).toContain('no-bare-create');
    expect(editor.registered).toContain('workspace/didChangeWatchedFiles');

    // Fix all, in the other folder.
    const [fixAll] = await editor.actions(third!, ['source.fixAll']);
    editor.apply((await editor.resolve(fixAll!)).edit!);
    await vi.waitFor(() => expect(editor.codesOf(third!)).not.toContain('no-bare-create'), PATIENCE);
    expect(editor.textOf(third!)).toContain('create table if not exists other');

    editor.close(second!);
    await vi.waitFor(() => expect(editor.diagnosticsOf(second!)).toEqual([]), PATIENCE);
    expect(await editor.stop()).toBe(0);
    expect(editor.said).toEqual([]);
  });

  it('offers what the command would do, and to leave it', async () => {
    const text =
      '-- the notes\ncreate table notes (id int primary key);\n  create index on notes (id);\ncreate table b ();\n';
    const project = projectWith({ 'migrations/001.sql': text });
    const editor = await editorFor([project]);
    const [uri] = openAll(editor, project, 'migrations/001.sql');
    await vi.waitFor(() => expect(editor.codesOf(uri!)).toContain('no-bare-create'), PATIENCE);

    /** What an action makes of the text, with the text put back. */
    const outcomeOf = async (action: CodeAction): Promise<string> => {
      editor.apply((await editor.resolve(action)).edit!);
      const after = editor.textOf(uri!);
      editor.edit(uri!, [
        { range: { start: { line: 0, character: 0 }, end: { line: 999, character: 0 } }, newText: text },
      ]);
      return after;
    };
    const actions = await editor.actions(uri!);
    const outcomes: Record<string, string> = {};
    for (const [k, action] of actions.entries())
      if (!action.command) outcomes[`${k} ${action.title}`] = await outcomeOf((await editor.actions(uri!))[k]!);
    const made = Object.entries(outcomes);
    expect(made.length).toBeGreaterThan(6);
    for (const [title, after] of made) expect(after, title).not.toBe(text);
    const of = (title: string) =>
      made.filter(([name]) => name.replace(/^\d+ /, '') === title).map(([, after]) => after);

    // Fix all is what the command does, for all rules and for one.
    project.lint('--fix', 'migrations/001.sql');
    expect(of('Fix all that sql-lint can fix')).toEqual([project.read('migrations/001.sql')]);
    project.write('migrations/001.sql', text);
    project.lint('--fix', '--rule', 'no-bare-create', 'migrations/001.sql');
    expect(of('Fix all no-bare-create in this file')).toEqual([project.read('migrations/001.sql')]);
    expect(of('Fix: no-bare-create')[0]).toBe(text.replace('create table notes', 'create table if not exists notes'));
    expect(of('Switch no-bare-create off in this file')[0]).toBe(
      text.replace('notes\n', 'notes\n-- sql-lint-disable-file no-bare-create -- say why\n'),
    );
    expect(of('Switch no-bare-create off for this line')[0]).toBe(
      text.replace('create table n', '-- sql-lint-disable-next-line no-bare-create -- say why\ncreate table n'),
    );

    // A rule that is switched off is silent.
    const off = actions.find(({ title }) => title === 'Switch no-bare-create off in this file')!;
    editor.apply(off.edit!);
    await vi.waitFor(() => expect(editor.codesOf(uri!)).not.toContain('no-bare-create'), PATIENCE);

    const page = actions.find(({ title }) => title === 'What no-bare-create is about')!.command!;
    await editor.execute(page.command, ...(page.arguments as unknown[]));
    expect(editor.opened).toEqual([expect.stringMatching(/^https:.*no-bare-create\.md$/)]);
    expect(await editor.stop()).toBe(0);
  });

  it('answers editors that ask for diagnostics themselves, and says when to ask again', async () => {
    const project = migrations();
    const editor = await editorFor([project], {
      capabilities: {
        workspace: { diagnostics: { refreshSupport: true } },
        textDocument: { diagnostic: {} },
      },
    });
    const [first, second] = openAll(editor, project, 'migrations/001_notes.sql', 'migrations/002_body.sql');
    const ask = (uri: string, previousResultId?: string) =>
      editor.request<{ kind: string; resultId: string; items: { code: string }[] }>('textDocument/diagnostic', {
        textDocument: { uri },
        previousResultId,
      });
    const report = await ask(second!);
    expect(report).toMatchObject({ kind: 'full', items: [{ code: 'no-bare-drop' }] });
    expect(await ask(second!, report.resultId)).toEqual({ kind: 'unchanged', resultId: report.resultId });
    const before = editor.refreshes;
    editor.replace(first!, 'body text', 'title text');
    await vi.waitFor(() => expect(editor.refreshes).toBeGreaterThan(before), PATIENCE);
    await vi.waitFor(async () => {
      expect((await ask(second!)).items.map(({ code }) => code)).toContain('no-unknown-name');
    }, PATIENCE);
    // They are not told twice.
    expect([...editor.shown.values()].flatMap(({ diagnostics }) => diagnostics)).toEqual([]);
    expect(await editor.stop()).toBe(0);
  });

  it('counts in bytes where the editor does', async () => {
    const text = "comment on table notes is 'é😀'; create table a (id int primary key);\n";
    const project = projectWith({ 'migrations/001.sql': text });
    const editor = await editorFor([project], {
      capabilities: { general: { positionEncodings: ['utf-8', 'utf-16'] } },
    });
    expect(editor.initialized.capabilities.positionEncoding).toBe('utf-8');
    const [uri] = openAll(editor, project, 'migrations/001.sql');
    const at = Buffer.byteLength(text.slice(0, text.indexOf('create')));
    await vi.waitFor(
      () =>
        expect(editor.diagnosticsOf(uri!).map(({ range }) => range.start)).toContainEqual({ line: 0, character: at }),
      PATIENCE,
    );
    // A change behind the wide characters, in bytes.
    editor.notify('textDocument/didChange', {
      textDocument: { uri, version: 2 },
      contentChanges: [
        {
          range: { start: { line: 0, character: at + 12 }, end: { line: 0, character: at + 12 } },
          text: ' if not exists',
        },
      ],
    });
    await vi.waitFor(() => expect(editor.codesOf(uri!)).not.toContain('no-bare-create'), PATIENCE);
    expect(await editor.stop()).toBe(0);
  });

  it('takes up settings, and folders that come and go', async () => {
    const project = projectWith({ 'migrations/001.sql': 'create table if not exists a (id int);\n' });
    const editor = await editorFor([project], { settings: { preset: 'recommended' } });
    const [uri] = openAll(editor, project, 'migrations/001.sql');
    await vi.waitFor(() => expect(editor.shown.has(uri!)).toBe(true), PATIENCE);
    expect(editor.codesOf(uri!)).not.toContain('require-primary-key');
    editor.settings = { preset: 'strict' };
    editor.notify('workspace/didChangeConfiguration', { settings: null });
    await vi.waitFor(() => expect(editor.codesOf(uri!)).toContain('require-primary-key'), PATIENCE);

    editor.settings = { preset: 'stirct', run: 'onSave' };
    editor.notify('workspace/didChangeConfiguration', { settings: null });
    await vi.waitFor(() => expect(editor.said).toEqual([expect.stringContaining('did you mean "strict"?')]), PATIENCE);
    await vi.waitFor(() => expect(editor.codesOf(uri!)).not.toContain('require-primary-key'), PATIENCE);

    // From now on a text is looked at when it is saved.
    editor.replace(uri!, 'create table if not exists', 'create table');
    await new Promise((resolve) => setTimeout(resolve, 700));
    expect(editor.codesOf(uri!)).not.toContain('no-bare-create');
    writeFileSync(join(project.path, 'migrations/001.sql'), editor.textOf(uri!));
    editor.notify('textDocument/didSave', { textDocument: { uri } });
    await vi.waitFor(() => expect(editor.codesOf(uri!)).toContain('no-bare-create'), PATIENCE);

    const other = projectWith({
      'migrations/001.sql': 'create table b (id int);\n',
      'sql-lint-baseline.json': '{ "findings": {} }',
    });
    editor.notify('workspace/didChangeWorkspaceFolders', {
      event: { added: [{ uri: uriOf(other.path), name: 'other' }], removed: [{ uri: uriOf(project.path), name: 'p' }] },
    });
    const [added] = openAll(editor, other, 'migrations/001.sql');
    await vi.waitFor(() => expect(editor.codesOf(added!)).toContain('no-bare-create'), PATIENCE);
    // What is known by the file of known findings is not shown.
    other.lint('--update-baseline');
    editor.notify('workspace/didChangeWatchedFiles', { changes: [] });
    await vi.waitFor(() => expect(editor.codesOf(added!)).toEqual([]), PATIENCE);
    expect(await editor.stop()).toBe(0);
  });
});

describe('what it shows of a place', () => {
  const FILES = {
    'migrations/001.sql': "create table notes (id int primary key, body text);\ncreate type mood as enum ('ok');\n",
    'migrations/002.sql': 'alter table notes rename to entries;\n',
    'migrations/003.sql':
      '-- sql-lint-disable-file no-bare-create -- it runs once\n' +
      'create policy own on entries using (body is not null);\n' +
      "create function f() returns mood\nlanguage sql as $$\n  select 'ok'::mood;\n$$;\n",
  };

  it('follows objects from file to file, under all their names', async () => {
    const project = projectWith(FILES);
    const editor = await editorFor([project]);
    const [uri] = openAll(editor, project, 'migrations/003.sql');
    const find = async (method: string, what: string) =>
      (
        await editor.request<Location[]>(method, { ...editor.at(uri!, what), context: { includeDeclaration: true } })
      ).map(({ uri: file, range: { start } }) => `${file.slice(-7)} ${start.line}:${start.character}`);
    expect(await find('textDocument/definition', 'entries')).toEqual(['001.sql 0:13']);
    expect(await find('textDocument/definition', 'body')).toEqual(['001.sql 0:40']);
    expect(await find('textDocument/definition', 'mood')).toEqual(['001.sql 1:12']);
    expect(await find('textDocument/references', 'entries')).toEqual([
      '001.sql 0:13',
      '002.sql 0:12',
      '002.sql 0:28',
      '003.sql 1:21',
    ]);

    const hover = async (what: string) => {
      const { contents } = await editor.request<Hover>('textDocument/hover', editor.at(uri!, what));
      return (contents as { value: string }).value;
    };
    expect(await hover('create policy')).toContain('A second run fails with 42710 (duplicate object).');
    expect(await hover('create policy')).toContain('`ACCESS EXCLUSIVE` on table');
    expect(await hover('create policy')).toMatch(/made in \[001\.sql:1\].*renamed in \[002\.sql:1\]/);
    expect(await hover('no-bare-create')).toMatch(/Require .*\[The page of no-bare-create\]\(https:/s);
    expect(await editor.stop()).toBe(0);
  });

  it('outlines and folds the text, and renames a rule in a comment', async () => {
    const project = projectWith(FILES);
    const editor = await editorFor([project]);
    const [first, uri] = openAll(editor, project, 'migrations/001.sql', 'migrations/003.sql');
    const about = { textDocument: { uri } };
    const symbols = await editor.request<{ name: string; children: { name: string }[] }[]>(
      'textDocument/documentSymbol',
      { textDocument: { uri: first } },
    );
    expect(symbols.map(({ name, children }) => [name, children.map((child) => child.name)])).toEqual([
      ['table "notes"', ['id', 'body']],
      ['type "mood"', []],
    ]);
    expect(await editor.request('textDocument/foldingRange', about)).toEqual([
      { startLine: 2, endLine: 5 },
      { startLine: 3, endLine: 5 },
    ]);
    const rule = editor.at(uri!, 'no-bare-create');
    expect(await editor.request('textDocument/prepareRename', rule)).toEqual({
      start: { line: 0, character: 25 },
      end: { line: 0, character: 39 },
    });
    await expect(editor.request('textDocument/rename', { ...rule, newName: 'no-bare-dorp' })).rejects.toThrow(
      'did you mean "no-bare-drop"?',
    );
    editor.apply(await editor.request('textDocument/rename', { ...rule, newName: 'no-bare-drop' }));
    expect(editor.textOf(uri!)).toContain('-- sql-lint-disable-file no-bare-drop -- it runs once');
    expect(await editor.stop()).toBe(0);
  });
});

describe('a proof', () => {
  it('stands at the statement that fails, until the text changes', async () => {
    const project = projectWith({
      'migrations/001.sql': 'create table if not exists a (id int primary key);\n',
      'migrations/002.sql': 'alter table a add column note text;\ncreate table b (id int);\n',
    });
    const editor = await editorFor([project]);
    const [uri] = openAll(editor, project, 'migrations/002.sql');
    const lenses = await editor.request<{ command: { title: string; command: string; arguments: unknown[] } }[]>(
      'textDocument/codeLens',
      { textDocument: { uri } },
    );
    expect(lenses.map(({ command }) => command.title)).toEqual(['Prove: run twice', 'Locks']);
    const [prove, locks] = lenses.map(({ command }) => command);
    const proofs = () => editor.diagnosticsOf(uri!).filter(({ source }) => source === 'sql-lint prove');
    // What is typed and not saved is run.
    editor.replace(uri!, 'add column note', 'add column if not exists note');
    expect(await editor.execute(prove!.command, ...prove!.arguments)).toMatchObject({
      ok: false,
      files: [{ uri, verdict: 'second-run-fails' }],
    });
    await vi.waitFor(() => expect(proofs()).toHaveLength(1), PATIENCE);
    expect(proofs()[0]).toMatchObject({
      range: { start: { line: 1, character: 0 } },
      message: expect.stringContaining('42P07') as string,
    });
    expect(editor.progress.map(({ kind }) => kind)).toEqual(expect.arrayContaining(['begin', 'report', 'end']));
    editor.replace(uri!, 'create table b', 'create table if not exists b');
    await vi.waitFor(() => expect(proofs()).toEqual([]), PATIENCE);
    expect(await editor.execute(prove!.command, ...prove!.arguments)).toMatchObject({ ok: true });

    await editor.execute(locks!.command, ...locks!.arguments);
    await vi.waitFor(
      () =>
        expect(editor.diagnosticsOf(uri!).filter(({ source }) => source === 'sql-lint locks')).toMatchObject([
          { range: { start: { line: 0 } }, message: expect.stringContaining('stops reads and writes: a') as string },
        ]),
      PATIENCE,
    );

    // One that nobody waits for any more is ended, and so is one whose text has changed.
    const cancel = new CancellationTokenSource();
    const ended = editor.connection.sendRequest(
      'workspace/executeCommand',
      { command: 'sql-lint.prove', arguments: [uri] },
      cancel.token,
    );
    cancel.cancel();
    await expect(ended).rejects.toMatchObject({ code: -32800 });
    const begun = () => editor.progress.filter(({ kind }) => kind === 'begin').length;
    const before = begun();
    const changed = editor.execute('sql-lint.prove', uri);
    await vi.waitFor(() => expect(begun()).toBe(before + 1), PATIENCE);
    editor.replace(uri!, 'id int', 'id bigint');
    await expect(changed).rejects.toMatchObject({ code: -32801 });
    expect(await editor.execute('sql-lint.proveProject', uri)).toMatchObject({ ok: true, message: /^2 files/ });
    expect(await editor.stop()).toBe(0);
  });

  it('runs when a file is saved, where that is set', async () => {
    const project = projectWith({ 'migrations/001.sql': 'create table a (id int primary key);\n' });
    const editor = await editorFor([project], {
      capabilities: { ...CAPABILITIES, workspace: {} },
      initializationOptions: { proveOnSave: true },
    });
    const [uri] = openAll(editor, project, 'migrations/001.sql');
    editor.notify('textDocument/didSave', { textDocument: { uri } });
    await vi.waitFor(
      () => expect(editor.diagnosticsOf(uri!).map(({ source }) => source)).toContain('sql-lint prove'),
      PATIENCE,
    );
    expect(await editor.stop()).toBe(0);
  });
});
