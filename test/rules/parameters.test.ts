/** The names of configuration parameters, held against those of the embedded PostgreSQL. */
import { PGlite } from '@electric-sql/pglite';
import { afterAll, expect, test } from 'vitest';
import { lintText } from '../../src/linter/linter.ts';
import { loadParser } from '../../src/syntax/parser.ts';

await loadParser();
const database = await PGlite.create();
afterAll(() => database.close());

const messagesOf = (sql: string) =>
  lintText(sql, 'migration.sql', { rules: { 'no-unknown-name': 'error' } }).messages.map(({ message }) => message);

test('no parameter of PostgreSQL is taken for a slip', async () => {
  const { rows } = await database.query<{ name: string }>('SELECT name FROM pg_settings');
  expect(rows.length).toBeGreaterThan(300);
  const sql = rows.map(({ name }) => `SET ${name} TO DEFAULT;\nRESET ${name.toUpperCase()};`).join('\n');
  expect(messagesOf(sql)).toEqual([]);
});

test('what is to be written in its place is there', async () => {
  const slips = ['serach_path', 'lock_timout', 'time_zone', 'max_execution_time', 'chek_function_bodies'];
  const meant = messagesOf(slips.map((name) => `SET ${name} = 1;`).join('\n')).map(
    (message) => /Write (\w+)\.$/.exec(message)![1]!,
  );
  expect(meant).toHaveLength(slips.length);
  for (const name of meant) expect((await database.query(`SHOW ${name}`)).rows).toHaveLength(1);
});
