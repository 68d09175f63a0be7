/** `idempotent-sql-lint/browser`, as it is built: it runs without Node.js, is small, and finds what the library finds. */
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { beforeAll, describe, expect, it } from 'vitest';
import type * as Browser from '../../src/browser/index.ts';
import { openWorkspace as openOnNode } from '../../src/workspace/open.ts';
import { createProject } from '../support/project.ts';

const BUNDLES = ['browser.js', 'browser-database-worker.js'];
const textOf = (name: string) => readFileSync(`dist/${name}`, 'utf8');

let browser: typeof Browser;
beforeAll(async () => {
  browser = (await import(new URL('../../dist/browser.js', import.meta.url).href)) as typeof Browser;
  await browser.loadParser(readFileSync('dist/libpg-query.wasm'));
});

describe('the bundle', () => {
  it.each(BUNDLES)('%s asks Node.js for nothing', async (name) => {
    // For a browser, a bundler refuses what only Node.js has.
    const external = ['@electric-sql/pglite'];
    const { metafile } = await build({
      entryPoints: [`dist/${name}`],
      external,
      bundle: true,
      platform: 'browser',
      format: 'esm',
      write: false,
      metafile: true,
      logLevel: 'silent',
    });
    const imports = Object.values(metafile.inputs).flatMap((input) => input.imports.map(({ path }) => path));
    expect(imports.filter((path) => !external.includes(path))).toEqual([]);
    expect(textOf(name)).not.toMatch(/\beval\(|new Function\(|\brequire\(/);
  });

  it('is small: the engine under 320 kB compressed, with the parser under 680 kB', () => {
    const engine = gzipSync(textOf('browser.js')).length;
    const parser = gzipSync(readFileSync('dist/libpg-query.wasm')).length;
    expect(engine).toBeLessThan(320_000);
    expect(engine + parser).toBeLessThan(680_000);
    expect(gzipSync(textOf('browser-database-worker.js')).length).toBeLessThan(10_000);
  });
});

describe('the engine', () => {
  const FILES = {
    '/p/supabase/migrations/20260101000000_notes.sql':
      'create table notes (id bigint primary key, "größe" text);\nalter table notes enable row level security;\n',
    '/p/supabase/migrations/20260102000000_more.sql':
      "create type mood as enum ('good', 'schön 🙂');\nalter table notes add column mood mood;\n" +
      'create policy "own" on notes using (auth.uid() is not null);\ncreate indx broken on notes;\n',
  };
  const LAST = '/p/supabase/migrations/20260102000000_more.sql';

  it('finds and fixes what the library does with the files on a disk', async () => {
    const workspace = browser.openWorkspace(new browser.MemoryDisk(Object.entries(FILES)));
    const project = createProject(
      Object.fromEntries(Object.entries(FILES).map(([path, text]) => [path.slice(3), text])),
    );
    try {
      const onNode = openOnNode();
      const path = `${project.path}/${LAST.slice(3)}`;
      const here = await workspace.diagnostics(LAST);
      expect(here.messages.length).toBeGreaterThan(3);
      expect(here.messages).toEqual((await onNode.diagnostics(path)).messages);
      const fixed = await workspace.fix(LAST);
      expect(fixed.output).toContain('add column if not exists mood');
      expect(fixed.output).toBe((await onNode.fix(path)).output);
    } finally {
      project.remove();
    }
  });

  it('follows what is typed, with the files before it', async () => {
    const disk = new browser.MemoryDisk([['/m/1.sql', 'create table if not exists a (id int);']]);
    const workspace = browser.openWorkspace(disk, { preset: 'recommended' });
    workspace.open('/m/2.sql', 'alter table a add column b int;');
    const names = async () => (await workspace.diagnostics('/m/2.sql')).messages.map(({ ruleId }) => ruleId);
    expect(await names()).toEqual(['no-bare-add']);
    workspace.change('/m/2.sql', 'create index if not exists a_c on a (c);');
    expect(await names()).toContain('no-unknown-name');
  });

  it('cuts a file into the statements that run, and knows the rules, the presets and the tools', () => {
    expect(browser.planSteps('select 1; select 2;', '/m/1.sql').steps.map(({ sql }) => sql)).toEqual([
      'select 1',
      'select 2',
    ]);
    expect(browser.rules['no-bare-create']!.meta.docs.description).toMatch(/creates/);
    expect(browser.presets).toContain('supabase');
    expect(browser.tools.map(({ name }) => name)).toContain('flyway');
  });
});
