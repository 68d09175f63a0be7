/** A replacement of a range of the file; an insertion where start and end are the same. */
export interface Edit {
  start: number;
  end: number;
  text: string;
}

/** Applies edits that do not overlap. Edits at one place are applied in the order given. */
export const applyEdits = (text: string, edits: readonly Edit[]): string => edited(text, edits, 0, text.length);

/**
 * The smallest range that holds all edits, with the text that it becomes: the one fix that ESLint's format has room
 * for.
 */
export function mergeEdits(text: string, edits: readonly Edit[]): Edit {
  if (edits.length === 1) return edits[0]!;
  const start = Math.min(...edits.map((e) => e.start));
  const end = Math.max(...edits.map((e) => e.end));
  return { start, end, text: edited(text, edits, start, end) };
}

/** What a range of the text becomes. */
export function edited(text: string, edits: readonly Edit[], from: number, to: number): string {
  let out = '';
  let at = from;
  for (const edit of [...edits].sort((a, b) => a.start - b.start || a.end - b.end)) {
    if (edit.start < at) throw new RangeError(`edits overlap at ${edit.start}`);
    out += text.slice(at, edit.start) + edit.text;
    at = edit.end;
  }
  return out + text.slice(at, to);
}
