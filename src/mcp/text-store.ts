/** A text that stands for a file, which need not be there: what an assistant has written, and nobody has saved. */
import { basename, dirname } from 'node:path';
import type { Disk } from '../disk/disk.ts';
import { nodeDisk } from '../disk/node.ts';
import type { SourceFile } from '../cli/files.ts';
import { disk, type Store } from '../cli/tasks.ts';
import { UserError } from '../errors.ts';

const BOM = /^\uFEFF/;

/** A disk with nothing on it. */
const nothing: Disk = {
  list: () => ({ files: new Set(), folders: new Set() }),
  stat: () => undefined,
  head: () => undefined,
  read: () => undefined,
};

/**
 * @param beside whether what is on the disk is there, too
 * @param maxBytes larger files are not read
 */
export function storeOf(path: string, given: string, beside: boolean, maxBytes: number): Store {
  const text = given.replace(BOM, '');
  const files = disk(maxBytes);
  return {
    texts: new Map([[path, text]]),
    disk: withFile(beside ? nodeDisk : nothing, path, text),
    read: (wanted): SourceFile => (wanted === path ? { path, text, bom: false } : files.read(wanted)),
    write: () => {
      throw new UserError('a text is not written');
    },
  };
}

/** A disk on which there is one file more, in folders that need not be there. */
function withFile(files: Disk, path: string, text: string): Disk {
  const folders = new Map<string, string>();
  for (let at = dirname(path); at !== dirname(at); at = dirname(at)) folders.set(dirname(at), basename(at));
  return {
    list(folder) {
      const found = files.list(folder);
      const below = folders.get(folder);
      return {
        files: folder === dirname(path) ? new Set([...found.files, basename(path)]) : found.files,
        folders: below === undefined ? found.folders : new Set([...found.folders, below]),
      };
    },
    stat: (wanted) => (wanted === path ? { bytes: Buffer.byteLength(text), modified: 0 } : files.stat(wanted)),
    head: (wanted) => (wanted === path ? text : files.head(wanted)),
    read: (wanted) => (wanted === path ? text : files.read(wanted)),
  };
}
