/** Comments that switch a rule off, as edits. */
import type { TextEdit } from 'vscode-languageserver/node';
import { Lines } from '../lines.ts';
import type { LintMessage } from '../linter/linter.ts';
import { tokenize } from '../syntax/lexer.ts';
import type { Sheet } from './documents.ts';

/** What people replace by their reason. */
const REASON = 'say why';

const eolOf = (text: string): string => /\r?\n/.exec(text)?.[0] ?? '\n';

/** A comment above the line of a finding; undefined where the line begins inside a string or a comment. */
export function disableForLine(sheet: Sheet, { line }: LintMessage, rule: string): TextEdit | undefined {
  const { text } = sheet;
  const start = new Lines(text).offsetOf({ line, column: 1 });
  if (isInside(text, start)) return undefined;
  const indent = /^[ \t]*/.exec(text.slice(start))![0];
  return insert(sheet, start, `${indent}-- sql-lint-disable-next-line ${rule} -- ${REASON}${eolOf(text)}`);
}

/** Whether no comment can begin at a place. The body of a DO block is SQL to the rules, though not to PostgreSQL. */
function isInside(text: string, at: number): boolean {
  const within = (from: number, to: number) =>
    tokenize(text, from, to, { comments: true }).find(({ start, end }) => start < at && at < end);
  const around = within(0, text.length);
  if (around?.kind !== 'dollar' || !IS_DO.test(text.slice(Math.max(0, around.start - 60), around.start)))
    return around !== undefined;
  const tag = /^\$[^$]*\$/.exec(text.slice(around.start, around.end))![0].length;
  return within(around.start + tag, around.end - tag) !== undefined;
}

const IS_DO = /\bdo\s+(?:language\s+\S+\s+)?$/i;

/** What stands at the beginning of a file may be for its tool, as Liquibase's first line is: so it stays there. */
export function disableForFile(sheet: Sheet, rule: string): TextEdit {
  const { text } = sheet;
  const head = /^(?:--[^\n]*(?:\n|$))*/.exec(text)![0];
  const eol = eolOf(text);
  const before = head === '' || head.endsWith('\n') ? '' : eol;
  return insert(sheet, head.length, `${before}-- sql-lint-disable-file ${rule} -- ${REASON}${eol}`);
}

const insert = (sheet: Sheet, at: number, newText: string): TextEdit => ({
  range: sheet.rangeOf({ start: at, end: at }),
  newText,
});
