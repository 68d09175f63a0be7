/** The extension for VS Code: its parts, the client against the server, and the .vsix. */
import { execFileSync, spawnSync } from 'node:child_process';
import {
  createWriteStream,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import type { Readable } from 'node:stream';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { described, findServer } from '../../editors/vscode/src/server.ts';
import { initializationOptions, serverPath } from '../../editors/vscode/src/settings.ts';
import { Proofs, statusOf } from '../../editors/vscode/src/status.ts';
import { readSettings } from '../../src/lsp/client.ts';
import { createProject, type Project } from '../support/project.ts';
import { startLanguageServer } from '../support/language-server.ts';
import { loadExtension, standIn, type Activated, type StandIn } from '../support/vscode.ts';

const HOME = resolve('editors/vscode');

describe('the server', () => {
  let project: Project;
  const fake = (folder: string, version: string, hasServer = true) => {
    project.write(`${folder}/package.json`, JSON.stringify({ version }));
    project.write(`${folder}/dist/cli.js`, '');
    if (hasServer) project.write(`${folder}/dist/language-server.cjs`, '');
  };
  beforeAll(() => {
    project = createProject();
    fake('brought', '9.0.0');
  });
  afterAll(() => project.remove());
  const find = (setting: string, ...folders: string[]) =>
    findServer(
      setting,
      folders.map((folder) => join(project.path, folder)),
      join(project.path, 'brought'),
    );

  it('is the one that the extension brings, where the project has none', () => {
    const found = find('', 'app');
    expect(found).toEqual({
      kind: 'script',
      path: join(project.path, 'brought/dist/cli.js'),
      from: 'extension',
      version: '9.0.0',
    });
    expect(described(found)).toMatch(/^The server that the extension brings, version 9\.0\.0: /);
  });

  it('is that of the project, also from a folder below, unless it is too old', () => {
    fake('mono/node_modules/idempotent-sql-lint', '1.0.0');
    fake('old/node_modules/idempotent-sql-lint', '0.0.1', false);
    expect(find('', 'none', 'mono/apps/web')).toMatchObject({ from: 'project', version: '1.0.0' });
    expect(find('', 'old')).toMatchObject({ from: 'extension', note: expect.stringContaining('0.0.1') as string });
  });

  it('is what the settings name: a script, the folder of a package, or a program', () => {
    fake('app/own', '2.0.0');
    project.write('app/bin/sql-lint', '');
    expect(find('own/dist/cli.js', 'app')).toMatchObject({ kind: 'script', from: 'settings', version: '2.0.0' });
    expect(find(join(project.path, 'app/own'), 'app')).toMatchObject({ kind: 'script', from: 'settings' });
    expect(find('bin/sql-lint', 'app')).toMatchObject({ kind: 'program', from: 'settings' });
    expect(() => find('none.js', 'app')).toThrow('sql-lint.path is none.js, and there is no such file');
  });
});

describe('the settings', () => {
  const manifest = JSON.parse(readFileSync(join(HOME, 'package.json'), 'utf8')) as {
    version: string;
    contributes: { configuration: { properties: Record<string, { default: unknown; enum?: unknown[] }> } };
  };
  const { properties } = manifest.contributes.configuration;

  it('are those that the server knows, with its defaults', () => {
    const get = (name: string) => properties[`sql-lint.${name}`]!.default;
    expect(serverPath(get)).toBe('');
    expect(readSettings(initializationOptions(get))).toEqual(readSettings({}));
    for (const [name, { enum: values = [] }] of Object.entries(properties))
      for (const value of values) expect(readSettings({ [name.replace('sql-lint.', '')]: value }).mistakes).toEqual([]);
  });

  it('have values also where people write anything', () => {
    expect(initializationOptions(() => 7)).toEqual({ preset: '', run: 'onType', proveOnSave: false });
  });

  it('come with the version of the package', () => {
    expect(manifest.version).toBe((JSON.parse(readFileSync('package.json', 'utf8')) as { version: string }).version);
  });
});

describe('the status bar', () => {
  const base = { state: 'running', findings: 0, proof: undefined, server: 'The server' } as const;

  it.each([
    [{ ...base, findings: undefined }, undefined],
    [base, '$(check) sql-lint'],
    [{ ...base, findings: 2 }, '$(warning) sql-lint: 2'],
    [{ ...base, proof: { ok: true, message: 'runs twice', files: [] } }, '$(check) sql-lint  $(verified) proven'],
    [{ ...base, proof: { ok: false, message: 'a second run fails', files: [] } }, '$(check) sql-lint  $(x) not proven'],
    [{ ...base, state: 'starting' }, '$(sync~spin) sql-lint'],
    [{ ...base, state: 'stopped' }, '$(error) sql-lint'],
  ] as const)('says of %j', (known, text) => expect(statusOf(known)?.text).toBe(text));

  it('forgets a proof when the text changes', () => {
    const proofs = new Proofs();
    const files = [
      { uri: 'a', verdict: 'ok', message: 'runs twice' },
      { uri: 'b', verdict: 'fails', message: 'no' },
    ];
    proofs.add({ ok: false, message: '1 failed', files });
    expect([proofs.of('a')?.ok, proofs.of('b')?.ok, proofs.of('c')]).toEqual([true, false, undefined]);
    proofs.forget('a');
    expect(proofs.of('a')).toBeUndefined();
  });
});

/** Installs what the extension is built with. @returns why it cannot be; undefined where it is there */
function install(): string | undefined {
  const installed = join(HOME, 'node_modules', '.package-lock.json');
  const isFresh =
    existsSync(installed) && statSync(installed).mtimeMs > statSync(join(HOME, 'package-lock.json')).mtimeMs;
  if (isFresh) return undefined;
  const { status, stderr } = spawnSync(
    'npm',
    ['--prefix', HOME, 'ci', '--ignore-scripts', '--no-audit', '--no-fund', '--fetch-retry-maxtimeout=5000'],
    {
      encoding: 'utf8',
      timeout: 120_000,
    },
  );
  return status === 0
    ? undefined
    : `npm has not installed what the extension for VS Code is built with: ${/^npm error (?!code|errno|syscall)(.*)$/m.exec(stderr)?.[1] ?? stderr.trim()}`;
}

interface Entry {
  fileName: string;
}
interface Zip {
  readEntry(): void;
  openReadStream(entry: Entry, done: (error: Error | null, stream: Readable) => void): void;
  on(event: 'entry', listener: (entry: Entry) => void): Zip;
  on(event: 'end' | 'error', listener: (error?: Error) => void): Zip;
}

/** Unpacks a .vsix, as VS Code does. @returns the names of its files */
async function unpack(path: string, folder: string): Promise<string[]> {
  // What vsce unpacks with is there where vsce is.
  const { open } = createRequire(join(HOME, 'package.json'))('yauzl') as {
    open: (path: string, options: object, done: (error: Error | null, zip: Zip) => void) => void;
  };
  const names: string[] = [];
  return new Promise((done, failed) => {
    open(path, { lazyEntries: true }, (error, zip) => {
      if (error) return failed(error);
      zip
        .on('entry', (entry) => {
          const file = join(folder, entry.fileName);
          names.push(entry.fileName);
          mkdirSync(dirname(file), { recursive: true });
          zip.openReadStream(entry, (_, stream) =>
            stream
              .pipe(createWriteStream(file))
              .once('finish', () => zip.readEntry())
              .once('error', failed),
          );
        })
        .on('end', () => done(names))
        .on('error', failed);
      zip.readEntry();
    });
  });
}

const absent = install();
if (absent !== undefined) console.warn(`\n  SKIPPED: ${absent}\n`);

describe.skipIf(absent !== undefined)('the extension', () => {
  const folder = mkdtempSync(join(tmpdir(), 'sql-lint-vsix-'));
  const extension = join(folder, 'extension');
  const FIRST = 'create table if not exists notes (id bigint primary key);\n';
  const SECOND = 'create index notes_body_idx on notes (body);\n';
  const THIRD = 'create table tags (id bigint primary key);\n';
  let project: Project;

  let files: string[];

  beforeAll(async () => {
    execFileSync(process.execPath, [join(HOME, 'scripts', 'package.js')], { stdio: ['ignore', 'ignore', 'pipe'] });
    files = await unpack(join(HOME, 'build', 'sql-lint.vsix'), folder);
    project = createProject({
      'migrations/1.sql': FIRST,
      'migrations/2.sql': 'select 1;',
      'migrations/3.sql': THIRD,
      'migrations/4.sql': 'select 1;',
    });
  });
  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
    project.remove();
  });

  it('has the types that VS Code has', () => {
    execFileSync(process.execPath, ['node_modules/typescript/bin/tsc', '--noEmit', '-p', HOME], { stdio: 'inherit' });
  });

  it('is packed with what it needs, and nothing else', () => {
    const others = files.filter(
      (file) =>
        !/^extension\/server\/(?:docs\/rules\/[\w-]+\.md|node_modules\/(?:@electric-sql\/pglite(?:-tools)?|diff)\/.*\.(?:js|cjs|json|wasm|data|tar\.gz)|node_modules\/.*\/LICENSE)$/.test(
          file,
        ),
    );
    expect(others.sort()).toMatchInlineSnapshot(`
      [
        "[Content_Types].xml",
        "extension.vsixmanifest",
        "extension/LICENSE.txt",
        "extension/dist/extension.cjs",
        "extension/media/findings.png",
        "extension/media/fixed.png",
        "extension/media/icon.png",
        "extension/media/project.md",
        "extension/media/proven.png",
        "extension/package.json",
        "extension/readme.md",
        "extension/server/LICENSE",
        "extension/server/dist/cli.js",
        "extension/server/dist/command.cjs",
        "extension/server/dist/database-worker.js",
        "extension/server/dist/import.cjs",
        "extension/server/dist/language-server.cjs",
        "extension/server/dist/later.cjs",
        "extension/server/dist/libpg-query.wasm",
        "extension/server/dist/lint-worker.js",
        "extension/server/dist/schema.json",
        "extension/server/package.json",
      ]
    `);
    expect(statSync(join(HOME, 'build', 'sql-lint.vsix')).size).toBeLessThan(12_000_000);
  });

  it('brings a server that starts, and finds', async () => {
    const server = await startLanguageServer([join(extension, 'server/dist/cli.js'), 'lsp'], project.path, {});
    const uri = pathToFileURL(join(project.path, 'migrations/2.sql')).href;
    const text = SECOND.replace('(body)', '(id)');
    server.notify('textDocument/didOpen', { textDocument: { uri, languageId: 'sql', version: 1, text } });
    const { items } = await server.request<{ items: { code: string }[] }>('textDocument/diagnostic', {
      textDocument: { uri },
    });
    expect(items.map(({ code }) => code)).toContain('no-bare-create');
    await server.stop();
  });

  describe('in VS Code', () => {
    let code: StandIn;
    let loaded: Activated;
    const until = <T>(what: () => T) => vi.waitFor(what, { timeout: 60_000, interval: 25 });
    beforeAll(async () => {
      code = standIn(project.path);
      loaded = loadExtension(join(extension, 'dist/extension.cjs'), code);
      await loaded.activate({ subscriptions: [], extensionPath: extension });
    });
    afterAll(() => loaded.deactivate());

    it('shows what is found, and how much', async () => {
      expect(code.said.join('\n')).toContain('The server that the extension brings');
      const document = code.open(join(project.path, 'migrations/2.sql'), SECOND);
      await until(() => expect(code.findings(document).map(({ source }) => source)).toEqual(['sql-lint', 'sql-lint']));
      expect(code.bar()).toBe('$(warning) sql-lint: 2');
    });

    it('fixes and proves, and forgets the proof with the next change', async () => {
      const document = code.open(join(project.path, 'migrations/3.sql'), THIRD);
      await until(() => expect(code.bar()).toBe('$(warning) sql-lint: 1'));
      await code.run('sqlLint.fixAll');
      expect(document.text).toBe('create table if not exists tags (id bigint primary key);\n');
      await until(() => expect(code.bar()).toBe('$(check) sql-lint'));
      await code.run('sqlLint.proveFile');
      await until(() => expect(code.bar()).toBe('$(check) sql-lint  $(verified) proven'));
      code.type(document, `${document.text}create table more (id bigint primary key);\n`);
      await until(() => expect(code.bar()).toBe('$(warning) sql-lint: 1'));
      await code.run('sqlLint.proveFile');
      await until(() => expect(code.bar()).toBe('$(warning) sql-lint: 1  $(x) not proven'));
      expect(code.findings(document).map(({ source }) => source)).toContain('sql-lint prove');
    });

    it('shows the locks of a file, and says so where no file is looked at', async () => {
      const document = code.open(join(project.path, 'migrations/2.sql'), 'drop table if exists notes;\n');
      await until(() => expect(code.bar()).toMatch(/^\$\((check|warning)\)/));
      await code.run('sqlLint.showLocks');
      await until(() => expect(code.findings(document).map(({ source }) => source)).toContain('sql-lint locks'));
      code.look(undefined);
      expect(code.bar()).toBeUndefined();
      await code.run('sqlLint.fixAll');
      expect(code.said.at(-1)).toBe('sql-lint: open an SQL file first.');
    });

    it('starts the server anew', async () => {
      const document = code.open(join(project.path, 'migrations/1.sql'), FIRST);
      // Who asks twice at once gets one server: two of them would count each problem twice.
      await Promise.all([code.run('sqlLint.restart'), code.run('sqlLint.restart')]);
      await until(() => expect(code.bar()).toBe('$(check) sql-lint'));
      code.type(document, FIRST.replace('if not exists ', ''));
      await until(() => expect(code.bar()).toBe('$(warning) sql-lint: 1'));
    });

    it('tells the server what is set', async () => {
      const document = code.open(
        join(project.path, 'migrations/4.sql'),
        'create table last (id bigint primary key);\n',
      );
      await until(() => expect(code.findings(document)).toHaveLength(1));
      code.set('sql-lint.preset', 'development');
      await until(() => expect(code.findings(document)).toHaveLength(0));
      code.set('sql-lint.preset', '');
      await until(() => expect(code.findings(document)).toHaveLength(1));
    });

    it('says so where the settings name a server that is not there, and goes on with the right one', async () => {
      code.set('sql-lint.path', 'none.js');
      await until(() => expect(code.bar()).toBe('$(error) sql-lint'));
      expect(code.said.join('\n')).toContain('sql-lint.path is none.js');
      mkdirSync(join(project.path, 'node_modules'));
      symlinkSync(process.cwd(), join(project.path, 'node_modules/idempotent-sql-lint'), 'dir');
      code.set('sql-lint.path', '');
      await until(() => expect(code.bar()).toMatch(/^\$\((check|warning)\)/));
      expect(code.said.join('\n')).toContain('The server of the project');
    });
  });
});
