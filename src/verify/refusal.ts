import { basename } from 'node:path';
import type { Refusal } from '../history/files.ts';
import { Lines } from '../lines.ts';
import type { FileVerdict } from './types.ts';

/** SQLSTATEs of what is not there: schemas, relations, columns, functions, and all other objects. */
const MISSING = new Set(['3F000', '42P01', '42703', '42883', '42704']);

/** What may be the reason that something is not there. */
const reasonFor = (behind: string | undefined): string =>
  behind === undefined
    ? 'If something other than these migrations makes it, name a file that does under "environment".'
    : `It may be missing because ${basename(behind)}, which runs before, does not run in full.`;

/** What PostgreSQL refused, with the range of the whole statement. */
export interface RefusedStatement extends Refusal {
  statement: { start: number; end: number };
}

/** Where PostgreSQL points to nothing: where the name that it speaks of stands, if it stands there once; or else 0. */
function placeOfName(message: string, statement: string): number {
  const name = /"([^"]+)"/.exec(message)?.[1];
  if (name === undefined) return 0;
  const places = [...statement.matchAll(new RegExp(`(?<![\\w$])${name.replace(/[^\w]/g, '\\$&')}(?![\\w$])`, 'gi'))];
  return places.length === 1 ? places[0]!.index : 0;
}

/**
 * What PostgreSQL refuses of a text at its first run.
 * @param text the text that the verdict speaks of
 * @returns undefined where it runs, or cannot be run
 */
export function refusalOf(text: string, verdict: FileVerdict): RefusedStatement | undefined {
  if (verdict.verdict !== 'fails') return undefined;
  const { code, message, hint, offset, line, column, statement } = verdict.failure;
  const at = new Lines(text).offsetOf({ line, column });
  const start = at === offset ? at + placeOfName(message, statement) : at;
  const token = /^(?:"(?:[^"]|"")*"|[\p{L}\p{N}_$]+|.)?/u.exec(text.slice(start))![0];
  const said = [`${message} (${code}).`, ...(hint === undefined ? [] : [hint])];
  if (MISSING.has(code)) said.push(reasonFor(verdict.behind));
  return {
    text,
    start,
    end: start + token.length,
    message: said.join(' '),
    statement: { start: offset, end: offset + statement.length },
  };
}
