/** The errors of a statement that runs again. */
import { nodeAs } from './nodes.ts';
import { kindInfo, type ObjectRef } from './objects.ts';
import type { SqlState } from './sqlstates.ts';
import type { Unit } from './units.ts';

/** The SQLSTATE that the entry of a statement gives for its second run. */
export function secondRunError({ entry: { secondRun } }: Unit): SqlState | undefined {
  return typeof secondRun === 'object' && 'error' in secondRun ? secondRun.error : undefined;
}

/** The SQLSTATE of making what exists. That of a key is that of its index, or of a second primary key. */
export function existsError(object: ObjectRef, unit: Unit): SqlState | undefined {
  if (object.kind !== 'constraint') return kindInfo(object.kind).fails?.exists ?? secondRunError(unit);
  const constraint = (unit.statement.as('AlterTableStmt')?.cmds ?? [])
    .map((cmd) => nodeAs(nodeAs(cmd, 'AlterTableCmd')?.def, 'Constraint'))
    .find((def) => def?.conname === object.name);
  // The index that it is made from has become the constraint's.
  if (constraint?.indexname) return '42704';
  return KEY_ERRORS[object.detail?.contype ?? ''] ?? '42710';
}

/** By contype: a second primary key, and the index of a UNIQUE or EXCLUDE constraint. */
const KEY_ERRORS: Partial<Record<string, SqlState>> = { p: '42P16', u: '42P07', x: '42P07' };
