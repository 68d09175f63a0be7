/**
 * Cuts a text as the Supabase CLI does: at semicolons outside of quotes, comments, parentheses and BEGIN ATOMIC. It
 * reads less than PostgreSQL: backslashes in `E'…'` escape nothing, `$` in a name begins a dollar quote, a backslash
 * outside of quotes hides the character behind it, and any END ends BEGIN ATOMIC.
 *
 * Source: pkg/parser/state.go of the CLI.
 */
import { flatMap } from '../lists.ts';
import type { Range } from './format.ts';

/** Where the reader is in a text. */
type State =
  | { in: 'text' }
  /** Behind a `-`, which may begin a comment. */
  | { in: 'minus' }
  /** Behind a `/`, or in a comment; 0 is not in one yet. */
  | { in: 'comment'; depth: number }
  /** `isClosed` behind a quote that may be the first of two. */
  | { in: 'quotes'; quote: string; isClosed: boolean }
  /** In a dollar quote, or in a comment up to the end of its line. */
  | { in: 'quote'; end: string }
  /** Behind a `$` at `start`, which may begin a dollar quote. */
  | { in: 'tag'; start: number }
  | { in: 'escape' }
  /** In parentheses or BEGIN ATOMIC, where semicolons end nothing; `inner` is the state within. */
  | { in: 'group'; end: string; inner: State };

const TEXT: State = { in: 'text' };
const BEGIN = /(?<![\p{L}\p{N}_$])begin\s+$/iu;

/** The statements of a range, each with its semicolon, and without the comments before it. */
export const plainStatements = (text: string, range: Range): Range[] =>
  flatMap(cutAtSemicolons(text, range), (piece) => withoutComments(text, piece) ?? []);

/** A piece without the comments before it; undefined where there is nothing else. */
function withoutComments(text: string, { start, end }: Range): Range | undefined {
  const piece = text.slice(start, end);
  const before = /^(?:\s|--[^\n]*(?:\n|$)|\/\*[^]*?\*\/)*/.exec(piece)![0].length;
  return before < piece.trimEnd().length ? { start: start + before, end: start + piece.trimEnd().length } : undefined;
}

function cutAtSemicolons(text: string, { start, end }: Range): Range[] {
  const pieces: Range[] = [];
  let from = start;
  let state: State = TEXT;
  for (let at = start; at < end; at++) {
    const next = after(state, text, from, at);
    state = next ?? TEXT;
    if (next) continue;
    pieces.push({ start: from, end: at + 1 });
    from = at + 1;
  }
  if (from < end) pieces.push({ start: from, end });
  return pieces;
}

/**
 * The state behind a character; undefined behind a semicolon that ends a statement.
 * @param from where the statement begins
 */
function after(state: State, text: string, from: number, at: number): State | undefined {
  const char = text[at]!;
  switch (state.in) {
    case 'text':
      return behind(char, text, from, at);
    case 'minus':
      return char === '-' ? { in: 'quote', end: '\n' } : behind(char, text, from, at);
    case 'comment':
      return inComment(state.depth, text, from, at);
    case 'quotes':
      if (state.isClosed && char !== state.quote) return behind(char, text, from, at);
      return { ...state, isClosed: char === state.quote && !state.isClosed };
    case 'quote':
      return text.endsWith(state.end, at + 1) ? TEXT : state;
    case 'tag':
      if (char === '$') return { in: 'quote', end: text.slice(state.start, at + 1) };
      return /[\p{L}\p{N}_]/u.test(char) ? state : behind(char, text, from, at);
    case 'escape':
      return TEXT;
    case 'group':
      return inGroup(state, text, from, at);
  }
}

/** The state behind a character that stands in plain text. */
function behind(char: string, text: string, from: number, at: number): State | undefined {
  switch (char) {
    case '$':
      return { in: 'tag', start: at };
    case "'":
    case '"':
      return { in: 'quotes', quote: char, isClosed: false };
    case '-':
      return { in: 'minus' };
    case '/':
      return { in: 'comment', depth: 0 };
    case '\\':
      return { in: 'escape' };
    case ';':
      return undefined;
    case '(':
      return { in: 'group', end: ')', inner: TEXT };
    case 'c':
    case 'C':
      return isBeginAtomic(text, from, at) ? { in: 'group', end: 'end', inner: TEXT } : TEXT;
    default:
      return TEXT;
  }
}

function inComment(depth: number, text: string, from: number, at: number): State | undefined {
  if (endsWith(text, from, at, '/*')) return { in: 'comment', depth: depth + 1 };
  if (depth === 0) return behind(text[at]!, text, from, at);
  if (!endsWith(text, from, at, '*/')) return { in: 'comment', depth };
  return depth === 1 ? TEXT : { in: 'comment', depth: depth - 1 };
}

function inGroup(state: State & { in: 'group' }, text: string, from: number, at: number): State {
  const inner = after(state.inner, text, from, at) ?? state.inner;
  return inner.in === 'text' && endsWith(text, from, at, state.end) ? TEXT : { ...state, inner };
}

function isBeginAtomic(text: string, from: number, at: number): boolean {
  if (!endsWith(text, from, at, 'atomic')) return false;
  const before = text.slice(from, at + 1 - 'atomic'.length);
  return BEGIN.test(before.slice(Math.max(0, before.trimEnd().length - 'begin'.length - 1)));
}

/** Whether the statement up to and with a character ends in some text, in any letter case. */
const endsWith = (text: string, from: number, at: number, end: string): boolean =>
  at + 1 - end.length >= from && text.slice(at + 1 - end.length, at + 1).toLowerCase() === end;
