/** A session that goes back to a mark: nothing of what happened since is left, whichever way it goes back. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Rewinding } from '../../src/database/engine.ts';
import type { Engine, Mark, Session, State } from '../../src/database/types.ts';
import { difference, run, startDatabases, startIn } from '../support/database.ts';

/** The SQLSTATE of an assertion that fails carries an answer out: a session gives no rows back. */
async function ask(session: Session, condition: string): Promise<boolean> {
  const failure = await session.run(
    [{ sql: `DO $$ BEGIN IF (${condition}) THEN RAISE EXCEPTION USING ERRCODE = 'YES00'; END IF; END $$`, offset: 0 }],
    'continue',
  );
  if (failure && failure.code !== 'YES00') throw new Error(failure.message);
  return failure !== undefined;
}

/** What could stay behind, and how to see that it has. */
const LEAKS: Record<string, [does: string, isLeft: string]> = {
  'a table': ['CREATE TABLE t (id int)', "to_regclass('t') IS NOT NULL"],
  rows: ['INSERT INTO kept VALUES (3)', '(SELECT count(*) FROM kept) <> 2'],
  'rows that are gone': ['DELETE FROM kept', '(SELECT count(*) FROM kept) <> 2'],
  'a sequence': ["SELECT nextval('numbers')", "nextval('numbers') <> 1"],
  'the last value of a sequence': ["SELECT nextval('numbers')", '(SELECT is_called FROM numbers)'],
  'an advisory lock': ['SELECT pg_advisory_lock(7)', "EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory')"],
  'a temporary table': ['CREATE TEMPORARY TABLE t (id int)', "to_regclass('pg_temp.t') IS NOT NULL"],
  'a prepared statement': ['PREPARE p AS SELECT 1', "EXISTS (SELECT FROM pg_prepared_statements WHERE name = 'p')"],
  'a setting': ["SET work_mem = '77MB'", "current_setting('work_mem') = '77MB'"],
  'a setting of a migration': ["SET app.user = 'me'", "current_setting('app.user', true) = 'me'"],
  'a setting of the database': [
    "ALTER DATABASE postgres SET statement_timeout = '77s'",
    "EXISTS (SELECT FROM pg_db_role_setting) OR current_setting('statement_timeout') = '77s'",
  ],
  'a role': ['CREATE ROLE somebody', "EXISTS (SELECT FROM pg_roles WHERE rolname = 'somebody')"],
  'a role that was set': ['CREATE ROLE somebody; SET ROLE somebody', "current_user <> 'postgres'"],
  'who listens': ['LISTEN news', 'EXISTS (SELECT FROM pg_listening_channels())'],
  'a large object': ["SELECT lo_from_bytea(4711, 'x')", 'EXISTS (SELECT FROM pg_largeobject_metadata)'],
  'a transaction': ['BEGIN; CREATE TABLE t (id int)', "to_regclass('t') IS NOT NULL"],
  'a transaction that failed': ['BEGIN; SELECT 1 / 0', 'false'],
  'a cursor': ['BEGIN; DECLARE c CURSOR WITH HOLD FOR SELECT 1; COMMIT', 'EXISTS (SELECT FROM pg_cursors)'],
  'an extension with a library': [
    "CREATE EXTENSION pg_trgm; SELECT similarity('a', 'b')",
    "EXISTS (SELECT FROM pg_extension WHERE extname = 'pg_trgm')",
  ],
  'an enum': ["ALTER TYPE mood ADD VALUE 'sad'", 'array_length(enum_range(NULL::mood), 1) <> 1'],
  'a checkpoint and a full vacuum': ['CHECKPOINT', 'false'],
};

const SETUP = `
  CREATE TABLE kept (id int PRIMARY KEY); INSERT INTO kept VALUES (1), (2);
  CREATE SEQUENCE numbers; CREATE TYPE mood AS ENUM ('glad');`;

describe.each<Rewinding>(['memory', 'image'])('by way of %s', (rewinding) => {
  let engine: Engine;
  let session: Session;
  let before: State;
  let mark: Mark;
  beforeAll(async () => {
    engine = await startDatabases(['pg_trgm'], { rewinding });
    session = await engine.open();
    expect(await run(session, SETUP)).toBeUndefined();
    before = await session.state();
    mark = await session.mark();
  });
  afterAll(() => engine.close());

  it.each(Object.entries(LEAKS))('%s is gone', async (_, [does, isLeft]) => {
    // Twice: the second time it is found whether the first has left something.
    for (let time = 0; time < 2; time++) {
      await session.run(
        does.split('; ').map((sql) => ({ sql, offset: 0 })),
        'continue',
      );
      await session.rewind(mark);
      expect(await ask(session, isLeft)).toBe(false);
    }
    expect(await difference(before, await session.state(true))).toBe('');
  });
});

describe('in one engine', () => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await startDatabases(['pg_trgm', 'citext'], { timeout: 10_000 });
  });
  afterAll(() => engine.close());

  it('goes back and forth between marks', async () => {
    const session = await engine.open();
    try {
      const empty = await session.mark();
      await run(session, "CREATE EXTENSION pg_trgm; CREATE TABLE a AS SELECT similarity('a', 'b');");
      const [withA, stateA] = [await session.mark(), await session.state()];
      await session.rewind(empty);
      await run(session, "CREATE EXTENSION citext; CREATE TABLE b AS SELECT 'B'::citext = 'b'::citext AS same;");
      const [withB, stateB] = [await session.mark(), await session.state()];
      for (let k = 0; k < 2; k++) {
        await session.rewind(withA);
        expect(await ask(session, "similarity('abc', 'abc') = 1 AND to_regclass('b') IS NULL")).toBe(true);
        expect(await difference(stateA, await session.state(true))).toBe('');
        await session.rewind(withB);
        expect(await ask(session, "'X'::citext = 'x'::citext AND to_regclass('a') IS NULL")).toBe(true);
        expect(await difference(stateB, await session.state(true))).toBe('');
        await session.rewind(empty);
        expect(await run(session, "CREATE EXTENSION pg_trgm; SELECT similarity('a', 'b');")).toBeUndefined();
      }
    } finally {
      await session.close();
    }
  });

  it('lets go of several marks at once', async () => {
    const session = await engine.open();
    try {
      const marks: Mark[] = [];
      for (let k = 0; k < 3; k++) {
        expect(await run(session, `CREATE TABLE t${k} (id int);`)).toBeUndefined();
        marks.push(await session.mark());
      }
      expect(await run(session, 'DROP TABLE t0;')).toBeUndefined();
      await Promise.all(marks.slice(1).map((mark) => mark.release()));
      await session.rewind(marks[0]!);
      expect(await ask(session, "to_regclass('t0') IS NOT NULL AND to_regclass('t1') IS NULL")).toBe(true);
    } finally {
      await session.close();
    }
  });

  it('runs statements after hundreds that it has refused', async () => {
    const session = await engine.open();
    try {
      const steps = Array.from({ length: 600 }, () => ({ sql: 'SELECT FROM FROM', offset: 0 }));
      await session.run(steps, 'continue');
      expect(await run(session, 'CREATE TABLE a AS SELECT 1 AS id;')).toBeUndefined();
      for (let k = 0; k < 600; k++) expect((await session.run(steps.slice(0, 1), 'stop'))?.code).toBe('42601');
      expect((await session.state()).tables.get('public.a')?.count).toBe('1');
    } finally {
      await session.close();
    }
  });

  it('goes back after a statement that never ends, and after one that breaks the database', async () => {
    const session = await engine.open();
    try {
      await run(session, 'CREATE TABLE t (id int); INSERT INTO t VALUES (1);');
      const [mark, wanted] = [await session.mark(), await session.state()];
      for (const sql of [
        'DO $$ BEGIN LOOP END LOOP; END $$',
        "DO $$ BEGIN EXECUTE 'COPY (SELECT 1) TO PROGRAM ''true'''; END $$",
        'DELETE FROM pg_class',
      ]) {
        await session.run([{ sql, offset: 0 }], 'stop');
        await expect(session.state()).rejects.toThrow();
        await session.rewind(mark);
        expect(await difference(wanted, await session.state())).toBe('');
      }
    } finally {
      await session.close();
    }
  });

  it('takes a memory back that has grown', async () => {
    const session = await engine.open();
    try {
      const [mark, wanted] = [await session.mark(), await session.state()];
      expect(
        await run(session, "SELECT length(string_agg(repeat('x', 1000000), '')) FROM generate_series(1, 150);"),
      ).toBeUndefined();
      await session.rewind(mark);
      expect(await difference(wanted, await session.state(true))).toBe('');
      expect(await run(session, 'CREATE TABLE t AS SELECT generate_series(1, 100000);')).toBeUndefined();
    } finally {
      await session.close();
    }
  });

  it('reads again what has changed, counted or not', async () => {
    const session = await engine.open();
    const rows = async (sql: string) => {
      expect(await run(session, sql)).toBeUndefined();
      const [read, inFull] = [await session.state(), await session.state(true)];
      expect(await difference(inFull, read)).toBe('');
      return read.tables.get('public.t')!;
    };
    try {
      const none = await rows("CREATE TYPE e AS ENUM ('a', 'b'); CREATE TABLE t (id int, e e);");
      const one = await rows("INSERT INTO t VALUES (1, 'a');");
      expect(await rows("BEGIN; INSERT INTO t VALUES (2, 'a'); ROLLBACK;")).toEqual(one);
      const mark = await session.mark();
      const updated = await rows('UPDATE t SET id = 3;');
      expect(updated).not.toEqual(one);
      // Nobody writes to the table.
      expect(await rows("ALTER TYPE e RENAME VALUE 'a' TO 'c';")).not.toEqual(updated);
      expect(await rows('ALTER TABLE t ADD COLUMN n int DEFAULT 5;')).not.toEqual(updated);
      expect(await rows('TRUNCATE t;')).toEqual(none);
      await session.rewind(mark);
      expect(await rows('SELECT 1;')).toEqual(one);
      expect(await rows("SET track_counts = off; INSERT INTO t VALUES (4, 'b');")).toMatchObject({ count: '2' });
    } finally {
      await session.close();
    }
  });

  it('draws other random numbers every time', async () => {
    const session = await engine.open();
    try {
      await run(session, 'CREATE TABLE drawn (x float8);');
      await session.run([{ sql: 'SELECT random()', offset: 0 }], 'stop');
      const mark = await session.mark();
      const draw = async () => {
        await session.rewind(mark);
        await run(session, 'INSERT INTO drawn SELECT random();');
        return session.state();
      };
      expect((await draw()).tables.get('public.drawn')).not.toEqual((await draw()).tables.get('public.drawn'));
    } finally {
      await session.close();
    }
  });
});

it('what is new is seen after a library has made another PostgreSQL begin', async () => {
  const steps = [1, 2, 3].map((n) => ({ sql: `CREATE VIEW made${n} AS SELECT ${n} AS a`, offset: 0 }));
  const engine = await startIn({ name: 'views', steps, standIns: [] }, ['pg_trgm'], { jobs: 1, cache: undefined });
  try {
    const first = await engine.open();
    expect(await run(first, "CREATE EXTENSION pg_trgm; SELECT similarity('a', 'b')")).toBeUndefined();
    await first.close();
    // The other one counts its changes anew: none of these numbers may be taken for what the first had counted.
    for (let views = 1; views <= 12; views++) {
      const session = await engine.open();
      const sql = Array.from({ length: views }, (_, k) => `CREATE VIEW v${k} AS SELECT ${k} AS a;`).join('\n');
      expect(await run(session, sql)).toBeUndefined();
      const rules = (await session.state()).lines().filter((line) => line.startsWith('RULE "_RETURN" ON public.v'));
      expect(rules).toHaveLength(views);
      await session.close();
    }
  } finally {
    await engine.close();
  }
}, 60_000);
