/** What the other files of a folder say counts, before a rule speaks. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { nodeDisk } from '../../src/disk/node.ts';
import { History } from '../../src/history/files.ts';
import { lintText } from '../../src/linter/linter.ts';
import { loadParser } from '../../src/syntax/parser.ts';

const folders: string[] = [];
beforeAll(() => loadParser());
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true });
});

/** Lints each of the files in its place, and says which of them have a finding. */
function found(rule: string, files: string[]): number[] {
  const folder = mkdtempSync(join(tmpdir(), 'sql-lint-'));
  folders.push(folder);
  const paths = files.map((text, k) => {
    const path = join(folder, `${k + 1}_file.sql`);
    writeFileSync(path, text);
    return path;
  });
  const history = new History({ disk: nodeDisk });
  return paths.flatMap((path, k) =>
    lintText(files[k]!, path, { rules: { [rule]: 'error' }, ...history.placeOf(path) }).messages.length > 0
      ? [k + 1]
      : [],
  );
}

const TABLE = 'CREATE TABLE notes (id int PRIMARY KEY);';
const ENABLE = 'ALTER TABLE notes ENABLE ROW LEVEL SECURITY;';
const LOOP =
  "DO $$ DECLARE t text; BEGIN FOR t IN SELECT tablename FROM pg_tables LOOP EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t); END LOOP; END $$;";

test.each([
  ['a table that a later file secures', 'require-rls', [TABLE, ENABLE], []],
  ['a table that a later loop secures', 'require-rls', [TABLE, LOOP], []],
  ['a table that comes after the loop', 'require-rls', [LOOP, TABLE], [2]],
  ['a table that a later file drops', 'require-rls', [TABLE, 'DROP TABLE notes;'], []],
  [
    'a table that is renamed, then secured',
    'require-rls',
    [TABLE, 'ALTER TABLE notes RENAME TO memos;', 'ALTER TABLE memos ENABLE ROW LEVEL SECURITY;'],
    [],
  ],
  [
    'a table that is secured, then renamed, then gets a policy',
    'no-policy-without-rls',
    [TABLE + ENABLE, 'ALTER TABLE notes RENAME TO memos;', 'CREATE POLICY p ON memos USING (true);'],
    [],
  ],
  ['a policy in a later file', 'require-policy', [TABLE + ENABLE, 'CREATE POLICY p ON notes USING (true);'], []],
  ['a comment is no statement', 'require-rls', [TABLE, `-- ${ENABLE}`], [1]],
  [
    'a view that a later file makes anew',
    'require-security-invoker',
    [
      TABLE,
      'CREATE VIEW v AS SELECT * FROM notes;',
      'CREATE OR REPLACE VIEW v WITH (security_invoker = true) AS SELECT * FROM notes;',
    ],
    [],
  ],
  [
    'a search_path that a later file sets',
    'require-function-search-path',
    ["CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1';", "ALTER FUNCTION f() SET search_path = '';"],
    [],
  ],
  [
    'a primary key in a later file',
    'require-primary-key',
    ['CREATE TABLE t (id int);', 'ALTER TABLE ONLY public.t ADD CONSTRAINT t_pkey PRIMARY KEY (id);'],
    [],
  ],
  [
    'an index in a later file',
    'require-foreign-key-index',
    [TABLE, 'CREATE TABLE t (note int REFERENCES notes (id));', 'CREATE INDEX ON t (note);'],
    [],
  ],
  [
    'the same index in a later file',
    'no-duplicate-index',
    [TABLE, 'CREATE INDEX a ON notes (id);', 'CREATE INDEX b ON notes (id);'],
    [3],
  ],
] as const)('%s', (_, rule, files, expected) => {
  expect(found(rule, [...files])).toEqual(expected);
});
