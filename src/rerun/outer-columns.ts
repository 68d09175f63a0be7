/** Tells which columns of a subquery belong to the table of the UPDATE around it. */
import { contains, nameOfRange, nodeAs, queriesInWith, replaceNodes, stringOf } from '../catalog/nodes.ts';
import { repeatedChange, type Change } from '../catalog/updates.ts';
import type { World } from '../history/world.ts';
import { flatMap } from '../lists.ts';
import type { Node, NodeOf } from '../syntax/parser.ts';

type Update = NodeOf<'UpdateStmt'>;

/**
 * How a second run of an UPDATE changes rows again by a subquery that names its columns without their table:
 * `SET n = (SELECT m FROM v WHERE ref = n)`, where history tells that `v` has no such column.
 */
export function changeByOuterColumns(node: Update, world: World): Change | undefined {
  const { targetList = [], whereClause, relation, fromClause, withClause } = node;
  if (!contains(targetList, (type) => type === 'SubLink')) return undefined;
  const targets = withOuterColumns(targetList, node, world);
  return repeatedChange(targets, whereClause, relation, fromClause, withClause);
}

/** What an UPDATE sets, with the name of its table before those of its columns that stand in subqueries without one. */
export const withOuterColumns = <T>(tree: T, node: Update, world: World): T =>
  new Qualifier(node, world).qualify(tree, []);

/** Whether a query has no column of a name. */
type Lacks = (name: string) => boolean;

/** Writes the name of the updated table before those of its columns that stand in subqueries without one. */
class Qualifier {
  private readonly node: Update;
  private readonly world: World;

  constructor(node: Update, world: World) {
    this.node = node;
    this.world = world;
  }

  /** @param queries those around the tree */
  qualify<T>(tree: T, queries: readonly Lacks[]): T {
    return replaceNodes(tree, (node): Node | undefined => {
      const query = nodeAs(node, 'SelectStmt');
      if (query) return { SelectStmt: this.qualify({ ...query }, [...queries, this.lacksIn(query)]) };
      const { fields = [] } = nodeAs(node, 'ColumnRef') ?? {};
      const name = stringOf(fields[0]);
      const isBare = queries.length > 0 && fields.length === 1 && name !== '';
      return isBare && queries.every((lacks) => lacks(name)) && this.isOwn(name)
        ? { ColumnRef: { fields: [{ String: { sval: this.self } }, ...fields] } }
        : undefined;
    });
  }

  private get self(): string {
    const { relation } = this.node;
    return relation?.alias?.aliasname ?? relation?.relname ?? '';
  }

  private isOwn(name: string): boolean {
    return this.world.has({ kind: 'column', name, of: nameOfRange(this.node.relation) }) === true;
  }

  /** Only of tables whose columns are known, and of their joins. */
  private lacksIn({ fromClause = [], op, withClause }: NodeOf<'SelectStmt'>): Lacks {
    const named = [...queriesInWith(withClause).keys(), ...queriesInWith(this.node.withClause).keys()];
    const ranges = flatMap(fromClause, rangesIn);
    const isKnown = (range: NodeOf<'RangeVar'> | undefined): boolean =>
      range !== undefined && !named.includes(range.relname ?? '') && this.world.knowsTable(nameOfRange(range));
    if ((op !== undefined && op !== 'SETOP_NONE') || !ranges.every(isKnown)) return () => false;
    return (name) => ranges.every((range) => !this.world.has({ kind: 'column', name, of: nameOfRange(range) }));
  }
}

/** The tables of an item of FROM; undefined for what is none, or has other names for its columns. */
function rangesIn(item: Node): (NodeOf<'RangeVar'> | undefined)[] {
  const join = nodeAs(item, 'JoinExpr');
  if (join) return flatMap([join.larg, join.rarg], (side) => (side ? rangesIn(side) : [undefined]));
  const range = nodeAs(item, 'RangeVar');
  return [range?.alias?.colnames ? undefined : range];
}
