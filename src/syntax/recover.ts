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
const IS_FENCE = /^(?:```|~~~)[\w+-]*[ \t]*$/;
/** A line that other tools want, and that is no SQL. */
const IS_FOREIGN = /^(?:GO|(?:```|~~~)[\w+-]*|(?:#|\/\/).*)[ \t]*$/i;

/** A statement that no other statement holds; CREATE SCHEMA holds others. */
const DEFINES = /^(?:CREATE\s+(?!SCHEMA\b)\w|(?:ALTER|DROP)\s+\w|COMMENT\s+ON\b|GRANT\b|REVOKE\b)/i;

/** So many lines are tried in one statement: each is parsed twice. */
const MOST = 50;

/**
 * Where a statement that does not parse should end, so that the text behind it can be read; undefined where no line
 * shows that.
 * @param parses whether a statement parses by itself
 */
export function cutBehind(
  text: string,
  slice: Slice,
  parses: (slice: Slice) => boolean,
): { head: Slice; from: number } | undefined {
  if (isForeign(text, slice.start)) return behindFirstLine(text, slice);
  const column = columnOf(text, slice.start);
  let tried = 0;
  for (const line of linesOf(text, slice)) {
    if (columnOf(text, line) > column || ++tried > MOST) continue;
    const { slices } = split(text, { from: slice.start, to: line, flat: true });
    const head = slices.length === 1 ? slices[0]! : undefined;
    if (!head) continue;
    const cut = { head: { ...head, isCutShort: true }, from: line };
    if (isForeign(text, line) || parses(head) || isSurelyNext(text, head, line)) return cut;
    const next = split(text, { from: line, to: slice.stop }).slices[0];
    if (next && parses(next)) return cut;
  }
  return undefined;
}

/** Two definitions, of which the second begins where nothing of the first is open. */
const isSurelyNext = (text: string, head: Slice, line: number): boolean =>
  DEFINES.test(text.slice(head.start, head.start + 100)) &&
  DEFINES.test(text.slice(line, line + 100)) &&
  (depthsOf(text, tokenize(text, head.start, head.end)).at(-1) ?? 0) <= 0;

/** A line that is no SQL, and what stands below it. */
function behindFirstLine(text: string, slice: Slice): { head: Slice; from: number } | undefined {
  const end = text.indexOf('\n', slice.start);
  const behind = end < 0 ? undefined : split(text, { from: end, to: slice.stop }).slices[0];
  if (!behind) return undefined;
  const line = text.slice(slice.start, end).trimEnd();
  const stop = slice.start + line.length;
  return { head: { ...slice, end: stop, stop, text: line, isCutShort: true }, from: behind.start };
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
