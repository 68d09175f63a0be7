/** Tells whether a DELETE or UPDATE finds more rows the second time: it asks which rows of its own table are left. */
import type { Node, NodeOf } from '../syntax/parser.ts';
import { constantOf } from './constants.ts';
import {
  columnName,
  contains,
  containsColumn,
  nameOfRange,
  namesRelation,
  nodeAs,
  queriesInWith,
  strings,
  walk,
} from './nodes.ts';
import { flatMap } from '../lists.ts';
import type { Change } from './updates.ts';

const CHANGE: Change = {
  why: 'its condition looks at the rows that are left, and the text does not tell whether it finds more of them',
  clock: false,
  maybe: true,
};

/** How a second run of a DELETE removes more rows; undefined where it does not. */
export function repeatedDelete(node: NodeOf<'DeleteStmt'>): Change | undefined {
  const { relation, whereClause, usingClause, withClause } = node;
  const source = { relation, where: whereClause, from: usingClause ?? [], withClause };
  // What NOT EXISTS asks for may be gone with the rows of the first run.
  const isLost = queriesOf(source).some(({ query, isNegated }) => isNegated && !isGroup(query) && !leavesFirst(query));
  return isLost || queriesThatPick(source).length > 0 ? CHANGE : undefined;
}

/** Whether a query picks a row of each group, which stays: `SELECT max(id) FROM t GROUP BY n`. */
function isGroup(query: Node): boolean {
  const { targetList = [], groupClause, distinctClause, limitCount } = nodeAs(query, 'SelectStmt') ?? {};
  const isPicked = distinctClause !== undefined || groupClause !== undefined || limitCount !== undefined;
  return isPicked || targetList.some((target) => isAggregate(nodeAs(target, 'ResTarget')?.val));
}

/** The queries on its own table in the condition of a statement, each with whether it stands behind NOT. */
function queriesOf({ relation, where, withClause }: Picked): { query: Node; isNegated: boolean }[] {
  const { name } = nameOfRange(relation);
  const named = queriesInWith(withClause);
  const found: { query: Node; isNegated: boolean }[] = [];
  const visit = (tree: Node | undefined, isNegated: boolean): void => {
    const bool = nodeAs(tree, 'BoolExpr');
    if (bool) {
      for (const arg of bool.args ?? []) visit(arg, isNegated !== (bool.boolop === 'NOT_EXPR'));
      return;
    }
    walk([tree], (type, node) => {
      if (type !== 'SubLink') return;
      const query = node.subselect as Node;
      const inWith = [...named].some(([with_, of]) => namesRelation(query, with_) && namesRelation(of, name));
      if (inWith || namesRelation(query, name)) found.push({ query, isNegated: isNegated || asksForOthers(node) });
    });
  };
  visit(where, false);
  return found;
}

/** `<> ALL (…)` and its like. */
const asksForOthers = ({ subLinkType, operName }: NodeOf<'SubLink'>): boolean =>
  subLinkType === 'ALL_SUBLINK' || strings(operName).at(-1) === '<>';

/**
 * How a second run of an UPDATE finds other rows: by a column that it sets, it picks the next ones.
 * @param isSet whether the statement sets a column
 * @param leavesOut whether a condition finds no row with the values that the statement sets
 */
export function nextPicked(
  source: Picked,
  isSet: (column: string) => boolean,
  leavesOut: (where: Node | undefined) => boolean,
): Change | undefined {
  const readsSet = (query: Node) => containsColumn(query, (parts) => isSet(parts.at(-1) ?? ''));
  const queries = flatMap(queriesOf(source), ({ query, isNegated }) =>
    isNegated || !leavesOut(nodeAs(query, 'SelectStmt')?.whereClause) ? query : [],
  );
  return [...queriesThatPick(source), ...queries].some(readsSet) ? CHANGE : undefined;
}

/** Which rows an UPDATE or DELETE finds, and by which queries. */
interface Picked {
  relation: NodeOf<'RangeVar'> | undefined;
  where: Node | undefined;
  /** FROM, or USING. */
  from: readonly Node[];
  withClause: NodeOf<'WithClause'> | undefined;
}

/** The queries of a statement that pick rows of its own table by which of them are left. */
function queriesThatPick({ relation, where, from, withClause }: Picked): Node[] {
  const own: Own = { table: nameOfRange(relation).name, queries: queriesInWith(withClause) };
  const picking: Node[] = [];
  // NOT (… IN (…)): of the rows that it leaves, it finds all again.
  walk(positive(where), (type, n) => {
    if (type === 'SubLink') picking.push(...pickingIn(n, own));
  });
  const joined = flatMap(from, (node) => joinedQuery(node, own) ?? []).filter(
    ({ alias, query }) =>
      (isRanked(query, own.table) && asksForNumber(where, query) && !leavesFirst(where)) ||
      isMatched(where, alias, query, own),
  );
  return [...picking, ...joined.map(({ query }) => query)];
}

/** The table of the DELETE, and the queries of its WITH by their names. */
interface Own {
  table: string;
  queries: ReadonlyMap<string, Node | undefined>;
}

/** A query in USING, or one of WITH that is named there. */
function joinedQuery(from: Node, { queries }: Own): { alias: string; query: Node } | undefined {
  const subselect = nodeAs(from, 'RangeSubselect');
  const range = nodeAs(from, 'RangeVar');
  const query = subselect?.subquery ?? queries.get(range?.relname ?? '');
  const alias = subselect?.alias?.aliasname ?? range?.alias?.aliasname ?? range?.relname ?? '';
  return query && { alias, query };
}

/** Whether WHERE asks for rows that equal an aggregate of the table: those with the highest number. */
function isMatched(where: Node | undefined, alias: string, query: Node, { table }: Own): boolean {
  const select = nodeAs(query, 'SelectStmt');
  if (!select || !namesRelation(query, table)) return false;
  if (select.limitCount !== undefined) return true;
  const targets = flatMap(select.targetList ?? [], (t) => nodeAs(t, 'ResTarget') ?? []).filter(({ val }) =>
    isAggregate(val),
  );
  const names = targets.map(({ name, val }) => name ?? strings(nodeAs(val, 'FuncCall')?.funcname).at(-1));
  const isOne = (side: Node | undefined) => {
    const parts = strings(nodeAs(side, 'ColumnRef')?.fields);
    return parts.at(-2) === alias && names.includes(parts.at(-1));
  };
  return contains(positive(where), (type, n) => {
    const { kind, name, lexpr, rexpr } = n as NodeOf<'A_Expr'>;
    return type === 'A_Expr' && kind === 'AEXPR_OP' && strings(name).at(-1) === '=' && (isOne(lexpr) || isOne(rexpr));
  });
}

/** The parts of a condition that are not negated. */
export function positive(where: Node | undefined): (Node | undefined)[] {
  const bool = nodeAs(where, 'BoolExpr');
  if (!bool) return [where];
  return bool.boolop === 'NOT_EXPR' ? [] : flatMap(bool.args ?? [], positive);
}

/** The queries of a subquery on the table that give other rows once some are gone: an aggregate or LIMIT picks them. */
function pickingIn(link: NodeOf<'SubLink'>, own: Own): Node[] {
  const { subLinkType, subselect } = link;
  if (subLinkType === 'EXISTS_SUBLINK' || asksForOthers(link)) return [];
  const named = [...own.queries].filter(([name]) => namesRelation(subselect, name));
  return flatMap([subselect, ...named.map(([, query]) => query)], (query) =>
    query && picks(query, own.table) ? [query] : [],
  );
}

function picks(tree: Node | undefined, table: string): boolean {
  const query = nodeAs(tree, 'SelectStmt');
  if (!query || !namesRelation(query, table)) return false;
  if (query.limitCount !== undefined || (query.targetList ?? []).some((t) => isAggregate(nodeAs(t, 'ResTarget')?.val)))
    return true;
  return isRanked(tree, table) && !leavesFirst(tree);
}

const AGGREGATES = new Set(['max', 'min', 'avg', 'count', 'sum', 'percentile_cont', 'percentile_disc']);

/** Whether a value is an aggregate: the row with the highest key is another one when that row is gone. */
const isAggregate = (value: unknown): boolean =>
  contains(
    value,
    (type, node) =>
      type === 'FuncCall' && node.over === undefined && AGGREGATES.has(strings(node.funcname as Node[]).at(-1)!),
  );

/** Whether a tree numbers rows, as row_number() does. */
const numbers = (tree: unknown): boolean =>
  contains(tree, (type, node) => type === 'FuncCall' && node.over !== undefined);

/** Whether a tree picks rows of a table by an aggregate, a number or LIMIT: others, once some are gone or changed. */
export const picksRows = (tree: unknown): boolean =>
  contains(tree, (type) => type === 'limitCount') || isAggregate(tree) || (numbers(tree) && !leavesFirst(tree));

/** Whether a condition asks for the numbers that a query gives to rows. */
function asksForNumber(where: Node | undefined, query: Node): boolean {
  const targets = flatMap(nodeAs(query, 'SelectStmt')?.targetList ?? [], (t) => nodeAs(t, 'ResTarget') ?? []);
  const names = targets
    .filter(({ val }) => numbers(val))
    .map(({ name, val }) => name ?? strings(nodeAs(val, 'FuncCall')?.funcname).at(-1));
  const isNumber = (side: unknown) => names.includes(columnName(side as Node));
  return contains(
    where,
    (type, n) =>
      type === 'A_Expr' && strings(n.name as Node[]).at(-1) !== '<>' && (isNumber(n.lexpr) || isNumber(n.rexpr)),
  );
}

/** Whether a query numbers the rows of the table. */
const isRanked = (tree: unknown, table: string): boolean => namesRelation(tree, table) && numbers(tree);

/** Whether a condition asks for numbers from 2 on, so that the first row of each group stays for ever. */
const leavesFirst = (tree: unknown): boolean =>
  contains(tree, (type, node) => {
    if (type !== 'A_Expr') return false;
    const { name, lexpr, rexpr } = node as NodeOf<'A_Expr'>;
    const number = Number(constantOf(rexpr)?.text);
    const operator = strings(name).at(-1);
    const isFromTwo =
      (operator === '>' && number >= 1) || (operator === '>=' && number >= 2) || (operator === '<>' && number === 1);
    return isFromTwo && nodeAs(lexpr, 'ColumnRef') !== undefined;
  });
