import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';
import { NO_MENTIONS } from '../../src/syntax/mentions.ts';
import { compilePgQuery } from '../../src/syntax/pg-query/compile.ts';
import { loadPgQuery, NAMES } from '../../src/syntax/pg-query/pg-query.ts';

const require = createRequire(import.meta.url);
const { loadModule, parseSync } = require('libpg-query') as {
  loadModule(): Promise<void>;
  parseSync(text: string): { stmts?: unknown[] };
};
await loadModule();
const parseDeep = loadPgQuery(compilePgQuery());
/** What the package's own function says too. */
const parse = (text: string) => ({ ...parseDeep(text), depth: undefined, mentions: undefined, bytes: undefined });

describe('the names in the WebAssembly', () => {
  const glue = readFileSync(require.resolve('libpg-query/wasm/libpg-query.js'), 'utf8');
  const imports = new Map([
    .../wasmImports=\{(.*?)\}/
      .exec(glue)![1]!
      .split(',')
      .map((pair) => pair.split(':') as [string, string]),
  ]);
  const { throwLongjmp, resizeHeap, fail, unused, invoke, invokeLong } = NAMES.imports;

  it('are those of every function that the package imports', () => {
    expect([throwLongjmp, resizeHeap, ...fail, ...unused, ...invoke, invokeLong].sort()).toEqual(
      [...imports.keys()].sort(),
    );
    expect(imports.get(throwLongjmp)).toBe('__emscripten_throw_longjmp');
    expect(imports.get(resizeHeap)).toBe('_emscripten_resize_heap');
    expect(fail.map((name) => imports.get(name)).sort()).toEqual([
      '___assert_fail',
      '__abort_js',
      '_exit',
      '_proc_exit',
    ]);
    expect(imports.get(invokeLong)).toBe('invoke_ji');
    for (const name of invoke) expect(imports.get(name)).toMatch(/^invoke_[iv]i*$/);
  });

  it.each([
    ['malloc', '_malloc'],
    ['free', '_free'],
    ['parse', '_wasm_parse_query_raw'],
    ['freeResult', '_wasm_free_parse_result'],
    ['parsePlpgsql', '_wasm_parse_plpgsql'],
    ['freeString', '_wasm_free_string'],
    ['setThrew', '_setThrew'],
    ['restoreStack', '__emscripten_stack_restore'],
    ['stack', '_emscripten_stack_get_current'],
    ['memory', 'wasmMemory'],
    ['table', 'wasmTable'],
  ] as const)('are those that the package exports: %s', (name, theirs) => {
    expect(glue).toMatch(
      new RegExp(`\\b${theirs}=(?:Module\\["${theirs}"\\]=)?wasmExports\\["${NAMES.exports[name]}"\\]`),
    );
  });

  it('name the function that is called first', () => {
    expect(glue).toContain(`wasmExports["${NAMES.exports.construct}"]()`);
  });
});

describe('PL/pgSQL', () => {
  const withBody = (body: string) => `CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ ${body} $$`;

  it('says what is wrong with a body, and parses as before after it', () => {
    expect(parseDeep.plpgsqlError(withBody('BEGIN RETURN NEW; END'))).toBeUndefined();
    expect(parseDeep.plpgsqlError(withBody('BEGIN IF x RETURN NEW; END IF; END'))).toBe(
      'missing "THEN" at end of SQL expression',
    );
    expect(parseDeep.plpgsqlError(withBody('BEGIN UPDATE t SET a = = 1; END'))).toBe('syntax error at or near "="');
    expect(parse('SELECT 1')).toEqual({ stmts: parseSync('SELECT 1').stmts });
  });
});

describe('parsing', () => {
  it.each([
    'SELECT 1',
    "INSERT INTO straße VALUES ('😀', $$ä$$);\n",
    'CREATE TABLE a (b int); SELECT 2',
    '-- nothing',
    '',
  ])('agrees with the package on %j', (text) => {
    expect(parse(text)).toEqual({ stmts: text === '' ? [] : (parseSync(text).stmts ?? []) });
  });

  it('gives the message and the position in code points, and goes on after it', () => {
    expect(parse("SELECT '😀', 1 FROM x WHERE")).toEqual({ message: 'syntax error at end of input', cursor: 26 });
    expect(parse('SELECT 1')).toEqual({ stmts: parseSync('SELECT 1').stmts });
  });

  it('says how deep a tree is, what it names and how long the text is', () => {
    expect(parseDeep("SELECT 'ß😀'")).toHaveProperty('bytes', 15);
    expect(parseDeep('SELECT 1')).toHaveProperty('mentions', NO_MENTIONS);
    expect(parseDeep('CREATE TABLE t (a int, b s.x[] DEFAULT CAST(1 AS y))')).toMatchObject({
      mentions: {
        types: [
          { names: [{}, { String: { sval: 'int4' } }] },
          { names: [{ String: { sval: 's' } }, { String: { sval: 'x' } }] },
          { names: [{ String: { sval: 'y' } }] },
        ],
        relations: [{ relname: 't' }],
      },
    });
    expect(parseDeep('SELECT 1')).toHaveProperty('depth', 3);
    expect(parseDeep(`SELECT ${'('.repeat(9)}1${' + 1)'.repeat(9)}`)).toHaveProperty('depth', 12);
    expect(parseDeep(`SELECT 1${' UNION SELECT 1'.repeat(9)}`)).toHaveProperty('depth', 12);
  });

  it('takes statements that are larger than its memory', () => {
    const values = Array.from({ length: 60_000 }, (_, n) => `(${n}, 'a text of some length')`).join(', ');
    const result = parse(`INSERT INTO t VALUES ${values}`);
    expect(result).toHaveProperty('stmts.length', 1);
  });
});
