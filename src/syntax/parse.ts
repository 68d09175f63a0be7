/**
 * The only door to libpg-query. Offsets are converted here and nowhere else: node locations come as UTF-8 bytes and
 * error positions as code points; both leave as UTF-16 code units, relative to the text that was parsed.
 */
import type { Node } from '@pgsql/types';
import { findMentions, type Mentions } from './mentions.ts';
import { loadPgQuery, TOO_DEEP, type PgQuery } from './pg-query/pg-query.ts';

export type { Node };
/** The name of a node type, such as `CreateStmt`. */
export type NodeTag = Node extends infer N ? (N extends unknown ? keyof N : never) : never;
/** The fields of the node type named. */
export type NodeOf<T extends NodeTag> = Node extends infer N ? (N extends Record<T, infer F> ? F : never) : never;

export type Parsed =
  | {
      ok: true;
      type: NodeTag;
      node: object;
      mentions: Mentions;
    }
  | { ok: false; message: string; /** UTF-16 offset in the parsed text. */ offset: number };

// One parser serves the whole process: it keeps nothing of a text that it has parsed, and each one that is instantiated
// takes megabytes of memory.
let parseText: PgQuery | undefined;
let compiled: WebAssembly.Module | undefined;

/** Loads the parser from WebAssembly that is compiled already: by another thread, or by a page. */
export function useParser(module: WebAssembly.Module): void {
  compiled = module;
  parseText = loadPgQuery(module);
}

/** The parser as it is compiled, for other threads; undefined before it is loaded. */
export const compiledParser = (): typeof compiled => compiled;

/** How deep a tree may be for those who walk it by recursion. Each operator of a chain `a || b || c` is two levels. */
const MAX_DEPTH = 2000;
/**
 * A tree of so few nodes from the root to any leaf is no deeper: a node has its type, its fields and a list in one of
 * them.
 */
const SURELY_FLAT = MAX_DEPTH / 4;

/** Parses the text of one statement, without its semicolon. The parser must be loaded. */
export function parseStatement(text: string): Parsed {
  if (!parseText) throw new Error('The parser is not loaded: await loadParser() first.');
  // To C, a text ends at the first zero.
  const zero = text.indexOf('\0');
  if (zero >= 0) return { ok: false, message: 'invalid byte sequence for encoding "UTF8": 0x00', offset: zero };
  const result = parseText(text);
  if ('message' in result) return { ok: false, message: result.message, offset: codePointOffset(text, result.cursor) };
  const stmt = result.stmts[0]?.stmt as Record<string, object> | undefined;
  if (!stmt) return { ok: false, message: 'syntax error: no statement', offset: 0 };
  // The splitter ends a statement at every semicolon that PostgreSQL ends one at; anything else would lose statements.
  if (result.stmts.length > 1) return { ok: false, message: 'syntax error: more than one statement', offset: 0 };
  let type!: NodeTag;
  for (const key in stmt) type = key as NodeTag;
  const node = stmt[type]!;
  if ((result.depth ?? Infinity) > SURELY_FLAT && isDeep(node)) return { ok: false, message: TOO_DEEP, offset: 0 };
  if (result.bytes !== text.length) convertLocations(node, byteOffsets(text, result.bytes));
  return { ok: true, type, node, mentions: (result.mentions as Mentions | undefined) ?? findMentions(node) };
}

/**
 * What the compiler of PL/pgSQL has against the body of CREATE FUNCTION or DO: its message, without a place. The parser
 * must be loaded.
 */
export function plpgsqlError(text: string): string | undefined {
  if (!parseText) throw new Error('The parser is not loaded: await loadParser() first.');
  return text.includes('\0') ? undefined : parseText.plpgsqlError(text);
}

// The same conditions and names are asked about several times in each file and in file after file. What a text parses
// to never changes, the trees are small, and there are never more of them than this, so the whole process shares them.
const fragments = new Map<string, Parsed>();
const MOST_FRAGMENTS = 1000;

/** Parses SQL that is made to read a condition or a name, and remembers it. Nodes must not be changed. */
export function parseFragment(text: string): Parsed {
  let parsed = fragments.get(text);
  if (!parsed) {
    if (fragments.size >= MOST_FRAGMENTS) fragments.clear();
    fragments.set(text, (parsed = parseStatement(text)));
  }
  return parsed;
}

/** Whether a tree is deeper than MAX_DEPTH. */
function isDeep(tree: object): boolean {
  let level: object[] = [tree];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > MAX_DEPTH) return true;
    const next: object[] = [];
    for (const node of level)
      for (const value of Object.values(node) as unknown[])
        if (typeof value === 'object' && value !== null) next.push(value);
    level = next;
  }
  return false;
}

// Working memory of `parseStatement`, made once: it is filled anew by each call that needs it.
let offsets = new Uint32Array(4096);

/**
 * For every UTF-8 byte of the text, the UTF-16 offset of the character that it belongs to; until it is called again.
 */
function byteOffsets(text: string, bytes: number): Uint32Array {
  if (bytes >= offsets.length) offsets = new Uint32Array(bytes + 1);
  const map = offsets;
  let byte = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.codePointAt(i)!;
    map[byte++] = i;
    if (code < 0x80) continue;
    map[byte++] = i;
    if (code < 0x800) continue;
    map[byte++] = i;
    if (code >= 0x10000) map[byte++] = i++;
  }
  map[byte] = text.length;
  return map;
}

const LOCATION = /(^|_)location$|^(list|rexpr_list)_(start|end)$/;

function convertLocations(node: object, map: Uint32Array): void {
  const fields = node as Record<string, unknown>;
  for (const key in fields) {
    const value = fields[key];
    if (typeof value === 'object' && value !== null) convertLocations(value, map);
    else if (typeof value === 'number' && value > 0 && LOCATION.test(key)) fields[key] = map[value] ?? value;
  }
}

function codePointOffset(text: string, points: number): number {
  let i = 0;
  while (points-- > 0 && i < text.length) i += text.codePointAt(i)! >= 0x10000 ? 2 : 1;
  return i;
}
