/** Reads the author's letter case and indentation, so that inserted text looks the same. */
import { tokenize, type Token } from '../syntax/lexer.ts';
import { perScript, type Script, type Statement } from '../syntax/script.ts';
import { findPhrase } from '../syntax/tokens.ts';

/** SQL that is written in capitals here, in the letter case of the statement's own first keyword. */
export function inCaseOf(statement: Statement, sql: string): string {
  const first = statement.head[0];
  const word = first ? statement.script.text.slice(first.start, first.end) : '';
  return /[a-z]/.test(word) && !/[A-Z]/.test(word) ? lowerKeywords(sql) : sql;
}

function lowerKeywords(sql: string): string {
  let out = '';
  let at = 0;
  for (const token of tokenize(sql)) {
    out += sql.slice(at, token.start);
    const raw = sql.slice(token.start, token.end);
    out += token.kind === 'word' ? raw.toLowerCase() : raw;
    at = token.end;
  }
  return out + sql.slice(at);
}

/** One level of indentation as the file has it, two spaces where it has none. */
export const indentUnit = perScript(({ text }) => /^(\t| {2}(?: {2})?)(?=\S)/m.exec(text)?.[1] ?? '  ');

/** The white space at the beginning of the line of an offset; empty where something else stands before the offset. */
export function lineIndent(script: Script, offset: number): string {
  const before = script.text.slice(script.text.lastIndexOf('\n', offset - 1) + 1, offset);
  return /^[ \t]*$/.test(before) ? before : '';
}

/**
 * Where each line of a range begins, except the first: the offsets at which indentation can be inserted. Lines that
 * begin inside a string, a dollar quote or a block comment are left out, since white space is part of those.
 */
export function innerLineStarts(script: Script, start: number, end: number): number[] {
  const { text } = script;
  const first = text.indexOf('\n', start);
  if (first < 0 || first + 1 >= end) return [];
  const solid = tokenize(text, start, end, { comments: true }).filter((t) => text.slice(t.start, t.end).includes('\n'));
  const offsets: number[] = [];
  for (let i = text.indexOf('\n', start); i >= 0 && i + 1 < end; i = text.indexOf('\n', i + 1)) {
    if (text[i + 1] === '\n' || text[i + 1] === '\r') continue; // an empty line stays empty
    if (!solid.some((t: Token) => t.start <= i && i < t.end)) offsets.push(i + 1);
  }
  return offsets;
}

/** The same in a whole statement. Where its head tells, the rest is not read. */
export function findInStatement(statement: Statement, phrase: string): Token[] | undefined {
  const {
    head,
    script: { text },
  } = statement;
  const found = findPhrase(text, head, phrase);
  // What matches up to the end of the head may go on behind it.
  return found && found.at(-1) !== head.at(-1) ? found : findPhrase(text, statement.tokens, phrase);
}

/** A dollar quote tag that does not occur in the body. */
export function dollarTag(body: string): string {
  for (let i = 0; ; i++) {
    const tag = i === 0 ? '$$' : i === 1 ? '$do$' : `$do${i}$`;
    if (!body.includes(tag)) return tag;
  }
}

/**
 * The end of the line, where nothing but a comment of the same line stands between it and the offset. A mark of the
 * migration tool is none.
 */
export function afterTrailingComment(script: Script, offset: number): number {
  const match = /^[ \t]*--(?!>)[^\r\n]*/.exec(script.text.slice(offset));
  const { breakpoint } = script.format;
  return match && !(breakpoint !== undefined && match[0].includes(breakpoint)) ? offset + match[0].length : offset;
}
