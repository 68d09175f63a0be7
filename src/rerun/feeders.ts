/** Statements whose rows a guarded statement takes away or changes: a second run must not write them again. */
import type { Effect } from '../catalog/effects.ts';
import type { ObjectRef } from '../catalog/objects.ts';
import { assignmentsOf } from '../catalog/update-conditions.ts';
import { flatMap } from '../lists.ts';
import type { FirstRun } from './first-run.ts';
import type { Occurrence } from './occurrence.ts';

/** What a statement does to the rows of a table. */
interface RowChange {
  /** The key of the table. */
  table: string;
  what: 'adds' | 'removes' | 'sets';
  /** The columns that are set; undefined for any. */
  columns?: readonly string[] | undefined;
}

/**
 * The steps outside of some blocks, and before one of them, that write what a statement in the block removes or sets:
 * a second run would leave their rows as the block has not seen them.
 */
export function feedersOf(first: FirstRun, blocks: readonly { from: number; to: number }[]): number[] {
  const isInside = (step: number) => blocks.some(({ from, to }) => from <= step && step <= to);
  const steps = [...first.steps.keys()];
  const guarded = flatMap(steps.filter(isInside), (step) =>
    flatMap(changesOf(first, step), (change) => (change.what === 'adds' ? [] : { step, ...change })),
  );
  if (guarded.length === 0) return [];
  const last = Math.max(...guarded.map(({ step }) => step));
  return steps.filter(
    (step) =>
      step < last &&
      !isInside(step) &&
      changesOf(first, step).some((change) => guarded.some((later) => step < later.step && isUndone(change, later))),
  );
}

/** Whether a later change takes away, or changes, what an earlier one has written. */
function isUndone(change: RowChange, later: RowChange): boolean {
  if (change.table !== later.table || change.what === 'removes') return false;
  if (later.what === 'removes') return true;
  if (change.what !== 'sets') return false;
  return !change.columns || !later.columns || change.columns.some((column) => later.columns!.includes(column));
}

const changesOf = ({ occurrences, base }: FirstRun, step: number): RowChange[] =>
  flatMap(occurrences[step]!, ({ effect, unit }) => {
    const change = changeOf(effect, unit);
    return change ? [{ ...change, table: base.key(change.table) }] : [];
  });

function changeOf(
  effect: Effect,
  { statement }: Occurrence['unit'],
): (Omit<RowChange, 'table'> & { table: ObjectRef }) | undefined {
  switch (effect.action) {
    case 'insert': {
      const update = statement.as('InsertStmt')?.onConflictClause;
      if (update?.action !== 'ONCONFLICT_UPDATE') return { table: effect.object, what: 'adds' };
      return { table: effect.object, what: 'sets', columns: [...assignmentsOf(update.targetList).keys()] };
    }
    case 'write':
      return {
        table: effect.table,
        what: 'sets',
        columns: effect.rows && [...assignmentsOf(effect.rows.targetList).keys()],
      };
    case 'delete':
      return { table: effect.object, what: 'removes' };
    default:
      return undefined;
  }
}
