/** What migration tools put into their files besides SQL, with every offset exact to the character. */
import { beforeAll, describe, expect, it } from 'vitest';
import { fixText } from '../../src/linter/fix.ts';
import { lintText } from '../../src/linter/linter.ts';
import { presetRules } from '../../src/linter/presets.ts';
import { loadParser } from '../../src/syntax/parser.ts';
import { Script } from '../../src/syntax/script.ts';

beforeAll(loadParser);

/** Every statement: its place, its direction, its type, and its text as the file has it. */
const statements = (text: string, path = '1.sql') => {
  const script = new Script(text, path);
  return script.statements.map((s) => {
    const { line, column } = script.locate(s.start);
    expect(s.text).toBe(text.slice(s.start, s.end));
    return `${line}:${column} ${s.direction} ${s.type ?? s.problem!.message}: ${s.text.split('\n')[0]!}`;
  });
};
const options = { rules: presetRules('recommended') };
const fix = (text: string, path = '1.sql') => fixText(text, path, options).output ?? text;
const said = (text: string, path = '1.sql') =>
  lintText(text, path, options).messages.map((m) => `${m.line}:${m.column} ${m.ruleId!}`);

describe('goose', () => {
  const text = `-- +goose NO TRANSACTION
-- +goose Up
/* 🦣 */ CREATE TABLE a (id int);
--+goose  statementbegin
CREATE FUNCTION f() RETURNS int LANGUAGE plpgsql AS $$ BEGIN RETURN 1; END $$
-- +goose StatementEnd
CREATE TABLE b (id int)
-- +goose Down
DROP TABLE a;
`;
  it('has a way up and a way down, and statements without a last semicolon', () => {
    expect(statements(text)).toEqual([
      '3:10 up CreateStmt: CREATE TABLE a (id int)',
      '5:1 up CreateFunctionStmt: CREATE FUNCTION f() RETURNS int LANGUAGE plpgsql AS $$ BEGIN RETURN 1; END $$',
      '7:1 up CreateStmt: CREATE TABLE b (id int)',
      '9:1 down DropStmt: DROP TABLE a',
    ]);
  });

  it('has marks around a DO block that a fix makes, unless they are there', () => {
    const type = 'CREATE TYPE t AS ENUM ();';
    expect(fix(`-- +goose Up\n${type}\n`)).toMatch(
      /^-- \+goose Up\n-- \+goose StatementBegin\nDO \$\$ BEGIN\n[\s\S]*END \$\$;\n-- \+goose StatementEnd\n$/,
    );
    expect(fix(`-- +goose Up\n--+goose statementbegin\n${type}\n-- +goose StatementEnd\n`)).toMatch(
      /^-- \+goose Up\n--\+goose statementbegin\nDO \$\$ BEGIN\n[\s\S]*END \$\$;\n-- \+goose StatementEnd\n$/,
    );
  });

  it('is fixed in both directions', () => expect(fix(text)).toContain('-- +goose Down\nDROP TABLE IF EXISTS a;'));
});

describe('sql-migrate and dbmate', () => {
  it('have their marks', () => {
    expect(
      statements(
        '-- +migrate Up notransaction\nSELECT 1;\n-- +migrate StatementBegin\nSELECT 2;SELECT 3\n-- +migrate StatementEnd\n-- +migrate Down\nSELECT 4;',
      ),
    ).toEqual([
      '2:1 up SelectStmt: SELECT 1',
      '4:1 up SelectStmt: SELECT 2',
      '4:10 up SelectStmt: SELECT 3',
      '7:1 down SelectStmt: SELECT 4',
    ]);
    expect(statements('-- migrate:up transaction:false\nSELECT 1\n-- migrate:down\nSELECT 2;')).toEqual([
      '2:1 up SelectStmt: SELECT 1',
      '4:1 down SelectStmt: SELECT 2',
    ]);
  });
});

describe('files that only undo', () => {
  it.each(['1_a.down.sql', 'a/down.sql', 'db/U1__a.sql', '1.undo.sql'])('%s', (path) =>
    expect(statements('DROP TABLE a;', path)).toEqual(['1:1 down DropStmt: DROP TABLE a']),
  );
});

describe('Drizzle', () => {
  it('ends a statement at a breakpoint, with or without a semicolon', () => {
    expect(
      statements(
        'CREATE TABLE a (id int)\n--> statement-breakpoint\nCREATE TABLE b (id int);--> statement-breakpoint\r\n\tCREATE TABLE c (id int)',
      ),
    ).toEqual([
      '1:1 up CreateStmt: CREATE TABLE a (id int)',
      '3:1 up CreateStmt: CREATE TABLE b (id int)',
      '4:2 up CreateStmt: CREATE TABLE c (id int)',
    ]);
  });

  it('has a breakpoint between the two statements that a fix makes of one', () => {
    expect(fix('SELECT 1;--> statement-breakpoint\nCREATE POLICY p ON a;--> statement-breakpoint\nSELECT 2;')).toBe(
      'SELECT 1;--> statement-breakpoint\nDROP POLICY IF EXISTS p ON a;--> statement-breakpoint\nCREATE POLICY p ON a;--> statement-breakpoint\nSELECT 2;',
    );
  });

  it('keeps two guards of one table apart', () => {
    const fixed = fix(
      'ALTER TABLE a ADD CONSTRAINT x CHECK (b > 0);--> statement-breakpoint\nALTER TABLE a ADD CONSTRAINT y CHECK (b > 1);',
    );
    expect(fixed.match(/DO \$\$/g)).toHaveLength(2);
    expect(fixed.match(/statement-breakpoint/g)).toHaveLength(1);
  });
});

describe('placeholders', () => {
  it.each([
    [
      '{{ x }} as a name',
      'CREATE TABLE {{ schema }}.a (id int); DROP TABLE b;',
      ['1:1 no-bare-create', '1:39 no-bare-drop'],
    ],
    ['${x} as a name', 'CREATE TABLE ${table} (id int); DROP TABLE b;', ['1:1 no-bare-create', '1:33 no-bare-drop']],
    [
      '${x} within a name',
      'CREATE TABLE app_${env}_users (id int); DROP TABLE b;',
      ['1:1 no-bare-create', '1:41 no-bare-drop'],
    ],
    [
      '${x} in a string',
      "CREATE TABLE a (b text DEFAULT '${x}'); DROP TABLE b;",
      ['1:1 no-bare-create', '1:41 no-bare-drop'],
    ],
    [':name', 'CREATE ROLE :role; DROP TABLE b;', ['1:1 no-bare-create', '1:20 no-bare-drop']],
    [':\'name\' and :"name"', 'COMMENT ON TABLE :"table" IS :\'text\'; DROP TABLE b;', ['1:39 no-bare-drop']],
    [
      'a cast, which is none',
      'CREATE TABLE a (b int DEFAULT 1::int); DROP TABLE b;',
      ['1:1 no-bare-create', '1:40 no-bare-drop'],
    ],
    [
      'a slice of an array, which is none',
      'CREATE VIEW v AS SELECT (x)[1:n] FROM a; DROP TABLE b;',
      ['1:1 no-bare-create', '1:42 no-bare-drop'],
    ],
    ['{{ x }} alone on its line', '{{ header }}\nCREATE TABLE a (id int);\n', ['2:1 no-bare-create']],
  ])('%s', (_, text, expected) => expect(said(text).filter((s) => / no-(bare|syntax)/.test(s))).toEqual(expected));

  it('stand in what is said of a name', () => {
    expect(lintText('CREATE TABLE app_${env}_users (id int);', '1.sql', options).messages[0]!.message).toContain(
      'Table "app_${env}_users" is created',
    );
  });

  it('keep a fix from asking for a name that is not known', () => {
    expect(fix('CREATE TYPE ${schema}.t AS ENUM ();')).toBe('CREATE TYPE ${schema}.t AS ENUM ();');
    expect(fix('CREATE TABLE ${schema}.t ();')).toBe('CREATE TABLE IF NOT EXISTS ${schema}.t ();');
  });
});

describe('psql', () => {
  it('has commands of its own, which are no SQL', () => {
    expect(
      statements(
        "\\set ON_ERROR_STOP on\n\\i other.sql\nCREATE TABLE a (id int);\n\\echo it's done; DROP TABLE x;\nSELECT 1 \\gset\nDROP TABLE b;",
      ),
    ).toEqual([
      '3:1 up CreateStmt: CREATE TABLE a (id int)',
      '5:1 up SelectStmt: SELECT 1',
      '6:1 up DropStmt: DROP TABLE b',
    ]);
  });

  it('has data behind COPY, which is no SQL', () => {
    expect(statements("COPY a (x, y) FROM stdin;\n1\tDROP TABLE x;\n2\t'🦣\n\\.\n\nDROP TABLE b;\n")).toEqual([
      '1:1 up CopyStmt: COPY a (x, y) FROM stdin',
      '6:1 up DropStmt: DROP TABLE b',
    ]);
    expect(fix('copy a from stdin;\ndrop table x;\n\\.\ndrop table b;\n')).toBe(
      'copy a from stdin;\ndrop table x;\n\\.\ndrop table if exists b;\n',
    );
  });
});

describe('line ends and byte order', () => {
  it('are kept', () =>
    expect(fix('-- a\r\ncreate type t as enum ();\r\n')).toMatch(
      /^-- a\r\ndo \$\$ begin\r\n(?:[^\n]*\r\n)*end \$\$;\r\n$/,
    ));
});
