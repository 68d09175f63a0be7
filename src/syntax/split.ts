import { Lexer, type TokenKind } from './lexer.ts';

/**
 * The range of one statement: from its first token to its last, without comments around it and without the semicolon.
 */
export interface Slice {
  start: number;
  end: number;
  /** Where the statement stops, its semicolon included (the same as `end` where there is none). */
  stop: number;
  /** The statement as PostgreSQL gets it: placeholders are masked by text of the same length. */
  text: string;
  /** Whether a template placeholder or a psql variable stands in the statement. */
  placeholders: boolean;
  /** False where a quote or a comment is never closed. */
  closed: boolean;
  /** Whether backslashes escape in plain strings: after SET standard_conforming_strings = off. */
  escapes: boolean;
}

/** A range that is not SQL: a psql meta-command or the data of `COPY … FROM stdin`. */
export interface Skipped {
  start: number;
  end: number;
  why: 'meta-command' | 'copy-data' | 'placeholder';
}

/** The psql command that forgets what was typed so far. */
const FORGETS = /^\\r(eset)?(?![a-z_])/;

/** psql's own COPY, with its rows in the lines below. */
const COPIES_ROWS = /^\\copy\b.*\bfrom\s+(stdin|pstdin)\b/i;

/**
 * The first letters of the words that splitting looks for in the midst of a statement: atomic, begin, case, end, from,
 * stdin.
 */
const MAY_MATTER: readonly boolean[] = Array.from({ length: 128 }, (_, code) =>
  'abcefs'.includes(String.fromCharCode(code).toLowerCase()),
);

/** psql commands that send what was typed so far, as a semicolon does. */
const SENDS = /^\\(;|g|gx|gset|gexec|gdesc|crosstabview|watch|bind|bind_named|parse|sendpipeline)(?![a-z_])/i;

/**
 * Cuts a text into statements at its top-level semicolons, as psql does: not inside quotes, comments or parentheses
 * (CREATE RULE … DO (a; b)), nor inside a BEGIN ATOMIC … END body. psql meta-commands and COPY data are stepped over.
 */
export function splitStatements(text: string, options: { from?: number; to?: number; flat?: boolean } = {}): Slice[] {
  return split(text, options).slices;
}

/** The same, together with what was stepped over. `flat` ignores parentheses, for text in which they do not match. */
export function split(
  text: string,
  options: { from?: number; to?: number; flat?: boolean } = {},
): { slices: Slice[]; skipped: Skipped[] } {
  const to = options.to ?? text.length;
  const slices: Slice[] = [];
  const skipped: Skipped[] = [];
  let lexer = new Lexer(text, options.from ?? 0, to);
  let first = -1; // start of the current statement
  let last = -1; // end of its last token
  let parens = 0;
  let begins = 0; // depth of BEGIN ATOMIC and CASE
  let words: string[] = []; // its first words, to recognise CREATE FUNCTION and COPY … FROM stdin
  let settled = false; // whether no further word matters
  let copyFromStdin = false;
  let copies = 0; // how many COPY … FROM stdin wait for their rows: those that \; has joined get them one after the other
  let noRows = false; // no line ends rows any more
  let previous = '';
  let written = false; // whether anything but placeholders stands in it
  let masks: { start: number; end: number }[] = [];
  let escapes = false; // standard_conforming_strings = off

  const finish = (stop: number, closed: boolean) => {
    if (copyFromStdin) copies++;
    if (first >= 0) {
      if (masks.length > 0 && !written) skipped.push({ start: first, end: last, why: 'placeholder' });
      else
        slices.push({
          start: first,
          end: last,
          stop,
          text: conform(mask(text, first, last, masks), escapes),
          placeholders: masks.length > 0,
          closed,
          escapes,
        });
    }
    first = -1;
    parens = begins = 0;
    written = false;
    words = [];
    settled = false;
    masks = [];
    copyFromStdin = false;
    previous = '';
  };

  const stepOverRows = (from: number) => {
    let at = from;
    for (; copies > 0 && !noRows; copies--) {
      const end = copyDataEnd(text, at, to);
      noRows = end < 0;
      if (noRows) break;
      skipped.push({ start: at, end, why: 'copy-data' });
      at = end;
    }
    copies = 0;
    if (at > from) lexer = new Lexer(text, at, to, { backslashEscapes: escapes });
  };

  for (;;) {
    if (settled && lexer.skipPlain()) {
      written = true;
      last = lexer.end;
    }
    if (!lexer.next()) break;
    const kind: TokenKind = lexer.kind;
    if (kind === 'comment') {
      if (lexer.closed) continue;
      // A comment that is never closed swallows what is left: not a comment, but a mistake.
      first = first < 0 ? lexer.start : first;
      last = lexer.end;
      written = true;
      break;
    }
    if (kind === 'meta') {
      const command = text.slice(lexer.start, lexer.end);
      if (FORGETS.test(command) && first >= 0) {
        skipped.push({ start: first, end: last, why: 'meta-command' });
        first = -1;
        copyFromStdin = false;
        finish(last, true);
      }
      skipped.push({ start: lexer.start, end: lexer.end, why: 'meta-command' });
      if (COPIES_ROWS.test(command)) copies++;
      if (SENDS.test(command)) finish(last, true);
      if (command !== '\\;') stepOverRows(lexer.end);
      if (first >= 0) masks.push({ start: lexer.start, end: lexer.end });
      continue;
    }
    const masked = masks.length;
    if (kind === 'punctuation') {
      const c = text.charCodeAt(lexer.start);
      if (c === 59) {
        if (begins === 0 && (parens === 0 || options.flat)) {
          const conforming =
            words[0] === 'set' && words[1] === 'standard_conforming_strings' ? text.slice(first, last) : '';
          finish(lexer.end, true);
          stepOverRows(lexer.end);
          if (conforming) {
            escapes = /\b(off|false|0|no)\b/i.test(conforming);
            lexer = new Lexer(text, lexer.end, to, { backslashEscapes: escapes });
          }
          continue;
        }
      } else if (c === 40) parens++;
      else if (c === 41 && parens > 0) parens--;
    } else if (kind === 'word' && !settled) {
      const length = lexer.end - lexer.start;
      if (words.length < 4 || (length <= 6 && MAY_MATTER[text.charCodeAt(lexer.start)])) {
        const word = text.slice(lexer.start, lexer.end).toLowerCase();
        if (words.length < 4) {
          words.push(word);
          settled = isSettled(words);
        }
        if (parens === 0) {
          if (word === 'atomic') {
            if (previous === 'begin' && isRoutine(words)) begins++;
          } else if (word === 'case') {
            if (begins > 0) begins++;
          } else if (word === 'end') {
            if (begins > 0) begins--;
          } else if ((word === 'stdin' || word === 'stdout') && previous === 'from' && words[0] === 'copy')
            copyFromStdin = true;
          previous = word;
        }
      } else if (length > 6 || parens === 0) previous = '';
    } else if (kind === 'placeholder') {
      // What a template puts on a line of its own before a statement is not a part of that statement.
      if (first < 0 && isAloneOnLine(text, lexer.start, lexer.end)) {
        skipped.push({ start: lexer.start, end: lexer.end, why: 'placeholder' });
        continue;
      }
      masks.push({ start: lexer.start, end: lexer.end });
    } else if (kind === 'quoted') {
      // Quotes in a placeholder in a name would end the name.
      if (/\{\{[^}]*"/.test(text.slice(lexer.start + 1, lexer.end - 1)))
        masks.push({ start: lexer.start + 1, end: lexer.end - 1 });
    }
    written ||= masks.length === masked;
    if (first < 0) first = lexer.start;
    last = lexer.end;
  }
  finish(last, lexer.closed);
  return { slices, skipped };
}

/** Whether a statement that begins with these words ends at its semicolon, whatever words follow. */
function isSettled(words: string[]): boolean {
  switch (words[0]) {
    case 'copy':
      return false;
    case 'set':
      return words.length > 1;
    case 'create':
      return words.length > (words[1] === 'or' ? 3 : 1) && !isRoutine(words);
    default:
      return true;
  }
}

function isRoutine(words: string[]): boolean {
  if (words[0] !== 'create') return false;
  const kind = words[1] === 'or' ? words[3] : words[1];
  return kind === 'function' || kind === 'procedure';
}

/** The end of the line `\.` that closes COPY data, or -1 where there is none. */
function copyDataEnd(text: string, from: number, to: number): number {
  const close = /^\\\.[ \t]*$/gm;
  close.lastIndex = from;
  const match = close.exec(text);
  return match && match.index < to ? match.index + match[0].length : -1;
}

const isAloneOnLine = (text: string, start: number, end: number) =>
  /^[ \t]*$/.test(text.slice(text.lastIndexOf('\n', start - 1) + 1, start)) && /^[ \t]*(\r?\n|$)/.test(text.slice(end));

/**
 * Writes plain strings with backslash escapes, in the same length, so that a parser that knows nothing of the setting
 * reads them.
 */
function conform(text: string, escapes: boolean): string {
  if (!escapes || !text.includes("\\'")) return text;
  const lexer = new Lexer(text, 0, text.length, { backslashEscapes: true });
  let out = '';
  let at = 0;
  while (lexer.next()) {
    if (lexer.kind !== 'string' || text[lexer.start] !== "'") continue;
    out +=
      text.slice(at, lexer.start) +
      text.slice(lexer.start, lexer.end).replace(/\\([^])/g, (pair, escaped) => (escaped === "'" ? "''" : pair));
    at = lexer.end;
  }
  return out + text.slice(at);
}

/** Replaces placeholders by text of the same length that the parser takes for a name or a string. */
function mask(text: string, start: number, end: number, ranges: { start: number; end: number }[]): string {
  if (ranges.length === 0) return text.slice(start, end);
  let out = '';
  let at = start;
  for (const range of ranges) {
    if (range.end > end) break;
    const raw = text.slice(range.start, range.end);
    out += text.slice(at, range.start);
    if (raw.startsWith('\\')) out += ' '.repeat(raw.length);
    else if (/^:(?!\{)/.test(raw)) out += ` ${raw.slice(1)}`;
    else out += '_'.repeat(raw.length);
    at = range.end;
  }
  return out + text.slice(at, end);
}
