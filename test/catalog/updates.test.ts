import { beforeAll, expect, test } from 'vitest';
import { repeatedChange } from '../../src/catalog/updates.ts';
import { loadParser, parseStatement, type NodeOf } from '../../src/syntax/parser.ts';

beforeAll(loadParser);

function changeOf(sql: string): string {
  const parsed = parseStatement(sql);
  if (!parsed.ok) throw new Error(`${sql} does not parse`);
  const { targetList, whereClause, relation, fromClause, withClause } = parsed.node as NodeOf<'UpdateStmt'>;
  const change = repeatedChange(targetList, whereClause, relation, fromClause, withClause);
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
  ['SET n = n + 1 WHERE n = 0', 'once'],
  ['SET n = n * 10 WHERE id = 1 AND n IN (1, 2)', 'once'],
  ['SET n = n + 1 WHERE n IN (1, 2)', 'maybe'],
  ['SET n = n * 1 WHERE n = 0', 'maybe'],
  ['SET n = n + id WHERE n = 0', 'maybe'],
  ['SET n = n + 10 WHERE n = 1 OR n = 11', 'maybe'],
  ['SET a = lower(a)', 'once'],
  ['SET a = upper(left(a, 1)) || substr(a, 2)', 'once'],
  ['SET a = upper(substring(a from 1 for 1)) || lower(substring(a from 2))', 'once'],
  ['SET a = initcap(left(a, 2)) || right(a, -2)', 'once'],
  ['SET a = upper(left(a, 1)) || substr(a, 1)', 'again'],
  ['SET a = upper(left(a, 1)) || substr(b, 2)', 'again'],
  ['SET a = upper(left(a, 1)) || substr(a, f(2))', 'again'],
  ["SET a = a || 'x'", 'again'],
  ['SET a = f(a)', 'maybe'],
  ["SET a = CASE a WHEN 'x' THEN 'y' WHEN 'y' THEN 'x' ELSE a END", 'again'],
  ['SET a = CASE a WHEN 1 THEN 2 WHEN 2 THEN 1 ELSE a END', 'again'],
  ['SET a = CASE WHEN a IN (1, 2) THEN 3 WHEN a = 3 THEN 4 END', 'again'],
  ["SET a = CASE WHEN a LIKE 'x%' THEN 'y' ELSE 'z' END", 'again'],
  ["SET a = CASE WHEN a LIKE 'x%' THEN 'xy' ELSE 'z' END", 'once'],
  ["SET a = CASE WHEN a ILIKE 'X_' THEN 'y' WHEN a = 'xyz' THEN 'xy' ELSE a END", 'again'],
  ["SET a = CASE WHEN a LIKE 'x-%.' THEN 'x-y.' ELSE 'z' END", 'once'],
  ["SET a = CASE WHEN a LIKE 'x-%.' THEN 'x-y' ELSE 'z' END", 'again'],
  ["SET a = CASE WHEN a ~ '^x' THEN 'y' ELSE 'z' END", 'maybe'],
  ['SET a = CASE WHEN a > 90 THEN 100 WHEN a > 50 THEN 60 ELSE 0 END', 'once'],
  ['SET a = CASE WHEN a > 90 THEN 60 WHEN a > 50 THEN 50 ELSE 0 END', 'again'],
  ["SET a = CASE WHEN b THEN 'x' WHEN a = 'x' THEN 'y' ELSE a END", 'once'],
  ["SET a = CASE WHEN a IS NULL THEN 'x' ELSE a END", 'once'],
  ["SET a = CASE WHEN a = '' THEN NULL ELSE a END", 'once'],
  ["SET a = CASE WHEN a = 'x' THEN 'y' END", 'again'],
  ["SET a = CASE WHEN starts_with(a, 'x') THEN 'y' ELSE 'z' END", 'maybe'],
  ['SET a = true WHERE id = (SELECT id FROM t WHERE NOT a ORDER BY id LIMIT 1)', 'maybe'],
  ['SET a = 5 WHERE id = (SELECT id FROM t ORDER BY id LIMIT 1)', 'once'],
  ['SET a = 5 WHERE a = (SELECT max(a) FROM t)', 'maybe'],
  ['SET a = n FROM (SELECT id, row_number() OVER (ORDER BY a) AS n FROM t) s WHERE s.id = t.id', 'once'],
  ['SET a = 0 FROM (SELECT id, row_number() OVER (ORDER BY a) AS n FROM t) s WHERE s.id = t.id AND n < 3', 'maybe'],
])('UPDATE t %s: %s', (clauses, expected) => {
  expect(changeOf(`UPDATE t ${clauses}`)).toBe(expected);
});
