/** What is proven of conditions. The table of policies in bench/access.md holds it against PostgreSQL. */
import { beforeAll, expect, test } from 'vitest';
import { ANONYMOUS, SIGNED_IN } from '../../src/access/callers.ts';
import { judge } from '../../src/access/condition.ts';
import { loadParser } from '../../src/syntax/parser.ts';
import { Script } from '../../src/syntax/script.ts';

beforeAll(() => loadParser());

const TABLE = { name: 'notes', isNotNull: (column: string) => column === 'id' };

/** For which rows a condition holds, for requests without and with a user. */
function rowsOf(condition: string): string {
  const [statement] = new Script(`CREATE POLICY p ON notes USING (${condition})`).statements;
  const { qual } = statement!.as('CreatePolicyStmt')!;
  return [ANONYMOUS, SIGNED_IN].map((caller) => judge(qual, caller, TABLE)).join(' ');
}

test.each([
  // Constants.
  ['true', 'all all'],
  ['NOT false', 'all all'],
  ['1 = 1', 'all all'],
  ["'yes'", 'all all'],
  ['null', 'none none'],
  ['false OR true', 'all all'],
  // Columns of the row.
  ['id = id', 'all all'],
  ['notes.id = id', 'all all'],
  ['user_id = user_id', 'most most'],
  ['id IS NOT NULL', 'all all'],
  ['user_id IS NOT NULL', 'some some'],
  ['user_id IS NULL OR user_id IS NOT NULL', 'all all'],
  ['is_public OR NOT is_public OR is_public IS NULL', 'all all'],
  ['is_public OR NOT is_public', 'some some'],
  ['is_public IN (true, false) OR is_public IS NULL', 'all all'],
  ['user_id = NULL', 'none none'],
  ["body LIKE '%' OR body IS NULL", 'all all'],
  // The caller.
  ['user_id = auth.uid()', 'none some'],
  ['(SELECT auth.uid()) = user_id', 'none some'],
  ['user_id IS DISTINCT FROM (SELECT auth.uid())', 'some some'],
  ['id IS DISTINCT FROM (SELECT auth.uid())', 'all some'],
  ['coalesce((SELECT auth.uid()) = user_id, true)', 'all some'],
  ['NOT coalesce(auth.uid() = user_id, false)', 'all some'],
  ['auth.uid() IS NOT NULL', 'none all'],
  ['auth.uid() IS NULL', 'all none'],
  ["auth.role() = 'authenticated'", 'none all'],
  ["auth.role() IN ('anon', 'authenticated')", 'all all'],
  ["auth.role() = 'service_role'", 'none none'],
  ["(auth.jwt() ->> 'role') = 'service_role'", 'none none'],
  ["auth.jwt() ->> 'email' LIKE '%@example.com'", 'none some'],
  ["(auth.jwt() -> 'app_metadata' ->> 'org')::uuid = id", 'none some'],
  ["auth.jwt() #>> '{app_metadata,role}' = 'admin'", 'none some'],
  ["current_setting('request.jwt.claims', true)::json ->> 'sub' = user_id::text", 'none some'],
  ["nullif(current_setting('request.jwt.claim.sub', true), '')::uuid = user_id", 'none some'],
  ["(nullif(current_setting('request.jwt.claims', true), '')::json ->> 'role') = 'authenticated'", 'none all'],
  ["current_user = 'authenticated'", 'none all'],
  ["CASE WHEN auth.role() = 'anon' THEN false ELSE true END", 'none all'],
  ["CASE auth.role() WHEN 'anon' THEN is_public ELSE true END", 'some all'],
  ['auth.uid() = ANY (ARRAY[user_id, id])', 'none some'],
  ['auth.uid() = ANY (editors)', 'none some'],
  ['auth.uid() <> ALL (editors)', 'some some'],
  ['auth.uid() = user_id OR is_public', 'some some'],
  ['(auth.uid() = user_id) IS NOT TRUE', 'all some'],
  ['(auth.uid() = user_id) IS NOT FALSE', 'all some'],
  ['nullif(auth.uid(), auth.uid()) IS NULL', 'all all'],
  // Subqueries.
  ['EXISTS (SELECT 1)', 'all all'],
  ['EXISTS (SELECT 1 FROM members m WHERE m.user_id = auth.uid())', 'none some'],
  ['NOT EXISTS (SELECT 1 FROM blocked b WHERE b.user_id = auth.uid())', 'all some'],
  ['EXISTS (SELECT count(*) FROM members m WHERE m.user_id = auth.uid())', 'all all'],
  ['EXISTS (SELECT 1 FROM members m JOIN orgs o ON o.owner = auth.uid())', 'none some'],
  ['EXISTS (SELECT 1 FROM members m LEFT JOIN orgs o ON o.owner = auth.uid())', 'some some'],
  ['id IN (SELECT note_id FROM shares WHERE user_id = auth.uid())', 'none some'],
  ['id NOT IN (SELECT note_id FROM hidden WHERE user_id = auth.uid())', 'all some'],
  ['auth.uid() IN (SELECT user_id FROM members)', 'none some'],
  ['auth.uid() NOT IN (SELECT user_id FROM members)', 'some some'],
  ["(SELECT role FROM profiles WHERE id = auth.uid()) = 'admin'", 'none some'],
  ['id = ANY (ARRAY(SELECT note_id FROM shares WHERE user_id = auth.uid()))', 'none some'],
  ['(SELECT count(*) FROM members WHERE user_id = auth.uid()) > 0', 'some some'],
  [
    'EXISTS (SELECT 1 FROM a WHERE a.user_id = auth.uid() UNION SELECT 1 FROM b WHERE b.user_id = auth.uid())',
    'none some',
  ],
  // What the text does not tell.
  ['is_member(org_id)', 'some some'],
  ['is_member(org_id) OR NOT is_member(org_id)', 'some some'],
  ['random() < 0.5 OR NOT random() < 0.5', 'some some'],
  ['(a, b) = (b, a)', 'some some'],
])('%s', (condition, rows) => {
  expect(rowsOf(condition)).toBe(rows);
});
