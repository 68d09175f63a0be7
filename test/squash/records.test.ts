/** Which rows of the tool's table a squash takes the place of. */
import { describe, expect, it, vi } from 'vitest';
import { cacheFolder } from '../../src/cli/cache.ts';
import { nodeDisk } from '../../src/disk/node.ts';
import { tools } from '../../src/project/tools/index.ts';
import type { ToolName } from '../../src/project/types.ts';
import { adoptionOf, type Adoption } from '../../src/schema/adopt.ts';
import { readLedger } from '../../src/schema/ledger.ts';
import { headOf, squashedIn } from '../../src/schema/squash/head.ts';
import type { Presence } from '../../src/schema/status.ts';
import { play } from '../../src/verify/index.ts';

vi.setConfig({ testTimeout: 60_000 });

/** @param rows what makes the table of the tool, with its rows */
async function adopted(
  tool: ToolName,
  rows: string,
  files: readonly (readonly [name: string, text: string, presence: Presence])[],
): Promise<Adoption> {
  let adoption: Adoption | undefined;
  await play([{ path: 'rows.sql', text: rows }], {
    cache: cacheFolder(process.env),
    atEnd: async (session) => {
      const project = {
        tool: tools[tool],
        site: { root: '/p', folder: '/p/m' },
        files: [],
        roles: new Map(),
        forward: [],
      };
      const texts = files.map(([name, text]) => ({ path: `/p/m/${name}`, text }));
      const ledger = await readLedger((sql) => session.ask(sql), project, texts, nodeDisk);
      const statuses = files.map(([name, , presence]) => ({ path: name, presence, effects: [] }));
      adoption = adoptionOf(ledger, statuses, undefined, (k) => ({ path: files[k]![0], statements: [] }));
    },
  });
  return adoption!;
}

const squashOf = (...paths: string[]): string =>
  `${headOf(paths.map((path) => ({ path, text: '' })))}\n\ncreate table if not exists a (id int);\n`;

const SUPABASE = `create schema supabase_migrations;
create table supabase_migrations.schema_migrations (version text primary key, name text, statements text[]);
insert into supabase_migrations.schema_migrations values `;
const FLYWAY = `create table flyway_schema_history (installed_rank int primary key, version text, description text not null,
  type text not null, script text not null, checksum int, success bool not null);
insert into flyway_schema_history values `;

describe('adopt takes away', () => {
  it('the rows of the files that the squash names, and no other in between', async () => {
    // 20 is a file of a branch that is not here.
    const { forgotten } = await adopted('supabase', `${SUPABASE}('10', 'a'), ('20', 'b'), ('30', 'c')`, [
      ['30_squashed.sql', squashOf('10_a.sql', '30_c.sql'), 'applied'],
    ]);
    expect(forgotten).toEqual(['10']);
  });

  it('the rows of a squash that was squashed again, and of its files', async () => {
    const first = squashOf('10_a.sql', '20_b.sql');
    const text = headOf([
      { path: '20_squashed.sql', text: first.replaceAll('\n', '\r\n') },
      { path: '30_c.sql', text: '' },
    ]);
    expect(squashedIn(text)).toEqual(['10_a.sql', '20_b.sql', '20_squashed.sql', '30_c.sql']);
    const { forgotten } = await adopted('supabase', `${SUPABASE}('10', 'a'), ('20', 'b'), ('30', 'c')`, [
      ['30_squashed.sql', `${text}\n`, 'applied'],
    ]);
    expect(forgotten).toEqual(['10', '20']);
  });

  it.each(['pending', 'unknown'] as const)('none where the squash has no row: %s', async (presence) => {
    const rows = `create schema sql_lint;
create table sql_lint.migrations (name text primary key, hash text not null, applied_at timestamptz default now());
insert into sql_lint.migrations values ('1_a.sql', 'x'), ('2_b.sql', 'x');`;
    const squash = squashOf('1_a.sql', '2_b.sql');
    const { forgotten, statements } = await adopted('psql', rows, [['2_squashed.sql', squash, presence]]);
    expect([forgotten, statements]).toEqual([[], []]);
    const there = await adopted('psql', rows, [['2_squashed.sql', squash, 'applied']]);
    expect([there.forgotten, there.adopted]).toEqual([['1_a.sql', '2_b.sql'], ['2_squashed.sql']]);
  });

  it('no other row with the version of the squash', async () => {
    // Flyway kept the row of a first attempt that failed.
    const rows = `${FLYWAY}(1, '1', 'a', 'SQL', 'V1__a.sql', 1, true), (2, '1.10', 'd', 'SQL', 'V1.10__d.sql', 1, true),
  (3, '2', 'b', 'SQL', 'V2__b.sql', 1, false), (4, '2', 'b', 'SQL', 'V2__b.sql', 1, true)`;
    const { forgotten, statements } = await adopted('flyway', rows, [
      ['V2__squashed.sql', squashOf('V1_0__a.sql', 'V2__b.sql'), 'applied'],
    ]);
    expect(forgotten).toEqual(['1']);
    expect(statements.filter((sql) => sql.startsWith('DELETE'))).toEqual([
      "DELETE FROM flyway_schema_history WHERE version = '1'",
    ]);
  });
});

it('names a file with a line break in one line of comment', () => {
  const head = headOf([
    { path: '1_a\n drop table b;.sql', text: '' },
    { path: '2_b.sql', text: '' },
  ]);
  expect(head.split(/[\r\n]/).filter((line) => !line.startsWith('--'))).toEqual([]);
  expect(squashedIn('-- what sql-lint squash: makes\nselect 1;')).toEqual([]);
  expect(squashedIn(`insert into texts values ('\n${head}\n');`)).toEqual([]);
  expect(squashedIn(`-- +goose Up\n\n${head}\n\nselect 1;`)).toEqual(['1_a  drop table b;.sql', '2_b.sql']);
});
