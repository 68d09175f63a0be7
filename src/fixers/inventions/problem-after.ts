import { Script, type Statement, type SyntaxProblem } from '../../syntax/script.ts';
import { edited, type Edit } from '../edits.ts';

/** What the parser says of a statement after some edits, at its place before them; undefined where it is content. */
export function problemAfter(
  { script, start, stop, embedded, problem: before }: Statement,
  all: readonly Edit[],
): SyntaxProblem | undefined {
  const unchanged = before ?? { message: 'syntax error', start, end: stop };
  const edits = all.filter((e) => e.text !== '' || e.end > e.start);
  if (edits.length === 0) return unchanged;
  const first = Math.min(start, ...edits.map((e) => e.start));
  const to = Math.max(stop, ...edits.map((e) => e.end));
  // The splitter has cut a statement whose quotes are broken: what mends it begins in another piece.
  const isAhead = first < start && !embedded;
  const from = isAhead ? (script.statements.findLast((s) => s.start <= first)?.start ?? first) : first;
  const corrected = edited(script.text, edits, from, to);
  const text = embedded
    ? `DO $edited$ BEGIN ${corrected}${/;\s*$/.test(corrected) ? '' : ';'} END $edited$`
    : corrected;
  const whole = new Script(text, '', {}, script.parse);
  const failed = whole.all().find((s) => s.problem ?? s.children === undefined);
  if (!failed) return undefined;
  if (!failed.problem || embedded) return unchanged;
  const at = placeBefore(edits, failed.problem.start + from);
  return { message: failed.problem.message, start: at, end: at + failed.problem.end - failed.problem.start };
}

/** The place in a text that becomes a place of the edited text. */
function placeBefore(edits: readonly Edit[], at: number): number {
  let shift = 0;
  for (const { start, end, text } of edits.toSorted((a, b) => a.start - b.start)) {
    if (start + shift + text.length > at) return Math.min(at - shift, start);
    shift += text.length - (end - start);
  }
  return at - shift;
}
