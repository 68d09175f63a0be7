import type { Token } from './lexer.ts';
import type { Statement } from './script.ts';
import { flatMap } from '../lists.ts';
import { depthsOf, type Span } from './nesting.ts';

export type { Span };

interface PhrasePart {
  optional: boolean;
  words: readonly string[];
}

// As many entries as the source code has phrases.
const phrases = new Map<string, readonly PhrasePart[]>();

/** The words of a phrase in lower case, taken apart once: `[X]` is optional, `A|B` are alternatives. */
function partsOf(phrase: string): readonly PhrasePart[] {
  let parts = phrases.get(phrase);
  if (!parts)
    phrases.set(
      phrase,
      (parts = phrase.split(' ').map((part) => ({
        optional: part.startsWith('['),
        words: part.replace(/[[\]]/g, '').toLowerCase().split('|'),
      }))),
    );
  return parts;
}

/**
 * The tokens that a phrase matches, or undefined. `[X]` is optional, `A|B` are alternatives, and words before the
 * phrase are passed over: `INDEX [CONCURRENTLY]` finds both in CREATE UNIQUE INDEX CONCURRENTLY.
 */
export function findPhrase(text: string, tokens: readonly Token[], phrase: string): Token[] | undefined {
  const parts = partsOf(phrase);
  for (let i = 0; i < tokens.length; i++) {
    const matched: Token[] = [];
    let at = i;
    let ok = true;
    for (const { optional, words } of parts) {
      const token = tokens[at];
      if (token?.kind === 'word' && words.includes(text.slice(token.start, token.end).toLowerCase())) {
        matched.push(token);
        at++;
      } else if (!optional) {
        ok = false;
        break;
      }
    }
    if (ok) return matched;
  }
  return undefined;
}

/** Reads the tokens of a statement that need not parse. */
export interface Reader {
  readonly statement: Statement;
  readonly text: string;
  readonly tokens: readonly Token[];
  /** The text of a token; empty behind the end. */
  raw(k: number): string;
  /** An unquoted word in lower case; empty for anything else. */
  word(k: number): string;
  /** How many parentheses are open before a token. */
  depth(k: number): number;
  /** The index behind a phrase that begins at a token, or undefined. `A|B` are alternatives, `[X]` is optional. */
  after(k: number, phrase: string): number | undefined;
  /** Every place where a phrase stands outside parentheses. */
  all(phrase: string): Span[];
  first(phrase: string): Span | undefined;
  /** The index behind a possibly qualified name that begins at a token, or undefined. */
  afterName(k: number): number | undefined;
  /** The index of what ends the item of a list that a token is in: a comma, or the sign that closes the list. */
  itemEnd(k: number): number;
  /** The index of the parenthesis or bracket that closes the one at a token; undefined where none does. */
  closing(open: number): number | undefined;
  /** The source text of a run of tokens. */
  slice(span: Span): string;
  /** The edit that takes a run of tokens out, with the white space on one side. */
  remove(span: Span): { start: number; end: number; text: string };
}

export function readerOf(statement: Statement): Reader {
  const { text } = statement.script;
  const { tokens } = statement;
  const depths = depthsOf(text, tokens);
  const raw = (k: number) => (tokens[k] ? text.slice(tokens[k].start, tokens[k].end) : '');
  const words = tokens.map((token) => (token.kind === 'word' ? text.slice(token.start, token.end).toLowerCase() : ''));
  const word = (k: number) => words[k] ?? '';
  const after = (k: number, phrase: string): number | undefined => {
    for (const { optional, words: alternatives } of partsOf(phrase)) {
      if (alternatives.includes(word(k))) k++;
      else if (!optional) return undefined;
    }
    return k;
  };
  const isName = (k: number) =>
    tokens[k]?.kind === 'word' || tokens[k]?.kind === 'quoted' || tokens[k]?.kind === 'placeholder';
  const all = (phrase: string): Span[] =>
    flatMap(tokens, (_, from) => {
      const to = depths[from] === 0 ? after(from, phrase) : undefined;
      return to === undefined ? [] : [{ from, to }];
    });
  return {
    statement,
    text,
    tokens,
    raw,
    word,
    depth: (k) => depths[k] ?? depths.at(-1)!,
    after,
    all,
    first: (phrase) => {
      for (let from = 0; from < tokens.length; from++) {
        const to = depths[from] === 0 ? after(from, phrase) : undefined;
        if (to !== undefined) return { from, to };
      }
      return undefined;
    },
    afterName(k) {
      if (!isName(k)) return undefined;
      while (raw(k + 1) === '.' && isName(k + 2)) k += 2;
      return k + 1;
    },
    itemEnd(k) {
      const depth = depths[k]!;
      while (k < tokens.length && depths[k]! >= depth && !(raw(k) === ',' && depths[k] === depth)) k++;
      return k;
    },
    closing(open) {
      const sign = raw(open) === '[' ? ']' : ')';
      for (let k = open + 1; k < tokens.length; k++) if (raw(k) === sign && depths[k] === depths[open]) return k;
      return undefined;
    },
    slice: ({ from, to }) => text.slice(tokens[from]!.start, tokens[to - 1]!.end),
    remove: (span) => removal(text, tokens, span),
  };
}

function removal(text: string, tokens: readonly Token[], { from, to }: Span) {
  const next = tokens[to];
  const previous = tokens[from - 1];
  const joins = previous?.end === tokens[from]!.start && isLong(previous) && next !== undefined && isLong(next);
  if (joins) return { start: tokens[from]!.start, end: tokens[to - 1]!.end, text: '' };
  // A comment between the phrase and the next token stays.
  if (next && /^\s*$/.test(text.slice(tokens[to - 1]!.end, next.start)))
    return { start: tokens[from]!.start, end: next.start, text: '' };
  return { start: previous?.end ?? tokens[from]!.start, end: tokens[to - 1]!.end, text: '' };
}

/** Whether a token may become one with its neighbour where nothing stands between them. */
const isLong = ({ kind }: Token): boolean => kind !== 'punctuation';

/** The range of a run of tokens in the file. */
export const rangeOf = (reader: Reader, { from, to }: Span): { start: number; end: number } => ({
  start: reader.tokens[from]!.start,
  end: reader.tokens[to - 1]!.end,
});
