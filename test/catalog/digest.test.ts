import { beforeAll, expect, test } from 'vitest';
import { digestOf } from '../../src/catalog/digest.ts';
import { loadParser, parseStatement } from '../../src/syntax/parser.ts';

beforeAll(loadParser);

const of = (sql: string) => {
  const parsed = parseStatement(sql);
  return digestOf(parsed.ok ? parsed.node : undefined);
};

test('what is laid out in another way says the same', () => {
  expect(of("CREATE TABLE a (b int DEFAULT 1, c text CHECK (c <> 'x'))")).toBe(
    of("create  table A (\n  b INT default 1, -- one\n  c text check (c <> 'x')\n)"),
  );
});

test('what says something else has another number', () => {
  const others = [
    "SELECT 'a', 'b'",
    "SELECT 'ab', ''",
    "SELECT 'a, b'",
    'SELECT a, b',
    'SELECT 1, 2',
    "SELECT '1', '2'",
    'SELECT 12',
    'SELECT NULL',
    'SELECT true',
    'SELECT',
    'SELECT (a, b)',
    'SELECT ARRAY[a, b]',
    'SELECT ARRAY[ARRAY[a], b]',
    'SELECT ARRAY[a, ARRAY[b]]',
  ];
  expect(new Set(others.map(of)).size).toBe(others.length);
  expect(
    new Set(
      [[[], []], [[[]]], [], [{}], [undefined], [null], ['null'], [0], ['0'], [false]].map((tree) => digestOf(tree)),
    ).size,
  ).toBe(10);
});

test('a field can be left out, at the top', () => {
  expect(digestOf({ name: 'a', keys: [{ name: 'b' }] }, 'name')).toBe(
    digestOf({ name: 'c', keys: [{ name: 'b' }] }, 'name'),
  );
  expect(digestOf({ keys: [{ name: 'b' }] }, 'name')).not.toBe(digestOf({ keys: [{ name: 'c' }] }, 'name'));
});
