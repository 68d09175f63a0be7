/**
 * Runs libpg-query's WebAssembly without the JavaScript that comes with it. That compiles in the background, prepares a
 * file system and reads no file from it: more work than to lint a migration.
 */
import { Buffer } from 'node:buffer';
import type { ParseResult } from '@pgsql/types';
import { deepest, mentions, Unreadable, type Mentions } from './memory.ts';
import { RAW_PARSER, readTree, type RawStatement } from './tree.ts';

/** What Emscripten has shortened the names to. A test compares them with the package's own JavaScript. */
export const NAMES = {
  imports: {
    throwLongjmp: 'p',
    resizeHeap: 'q',
    fail: ['c', 'x', 'm', 'v'],
    unused: ['o', 'w', 'r', 's', 't', 'u'],
    invoke: ['a', 'b', 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'k', 'n', 'y'],
    invokeLong: 'l',
  },
  exports: {
    memory: 'z',
    construct: 'A',
    malloc: 'C',
    table: 'D',
    free: 'E',
    parse: 'F',
    freeResult: 'G',
    parsePlpgsql: 'H',
    freeString: 'N',
    setThrew: 'P',
    restoreStack: 'Q',
    stack: 'R',
  },
} as const;

const PAGE = 65536;
/** POSIX: there is no such file, and nothing can be done with it. */
const EBADF = 8;

interface Exports {
  memory: { buffer: ArrayBuffer; grow(pages: number): number };
  table: { get(index: number): (...args: unknown[]) => unknown };
  construct(): void;
  malloc(bytes: number): number;
  free(pointer: number): void;
  /** @returns a PgQueryParseResult: char *parse_tree; char *stderr_buffer; PgQueryError *error */
  parse(text: number): number;
  freeResult(result: number): void;
  /** @returns JSON, or a message that does not begin with a brace */
  parsePlpgsql(text: number): number;
  freeString(text: number): void;
  setThrew(threw: number, value: number): void;
  restoreStack(pointer: number): void;
  stack(): number;
}

/** The statements, or PostgreSQL's message with the position that it gives, in code points from 0. */
export type PgQueryResult =
  | {
      stmts: NonNullable<ParseResult['stmts']>;
      /** How deep the tree is in nodes, where that is known. */ depth?: number;
      /** What it names, where that was collected. */ mentions?: Mentions | undefined;
      /** The length of the text in UTF-8. */ bytes: number;
    }
  | { message: string; cursor: number };

/** PostgreSQL's parser, and that of PL/pgSQL. */
export interface PgQuery {
  (text: string): PgQueryResult;
  /** Compiles the bodies of functions and DO blocks in a text; the message of the first error, which has no place. */
  plpgsqlError(text: string): string | undefined;
}

/**
 * Instantiates the parser.
 * @param read reads the statements from the memory, where they lie in a List; undefined where it cannot
 * @param rawParser the function that returns that List, by its place in the table of the WebAssembly
 */
export function loadPgQuery(
  module: WebAssembly.Module,
  read: (memory: Buffer, list: number) => RawStatement[] | undefined = tryTree,
  rawParser = RAW_PARSER,
): PgQuery {
  let statements: RawStatement[] | undefined;
  let depth = 0;
  let named: Mentions | undefined;
  // The compiler of PL/pgSQL asks for the trees of the statements itself.
  let isPlpgsql = false;
  /**
   * What is read here need not be written as JSON, which takes longer than to parse: without a list, there is nothing
   * to write.
   */
  const take = (list: number): number => {
    if (isPlpgsql) return list;
    statements = read(memory(), list);
    depth = deepest;
    named = mentions;
    return statements ? 0 : list;
  };
  let heap: Buffer | undefined;
  const forget = () => (heap = undefined);
  let pg = instantiate(module, take, forget, rawParser);
  /**
   * The memory as it is now: growing replaces it. To ask for its buffer each time would take longer than to read from
   * it.
   */
  const memory = () => (heap ??= Buffer.from(pg.memory.buffer));
  const string = (pointer: number) => memory().toString('utf8', pointer, memory().indexOf(0, pointer));

  /** After a crash its memory may be inconsistent. */
  const restart = () => {
    forget();
    pg = instantiate(module, take, forget, rawParser);
  };

  const plpgsqlError = (text: string): string | undefined => {
    isPlpgsql = true;
    try {
      return callPlpgsql(pg, writeText(pg, memory, text).query, string);
    } catch {
      // Its compiler gives up on what only a database can tell.
      restart();
      return undefined;
    } finally {
      isPlpgsql = false;
    }
  };

  const parse = (text: string): PgQueryResult => {
    const { query, bytes } = writeText(pg, memory, text);
    let result: number;
    statements = undefined;
    try {
      result = pg.parse(query);
    } catch (error) {
      restart();
      if (error instanceof RangeError) return { message: TOO_DEEP, cursor: 0 };
      throw error;
    }
    pg.free(query);
    if (!result) throw new Error('libpg-query has no memory left');
    try {
      const error = errorOf(memory(), result, string);
      if (error) return error;
      // eslint-disable-next-line @typescript-eslint/no-unnecessary-condition -- set while it parses
      if (statements) return { stmts: statements as NonNullable<ParseResult['stmts']>, depth, mentions: named, bytes };
      return { stmts: (JSON.parse(string(memory().readUInt32LE(result))) as ParseResult).stmts ?? [], bytes };
    } finally {
      pg.freeResult(result);
    }
  };
  return Object.assign(parse, { plpgsqlError });
}

/** Writes a text into the memory, as C reads it; gives its place and its length. */
function writeText(pg: Exports, memory: () => Buffer, text: string): { query: number; bytes: number } {
  const query = pg.malloc(text.length * 3 + 1);
  if (!query) throw new Error('libpg-query has no memory left');
  // To get memory may replace it.
  const written = memory();
  const bytes = written.write(text, query);
  written[query + bytes] = 0;
  return { query, bytes };
}

/** PostgreSQL's message in a result; undefined where it has none. */
function errorOf(memory: Buffer, result: number, string: (pointer: number) => string) {
  const error = memory.readUInt32LE(result + 8);
  return error
    ? { message: string(memory.readUInt32LE(error)), cursor: Math.max(0, memory.readInt32LE(error + 16) - 1) }
    : undefined;
}

function callPlpgsql(pg: Exports, query: number, string: (pointer: number) => string): string | undefined {
  const result = pg.parsePlpgsql(query);
  const said = string(result);
  pg.freeString(result);
  pg.free(query);
  return said.startsWith('{') ? undefined : said;
}

/** The statements, read from the memory; undefined if the tree has a node that `tree.ts` does not know. */
function tryTree(memory: Buffer, list: number): RawStatement[] | undefined {
  // The build says so where the WebAssembly is not the one that the layout was learned from.
  if (process.env.SQL_LINT_TREES === 'json') return undefined;
  try {
    return readTree(memory, list);
  } catch (error) {
    // A tree too deep for us is one that JSON can hold; who walks it will see.
    if (error instanceof Unreadable || error instanceof RangeError) return undefined;
    throw error;
  }
}

/** What PostgreSQL says when it runs out of stack. */
export const TOO_DEEP = 'stack depth limit exceeded';

/** C's longjmp on its way to where setjmp was called: PostgreSQL's errors. */
class Longjmp extends Error {}

/** @param grown is called when the memory is replaced by a larger one; in no other way does it grow */
function instantiate(
  module: WebAssembly.Module,
  take: (list: number) => number,
  grown: () => void,
  rawParser: number,
): Exports {
  const { imports: names } = NAMES;
  const functions: ((...args: unknown[]) => unknown)[] = [];
  const invoke = (index: number, ...args: unknown[]): unknown => {
    const stack = pg.stack();
    try {
      const result = (functions[index] ??= pg.table.get(index))(...args);
      return index === rawParser && result ? take(result as number) : result;
    } catch (error) {
      pg.restoreStack(stack);
      if (error !== longjmp) throw error;
      pg.setThrew(1, 0);
      return undefined;
    }
  };
  const longjmp = new Longjmp();
  const imports: Record<string, (...args: never[]) => unknown> = {
    [names.throwLongjmp]: () => {
      throw longjmp;
    },
    [names.resizeHeap]: (bytes: number) => {
      grown();
      return grow(pg, bytes >>> 0);
    },
    [names.invokeLong]: (index: number, ...args: unknown[]) => invoke(index, ...args) ?? 0n,
  };
  for (const name of names.invoke) imports[name] = invoke;
  for (const name of names.unused) imports[name] = () => EBADF;
  for (const name of names.fail)
    imports[name] = () => {
      throw new Error('libpg-query has given up');
    };
  const { exports } = new WebAssembly.Instance(module, { a: imports });
  const pg = Object.fromEntries(
    Object.entries(NAMES.exports).map(([name, short]) => [name, exports[short]]),
  ) as unknown as Exports;
  pg.construct();
  return pg;
}

function grow({ memory }: Exports, bytes: number): boolean {
  const missing = Math.ceil((bytes - memory.buffer.byteLength) / PAGE);
  try {
    memory.grow(Math.max(missing, memory.buffer.byteLength / PAGE / 4));
    return true;
  } catch {
    return false;
  }
}
