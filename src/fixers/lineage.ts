import { kindInfo } from '../catalog/objects.ts';
import type { LineageEnd } from '../rerun/lineage.ts';
import type { LineageGuard } from '../rerun/sequences.ts';
import type { Edit } from './edits.ts';
import { plpgsqlEdits } from './guard.ts';
import type { Outcome } from './index.ts';
import { allOf, guardEdits, type Guarded } from './layout.ts';
import { ownForm } from './own-form.ts';
import { editsForBlock, obstacleToBlock } from './runner.ts';
import type { FixOptions } from './types.ts';

/** Guards the statements of a lineage: each block asks for the end of the lineage. */
export function guardLineage({ blocks, end, again }: LineageGuard, options: FixOptions): Outcome {
  const condition = untilEnd(end);
  if (condition === undefined) return { why: 'the catalog cannot be asked whether the statements have run' };
  const edits: Edit[] = [];
  for (const statements of blocks) {
    const obstacle = obstacleToBlock(statements, options.runners);
    if (obstacle !== undefined) return { why: obstacle };
    // Two blocks in one changeset need its attribute once.
    edits.push(...editsForBlock(statements[0]!).filter((edit) => edits.every(({ start }) => start !== edit.start)));
    const guarded: Guarded[] = [];
    for (const statement of statements) {
      const own = ownForm(statement, again, options);
      if ('why' in own) return own;
      const asked = own.conditions.length > 0 ? allOf([condition, ...own.conditions]) : condition;
      guarded.push({ statement, condition: asked, edits: [...plpgsqlEdits(statement), ...own.edits] });
    }
    edits.push(...guardEdits(guarded.map((g, k) => (g.condition === guarded[k - 1]?.condition ? shared(g) : g))));
  }
  return { edits, technique: { technique: 'guard' } };
}

const shared = (guarded: Guarded): Guarded => ({ ...guarded, condition: undefined });

/** SQL that is true until the lineage has ended. */
export function untilEnd(end: LineageEnd): string | undefined {
  return 'made' in end
    ? kindInfo(end.made.kind).existence?.(end.made)?.missing
    : kindInfo(end.removed.kind).existence?.(end.removed)?.exists;
}
