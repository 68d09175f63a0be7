import { tokenize, type Token } from './lexer.ts';
import type { Script } from './script.ts';
import { flatMap } from '../lists.ts';

/** The comments of a file in their order, those in the bodies of DO blocks included. */
export function commentsOf(script: Script): Token[] {
  const { text } = script;
  const data = script.skipped.filter((s) => s.why === 'copy-data');
  // A quote that is never closed ends with its piece. The lines between the pieces are for the migration tool.
  const cuts = [
    0,
    text.length,
    ...flatMap(script.format.pieces, (p) => [p.start, p.end]),
    ...flatMap(data, (s) => [s.start, s.end]),
  ];
  const borders = [...new Set(cuts)].sort((a, b) => a - b);
  const comments: Token[] = [];
  for (let k = 0; k + 1 < borders.length; k++) {
    const [start, end] = [borders[k]!, borders[k + 1]!];
    if (!data.some((s) => s.start <= start && end <= s.end))
      comments.push(...tokenize(text, start, end, { comments: true }).filter((t) => t.kind === 'comment'));
  }
  for (const statement of script.statements) {
    const body = statement.type === 'DoStmt' ? statement.body : undefined;
    if (body)
      comments.push(...tokenize(text, body.start, body.end, { comments: true }).filter((t) => t.kind === 'comment'));
  }
  return comments.sort((a, b) => a.start - b.start);
}
