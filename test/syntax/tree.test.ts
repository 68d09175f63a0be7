import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import glob from 'fast-glob';
import { describe, expect, it } from 'vitest';
import { compilePgQuery } from '../../src/syntax/pg-query/compile.ts';
import { loadPgQuery } from '../../src/syntax/pg-query/pg-query.ts';
import { findMentions } from '../../src/syntax/mentions.ts';
import { splitStatements } from '../../src/syntax/split.ts';
import { readTree, WASM_SHA256 } from '../../src/syntax/pg-query/tree.ts';

let unread = 0;
const readMemory = loadPgQuery(compilePgQuery());
const readJson = loadPgQuery(compilePgQuery(), () => undefined);
// How deep a tree is in the memory, its JSON does not say.
const fromMemory = (text: string) => ({ ...readMemory(text), depth: undefined, mentions: undefined });
const fromJson = (text: string) => ({ ...readJson(text), depth: undefined, mentions: undefined });
const counted = loadPgQuery(compilePgQuery(), (memory, list) => {
  try {
    return readTree(memory, list);
  } catch {
    unread++;
    return undefined;
  }
});

/** Whether a statement's tree is read from the memory. */
const isRead = (text: string): boolean => {
  const before = unread;
  counted(text);
  return unread === before;
};

describe('a tree from the memory', () => {
  const files = glob.sync(['test/**/*.sql', 'examples/**/*.sql']);
  const statements = [
    ...new Set(files.flatMap((path) => splitStatements(readFileSync(path, 'utf8')).map((s) => s.text))),
  ];

  it('is the tree that libpg-query writes as JSON, down to the order of its fields', () => {
    expect(statements.length).toBeGreaterThan(500);
    for (const text of statements) expect(JSON.stringify(fromMemory(text)), text).toBe(JSON.stringify(fromJson(text)));
  });

  it('comes with what it names, as a search through it finds it', () => {
    for (const text of statements) {
      const result = readMemory(text);
      if (!('mentions' in result) || !isRead(text)) continue;
      const found = result.stmts.map(({ stmt }) => findMentions(stmt!));
      expect(result.mentions, text).toEqual(found.length === 1 ? found[0] : expect.anything());
    }
  });

  it('is read for nearly every statement', () => {
    expect(statements.filter((text) => !isRead(text)).length).toBeLessThan(statements.length / 50);
  });

  it.each([
    "SELECT true, false, NULL, 0, 7, -1, 1.5, 3000000000, '', 'ä😀', B'01', X'ff'",
    'CREATE ROLE r NOSUPERUSER LOGIN',
    'CREATE TABLE "Straße" ("" int)',
    'CREATE TABLE "Straße" ("😀" int, "a""b" text DEFAULT $$é$$)',
    'SELECT DISTINCT a FROM t UNION SELECT 1 UNION ALL SELECT 2 EXCEPT SELECT 3',
    'CREATE TRIGGER t BEFORE INSERT OR UPDATE OF a ON b FOR EACH ROW EXECUTE FUNCTION f()',
    'CREATE AGGREGATE a (*) (SFUNC = f, STYPE = int)',
    'SELECT * FROM ROWS FROM (f(), g() AS (a int))',
    'SELECT 1; SELECT 2; CREATE TABLE t ()',
    `SELECT ${Array.from({ length: 200 }, (_, n) => n).join(' + ')}`,
    `SELECT '${'a long text '.repeat(100)}', '${'ein größerer Text '.repeat(100)}'`,
  ])('is the same for %s', (text) => {
    expect(isRead(text)).toBe(true);
    expect(JSON.stringify(fromMemory(text))).toBe(JSON.stringify(fromJson(text)));
  });

  it.each(['CREATE FOREIGN TABLE t (a int) SERVER s', 'SELECT GROUPING(a) FROM t GROUP BY ROLLUP (a)'])(
    'is left to JSON where it holds what was not learned: %s',
    (text) => {
      expect(isRead(text)).toBe(false);
      expect(fromMemory(text)).toEqual(fromJson(text));
    },
  );

  it('says the same of what does not parse', () => {
    for (const text of ['SELEC 1', "SELECT '😀' FROM x WHERE", 'SELECT', ''])
      expect(fromMemory(text)).toEqual(fromJson(text));
  });
});

it('was learned from the WebAssembly that is installed', () => {
  const wasm = createRequire(import.meta.url).resolve('libpg-query/wasm/libpg-query.wasm');
  expect(createHash('sha256').update(readFileSync(wasm)).digest('hex')).toBe(WASM_SHA256);
});
