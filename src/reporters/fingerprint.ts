import { createHash } from 'node:crypto';
import type { LintMessage } from '../linter/linter.ts';
import { ruleOf } from './types.ts';

/**
 * Names the findings of one file so that they keep their names when lines move: by rule, message, and ordinal among
 * identical findings in the file.
 */
export function fingerprinter(path: string): (message: LintMessage) => string {
  const seen = new Map<string, number>();
  return (message) => {
    const kind = `${path}\n${ruleOf(message)}\n${message.message}`;
    const count = (seen.get(kind) ?? 0) + 1;
    seen.set(kind, count);
    return createHash('sha256').update(`${kind}\n${count}`).digest('hex').slice(0, 40);
  };
}
