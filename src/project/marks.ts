/** Reads the marks of tools: comments that begin an up or a down part. */
import { flatMap } from '../lists.ts';
import type { Direction, Part } from './types.ts';

/**
 * The parts that lines begin; each ends where the next one begins.
 * @param mark group 1 is the direction: up or down, in any letter case
 */
export const partsBy =
  (mark: RegExp) =>
  (text: string): Part[] | undefined => {
    const marks = [...text.matchAll(mark)];
    return marks.length === 0
      ? undefined
      : marks.map((found, k) => ({
          start: found.index + found[0].length,
          end: marks[k + 1]?.index ?? text.length,
          direction: found[1]!.toLowerCase() as Direction,
        }));
  };

/** A line that tells the up part from the down part below it. */
export const partsAround =
  (mark: RegExp) =>
  (text: string): Part[] | undefined => {
    const found = mark.exec(text);
    return found
      ? [
          { start: 0, end: found.index, direction: 'up' },
          { start: found.index + found[0].length, end: text.length, direction: 'down' },
        ]
      : undefined;
  };

/** What migration tools call the two ways, and what may stand beside it in a comment that is a mark. */
const WAY = '(?:ups?|downs?|undo|rollback|revert)';
const BESIDE = '(?:migrations?|migrate|script|section|create above|drop below)';
const LINE = `^[ \\t]*(?:--|#|//)[-=*#!@+:/ \\t]*(?:${BESIDE}[ \\t:/]+)*${WAY}(?:[ \\t]+${BESIDE})*[-=*#!@:. \\t]*$`;
/** A line that holds little but the name of a way: "-- Down", "-- migrate down", "# --- !Downs", "--//@UNDO". */
const NAMES_WAY = new RegExp(LINE, 'im');
const ALL_NAMES_OF_WAYS = new RegExp(LINE, 'gim');
/** What tools write that are known. */
const IS_KNOWN =
  /^[ \t]*--[ \t]*(?:>|\+\w|migrate:|changeset\b|rollback\b).*|^-{2,}[ \t]*(?:create above|tern: ).*|^--!.*/im;

/**
 * The first comment in a range that is, or looks like, the mark of a tool: what reads the file may cut there.
 * @returns the line, without white space around it
 */
export function findMark(text: string, start: number, end: number): string | undefined {
  const range = text.slice(start, end);
  return (NAMES_WAY.exec(range) ?? IS_KNOWN.exec(range))?.[0].trim();
}

const WAY_BACK = /\b(?:downs?|undo|rollback|revert)\b|\bdrop below\b/i;

/** The comments that look as if the way back began there, each with its place: not where a sentence mentions it. */
export function waysBack(text: string): { start: number; text: string }[] {
  return flatMap(text.matchAll(ALL_NAMES_OF_WAYS), ({ 0: line, index }) =>
    WAY_BACK.test(line) ? { start: index + line.search(/\S/), text: line.trim() } : [],
  );
}
