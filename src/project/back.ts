/** Where the way back of a migration lies, and what becomes of the text that holds it. */
import { join } from 'node:path';
import { splitStatements } from '../syntax/split.ts';
import { nameIn } from './find.ts';
import { detectFormat, type FileKind, type Range } from './format.ts';
import { psql } from './tools/psql.ts';
import type { Part, Project, WayBackPlace } from './types.ts';

/** Where the way back of a file of a project lies; a file has its absolute path. */
export function placeOfWayBack({ tool, site }: Project, path: string): WayBackPlace {
  const found = (tool ?? psql).back(nameIn(site, path));
  return 'file' in found ? { file: join(site.folder, found.file) } : found;
}

/** The parts of a migration that run back. */
export const partsBack = (text: string, path: string, kind: FileKind): Part[] =>
  detectFormat(text, path, kind).parts.filter(({ direction }) => direction === 'down');

/** Whether there are statements in a part. */
export const isWritten = (text: string, { start, end }: Range): boolean =>
  splitStatements(text, { from: start, to: end }).length > 0;

/**
 * A migration with the statements of its way back: in the part that is there for them, or below a line that begins one.
 * What stands in that part is replaced; nothing else is changed.
 */
export function withWayBack(text: string, path: string, kind: FileKind, mark: string, sql: string): string {
  const [part] = partsBack(text, path, kind);
  if (!part) return `${text.trimEnd()}\n\n${mark}\n${sql}`;
  const rest = text.slice(part.end);
  return `${text.slice(0, part.start)}\n${sql}${rest === '' ? '' : `\n${rest}`}`;
}
