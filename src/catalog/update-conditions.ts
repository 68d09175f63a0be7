/** Tells whether the WHERE of an UPDATE leaves out the rows that the statement has already changed. */
import type { Node, NodeOf } from '../syntax/parser.ts';
import { flatMap } from '../lists.ts';
import { constantOf, isConstant, isEmptyConstant, sameConstant, stringConstant } from './constants.ts';
import { columnName, conjuncts, containsColumn, nodeAs, strings, walk } from './nodes.ts';

/** The columns that SET names, each with its value. */
export type Assignments = ReadonlyMap<string, Node | undefined>;

export const assignmentsOf = (targets: readonly Node[] | undefined): Assignments =>
  new Map(flatMap(targets ?? [], (t) => nodeAs(t, 'ResTarget') ?? []).map(({ name = '', val }) => [name, val]));

/** The constants that WHERE asks columns of the table for: of `a = 1 AND b = 'x' AND (c OR d)`, those of a and b. */
export function constantsAskedFor({ whereClause, relation, fromClause }: NodeOf<'UpdateStmt'>): Map<string, Node> {
  const self = relation?.alias?.aliasname ?? relation?.relname;
  const isOwn = (parts: readonly string[]) =>
    parts.length === 1 ? !fromClause : parts.length === 2 && parts[0] === self;
  const own = conjuncts(whereClause).filter((condition) => {
    const { kind, lexpr } = nodeAs(condition, 'A_Expr') ?? {};
    return kind === 'AEXPR_OP' && isOwn(strings(nodeAs(lexpr, 'ColumnRef')?.fields));
  });
  return new Map(flatMap(own, equalities).map(({ column, values }) => [column, values[0]!]));
}

/** What SET gives to the column that an expression names. */
const valueFor = (column: Node | undefined, set: Assignments): Node | undefined => set.get(columnName(column) ?? '');

/**
 * Whether WHERE leaves out what has been changed, since it compares a column that SET names with its old value.
 * @param isAlternative whether a row that it leaves out may meet another condition, beside an OR
 */
export function excludesDone(where: Node | undefined, set: Assignments, isAlternative = false): boolean {
  const bool = nodeAs(where, 'BoolExpr');
  if (bool) return booleanExcludes(bool, set, isAlternative);
  const nullTest = nodeAs(where, 'NullTest');
  if (nullTest) return nullTest.nulltesttype === 'IS_NULL' && set.has(columnName(nullTest.arg) ?? '');
  const truthTest = nodeAs(where, 'BooleanTest');
  if (truthTest) return truthTestExcludes(truthTest, set);
  const comparison = nodeAs(where, 'A_Expr');
  if (comparison) return comparisonExcludes(comparison, set, isAlternative);
  return isSetTo(where, false, set);
}

function booleanExcludes({ boolop, args = [] }: NodeOf<'BoolExpr'>, set: Assignments, isAlternative: boolean): boolean {
  if (boolop === 'AND_EXPR') return args.some((arg) => excludesDone(arg, set, isAlternative));
  if (boolop === 'OR_EXPR') return args.every((arg) => excludesDone(arg, set, true));
  const negated = nodeAs(args[0], 'A_Expr');
  return isSetTo(args[0], true, set) || (negated !== undefined && negationExcludes(negated, set));
}

/** SET done = true WHERE done IS NOT TRUE, and the like. */
function truthTestExcludes({ booltesttype, arg }: NodeOf<'BooleanTest'>, set: Assignments): boolean {
  if (booltesttype === 'IS_NOT_TRUE' || booltesttype === 'IS_FALSE') return isSetTo(arg, true, set);
  if (booltesttype === 'IS_NOT_FALSE' || booltesttype === 'IS_TRUE') return isSetTo(arg, false, set);
  return false;
}

/** Whether SET gives a boolean column that value. */
function isSetTo(column: Node | undefined, value: boolean, set: Assignments): boolean {
  const constant = nodeAs(valueFor(column, set), 'A_Const')?.boolval;
  return constant !== undefined && (constant.boolval ?? false) === value;
}

function comparisonExcludes(comparison: NodeOf<'A_Expr'>, set: Assignments, isAlternative: boolean): boolean {
  const { kind, lexpr, rexpr } = comparison;
  const operator = strings(comparison.name).at(-1);
  // SET a = 'x' WHERE a = 'y': the second run finds 'x'. A computed value may be 'y' again, so it must be a constant.
  const value = valueFor(lexpr, set);
  const column = isAlternative ? undefined : columnName(lexpr);
  switch (kind) {
    case 'AEXPR_OP':
      if (operator === '=') return leaves([rexpr], value, column);
      return operator === '<>' && sameConstant(rexpr, value) === true;
    case 'AEXPR_IN':
      return operator === '=' && leaves(nodeAs(rexpr, 'List')?.items ?? [], value, column);
    case 'AEXPR_DISTINCT':
      return sameConstant(rexpr, value) === true;
    case 'AEXPR_LIKE':
      return operator === '!~~' && bringsAffix(value, stringConstant(rexpr));
    case 'AEXPR_OP_ALL':
      return operator === '<>' && addsElement(valueFor(rexpr, set), lexpr);
    default:
      return false;
  }
}

/**
 * Whether SET gives a column that has one of some constants a value that is none of them.
 * @param column undefined where the value may not be computed from it, as SET n = n + 1 WHERE n = 0
 */
function leaves(
  constants: readonly (Node | undefined)[],
  value: Node | undefined,
  column: string | undefined,
): boolean {
  if (constants.every((constant) => sameConstant(constant, value) === false)) return true;
  if (column === undefined) return false;
  const numbers = constants.map((constant) => integerFrom(constant));
  return numbers.every((number) => {
    const result = number === undefined ? undefined : integerFrom(value, { column, number });
    return result !== undefined && numbers.every((other) => other !== undefined && other !== result);
  });
}

/** What an expression of integers comes to, where a column has a value; undefined where that is not known. */
export function integerFrom(node: Node | undefined, row?: { column: string; number: number }): number | undefined {
  const constant = nodeAs(node, 'A_Const');
  if (constant) return constant.ival && (constant.ival.ival ?? 0);
  if (row && columnName(node) === row.column) return row.number;
  const { kind, name, lexpr, rexpr } = nodeAs(node, 'A_Expr') ?? {};
  if (kind !== 'AEXPR_OP') return undefined;
  const [left, right] = [lexpr ? integerFrom(lexpr, row) : 0, integerFrom(rexpr, row)];
  if (left === undefined || right === undefined) return undefined;
  switch (strings(name).at(-1)) {
    case '+':
      return left + right;
    case '-':
      return left - right;
    case '*':
      return lexpr ? left * right : undefined;
    default:
      return undefined;
  }
}

/** SET … WHERE NOT 'x' = ANY (a), where a gets the x, or WHERE NOT a LIKE 'x%', where a gets that prefix. */
function negationExcludes(negated: NodeOf<'A_Expr'>, set: Assignments): boolean {
  const operator = strings(negated.name).at(-1);
  if (negated.kind === 'AEXPR_OP_ANY' && operator === '=')
    return addsElement(valueFor(negated.rexpr, set), negated.lexpr);
  if (negated.kind === 'AEXPR_LIKE' && operator === '~~')
    return bringsAffix(valueFor(negated.lexpr, set), stringConstant(negated.rexpr));
  return false;
}

/** What is joined by ||, from left to right. */
function joined(node: Node | undefined): (Node | undefined)[] {
  const expr = nodeAs(node, 'A_Expr');
  return expr?.kind === 'AEXPR_OP' && strings(expr.name).at(-1) === '||'
    ? [...joined(expr.lexpr), ...joined(expr.rexpr)]
    : [node];
}

/** SET a = 'x' || a WHERE a NOT LIKE 'x%', or the same at its end. */
function bringsAffix(value: Node | undefined, pattern: string | undefined): boolean {
  const affix = pattern?.replace(/^%|%$/, '');
  if (affix === undefined || affix === '' || /[%_\\]/.test(affix) || affix === pattern) return false;
  const parts = joined(value);
  if (parts.length < 2) return false;
  return pattern!.endsWith('%')
    ? stringConstant(parts[0])?.startsWith(affix) === true
    : stringConstant(parts.at(-1))?.endsWith(affix) === true;
}

/** SET a = array_append(a, 'x'), a || 'x' or a || ARRAY['x']. */
function addsElement(value: Node | undefined, element: Node | undefined): boolean {
  if (!constantOf(element)) return false;
  const call = nodeAs(value, 'FuncCall');
  const appends = call && /^array_(append|prepend)$/.test(strings(call.funcname).at(-1)!);
  const added = appends ? (call.args ?? []) : joined(value);
  return added.length > 1 && added.some((part) => elementsOf(part).some((item) => sameConstant(item, element)));
}

/** The elements of ARRAY[…] under casts; anything else is one element. */
function elementsOf(node: Node | undefined): (Node | undefined)[] {
  const cast = nodeAs(node, 'TypeCast');
  if (cast?.arg) return elementsOf(cast.arg);
  return nodeAs(node, 'A_ArrayExpr')?.elements ?? [node];
}

/**
 * Whether WHERE may leave out what has been changed: it looks at the column by more than whether it is there or how
 * great it is.
 */
export function mayExcludeDone(where: Node | undefined, column: string): boolean {
  let found = false;
  walk([where], (type, node) => {
    if (type === 'NullTest') return false;
    if (type === 'FuncCall' && mentions(node.args, column)) found = true;
    if (type !== 'A_Expr') return undefined;
    const operator = strings(node.name as Node[]).at(-1)!;
    const sides = [node.lexpr as Node | undefined, node.rexpr as Node | undefined];
    if (/^[<>]=?$/.test(operator)) return false;
    if (operator === '<>' && sides.some(isEmptyConstant)) return false;
    if (operator === '<>' && sides.every((side) => isConstant(side) || nodeAs(side, 'ColumnRef'))) return false;
    if (mentions(sides, column)) found = true;
    return undefined;
  });
  return found;
}

const mentions = (tree: unknown, column: string): boolean => containsColumn(tree, (parts) => parts.at(-1) === column);

/** A column that a condition compares with constants. */
export interface Equality {
  column: string;
  values: readonly Node[];
}

/** The columns that a condition compares with constants: `a = 1 AND b IN (2, 3)`. */
export function equalities(where: Node | undefined): Equality[] {
  const bool = nodeAs(where, 'BoolExpr');
  if (bool) return bool.boolop === 'AND_EXPR' ? flatMap(bool.args ?? [], equalities) : [];
  const expr = nodeAs(where, 'A_Expr');
  const column = columnName(expr?.lexpr);
  if (!expr || column === undefined || strings(expr.name).at(-1) !== '=') return [];
  const values = expr.kind === 'AEXPR_IN' ? (nodeAs(expr.rexpr, 'List')?.items ?? []) : [expr.rexpr!];
  const isComparison = expr.kind === 'AEXPR_IN' || expr.kind === 'AEXPR_OP';
  return isComparison && values.every((value) => constantOf(value)) ? [{ column, values }] : [];
}
