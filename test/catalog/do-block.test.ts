/** What cannot run in a transaction or in a DO block, compared with what PostgreSQL refuses there. */
import { PGlite } from '@electric-sql/pglite';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { obstacleInDo } from '../../src/catalog/do-block.ts';
import { loadParser } from '../../src/syntax/parser.ts';
import { Script } from '../../src/syntax/script.ts';

let db: PGlite;
beforeAll(async () => {
  await loadParser();
  db = await PGlite.create();
  await db.exec(`
    CREATE TABLE notes (id int PRIMARY KEY, found boolean);
    CREATE INDEX notes_found ON notes (found);
    CREATE TABLE days (day date) PARTITION BY LIST (day);
    CREATE TABLE today PARTITION OF days DEFAULT;
    CREATE TABLE monday PARTITION OF days FOR VALUES IN ('2024-01-01');
    ALTER TABLE days DETACH PARTITION today;
    -- No publisher is there to connect to, so that CREATE SUBSCRIPTION fails.
    INSERT INTO pg_subscription
    SELECT 90001, oid, '0/0', 'copies', 10, true, false, 'f', 'd', false, false, false, false,
      'host=nowhere', NULL, 'off', ARRAY['orders', 'returns'], 'any'
    FROM pg_database WHERE datname = current_database();`);
}, 60_000);
afterAll(() => db.close());

const obstacle = (sql: string) => obstacleInDo(new Script(`${sql};`, '').statements[0]!);
/** The SQLSTATE of a statement in a transaction that is taken back; undefined where it runs. */
async function refused(sql: string): Promise<string | undefined> {
  try {
    await db.exec('BEGIN');
    await db.exec(sql);
    return undefined;
  } catch (error) {
    return (error as { code: string }).code;
  } finally {
    await db.exec('ROLLBACK');
  }
}

test.each([
  'ALTER DATABASE postgres SET TABLESPACE pg_default',
  'ALTER SUBSCRIPTION copies ADD PUBLICATION notes',
  'ALTER SUBSCRIPTION copies DROP PUBLICATION returns WITH (refresh = on)',
  'ALTER SUBSCRIPTION copies REFRESH PUBLICATION',
  'ALTER SUBSCRIPTION copies SET PUBLICATION notes',
  "ALTER SYSTEM SET work_mem = '8MB'",
  'ALTER TABLE days DETACH PARTITION monday CONCURRENTLY',
  'CLUSTER',
  'CREATE DATABASE d',
  'CREATE INDEX CONCURRENTLY i ON notes (id)',
  "CREATE SUBSCRIPTION s CONNECTION 'host=nowhere' PUBLICATION p",
  "CREATE TABLESPACE t LOCATION '/tmp'",
  'DISCARD ALL',
  'DROP DATABASE d',
  'DROP INDEX CONCURRENTLY notes_found',
  'DROP TABLESPACE t',
  'REINDEX INDEX CONCURRENTLY notes_found',
  'REINDEX SCHEMA public',
  'VACUUM notes',
])('%s does not run in a transaction', async (sql) => {
  expect(await refused(sql)).toBe('25001');
  expect(obstacle(sql)).toMatch(/cannot stand in a DO block$/);
});

test.each([
  'ALTER SUBSCRIPTION copies ADD PUBLICATION notes WITH (refresh = false)',
  'ALTER SUBSCRIPTION copies SET PUBLICATION notes WITH (refresh = off)',
  'ALTER SUBSCRIPTION copies DISABLE',
  'ANALYZE notes',
  'CLUSTER notes USING notes_pkey',
  'CREATE INDEX i ON notes (id)',
  'DISCARD TEMP',
  'DROP INDEX notes_found',
  'REINDEX TABLE notes',
  'ALTER TABLE days DETACH PARTITION monday',
])('%s runs in a DO block', async (sql) => {
  expect(await refused(`DO $$ BEGIN ${sql}; END $$`)).toBeUndefined();
  expect(obstacle(sql)).toBeUndefined();
});

test.each([
  'BEGIN',
  'CLOSE c',
  'COPY notes FROM stdin',
  'COPY notes TO stdout',
  'DECLARE c CURSOR FOR SELECT 1',
  'DELETE FROM notes WHERE found',
  'EXECUTE p',
  'EXPLAIN SELECT 1',
  'FETCH c',
  'SELECT 1 AS a INTO b',
  'SHOW work_mem',
  'VALUES (1)',
])('%s does not run in a DO block', async (sql) => {
  expect(await refused(`DO $$ BEGIN ${sql}; END $$`)).toBeDefined();
  expect(obstacle(sql)).toBeDefined();
});
