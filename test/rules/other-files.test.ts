/** What the other files of a folder say counts, before a rule speaks. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { nodeDisk } from '../../src/disk/node.ts';
import { FolderEnd } from '../../src/history/ending.ts';
import { History } from '../../src/history/files.ts';
import { lintText } from '../../src/linter/linter.ts';
import { loadParser } from '../../src/syntax/parser.ts';

const folders: string[] = [];
beforeAll(() => loadParser());
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true });
});

function writeFolder(files: readonly string[]): string[] {
  const folder = mkdtempSync(join(tmpdir(), 'sql-lint-'));
  folders.push(folder);
  return files.map((text, k) => {
    const path = join(folder, `${k + 1}_file.sql`);
    writeFileSync(path, text);
    return path;
  });
}

/** Lints each of the files in its place, and says which of them have a finding. */
function found(rule: string, files: readonly string[]): number[] {
  const paths = writeFolder(files);
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

const SECURE =
  "CREATE FUNCTION secure() RETURNS event_trigger LANGUAGE plpgsql AS $$ DECLARE c record; BEGIN FOR c IN SELECT * FROM pg_event_trigger_ddl_commands() LOOP EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', c.object_identity); END LOOP; END $$; CREATE EVENT TRIGGER secure ON ddl_command_end EXECUTE FUNCTION secure();";

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
  ['among other subcommands', 'require-rls', [`${TABLE} ALTER TABLE notes ADD x int, ENABLE ROW LEVEL SECURITY;`], []],
  ['the words in a comment on a table', 'require-rls', [`${TABLE} COMMENT ON TABLE notes IS '${ENABLE}';`], [1]],
  [
    'the words in a function that nobody calls',
    'require-rls',
    [`${TABLE} CREATE FUNCTION f() RETURNS void LANGUAGE plpgsql AS $$ BEGIN ${ENABLE} END $$;`],
    [1],
  ],
  [
    'a function that is called and secures all tables',
    'require-rls',
    [`${TABLE} CREATE FUNCTION f() RETURNS void LANGUAGE plpgsql AS $f$ ${LOOP.slice(6, -4)} $f$;`, 'SELECT f();'],
    [],
  ],
  ['a quoted name of another table', 'require-rls', [TABLE, 'ALTER TABLE "Notes" ENABLE ROW LEVEL SECURITY;'], [1]],
  ['the words in the way down', 'require-rls', [`-- migrate:up\n${TABLE}\n-- migrate:down\nDROP TABLE notes;`], [1]],
  ['a drop before the table', 'require-rls', [`DROP TABLE IF EXISTS notes; ${TABLE}`], [1]],
  [
    'a loop that puts its SQL together',
    'require-rls',
    [TABLE, LOOP.replace(/format.*, t\)/, "'ALTER TABLE ' || t || ' ENABLE ROW LEVEL SECURITY'")],
    [],
  ],
  [
    'a loop over a variable',
    'require-rls',
    [TABLE, LOOP.replace('EXECUTE', 'q :=').replace('; END LOOP', '; EXECUTE q; END LOOP')],
    [],
  ],
  ['an event trigger that secures what comes later', 'require-rls', [SECURE, TABLE], []],
  [
    'an event trigger that is dropped before the table comes',
    'require-rls',
    [SECURE, 'DROP EVENT TRIGGER secure;', TABLE],
    [3],
  ],
  [
    'an event trigger that is dropped after the table has come',
    'require-rls',
    [SECURE, TABLE, 'DROP EVENT TRIGGER secure;'],
    [],
  ],
  [
    'an event trigger that is disabled before the table comes',
    'require-rls',
    [SECURE, 'ALTER EVENT TRIGGER secure DISABLE;', TABLE],
    [3],
  ],
  [
    'an event trigger that is enabled again',
    'require-rls',
    [SECURE, 'ALTER EVENT TRIGGER secure DISABLE; ALTER EVENT TRIGGER secure ENABLE;', TABLE],
    [],
  ],
  [
    'row level security that a later file disables',
    'require-rls',
    [TABLE + ENABLE, ENABLE.replace('ENABLE', 'DISABLE')],
    [2],
  ],
  [
    'row level security that is disabled for a while',
    'require-rls',
    [TABLE + ENABLE, ENABLE.replace('ENABLE', 'DISABLE'), ENABLE],
    [],
  ],
  [
    'rights that a later file gives back',
    'require-rls',
    [`${TABLE} REVOKE ALL ON notes FROM anon, authenticated;`, 'GRANT SELECT ON notes TO anon;'],
    [2],
  ],
  [
    'a policy without the row level security that a later file disables',
    'no-policy-without-rls',
    [`${TABLE}${ENABLE} CREATE POLICY p ON notes USING (true);`, ENABLE.replace('ENABLE', 'DISABLE')],
    [1],
  ],
  [
    'the only policy, which a later file drops',
    'require-policy',
    [`${TABLE}${ENABLE} CREATE POLICY p ON notes USING (true);`, 'DROP POLICY p ON notes;'],
    [1],
  ],
  ['rights that are taken', 'require-rls', [`${TABLE} REVOKE ALL ON notes FROM anon, authenticated;`], []],
  ['rights that others have lost', 'require-rls', [`${TABLE} REVOKE ALL ON notes FROM intern;`], [1]],
  [
    'a table that takes the name of a renamed one',
    'require-rls',
    [`${TABLE}${ENABLE} ALTER TABLE notes RENAME TO memos; ${TABLE}`],
    [1],
  ],
  [
    'a policy made by EXECUTE for another table',
    'require-policy',
    [TABLE + ENABLE, "DO $$ BEGIN EXECUTE 'CREATE POLICY p ON other USING (true)'; END $$;"],
    [1],
  ],
  [
    'policies that a loop makes',
    'require-policy',
    [TABLE + ENABLE, LOOP.replace('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', 'CREATE POLICY p ON %I USING (true)')],
    [],
  ],
  [
    'a function whose rights are taken as one of many',
    'no-security-definer-in-exposed-schema',
    [
      "CREATE FUNCTION f() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1';",
      'REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA public FROM public, anon;',
    ],
    [],
  ],
  [
    'a function that everyone may still call',
    'no-security-definer-in-exposed-schema',
    [
      "CREATE FUNCTION f() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1';",
      'REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA public FROM anon;',
    ],
    [1],
  ],
  [
    'a function that is created after that',
    'no-security-definer-in-exposed-schema',
    [
      'REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA public FROM anon;',
      "CREATE FUNCTION f() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1';",
    ],
    [2],
  ],
  [
    'default privileges',
    'no-security-definer-in-exposed-schema',
    [
      `ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM public;
       ALTER DEFAULT PRIVILEGES IN SCHEMA public REVOKE EXECUTE ON FUNCTIONS FROM anon;`,
      "CREATE FUNCTION f() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1';",
    ],
    [],
  ],
  [
    'default privileges of one schema, which take nothing from everyone',
    'no-security-definer-in-exposed-schema',
    [
      'ALTER DEFAULT PRIVILEGES IN SCHEMA public REVOKE EXECUTE ON FUNCTIONS FROM public, anon;',
      "CREATE FUNCTION f() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1';",
    ],
    [2],
  ],
  [
    'a mention of auth.uid() in a comment',
    'no-security-definer-in-exposed-schema',
    ["CREATE FUNCTION f() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1 -- not auth.uid()';"],
    [1],
  ],
  [
    'an index without the null keys',
    'require-foreign-key-index',
    [TABLE, 'CREATE TABLE t (note int REFERENCES notes); CREATE INDEX ON t (note) WHERE note IS NOT NULL;'],
    [],
  ],
  [
    'an index of some keys',
    'require-foreign-key-index',
    [TABLE, 'CREATE TABLE t (note int REFERENCES notes); CREATE INDEX ON t (note) WHERE note > 7;'],
    [2],
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

test('a text that is not the one on the disk counts', () => {
  const paths = writeFolder([TABLE, 'ALTER TABLE notes RENAME TO memos;', ENABLE.replace('notes', 'memos')]);
  const lint = (text: string) =>
    lintText(text, paths[0]!, {
      rules: { 'require-rls': 'error' },
      ...new History({ disk: nodeDisk }).placeOf(paths[0]!),
    }).messages.length;
  expect(lint(TABLE)).toBe(0);
  expect(lint(TABLE.replace('notes', 'drafts'))).toBe(1);
  expect(lint(`${TABLE} ${TABLE.replace('notes', 'drafts')}`)).toBe(1);
});

test('the folder is read to its end once, however many files ask', () => {
  const paths = writeFolder(Array.from({ length: 30 }, (_, k) => `CREATE TABLE t${k} (id int PRIMARY KEY);`));
  const scripts = vi.spyOn(FolderEnd.prototype, 'behind');
  const history = new History({ disk: nodeDisk });
  const ends = new Set<unknown>();
  for (const [k, path] of paths.entries()) {
    const { messages } = lintText(`CREATE TABLE t${k} (id int PRIMARY KEY);`, path, {
      rules: { 'require-rls': 'error' },
      ...history.placeOf(path),
    });
    expect(messages).toHaveLength(1);
  }
  for (const end of scripts.mock.contexts) ends.add(end);
  expect(scripts).toHaveBeenCalledTimes(29);
  expect(ends.size).toBe(1);
  scripts.mockRestore();
});
