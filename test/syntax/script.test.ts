import { beforeAll, describe, expect, test } from 'vitest';
import { lintText } from '../../src/linter/linter.ts';
import { walk } from '../../src/catalog/nodes.ts';
import { loadParser } from '../../src/syntax/parser.ts';
import { Script } from '../../src/syntax/script.ts';

beforeAll(loadParser);

describe('offsets', () => {
  // The parser counts bytes in nodes and code points in errors; everything here counts UTF-16 code units.
  test.each(['', 'é', '😀', '漢字😀é', '\r\n', '-- größer\n', '/* 😀 */ '])('of nodes behind %j', (before) => {
    const text = `SELECT '${before.replaceAll("'", '')}' AS "x😀", wanted FROM t;`;
    const [statement] = new Script(`${before.includes('-') || before.includes('/') ? before : ''}${text}`).statements;
    let found: string | undefined;
    walk(statement!.node, (type, node) => {
      if (type === 'ColumnRef') found = statement!.script.text.slice(statement!.start + (node.location as number));
    });
    expect(found).toBe('wanted FROM t;');
  });

  test.each(['', 'é', '😀', '漢字😀'])('of a syntax error behind %j', (before) => {
    const text = `SELECT 1;\nSELECT '${before}', FROM t;\nSELECT 3;`;
    const problems = new Script(text).statements.map((s) => s.problem && text.slice(s.problem.start, s.problem.end));
    expect(problems).toEqual([undefined, 'FROM', undefined]);
  });

  test('of statements in a DO block', () => {
    const text =
      "-- 😀\nDO $x$\r\nBEGIN\r\n  -- größer\r\n  CREATE TYPE mood AS ENUM ('😀');\r\n  ALTER TABLE t ADD COLUMN a int;\r\nEND $x$;";
    const children = new Script(text).statements[0]!.children!;
    expect(children.map((c) => c.text)).toEqual(["CREATE TYPE mood AS ENUM ('😀')", 'ALTER TABLE t ADD COLUMN a int']);
  });

  test('become lines and columns', () => {
    const { messages } = lintText('-- 😀\r\n/* é */ CREATE TABLE t (a int);\r\n', 'x.sql', {
      rules: { 'no-bare-create': 'error' },
    });
    expect(messages).toMatchObject([
      { line: 2, column: 9, endLine: 2, endColumn: 9 + 'CREATE TABLE t (a int)'.length },
    ]);
  });
});

describe('statements around a syntax error', () => {
  test.each<[string, string]>([
    ['a wrong word', 'CREATE TABLE a (id int);\nCRATE TABLE b (id int);\nCREATE TABLE c (id int);'],
    [
      'a parenthesis that is never closed',
      'CREATE TABLE a (id int);\nCREATE TABLE b (id int;\nCREATE TABLE c (id int);',
    ],
  ])('are linted all the same: %s', (_, text) => {
    const names = ['no-bare-create', 'no-invented-syntax', 'no-syntax-error'];
    const { messages } = lintText(text, 'x.sql', { rules: Object.fromEntries(names.map((name) => [name, 'error'])) });
    expect(messages.map((m) => [m.line, m.ruleId])).toEqual([
      [1, 'no-bare-create'],
      [2, expect.stringMatching(/^no-(invented-syntax|syntax-error)$/)],
      [3, 'no-bare-create'],
    ]);
  });
});

test.each(['', '  \n', '-- only a comment\n', '/* a */', ';'])('nothing is found in %j', (text) => {
  expect(
    lintText(text, 'x.sql', { rules: { 'no-bare-create': 'error', 'no-syntax-error': 'error' } }).messages,
  ).toEqual([]);
});
