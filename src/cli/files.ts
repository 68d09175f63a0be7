import {
  closeSync,
  fchmodSync,
  fchownSync,
  fsyncSync,
  openSync,
  readFileSync,
  readdirSync,
  realpathSync,
  renameSync,
  statSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { UserError } from '../errors.ts';
import { MAX_FILE_BYTES } from '../history/files.ts';

const BOM = '\uFEFF';
/** The replacement character for bytes that are not UTF-8. */
const REPLACEMENT = '\uFFFD';
/** The end of the names of temporary files. */
const TEMPORARY = '.sql-lint';

export interface SourceFile {
  path: string;
  /** The content without a byte order mark. */
  text: string;
  bom: boolean;
}

/** Reads a file that must be UTF-8. @throws UserError where it is not, cannot be read, or is too large */
export function readSource(path: string, maxBytes = MAX_FILE_BYTES): SourceFile {
  let bytes: Buffer;
  try {
    refuseLarge(path, statSync(path).size, maxBytes);
    // Read as text at once, which takes half the time, unless something in it is not UTF-8.
    const text = readFileSync(path, 'utf8');
    if (!text.includes(REPLACEMENT) && !text.includes('\0')) return withoutBom(path, text);
    bytes = readFileSync(path);
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError(`${path}: cannot be read (${(error as NodeJS.ErrnoException).code ?? String(error)})`);
  }
  return decode(path, bytes);
}

/** Says so of a file that is too large, before memory runs out in the middle of it. */
export function refuseLarge(path: string, bytes: number, maxBytes: number): void {
  const megabytes = (n: number) => Math.ceil(n / 1e6);
  if (bytes > maxBytes)
    throw new UserError(
      `${path}: has ${megabytes(bytes)} MB, and no more than ${megabytes(maxBytes)} MB are read; --max-file-size ` +
        `${megabytes(bytes)} allows it`,
    );
}

/** The text of a file's bytes. @throws UserError where they are not UTF-8 */
export function decode(path: string, bytes: Uint8Array): SourceFile {
  const unicode = otherUnicode(bytes);
  if (unicode !== undefined)
    throw new UserError(
      `${path}: is ${unicode} and not UTF-8; save it as UTF-8 in your editor, or convert it with ` +
        `iconv -f ${unicode} -t UTF-8`,
    );
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new UserError(
      `${path}: is not UTF-8, from line ${firstWrongLine(bytes)} on; save it as UTF-8 in your editor, or, ` +
        'where it is Latin 1, convert it with iconv -f LATIN1 -t UTF-8',
    );
  }
  return withoutBom(path, text);
}

/** How many bytes tell whether a file is written in units of two bytes. */
const SAMPLE = 512;

/** What a file is that is written in units of two or four bytes: by its mark, or by the zeros between letters. */
function otherUnicode(bytes: Uint8Array): 'UTF-16' | 'UTF-16LE' | 'UTF-16BE' | 'UTF-32' | undefined {
  const [a, b, c, d] = bytes;
  if (a === 0xff && b === 0xfe) return c === 0 && d === 0 ? 'UTF-32' : 'UTF-16';
  if (a === 0xfe && b === 0xff) return 'UTF-16';
  const sample = bytes.subarray(0, SAMPLE);
  const zeros = (odd: number) => sample.filter((byte, k) => byte === 0 && k % 2 === odd).length;
  const enough = sample.length / 4;
  if (zeros(1) > enough && zeros(0) === 0) return 'UTF-16LE';
  return zeros(0) > enough && zeros(1) === 0 ? 'UTF-16BE' : undefined;
}

function firstWrongLine(bytes: Uint8Array): number {
  const text = new TextDecoder().decode(bytes);
  return text.slice(0, text.indexOf(REPLACEMENT)).split('\n').length;
}

function withoutBom(path: string, text: string): SourceFile {
  const bom = text.startsWith(BOM);
  return { path, text: bom ? text.slice(1) : text, bom };
}

/** The bytes of a text, with the byte order mark that the file has. */
export const encode = ({ text, bom }: Pick<SourceFile, 'text' | 'bom'>): Buffer => Buffer.from((bom ? BOM : '') + text);

/**
 * Replaces a file's content, whole or not at all: a temporary file beside it, then a rename. A link keeps pointing to
 * its file, and mode and owner stay.
 * @throws UserError where the file cannot be written, or has changed since it was read
 */
export function writeSource(source: SourceFile, text: string): void {
  const path = realpathSync(source.path);
  // The name is unique, also among processes with the same number in other containers.
  const temporary = join(
    dirname(path),
    `.${basename(path)}.${process.pid}.${Math.random().toString(36).slice(2)}${TEMPORARY}`,
  );
  clearLeftovers(dirname(path));
  let handle: number | undefined;
  try {
    const stat = statSync(path);
    // A rename would replace a file that its owner has protected from writing.
    closeSync(openSync(path, 'r+'));
    handle = openSync(temporary, 'wx', stat.mode);
    const bytes = encode({ text, bom: source.bom });
    for (let at = 0; at < bytes.length;) at += writeSync(handle, bytes, at);
    fchmodSync(handle, stat.mode);
    if (process.getuid?.() === 0) fchownSync(handle, stat.uid, stat.gid);
    fsyncSync(handle);
    closeSync(handle);
    handle = undefined;
    const now = readSource(path, Infinity);
    if (now.text !== source.text || now.bom !== source.bom)
      throw new UserError('it changed while it was linted; run again');
    renameSync(temporary, path);
  } catch (error) {
    if (handle !== undefined) closeSync(handle);
    try {
      unlinkSync(temporary);
    } catch {
      // It was not made, or has been renamed.
    }
    const why = error instanceof UserError ? error.message : ((error as NodeJS.ErrnoException).code ?? String(error));
    throw new UserError(`${source.path}: cannot be written (${why}); it was left as it is`);
  }
}

/** Writing one file takes a moment; what is older was left by a run that was killed. */
const LEFT_MS = 60_000;
const cleared = new Set<string>();

function clearLeftovers(folder: string): void {
  if (cleared.has(folder)) return;
  cleared.add(folder);
  for (const name of readdirSync(folder)) {
    if (!/^\..*\.\d+\.[a-z0-9]+\.sql-lint$/.test(name)) continue;
    const path = join(folder, name);
    if (Date.now() - (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Infinity) > LEFT_MS) unlinkSync(path);
  }
}
