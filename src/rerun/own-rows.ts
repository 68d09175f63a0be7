/** Tells whether ON CONFLICT DO UPDATE finds the rows that the same INSERT has added, and changes them. */
import { constantOf, sameConstant, uncast } from '../catalog/constants.ts';
import { digestOf } from '../catalog/digest.ts';
import { columnName, nameOfRange, nodeAs, strings } from '../catalog/nodes.ts';
import { resultValues } from '../catalog/columns.ts';
import { volatileCall } from '../catalog/volatility.ts';
import type { Node, NodeOf } from '../syntax/parser.ts';
import type { World } from '../history/world.ts';
import { flatMap } from '../lists.ts';
import { insertColumns, insertRows } from './inserts.ts';

type Insert = NodeOf<'InsertStmt'>;

/** A column that gets another value than the row was added with. */
export interface Reset {
  column: string;
  /** Whether it is another one for sure. */
  isSure: boolean;
}

/** The first column that DO UPDATE sets to something else than what the INSERT gives it. */
export function resetOfOwnRows(node: Insert, world: World): Reset | undefined {
  const conflict = node.onConflictClause;
  if (conflict?.action !== 'ONCONFLICT_UPDATE' || leavesOwnRows(conflict.whereClause)) return undefined;
  const columns = insertColumns(node, world) ?? [];
  const values = insertRows(node) ?? [resultValues(nodeAs(node.selectStmt, 'SelectStmt')) ?? []];
  for (const { column, value } of assignments(conflict.targetList)) {
    // What differs at every run is told elsewhere.
    if (value && (keeps(value, column) || volatileCall(value) !== undefined)) continue;
    const position = columns.indexOf(column);
    const given = values.map((row) => (position < 0 ? undefined : row[position]));
    const same = given.map((one) => (position < 0 ? isDefault(node, column, value, world) : isSame(value, one)));
    if (!same.every((is) => is === true)) return { column, isSure: same.includes(false) };
  }
  return undefined;
}

/** What each column is set to; undefined where a query says it. */
const assignments = (targets: readonly Node[] | undefined): { column: string; value: Node | undefined }[] =>
  flatMap(targets ?? [], (target) => {
    const { name, val, indirection } = nodeAs(target, 'ResTarget') ?? {};
    if (name === undefined) return [];
    const several = nodeAs(val, 'MultiAssignRef');
    const value = several ? nodeAs(several.source, 'RowExpr')?.args?.[(several.colno ?? 1) - 1] : val;
    return { column: name, value: indirection ? undefined : value };
  });

/** Whether a value is that of the column, in the row that is there or in the new one: they are the same. */
function keeps(value: Node, column: string): boolean {
  const plain = uncast(value);
  if (nodeAs(plain, 'ColumnRef')) return columnName(plain) === column;
  const { args } = nodeAs(plain, 'CoalesceExpr') ?? nodeAs(plain, 'MinMaxExpr') ?? {};
  if (args) return args.every((arg) => keeps(arg, column));
  const choice = nodeAs(plain, 'CaseExpr');
  if (choice) {
    const results = (choice.args ?? []).map((when) => nodeAs(when, 'CaseWhen')?.result);
    return [...results, choice.defresult].every((result) => result !== undefined && keeps(result, column));
  }
  // What `||` adds to itself is judged elsewhere.
  const { name, lexpr, rexpr } = nodeAs(plain, 'A_Expr') ?? {};
  return strings(name).at(-1) === '||' && [lexpr, rexpr].every((side) => side !== undefined && keeps(side, column));
}

/** Whether two values are the same; undefined where the text does not tell. */
function isSame(set: Node | undefined, given: Node | undefined): boolean | undefined {
  if (set === undefined || given === undefined) return undefined;
  return digestOf(set) === digestOf(given) ? true : sameConstant(set, given);
}

/** Of a column that the INSERT leaves out: whether it is set to its default. */
function isDefault(node: Insert, column: string, value: Node | undefined, world: World): boolean | undefined {
  const { ref } = world.get({ kind: 'column', name: column, of: nameOfRange(node.relation) }) ?? {};
  const { hasDefault, varies, isGenerated, constantDefault } = ref?.detail ?? {};
  if (constantDefault) return isSame(value, constantDefault);
  const isPlain = ref !== undefined && !hasDefault && varies === undefined && !isGenerated;
  const constant = constantOf(value);
  return isPlain && constant ? constant.kind === 'null' : undefined;
}

/** Whether a condition asks whether a column of the row that is there differs from the same one of the new row. */
function leavesOwnRows(where: Node | undefined): boolean {
  const { boolop, args } = nodeAs(where, 'BoolExpr') ?? {};
  if (boolop === 'AND_EXPR') return args!.some(leavesOwnRows);
  if (boolop === 'OR_EXPR') return args!.every(leavesOwnRows);
  const { kind, name, lexpr, rexpr } = nodeAs(where, 'A_Expr') ?? {};
  const isDifferent =
    kind === 'AEXPR_DISTINCT' || (kind === 'AEXPR_OP' && /^(<>|<|>)$/.test(strings(name).at(-1) ?? ''));
  const [left, right] = [columnName(lexpr), columnName(rexpr)];
  return isDifferent && left !== undefined && left === right;
}
