import type { Statement } from '../../syntax/script.ts';

/**
 * Whether what does not parse is a template: what a migration tool, psql or format() puts in its holes is not in the
 * file, so that it is neither wrong nor known to be repeatable.
 */
export function isTemplate({ problem, text, placeholders, tokens }: Statement): boolean {
  if (!problem) return false;
  return /\{\{|\{%|\$\{|%[sIL]\b|%\d\$/.test(text) || (placeholders && tokens.some((t) => t.kind === 'placeholder' && t.start <= problem.start && problem.start <= t.end));
}
