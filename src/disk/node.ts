import { closeSync, openSync, readdirSync, readFileSync, readSync, statSync } from 'node:fs';
import type { Disk } from './disk.ts';

/** What a tool asks of a file stands in its first lines: a directive, a version, a header. */
const HEAD_BYTES = 65_536;

const withoutBom = (text: string): string => text.replace(/^\uFEFF/, '');

/** The files of this computer, as they are when they are asked for. */
export const nodeDisk: Disk = {
  list(folder) {
    const files = new Set<string>();
    const folders = new Set<string>();
    try {
      for (const entry of readdirSync(folder, { withFileTypes: true }))
        if (entry.isFile()) files.add(entry.name);
        else if (entry.isDirectory()) folders.add(entry.name);
    } catch {
      // Who asks cannot do more about it than take the folder for empty.
    }
    return { files, folders };
  },
  stat(path) {
    try {
      const stat = statSync(path, { throwIfNoEntry: false });
      return stat && { bytes: stat.size, modified: stat.mtimeMs };
    } catch {
      return undefined;
    }
  },
  head(path) {
    let handle: number | undefined;
    try {
      handle = openSync(path, 'r');
      const bytes = Buffer.allocUnsafe(HEAD_BYTES);
      return withoutBom(bytes.subarray(0, readSync(handle, bytes, 0, HEAD_BYTES, 0)).toString('utf8'));
    } catch {
      return undefined;
    } finally {
      if (handle !== undefined) closeSync(handle);
    }
  },
  read(path) {
    try {
      return withoutBom(readFileSync(path, 'utf8'));
    } catch {
      return undefined;
    }
  },
};
