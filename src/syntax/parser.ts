/**
 * The only door to libpg-query. Offsets are converted here and nowhere else: node locations come as UTF-8 bytes and
 * error positions as code points; both leave as UTF-16 code units, relative to the text that was parsed.
 */
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { setFlagsFromString } from 'node:v8';
import type { Node, ParseResult } from '@pgsql/types';
import loadPgQuery, { type PgQueryModule } from 'libpg-query/wasm/libpg-query.js';

export type { Node };
/** The name of a node type, such as `CreateStmt`. */
export type NodeTag = Node extends infer N ? (N extends unknown ? keyof N : never) : never;
/** The fields of the node type named. */
export type NodeOf<T extends NodeTag> = Node extends infer N ? (N extends Record<T, infer F> ? F : never) : never;

export type Parsed = { ok: true; type: NodeTag; node: object } | { ok: false; message: string; /** UTF-16 offset in the parsed text. */ offset: number };

/** From how many bytes of SQL on it pays to compile the parser with V8's optimising compiler. */
const WORTH_OPTIMISING = 400_000;
/** More calls than any run makes: V8 then never optimises, work for which a small run would wait before it can exit. */
const NEVER_OPTIMISE = '--wasm-tiering-budget=200000000';

let pgQuery: PgQueryModule | undefined;
let loading: Promise<void> | undefined;

/**
 * Loads the parser's WebAssembly; must be awaited once before `parseStatement` is called.
 * @param bytes how much will be parsed at least; for little, V8 is told to leave all WebAssembly of this process as it is
 * first compiled, so only a command that then exits should say so
 */
export function loadParser(bytes = Infinity): Promise<void> {
  return (loading ??= load(bytes));
}

async function load(bytes: number): Promise<void> {
  if (bytes < WORTH_OPTIMISING) setFlagsFromString(NEVER_OPTIMISE);
  // Compiled at once: the asynchronous way takes as long and waits for other threads.
  const module = new WebAssembly.Module(readFileSync(wasmPath()));
  pgQuery = await loadPgQuery({ instantiateWasm: (imports, done) => done(new WebAssembly.Instance(module, imports)) });
}

/** The WebAssembly lies beside the bundle, and in the package where there is none. */
function wasmPath(): string {
  const beside = fileURLToPath(new URL('libpg-query.wasm', import.meta.url));
  return existsSync(beside) ? beside : createRequire(import.meta.url).resolve('libpg-query/wasm/libpg-query.wasm');
}

/** What libpg-query's `parseSync` does: the statements, or the message and where it points, in code points. */
function parseText(text: string): { stmts: NonNullable<ParseResult['stmts']> } | { message: string; cursor: number } {
  if (!pgQuery) throw new Error('The parser is not loaded: await loadParser() first.');
  const pg = pgQuery;
  const bytes = pg.lengthBytesUTF8(text) + 1;
  const query = pg._malloc(bytes);
  let result = 0;
  try {
    pg.stringToUTF8(text, query, bytes);
    result = pg._wasm_parse_query_raw(query);
    if (!result) throw new Error('libpg-query has no memory left');
    const error = pg.getValue(result + 8, 'i32');
    if (error) return { message: pg.UTF8ToString(pg.getValue(error, 'i32')), cursor: Math.max(0, pg.getValue(error + 16, 'i32') - 1) };
    return { stmts: (JSON.parse(pg.UTF8ToString(pg.getValue(result, 'i32'))) as ParseResult).stmts ?? [] };
  } finally {
    pg._free(query);
    if (result) pg._wasm_free_parse_result(result);
  }
}

const cache = new Map<string, Parsed>();
const CACHE_LIMIT = 20_000;

/**
 * Parses the text of one statement, without its semicolon. A result is remembered by its text, so that neither a second
 * pass of fixes nor the history of a neighbouring file parses the same statement again. Nodes must not be changed.
 */
export function parseStatement(text: string): Parsed {
  let parsed = cache.get(text);
  if (!parsed) {
    if (cache.size >= CACHE_LIMIT) cache.clear();
    cache.set(text, (parsed = parse(text)));
  }
  return parsed;
}

function parse(text: string): Parsed {
  const result = text === '' ? { stmts: [] } : parseText(text);
  if ('message' in result) return { ok: false, message: result.message, offset: codePointOffset(text, result.cursor) };
  const stmt = result.stmts[0]?.stmt as Record<string, object> | undefined;
  if (!stmt) return { ok: false, message: 'syntax error: no statement', offset: 0 };
  // The splitter ends a statement at every semicolon that PostgreSQL ends one at; anything else would lose statements.
  if (result.stmts.length > 1) return { ok: false, message: 'syntax error: more than one statement', offset: 0 };
  const type = Object.keys(stmt)[0] as NodeTag;
  const node = stmt[type]!;
  if (!isAscii(text)) convertLocations(node, byteOffsets(text));
  return { ok: true, type, node };
}

// eslint-disable-next-line no-control-regex
const isAscii = (text: string) => /^[\x00-\x7f]*$/.test(text);

/** For every UTF-8 byte of the text, the UTF-16 offset of the character that it belongs to. */
function byteOffsets(text: string): Uint32Array {
  const map = new Uint32Array(Buffer.byteLength(text) + 1);
  let byte = 0;
  for (let i = 0; i < text.length; ) {
    const code = text.codePointAt(i)!;
    const bytes = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    map.fill(i, byte, byte + bytes);
    byte += bytes;
    i += code >= 0x10000 ? 2 : 1;
  }
  map[byte] = text.length;
  return map;
}

const LOCATION = /(^|_)location$|^(list|rexpr_list)_(start|end)$/;

function convertLocations(node: object, map: Uint32Array): void {
  for (const [key, value] of Object.entries(node)) {
    if (typeof value === 'object' && value !== null) convertLocations(value as object, map);
    else if (typeof value === 'number' && value > 0 && LOCATION.test(key)) (node as Record<string, unknown>)[key] = map[value] ?? value;
  }
}

function codePointOffset(text: string, points: number): number {
  let i = 0;
  while (points-- > 0 && i < text.length) i += text.codePointAt(i)! >= 0x10000 ? 2 : 1;
  return i;
}
