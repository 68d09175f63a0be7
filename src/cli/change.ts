/** What a fix changes, for people to read. */
import { Lines } from '../lines.ts';
import type { LintMessage } from '../linter/linter.ts';

/** The whole lines that a fix changes, as they are and as it writes them. */
export function changedLines(
  source: string,
  { range: [start, end], text }: NonNullable<LintMessage['fix']>,
): { before: string[]; after: string[] } {
  const lines = new Lines(source);
  const from = lines.offsetOf({ line: lines.locate(start).line, column: 1 });
  const newline = source.indexOf('\n', end);
  const to = newline < 0 ? source.length : newline;
  const cut = (part: string) => part.split(/\r?\n/);
  return {
    before: cut(source.slice(from, to)),
    after: cut(source.slice(from, start) + text + source.slice(end, to)),
  };
}
