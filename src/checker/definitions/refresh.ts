/** REFRESH MATERIALIZED VIEW CONCURRENTLY, which needs a unique index. */
import { nameOfRange } from '../../catalog/nodes.ts';
import type { ObjectRef } from '../../catalog/objects.ts';
import type { NodeOf } from '../../syntax/parser.ts';
import { wordRange } from '../places.ts';
import type { Checked } from '../problem.ts';

export function checkRefresh(
  { concurrent, relation }: NodeOf<'RefreshMatViewStmt'>,
  { statement, world, report }: Checked,
): void {
  const view: ObjectRef = { kind: 'materialized view', ...nameOfRange(relation) };
  if (!concurrent || world.get(view)?.ref.kind !== 'materialized view') return;
  // The index must be on columns, and on all rows (`matview.c`).
  const isUsable = ({ detail }: ObjectRef) => detail?.unique === true && detail.partial !== true;
  if (world.parts(view).some(isUsable)) return;
  const place = wordRange(statement, 'concurrently');
  report({
    family: 'definition',
    ...place,
    error: '55000',
    problem: `Materialized view "${view.name}" has no unique index, which CONCURRENTLY needs`,
    advice: 'Make a unique index on its columns first, or leave CONCURRENTLY out.',
    edits: [{ start: place.start, end: place.end + 1, text: '' }],
  });
}
