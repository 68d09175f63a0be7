import { renameSync, writeFileSync } from 'node:fs';

/**
 * Writes what later runs may read, whole or not at all, whoever else writes it at the same time. What cannot be kept is
 * found out anew.
 */
export function keep(path: string, content: () => string | Uint8Array): void {
  const temporary = `${path}.${process.pid}`;
  try {
    writeFileSync(temporary, content(), { flush: true, mode: 0o600 });
    renameSync(temporary, path);
  } catch {
    // Nothing depends on it.
  }
}
