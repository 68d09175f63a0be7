/** Inputs that are hard to cut and to read; `inputs/` holds those that are written by hand. */
import { readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import { lintText } from '../../src/linter/linter.ts';
import { loadParser, parseStatement } from '../../src/syntax/parser.ts';
import { Script } from '../../src/syntax/script.ts';
import { everyRule, examine } from './invariants.ts';

beforeAll(loadParser);

const FOLDER = fileURLToPath(new URL('inputs/', import.meta.url));

/** What is seen of a text: the beginning of every statement, the broken ones marked, and what was stepped over. */
function seen(text: string): string {
  const script = new Script(text);
  const first = (start: number, end: number) => text.slice(start, end).replace(/\s+/g, ' ').slice(0, 60);
  const statements = script.statements.map((s) => ({
    at: s.start,
    line: `${s.problem ? '✗' : '✓'} ${first(s.start, s.end)}`,
  }));
  const skipped = script.skipped.map((s) => ({ at: s.start, line: `  ${s.why}: ${first(s.start, s.end).trim()}` }));
  return [...statements, ...skipped]
    .sort((a, b) => a.at - b.at)
    .map(({ line }) => line)
    .join('\n');
}

describe.each(readdirSync(FOLDER).filter((name) => name.endsWith('.sql')))('%s', (name) => {
  const text = readFileSync(FOLDER + name, 'utf8');

  test('is cut where PostgreSQL cuts it', async () => {
    await expect(`${seen(text)}\n`).toMatchFileSnapshot(`${FOLDER}${name.replace(/sql$/, 'seen')}`);
  });

  test.each([
    ['as it is', text],
    ['with \\r\\n', text.replaceAll('\n', '\r\n')],
    ['without its last line end', text.trimEnd()],
  ])('breaks nothing %s', (_, variant) => {
    expect(examine(variant, name).violations).toEqual([]);
  });
});

const TABLE = 'CREATE TABLE t (id int);';
const DEEP = 10_000;
const nested = (open: string, inside: string, close: string, depth = DEEP) =>
  open.repeat(depth) + inside + close.repeat(depth);

describe('what is nested deeply breaks nothing, and the statements behind it are still seen', () => {
  test.each([
    ['parentheses', `SELECT ${nested('(', '1', ')')};`],
    ['parentheses that are never closed', `SELECT ${'('.repeat(DEEP)};`],
    ['a default in parentheses', `CREATE TABLE a (b int DEFAULT ${nested('(', '1', ')')});`],
    ['subqueries', `SELECT ${nested('(SELECT ', '1', ')', 3000)};`],
    ['a chain of operators', `SELECT ${"'a' || ".repeat(DEEP)}'b';`],
    ['a long chain of operators', `SELECT ${'1 + '.repeat(20 * DEEP)}1;`],
    ['a chain of NOT', `SELECT ${'NOT '.repeat(9000)}true;`],
    ['arrays', `SELECT ${nested('ARRAY[', '1', ']', 2000)};`],
    ['brackets', `SELECT ARRAY${nested('[', '1', ']', 3000)};`],
    ['CASE', `UPDATE a SET b = ${nested('CASE WHEN c THEN ', 'b', ' END', 2000)};`],
    ['function calls', `UPDATE a SET b = ${nested('lower(', 'b', ')', 3000)};`],
    ['AND', `CREATE POLICY p ON a USING (${'f(b) = 1 AND '.repeat(2000)}true);`],
    ['UNION', `CREATE VIEW v AS ${'SELECT 1 UNION '.repeat(3000)}SELECT 1;`],
    ['joins', `CREATE VIEW v AS SELECT FROM a ${'JOIN a USING (b) '.repeat(3000)};`],
    ['WITH', `${nested('WITH a AS (', 'SELECT 1', ') SELECT FROM a', 1000)};`],
    ['comments', `${nested('/*', '', '*/')}SELECT 1;`],
    ['blocks', `DO $$ ${nested('BEGIN ', 'CREATE TABLE b ();', 'END; ')} $$;`],
    ['conditions', `DO $$ BEGIN ${nested('IF true THEN ', 'CREATE TABLE b ();', 'END IF; ')} END $$;`],
    ['dollar quotes', `DO ${Array.from({ length: 3000 }, (_, k) => `$q${k}$`).join(' ')};`],
  ])('%s', (_, sql) => {
    const { violations } = examine(`${sql}\n${TABLE}`, 'deep.sql');
    expect(violations).toEqual([]);
    const messages = lintText(`${sql}\n${TABLE}`, 'deep.sql', {
      rules: { 'no-bare-create': 'error', 'no-syntax-error': 'error' },
    }).messages;
    const last = sql.split('\n').length + 1;
    // A dollar quote that is never closed holds all that follows.
    if (!sql.startsWith('DO $q'))
      expect(messages.some((m) => m.line === last && m.ruleId === 'no-bare-create')).toBe(true);
  });

  test('the parser goes on as if nothing had been', () => {
    const sql = 'CREATE TABLE "naïve" (id int DEFAULT 1 + 2)';
    const before = JSON.stringify(parseStatement(sql));
    for (let k = 0; k < 20; k++)
      expect(parseStatement(`SELECT ${'NOT '.repeat(9000 + k)}true`)).toMatchObject({
        ok: false,
        message: 'stack depth limit exceeded',
      });
    expect(JSON.stringify(parseStatement(`${sql} `))).toBe(before);
  });
});

describe('what is large takes no longer than it must', () => {
  const lines = (count: number, line: (k: number) => string) =>
    Array.from({ length: count }, (_, k) => line(k)).join('\n');
  test.each([
    [
      'a statement of a megabyte',
      `INSERT INTO t (id, name) VALUES ${lines(24_000, (k) => `(${k}, 'a row with an é and a number ${k}'),`)} (0, '');`,
    ],
    ['a string of two megabytes', `INSERT INTO t VALUES ('${'x;'.repeat(1_000_000)}');`],
    [
      '5,000 rows, each in a statement',
      `CREATE TABLE t (id int PRIMARY KEY, name text);\n${lines(5000, (k) => `INSERT INTO t (id, name) VALUES (${k}, 'a row');`)}`,
    ],
    [
      '1,500 rows of a table without a key',
      `CREATE TABLE t (id int, name text);\n${lines(1500, (k) => `INSERT INTO t (id, name) VALUES (${k}, 'a row');`)}`,
    ],
    ['2,000 tables', lines(2000, (k) => `CREATE TABLE t${k} (id int PRIMARY KEY);`)],
    ['3,000 columns', `CREATE TABLE t (${lines(3000, (k) => `c${k} int,`)} last int);`],
    ['1,000 subcommands', `ALTER TABLE t ${lines(1000, (k) => `ADD COLUMN c${k} int,`)} ADD COLUMN last int;`],
    [
      '300 tables that are dropped at once',
      lines(300, (k) => `CREATE TABLE t (id int); DROP TABLE t${k % 2 ? '' : ' CASCADE'};`),
    ],
    ['placeholders that are never closed', '{{ ${'.repeat(50_000)],
    ['quotes that are never closed', `'"`.repeat(50_001)],
    ['meta-commands', lines(10_000, () => 'SELECT 1 \\g')],
    ['semicolons', ';'.repeat(200_000)],
    ['comments', lines(100_000, () => '-- a line')],
    ['spaces', `${' '.repeat(1_000_000)}CREATE TABLE t ();${' \t\n'.repeat(300_000)}`],
  ])(
    '%s',
    (_, text) => {
      expect(examine(text, 'large.sql').violations).toEqual([]);
    },
    60_000,
  );
});

describe('words that every object of JavaScript knows are names like any other', () => {
  const statements = (word: string) => [
    `CREATE TABLE t (${word} int, x int unsigned y text);`,
    `CREATE TABLE t (a "${word}" DEFAULT 'x', b int DEFAULT 'y'::${word});`,
    `CREATE TABLE t (id "${word}"); INSERT INTO t VALUES ('a'); ALTER TABLE t ALTER COLUMN id TYPE int;`,
    `CREATE TABLE t (id int); ALTER TABLE t ALTER COLUMN id TYPE ${word}; INSERT INTO t VALUES ('x'::${word});`,
    `ALTER TABLE t ADD ${word};`,
    `CREATE SEQUENCE ${word} START WITH 1 NOCACHE;`,
    `CREATE POLICY p ON t FOR ${word} USING (true);`,
    `CREATE FUNCTION f() RETURNS ${word} LANGUAGE ${word} AS $$ SELECT 1 $$;`,
    `CREATE EXTENSION ${word}; CREATE INDEX i ON t USING ${word} (a); GRANT SELECT ON t TO ${word};`,
    `DO $$ BEGIN RAISE ${word}; EXCEPTION WHEN ${word} THEN NULL; END $$;`,
    `SELECT ${word}(1), auth.${word}(); SET x TO ${word};`,
  ];
  test.each(['constructor', 'toString', 'valueOf', 'hasOwnProperty', '__proto__'])('%s', (word) => {
    for (const text of statements(word)) {
      const { messages } = lintText(text, 'words.sql', { rules: everyRule });
      expect(JSON.stringify(messages)).not.toMatch(/native code|\[object /);
      expect(examine(text, 'words.sql').violations).toEqual([]);
    }
  });
});

describe('what PostgreSQL would refuse is said', () => {
  const complaints = (text: string) =>
    lintText(text, 'odd.sql', { rules: everyRule })
      .messages.filter((m) => m.ruleId === 'no-syntax-error')
      .map((m) => `${m.line}:${m.column} ${m.message.split('. ')[0]!}`);
  test('a zero byte, at which C would stop reading', () => {
    expect(complaints('CREATE TABLE IF NOT EXISTS a (b int\0); DROP TABLE c')).toEqual([
      '1:36 Invalid byte sequence for encoding "UTF8": 0x00',
    ]);
  });
  test('a comment that is never closed', () => {
    expect(complaints('SELECT 1;\n/* CREATE TABLE a (b int);')).toEqual([
      '2:1 Unterminated /* comment at or near "/* CREATE TABLE a (b int);"',
    ]);
    expect(complaints('SELECT 1 /* CREATE TABLE a (b int);')).toHaveLength(1);
  });
  test('a string that is never closed', () => {
    expect(complaints("SELECT 1;\nSELECT 'a;\nCREATE TABLE a (b int);")).toHaveLength(1);
  });
  test('nothing of an empty file, of spaces, or of a comment', () => {
    for (const text of ['', ' \n', '-- nothing', '/* nothing */', ';', '\r\n;\r\n'])
      expect(examine(text, 'empty.sql')).toMatchObject({ statements: 0, findings: 0, violations: [] });
  });
});
