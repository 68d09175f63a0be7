/** Tells whether a DELETE removes more rows if it runs a second time: it asks which rows of its own table are left. */
import type { Node, NodeOf } from '../syntax/parser.ts';
import { constantOf } from './constants.ts';
import { contains, nameOfRange, nodeAs, strings } from './nodes.ts';
import { flatMap } from '../lists.ts';
import type { Change } from './updates.ts';

const CHANGE: Change = {
  why: 'its condition looks at the rows that are left, and the text does not tell whether it finds more of them',
  clock: false,
  maybe: true,
};

/** How a second run of a DELETE removes more rows; undefined where it does not. */
export function repeatedDelete({ relation, usingClause, whereClause }: NodeOf<'DeleteStmt'>): Change | undefined {
  const table = nameOfRange(relation).name;
  // NOT (… IN (…)): of the rows that it leaves, it finds all again.
  const conditions = [positive(whereClause), usingClause];
  const found = contains(conditions, (type, node) => {
    if (type === 'SubLink') return findsMore(node, table);
    return type === 'RangeSubselect' && isRanked(node.subquery, table) && !leavesFirst(whereClause);
  });
  return found ? CHANGE : undefined;
}

/** The parts of a condition that are not negated. */
export function positive(where: Node | undefined): (Node | undefined)[] {
  const bool = nodeAs(where, 'BoolExpr');
  if (!bool) return [where];
  return bool.boolop === 'NOT_EXPR' ? [] : flatMap(bool.args ?? [], positive);
}

/** Whether a subquery on the table gives other rows once some are gone: those that an aggregate or LIMIT picks. */
function findsMore({ subLinkType, subselect, operName }: NodeOf<'SubLink'>, table: string): boolean {
  const query = nodeAs(subselect, 'SelectStmt');
  if (!query || subLinkType === 'EXISTS_SUBLINK' || subLinkType === 'ALL_SUBLINK' || !reads(query, table)) return false;
  if (strings(operName).at(-1) === '<>') return false;
  if (query.limitCount !== undefined || picksAggregate(query)) return true;
  return isRanked(subselect, table) && !leavesFirst(subselect);
}

const reads = (tree: unknown, table: string): boolean =>
  contains(tree, (_, node) => node.relname === table && 'inh' in node);

const AGGREGATES = new Set(['max', 'min', 'avg', 'count', 'sum', 'percentile_cont', 'percentile_disc']);

/** Whether the query gives an aggregate: the row with the highest key is another one when that row is gone. */
const picksAggregate = ({ targetList }: NodeOf<'SelectStmt'>): boolean =>
  contains(
    targetList,
    (type, node) =>
      type === 'FuncCall' && node.over === undefined && AGGREGATES.has(strings(node.funcname as Node[]).at(-1)!),
  );

/** Whether a tree picks rows of a table by an aggregate, a number or LIMIT: others, once some are gone or changed. */
export const picksRows = (tree: unknown): boolean =>
  contains(
    [tree],
    (type, node) =>
      type === 'limitCount' ||
      (type === 'FuncCall' && node.over === undefined && AGGREGATES.has(strings(node.funcname as Node[]).at(-1)!)),
  ) ||
  (contains([tree], (type, node) => type === 'FuncCall' && node.over !== undefined) && !leavesFirst(tree));

/** Whether a query numbers the rows of the table, as row_number() does. */
const isRanked = (tree: unknown, table: string): boolean =>
  reads(tree, table) && contains(tree, (type, node) => type === 'FuncCall' && node.over !== undefined);

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
