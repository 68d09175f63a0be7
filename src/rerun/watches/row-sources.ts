/** The tables from whose rows a query makes its own, with what it asks of these rows. */
import { positive } from '../../catalog/deletes.ts';
import { columnsIn, conjuncts, nameOfRange, nodeAs, queriesInWith, walk } from '../../catalog/nodes.ts';
import type { Name } from '../../catalog/objects.ts';
import { flatMap } from '../../lists.ts';
import type { Node, NodeOf } from '../../syntax/parser.ts';

type Select = NodeOf<'SelectStmt'>;

interface RowSource {
  table: Name;
  /** The conditions that ask for nothing but columns of the table. */
  conditions: readonly Node[];
}

/**
 * The tables whose rows may give a query more rows: those of FROM, and of the subqueries that WHERE asks without NOT.
 * @param named the queries of WITH by their names
 * @param isWhole whether no other table is there whose columns may stand without its name, as that of an UPDATE
 */
export function rowSourcesOf(query: Select, named: ReadonlyMap<string, Node | undefined>, isWhole = true): RowSource[] {
  const all = new Map([...named, ...queriesInWith(query.withClause)]);
  const { op, larg, rarg, fromClause = [], whereClause } = query;
  if (op !== undefined && op !== 'SETOP_NONE')
    return flatMap([larg, op === 'SETOP_EXCEPT' ? undefined : rarg], (arm) => (arm ? rowSourcesOf(arm, all) : []));
  const { ranges, queries, quals } = partsOf(fromClause);
  const conditions = flatMap([whereClause, ...quals], (qual) => conjuncts(qual));
  // `<> ALL (…)` finds fewer rows where there are more to differ from.
  const asking = positive(whereClause).filter((part) => nodeAs(part, 'SubLink')?.subLinkType !== 'ALL_SUBLINK');
  const tables = flatMap(ranges, (range): RowSource[] => {
    const name = range.relname ?? '';
    const inWith = range.schemaname === undefined ? nodeAs(all.get(name), 'SelectStmt') : undefined;
    if (inWith) return rowSourcesOf(inWith, without(all, name));
    const isOnly = isWhole && ranges.length + queries.length === 1;
    const isOwn = isOf(range.alias?.aliasname ?? name, isOnly);
    return [{ table: nameOfRange(range), conditions: conditions.filter(isOwn) }];
  });
  return [...tables, ...flatMap([...queries, ...queriesIn(asking)], (inner) => rowSourcesOf(inner, all))];
}

/** A query of WITH RECURSIVE names itself. */
const without = (named: ReadonlyMap<string, Node | undefined>, name: string) =>
  new Map([...named].filter(([other]) => other !== name));

/** The tables and subqueries of FROM, and the conditions of its joins that leave rows out. */
function partsOf(items: readonly (Node | undefined)[]) {
  const [ranges, queries, quals]: [NodeOf<'RangeVar'>[], Select[], Node[]] = [[], [], []];
  const add = (item: Node | undefined): void => {
    const join = nodeAs(item, 'JoinExpr');
    if (join) {
      if (join.jointype === 'JOIN_INNER' && join.quals) quals.push(join.quals);
      add(join.larg);
      add(join.rarg);
    }
    const range = nodeAs(item, 'RangeVar');
    if (range) ranges.push(range);
    const query = nodeAs(nodeAs(item, 'RangeSubselect')?.subquery, 'SelectStmt');
    if (query) queries.push(query);
  };
  items.forEach(add);
  return { ranges, queries, quals };
}

/** Whether a condition reads columns of one table, and no others. */
const isOf = (alias: string, isOnly: boolean) => (condition: Node) =>
  columnsIn(condition).every((parts) => (parts.length > 1 ? parts.at(-2) === alias : isOnly));

/** The queries of the subqueries in conditions. */
export function queriesIn(trees: readonly (Node | undefined)[]): Select[] {
  const queries: Select[] = [];
  walk(trees, (type, { subselect }) => {
    const query = type === 'SubLink' ? nodeAs(subselect as Node, 'SelectStmt') : undefined;
    if (query) queries.push(query);
  });
  return queries;
}
