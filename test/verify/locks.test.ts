/** `verify --locks` measures what the facts say, and what the table of statements says of the locks. */
import { readFileSync } from 'node:fs';
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
