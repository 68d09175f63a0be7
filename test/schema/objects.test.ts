import { readFileSync } from 'node:fs';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { differences, readObjects, readServer, type LiveObjects } from '../../src/schema/objects.ts';
import type { Ask } from '../../src/database/state.ts';
import { answersOf } from '../../src/database/wire.ts';
import type { Engine, Session } from '../../src/database/types.ts';
import { run, startDatabases } from '../support/database.ts';
import { hasServer, startServer, type Server } from '../support/server.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const SHOP = readFileSync('test/schema/shop.sql', 'utf8');

let engine: Engine;
let session: Session;
let objects: LiveObjects;
beforeAll(async () => {
  engine = await startDatabases();
  session = await engine.open();
  expect(await run(session, SHOP)).toBeUndefined();
  objects = await readObjects((sql) => session.ask(sql));
});
afterAll(() => engine.close());

it('reads nothing of what PostgreSQL itself has made', async () => {
  const other = await engine.open();
  expect([...(await readObjects((sql) => other.ask(sql))).keys()]).toEqual(['schema public']);
  await other.close();
});

it('reads only', async () => {
  await expect(session.ask('CREATE TABLE t ()')).rejects.toThrow('read-only');
  expect(await session.ask('SELECT 1')).toEqual([[[1]]]);
});

it('has an object of each kind', () => {
  const kinds = new Map<string, number>();
  for (const { kind } of objects.values()) kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
  expect(Object.fromEntries(kinds)).toMatchInlineSnapshot(`
    {
      "aggregate": 1,
      "cast": 1,
      "collation": 1,
      "column": 21,
      "comment": 5,
      "constraint": 9,
      "default privileges": 2,
      "domain": 1,
      "enum": 1,
      "event trigger": 1,
      "foreign data wrapper": 1,
      "foreign table": 1,
      "function": 6,
      "grant": 19,
      "index": 4,
      "materialized view": 1,
      "membership": 1,
      "operator": 1,
      "operator class": 1,
      "operator family": 1,
      "policy": 2,
      "procedure": 1,
      "publication": 1,
      "publication table": 2,
      "range": 1,
      "role": 2,
      "rule": 1,
      "schema": 2,
      "sequence": 2,
      "server": 1,
      "statistics": 1,
      "table": 7,
      "text search configuration": 1,
      "trigger": 2,
      "type": 1,
      "view": 5,
    }
  `);
});

describe.skipIf(!hasServer)('on a server of another version', () => {
  let server: Server;
  let client: pg.Client;
  const ask: Ask = (sql) => answersOf(client, sql);
  beforeAll(async () => {
    server = await startServer(5491);
    await server.admin.query('CREATE ROLE app SUPERUSER LOGIN; ALTER DATABASE app OWNER TO app');
    client = new pg.Client({ connectionString: server.url('app') });
    await client.connect();
    await client.query(SHOP);
  });
  afterAll(async () => {
    await client.end();
    await server.stop();
  });

  it('reads the same', async () => {
    const { owners } = await readServer(ask);
    const others = await readObjects(ask);
    expect(
      differences(objects, others).map(({ kind, expected, actual, properties }) => ({
        kind,
        name: `${(expected ?? actual)!.kind} ${(expected ?? actual)!.name}`,
        properties: properties?.map((name) => [name, expected!.properties[name], actual!.properties[name]]),
      })),
    ).toEqual([]);
    expect(owners).toContain('app');
  });
});
