import { obstacleInDo } from '../catalog/do-block.ts';
import { kindInfo } from '../catalog/objects.ts';
import type { LineageEnd } from '../rerun/lineage.ts';
import { canBeGuarded, type LineageGuard } from '../rerun/sequences.ts';
import type { Statement } from '../syntax/script.ts';
import type { Edit } from './edits.ts';
import { plpgsqlEdits } from './guard.ts';
import type { Outcome } from './index.ts';
import { allOf, ALWAYS, guardEdits, type Guarded } from './layout.ts';
import { ownForm } from './own-form.ts';
import { editsForBlock, obstacleToBlock } from './runner.ts';
import type { FixOptions } from './types.ts';

/** Guards the statements of a lineage: each block asks for the end of the lineage. */
export function guardLineage({ blocks, end, again }: LineageGuard, options: FixOptions): Outcome {
  const condition = end ? untilEnd(end) : ALWAYS;
  if (condition === undefined) return { why: 'the catalog cannot be asked whether the statements have run' };
  const edits: Edit[] = [];
  for (const statements of blocks) {
    const obstacle = (end ? undefined : obstacleInBlock(statements)) ?? obstacleToBlock(statements, options.runners);
    if (obstacle !== undefined) return { why: obstacle };
    // Two blocks in one changeset need its attribute once.
    edits.push(...editsForBlock(statements[0]!).filter((edit) => edits.every(({ start }) => start !== edit.start)));
    const guarded: Guarded[] = [];
    for (const statement of statements) {
      const own = ownForm(statement, again, options);
      if ('why' in own) return own;
      const asked = allOf([...(condition === ALWAYS ? [] : [condition]), ...own.conditions]);
      guarded.push({ statement, condition: asked, edits: [...plpgsqlEdits(statement), ...own.edits] });
    }
    edits.push(...guardEdits(guarded.map((g, k) => (g.condition === guarded[k - 1]?.condition ? shared(g) : g))));
  }
  return { edits, technique: { technique: 'guard' } };
}

/** Why statements cannot stand in a block that always runs. */
function obstacleInBlock(statements: readonly Statement[]): string | undefined {
  const refused = statements.find((statement) => !canBeGuarded(statement));
  if (!refused) return undefined;
  return obstacleInDo(refused) ?? 'another DO block stands between them';
}

const shared = (guarded: Guarded): Guarded => ({ ...guarded, condition: undefined });

/** SQL that is true until the lineage has ended. */
function untilEnd(end: LineageEnd): string | undefined {
  return 'made' in end
    ? kindInfo(end.made.kind).existence?.(end.made)?.missing
    : kindInfo(end.removed.kind).existence?.(end.removed)?.exists;
}
