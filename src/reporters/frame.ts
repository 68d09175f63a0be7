/** The lines of SQL that a finding speaks of, with a mark below the place. */
import type { LintMessage } from '../linter/linter.ts';
import { printable } from '../printable.ts';
import { columnsOf } from './layout.ts';

/** A line of a frame. */
export interface FrameLine {
  /** The number of the line; undefined for the mark, and for what is left out. */
  number: number | undefined;
  text: string;
  isMark: boolean;
}

/** How much of a line is shown where nobody says how wide the terminal is. */
const WIDTH = 160;
/** How far up the beginning of a statement is looked for. */
const MAX_UP = 100;

/**
 * The line of a finding, and the first line of its statement where that is another one.
 * @param lines of the text
 * @param room how many columns there are for SQL
 */
export function frameOf(lines: readonly string[], message: LintMessage, room = WIDTH): FrameLine[] {
  const line = lines[message.line - 1];
  if (line === undefined) return [];
  const start = message.column - 1;
  const end = message.endLine === message.line ? message.endColumn - 1 : line.trimEnd().length;
  const shown = (from: number, to?: number) => printable(line.slice(from, to).replaceAll('\t', ' '));
  const [before, marked] = [shown(0, start), shown(start, Math.max(end, start + 1)) || ' '];
  // What does not fit is left out, in front of the place first.
  const cut = Math.max(0, Math.min(before.length, before.length + Math.min(marked.length, room >> 1) - room + 2));
  const head = cut > 0 ? `…${before.slice(cut)}` : before;
  const whole = head + marked + shown(Math.max(end, start + 1));
  const width = Math.min(columnsOf(marked), Math.max(1, room - columnsOf(head) - 1));
  const first = firstLineOf(lines, message.line);
  const framed: FrameLine[] = [
    { number: message.line, text: clip(whole, room), isMark: false },
    { number: undefined, text: ' '.repeat(columnsOf(head)) + '^'.repeat(Math.max(1, width)), isMark: true },
  ];
  if (first === message.line) return framed;
  const opening = clip(printable(lines[first - 1]!.replaceAll('\t', ' ').trimEnd()), room);
  return [
    { number: first, text: opening, isMark: false },
    ...(first < message.line - 1 ? [{ number: undefined, text: '…', isMark: false }] : []),
    ...framed,
  ];
}

/**
 * As much of a line as there is room for, around a place in it.
 * @param column of the place, from 1
 * @returns the text, and the column of the place in it
 */
export function lineAround(line: string, column = 1, room = WIDTH): { text: string; column: number } {
  const from = Math.max(0, Math.min(column - 1 - (room >> 1), line.length - room));
  const text = clip(line.slice(from), room);
  return from === 0 ? { text, column } : { text: `…${text.slice(1)}`, column: column - from };
}

const clip = (text: string, room: number): string => (text.length > room ? `${text.slice(0, room - 1)}…` : text);

/** Where the statement of a line begins, as far as lines tell: behind an end, an empty line or a comment. */
function firstLineOf(lines: readonly string[], line: number): number {
  let first = line;
  while (first > 1 && line - first < MAX_UP && !/(?:^|;)\s*(?:--.*|\/\*.*)?$/.test(lines[first - 2]!)) first--;
  return line - first < MAX_UP ? first : line;
}
