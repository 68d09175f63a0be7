/** `verify --locks` measures what the facts say, and what the table of statements says of the locks. */
import { readFileSync } from 'node:fs';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { stronger, type LockMode } from '../../src/catalog/locks/types.ts';
import type { Engine } from '../../src/database/types.ts';
import { play } from '../../src/history/play.ts';
import { World } from '../../src/history/world.ts';
import { SqlSource } from '../../src/rules/api/source.ts';
import { loadParser } from '../../src/syntax/parser.ts';
import { Script } from '../../src/syntax/script.ts';
import { measureFile, whoIsStopped, type MeasuredFile } from '../../src/verify/locks.ts';
import { planSteps } from '../../src/verify/steps.ts';
import { readFacts, type Fact } from '../locking/facts.ts';
import { startDatabases } from '../support/database.ts';
import { hasServer, startServer, type Server } from '../support/server.ts';

let engine: Engine;
beforeAll(async () => {
  await loadParser();
  engine = await startDatabases(['citext']);
}, 120_000);
afterAll(() => engine.close());

async function measured(setup: string, run: string): Promise<MeasuredFile> {
  const session = await engine.open();
  try {
    await session.run(planSteps(setup, '1.sql').steps, 'continue');
    return await measureFile(session, { path: '2.sql', text: run }, planSteps(run, '2.sql').steps);
  } finally {
    await session.close();
  }
}

/** Tables only: the locks of indexes and sequences are a matter of their own. */
const isTable = (relation: string): boolean => !/^(?:index|sequence) /.test(relation);

/** The strongest lock on each table, over all statements. */
function locksIn({ statements }: MeasuredFile): Map<string, LockMode> {
  const found = new Map<string, LockMode>();
  for (const { locks } of statements)
    for (const { relation, lock } of locks)
      if (isTable(relation)) found.set(relation, stronger(lock, found.get(relation) ?? lock));
  return found;
}

const modeOf = (name: string): string =>
  name
    .replace(/Lock$/, '')
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .toUpperCase();

/** Facts of one statement: of several, a fact tells what holds at the end of their transaction. */
const facts = readFacts(readFileSync('test/locking/facts.sql', 'utf8')).filter(
  ({ error, run }) => error === undefined && run.trim().indexOf(';') === run.trim().length - 1,
);

/** The tables of a fact that are locked, with their locks; without indexes and sequences, which a table's name is not. */
const locksOf = ({ locks }: Fact, known: ReadonlyMap<string, unknown>): [string, string][] =>
  [...locks].filter(([relation]) => known.has(relation)).map(([relation, lock]) => [relation, modeOf(lock)]);

describe('a measurement agrees with the facts', () => {
  test.each(facts.map((fact) => [fact.name, fact] as const))('%s', async (_, fact) => {
    const file = await measured(fact.setup, fact.run);
    expect(file.stopped).toBeUndefined();
    const locks = locksIn(file);
    expect(locksOf(fact, locks).sort()).toEqual([...locks].sort());
    const rewrites = file.statements.flatMap((statement) => statement.rewrites).filter(isTable);
    expect(rewrites.sort()).toEqual(fact.rewrites.filter((relation) => !/^(?:index|sequence):/.test(relation)).sort());
    const scans = file.statements.flatMap((statement) => statement.scans);
    for (const table of fact.scans) expect(scans).toContain(table);
  });

  // What the rules claim of a statement is what PostgreSQL does.
  test.each(facts.map((fact) => [fact.name, fact] as const))('the table of statements: %s', (_, fact) => {
    const world = new World();
    play(new Script(fact.setup).statements, world);
    const source = new SqlSource(fact.run, 'run.sql', { world });
    const claimed = new Map<string, LockMode>();
    for (const { touch, lock } of source.locks.locked) {
      const { schema, name } = touch.relation;
      const relation = schema === undefined || schema === 'public' ? name : `${schema}.${name}`;
      claimed.set(relation, stronger(lock, claimed.get(relation) ?? lock));
    }
    // Locks that stop somebody: of the weaker ones, the table of statements names those that it needs.
    const stops = (lock: string) => ['SHARE', 'SHARE ROW EXCLUSIVE', 'EXCLUSIVE', 'ACCESS EXCLUSIVE'].includes(lock);
    const said = [...fact.locks].map(([relation, lock]) => [relation, modeOf(lock)] as const);
    for (const [relation, lock] of claimed) if (stops(lock)) expect(said).toContainEqual([relation, lock]);
  });
});

/** What another session of a server sees of a statement whose transaction is still open. */
async function seenBy(server: Server, fact: Fact, k: number): Promise<Map<string, LockMode>> {
  const database = `facts_${k}`;
  await server.admin.query(`CREATE DATABASE ${database}`);
  const client = new pg.Client(server.url(undefined, undefined, database));
  const observer = new pg.Client(server.url(undefined, undefined, database));
  await Promise.all([client.connect(), observer.connect()]);
  try {
    for (const { sql } of planSteps(fact.setup, '1.sql').steps) await client.query(sql);
    const kinds =
      "relkind IN ('r', 'p', 'v', 'm', 'f') AND relnamespace::regnamespace::text !~ '^(pg_|information_schema)'";
    const old = await observer.query<{ oid: number }>(`SELECT oid::int8::int FROM pg_class WHERE ${kinds}`);
    await client.query('BEGIN');
    await client.query(fact.run);
    const { rows: pids } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
    const { rows } = await observer.query<{ relation: string; mode: string }>(
      `SELECT l.relation::regclass::text AS relation, l.mode FROM pg_locks AS l
       WHERE l.pid = $1 AND l.granted AND l.relation = ANY ($2::oid[])`,
      [pids[0]!.pid, old.rows.map(({ oid }) => oid)],
    );
    const found = new Map<string, LockMode>();
    for (const { relation, mode } of rows) {
      const lock = modeOf(mode) as LockMode;
      found.set(relation, stronger(lock, found.get(relation) ?? lock));
    }
    return found;
  } finally {
    await Promise.all([client.end(), observer.end()]);
  }
}

if (!hasServer)
  console.warn('SKIPPED: no PostgreSQL server is installed, so that no locks are held against those of a real one.');

describe.skipIf(!hasServer)('a measurement agrees with pg_locks of a server, as another session reads it', () => {
  let server: Server;
  let version: number;
  beforeAll(async () => {
    server = await startServer(5493);
    const { rows } = await server.admin.query<{ v: number }>(
      "SELECT current_setting('server_version_num')::int / 10000 AS v",
    );
    version = rows[0]!.v;
  }, 120_000);
  afterAll(() => server.stop());

  /** What the statement cannot do in a transaction, no session can be shown in the middle of. */
  const runsAlone = /\bconcurrently\b|^\s*(?:vacuum|cluster\s*;|reindex\s+(?:\([^)]*\)\s*)?(?:schema|database))/i;

  /** What PostgreSQL 18 locks otherwise than the versions before it. */
  const differsBefore18 = new Set(['check-no-inherit', 'unique-partition-index-there']);

  test.each(facts.map((fact, k) => [fact.name, fact, k] as const))('%s', async (name, fact, k) => {
    if (runsAlone.test(fact.run)) return;
    let seen: Map<string, LockMode>;
    try {
      seen = await seenBy(server, fact, k);
    } catch (error) {
      // An older server does not know what is newer.
      if (version < 18 && error instanceof pg.DatabaseError) return;
      throw error;
    }
    const found = [...locksIn(await measured(fact.setup, fact.run))].sort();
    if (version < 18 && differsBefore18.has(name)) expect(found).not.toEqual([...seen].sort());
    else expect(found).toEqual([...seen].sort());
  });
});

test('says who is stopped, and what cannot be measured', async () => {
  const file = await measured(
    'CREATE TABLE t (a int);',
    `ALTER TABLE t ADD COLUMN b int;
CREATE INDEX CONCURRENTLY t_a_idx ON t (a);
CREATE INDEX t_b_idx ON t (b);
CREATE TABLE fresh (a int);
ALTER TABLE fresh ADD COLUMN b int;
ALTER TABLE nowhere ADD COLUMN b int;`,
  );
  expect(
    file.statements.map((statement) => [statement.line, statement.note ? 'note' : whoIsStopped(statement)]),
  ).toEqual([
    [1, 'reads and writes'],
    [2, 'note'],
    [3, 'writes'],
  ]);
  expect(file.stopped).toContain('line 6: ');
});
