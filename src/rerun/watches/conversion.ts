import { nameOfRange } from '../../catalog/nodes.ts';
import type { ObjectRef } from '../../catalog/objects.ts';
import type { World } from '../../history/world.ts';
import type { FirstRun } from '../first-run.ts';
import type { Occurrence } from '../occurrence.ts';
import { valuesSet } from './data-loss.ts';

/** The column that an UPDATE fills with what only its old type can hold, before a later statement converts it. */
export function preparedConversion(occurrence: Occurrence, first: FirstRun, world: World): ObjectRef | undefined {
  const { statement } = occurrence.unit;
  const update = statement.as('UpdateStmt');
  if (!update) return undefined;
  const table = world.key({ kind: 'table', ...nameOfRange(update.relation) });
  const written = valuesSet(statement, table, world).map(({ column }) => column);
  for (const { effect } of first.occurrences.slice(occurrence.step + 1).flat()) {
    if (effect.action !== 'create' || effect.object.kind !== 'column type') continue;
    const { object } = effect;
    if (written.includes(object.name) && world.key({ kind: 'table', ...object.of! }) === table) return object;
  }
  return undefined;
}
