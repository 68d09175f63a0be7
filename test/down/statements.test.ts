import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { entries } from '../../src/catalog/statements/index.ts';
import type { Back } from '../../src/catalog/effects.ts';
import { verdictOf } from '../../src/cli/down-report.ts';
import { fixedText } from '../../src/cli/playing.ts';
import type { Engine, Mark, Session } from '../../src/database/types.ts';
import { undo, type WayBack } from '../../src/schema/down/index.ts';
import { reader, startAt } from '../../src/schema/down/playing.ts';
import { loadParser } from '../../src/syntax/parser.ts';
import { planSteps } from '../../src/verify/steps.ts';
import { run, startDatabases } from '../support/database.ts';
import { readFixtures, type Fixture } from '../support/fixtures.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let engine: Engine;
let session: Session;
let empty: Mark;
beforeAll(async () => {
  await loadParser();
  engine = await startDatabases(['pg_trgm']);
  session = await engine.open();
  empty = await session.mark();
});
afterAll(() => engine.close());

/** The way back of a fixture, from the state that its setup leaves. */
const wayBack = ({ setup, input }: Fixture) => wayBackOf(setup, input);

async function wayBackOf(setup: string, input: string): Promise<WayBack> {
  await session.rewind(empty);
  expect(await run(session, setup)).toBeUndefined();
  const earlier = planSteps(setup, 'setup.sql').steps.map(({ sql }) => sql);
  const start = await startAt(session, reader(session), earlier);
  expect(await run(session, input)).toBeUndefined();
  const after = await session.mark();
  const found = await undo(session, { path: 'up.sql', text: input }, start, after, {
    fix: (sql) => fixedText(sql, undefined),
    formOf: () => ({ path: 'down.sql', kind: {}, direction: 'down', text: (sql) => sql, runners: () => [] }),
  });
  await after.release();
  await start.mark.release();
  return found;
}

/** What may come of a fixture whose entry says this; a fixture may hold nothing that could be lost. */
function allowed(back: Back): string[] {
  if (typeof back === 'string') return ['proven'];
  return 'none' in back ? ['nothing to undo', 'not proven'] : ['proven', 'incomplete'];
}

const backs = new Map(entries.map(({ id, back }) => [id, back]));

/** A second call of the same function puts other rows there, and no key tells them from those of others. */
const UNCLEAR = new Set(['call', 'do', 'execute', 'copy-from', 'explain-analyze', 'explain-analyze-create-table-as']);

/** What says nothing of the database itself, and has a statement beside it that does. */
const BESIDE = new Set(['transaction']);

const runnable = readFixtures('statements').filter(({ id, notRun }) => notRun === undefined && backs.has(id));
/** Each takes about a quarter of a second: one of four runs, or all with BACKS=all. */
const chosen = process.env.BACKS === 'all' ? runnable : runnable.filter((_, k) => k % 4 === 0);

it.for(chosen)('$id is undone as the table says', async (fixture) => {
  const found = await wayBack(fixture);
  const back = backs.get(fixture.id)!;
  const verdicts = [
    ...allowed(back),
    ...(BESIDE.has(fixture.id) ? ['proven'] : []),
    ...(UNCLEAR.has(fixture.id) ? ['incomplete', 'nothing to undo'] : []),
  ];
  const verdict = verdictOf(found);
  expect(verdicts, `${fixture.id}: ${verdict}, ${found.unproven ?? ''}\n${found.text}`).toContain(verdict);
});

it.for<[name: string, setup: string, input: string]>([
  [
    'options of the table for long values',
    '',
    'ALTER TABLE a SET (toast.autovacuum_enabled = false), ADD COLUMN b int;',
  ],
  ['limits of a role', 'CREATE ROLE somebody;', "ALTER ROLE somebody CONNECTION LIMIT 3 VALID UNTIL '2030-01-01';"],
])('%s are undone', async ([, setup, input]) => {
  const found = await wayBackOf(`CREATE TABLE a (id int PRIMARY KEY, c text);${setup}`, input);
  expect({ verdict: verdictOf(found), why: found.unproven, text: found.text }).toMatchObject({
    verdict: 'proven',
    why: undefined,
  });
});

it('is not proven where something stays that no statement undoes', async () => {
  const setup = 'CREATE TABLE a (id int); CREATE FUNCTION f() RETURNS int LANGUAGE sql AS $$ SELECT 1 $$;';
  const found = await wayBackOf(
    setup,
    'ALTER FUNCTION f() DEPENDS ON EXTENSION plpgsql; REVOKE SELECT ON a FROM CURRENT_USER;',
  );
  expect(found.unproven).toMatch(/the relation public\.a has another acl than before/);
});

it('tells rows in words that mean the same in every database', async () => {
  const setup = `
    CREATE TABLE owners (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), name text NOT NULL UNIQUE);
    CREATE TYPE pair AS (a int, b int);
    CREATE DOMAIN version AS pair CHECK ((value).a IS NOT NULL);
    CREATE TABLE items (owner uuid REFERENCES owners, v version, UNIQUE (owner, v));
    CREATE TABLE roles (id serial PRIMARY KEY);
    CREATE TABLE rights (role int REFERENCES roles, what text, UNIQUE (role, what));
    INSERT INTO owners (name) VALUES ('one'); INSERT INTO roles DEFAULT VALUES;`;
  const found = await wayBackOf(
    setup,
    `INSERT INTO items SELECT id, (1, 2)::pair FROM owners;
     INSERT INTO rights SELECT id, 'read' FROM roles;`,
  );
  expect(found.sql).toContain(
    `DELETE FROM public.items\nWHERE owner = (SELECT p.id FROM public.owners AS p WHERE p.name = 'one') AND v = '(1,2)'::public.version;`,
  );
  // The role has no name, and another number in another database.
  expect(found.sql).toContain(
    `DELETE FROM public.rights\nWHERE what = 'read' AND (SELECT count(*) FROM public.rights WHERE what = 'read') = 1;`,
  );
});
