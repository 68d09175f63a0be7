/**
 * Finds where a statement that does not parse has swallowed the ones behind it: a semicolon, a parenthesis or a quote
 * is missing, or a line is not SQL at all.
 */
import { tokenize } from './lexer.ts';
import { depthsOf } from './nesting.ts';
import { split, type Slice } from './split.ts';

/** A line that begins a statement, and can hardly go on with one. */
const BEGINS = new RegExp(
  `^(?:${[
    'CREATE\\s+\\w',
    'ALTER\\s+(?:TABLE|TYPE|DOMAIN|POLICY|FUNCTION|PROCEDURE|PUBLICATION|SEQUENCE|SCHEMA|ROLE|DEFAULT|INDEX|VIEW)\\b',
    'DROP\\s+(?:TABLE|TYPE|POLICY|FUNCTION|PROCEDURE|PUBLICATION|SEQUENCE|SCHEMA|ROLE|INDEX|VIEW|TRIGGER|EXTENSION)\\b',
    'COMMENT\\s+ON\\b',
    'INSERT\\s+(?:INTO|OR|IGNORE)\\b',
    'UPDATE\\s+\\S+\\s+SET\\b',
    'DELETE\\s+FROM\\b',
    'TRUNCATE\\b',
    '(?:GRANT|REVOKE)\\s+[\\w, ]+\\s+ON\\b',
    'DO\\s+\\$',
    '(?:COMMIT|ROLLBACK)\\s*;',
  ].join('|')})`,
  'i',
);
/** The lines of Markdown around code. */
export const IS_FENCE = /^(?:```|~~~)[\w+-]*[ \t]*$/;
/** A line that other tools want, and that is no SQL. */
const IS_FOREIGN = /^(?:GO|(?:```|~~~)[\w+-]*|(?:#|\/\/).*)[ \t]*$/i;

/** A statement that no other statement holds; CREATE SCHEMA holds others. */
const DEFINES = /^(?:CREATE\s+(?!SCHEMA\b)\w|(?:ALTER|DROP)\s+\w|COMMENT\s+ON\b|GRANT\b|REVOKE\b)/i;

/** So many lines are tried in one statement: each is parsed twice. */
const MOST = 50;

/**
 * Takes a statement that does not parse apart, where it has swallowed others; undefined where no line shows that. The
 * pieces may still hold several statements between semicolons.
 * @param parses whether a statement parses by itself
 */
export function takeApart(text: string, slice: Slice, parses: (slice: Slice) => boolean): Slice[] | undefined {
  const column = columnOf(text, slice.start);
  const lines = linesOf(text, slice).filter((line) => columnOf(text, line) <= column);
  const pieces: Slice[] = [];
  let from = slice.start;
  let tried = 0;
  for (let k = 0; k < lines.length && tried < MOST; k++) {
    const line = lines[k]!;
    from = behindForeignLine(text, slice, from, pieces);
    if (line <= from) continue;
    const before = split(text, { from, to: line, flat: true }).slices;
    const head = before.pop();
    tried++;
    if (!head || !(isForeign(text, line) || parses(head) || isSurelyNext(text, head, line))) {
      const next = split(text, { from: line, to: lines[k + 1] ?? slice.stop, flat: true }).slices[0];
      if (!head || !next || !parses(next)) continue;
    }
    pieces.push(...before, { ...head, isCutShort: head.stop === head.end });
    from = line;
    tried = 0;
  }
  from = behindForeignLine(text, slice, from, pieces);
  return pieces.length === 0 ? undefined : [...pieces, ...split(text, { from, to: slice.stop }).slices];
}

/** Two definitions, of which the second begins where nothing of the first is open. */
const isSurelyNext = (text: string, head: Slice, line: number): boolean =>
  DEFINES.test(text.slice(head.start, head.start + 100)) &&
  DEFINES.test(text.slice(line, line + 100)) &&
  (depthsOf(text, tokenize(text, head.start, head.end)).at(-1) ?? 0) <= 0;

/** Makes a piece of a line that is no SQL, if one begins there; what is behind it begins at the place returned. */
function behindForeignLine(text: string, slice: Slice, from: number, pieces: Slice[]): number {
  if (!isForeign(text, from)) return from;
  const line = /^.*/.exec(text.slice(from, slice.stop))![0].trimEnd();
  const stop = from + line.length;
  pieces.push({ ...slice, start: from, end: stop, stop, text: line, isCutShort: true });
  return stop + /^\s*/.exec(text.slice(stop, slice.stop))![0].length;
}

const columnOf = (text: string, at: number): number => at - (text.lastIndexOf('\n', at - 1) + 1);

const lineAt = (text: string, at: number): string => /^.*/.exec(text.slice(at, at + 200))![0].trimEnd();

const isForeign = (text: string, line: number): boolean => IS_FOREIGN.test(lineAt(text, line));

/** The first signs of the lines behind the first one that begin something, outside of what is quoted. */
function linesOf(text: string, { start, stop, closed }: Slice): number[] {
  const lines: number[] = [];
  // Where a quote is never closed, no one can tell what stands between quotes.
  const quoted = closed
    ? tokenize(text, start, stop).filter((t) => t.kind === 'dollar' || t.kind === 'string')
    : tokenize(text, start, stop).filter((t) => t.kind === 'dollar' && text.slice(t.start, t.end).endsWith('$'));
  for (let at = text.indexOf('\n', start); at >= 0 && at < stop; at = text.indexOf('\n', at + 1)) {
    const first = at + 1 + /^[ \t]*/.exec(text.slice(at + 1, at + 200))![0].length;
    if (first >= stop) continue;
    // An apostrophe in prose opens a quote that ends in the code below.
    if (IS_FENCE.test(lineAt(text, first))) lines.push(first);
    else if (quoted.some((t) => t.start < first && first < t.end)) continue;
    else if (BEGINS.test(text.slice(first, first + 200)) || isForeign(text, first)) lines.push(first);
  }
  return lines;
}
