/** Reads the invalid files, each with what its author meant. */
import { readFileSync } from 'node:fs';

export interface Invalid {
  name: string;
  written: string;
  /** Undefined where only the author can tell. */
  meant: string | undefined;
}

export function readInvalid(): Invalid[] {
  const text = readFileSync('test/invalid/cases.sql', 'utf8');
  const parts = text.split(/^--- (.*)\n/m).slice(1);
  const cases: Invalid[] = [];
  for (let k = 0; k < parts.length; k += 2) {
    const [title, body] = [parts[k]!, parts[k + 1]!];
    if (title === 'meant') cases.at(-1)!.meant = body;
    else if (title !== 'undecided') cases.push({ name: title, written: body, meant: undefined });
  }
  return cases;
}
