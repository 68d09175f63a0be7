import { beforeAll, describe, expect, it } from 'vitest';
import { fixText } from '../../src/linter/fix.ts';
import { lintText } from '../../src/linter/linter.ts';
import { loadParser } from '../../src/syntax/parser.ts';

beforeAll(loadParser);

const options = { rules: { 'no-bare-create': 'error', 'no-bare-drop': 'error', 'no-bare-add': 'error' } } as const;
const lint = (text: string) => lintText(text, '1.sql', options);
const said = (text: string) => lint(text).messages.map((m) => `${m.line}:${m.column} ${m.ruleId ?? m.message}`);
const fix = (text: string) => fixText(text, '1.sql', options).output ?? text;

describe('what is switched off', () => {
  it.each([
    ['the next line', '-- sql-lint-disable-next-line\ncreate table a ();', []],
    [
      'the next line only',
      '-- sql-lint-disable-next-line\ncreate table a ();\ncreate table b ();',
      ['3:1 no-bare-create'],
    ],
    ['the line', 'create table a (); -- sql-lint-disable-line no-bare-create', []],
    ['the line of a block comment', 'create table a (); /* sql-lint-disable-line no-bare-create */', []],
    [
      'some rules',
      '-- sql-lint-disable-next-line no-bare-create, no-bare-drop -- why not\ncreate table a (); drop table b;',
      [],
    ],
    [
      'from here on',
      'create table a ();\n-- sql-lint-disable no-bare-create\ncreate table b ();\ncreate table c ();',
      ['1:1 no-bare-create'],
    ],
    [
      'from here to there',
      '-- sql-lint-disable\ncreate table a ();\n-- sql-lint-enable\ncreate table b ();',
      ['4:1 no-bare-create'],
    ],
    [
      'one of two rules again',
      '-- sql-lint-disable no-bare-create, no-bare-drop\ncreate table a (); drop table x;\n-- sql-lint-enable no-bare-drop\ncreate table b (); drop table y;',
      ['4:20 no-bare-drop'],
    ],
    [
      'the whole file, wherever it says so',
      'create table a ();\n-- sql-lint-disable-file no-bare-create -- history',
      [],
    ],
    [
      'in the body of a DO block',
      'do $$ begin\n  -- sql-lint-disable-next-line no-bare-create\n  create table a ();\nend $$;',
      [],
    ],
    [
      "in ESLint's words",
      '-- eslint-disable-next-line idempotent-sql/no-bare-create, other/rule\ncreate table a ();',
      [],
    ],
    [
      "nothing, in ESLint's words for another plugin",
      '-- eslint-disable-next-line other/rule\ncreate table a ();',
      ['2:1 no-bare-create'],
    ],
    [
      'nothing, where it stands in a string',
      "create table a (b text default '-- sql-lint-disable-line');",
      ['1:1 no-bare-create'],
    ],
    [
      'before the parts of a goose file',
      '-- sql-lint-disable-file no-bare-create\n-- +goose Up\ncreate table a ();\n',
      [],
    ],
  ])('%s', (_, text, expected) => expect(said(text)).toEqual(expected));

  it('is kept together with the reason', () => {
    const { suppressedMessages } = lint('-- sql-lint-disable-next-line -- runs once, by hand\ncreate table a ();');
    expect(suppressedMessages).toMatchObject([
      { ruleId: 'no-bare-create', suppressions: [{ kind: 'directive', justification: 'runs once, by hand' }] },
    ]);
  });

  it('is not fixed, and not drawn into the fix of its neighbour', () => {
    const text =
      'alter table a add constraint x check (b > 0);\nalter table a add constraint y check (b > 1); -- sql-lint-disable-line no-bare-add\n';
    expect(fix(text)).toMatch(
      /end \$\$;\nalter table a add constraint y check \(b > 1\); -- sql-lint-disable-line no-bare-add\n$/,
    );
  });

  it('does not see comments in the data of COPY', () => {
    expect(said('copy a from stdin;\n-- sql-lint-disable-file\n\\.\ncreate table a ();')).toContain(
      '4:1 no-bare-create',
    );
  });
});

describe('a comment that switches off nothing', () => {
  it.each([
    [
      'goes with its line',
      '-- sql-lint-disable-next-line\ncreate table if not exists a ();\n',
      'create table if not exists a ();\n',
    ],
    [
      'goes with the space before it',
      'create table if not exists a ();  -- sql-lint-disable-line\r\n',
      'create table if not exists a ();\r\n',
    ],
    [
      'loses only the names that are not needed',
      '-- sql-lint-disable-next-line no-bare-drop, no-bare-create -- why\ncreate table a ();\n',
      '-- sql-lint-disable-next-line no-bare-create -- why\ncreate table a ();\n',
    ],
    [
      'loses the last name with its comma',
      '-- sql-lint-disable-next-line no-bare-create, no-bare-drop\ncreate table a ();\n',
      '-- sql-lint-disable-next-line no-bare-create\ncreate table a ();\n',
    ],
    [
      'between two words leaves a space',
      'create table if not exists a /* sql-lint-disable-line */ ();\n',
      'create table if not exists a ();\n',
    ],
    [
      'at the end of the file',
      'create table if not exists a ();\n-- sql-lint-disable',
      'create table if not exists a ();\n',
    ],
    ['and one that ends nothing', '-- sql-lint-enable no-bare-create\nselect 1;\n', 'select 1;\n'],
  ])('%s', (_, text, expected) => expect(fix(text)).toBe(expected));

  it('is reported as a warning without a rule', () => {
    expect(lint('-- sql-lint-disable-next-line no-bare-drop\ncreate table if not exists a ();').messages).toMatchObject(
      [
        {
          ruleId: null,
          severity: 1,
          line: 1,
          column: 1,
          message: 'Unused sql-lint-disable-next-line: "no-bare-drop" has no effect here. Remove it.',
        },
      ],
    );
  });

  it('that names a rule that there is not is corrected by hand', () => {
    const text = 'create table if not exists a (); -- sql-lint-disable-line no-bare-crate\n';
    expect(said(text)).toEqual([
      '1:59 Unknown rule "no-bare-crate" in sql-lint-disable-line; did you mean "no-bare-create"?',
    ]);
    expect(fix(text)).toBe(text);
  });

  it.each([
    ['-- sql-lint-disable-nextline', 'sql-lint-disable-nextline', 'disable-next-line'],
    ['-- sql-lint disable-next-line no-bare-create', 'sql-lint disable-next-line', 'disable-next-line'],
    ['/* sqllint-disable-file */', 'sqllint-disable-file', 'disable-file'],
    ['-- sql_lint: disable', 'sql_lint: disable', 'disable'],
    ['-- sql-lint-disble no-bare-create', 'sql-lint-disble', 'disable'],
    ['-- sql-lint-ignore no-bare-create', 'sql-lint-ignore', 'disable-next-line'],
    ['-- SQL-lint-disable-line', 'SQL-lint-disable-line', 'disable-line'],
  ])('that is misspelled is named: %s', (comment, typed, meant) =>
    expect(said(`${comment}\ncreate table if not exists a ();\n`)).toEqual([
      `1:1 Unknown comment "${typed}"; did you mean "sql-lint-${meant}"?`,
    ]),
  );

  it.each(['-- sql-lint: see the docs', '-- fixed by sql-lint', '-- sql-lint', '-- sql-lint found this table'])(
    'and another comment is left alone: %s',
    (comment) => expect(said(`${comment}\nselect 1;\n`)).toEqual([]),
  );

  it('may have a colon before its names', () =>
    expect(said('-- sql-lint-disable-next-line: no-bare-create\ncreate table a ();\n')).toEqual([]));

  it("in ESLint's words is left to ESLint", () => {
    expect(said('-- eslint-disable-next-line idempotent-sql/no-bare-create\nselect 1;')).toEqual([]);
  });
});
