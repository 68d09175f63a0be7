/** Subqueries in conditions: what they can be where their own condition is known. */
import { nodeAs, strings } from '../catalog/nodes.ts';
import type { Node, NodeOf } from '../syntax/parser.ts';
import type { Scope } from './scope.ts';
import {
  and,
  ANY,
  asBoolean,
  FALSE,
  NULL,
  nothing,
  present,
  TRUE,
  truth,
  union,
  unknown,
  type Value,
} from './value.ts';
import { compared } from './operators.ts';

/** How many rows a query can return: bits of a set. */
const NO_ROW = 1;
const ROWS = 2;

/** Aggregate functions: without GROUP BY, a query with one always returns one row. */
const AGGREGATES =
  /^(count|sum|avg|min|max|bool_and|bool_or|every|array_agg|string_agg|jsonb?_agg|jsonb?_object_agg|any_value)$/;

const aggregateOf = (target: Node | undefined): string | undefined => {
  const name = strings(nodeAs(nodeAs(target, 'ResTarget')?.val, 'FuncCall')?.funcname).at(-1);
  return name !== undefined && AGGREGATES.test(name) ? name : undefined;
};

export function subqueryValue(link: NodeOf<'SubLink'>, scope: Scope): Value {
  const select = nodeAs(link.subselect, 'SelectStmt');
  switch (link.subLinkType) {
    case 'EXISTS_SUBLINK': {
      const rows = rowsOf(select, scope);
      return truth((rows & ROWS ? TRUE : 0) | (rows & NO_ROW ? FALSE : 0));
    }
    case 'EXPR_SUBLINK':
      return scalarValue(select, scope);
    case 'ANY_SUBLINK':
      return anyValue(link, select, scope);
    case 'ALL_SUBLINK':
      return truth(rowsOf(select, scope) === NO_ROW ? TRUE : ANY);
    case 'ARRAY_SUBLINK':
      return rowsOf(select, scope) === NO_ROW ? { ...present, items: [] } : present;
    default:
      return unknown;
  }
}

/** Whether a query is a plain one: what it returns depends on its FROM and its WHERE only. */
const isPlain = (select: NodeOf<'SelectStmt'>): boolean =>
  (select.op === undefined || select.op === 'SETOP_NONE') &&
  !select.valuesLists &&
  !select.groupClause &&
  !select.havingClause &&
  !select.withClause &&
  !select.limitOffset &&
  !select.limitCount;

const inside = (select: NodeOf<'SelectStmt'>, scope: Scope): Scope =>
  select.fromClause ? { ...scope, isInner: true } : scope;

/** How many rows a query can return. */
function rowsOf(select: NodeOf<'SelectStmt'> | undefined, scope: Scope): number {
  if (!select || select.havingClause || select.valuesLists) return NO_ROW | ROWS;
  if (select.op !== undefined && select.op !== 'SETOP_NONE') return rowsOfSet(select, scope);
  const isAggregate = !select.groupClause && (select.targetList ?? []).some(aggregateOf);
  if (isAggregate && !select.limitOffset && !select.limitCount) return ROWS;
  const where = conditionOf(select, scope);
  if (!(where & TRUE)) return isAggregate ? NO_ROW | ROWS : NO_ROW;
  return where === TRUE && !select.fromClause && isPlain(select) && !returnsSet(select) ? ROWS : NO_ROW | ROWS;
}

/** UNION has no row where neither side has one. */
function rowsOfSet({ op, larg, rarg, limitCount, limitOffset }: NodeOf<'SelectStmt'>, scope: Scope): number {
  const [left, right] = [rowsOf(larg, scope), rowsOf(rarg, scope)];
  const maybe = limitCount || limitOffset ? NO_ROW : 0;
  if (op === 'SETOP_UNION')
    return left === NO_ROW && right === NO_ROW
      ? NO_ROW
      : left === ROWS || right === ROWS
        ? ROWS | maybe
        : NO_ROW | ROWS;
  return left === NO_ROW || (op === 'SETOP_INTERSECT' && right === NO_ROW) ? NO_ROW : NO_ROW | ROWS;
}

/** A function in the list of results may return no row, or several. */
const returnsSet = ({ targetList = [] }: NodeOf<'SelectStmt'>): boolean =>
  targetList.some((target) => nodeAs(nodeAs(target, 'ResTarget')?.val, 'FuncCall') !== undefined && !isScalar(target));

/** The functions about the caller return one value. */
const isScalar = (target: Node): boolean =>
  strings(nodeAs(nodeAs(target, 'ResTarget')?.val, 'FuncCall')?.funcname).at(-2) === 'auth';

/** WHERE, and what the inner joins of FROM ask for. */
function conditionOf(select: NodeOf<'SelectStmt'>, scope: Scope): number {
  const inner = inside(select, scope);
  let bits = select.whereClause ? asBoolean(inner.valueOf(select.whereClause, inner)).bits : TRUE;
  for (const item of select.fromClause ?? []) bits = and(bits, joinCondition(item, inner));
  return bits;
}

function joinCondition(item: Node, scope: Scope): number {
  const join = nodeAs(item, 'JoinExpr');
  if (join?.jointype !== 'JOIN_INNER') return TRUE;
  const sides = [join.larg, join.rarg].reduce(
    (bits, side) => (side ? and(bits, joinCondition(side, scope)) : bits),
    TRUE,
  );
  return join.quals ? and(sides, asBoolean(scope.valueOf(join.quals, scope)).bits) : sides;
}

/** (SELECT …) as a value; null where it returns no row. */
function scalarValue(select: NodeOf<'SelectStmt'> | undefined, scope: Scope): Value {
  if (!select || !isPlain(select)) return unknown;
  const [target] = select.targetList ?? [];
  const aggregate = aggregateOf(target);
  if (aggregate !== undefined) return aggregate === 'count' ? present : unknown;
  const where = conditionOf(select, scope);
  if (!(where & TRUE)) return nothing;
  const value = scope.valueOf(nodeAs(target, 'ResTarget')?.val, inside(select, scope));
  return where === TRUE && !select.fromClause ? value : union([value, nothing]);
}

/** a IN (SELECT …) */
function anyValue(
  { testexpr, operName }: NodeOf<'SubLink'>,
  select: NodeOf<'SelectStmt'> | undefined,
  scope: Scope,
): Value {
  const rows = rowsOf(select, scope);
  if (rows === NO_ROW) return truth(FALSE);
  if (nodeAs(testexpr, 'RowExpr')) return truth(ANY);
  const operator = strings(operName).at(-1) ?? '=';
  const result =
    select && isPlain(select)
      ? scope.valueOf(nodeAs(select.targetList?.[0], 'ResTarget')?.val, inside(select, scope))
      : unknown;
  const { bits } = compared(operator, scope.valueOf(testexpr, scope), result, false);
  if (rows === ROWS && !select?.fromClause) return truth(bits);
  // Where no row is equal, but one cannot be compared, it is null.
  return truth(bits & TRUE ? ANY : FALSE | (bits & NULL));
}
