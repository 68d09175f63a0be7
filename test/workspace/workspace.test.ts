import { build } from 'esbuild';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { loadParser } from '../../src/syntax/parser.ts';
import type * as Parse from '../../src/syntax/parse.ts';
import { parseStatement } from '../../src/syntax/parse.ts';
import { Workspace, type WorkspaceOptions } from '../../src/workspace/workspace.ts';
import { MemoryDisk } from '../support/memory-disk.ts';

vi.mock('../../src/syntax/parse.ts', async (original) => {
  const module = await original<typeof Parse>();
  return { ...module, parseStatement: vi.fn(module.parseStatement) };
});
const parsed = vi.mocked(parseStatement);
/** The texts that were parsed since it was asked last. */
const parsedTexts = (): string[] => {
  const texts = parsed.mock.calls.map(([text]) => text);
  parsed.mockClear();
  return texts;
};

beforeAll(loadParser);
afterEach(() => parsed.mockClear());

const path = (n: number) => `/project/migrations/${String(n).padStart(3, '0')}_step.sql`;
const LAST = 5;
/** Each file makes a table, and needs that of the file before it. */
const step = (n: number) =>
  `create table t_${n} (id int primary key);\ninsert into t_${n} values (1);\n${n > 1 ? `alter table t_${n - 1} add column c_${n} int;\n` : ''}`;
const folder = () =>
  new MemoryDisk(Object.fromEntries(Array.from({ length: LAST }, (_, k) => [path(k + 1), step(k + 1)])));
const EDITOR: Omit<WorkspaceOptions, 'disk'> = { remember: 200_000, back: 300 };
const findings = async (workspace: Workspace, n: number) =>
  (await workspace.diagnostics(path(n))).messages.map(({ ruleId, line, message }) => ({ ruleId, line, message }));

describe('a workspace', () => {
  it('lints what is open instead of what is on the disk, until it is closed', async () => {
    const workspace = new Workspace({ disk: folder() });
    const before = await findings(workspace, 1);
    expect(before.map((f) => f.ruleId)).toContain('no-bare-create');
    workspace.open(path(1), 'select 1;\n');
    expect(await findings(workspace, 1)).toEqual([]);
    workspace.close(path(1));
    expect(await findings(workspace, 1)).toEqual(before);
  });

  it('fixes an open text and leaves it as it is', async () => {
    const workspace = new Workspace({ disk: folder() });
    workspace.open(path(6), 'create table notes (id int);\n');
    expect(await workspace.fix(path(6))).toMatchObject({
      output: 'create table if not exists notes (id int);\n',
      messages: [],
    });
    expect(await findings(workspace, 6)).toHaveLength(1);
  });

  it('lets later files see what an open text makes', async () => {
    const workspace = new Workspace({ disk: folder(), ...EDITOR });
    const user = `insert into t_1 values (2);\n`;
    workspace.open(path(LAST), user);
    const [keyed] = await findings(workspace, LAST);
    workspace.open(path(1), 'create table t_1 (id int);\n');
    const [bare] = await findings(workspace, LAST);
    expect(bare).not.toEqual(keyed);
    workspace.close(path(1));
    expect((await findings(workspace, LAST))[0]).toEqual(keyed);
  });

  it('says which file it cannot read', async () => {
    const workspace = new Workspace({ disk: folder(), maxFileBytes: 100 });
    await expect(workspace.diagnostics('/project/none.sql')).rejects.toThrow('/project/none.sql: cannot be read');
    workspace.open('/project/none.sql', ' '.repeat(200));
    expect((await workspace.diagnostics('/project/none.sql')).messages).toEqual([]);
  });

  it('parses the statement that a keystroke changes, and no other', async () => {
    const workspace = new Workspace({ disk: folder(), ...EDITOR });
    for (let n = 1; n <= LAST; n++) await findings(workspace, n);
    parsedTexts();
    workspace.open(path(2), step(2));
    await findings(workspace, 2);
    expect(parsedTexts()).toEqual([]);
    workspace.change(path(2), step(2).replace('c_2 int', 'c_2 bigint'));
    await findings(workspace, 2);
    expect(parsedTexts()).toEqual(['alter table t_1 add column c_2 bigint']);
    // What comes after it is replayed from what was parsed before.
    await findings(workspace, LAST);
    expect(parsedTexts()).toEqual([]);
    await findings(workspace, 1);
    expect(parsedTexts()).toEqual([]);
  });

  it('reads again what has changed on the disk, once it is told to look', async () => {
    const disk = folder();
    const workspace = new Workspace({ disk, ...EDITOR });
    const before = await findings(workspace, LAST);
    disk.write(path(LAST - 1), step(LAST - 1).replace('create table', 'create table if not exists'));
    expect(await findings(workspace, LAST)).toEqual(before);
    workspace.refresh(path(LAST));
    parsedTexts();
    await findings(workspace, LAST);
    expect(parsedTexts()).toEqual([`create table if not exists t_${LAST - 1} (id int primary key)`]);

    workspace.open(path(LAST), 'insert into t_1 values (2);\n');
    const keyed = await findings(workspace, LAST);
    disk.remove(path(1));
    workspace.refresh(path(LAST));
    expect(await findings(workspace, LAST)).not.toEqual(keyed);
  });

  it('does beforehand what is asked for later, and lets others work between two files', async () => {
    const workspace = new Workspace({ disk: folder(), ...EDITOR });
    // Which rules ask for all files is known when they have run once.
    await findings(workspace, 3);
    workspace.change(path(3), `${step(3)}select 1;\n`);
    let breaths = 0;
    await workspace.prepare(path(3), () => Promise.resolve(void breaths++));
    expect(breaths).toBeGreaterThan(LAST);
    parsedTexts();
    const { messages } = await workspace.diagnostics(path(3));
    expect(parsedTexts()).toEqual([]);
    const fresh = new Workspace({ disk: folder() });
    fresh.open(path(3), `${step(3)}select 1;\n`);
    expect(messages).toEqual((await fresh.diagnostics(path(3))).messages);
  });

  it('does not read the files behind the one that is typed in, where that is not asked for', async () => {
    const workspace = new Workspace({ disk: folder(), back: 300 });
    await findings(workspace, 2);
    parsedTexts();
    workspace.change(path(2), `${step(2)}select 1;\n`);
    await workspace.diagnostics(path(2), { old: true });
    expect(parsedTexts().filter((text) => /t_[345]/.test(text))).toEqual([]);
    await workspace.diagnostics(path(2));
    expect(parsedTexts().filter((text) => /t_[345]/.test(text))).not.toEqual([]);
  });

  it('says after any edits what one says that has just begun', async () => {
    const disk = folder();
    const workspace = new Workspace({ disk, ...EDITOR, back: 2 });
    const open = new Map<number, string>();
    let seed = 1;
    const random = (below: number) => (seed = (seed * 48_271) % 2_147_483_647) % below;
    for (let round = 0; round < 60; round++) {
      const n = 1 + random(LAST);
      if (random(4) === 0) {
        open.delete(n);
        workspace.close(path(n));
      } else {
        const text =
          random(2) === 0 ? step(n) : `create table t_${n} (id int);\ndrop table if exists t_${1 + random(LAST)};\n`;
        open.set(n, text);
        workspace.change(path(n), text);
      }
      const asked = 1 + random(LAST);
      if (random(3) === 0) {
        // Files come and go.
        const extra = `/project/migrations/00${1 + random(LAST)}_more.sql`;
        if (disk.stat(extra)) disk.remove(extra);
        else disk.write(extra, `alter table t_1 add column extra_${round} int;\n`);
        workspace.refresh(path(1));
      }
      // Who types asks in between, and ends what is prepared.
      if (random(2) === 0) await workspace.diagnostics(path(1 + random(LAST)), { old: true });
      if (random(2) === 0) {
        let left = random(12);
        const breathe = () => (left-- === 0 ? Promise.reject(new Error('ended')) : Promise.resolve());
        await workspace.prepare(path(1 + random(LAST)), breathe).catch(() => undefined);
      }
      const fresh = new Workspace({ disk });
      for (const [k, text] of open) fresh.open(path(k), text);
      expect(await findings(workspace, asked), `round ${round}`).toEqual(await findings(fresh, asked));
    }
  });
});

describe('two workspaces', () => {
  it('share no texts', async () => {
    const [one, two] = [new Workspace({ disk: folder() }), new Workspace({ disk: folder() })];
    const before = await findings(two, 1);
    one.open(path(1), 'select 1;\n');
    expect(await findings(one, 1)).toEqual([]);
    expect(await findings(two, 1)).toEqual(before);
  });

  it('do not make each other forget', async () => {
    const workspaces = ['one', 'two'].map((name) => {
      const workspace = new Workspace({ disk: folder(), ...EDITOR });
      workspace.open(path(6), `create table ${name} (id int);\nselect 1;\n`);
      return { name, workspace };
    });
    for (const { workspace } of workspaces) await findings(workspace, 6);
    parsedTexts();
    for (let stroke = 0; stroke < 3; stroke++)
      for (const { name, workspace } of workspaces) {
        workspace.change(path(6), `create table ${name} (id int);\nselect ${'1'.repeat(stroke + 2)};\n`);
        await findings(workspace, 6);
        expect(parsedTexts()).toEqual([`select ${'1'.repeat(stroke + 2)}`]);
      }
  });
});

it('needs neither files nor threads of its own', async () => {
  const { metafile } = await build({
    entryPoints: ['src/workspace/workspace.ts'],
    bundle: true,
    write: false,
    metafile: true,
    format: 'esm',
    external: ['node:*'],
    loader: { '.sql': 'text' },
  });
  const imported = Object.values(metafile.outputs).flatMap((output) => output.imports.map((i) => i.path));
  // Both have a stand-in in the build for browsers.
  expect([...new Set(imported)].sort()).toEqual(['node:buffer', 'node:path']);
});
