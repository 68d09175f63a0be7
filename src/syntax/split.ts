import { Lexer } from './lexer.ts';

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
  /** Whether no semicolon ends it, and another statement follows. */
  isCutShort?: boolean;
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
export function splitStatements(text: string, options: SplitOptions = {}): Slice[] {
  return split(text, options).slices;
}

/** The same, together with what was stepped over. */
export function split(text: string, options: SplitOptions = {}): { slices: Slice[]; skipped: Skipped[] } {
  const { slices, skipped } = new Splitter(text, options).run();
  return { slices, skipped };
}

export interface SplitOptions {
  from?: number;
  to?: number;
  /** Whether to ignore parentheses, for text in which they do not match. */
  flat?: boolean;
}

class Splitter {
  readonly slices: Slice[] = [];
  readonly skipped: Skipped[] = [];
  private readonly text: string;
  private readonly to: number;
  private readonly flat: boolean;
  private lexer: Lexer;
  /** Whether backslashes escape in plain strings. */
  private escapes = false;
  /** How many COPY … FROM stdin wait for their rows: those that \; has joined get them one after the other. */
  private copies = 0;
  /** Whether no line ends rows any more. */
  private noRows = false;

  // The current statement.
  /** The start of its first token; -1 where there is none. */
  private first = -1;
  /** The end of its last token. */
  private last = -1;
  private parens = 0;
  /** How many BEGIN ATOMIC and CASE are open. */
  private begins = 0;
  /** Its first words, which tell CREATE FUNCTION and COPY … FROM stdin. */
  private words: string[] = [];
  /** Whether no further word matters. */
  private settled = false;
  private previous = '';
  private copiesFromStdin = false;
  /** Whether anything but placeholders stands in it. */
  private written = false;
  private masks: { start: number; end: number }[] = [];

  constructor(text: string, { from = 0, to = text.length, flat = false }: SplitOptions) {
    this.text = text;
    this.to = to;
    this.flat = flat;
    this.lexer = new Lexer(text, from, to);
  }

  run(): this {
    while (this.next()) {
      const masked = this.masks.length;
      if (!this.read()) continue;
      this.written ||= this.masks.length === masked;
      if (this.first < 0) this.first = this.lexer.start;
      this.last = this.lexer.end;
    }
    this.finish(this.last, this.lexer.closed);
    return this;
  }

  private next(): boolean {
    if (this.settled && this.lexer.skipPlain()) {
      this.written = true;
      this.last = this.lexer.end;
    }
    return this.lexer.next();
  }

  /** Reads a token; false where it is no part of the current statement. */
  private read(): boolean {
    switch (this.lexer.kind) {
      case 'comment':
        // A comment that is never closed swallows what is left: not a comment, but a mistake.
        return !this.lexer.closed;
      case 'meta':
        this.metaCommand();
        return false;
      case 'punctuation':
        return this.punctuation();
      case 'placeholder':
        return this.placeholder();
      case 'word':
        if (!this.settled) this.word();
        return true;
      case 'quoted':
        this.quotedName();
        return true;
      default:
        return true;
    }
  }

  private metaCommand(): void {
    const { start, end } = this.lexer;
    const command = this.text.slice(start, end);
    if (FORGETS.test(command) && this.first >= 0) {
      this.skipped.push({ start: this.first, end: this.last, why: 'meta-command' });
      this.first = -1;
      this.copiesFromStdin = false;
      this.finish(this.last, true);
    }
    this.skipped.push({ start, end, why: 'meta-command' });
    if (COPIES_ROWS.test(command)) this.copies++;
    if (SENDS.test(command)) this.finish(this.last, true);
    if (command !== '\\;') this.stepOverRows(end);
    if (this.first >= 0) this.masks.push({ start, end });
  }

  private punctuation(): boolean {
    switch (this.text.charCodeAt(this.lexer.start)) {
      case 40: // (
        this.parens++;
        return true;
      case 41: // )
        if (this.parens > 0) this.parens--;
        return true;
      case 59: // ;
        if (this.begins > 0 || (this.parens > 0 && !this.flat)) return true;
        this.semicolon();
        return false;
      default:
        return true;
    }
  }

  private semicolon(): void {
    const { end } = this.lexer;
    const sets = this.words[0] === 'set' && this.words[1] === 'standard_conforming_strings';
    const setting = sets ? this.text.slice(this.first, this.last) : '';
    this.finish(end, true);
    this.stepOverRows(end);
    if (!setting) return;
    this.escapes = /\b(off|false|0|no)\b/i.test(setting);
    this.lexer = new Lexer(this.text, this.lexer.end, this.to, { backslashEscapes: this.escapes });
  }

  private word(): void {
    const { start, end } = this.lexer;
    const length = end - start;
    const isFirst = this.words.length < 4;
    if (!isFirst && !(length <= 6 && MAY_MATTER[this.text.charCodeAt(start)])) {
      if (length > 6 || this.parens === 0) this.previous = '';
      return;
    }
    const word = this.text.slice(start, end).toLowerCase();
    if (isFirst) {
      this.words.push(word);
      this.settled = isSettled(this.words);
    }
    if (this.parens > 0) return;
    if (word === 'atomic') {
      if (this.previous === 'begin' && isRoutine(this.words)) this.begins++;
    } else if (word === 'case' || word === 'end') {
      if (this.begins > 0) this.begins += word === 'case' ? 1 : -1;
    } else if (word === 'stdin' || word === 'stdout') {
      if (this.previous === 'from' && this.words[0] === 'copy') this.copiesFromStdin = true;
    }
    this.previous = word;
  }

  private placeholder(): boolean {
    const { start, end } = this.lexer;
    // What a template puts on a line of its own before a statement is not a part of that statement.
    if (this.first < 0 && isAloneOnLine(this.text, start, end)) {
      this.skipped.push({ start, end, why: 'placeholder' });
      return false;
    }
    this.masks.push({ start, end });
    return true;
  }

  /** Quotes in a placeholder in a name would end the name. */
  private quotedName(): void {
    const [start, end] = [this.lexer.start + 1, this.lexer.end - 1];
    if (/\{\{[^}]*"/.test(this.text.slice(start, end))) this.masks.push({ start, end });
  }

  private finish(stop: number, closed: boolean): void {
    const { text, first, last, masks, escapes } = this;
    if (this.copiesFromStdin) this.copies++;
    if (first >= 0) {
      if (masks.length > 0 && !this.written) this.skipped.push({ start: first, end: last, why: 'placeholder' });
      else
        this.slices.push({
          start: first,
          end: last,
          stop,
          text: conform(mask(text, first, last, masks), escapes),
          placeholders: masks.length > 0,
          closed,
          escapes,
        });
    }
    this.first = -1;
    this.parens = this.begins = 0;
    this.words = [];
    this.settled = false;
    this.previous = '';
    this.copiesFromStdin = false;
    this.written = false;
    this.masks = [];
  }

  private stepOverRows(from: number): void {
    let at = from;
    for (; this.copies > 0 && !this.noRows; this.copies--) {
      const end = copyDataEnd(this.text, at, this.to);
      this.noRows = end < 0;
      if (this.noRows) break;
      this.skipped.push({ start: at, end, why: 'copy-data' });
      at = end;
    }
    this.copies = 0;
    if (at > from) this.lexer = new Lexer(this.text, at, this.to, { backslashEscapes: this.escapes });
  }
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
