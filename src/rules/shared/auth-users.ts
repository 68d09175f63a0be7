/** What a query shows of the users in auth.users. */
import { nodeAs, stringOf, strings } from '../../catalog/nodes.ts';
import type { Node, NodeOf } from '../../syntax/parser.ts';
import type { World } from '../../history/world.ts';
import { flatMap } from '../../lists.ts';

/** Columns of auth.users, by the names that a query gives them; `*` for all. */
type Shown = ReadonlyMap<string, string>;

/** What a query reads from, by its alias: nothing of users, or some of their columns. */
type Sources = ReadonlyMap<string, Shown>;

const ALL = '*';
const NONE: Shown = new Map();

/** The columns of auth.users that a query shows. A count of them, or whether there are some, shows none. */
export function columnsShown(query: Node | undefined, world: World): string[] {
  const columns = world.parts({ kind: 'table', schema: 'auth', name: 'users' }).filter(({ kind }) => kind === 'column');
  const users: Shown = new Map([[ALL, ALL], ...columns.map(({ name }): [string, string] => [name, name])]);
  const shown = shownBy(nodeAs(query, 'SelectStmt'), { users, queries: new Map() });
  return [...new Set(shown.values())];
}

interface Known {
  /** All columns of auth.users. */
  users: Shown;
  /** The queries of WITH. */
  queries: Sources;
}

function shownBy(select: NodeOf<'SelectStmt'> | undefined, known: Known): Shown {
  if (!select) return NONE;
  const queries = new Map(known.queries);
  for (const node of select.withClause?.ctes ?? []) {
    const { ctename = '', ctequery } = nodeAs(node, 'CommonTableExpr') ?? {};
    queries.set(ctename, shownBy(nodeAs(ctequery, 'SelectStmt'), { ...known, queries }));
  }
  const inner: Known = { ...known, queries };
  if (select.larg || select.rarg) return new Map([...shownBy(select.larg, inner), ...shownBy(select.rarg, inner)]);
  const sources = new Map(flatMap(select.fromClause ?? [], (item) => sourcesIn(item, inner)));
  const targets = flatMap(select.targetList ?? [], (node) => nodeAs(node, 'ResTarget') ?? []);
  return new Map(
    flatMap(targets, ({ name, val }) =>
      columnsIn(val, sources, inner).map((column): [string, string] => [name ?? column, column]),
    ),
  );
}

/** The sources of an item of FROM with what each shows. */
function sourcesIn(item: Node | undefined, known: Known): [string, Shown][] {
  const join = nodeAs(item, 'JoinExpr');
  if (join) return [...sourcesIn(join.larg, known), ...sourcesIn(join.rarg, known)];
  const relation = nodeAs(item, 'RangeVar');
  if (relation) {
    const { schemaname, relname = '', alias } = relation;
    const isUsers = schemaname === 'auth' && relname === 'users';
    const query = schemaname === undefined ? known.queries.get(relname) : undefined;
    return [[alias?.aliasname ?? relname, isUsers ? known.users : (query ?? NONE)]];
  }
  const subselect = nodeAs(item, 'RangeSubselect');
  return subselect
    ? [[subselect.alias?.aliasname ?? '', shownBy(nodeAs(subselect.subquery, 'SelectStmt'), known)]]
    : [];
}

/** The columns of users that an expression shows. */
function columnsIn(tree: unknown, sources: Sources, known: Known): string[] {
  if (Array.isArray(tree)) return flatMap(tree as unknown[], (item) => columnsIn(item, sources, known));
  if (typeof tree !== 'object' || tree === null) return [];
  const node = tree as Node;
  const ref = nodeAs(node, 'ColumnRef');
  if (ref) return columnsOf(ref, sources);
  if (nodeAs(node, 'NullTest')) return [];
  const link = nodeAs(node, 'SubLink');
  if (link)
    return /^(EXPR|ARRAY)/.test(link.subLinkType ?? '')
      ? [...shownBy(nodeAs(link.subselect, 'SelectStmt'), known).values()]
      : [];
  const call = nodeAs(node, 'FuncCall');
  if (call && stringOf(call.funcname?.at(-1)) === 'count') return [];
  return flatMap(Object.values(tree as Record<string, unknown>), (value) => columnsIn(value, sources, known));
}

function columnsOf({ fields = [] }: NodeOf<'ColumnRef'>, sources: Sources): string[] {
  const names = strings(fields).filter(Boolean);
  const isStar = fields.some((field) => nodeAs(field, 'A_Star'));
  const column = isStar ? ALL : names.at(-1)!;
  const qualifier = isStar ? names.at(-1) : names.at(-2);
  // An alias alone stands for the whole row.
  if (qualifier === undefined && sources.has(column)) return [...sources.get(column)!.values()].slice(0, 1);
  const asked = qualifier === undefined ? [...sources.values()] : [sources.get(qualifier) ?? NONE];
  return flatMap(asked, (shown) => {
    if (column === ALL) return shown.has(ALL) ? [ALL] : [...shown.values()];
    // Where the columns of auth.users are not known, any may be one of them.
    return shown.get(column) ?? (shown.has(ALL) && shown.size === 1 ? column : []);
  });
}
