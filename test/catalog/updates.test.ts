import { beforeAll, expect, test } from 'vitest';
import { repeatedChange } from '../../src/catalog/updates.ts';
import { loadParser, parseStatement, type NodeOf } from '../../src/syntax/parser.ts';

beforeAll(loadParser);

function changeOf(sql: string): string {
  const parsed = parseStatement(sql);
  if (!parsed.ok) throw new Error(`${sql} does not parse`);
  const { targetList, whereClause, relation } = parsed.node as NodeOf<'UpdateStmt'>;
  const change = repeatedChange(targetList, whereClause, relation);
  return change ? (change.maybe ? 'maybe' : 'again') : 'once';
}

test.each([
  ["SET a = 'x', n = n + 1 WHERE a <> 'x'", 'once'],
  ["SET a = 'x', n = n + 1 WHERE a <> f('x')", 'again'],
  ["SET a = 'x', n = n + 1 WHERE a IS DISTINCT FROM 'x'::text", 'once'],
  ["SET a = 'x', n = n + 1 WHERE a = 'y'", 'once'],
  ["SET a = 'x', n = n + 1 WHERE a IN ('y', 'z')", 'once'],
  ["SET a = 'x', n = n + 1 WHERE a IN ('y', 'x')", 'again'],
  ["SET a = DEFAULT, n = n + 1 WHERE a = 'y'", 'again'],
  ['SET a = 5, n = n + 1 WHERE a = 6', 'once'],
  ["SET a = 5, n = n + 1 WHERE a = '5'", 'again'],
  ['SET a = 1.5, n = n + 1 WHERE a = 1.50', 'again'],
  ["SET a = NULL, n = n + 1 WHERE a = 'y'", 'once'],
  ['SET a = true, n = n + 1 WHERE NOT a', 'once'],
  ["SET tags = tags || ARRAY['x'] WHERE NOT 'x' = ANY (tags)", 'once'],
  ["SET tags = array_append(tags, f('x')) WHERE NOT 'x' = ANY (tags)", 'maybe'],
  ['SET a = lower(a)', 'once'],
  ["SET a = a || 'x'", 'again'],
  ['SET a = f(a)', 'maybe'],
])('UPDATE t %s: %s', (clauses, expected) => {
  expect(changeOf(`UPDATE t ${clauses}`)).toBe(expected);
});
