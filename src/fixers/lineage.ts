import { kindInfo } from '../catalog/objects.ts';
import type { LineageGuard, SequenceEnd } from '../rerun/lineage.ts';
import { plpgsqlEdits } from './guard.ts';
import type { Outcome } from './index.ts';
import { guardEdits } from './layout.ts';

/** One guard around all statements of a sequence, which asks for its end. */
export function guardLineage({ statements, end }: LineageGuard): Outcome {
  const condition = sequenceCondition(end);
  if (condition === undefined) return { why: 'the catalog cannot be asked whether the statements have run' };
  const edits = guardEdits(
    statements.map((statement, k) => ({
      statement,
      condition: k === 0 ? condition : undefined,
      edits: plpgsqlEdits(statement),
    })),
  );
  return { edits, technique: { technique: 'guard' } };
}

/** SQL that is true until a sequence has run to its end. */
export function sequenceCondition(end: SequenceEnd): string | undefined {
  return 'made' in end
    ? kindInfo(end.made.kind).existence?.(end.made)?.missing
    : kindInfo(end.removed.kind).existence?.(end.removed)?.exists;
}
