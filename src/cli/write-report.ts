import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { UserError } from '../errors.ts';

/** Writes a report into a file, and the folders above it. @throws UserError where that cannot be done */
export async function writeReport(path: string, text: string): Promise<void> {
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text);
  } catch (error) {
    throw new UserError(
      `${path}: the report cannot be written (${(error as NodeJS.ErrnoException).code ?? String(error)})`,
    );
  }
}
