import { renameSync, writeFileSync } from 'node:fs';

/**
 * Writes a file of the cache: the whole file or nothing, also if another process writes it at the same time. Errors are
 * ignored: the next run computes the content again.
 */
export function writeWhole(path: string, content: () => string | Uint8Array): void {
  const temporary = `${path}.${process.pid}`;
  try {
    writeFileSync(temporary, content(), { flush: true, mode: 0o600 });
    renameSync(temporary, path);
  } catch {
    // Nothing depends on it.
  }
}
