/** Where names and expressions stand in the text of a statement. */
import { quoteIdent, readIdent } from '../catalog/names.ts';
import type { Statement } from '../syntax/script.ts';
import { rangeOf, readerOf } from '../syntax/tokens.ts';

interface Range {
  start: number;
  end: number;
}

/** The index of the token that begins at a location of the parser; the first one where there is none. */
function tokenAt({ tokens, start }: Statement, location: number | undefined): number {
  const at = start + (location ?? 0);
  const index = tokens.findIndex((token) => token.start <= at && at < token.end);
  return Math.max(0, index);
}

const rawOf = ({ script, tokens }: Statement, k: number): string =>
  tokens[k] ? script.text.slice(tokens[k].start, tokens[k].end) : '';

/** The range of one token. */
export function tokenRange(statement: Statement, location: number | undefined): Range {
  const { start, end } = statement.tokens[tokenAt(statement, location)]!;
  return { start, end };
}

/** The range of a possibly qualified name that begins at a location. */
export function nameRange(statement: Statement, location: number | undefined): Range {
  const from = tokenAt(statement, location);
  let to = from;
  while (rawOf(statement, to + 1) === '.' && statement.tokens[to + 2]) to += 2;
  return { start: statement.tokens[from]!.start, end: statement.tokens[to]!.end };
}

/** The range of the last part of a possibly qualified name. */
export function lastPartRange(statement: Statement, location: number | undefined): Range {
  const { end } = nameRange(statement, location);
  const token = statement.tokens.find((t) => t.end === end)!;
  return { start: token.start, end };
}

/** The range of a name that the parser gives no place of: its first token behind a location. */
export function wordRange(statement: Statement, name: string, behind = 0): Range {
  const from = statement.start + behind;
  const k = statement.tokens.findIndex(
    (token, i) =>
      token.start >= from &&
      (token.kind === 'word' || token.kind === 'quoted') &&
      readIdent(rawOf(statement, i)) === name,
  );
  const token = statement.tokens[k];
  return token ? { start: token.start, end: token.end } : tokenRange(statement, behind);
}

/**
 * The range of a call, an array or a type with what stands in parentheses or brackets behind its name; that of the name
 * alone where nothing does.
 */
export function rangeWithBrackets(statement: Statement, location: number | undefined): Range {
  const { start, end } = nameRange(statement, location);
  const brackets = bracketsBehind(statement, end);
  return { start, end: brackets?.end ?? end };
}

/** The range of the parentheses or brackets that open behind an offset. */
export function bracketsBehind(statement: Statement, offset: number): Range | undefined {
  const reader = readerOf(statement);
  const open = reader.tokens.findIndex((token) => token.start >= offset);
  const close = open >= 0 && /^[([]$/.test(reader.raw(open)) ? reader.closing(open) : undefined;
  return close === undefined ? undefined : rangeOf(reader, { from: open, to: close + 1 });
}

/** The text of a range of the file. */
export const textOf = ({ script }: Statement, { start, end }: Range): string => script.text.slice(start, end);

/** A name as it is written in SQL, in capitals where the word that it stands for is. */
export function nameLike(written: string, name: string): string {
  const quoted = quoteIdent(name);
  return quoted === name && /[A-Z]/.test(written) && written === written.toUpperCase() ? name.toUpperCase() : quoted;
}
