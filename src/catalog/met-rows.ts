/** Whether a condition of an UPDATE finds a row that an INSERT writes, and what the UPDATE then makes of it. */
import { constantOf, sameConstant } from './constants.ts';
import { columnName, nodeAs, strings } from './nodes.ts';
import type { Assignments } from './update-conditions.ts';
import { lookup } from '../lookup.ts';
import { escapeRegExp } from '../regexp.ts';
import type { Node, NodeOf } from '../syntax/parser.ts';

/** The value that a row has in a column; undefined where it brings none. */
type Row = (column: string) => Node | undefined;

/**
 * Whether a row fulfils a condition; undefined where that is not known.
 * @param table the table of the row
 */
export function meets(where: Node | undefined, row: Row, table: string): boolean | undefined {
  if (!where) return true;
  const bool = nodeAs(where, 'BoolExpr');
  if (bool) return meetsAll(bool, row, table);
  const test = nodeAs(where, 'NullTest');
  if (test) {
    const value = row(columnName(test.arg) ?? '');
    const isNull = value && constantOf(value) ? constantOf(value)!.kind === 'null' : undefined;
    return isNull === undefined ? undefined : isNull === (test.nulltesttype === 'IS_NULL');
  }
  const expr = nodeAs(where, 'A_Expr');
  if (expr) return compares(expr, row) ?? isNotPicked(columnName(expr.lexpr), expr.rexpr, row, table);
  const link = nodeAs(where, 'SubLink');
  return link && isNotPicked(columnName(link.testexpr), where, row, table);
}

/** `id = (SELECT id FROM t WHERE …)` of the table itself: false for a row that does not fulfil the inner condition. */
function isNotPicked(column: string | undefined, node: Node | undefined, row: Row, table: string): false | undefined {
  const query = nodeAs(nodeAs(node, 'SubLink')?.subselect, 'SelectStmt');
  const isOwn = query?.fromClause?.length === 1 && nodeAs(query.fromClause[0], 'RangeVar')?.relname === table;
  const picked = columnName(nodeAs(query?.targetList?.[0], 'ResTarget')?.val);
  return isOwn && picked === column && meets(query.whereClause, row, table) === false ? false : undefined;
}

function meetsAll({ boolop, args = [] }: NodeOf<'BoolExpr'>, row: Row, table: string): boolean | undefined {
  const values = args.map((arg) => meets(arg, row, table));
  if (boolop === 'NOT_EXPR') return values[0] === undefined ? undefined : !values[0];
  const decisive = boolop === 'OR_EXPR';
  if (values.includes(decisive)) return decisive;
  return values.includes(undefined) ? undefined : !decisive;
}

/** `a = 1`, `a <> 1`, `a IN (1, 2)`, `a < 1`, `a LIKE 'x%'`. */
function compares({ kind, name, lexpr, rexpr }: NodeOf<'A_Expr'>, row: Row): boolean | undefined {
  const operator = strings(name).at(-1)!;
  const value = row(columnName(lexpr) ?? '');
  if (!value) return undefined;
  if (kind === 'AEXPR_LIKE' || kind === 'AEXPR_ILIKE') return isLike(value, operator, rexpr);
  const order = kind === 'AEXPR_OP' ? ORDER[operator] : undefined;
  if (order) return isInOrder(value, order, rexpr);
  if (operator !== '=' && operator !== '<>') return undefined;
  const others = kind === 'AEXPR_IN' ? (nodeAs(rexpr, 'List')?.items ?? []) : kind === 'AEXPR_OP' ? [rexpr] : [];
  const same = others.map((other) => sameConstant(value, other));
  const found = same.includes(true) ? true : same.length === 0 || same.includes(undefined) ? undefined : false;
  return found === undefined ? undefined : found === (operator === '=');
}

/** `a LIKE 'x%'` and its like, with the operators that they stand for; undefined for patterns that escape signs. */
function isLike(value: Node, operator: string, pattern: Node | undefined): boolean | undefined {
  const [text, like] = [constantOf(value), constantOf(pattern)];
  if (text?.kind !== 'string' || like?.kind !== 'string' || like.text.includes('\\')) return undefined;
  const source = escapeRegExp(like.text).replaceAll('%', '.*').replaceAll('_', '.');
  const isFound = new RegExp(`^${source}$`, operator.endsWith('*') ? 'isu' : 'su').test(text.text);
  return isFound !== operator.startsWith('!');
}

type Order = (a: number, b: number) => boolean;

const ORDER = lookup<Order>({
  '<': (a, b) => a < b,
  '<=': (a, b) => a <= b,
  '>': (a, b) => a > b,
  '>=': (a, b) => a >= b,
});

/** `a < 1`: of numbers alone, since other types have orders of their own. */
function isInOrder(value: Node, order: Order, other: Node | undefined): boolean | undefined {
  const [a, b] = [constantOf(value), constantOf(other)];
  return a?.kind === 'number' && b?.kind === 'number' ? order(Number(a.text), Number(b.text)) : undefined;
}

/** Whether SET leaves a row as it is; undefined where that is not known. */
export function keeps(set: Assignments, row: Row): boolean | undefined {
  const values = [...set].map(([column, to]) => {
    const from = columnName(to);
    return sameConstant(row(column), from === undefined ? to : row(from));
  });
  return values.includes(false) ? false : values.includes(undefined) ? undefined : true;
}
