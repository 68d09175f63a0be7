import type { Statement } from '../../syntax/script.ts';

/**
 * Whether what does not parse is a template: what a migration tool, psql or format() puts in its holes is not in the
 * file, so that it is neither wrong nor known to be repeatable.
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
