/** The plans for changes that one file cannot make safely: their SQL runs, on a table with rows, and leaves them. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { unitsOf } from '../../src/catalog/units.ts';
import type { Engine } from '../../src/database/types.ts';
import { World } from '../../src/history/world.ts';
import { play } from '../../src/history/play.ts';
import { lintText } from '../../src/linter/linter.ts';
import { planFor, type Plan } from '../../src/locking/plans/index.ts';
import { loadParser } from '../../src/syntax/parser.ts';
import { Script } from '../../src/syntax/script.ts';
import { run, startDatabases } from '../support/database.ts';

const SETUP = `
CREATE TABLE orders (
  id bigint PRIMARY KEY,
  total integer NOT NULL DEFAULT 0,
  note text,
  state varchar(20) NOT NULL,
  code integer
);
CREATE INDEX orders_total ON orders (total);
CREATE TABLE items (id bigint, name text NOT NULL, UNIQUE (name));
CREATE TABLE events (at date NOT NULL, kind text NOT NULL) PARTITION BY RANGE (at);
CREATE TABLE events_2025 PARTITION OF events FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
INSERT INTO orders SELECT n, n, CASE WHEN n % 6 > 0 THEN 'note ' || n END, 'open', n % 7 FROM generate_series(1, 3000) AS n;
INSERT INTO items SELECT n, 'item ' || n FROM generate_series(1, 3000) AS n;
INSERT INTO events SELECT date '2025-01-01' + n % 300, 'kind ' || n FROM generate_series(1, 3000) AS n;
`;

interface Change {
  change: string;
  /** What clients do behind the first step. */
  meanwhile?: string;
  /** What stands for `<value>`. */
  value?: string;
  version?: number;
  ask: string;
  expected: unknown[][];
}

const isRequired = (table: string, column: string) =>
  `(SELECT attnotnull FROM pg_attribute WHERE attrelid = '${table}'::regclass AND attname = '${column}')`;

const CHANGES: Change[] = [
  {
    change: 'ALTER TABLE orders ALTER COLUMN total TYPE numeric(12, 2) USING orders.total / 100.0',
    meanwhile: "INSERT INTO orders VALUES (3001, 3001, NULL, 'open', 1); UPDATE orders SET total = 7000 WHERE id = 70;",
    value: '0',
    ask: `SELECT count(*), sum(total), ${isRequired('orders', 'total')} FROM orders`,
    expected: [[3001, '45114.31', true]],
  },
  {
    change: 'ALTER TABLE public.orders ALTER code TYPE bigint',
    ask: 'SELECT count(code), sum(code), min(pg_typeof(code)::text) FROM orders',
    expected: [[3000, '8998', 'bigint']],
  },
  {
    change: 'ALTER TABLE items ALTER name TYPE varchar(40) USING name || $$ %$$',
    ask: "SELECT count(*), min(name) FROM items WHERE name LIKE 'item % \\%'",
    expected: [[3000, 'item 1 %']],
  },
  {
    change: 'ALTER TABLE events ALTER kind TYPE varchar(40) USING kind || $$ %$$',
    ask: "SELECT count(*), min(kind) FROM events WHERE kind LIKE 'kind % \\%'",
    expected: [[3000, 'kind 1 %']],
  },
  {
    change: 'ALTER TABLE orders RENAME COLUMN state TO "Status"',
    meanwhile:
      "UPDATE orders SET state = 'old' WHERE id = 1; UPDATE orders SET \"Status\" = 'new' WHERE id = 2;" +
      "INSERT INTO orders (id, state) VALUES (3001, 'old'); INSERT INTO orders (id, \"Status\") VALUES (3002, 'new');",
    ask: `SELECT "Status", count(*), ${isRequired('orders', 'Status')} FROM orders GROUP BY 1 ORDER BY 1`,
    expected: [
      ['new', 2, true],
      ['old', 2, true],
      ['open', 2998, true],
    ],
  },
  {
    change: 'ALTER TABLE events RENAME kind TO name',
    ask: `SELECT count(*), count(DISTINCT name), ${isRequired('events', 'name')} FROM events WHERE name LIKE 'kind %'`,
    expected: [[3000, 3000, true]],
  },
  {
    change: 'ALTER TABLE orders DROP COLUMN state',
    ask: "SELECT count(*), bool_or(to_jsonb(orders) ? 'state') FROM orders",
    expected: [[3000, false]],
  },
  ...[14, 18].map((version) => ({
    change: 'ALTER TABLE orders ALTER COLUMN note SET NOT NULL',
    value: "'none'",
    version,
    ask: `SELECT count(*), count(*) FILTER (WHERE note = 'none'), ${isRequired('orders', 'note')} FROM orders`,
    expected: [[3000, 500, true]],
  })),
  {
    change: "ALTER TABLE orders ADD COLUMN who varchar(9) NOT NULL CHECK (who <> '')",
    value: "'nobody'",
    ask: `SELECT who, count(*), ${isRequired('orders', 'who')} FROM orders GROUP BY 1`,
    expected: [['nobody', 3000, true]],
  },
  {
    change: 'ALTER TABLE items ADD PRIMARY KEY (id)',
    ask: `SELECT conname, convalidated, ${isRequired('items', 'id')} FROM pg_constraint WHERE contype = 'p' AND conrelid = 'items'::regclass`,
    expected: [['items_pkey', true, true]],
  },
  {
    change: 'ALTER TABLE orders ADD CONSTRAINT orders_key PRIMARY KEY (id, total)',
    ask: "SELECT conname, conkey::text FROM pg_constraint WHERE contype = 'p' AND conrelid = 'orders'::regclass",
    expected: [['orders_key', '{1,2}']],
  },
  {
    change: 'ALTER TABLE items RENAME TO things',
    meanwhile: "INSERT INTO items VALUES (3001, 'old'); UPDATE items SET name = 'new' WHERE id = 1;",
    ask: "SELECT count(*), to_regclass('items') IS NULL FROM things",
    expected: [[3001, true]],
  },
  { change: 'DROP TABLE items', ask: "SELECT to_regclass('items') IS NULL", expected: [[true]] },
];

let engine: Engine;
beforeAll(async () => {
  await loadParser();
  engine = await startDatabases();
});
afterAll(() => engine.close());

const unitOf = (sql: string) => unitsOf(new Script(`${sql};`, '2.sql').statements[0]!)[0]!;

function planned(change: string, version: number): Plan {
  const world = new World();
  play(new Script(SETUP, '1.sql').statements, world);
  const plan = planFor(unitOf(change), world, version);
  expect(plan).toBeDefined();
  return plan!;
}

test.each(CHANGES.map((change) => [`${change.change} (${change.version ?? 14})`, change] as const))(
  '%s',
  async (_, { change, meanwhile, value = '', version = 14, ask, expected }) => {
    const session = await engine.open();
    try {
      expect(await run(session, SETUP)).toBeUndefined();
      for (const [k, { goes, sql }] of planned(change, version).steps.entries()) {
        const filled = sql.replaceAll('<value>', value);
        expect(await run(session, goes === 'file' ? `BEGIN;\n${filled}\nCOMMIT;` : filled)).toBeUndefined();
        if (k === 0 && meanwhile !== undefined) expect(await run(session, meanwhile)).toBeUndefined();
      }
      expect(await session.ask(ask)).toEqual([expected]);
    } finally {
      await session.close();
    }
  },
);

test.each(CHANGES)('the steps of $change are found safe', ({ change, version = 14 }) => {
  const before = [SETUP];
  for (const { goes, sql } of planned(change, version).steps) {
    const world = new World();
    for (const text of before) play(new Script(text, '1.sql').statements, world);
    const { messages } = lintText(sql.replaceAll('<value>', '0'), '2.sql', {
      world,
      fix: { postgresVersion: version },
      rules: { 'no-blocking-index': 'warn', 'no-blocking-constraint': 'warn', 'no-table-rewrite': 'warn' },
    });
    if (goes !== 'batches') expect(messages).toEqual([]);
    before.push(sql);
  }
});

test('what one file can do has no plan', () => {
  const world = new World();
  play(new Script(SETUP, '1.sql').statements, world);
  for (const sql of [
    'ALTER TABLE orders ADD COLUMN who text',
    "ALTER TABLE orders ADD COLUMN who text NOT NULL DEFAULT ''",
    'ALTER TABLE orders ADD CHECK (total > 0)',
    'ALTER TABLE orders OWNER TO CURRENT_USER',
    'DROP INDEX orders_total',
    'CREATE INDEX ON orders (code)',
  ])
    expect(planFor(unitOf(sql), world, 14)).toBeUndefined();
});

test('a plan says what the statements do not show', () => {
  expect(planned('ALTER TABLE orders ALTER COLUMN total TYPE bigint', 14).notes.join(' ')).toMatch(
    /<value> stands for the default .* index "orders_total"/,
  );
});
