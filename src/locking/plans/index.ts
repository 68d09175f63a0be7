/** The migration plans: how a change that one file cannot make safely is made in several, with its own names. */
import { nameOf, nameOfRange, nodeAs, strings } from '../../catalog/nodes.ts';
import type { Unit } from '../../catalog/units.ts';
import type { World } from '../../history/world.ts';
import type { NodeOf } from '../../syntax/parser.ts';
import { planDroppedColumn, planRenamedColumn, planType } from './columns.ts';
import { planNotNull, planRequiredColumn } from './not-null.ts';
import { Target, type Plan } from './plan.ts';
import { isRequired } from './required.ts';
import { planDroppedTable, planKey, planRenamedTable } from './tables.ts';

export type { Plan, Step } from './plan.ts';

/**
 * The plan for a statement, or for a subcommand of ALTER TABLE.
 * @param world the objects before the file
 * @returns undefined where one file is enough, or where no plan is known
 */
export function planFor(unit: Unit, world: World, postgresVersion: number): Plan | undefined {
  const { statement } = unit;
  const alter = statement.as('AlterTableStmt');
  if (alter?.objtype === 'OBJECT_TABLE')
    return planForCommand(unit, new Target(nameOfRange(alter.relation), world), postgresVersion);
  const rename = statement.as('RenameStmt');
  if (rename) return planForRename(rename, world, postgresVersion);
  const drop = statement.as('DropStmt');
  const dropped = drop?.removeType === 'OBJECT_TABLE' ? nodeAs(drop.objects?.[0], 'List')?.items : undefined;
  return dropped && planDroppedTable(new Target(nameOf(dropped), world));
}

function planForRename(rename: NodeOf<'RenameStmt'>, world: World, version: number): Plan | undefined {
  const { renameType, relationType, relation, subname = '', newname = '' } = rename;
  if (!relation) return undefined;
  const target = new Target(nameOfRange(relation), world);
  if (renameType === 'OBJECT_TABLE') return planRenamedTable(target, newname, version);
  const isOfTable = renameType === 'OBJECT_COLUMN' && relationType === 'OBJECT_TABLE';
  return isOfTable ? planRenamedColumn(target, subname, newname, version) : undefined;
}

function planForCommand(unit: Unit, target: Target, version: number): Plan | undefined {
  const { subtype, name = '', def } = unit.node as NodeOf<'AlterTableCmd'>;
  if (subtype === 'AT_DropColumn') return planDroppedColumn(target, name);
  if (subtype === 'AT_SetNotNull') return planNotNull(target, name, version);
  const column = nodeAs(def, 'ColumnDef');
  if (subtype === 'AT_AlterColumnType' && column) return planType(target, name, writtenType(unit, column), version);
  if (subtype === 'AT_AddColumn' && column && isRequired(column, target.world))
    return planRequiredColumn(target, column.colname ?? '', writtenType(unit, column).type, version);
  const constraint = subtype === 'AT_AddConstraint' ? nodeAs(def, 'Constraint') : undefined;
  return constraint && planForConstraint(constraint, target, version);
}

function planForConstraint(
  { contype, conname: name, keys, indexname }: NodeOf<'Constraint'>,
  target: Target,
  version: number,
): Plan | undefined {
  const columns = strings(keys);
  const isPrimary = contype === 'CONSTR_PRIMARY';
  if (target.isPartitioned || indexname !== undefined || (!isPrimary && contype !== 'CONSTR_UNIQUE')) return undefined;
  return planKey(target, { name, columns, isPrimary }, version);
}

/** A type as the statement writes it, up to what stands behind it, and the expression of USING. */
function writtenType(unit: Unit, column: NodeOf<'ColumnDef'>): { type: string; using: string | undefined } {
  const { statement } = unit;
  const text = statement.text.slice(0, unit.end - statement.start);
  const start = column.typeName?.location ?? 0;
  const next = (column.constraints ?? []).map((c) => nodeAs(c, 'Constraint')?.location ?? text.length);
  const whole = text.slice(start, Math.min(text.length, ...next)).trim();
  const cut = column.raw_default ? /^(.*?)\s+USING\s+(.*)$/is.exec(whole) : undefined;
  return cut ? { type: cut[1]!, using: cut[2]! } : { type: whole, using: undefined };
}
