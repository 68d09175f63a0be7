/** What the rule says of a folder is what PostgreSQL says when it runs all files again. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Engine } from '../../src/database/types.ts';
import { nodeDisk } from '../../src/disk/node.ts';
import { fixText } from '../../src/linter/fix.ts';
import { Lines } from '../../src/lines.ts';
import { lintText, type LintMessage } from '../../src/linter/linter.ts';
import { loadParser } from '../../src/syntax/parser.ts';
import { Workspace } from '../../src/workspace/workspace.ts';
import { run, startDatabases } from '../support/database.ts';

const RULE = 'no-unreplayable-history';
const folders: string[] = [];
let engine: Engine;
beforeAll(async () => {
  await loadParser();
  engine = await startDatabases();
});
afterAll(async () => {
  await engine.close();
  for (const folder of folders) rmSync(folder, { recursive: true });
});

function makeFolder(texts: readonly string[]): { paths: string[]; lint: (k: number, text?: string) => LintMessage[] } {
  const folder = mkdtempSync(join(tmpdir(), 'sql-lint-'));
  folders.push(folder);
  const paths = texts.map((text, k) => {
    const path = join(folder, `${k + 1}_file.sql`);
    writeFileSync(path, text);
    return path;
  });
  const workspace = new Workspace({ disk: nodeDisk });
  const lint = (k: number, text = texts[k]!) =>
    lintText(text, paths[k]!, { rules: { [RULE]: 'error' }, ...workspace.placeOf(paths[k]!, {}) }).messages;
  return { paths, lint };
}

const TABLE = 'CREATE TABLE IF NOT EXISTS t (id int PRIMARY KEY, a int, b text);\n';
const GUARDED_RENAME = `DO $$ BEGIN
  IF EXISTS (SELECT 1 FROM pg_attribute WHERE attrelid = to_regclass('t') AND attname = 'a' AND NOT attisdropped) THEN
    ALTER TABLE t RENAME COLUMN a TO c;
  END IF;
END $$;`;

/** The files; each finding is the number of the file, the line, the SQLSTATE, and the file that it comes from. */
const CASES: Readonly<Record<string, { files: readonly string[]; found?: string }>> = {
  'a column that a later file drops': {
    files: [`${TABLE}CREATE INDEX IF NOT EXISTS i ON t (a);`, 'ALTER TABLE t DROP COLUMN IF EXISTS a;'],
    found: '1:2 42703 2_file.sql removes column "a" of "t"',
  },
  'a column that a later file renames': {
    files: [TABLE, 'CREATE INDEX IF NOT EXISTS i ON t (a);', GUARDED_RENAME],
    found: '2:1 42703 3_file.sql renames column "a" of "t"',
  },
  'a column that an earlier file adds again': {
    files: [
      TABLE,
      'ALTER TABLE t ADD COLUMN IF NOT EXISTS c int;',
      'CREATE INDEX IF NOT EXISTS i ON t (c);',
      'ALTER TABLE t DROP COLUMN IF EXISTS c;',
    ],
  },
  'a table that an earlier file makes again': {
    files: [TABLE, 'CREATE INDEX IF NOT EXISTS i ON t (a);', 'DROP TABLE IF EXISTS t;'],
  },
  'a view that a later file gives other columns': {
    files: [`${TABLE}CREATE OR REPLACE VIEW v AS SELECT a FROM t;`, 'CREATE OR REPLACE VIEW v AS SELECT a, b FROM t;'],
    found: '1:2 42P16 2_file.sql puts another one in the place of view "v"',
  },
  'a view that a later file makes anew': {
    files: [
      `${TABLE}DROP VIEW IF EXISTS v;\nCREATE VIEW v AS SELECT a FROM t;`,
      'DROP VIEW IF EXISTS v;\nCREATE VIEW v AS SELECT b FROM t;',
    ],
  },
  'a view on which a later one depends': {
    files: [
      `${TABLE}DROP VIEW IF EXISTS v;\nCREATE VIEW v AS SELECT a FROM t;`,
      'DROP VIEW IF EXISTS w;\nCREATE VIEW w AS SELECT a FROM v;',
    ],
    found: '1:2 2BP01 2_file.sql makes other objects depend on view "v"',
  },
  'a function with another result': {
    files: [
      "CREATE OR REPLACE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1';",
      "DROP FUNCTION IF EXISTS f();\nCREATE OR REPLACE FUNCTION f() RETURNS text LANGUAGE sql AS 'SELECT 1::text';",
    ],
    found: '1:1 42P13 2_file.sql puts another one in the place of function "f()"',
  },
  'rows in a column that a later file drops': {
    files: [
      `${TABLE}INSERT INTO t (id, a) VALUES (1, 2) ON CONFLICT DO NOTHING;`,
      'ALTER TABLE t DROP COLUMN IF EXISTS a;',
    ],
    found: '1:2 42703 2_file.sql removes column "a" of "t"',
  },
  'a column that a question asks for': {
    files: [
      `${TABLE}DO $$ BEGIN
  IF EXISTS (SELECT 1 FROM pg_attribute WHERE attrelid = to_regclass('t') AND attname = 'a' AND NOT attisdropped) THEN
    CREATE INDEX IF NOT EXISTS i ON t (a);
  END IF;
END $$;`,
      'ALTER TABLE t DROP COLUMN IF EXISTS a;',
    ],
  },
  'what the same file drops': {
    files: [`${TABLE}DROP INDEX IF EXISTS i;\nCREATE INDEX i ON t (a);\nDROP INDEX IF EXISTS i;`, 'SELECT 1;'],
  },
};

const inWords = (messages: readonly LintMessage[], k: number): string[] =>
  messages.map(({ line, message }) => {
    const [, state, what] = /fails with (\w+) \([^)]*\): (.*?)\. Guard it/.exec(message)!;
    return `${k + 1}:${line} ${state!} ${what!}`;
  });

/** The statements that fail when all files run again in their order, as the findings say it. */
async function failuresAgain(files: readonly string[]): Promise<string[]> {
  const session = await engine.open();
  try {
    for (const file of files) expect(await run(session, file)).toBeUndefined();
    const failures: string[] = [];
    for (const [k, file] of files.entries()) {
      const failure = await run(session, file);
      if (failure) failures.push(`${k + 1}:${new Lines(file).locate(file.indexOf(failure.sql)).line} ${failure.code}`);
    }
    return failures;
  } finally {
    await session.close();
  }
}

test.each(Object.entries(CASES))('%s', async (_, { files, found }) => {
  const { lint } = makeFolder(files);
  const expected = found === undefined ? [] : [found];
  expect(files.flatMap((__, k) => inWords(lint(k), k))).toEqual(expected);
  expect(await failuresAgain(files)).toEqual(expected.map((said) => said.split(' ', 2).join(' ')));
});

test('is found in a text that is fixed or edited, too', () => {
  const bare = TABLE.replace('IF NOT EXISTS ', '');
  const files = [`${bare}CREATE INDEX i ON t (a);`, 'ALTER TABLE t DROP COLUMN IF EXISTS a;'];
  const { lint, paths } = makeFolder(files);
  expect(inWords(lint(0), 0)).toEqual(['1:2 42703 2_file.sql removes column "a" of "t"']);
  const { output } = fixText(files[0]!, paths[0]!, { rules: { 'no-bare-create': 'error' } });
  expect(output).toContain('CREATE INDEX IF NOT EXISTS');
  expect(inWords(lint(0, `-- a line more\n${output!}`), 0)).toEqual(['1:3 42703 2_file.sql removes column "a" of "t"']);
});

test('is judged again once another file has changed', () => {
  const files = [`${TABLE}CREATE INDEX IF NOT EXISTS i ON t (a);`, 'ALTER TABLE t DROP COLUMN IF EXISTS a;'];
  const { paths } = makeFolder(files);
  const workspace = new Workspace({ disk: nodeDisk });
  const messages = () =>
    lintText(files[0]!, paths[0]!, { rules: { [RULE]: 'error' }, ...workspace.placeOf(paths[0]!, {}) }).messages;
  expect(messages()).toHaveLength(1);
  workspace.change(paths[1]!, 'SELECT 1;');
  expect(messages()).toEqual([]);
  workspace.close(paths[1]!);
  expect(messages()[0]!.message).toContain(basename(paths[1]!));
});
