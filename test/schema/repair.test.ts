import { readFileSync } from 'node:fs';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import {
  differences,
  keyOf,
  readObjects,
  readServer,
  type Difference,
  type LiveObject,
  type LiveObjects,
} from '../../src/schema/objects.ts';
import { repair, type Statement } from '../../src/schema/repair.ts';
import type { Ask } from '../../src/database/state.ts';
import { answersOf } from '../../src/database/wire.ts';
import type { Engine, Mark, Session } from '../../src/database/types.ts';
import { run, startDatabases } from '../support/database.ts';
import { hasServer, startServer, type Server } from '../support/server.ts';
import { PLANTED, type Planted } from './planted.ts';

vi.setConfig({ testTimeout: 300_000, hookTimeout: 120_000 });

const SHOP = readFileSync('test/schema/shop.sql', 'utf8');

let engine: Engine;
let session: Session;
let pristine: LiveObjects;
let start: Mark;
const read = () => readObjects((sql) => session.ask(sql));
beforeAll(async () => {
  engine = await startDatabases(['pg_trgm']);
  session = await engine.open();
  expect(await run(session, SHOP)).toBeUndefined();
  pristine = await read();
  start = await session.mark();
});
afterAll(() => engine.close());

/** A line for each property that differs. */
const linesOf = ({ kind, expected, actual, properties }: Difference): string[] => {
  const { kind: what, name } = (expected ?? actual)!;
  return properties
    ? properties.map((property) => `${kind} ${what} ${name}: ${property}`)
    : [`${kind} ${what} ${name}`];
};
const said = (found: readonly Difference[]): string[] => found.flatMap(linesOf);

/** `different table t: a, b` as the lines that are found. */
const inLines = (line: string): string[] => {
  const [, head, properties] = /^(different [^:]+: )(.*)$/.exec(line) ?? [];
  return head === undefined ? [line] : properties!.split(', ').map((property) => head + property);
};

const expectedOf = (planted: readonly Planted[]): string[] =>
  [...new Set(planted.flatMap(([, ...of]) => of.flatMap(inLines)))].sort();

/** The differences that are left, without those that say why they must be. */
function left(statements: readonly Statement[], wanted: LiveObjects, present: LiveObjects): string[] {
  const open = new Set(statements.filter(({ why }) => why !== undefined).map(({ object }) => object.name));
  const isOpen = ({ expected, actual }: Difference) =>
    open.has((expected ?? actual)!.name) || open.has((expected ?? actual)!.of ?? '');
  return said(differences(wanted, present).filter((difference) => !isOpen(difference)));
}

/** Runs what may be run, and answers what is left. */
async function close(statements: readonly Statement[], wanted: LiveObjects): Promise<string[]> {
  for (const { sql, why } of statements) {
    const failure = why === undefined ? await run(session, sql) : undefined;
    if (failure) return [`${failure.code} ${failure.message}: ${sql}`];
  }
  return left(statements, wanted, await read());
}

it('quotes names that are keywords or have a pattern in them', () => {
  const object = (kind: string, name: string, more: Partial<LiveObject>): LiveObject => ({
    ...{ kind, name, properties: {} },
    ...more,
  });
  const setOf = (...objects: LiveObject[]): LiveObjects => new Map(objects.map((one) => [keyOf(one), one]));
  const table = object('table', '"My App".t', { schema: 'My App', properties: { owner: 'user' } });
  const rights = object('default privileges', 'anon on tables in "My App"', { properties: { privileges: 'SELECT' } });
  expect(repair(setOf(rights, table), setOf(rights)).map(({ sql }) => sql)).toEqual([
    'CREATE TABLE "My App".t ()',
    'ALTER TABLE "My App".t OWNER TO "user"',
    'REVOKE ALL ON TABLE "My App".t FROM anon',
  ]);
  const column = (type: string) => object('column', 'public.t."$$"', { of: 'public.t', properties: { type } });
  expect(repair(setOf(column('bigint')), setOf(column('integer'))).map(({ sql }) => sql)).toEqual([
    'ALTER TABLE public.t ALTER COLUMN "$$" TYPE bigint USING "$$"::bigint',
  ]);
});

it('plants at least 150', () => {
  expect(PLANTED.flat().length).toBeGreaterThanOrEqual(150);
});

it.each(PLANTED.map((planted, k) => ({ planted, k })))('finds and closes what is planted ($k)', async ({ planted }) => {
  await session.rewind(start);
  for (const [sql] of planted) expect(await run(session, sql)).toBeUndefined();
  const actual = await read();
  expect.soft(said(differences(pristine, actual)).sort()).toEqual(expectedOf(planted));
  expect.soft(await close(repair(pristine, actual, { version: 18 }), pristine), 'not closed').toEqual([]);
  await session.rewind(start);
  expect.soft(await close(repair(actual, pristine, { version: 18 }), actual), 'not made').toEqual([]);
});

describe.skipIf(!hasServer)('on a server of another version', () => {
  let server: Server;
  let client: pg.Client;
  const ask: Ask = (sql) => answersOf(client, sql);
  beforeAll(async () => {
    server = await startServer(5492);
    client = new pg.Client({ connectionString: server.url() });
    await client.connect();
    await client.query(SHOP);
  });
  afterAll(async () => {
    await client.end();
    await server.stop();
  });

  // The embedded PostgreSQL lacks what receives the changes.
  const subscription: Planted = [
    "CREATE SUBSCRIPTION far CONNECTION 'host=nowhere' PUBLICATION theirs WITH (connect = false, slot_name = NONE)",
    'unexpected subscription far',
  ];
  const planted = [...PLANTED, [subscription]];

  it.each(planted.map((planted, k) => ({ planted, k })))('finds and closes the same ($k)', async ({ planted }) => {
    const { version } = await readServer(ask);
    await client.query('BEGIN');
    for (const [sql] of planted) await client.query(sql);
    const actual = await readObjects(ask);
    expect.soft(said(differences(pristine, actual)).sort()).toEqual(expectedOf(planted));
    const statements = repair(pristine, actual, { version });
    for (const { sql, why } of statements) if (why === undefined) await client.query(sql);
    expect.soft(left(statements, pristine, await readObjects(ask))).toEqual([]);
    await client.query('ROLLBACK');
  });
});
