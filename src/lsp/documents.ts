/** The documents that the editor has open, and positions in them as the editor counts. */
import { basename, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Position, Range } from 'vscode-languageserver/node';
import { TextDocument } from 'vscode-languageserver-textdocument';

const BOM = '\uFEFF';

/** Whether positions count the bytes of UTF-8, or the units of UTF-16, as JavaScript does. */
export type Encoding = 'utf-8' | 'utf-16';

/** How many units of UTF-16 so many bytes of UTF-8 are at the beginning of a line. */
function unitsOf(line: string, bytes: number): number {
  let units = 0;
  for (const character of line) {
    bytes -= Buffer.byteLength(character);
    if (bytes < 0) break;
    units += character.length;
  }
  return units;
}

/** Turns positions of the editor into offsets of a text, and back. */
export class Positions {
  readonly encoding: Encoding;

  constructor(encoding: Encoding) {
    this.encoding = encoding;
  }

  /** In units of UTF-16, as the library counts. */
  private inUnits(document: TextDocument, { line, character }: Position): Position {
    if (this.encoding === 'utf-16') return { line, character };
    const text = document.getText({ start: { line, character: 0 }, end: { line: line + 1, character: 0 } });
    return { line, character: unitsOf(text, character) };
  }

  /** A range of the editor, as the library counts. */
  rangeInUnits(document: TextDocument, { start, end }: Range): Range {
    return { start: this.inUnits(document, start), end: this.inUnits(document, end) };
  }

  offsetAt(document: TextDocument, position: Position): number {
    return document.offsetAt(this.inUnits(document, position));
  }

  positionAt(document: TextDocument, offset: number): Position {
    const { line, character } = document.positionAt(offset);
    if (this.encoding === 'utf-16') return { line, character };
    const text = document.getText({ start: { line, character: 0 }, end: { line, character } });
    return { line, character: Buffer.byteLength(text) };
  }
}

/** A text with its place, in which offsets and positions are turned into one another. */
export class Sheet {
  readonly uri: string;
  /** Where it is, or would be. */
  readonly path: string;
  /** Whether it has a place in a folder. What was never saved has none. */
  readonly isFile: boolean;
  /** The text without a byte order mark, as the command reads it. */
  readonly text: string;
  readonly document: TextDocument;
  private readonly positions: Positions;
  /** How many characters the editor counts before the text. */
  private readonly shift: number;

  constructor(document: TextDocument, path: string, isFile: boolean, positions: Positions) {
    this.document = document;
    this.uri = document.uri;
    this.path = path;
    this.isFile = isFile;
    this.positions = positions;
    const text = document.getText();
    this.shift = text.startsWith(BOM) ? 1 : 0;
    this.text = text.slice(this.shift);
  }

  get version(): number {
    return this.document.version;
  }

  offsetAt(position: Position): number {
    return Math.max(0, this.positions.offsetAt(this.document, position) - this.shift);
  }

  positionAt(offset: number): Position {
    return this.positions.positionAt(this.document, offset + this.shift);
  }

  rangeOf({ start, end }: { start: number; end: number }): Range {
    return { start: this.positionAt(start), end: this.positionAt(end) };
  }

  whole(): Range {
    return this.rangeOf({ start: 0, end: this.text.length });
  }
}

/**
 * The path of an address. What is no file, such as a text that was never saved, stands in the folder of the project
 * under its own name, and has no history.
 */
export function placeOfUri(uri: string, root: string): { path: string; isFile: boolean } {
  if (uri.startsWith('file:')) return { path: fileURLToPath(uri), isFile: true };
  const name = basename(decodeURIComponent(/^[^:]*:(?:\/\/)?([^?#]*)/.exec(uri)?.[1] ?? '')) || 'untitled.sql';
  return { path: resolve(root, name), isFile: false };
}

const uriOf = (path: string): string => pathToFileURL(path).href;

/** A text that is not open, to find positions in it. */
export const sheetOfFile = (path: string, text: string, positions: Positions): Sheet =>
  new Sheet(TextDocument.create(uriOf(path), 'sql', 0, text), path, true, positions);
