/** Values that a statement about rows names and that their column does not take any more in the second run. */
import { readBody } from '../../catalog/body.ts';
import { nameOfType, quoteLiteral } from '../../catalog/names.ts';
import { nameOfRange, nodeAs, optionOf, rangeVarsIn, strings, walk } from '../../catalog/nodes.ts';
import type { Name, ObjectRef } from '../../catalog/objects.ts';
import { recordsAround } from '../../catalog/variables.ts';
import type { World } from '../../history/world.ts';
import type { Node, NodeOf, NodeTag } from '../../syntax/parser.ts';
import type { Statement } from '../../syntax/script.ts';
import { flatMap, pushTo } from '../../lists.ts';
import { insertColumns, insertRows } from '../inserts.ts';

/**
 * Statements whose constants PostgreSQL reads as values of their type at every run, even where IF NOT EXISTS skips the
 * rest. CREATE TABLE IF NOT EXISTS reads none.
 */
const READS_CONSTANTS: ReadonlySet<string> = new Set<NodeTag>([
  'InsertStmt',
  'UpdateStmt',
  'DeleteStmt',
  'MergeStmt',
  'AlterTableStmt',
  'AlterDomainStmt',
  'CreateDomainStmt',
  'IndexStmt',
  'CreatePolicyStmt',
  'AlterPolicyStmt',
  'CreateTrigStmt',
  'RuleStmt',
  'ViewStmt',
]);

/** An enum value in a statement that no type has any more. */
export function goneLabel(statement: Statement, gone: ReadonlyMap<string, ObjectRef>): ObjectRef | undefined {
  if (gone.size === 0) return undefined;
  const routine = statement.as('CreateFunctionStmt');
  if (routine) return labelInBody(routine, gone);
  if (!READS_CONSTANTS.has(statement.type ?? '')) return undefined;
  let found: ObjectRef | undefined;
  walk([statement.node], (type, node) => {
    // USING compares the values as they were before a conversion; whether it runs, its own guard tells.
    if (node.subtype === 'AT_AlterColumnType') return false;
    if (type === 'sval' && typeof node.sval === 'string') found ??= gone.get(node.sval);
    return undefined;
  });
  return found;
}

/** The same in a body in SQL, which PostgreSQL reads when the function is made. */
function labelInBody(
  routine: NodeOf<'CreateFunctionStmt'>,
  gone: ReadonlyMap<string, ObjectRef>,
): ObjectRef | undefined {
  if (nodeAs(optionOf(routine.options, 'language'), 'String')?.sval?.toLowerCase() !== 'sql') return undefined;
  const words = new Set(readBody(routine)?.written);
  return [...gone].find(([label]) => words.has(quoteLiteral(label)))?.[1];
}

/**
 * A value in a statement about rows, or a default, that its column refuses in the second run, because the column has
 * another enum by then.
 * @param world the objects of the second run
 * @param base the objects before the file
 */
export function refusedValue(statement: Statement, world: World, base: World): ObjectRef | undefined {
  const row = statement.as('UpdateStmt') ?? statement.as('DeleteStmt');
  const relation = row?.relation ?? statement.as('InsertStmt')?.relation ?? statement.as('AlterTableStmt')?.relation;
  if (!relation) return undefined;
  const table = nameOfRange(relation);
  const self = relation.alias?.aliasname ?? relation.relname;
  const named = row ? valuesNamed(statement, row.whereClause, self) : valuesWritten(statement, world);
  for (const { column, value } of named) {
    if (takes(table, column, value, world) !== false) continue;
    const wasEnum = takes(table, column, value, base) ?? hasLost(table, column, value, world);
    // What the file itself makes has no earlier state that could be asked for.
    if (!wasEnum && (!row || base.get({ kind: 'column', name: column, of: table }) === undefined)) continue;
    return {
      kind: 'column value',
      name: value,
      of: table,
      detail: { columns: [column], ...(wasEnum && { typtype: 'e' }) },
    };
  }
  return undefined;
}

/**
 * A comparison or computation with a number or a truth value, which a column takes part in that has another type by
 * then: `a = 3` fails once `a` is a text.
 */
export function refusedComparison(statement: Statement, world: World, base: World): string | undefined {
  if (!COMPARES.has(statement.type ?? '')) return undefined;
  let tables: ReadonlyMap<string, readonly Name[]> | undefined;
  let found: string | undefined;
  walk([statement.node], (type, node) => {
    if (type !== 'A_Expr' || found !== undefined) return;
    const sides = [
      node.lexpr as Node | undefined,
      ...(nodeAs(node.rexpr as Node, 'List')?.items ?? [node.rexpr as Node]),
    ];
    const column = sides.map((side) => strings(nodeAs(side, 'ColumnRef')?.fields)).find((parts) => parts.length > 0);
    const types = sides.includes(undefined) ? [] : flatMap(sides, (side) => familyOf(nodeAs(side, 'A_Const')) ?? []);
    if (column === undefined || types.length === 0) return;
    tables ??= tablesNamed(statement);
    const name = column.at(-1)!;
    const meant = (column.length > 1 ? tables.get(column.at(-2)!) : [...tables.values()].flat()) ?? [];
    const table = meant.find((of) => typeIn(of, name, base) !== '');
    const [was, is] = table ? [typeIn(table, name, base), typeIn(table, name, world)] : ['', ''];
    if (types.every((family) => family.has(was) && TAKES_NEITHER.has(is)))
      found = `"${name}" is ${is} by then, with which PostgreSQL does not compare or compute what stands here`;
  });
  return found;
}

/** Statements whose expressions PostgreSQL reads when they run. */
const COMPARES: ReadonlySet<string> = new Set<NodeTag>([
  'InsertStmt',
  'UpdateStmt',
  'DeleteStmt',
  'MergeStmt',
  'SelectStmt',
]);

/** The tables that a statement names, and those of the records of loops around it, by what expressions call them. */
function tablesNamed(statement: Statement): Map<string, Name[]> {
  const tables = new Map<string, Name[]>();
  const add = (tree: unknown, as?: string): void => {
    for (const range of rangeVarsIn(tree))
      pushTo(tables, as ?? range.alias?.aliasname ?? range.relname!, nameOfRange(range));
  };
  // An INSERT reads its table only where rows are in conflict.
  const { selectStmt, withClause } = statement.as('InsertStmt') ?? {};
  add(statement.type === 'InsertStmt' ? [selectStmt, withClause] : statement.node);
  for (const [record, query] of recordsAround(statement)) add(query, record);
  return tables;
}

const typeIn = (table: Name, name: string, world: World): string =>
  (
    world.get({ kind: 'column type', name, of: table }) ?? world.get({ kind: 'column', name, of: table })
  )?.ref.detail?.type?.replace(/^.*\./, '') ?? '';

const NUMBERS = new Set(['int2', 'int4', 'int8', 'numeric', 'float4', 'float8', 'money']);
const TRUTH = new Set(['bool']);
/** Types with which PostgreSQL has no operators for numbers or truth values. */
const TAKES_NEITHER = new Set([
  'text',
  'varchar',
  'bpchar',
  'uuid',
  'json',
  'jsonb',
  'timestamptz',
  'timestamp',
  'bytea',
]);

const familyOf = (constant: NodeOf<'A_Const'> | undefined): ReadonlySet<string> | undefined =>
  constant?.ival || constant?.fval ? NUMBERS : constant?.boolval ? TRUTH : undefined;

/** The constants that an INSERT writes into columns, or that become their defaults. */
function valuesWritten(statement: Statement, world: World): Named[] {
  const literal = (node: Node | undefined) => nodeAs(node, 'A_Const')?.sval?.sval;
  const insert = statement.as('InsertStmt');
  const columns = insert && insertColumns(insert, world);
  if (columns)
    return flatMap(insertRows(insert) ?? [], (row) =>
      flatMap(row, (node, k) => {
        const value = literal(node);
        return value !== undefined && columns[k] !== undefined ? [{ column: columns[k], value }] : [];
      }),
    );
  return flatMap(statement.as('AlterTableStmt')?.cmds ?? [], (node) => {
    const cmd = nodeAs(node, 'AlterTableCmd');
    const value = cmd?.subtype === 'AT_ColumnDefault' ? literal(cmd.def) : undefined;
    return value === undefined ? [] : [{ column: cmd!.name ?? '', value }];
  });
}

/** Whether an enum column has the value; undefined where the column is no enum, or not known. */
function takes(table: Name, column: string, value: string, world: World): boolean | undefined {
  const label = labelOf(table, column, value, world);
  return label && world.has(label);
}

/** Whether the enum of a column had the value once. */
function hasLost(table: Name, column: string, value: string, world: World): boolean {
  const label = labelOf(table, column, value, world);
  return label !== undefined && world.isGone(label);
}

/** The value of the enum that a column has; undefined where the column is no enum, or not known. */
function labelOf(table: Name, column: string, value: string, world: World): ObjectRef | undefined {
  const written =
    world.get({ kind: 'column type', name: column, of: table }) ??
    world.get({ kind: 'column', name: column, of: table });
  const type = written?.ref.detail?.type;
  if (type === undefined || !world.isEnum(type)) return undefined;
  const { schema, name } = nameOfType(type)!;
  return { kind: 'enum label', name: value, of: { schema, name } };
}

interface Named {
  column: string;
  value: string;
}

/** The constants that a statement sets columns to or compares them with. */
function valuesNamed(statement: Statement, where: Node | undefined, self: string | undefined): Named[] {
  const named: Named[] = [];
  const add = (column: string | undefined, value: string | undefined) => {
    if (column !== undefined && value !== undefined) named.push({ column, value });
  };
  const columnOf = (node: Node | undefined) => {
    const parts = strings(nodeAs(node, 'ColumnRef')?.fields);
    return parts.length === 1 || parts.at(-2) === self ? parts.at(-1) : undefined;
  };
  const literal = (node: Node | undefined) => nodeAs(node, 'A_Const')?.sval?.sval;
  for (const target of statement.as('UpdateStmt')?.targetList ?? [])
    add(nodeAs(target, 'ResTarget')?.name, literal(nodeAs(target, 'ResTarget')?.val));
  walk([where], (type, node) => {
    if (type === 'SubLink') return false;
    if (type !== 'A_Expr' || (node.kind !== 'AEXPR_OP' && node.kind !== 'AEXPR_IN')) return undefined;
    const [left, right] = [node.lexpr as Node | undefined, node.rexpr as Node | undefined];
    for (const value of nodeAs(right, 'List')?.items ?? [right]) add(columnOf(left), literal(value));
    add(columnOf(right), literal(left));
    return undefined;
  });
  return named;
}
