/** Routines that a statement names without their argument types. */
import { isRoutine, type ObjectRef } from '../../catalog/objects.ts';
import type { Unit } from '../../catalog/units.ts';
import type { World } from '../../history/world.ts';
import type { NodeTag } from '../../syntax/parser.ts';
import type { Judgement } from '../finding.ts';

/** Statements that are about one routine, unlike those that call it. */
export const NAMES_ONE: ReadonlySet<string> = new Set<NodeTag>([
  'AlterFunctionStmt',
  'AlterObjectDependsStmt',
  'AlterObjectSchemaStmt',
  'AlterOwnerStmt',
  'CommentStmt',
  'DropStmt',
  'GrantStmt',
  'RenameStmt',
  'SecLabelStmt',
]);

/** Whether a statement names a routine by its name alone, which has to be the only one of that name. */
export const namesOne = (object: ObjectRef, { statement }: Unit): boolean =>
  !object.args && isRoutine(object.kind) && NAMES_ONE.has(statement.type ?? '');

/** The failure of a statement that names a routine which is the only one of its name no more. */
export function ambiguous(object: ObjectRef, unit: Unit, world: World): Judgement | undefined {
  if (!namesOne(object, unit)) return undefined;
  return world.overloads(object).length > 1 ? { kind: 'fails', cause: 'ambiguous', sqlstate: '42725' } : undefined;
}
