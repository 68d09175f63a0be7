/** Watches for tables and columns that the second run drops, with what was written into them, and makes again. */
import { nameOfRange, isCastChain } from '../../catalog/nodes.ts';
import { isTemporary, type ObjectRef } from '../../catalog/objects.ts';
import { assignmentsOf } from '../../catalog/update-conditions.ts';
import type { World } from '../../history/world.ts';
import { flatMap } from '../../lists.ts';
import type { Node } from '../../syntax/parser.ts';
import type { Statement } from '../../syntax/script.ts';
import type { FirstRun } from '../first-run.ts';
import type { Occurrence } from '../occurrence.ts';

/** Kinds that lose their contents when they are dropped and created again. */
const HOLDS_DATA = new Set<ObjectRef['kind']>(['table', 'column']);

/** A drop whose object is made again later. */
export interface Loss {
  drop: Occurrence;
  /** What is made again: the object itself, or one that CASCADE drops with it. */
  lost: ObjectRef;
  /** Whether another column takes its name: then the statements need one guard. */
  byRename: boolean;
}

export class DataLoss {
  private readonly first: FirstRun;
  private readonly dropped = new Map<string, Occurrence>();

  constructor(first: FirstRun) {
    this.first = first;
  }

  /** Records an effect that is about to come about; says which drop it makes a loss. */
  record(occurrence: Occurrence, world: World): Loss | undefined {
    const { effect } = occurrence;
    if (effect.action === 'drop') {
      const { object, cascade } = effect;
      const isKept = HOLDS_DATA.has(object.kind) && !isTemporary(object) && world.has(object) === true;
      if (isKept) this.dropped.set(world.key(object), occurrence);
      for (const key of cascade ? world.cascadesTo(object) : [])
        if (HOLDS_DATA.has(world.refOfKey(key)!.kind)) this.dropped.set(key, occurrence);
      return undefined;
    }
    const made = madeBy(occurrence);
    if (!made) return undefined;
    const drop = this.dropped.get(world.key(made));
    if (!drop) return undefined;
    this.dropped.delete(world.key(made));
    if (effect.action === 'create') return { drop, lost: made, byRename: false };
    // A table that takes the place of another gets its rows from it; a column may get other values.
    const keepsValues = made.kind !== 'column' || this.staysTheSame(effect, made, world);
    return keepsValues ? undefined : { drop, lost: made, byRename: true };
  }

  /**
   * Whether a renamed column holds the same values when it is filled and renamed again, and stands in the same place.
   */
  private staysTheSame(effect: Occurrence['effect'], taken: ObjectRef, world: World): boolean {
    if (effect.action !== 'rename') return false;
    const { steps, occurrences } = this.first;
    const table = world.key({ kind: 'table', ...taken.of! });
    const copies = flatMap(steps, ({ statement }) => valuesSet(statement, table, world)).filter(
      ({ column }) => column === effect.object.name,
    );
    if (copies.length === 0 || !copies.every(({ value }) => isCastChain(value, taken.name))) return false;
    // A changed setting replaces the column's entry, and adds no column.
    const isAdded = ({ effect: e }: Occurrence) =>
      e.action === 'create' &&
      e.mode !== 'or-replace' &&
      e.object.kind === 'column' &&
      world.key({ kind: 'table', ...e.object.of! }) === table;
    const added = occurrences.flat().filter(isAdded);
    const position = added.findIndex(({ effect: e }) => 'object' in e && e.object.name === effect.object.name);
    return position + 1 === added.length;
  }
}

function madeBy({ effect }: Occurrence): ObjectRef | undefined {
  // OR REPLACE leaves the contents; a setting of a column counts as one.
  if (effect.action === 'create') return effect.mode === 'or-replace' ? undefined : effect.object;
  return effect.action === 'rename' ? effect.to : undefined;
}

/** The columns that an UPDATE of the table sets, with their values. */
export function valuesSet(
  statement: Statement,
  table: string,
  world: World,
): { column: string; value: Node | undefined }[] {
  const update = statement.as('UpdateStmt');
  if (!update || world.key({ kind: 'table', ...nameOfRange(update.relation) }) !== table) return [];
  return [...assignmentsOf(update.targetList)].map(([column, value]) => ({ column, value }));
}
