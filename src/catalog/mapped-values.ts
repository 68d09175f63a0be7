/** Values that an UPDATE looks up in other rows by the column that it sets: a second run may look the new ones up. */
import type { Node, NodeOf } from '../syntax/parser.ts';
import { flatMap } from '../lists.ts';
import { sameConstant } from './constants.ts';
import { positive } from './deletes.ts';
import { columnName, contains, containsColumn, nodeAs, strings } from './nodes.ts';

/** What a statement that sets columns finds its rows and values by. */
export interface Lookup {
  /** What the statement calls the table that it changes. */
  self: string | undefined;
  /** WHERE, and ON of a MERGE. */
  conditions: readonly (Node | undefined)[];
  /** FROM, or USING of a MERGE. */
  from: readonly Node[];
  /** Other names of the table that is changed. */
  others: readonly string[];
}

/**
 * Whether a second run sets a column to another value, since the first run has changed by what its value is looked up.
 * @param set the columns that the statement sets
 * @returns undefined where the text does not tell
 */
export function isMappedAgain(
  column: string,
  value: Node | undefined,
  lookup: Lookup,
  set: (name: string) => boolean,
): boolean | undefined {
  if (lookup.from.length === 0 || !containsColumn(value, (parts) => isOfOther(parts, column, lookup))) return false;
  const comparisons = comparisonsIn(lookup.conditions);
  if (readsOwnRows(value, comparisons, lookup, set)) return undefined;
  const keys = flatMap(comparisons, ({ lexpr, rexpr }) => keyOf(lexpr, rexpr, column, lookup) ?? []);
  const answers = keys.map((key) => (isSame(key, value) ? false : isInPairs(key, value, lookup.from)));
  return answers.includes(true) ? true : answers.includes(undefined) ? undefined : false;
}

type Comparison = NodeOf<'A_Expr'>;

/** The comparisons by which rows are found, outside of NOT. */
function comparisonsIn(conditions: Lookup['conditions']): Comparison[] {
  const found: Comparison[] = [];
  contains(flatMap(conditions, positive), (type, node) => {
    const comparison = node as Comparison;
    if (type === 'A_Expr' && FINDING.has(comparison.kind ?? '')) found.push(comparison);
    return false;
  });
  return found.filter(({ kind, name }) => kind !== 'AEXPR_OP' || /^(=|~\*?)$/.test(strings(name).at(-1) ?? ''));
}

const FINDING = new Set(['AEXPR_OP', 'AEXPR_NOT_DISTINCT', 'AEXPR_LIKE', 'AEXPR_ILIKE', 'AEXPR_IN']);

/** Whether a name is that of a column of the table that is changed, as the statement calls it. */
const isOwn = (parts: readonly string[], column: string, { self }: Lookup): boolean =>
  parts.at(-1) === column && (parts.length === 1 || parts.at(-2) === self);

/** Whether a name is that of a column of another table in FROM; without a qualifier, one of another name. */
const isOfOther = (parts: readonly string[], column: string, { self }: Lookup): boolean =>
  parts.length > 1 ? parts.at(-2) !== self : parts.length === 1 && parts[0] !== column;

/** What a column is compared with, where the one side reads the column and the other one another table. */
function keyOf(left: Node | undefined, right: Node | undefined, column: string, lookup: Lookup): Node | undefined {
  for (const [own, other] of [
    [left, right],
    [right, left],
  ])
    if (
      containsColumn(own, (parts) => isOwn(parts, column, lookup)) &&
      containsColumn(other, (parts) => isOfOther(parts, column, lookup))
    )
      return other;
  return undefined;
}

/** `SET root = p.root FROM t p WHERE t.parent = p.id`: the other row has another value after the first run. */
function readsOwnRows(
  value: Node | undefined,
  comparisons: readonly Comparison[],
  { others }: Lookup,
  set: (name: string) => boolean,
): boolean {
  const isRead = containsColumn(value, (parts) => others.includes(parts.at(-2) ?? '') && set(parts.at(-1)!));
  const isSameRow = ({ lexpr, rexpr }: Comparison) =>
    columnName(lexpr) !== undefined && columnName(lexpr) === columnName(rexpr) && !set(columnName(lexpr)!);
  return isRead && !comparisons.some(isSameRow);
}

/** Whether two expressions are the same column. */
const isSame = (a: Node, b: Node | undefined): boolean => {
  const [x, y] = [a, b].map((node) => strings(nodeAs(node, 'ColumnRef')?.fields).join('.'));
  return x !== '' && x === y;
};

/** The same for pairs that stand in VALUES: whether one of the new values is an old one of another pair. */
function isInPairs(key: Node, value: Node | undefined, from: readonly Node[]): boolean | undefined {
  for (const node of from) {
    const { subquery, alias } = nodeAs(node, 'RangeSubselect') ?? {};
    const rows = nodeAs(subquery, 'SelectStmt')?.valuesLists?.map((row) => nodeAs(row, 'List')?.items ?? []);
    const names = strings(alias?.colnames);
    const [old, next] = [key, value].map((side) => names.indexOf(columnName(side) ?? ''));
    if (!rows || old! < 0 || next! < 0) continue;
    const pairs = flatMap(rows, (row, k) => rows.map((other, l) => [k === l, sameConstant(row[next!], other[old!])]));
    if (pairs.some(([isOneRow, same]) => !isOneRow && same === true)) return true;
    return pairs.every(([isOneRow, same]) => same === false || (isOneRow && same === true)) ? false : undefined;
  }
  return undefined;
}
