import { posix } from 'node:path';
import type { Disk } from '../../src/disk/disk.ts';

/** A disk of texts, as a browser page has one. */
export class MemoryDisk implements Disk {
  private readonly files = new Map<string, { text: string; modified: number }>();
  private clock = 0;

  constructor(texts: Readonly<Record<string, string>>) {
    for (const [path, text] of Object.entries(texts)) this.write(path, text);
  }

  write(path: string, text: string): void {
    this.files.set(path, { text, modified: ++this.clock });
  }

  remove(path: string): void {
    this.files.delete(path);
  }

  list(folder: string): { files: Set<string>; folders: Set<string> } {
    const below = [...this.files.keys()]
      .map((path) => posix.relative(folder, path).split('/'))
      .filter(([first]) => first !== '..');
    return {
      files: new Set(below.filter((parts) => parts.length === 1).map(([name]) => name!)),
      folders: new Set(below.filter((parts) => parts.length > 1).map(([name]) => name!)),
    };
  }

  head(path: string): string | undefined {
    return this.read(path);
  }

  stat(path: string): { bytes: number; modified: number } | undefined {
    const file = this.files.get(path);
    return file && { bytes: Buffer.byteLength(file.text), modified: file.modified };
  }

  read(path: string): string | undefined {
    return this.files.get(path)?.text;
  }
}
