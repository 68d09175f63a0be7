/** The rules of type changes, held against PostgreSQL: every pair of these types, with an index on the column. */
import { PGlite } from '@electric-sql/pglite';
import { citext } from '@electric-sql/pglite/contrib/citext';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { play } from '../../src/history/play.ts';
import { World } from '../../src/history/world.ts';
import { lintText } from '../../src/linter/linter.ts';
import { loadParser } from '../../src/syntax/parser.ts';
import { Script } from '../../src/syntax/script.ts';

/** `ALL_TYPES=1` takes them all, which lasts a minute. */
const TYPES = process.env.ALL_TYPES
  ? `text|varchar|varchar(10)|varchar(20)|char(5)|char(10)|bpchar|citext|name|"char"|int2|int4|int8|numeric|numeric(10,2)
|numeric(12,2)|numeric(10)|float4|float8|bool|date|timestamp|timestamp(3)|timestamp(6)|timestamptz|timestamptz(3)|time
|time(2)|timetz|interval|interval(3)|interval day to second|interval day to second(2)|interval hour|interval year
|bit(4)|bit(8)|varbit|varbit(8)|varbit(16)|uuid|bytea|jsonb|inet|cidr|macaddr|oid|regclass|regtype|money|text[]
|varchar(10)[]|int4[]|mood|posint|free|vfree|composite`
      .replaceAll('\n', '')
      .split('|')
  : `text|varchar(10)|varchar(20)|char(10)|citext|int4|numeric|numeric(10,2)|numeric(12,2)|timestamp|timestamp(3)
|timestamptz|interval(3)|interval|varbit(8)|varbit(16)|inet|cidr|oid|text[]|mood|posint|free`
      .replaceAll('\n', '')
      .split('|');

const OWN = `CREATE EXTENSION citext; CREATE TYPE mood AS ENUM ('a'); CREATE DOMAIN posint AS int CHECK (VALUE > 0);
CREATE DOMAIN free AS text; CREATE DOMAIN vfree AS varchar(10); CREATE TYPE composite AS (x int);`;

let database: PGlite;
beforeAll(async () => {
  await loadParser();
  database = new PGlite({ extensions: { citext } });
  await database.exec(`SET TimeZone TO 'UTC'; ${OWN}`);
}, 60_000);
afterAll(() => database.close());

/** The files of the table and its index, or the SQLSTATE with which a statement is refused. */
async function filesAfter(sql: string): Promise<string> {
  try {
    const results = await database.exec(`${sql}
      SELECT string_agg(relname || pg_relation_filenode(oid), ' ' ORDER BY relname) AS files FROM pg_class
      WHERE relname IN ('t', 't_a');`);
    return (results.at(-1)!.rows[0] as { files: string }).files;
  } catch (error) {
    return (error as { code: string }).code;
  }
}

test('PostgreSQL rewrites what the rules say', { timeout: 600_000 }, async () => {
  const wrong: string[] = [];
  for (const from of TYPES) {
    const setup = `CREATE TABLE t (id int, a ${from}); CREATE INDEX t_a ON t (a);`;
    await database.exec(setup);
    const before = await filesAfter('');
    const world = new World();
    play(new Script(OWN + setup).statements, world);
    for (const to of TYPES) {
      const run = `ALTER TABLE t ALTER COLUMN a TYPE ${to};`;
      await database.exec('BEGIN');
      const after = await filesAfter(run);
      await database.exec('ROLLBACK');
      const { messages } = lintText(`SET TimeZone TO 'UTC'; ${run}`, 'run.sql', {
        rules: { 'no-table-rewrite': 'warn' },
        world,
        kind: { tool: undefined, role: 'up' },
      });
      const isMadeAnew = /^t/.test(after) && after !== before;
      if (isMadeAnew !== messages.length > 0) wrong.push(`${from} to ${to}: ${before} ${after}`);
    }
    await database.exec('DROP TABLE t');
  }
  expect(wrong).toEqual([]);
});
