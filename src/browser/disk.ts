import type { Disk, FileStat } from '../disk/disk.ts';

/** Files in memory, where a page has no others: those that somebody has typed, or dropped onto it. */
export class MemoryDisk implements Disk {
  private readonly texts = new Map<string, { text: string; modified: number }>();
  private changes = 0;

  /** @param files their texts by their absolute paths, with `/` between folders */
  constructor(files: Iterable<readonly [path: string, text: string]> = []) {
    for (const [path, text] of files) this.write(path, text);
  }

  write(path: string, text: string): void {
    this.texts.set(path, { text: text.replace(/^\uFEFF/, ''), modified: ++this.changes });
  }

  remove(path: string): void {
    this.texts.delete(path);
  }

  list(folder: string): { files: Set<string>; folders: Set<string> } {
    const files = new Set<string>();
    const folders = new Set<string>();
    const start = folder.endsWith('/') ? folder : `${folder}/`;
    for (const path of this.texts.keys()) {
      if (!path.startsWith(start)) continue;
      const [name, ...below] = path.slice(start.length).split('/');
      (below.length > 0 ? folders : files).add(name!);
    }
    return { files, folders };
  }

  stat(path: string): FileStat | undefined {
    const file = this.texts.get(path);
    return file && { bytes: file.text.length, modified: file.modified };
  }

  head(path: string): string | undefined {
    return this.read(path);
  }

  read(path: string): string | undefined {
    return this.texts.get(path)?.text;
  }
}
