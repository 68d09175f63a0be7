/** Fixes are written as the tool that runs the file takes them, or not at all. */
import { join } from 'node:path';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { nodeDisk } from '../../src/disk/node.ts';
import { History } from '../../src/history/files.ts';
import { fixText } from '../../src/linter/fix.ts';
import { type LintResult } from '../../src/linter/linter.ts';
import { presetRules } from '../../src/linter/presets.ts';
import { loadParser } from '../../src/syntax/parser.ts';
import { Script } from '../../src/syntax/script.ts';
import { createProject, type Project } from '../support/project.ts';

let project: Project;
beforeAll(loadParser);
afterEach(() => project.remove());

/** What is written into the last of the files, and what is left to say of it. */
function fix(files: Readonly<Record<string, string>>): { text: string; left: string[] } {
  project = createProject({ '.git/HEAD': '', ...files });
  const [file, text] = Object.entries(files).at(-1)!;
  const path = join(project.path, file);
  const place = new History({ disk: nodeDisk }).placeOf(path);
  const run = (sql: string): LintResult => fixText(sql, path, { rules: presetRules('recommended'), ...place });
  const { output = text, messages } = run(text);
  expect(new Script(output, path, place.kind).statements.flatMap((s) => s.problem ?? [])).toEqual([]);
  expect(run(output).output, 'a second fix').toBeUndefined();
  return { text: output, left: messages.map((m) => `${m.line}: ${m.message}`) };
}

const INDEX = 'CREATE INDEX CONCURRENTLY i ON t (a);\n';
const GUARDED = 'CREATE INDEX CONCURRENTLY IF NOT EXISTS i ON t (a);\n';
const TABLE = 'CREATE TABLE IF NOT EXISTS t (id int PRIMARY KEY, a int);\n';
const CHECK = 'ALTER TABLE t ADD CONSTRAINT c CHECK (a > 0);\n';
const CHECK_IN_BLOCK = `DO $$ BEGIN
  IF NOT EXISTS (
    SELECT 1 FROM pg_constraint
    WHERE conrelid = to_regclass('t') AND conname = 'c'
  ) THEN
    ALTER TABLE t ADD CONSTRAINT c CHECK (a > 0);
  END IF;
END $$;
`;

describe('an index that is built concurrently', () => {
  const alone: Record<string, Record<string, string>> = {
    dbmate: { 'db/1_a.sql': `-- migrate:up transaction:false\n${INDEX}\n-- migrate:down\n` },
    'golang-migrate': { 'm/1_a.down.sql': 'SELECT 1;', 'm/1_a.up.sql': INDEX },
    sqlx: { 'Cargo.toml': '[dependencies]\nsqlx = "0.8"\n', 'migrations/1_a.sql': `-- no-transaction\n${INDEX}` },
    Prisma: { 'prisma/migrations/20250101000000_a/migration.sql': INDEX },
    'graphile-migrate': { '.gmrc': '{}', 'migrations/current.sql': `--! no-transaction\n${INDEX}` },
    diesel: {
      'diesel.toml': '',
      'migrations/2025-01-01-000000_a/metadata.toml': 'run_in_transaction = false\n',
      'migrations/2025-01-01-000000_a/up.sql': INDEX,
    },
    postgrator: { 'm/001.do.sql': INDEX },
    'Supabase of an unknown version': { 'supabase/migrations/1_a.sql': INDEX },
    Flyway: { 'db/migration/V1__a.sql': INDEX },
    'no tool that is known': { 'm/1_a.sql': INDEX },
  };
  it.each(Object.entries(alone))('stays alone where the file may be one message: %s', (_, files) => {
    const { text, left } = fix(files);
    expect(text).toBe(Object.values(files).at(-1)!.replace(INDEX, GUARDED));
    expect(left).toEqual([expect.stringContaining('if building index "i" fails, an invalid index is left')]);
  });

  const split: Record<string, Record<string, string>> = {
    goose: { 'm/1_a.sql': `-- +goose NO TRANSACTION\n-- +goose Up\n${INDEX}` },
    tern: { 'm/tern.conf': '', 'm/001_a.sql': `---- tern: disable-tx ----\n${INDEX}` },
    Atlas: { 'm/atlas.sum': '', 'm/1_a.sql': `-- atlas:txmode none\n\n${INDEX}` },
    Sqitch: { 'sqitch.plan': 'a 2025-01-01T00:00:00Z me <me@x>\n', 'deploy/a.sql': INDEX },
    'Supabase 2.115': {
      'package.json': '{ "devDependencies": { "supabase": "^2.115.0" } }',
      'supabase/migrations/1_a.sql': INDEX,
    },
  };
  it.each(Object.entries(split))('gets the block before it where statements are sent one by one: %s', (_, files) => {
    const { text, left } = fix(files);
    expect(text).toMatch(/indisvalid\) THEN\n {4}DROP INDEX i;\n {2}END IF;\nEND \$\$;\n/);
    expect(text).toContain(GUARDED);
    expect(left).toEqual([]);
  });

  it('keeps what stands behind it in a file of several statements', () => {
    const { text, left } = fix({ 'm/1_a.sql': TABLE + INDEX });
    expect(text).toContain('DROP INDEX i;');
    expect(left).toEqual([]);
  });
});

describe('Liquibase', () => {
  it('is told not to split a changeset with a block', () => {
    const head = '--liquibase formatted sql\n\n--changeset me:1';
    const { text, left } = fix({ 'db/a.sql': `${head}\n${TABLE}${CHECK}--rollback DROP TABLE t;\n` });
    expect(text).toBe(`${head} splitStatements:false\n${TABLE}${CHECK_IN_BLOCK}--rollback DROP TABLE t;\n`);
    expect(left).toEqual([]);
  });

  it.each(['runInTransaction:false', 'endDelimiter:/', 'splitStatements:true'])(
    'keeps a changeset with %s as it is',
    (attribute) => {
      const file = `--liquibase formatted sql\n\n--changeset me:1 ${attribute}\n${TABLE}${CHECK}`;
      const { text, left } = fix({ 'db/a.sql': file });
      expect(text).toBe(file);
      expect(left).toEqual([expect.stringContaining('Liquibase cuts a DO block at the first semicolon behind END')]);
    },
  );
});

describe('rows that stand before the unique index of their key', () => {
  const ROWS = "INSERT INTO plans (code, price) VALUES ('free', 0), ('paid', 9)";
  const KEY = 'CREATE UNIQUE INDEX IF NOT EXISTS plans_code ON plans (code);\n';
  const KEY_ALONE = 'CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS plans_code ON plans (code);\n';
  const PLANS = 'CREATE TABLE IF NOT EXISTS plans (code text, price int);\n';
  const CONFLICT = `${ROWS} ON CONFLICT DO NOTHING;\n`;
  const ASKED = `DO $$ BEGIN
  IF NOT EXISTS (SELECT 1 FROM plans WHERE code = 'free' AND price = 0) THEN
    ${ROWS};
  END IF;
END $$;
`;
  const inSupabase = (sql: string) => fix({ 'supabase/migrations/1_a.sql': PLANS + sql }).text;

  it('leave the rest to the key where all of the file runs, or nothing', () =>
    expect(inSupabase(`${ROWS};\n${KEY}`)).toContain(CONFLICT));

  it('are asked for where the tool ends its batch before the index', () =>
    expect(inSupabase(`${ROWS};\n${KEY_ALONE}`)).toContain(ASKED));

  it('are asked for where the file ends the transaction of the tool', () =>
    expect(inSupabase(`${ROWS};\nCOMMIT;\n${KEY}`)).toContain(ASKED));

  it('are asked for where they are a changeset of their own', () => {
    const head = '--liquibase formatted sql\n--changeset me:1\n';
    const { text } = fix({ 'db/a.sql': `${head}${PLANS}${ROWS};\n--changeset me:2\n${KEY}` });
    expect(text).toContain(ASKED);
  });
});

describe('goose', () => {
  it('does not fill in variables in a block', () => {
    const { text } = fix({ 'm/1_a.sql': `-- +goose Up\n-- +goose ENVSUB ON\n${TABLE}${CHECK}-- +goose Down\n` });
    expect(text).toBe(
      `-- +goose Up\n-- +goose ENVSUB ON\n${TABLE}-- +goose ENVSUB OFF\n-- +goose StatementBegin\n${CHECK_IN_BLOCK}-- +goose StatementEnd\n-- +goose ENVSUB ON\n-- +goose Down\n`,
    );
  });
});

describe('golang-migrate that cuts at every semicolon', () => {
  const files = { 'm/1_a.down.sql': 'SELECT 1;', 'm/1_a.up.sql': TABLE + CHECK };
  it.each(['Makefile', '.env'])('gets no block: %s says so', (name) => {
    const { text, left } = fix({ [name]: 'URL=postgres://x/y?x-multi-statement=true\n', ...files });
    expect(text).toBe(TABLE + CHECK);
    expect(left).toEqual([expect.stringContaining('golang-migrate cuts the file at every semicolon')]);
  });

  it('gets one otherwise', () => expect(fix(files).text).toBe(TABLE + CHECK_IN_BLOCK));
});

describe('Drizzle', () => {
  it('gets breakpoints where a journal lies beside the file', () => {
    const { text } = fix({
      'drizzle/meta/_journal.json': '{ "entries": [{ "tag": "0000_a" }] }',
      'drizzle/0000_a.sql': 'CREATE POLICY p ON t;',
    });
    expect(text).toBe('DROP POLICY IF EXISTS p ON t;--> statement-breakpoint\nCREATE POLICY p ON t;');
  });
});

describe('marks', () => {
  it.each([
    ['node-pg-migrate', '-- Up Migration\n', '-- Down Migration\n'],
    ['tern', '', '---- create above / drop below ----\n'],
  ])('of %s part the way up from the way back', (_, up, down) => {
    const { text, left } = fix({ 'm/1_a.sql': `${up}${TABLE}${CHECK}${down}ALTER TABLE t DROP CONSTRAINT c;\n` });
    expect(text).toBe(`${up}${TABLE}${CHECK_IN_BLOCK}${down}ALTER TABLE t DROP CONSTRAINT IF EXISTS c;\n`);
    expect(left).toEqual([]);
  });

  it.each(['-- !Ups', '--//@UNDO', '-- down', '-- migrate down'])(
    'that no tool here has stay between statements: %s',
    (mark) => {
      const other = 'ALTER TABLE t ADD CONSTRAINT d CHECK (a > 1);\n';
      const { text } = fix({ 'm/1_a.sql': `${TABLE}${CHECK}${mark}\n${other}` });
      expect(text).toContain(`END $$;\n${mark}\nDO $$`);
    },
  );

  it.each(['--//@UNDO', '-- down', '-- Rollback:', '-- Migration down'])('that nobody heeds are said: %s', (mark) => {
    const { left } = fix({ 'm/1_a.sql': `${TABLE}${mark}\nDROP TABLE IF EXISTS t;\n` });
    expect(left).toContainEqual(
      expect.stringContaining(`2: "${mark}" looks like the mark with which a down migration begins`),
    );
  });

  it.each(['-- rolls back what the trigger did', '-- Scale down the table', '-- what to do to undo it: nothing'])(
    'are no sentences: %s',
    (comment) => expect(fix({ 'm/1_a.sql': `${comment}\n${TABLE}` }).left).toEqual([]),
  );
});

describe('what only psql knows', () => {
  it.each([
    ['SELECT $$SELECT 1$$ \\gexec', '\\gexec'],
    ['\\i other.sql', '\\i'],
    ['\\ir other.sql', '\\ir'],
    ["\\copy t from 'rows.csv'", '\\copy'],
    ['\\! ls', '\\!'],
    [':stmt;', ':stmt'],
    ['\\connect other', '\\connect'],
  ])('is said where it runs something: %s', (line, command) =>
    expect(fix({ 'm/1_a.sql': `${line}\n${TABLE}` }).left).toEqual([
      `1: Whether this can run twice is not known: what ${command} does is not in the text of the migration.`,
    ]),
  );

  it.each(["\\copy t to 'rows.csv'", '\\set ON_ERROR_STOP on', '\\echo done', '\\timing'])(
    'is not said of %s',
    (line) => expect(fix({ 'm/1_a.sql': `${line}\n${TABLE}` }).left).toEqual([]),
  );
});

describe('files that are no migrations', () => {
  it.each([
    ['Sqitch', { 'sqitch.plan': 'a 2025-01-01T00:00:00Z me <me@x>\n', 'verify/a.sql': 'CREATE TABLE t (id int);' }],
    ['Supabase', { 'supabase/config.toml': '', 'supabase/schemas/t.sql': 'CREATE TABLE t (id int PRIMARY KEY);' }],
  ] as const)('are not run a second time: %s', (_, files) => {
    const { text, left } = fix(files);
    expect(text).toBe(Object.values(files).at(-1));
    expect(left.filter((message) => message.includes('second run'))).toEqual([]);
  });
});

describe('a statement that the tool does not send as it stands', () => {
  const FUNCTION = `CREATE OR REPLACE FUNCTION f() RETURNS int LANGUAGE plpgsql AS $$
BEGIN
  RETURN 1;
END;
$$;
`;
  const SUPABASE = { 'package.json': '{ "devDependencies": { "supabase": "2.116.0" } }' };
  const torn: Record<string, [Record<string, string>, string]> = {
    goose: [{ 'm/1_a.sql': `-- +goose Up\n${FUNCTION}` }, 'Put it between the lines "-- +goose StatementBegin"'],
    'sql-migrate': [{ 'm/1_a.sql': `-- +migrate Up\n${FUNCTION}` }, '"-- +migrate StatementEnd"'],
    Liquibase: [
      {
        'm/1_a.sql':
          '--liquibase formatted sql\n--changeset a:1\nCREATE OR REPLACE FUNCTION f() RETURNS int LANGUAGE sql AS $$ SELECT 1; SELECT 2 $$;\n',
      },
      'Add splitStatements:false',
    ],
    'Supabase, a quote behind a backslash': [
      { ...SUPABASE, 'supabase/migrations/1_a.sql': "SELECT E'it\\'s';\nSELECT 2;\n" },
      "Write '' for a quote",
    ],
    'Supabase, a name with dollar signs': [
      {
        ...SUPABASE,
        'supabase/migrations/1_a.sql': 'CREATE TABLE IF NOT EXISTS a$b$c (id int PRIMARY KEY);\nSELECT 2;\n',
      },
      'a name with $ in double quotes',
    ],
    'Supabase, another END in BEGIN ATOMIC': [
      {
        ...SUPABASE,
        'supabase/migrations/1_a.sql':
          'CREATE OR REPLACE FUNCTION f(a int) RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT 1; SELECT CASE a WHEN 1 THEN 2 END; SELECT 3; END;\n',
      },
      'a body between dollar quotes',
    ],
  };
  it.each(Object.entries(torn))('is reported: %s', (_, [files, instead]) => {
    const { text, left } = fix(files);
    expect(text).toBe(Object.values(files).at(-1));
    expect(left).toEqual(
      expect.arrayContaining([expect.stringMatching(/does not get the statement as it stands here/)]),
    );
    expect(left.join('\n')).toContain(instead);
  });

  it.each([
    ["SELECT E'a\\nb', '\\' AS \"a$b\";\nSELECT 2;\n"],
    ['CREATE OR REPLACE FUNCTION f() RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT 1; SELECT 2; END;\n'],
    [FUNCTION],
  ])('is not reported where Supabase reads it as PostgreSQL does: %s', (sql) => {
    const { left } = fix({ ...SUPABASE, 'supabase/migrations/1_a.sql': sql });
    expect(left).toEqual([]);
  });
});

describe('a file that ends the transaction of its tool', () => {
  const PQ = 'unexpected transaction status idle';
  const OWN = `BEGIN;\n${TABLE}COMMIT;\n`;
  const refused: Record<string, [Record<string, string>, string | undefined]> = {
    dbmate: [{ 'db/1_a.sql': `-- migrate:up\n${OWN}-- migrate:down\n` }, PQ],
    'sql-migrate': [{ 'm/1_a.sql': `-- +migrate Up\n${OWN}` }, PQ],
    Atlas: [{ 'm/atlas.sum': '', 'm/1_a.sql': `${TABLE}END;\n` }, PQ],
    diesel: [
      { 'diesel.toml': '', 'migrations/2025-01-01-000000_a/up.sql': `${TABLE}ROLLBACK;\n` },
      'outside of a transaction',
    ],
    'dbmate, which finds another one open': [
      { 'db/1_a.sql': `-- migrate:up\n${TABLE}COMMIT;\nBEGIN;\nSELECT 1;\n-- migrate:down\nCOMMIT;\n` },
      undefined,
    ],
    'dbmate without a transaction': [
      { 'db/1_a.sql': `-- migrate:up transaction:false\n${OWN}-- migrate:down\n` },
      undefined,
    ],
    'goose, which does not look': [{ 'm/1_a.sql': `-- +goose Up\n${OWN}` }, undefined],
  };
  it.each(Object.entries(refused))('is reported where that fails: %s', (_, [files, message]) => {
    const { left } = fix(files);
    expect(left).toEqual(message === undefined ? [] : [expect.stringContaining(message)]);
  });
});
