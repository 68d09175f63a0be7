import { nameLike, textOf } from '../places.ts';
import type { Checked, Problem } from '../problem.ts';

/** A name that nothing has, and what may have been meant. */
interface Unknown extends Pick<Problem, 'start' | 'end' | 'error' | 'problem' | 'certain'> {
  /** The name that was meant; undefined where that is anybody's guess. */
  meant: string | undefined;
  /** What to write in its place, where that is no name. */
  text?: string | undefined;
  /** What to write where neither is known. */
  otherwise?: string;
}

/** Reports a name, with what was meant in its place. */
export function reportUnknown({ statement, report }: Checked, unknown: Unknown): void {
  const { start, end, error, problem, certain, meant, otherwise = 'Write the name of one that is there.' } = unknown;
  const text = unknown.text ?? (meant === undefined ? undefined : nameLike(textOf(statement, { start, end }), meant));
  report({
    family: 'name',
    start,
    end,
    error,
    problem,
    advice: text === undefined ? otherwise : `Write ${text}.`,
    edits: text === undefined ? undefined : [{ start, end, text }],
    certain,
  });
}
