import { describe, expect, test } from 'vitest';
import { tokenize } from '../../src/syntax/lexer.ts';
import { split } from '../../src/syntax/split.ts';

const statements = (text: string) => split(text).slices.map((s) => text.slice(s.start, s.end));
const kinds = (text: string) =>
  tokenize(text, 0, text.length, { comments: true }).map((t) => `${t.kind} ${text.slice(t.start, t.end)}`);

describe('tokens', () => {
  test.each<[string, string[]]>([
    ['a$1 $1', ['word a$1', 'param $1']],
    ["E'it\\'s' 'it''s'", ["string E'it\\'s'", "string 'it''s'"]],
    ["'C:\\' x", ["string 'C:\\'", 'word x']],
    ['"a ""b"""', ['quoted "a ""b"""']],
    ['U&"d\\0061t" U&\'\\0061\'', ['quoted U&"d\\0061t"', "string U&'\\0061'"]],
    ["B'01' x'ff' N'a'", ["string B'01'", "string x'ff'", "string N'a'"]],
    ['$$ a $x$ b $$', ['dollar $$ a $x$ b $$']],
    ['$a$ $b$ ; $b$ $$ $a$', ['dollar $a$ $b$ ; $b$ $$ $a$']],
    ['/* a /* b */ c */ d', ['comment /* a /* b */ c */', 'word d']],
    [
      '1.5e-3 1..10 .5 0x1F 1_000',
      [
        'number 1.5e-3',
        'number 1',
        'punctuation .',
        'punctuation .',
        'number 10',
        'number .5',
        'number 0x1F',
        'number 1_000',
      ],
    ],
    [
      'a::text := b[1:2]',
      [
        'word a',
        'operator ::',
        'word text',
        'operator :=',
        'word b',
        'punctuation [',
        'number 1',
        'punctuation :',
        'number 2',
        'punctuation ]',
      ],
    ],
    [
      ":name :'value' {{ x }} ${y}",
      ['placeholder :name', "placeholder :'value'", 'placeholder {{ x }}', 'placeholder ${y}'],
    ],
    ['a-->b', ['word a', 'comment -->b']],
    ['a<-- b\n-c', ['word a', 'operator <', 'comment -- b', 'operator -', 'word c']],
    ['größe 😀', ['word größe', 'word 😀']],
  ])('%s', (text, expected) => {
    expect(kinds(text)).toEqual(expected);
  });
});

describe('statements', () => {
  test.each<[string, string, string[]]>([
    [
      'quotes and comments hide semicolons',
      'SELECT \';\' -- ;\n, ";" /* ; */; SELECT 2',
      ['SELECT \';\' -- ;\n, ";"', 'SELECT 2'],
    ],
    [
      'nested dollar quotes',
      'DO $a$ BEGIN EXECUTE $b$ SELECT 1; $b$; END $a$; SELECT 2;',
      ['DO $a$ BEGIN EXECUTE $b$ SELECT 1; $b$; END $a$', 'SELECT 2'],
    ],
    [
      'a rule with several actions',
      'CREATE RULE r AS ON INSERT TO t DO (SELECT 1; SELECT 2); SELECT 3',
      ['CREATE RULE r AS ON INSERT TO t DO (SELECT 1; SELECT 2)', 'SELECT 3'],
    ],
    [
      'a body of BEGIN ATOMIC with CASE',
      'CREATE OR REPLACE FUNCTION f() RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT CASE WHEN true THEN 1 END; SELECT 2; END; SELECT 3;',
      [
        'CREATE OR REPLACE FUNCTION f() RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT CASE WHEN true THEN 1 END; SELECT 2; END',
        'SELECT 3',
      ],
    ],
    [
      'prefixes of quotes behind words',
      "SELECT a, E'\\';', b FROM t; SELECT b&U&\"d;\", N';', a$b; SELECT a$b$, ';$b$'",
      ["SELECT a, E'\\';', b FROM t", 'SELECT b&U&"d;", N\';\', a$b', "SELECT a$b$, ';$b$'"],
    ],
    [
      'comments behind operators',
      'SELECT a<-- ;\n1; SELECT 1*/* ; */2 -- ;\n- 3; SELECT 4/2',
      ['SELECT a<-- ;\n1', 'SELECT 1*/* ; */2 -- ;\n- 3', 'SELECT 4/2'],
    ],
    ['a single word before a meta-command', 'COMMIT \\echo done\n; SELECT 1', ['COMMIT', 'SELECT 1']],
    ['BEGIN of a transaction', 'BEGIN; SELECT 1; END; SELECT 2;', ['BEGIN', 'SELECT 1', 'END', 'SELECT 2']],
    ['empty statements', ' ;; SELECT 1 ;; ', ['SELECT 1']],
    ['no final semicolon', 'SELECT 1; SELECT 2', ['SELECT 1', 'SELECT 2']],
    ['CRLF', 'SELECT 1;\r\nSELECT 2;\r\n', ['SELECT 1', 'SELECT 2']],
    ['backslashes in plain strings are themselves', "SELECT 'a\\'; SELECT 'b'", ["SELECT 'a\\'", "SELECT 'b'"]],
    [
      'unless the session says otherwise',
      "SET standard_conforming_strings = off; SELECT 'a\\'; '; SELECT 2",
      ['SET standard_conforming_strings = off', "SELECT 'a\\'; '", 'SELECT 2'],
    ],
  ])('%s', (_, text, expected) => {
    expect(statements(text)).toEqual(expected);
  });

  test('the data of COPY is stepped over', () => {
    const text = "COPY t FROM stdin;\n1\tit's; (\n\\.\nSELECT 1;";
    const { slices, skipped } = split(text);
    expect(slices.map((s) => text.slice(s.start, s.end))).toEqual(['COPY t FROM stdin', 'SELECT 1']);
    expect(skipped).toEqual([{ why: 'copy-data', start: text.indexOf(';') + 1, end: text.indexOf('\\.') + 2 }]);
  });

  test('meta-commands of psql are stepped over, and some of them send', () => {
    const text = "\\set ON_ERROR_STOP on\n\\echo it's\nSELECT 1 \\gset\nSELECT 2;\n\\connect other\nSELECT 3";
    const { slices, skipped } = split(text);
    expect(slices.map((s) => text.slice(s.start, s.end))).toEqual(['SELECT 1', 'SELECT 2', 'SELECT 3']);
    expect(skipped.map((s) => text.slice(s.start, s.end))).toEqual([
      '\\set ON_ERROR_STOP on',
      "\\echo it's",
      '\\gset',
      '\\connect other',
    ]);
  });

  test('placeholders are masked by text of the same length', () => {
    const text = 'SELECT * FROM {{ schema }}.t WHERE a = :id;\n{{ include }}\nSELECT 2';
    const { slices } = split(text);
    expect(slices[0]).toMatchObject({ placeholders: true });
    expect(slices[0]!.text).toHaveLength(slices[0]!.end - slices[0]!.start);
    expect(slices[0]!.text).not.toMatch(/[{}:]/);
  });

  test('an open quote is not closed', () => {
    expect(split("SELECT 'a").slices[0]).toMatchObject({ closed: false });
  });
});
