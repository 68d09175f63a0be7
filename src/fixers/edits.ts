/** A replacement of a range of the file; an insertion where start and end are the same. */
export interface Edit {
  start: number;
  end: number;
  text: string;
}

/** Applies edits that do not overlap. Edits at one place are applied in the order given. */
export function applyEdits(text: string, edits: readonly Edit[]): string {
  const sorted = edits.map((edit, order) => ({ ...edit, order })).sort((a, b) => a.start - b.start || a.end - b.end || a.order - b.order);
  let out = '';
  let at = 0;
  for (const edit of sorted) {
    if (edit.start < at) throw new RangeError(`edits overlap at ${edit.start}`);
    out += text.slice(at, edit.start) + edit.text;
    at = edit.end;
  }
  return out + text.slice(at);
}

/** The smallest range that holds all edits, with the text that it becomes: the one fix that ESLint's format has room for. */
export function mergeEdits(text: string, edits: readonly Edit[]): Edit {
  if (edits.length === 1) return edits[0]!;
  const start = Math.min(...edits.map((e) => e.start));
  const end = Math.max(...edits.map((e) => e.end));
  return { start, end, text: applyEdits(text.slice(start, end), edits.map((e) => ({ start: e.start - start, end: e.end - start, text: e.text }))) };
}
