import type { Statement } from '../../syntax/script.ts';

/**
 * Whether a statement that does not parse is a template. A migration tool, psql or format() fills in its placeholders,
 * so it is neither wrong nor known to be repeatable.
 */
export function isTemplate(statement: Statement): boolean {
  const { problem } = statement;
  // Nearly all statements parse; what follows takes apart the text of the others.
  if (!problem) return false;
  const { text, placeholders, tokens } = statement;
  return (
    /\{\{|\{%|\$\{|%[sIL]\b|%\d\$/.test(text) ||
    (placeholders && tokens.some((t) => t.kind === 'placeholder' && t.start <= problem.start && problem.start <= t.end))
  );
}
