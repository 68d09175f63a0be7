/** Tells whether a DELETE removes more rows if it runs a second time: it asks which rows of its own table are left. */
import type { Node, NodeOf } from '../syntax/parser.ts';
import { constantOf } from './constants.ts';
import { contains, nameOfRange, nodeAs, queriesInWith, strings } from './nodes.ts';
import { flatMap } from '../lists.ts';
import type { Change } from './updates.ts';

const CHANGE: Change = {
  why: 'its condition looks at the rows that are left, and the text does not tell whether it finds more of them',
  clock: false,
  maybe: true,
};

/** How a second run of a DELETE removes more rows; undefined where it does not. */
export function repeatedDelete(node: NodeOf<'DeleteStmt'>): Change | undefined {
  const { whereClause, usingClause } = node;
  const own: Own = { table: nameOfRange(node.relation).name, queries: queriesInWith(node.withClause) };
  // NOT (… IN (…)): of the rows that it leaves, it finds all again.
  const isPicked = contains(positive(whereClause), (type, n) => type === 'SubLink' && picksFrom(n, own));
  const isJoined = flatMap(usingClause ?? [], (from) => joinedQuery(from, own) ?? []).some(
    ({ alias, query }) =>
      (isRanked(query, own.table) && !leavesFirst(whereClause)) || isMatched(whereClause, alias, query, own),
  );
  return isPicked || isJoined ? CHANGE : undefined;
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
  if (!select || !reads(query, table)) return false;
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

/** Whether a subquery on the table gives other rows once some are gone: those that an aggregate or LIMIT picks. */
function picksFrom({ subLinkType, subselect, operName }: NodeOf<'SubLink'>, own: Own): boolean {
  if (subLinkType === 'EXISTS_SUBLINK' || subLinkType === 'ALL_SUBLINK' || strings(operName).at(-1) === '<>')
    return false;
  const named = [...own.queries].filter(([name]) => contains(subselect, (_, n) => n.relname === name && 'inh' in n));
  return [subselect, ...named.map(([, query]) => query)].some((query) => picks(query, own.table));
}

function picks(tree: Node | undefined, table: string): boolean {
  const query = nodeAs(tree, 'SelectStmt');
  if (!query || !reads(query, table)) return false;
  if (query.limitCount !== undefined || (query.targetList ?? []).some((t) => isAggregate(nodeAs(t, 'ResTarget')?.val)))
    return true;
  return isRanked(tree, table) && !leavesFirst(tree);
}

const reads = (tree: unknown, table: string): boolean =>
  contains(tree, (_, node) => node.relname === table && 'inh' in node);

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

/** Whether a query numbers the rows of the table. */
const isRanked = (tree: unknown, table: string): boolean => reads(tree, table) && numbers(tree);

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
