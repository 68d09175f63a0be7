/** The names that PostgreSQL keeps and chooses, compared with those that it really keeps and chooses. */
import { PGlite } from '@electric-sql/pglite';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { columnParts, indexName, nothingTaken } from '../../src/catalog/columns.ts';
import {
  makeObjectName,
  namesInString,
  nameInString,
  quoteIdent,
  quoteName,
  quoteLiteral,
  truncateName,
} from '../../src/catalog/names.ts';
import { loadParser, parseStatement, type NodeOf } from '../../src/syntax/parser.ts';

let db: PGlite;
beforeAll(async () => {
  await loadParser();
  db = await PGlite.create();
}, 60_000);
afterAll(() => db.close());

// What the parser gives is the caller's to know.
// eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters
const parsed = <T>(sql: string) => {
  const result = parseStatement(sql);
  if (!result.ok) throw new Error(`${result.message}: ${sql}`);
  return result.node as T;
};

/** Names of any letters, of up to twice the length that PostgreSQL keeps. */
const name = fc
  .string({ unit: fc.constantFrom('a', 'b', '_', '1', 'é', '漢', '😀', 'Q', ' '), minLength: 1, maxLength: 70 })
  .filter((s) => Buffer.byteLength(truncateName(s)) > 0);
const rows = async (sql: string) =>
  (await db.query<Record<string, string>>(sql)).rows.map((row) => Object.values(row)[0]!);
const TIMEOUT_MS = 60_000;
const options = { numRuns: Number(process.env.NAMES ?? 60), seed: 7 };

test('names in strings are read as PostgreSQL reads them', { timeout: TIMEOUT_MS }, async () => {
  const text = fc.string({
    unit: fc.constantFrom('a', 'Q', 'É', '"', '.', ' ', '\t', '_'),
    minLength: 1,
    maxLength: 9,
  });
  await fc.assert(
    fc.asyncProperty(text, async (s) => {
      const names = namesInString(s, '.');
      const read = await db.query<{ names: string[] }>('SELECT parse_ident($1) AS names', [s]).catch(() => undefined);
      if (read) expect(names).toEqual(read.rows[0]!.names);
      // It is stricter than what reads the name of a table: invalid_name says that this refuses the string, too.
      else
        await expect(db.query('SELECT $1::text::regclass', [s])).rejects.toSatisfy(
          ({ code }: { code: string }) => (code === '42602') === (names === undefined),
        );
    }),
    { ...options, numRuns: 10 * options.numRuns },
  );
});

test('a quoted name in a string is that name', () => {
  const named = fc.record({ schema: name.map(truncateName), name: name.map(truncateName) });
  fc.assert(
    fc.property(named, (n) => void expect(nameInString(quoteName(n))).toEqual(n)),
    options,
  );
  expect(nameInString('16384')).toBeUndefined();
});

test('names are cut at 63 bytes, without cutting a character', { timeout: TIMEOUT_MS }, async () => {
  await fc.assert(
    fc.asyncProperty(name, async (s) => {
      expect(await rows(`SELECT ${quoteLiteral(s)}::name::text`)).toEqual([truncateName(s)]);
    }),
    options,
  );
});

test('identifiers and literals are quoted as PostgreSQL quotes them', { timeout: TIMEOUT_MS }, async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(
        name,
        fc.constantFrom('order', 'user', 'name', 'value', 'between', 'a"b', "it's", 'back\\slash', 'Ünder'),
      ),
      async (s) => {
        const [result] = (
          await db.query<{ ident: string; literal: string }>(
            'SELECT quote_ident($1) AS ident, quote_literal($1) AS literal',
            [s],
          )
        ).rows;
        expect(quoteIdent(s)).toBe(result!.ident);
        expect(quoteLiteral(s).trim()).toBe(result!.literal.trim());
      },
    ),
    options,
  );
});

test('an index without a name is called as PostgreSQL calls it', { timeout: TIMEOUT_MS }, async () => {
  const elements = fc.array(
    fc.constantFrom(
      'a',
      'lower(b)',
      '(a || b)',
      'coalesce(a, b)',
      "(a::varchar || 'x')",
      'upper(b) DESC',
      '(b::int)',
      'long',
      '"long one"',
      'substr(a, 1, 2)',
    ),
    { minLength: 1, maxLength: 4 },
  );
  await fc.assert(
    fc.asyncProperty(name, name, elements, async (table, long, list) => {
      const columns = list
        .map((e) => (e === 'long' ? quoteIdent(long) : e === '"long one"' ? `lower(${quoteIdent(long)})` : e))
        .join(', ');
      fc.pre(!['a', 'b'].includes(truncateName(long)));
      await db.exec(`BEGIN; CREATE TABLE ${quoteIdent(table)} (a text, b text, ${quoteIdent(long)} text)`);
      const sql = `CREATE INDEX ON ${quoteIdent(table)} (${columns})${list.length % 2 === 0 ? ' INCLUDE (a, b)' : ''}`;
      try {
        await db.exec(sql);
        const [real] = await rows(
          `SELECT indexrelid::regclass::oid::text FROM pg_index WHERE indrelid = to_regclass(${quoteLiteral(quoteIdent(table))})`,
        );
        const index = parsed<NodeOf<'IndexStmt'>>(sql);
        expect(await rows(`SELECT relname FROM pg_class WHERE oid = ${real!}`)).toEqual([
          indexName({ name: truncateName(table) }, index.indexParams, {
            including: index.indexIncludingParams,
            taken: nothingTaken,
          }),
        ]);
      } finally {
        await db.exec('ROLLBACK');
      }
    }),
    options,
  );
});

test('constraints without a name are called as PostgreSQL calls them', { timeout: TIMEOUT_MS }, async () => {
  await fc.assert(
    fc.asyncProperty(
      name,
      name,
      fc.array(
        fc.constantFrom(
          'CHECK (a > 0)',
          'CHECK (a > 0)',
          'CHECK (a > b)',
          'CHECK (LONG > 0)',
          'CHECK (true)',
          'UNIQUE (a)',
          'UNIQUE (a, LONG)',
          'UNIQUE (LONG, b, a)',
          'UNIQUE (b) INCLUDE (a)',
          'FOREIGN KEY (a) REFERENCES p',
          'FOREIGN KEY (LONG) REFERENCES p',
          'EXCLUDE (a WITH =)',
        ),
        { minLength: 1, maxLength: 5 },
      ),
      async (table, long, constraints) => {
        fc.pre(!['a', 'b'].includes(truncateName(long)) && truncateName(table) !== 'p');
        const sql = `CREATE TABLE ${quoteIdent(table)} (a int PRIMARY KEY, b int, ${quoteIdent(long)} int, ${constraints.join(', ').replaceAll('LONG', quoteIdent(long))})`;
        await db.exec(`BEGIN; CREATE TABLE p (id int PRIMARY KEY); ${sql}`);
        try {
          const node = parsed<NodeOf<'CreateStmt'>>(sql);
          const expected = columnParts({ name: truncateName(table) }, node.tableElts, nothingTaken)
            .filter((p) => p.kind === 'constraint')
            .map((p) => p.name);
          const real = await rows(
            `SELECT conname FROM pg_constraint WHERE conrelid = to_regclass(${quoteLiteral(quoteIdent(table))}) AND contype <> 'n'`,
          );
          expect(expected.sort()).toEqual(real.sort());
        } finally {
          await db.exec('ROLLBACK');
        }
      },
    ),
    options,
  );
});

test('the longer of two names is shortened first', () => {
  expect(makeObjectName('t'.repeat(60), 'c', 'idx')).toBe(`${'t'.repeat(57)}_c_idx`);
  expect(Buffer.byteLength(makeObjectName('漢'.repeat(30), '😀'.repeat(30), 'fkey'))).toBeLessThanOrEqual(63);
});
