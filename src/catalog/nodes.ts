/** Readers for the shapes that recur in PostgreSQL's parse trees. */
import type { Node, NodeOf, NodeTag } from '../syntax/parser.ts';
import { isPosition } from './digest.ts';
import { flatMap } from '../lists.ts';
import { quoteIdent } from './names.ts';
import { TEMPORARY, type Name } from './objects.ts';

type RangeVar = NodeOf<'RangeVar'>;
type TypeName = NodeOf<'TypeName'>;

/** The fields of a node, where it is of the type named. */
export function nodeAs<T extends NodeTag>(node: Node | undefined, type: T): NodeOf<T> | undefined {
  return node && ((node as Record<string, unknown>)[type] as NodeOf<T> | undefined);
}

/** A role's name, or the keyword that stands for it (CURRENT_USER). */
export const roleName = (role: NodeOf<'RoleSpec'> | undefined): string =>
  role?.rolename ?? (role?.roletype ?? '').replace('ROLESPEC_', '');

/** A role as a policy is for it: `public` for everyone. */
export const grantee = (role: Node): string =>
  nodeAs(role, 'RoleSpec')?.roletype === 'ROLESPEC_PUBLIC' ? 'public' : roleName(nodeAs(role, 'RoleSpec'));

export const stringOf = (node: Node | undefined): string => nodeAs(node, 'String')?.sval ?? '';

/** A list of strings, such as a dotted name. */
export const strings = (nodes: readonly Node[] | undefined): string[] => (nodes ?? []).map(stringOf);

/** The name of the column that an expression is; undefined for any other expression. */
export const columnName = (node: Node | undefined): string | undefined =>
  strings(nodeAs(node, 'ColumnRef')?.fields).at(-1);

export function nameOfRange(relation: RangeVar | undefined): Name {
  if (!relation) return { name: '' };
  const schema = relation.schemaname ?? (relation.relpersistence === 't' ? TEMPORARY : undefined);
  return { schema, name: relation.relname ?? '' };
}

/** A dotted name: the last part is the name, the one before it the schema. */
export function nameOfParts(parts: readonly string[]): Name {
  return { schema: parts.length > 1 ? parts[parts.length - 2] : undefined, name: parts[parts.length - 1] ?? '' };
}

export const nameOf = (nodes: readonly Node[] | undefined): Name => nameOfParts(strings(nodes));

/** The value of an option in a list: of `CREATE FUNCTION`, `CREATE VIEW`, `CREATE EXTENSION`, … */
export const optionOf = (options: readonly Node[] | undefined, name: string): Node | undefined =>
  (options ?? []).map((node) => nodeAs(node, 'DefElem')).find((option) => option?.defname === name)?.arg;

/**
 * The value of an on/off option in a list (`defGetBoolean`): `(ANALYZE)` and `(ANALYZE on)` are true. The last one
 * counts. Undefined if the list does not have the option.
 */
export function isOn(options: readonly Node[] | undefined, name: string): boolean | undefined {
  const option = (options ?? []).map((node) => nodeAs(node, 'DefElem')).findLast((o) => o?.defname === name);
  if (!option) return undefined;
  const { arg } = option;
  const integer = nodeAs(arg, 'Integer');
  if (integer) return (integer.ival ?? 0) !== 0;
  const boolean = nodeAs(arg, 'Boolean');
  if (boolean) return boolean.boolval ?? false;
  // The grammar takes a bare word after = for the name of a type.
  return !/^(false|off)$/i.test(stringOf(nodeAs(arg, 'TypeName')?.names?.at(-1) ?? arg));
}

/** A type's name as `regtype` takes it, PostgreSQL's own names without their schema. */
export function typeText(type: TypeName | undefined): string {
  const names = type?.names;
  if (!names) return '';
  const name = stringOf(names.at(-1));
  const own = names.length === 2 && stringOf(names[0]) === 'pg_catalog';
  const base = own
    ? name === 'char'
      ? '"char"'
      : name
    : names.length === 1
      ? quoteIdent(name)
      : strings(names).map(quoteIdent).join('.');
  return type.arrayBounds ? base + '[]'.repeat(type.arrayBounds.length) : base;
}

/** The input types that tell one routine from another of the same name. */
export function argumentTypes(parameters: readonly Node[] | undefined): string[] {
  return (parameters ?? [])
    .map((p) => nodeAs(p, 'FunctionParameter'))
    .filter((p) => p !== undefined && p.mode !== 'FUNC_PARAM_OUT' && p.mode !== 'FUNC_PARAM_TABLE')
    .map((p) => typeText(p!.argType));
}

/** A copy of a tree without its locations. */
export function strip<T>(node: T): T {
  if (Array.isArray(node)) return node.map(strip) as T;
  if (typeof node !== 'object' || node === null) return node;
  const stripped: Record<string, unknown> = {};
  for (const key in node) if (!isPosition(key)) stripped[key] = strip(node[key]);
  return stripped as T;
}

/**
 * A copy of a tree that has other nodes in place of some.
 * @param replace the node to put in; undefined keeps a node, and goes on with those in it
 */
export function replaceNodes<T>(tree: T, replace: (node: Node) => unknown): T {
  if (Array.isArray(tree)) return tree.map((item: unknown) => replaceNodes(item, replace)) as T;
  if (typeof tree !== 'object' || tree === null) return tree;
  const other = replace(tree as object as Node);
  if (other !== undefined) return other as T;
  return Object.fromEntries(
    Object.entries(tree).map(([key, value]) => [key, replaceNodes(value as unknown, replace)]),
  ) as T;
}

/**
 * Calls `visit` for every node of a tree, parents first; a visit that returns false is not followed into its children.
 * `type` is the node's type, or the field's name where the parser leaves the type out (`typeName`, `relation`).
 */
export function walk(tree: unknown, visit: (type: string, node: Record<string, unknown>) => unknown): void {
  if (Array.isArray(tree)) {
    for (const item of tree) walk(item, visit);
  } else if (typeof tree === 'object' && tree !== null) {
    // No list of entries is made: this is called for every node of every statement.
    for (const key in tree) {
      const value = (tree as Record<string, unknown>)[key];
      if (typeof value !== 'object' || value === null) continue;
      if (!Array.isArray(value) && visit(key, value as Record<string, unknown>) === false) continue;
      walk(value, visit);
    }
  }
}

const NO_QUERIES: ReadonlySet<string> = new Set();

/**
 * The same, and tells of every node whether it is the name of a query in WITH, which stands where a table may stand.
 * @param queries the names of the queries around the tree
 */
export function walkNames(
  tree: unknown,
  visit: (type: string, node: Record<string, unknown>, isQuery: boolean) => unknown,
  queries = NO_QUERIES,
): void {
  if (Array.isArray(tree)) {
    for (const item of tree) walkNames(item, visit, queries);
  } else if (typeof tree === 'object' && tree !== null) {
    const clause = (tree as { withClause?: NodeOf<'WithClause'> }).withClause;
    const inner = clause ? new Set([...queries, ...queriesOf(clause)]) : queries;
    for (const key in tree) {
      const value = (tree as Record<string, unknown>)[key];
      if (typeof value !== 'object' || value === null) continue;
      if (value === clause) walkWith(clause, visit, queries);
      else if (Array.isArray(value)) walkNames(value, visit, inner);
      else {
        const node = value as Record<string, unknown>;
        // The table that a statement writes stands bare, and is never a query.
        const isQuery = key === 'RangeVar' && node.schemaname === undefined && inner.has(node.relname as string);
        if (visit(key, node, isQuery) !== false) walkNames(node, visit, inner);
      }
    }
  }
}

/** The queries of WITH. Each knows those before it by their names, and with RECURSIVE all of them and itself. */
function walkWith(clause: NodeOf<'WithClause'>, visit: Parameters<typeof walkNames>[1], queries: ReadonlySet<string>) {
  const known = new Set(clause.recursive ? [...queries, ...queriesOf(clause)] : queries);
  for (const node of clause.ctes ?? []) {
    walkNames(node, visit, known);
    known.add(nodeAs(node, 'CommonTableExpr')?.ctename ?? '');
  }
}

/** The queries of WITH by their names. */
export const queriesInWith = (clause: NodeOf<'WithClause'> | undefined): Map<string, Node | undefined> =>
  new Map(
    flatMap(clause?.ctes ?? [], (node) => nodeAs(node, 'CommonTableExpr') ?? []).map((cte) => [
      cte.ctename ?? '',
      cte.ctequery,
    ]),
  );

const queriesOf = ({ ctes = [] }: NodeOf<'WithClause'>): string[] =>
  ctes.map((node) => nodeAs(node, 'CommonTableExpr')?.ctename ?? '');

/** The rows of VALUES, each a list of expressions. */
export const rowsOfValues = (lists: readonly Node[]): Node[][] =>
  lists.map((list) => nodeAs(list, 'List')?.items ?? []);

/** The tables that a tree names. */
export function rangeVarsIn(tree: unknown): RangeVar[] {
  const ranges: RangeVar[] = [];
  walk([tree], (_, node) => {
    if (typeof node.relname === 'string' && 'inh' in node) ranges.push(node);
  });
  return ranges;
}

/** Whether a tree has a node of which a test is true. `type` is as in `walk`. */
export function contains(tree: unknown, test: (type: string, node: Record<string, unknown>) => boolean): boolean {
  const found: true[] = [];
  walk([tree], (type, node) => {
    if (found.length === 0 && test(type, node)) found.push(true);
    return found.length === 0;
  });
  return found.length > 0;
}

/** Whether a tree names a relation, in whatever schema. A name that stands for a query of WITH counts too. */
export const namesRelation = (tree: unknown, name: string): boolean =>
  contains(tree, (_, node) => node.relname === name && 'inh' in node);

/** The columns that a tree names, in the order of the text: each name behind its qualifiers. */
export function columnsIn(tree: unknown): string[][] {
  const columns: string[][] = [];
  walk([tree], (type, { fields }) => {
    if (type === 'ColumnRef') columns.push(strings(fields as Node[]));
  });
  return columns;
}

/**
 * Whether a tree has a column of which a test is true.
 * @param test gets the name of the column behind its qualifiers: `t`, `id`
 */
export const containsColumn = (tree: unknown, test: (parts: readonly string[]) => boolean): boolean =>
  contains(tree, (type, { fields }) => type === 'ColumnRef' && test(strings(fields as Node[])));

/** The condition that two expressions are equal. */
export const equals = (lexpr: Node, rexpr: Node): Node => ({
  A_Expr: { kind: 'AEXPR_OP', name: [{ String: { sval: '=' } }], lexpr, rexpr },
});

/** The parts of a condition that AND joins. */
export function conjuncts(where: Node | undefined): Node[] {
  const bool = nodeAs(where, 'BoolExpr');
  if (bool?.boolop === 'AND_EXPR') return flatMap(bool.args ?? [], conjuncts);
  return where ? [where] : [];
}

/** Whether an expression is the column itself, perhaps in casts. Converting the result once more does not change it. */
export function isCastChain(node: Node | undefined, column: string): boolean {
  const cast = nodeAs(node, 'TypeCast');
  if (cast) return isCastChain(cast.arg, column);
  const ref = nodeAs(node, 'ColumnRef');
  return ref !== undefined && stringOf(ref.fields?.at(-1)) === column;
}
