/** The tables that a query reads, by the names that it gives them, with their columns as far as they are known. */
import { firstQuery, resultName, SERIAL } from '../../catalog/columns.ts';
import { nameOf, nameOfRange, nodeAs, stringOf, strings, typeText } from '../../catalog/nodes.ts';
import type { Name, ObjectRef } from '../../catalog/objects.ts';
import type { World } from '../../history/world.ts';
import { flatMap } from '../../lists.ts';
import type { Node, NodeOf } from '../../syntax/parser.ts';

/** Columns by name; undefined where not all of them are known. */
export type Columns = (Iterable<string> & { has(name: string): boolean }) | undefined;

/** What FROM names. */
export interface Source {
  /** Undefined where the name that it has is not known. */
  alias: string | undefined;
  columns: Columns;
  /** The table behind the alias. */
  table?: Name;
}

/** What the names in an expression may stand for: its own sources first, then those around it. */
export interface Scope {
  sources: readonly Source[];
  /** Names that are there besides: the columns of the result in ORDER BY. */
  extra?: ReadonlySet<string>;
  /** The queries of WITH by their names. */
  queries: ReadonlyMap<string, Columns>;
  outer?: Scope;
}

export const NO_SCOPE: Scope = { sources: [], queries: new Map() };

/** The parameters of a function, as its body sees them. */
export function parametersOf({ parameters, funcname }: NodeOf<'CreateFunctionStmt'>): Scope {
  const names = new Set(flatMap(parameters ?? [], (node) => nodeAs(node, 'FunctionParameter')?.name ?? []));
  // f.parameter
  return { ...NO_SCOPE, sources: [{ alias: nameOf(funcname).name, columns: names }], extra: names };
}

/** A scope within another one. */
export const within = (outer: Scope, sources: readonly Source[]): Scope => ({ sources, queries: outer.queries, outer });

/** Schemas whose tables are Supabase's: what is known of them is not all that they have. */
const FOREIGN_SCHEMAS: ReadonlySet<string> = new Set(
  `auth storage realtime vault cron net pgmq extensions graphql graphql_public supabase_functions
  supabase_migrations`.split(/\s+/),
);

/** Whether a schema is Supabase's own. */
export const isForeign = (schema: string | undefined): boolean => FOREIGN_SCHEMAS.has(schema ?? '');

/** Whether a name is that of a table, and not of a view, of which all parts are known. */
export function isKnownTable({ schema, name }: Name, world: World): boolean {
  const { kind, detail } = world.get({ kind: 'table', schema, name })?.ref ?? {};
  return kind === 'table' && detail?.complete === true;
}

/**
 * The columns of a table or a view; undefined where it may have others.
 * @param added columns that a statement is about to add
 */
export function columnsOf(table: Name, world: World, added: readonly string[] = []): Columns {
  if (isForeign(table.schema)) return undefined;
  const { schema, name } = table;
  const { kind, detail } = world.get({ kind: 'table', schema, name })?.ref ?? {};
  if (kind === 'table' && detail?.complete) return new ColumnsOfTable(table, world, added);
  return (kind === 'view' || kind === 'materialized view') && detail?.results ? new Set(detail.results) : undefined;
}

/** The columns of a table that is known. They are looked up one by one: most statements name few of them. */
class ColumnsOfTable {
  private readonly table: ObjectRef;
  private readonly world: World;
  private readonly added: readonly string[];

  constructor({ schema, name }: Name, world: World, added: readonly string[]) {
    this.table = { kind: 'table', schema, name };
    this.world = world;
    this.added = added;
  }

  has(name: string): boolean {
    return this.world.get({ kind: 'column', name, of: this.table }) !== undefined || this.added.includes(name);
  }

  *[Symbol.iterator](): Iterator<string> {
    for (const { kind, name } of this.world.parts(this.table)) if (kind === 'column') yield name;
    yield* this.added;
  }
}

/**
 * The type of a column of a table.
 * @param columns those that the statement makes
 */
export function columnType(
  name: string,
  table: Name,
  world: World,
  columns: readonly NodeOf<'ColumnDef'>[] = [],
): string | undefined {
  const own = columns.find(({ colname }) => colname === name);
  if (!own) return world.get({ kind: 'column', name, of: table })?.ref.detail?.type;
  const type = typeText(own.typeName);
  return SERIAL.get(type) ?? type;
}

/** The keys and unique indexes of a table that is known, those that came with a column among them. */
export const uniqueOf = (table: ObjectRef, world: World): ObjectRef[] =>
  flatMap(world.parts(table), (part) => (part.kind === 'column' ? [part, ...world.parts(part)] : part)).filter(
    ({ detail }) => detail?.unique === true,
  );

/** Whether keys name a column that has another name by now: which columns they have is not known then. */
export const isRenamed = (keys: readonly ObjectRef[], table: ObjectRef, world: World): boolean =>
  keys.some(({ detail }) =>
    detail?.columns?.some((name) => name !== undefined && world.has({ kind: 'column', name, of: table }) !== true),
  );

/** A table as a source, under its own name or another one. */
export const sourceOf = (table: Name, world: World, alias = table.name): Source => ({
  alias,
  columns: columnsOf(table, world),
  table,
});

/** What an item of FROM names. */
export function sourcesOf(item: Node | undefined, scope: Scope, world: World): Source[] {
  const range = nodeAs(item, 'RangeVar');
  if (range) return [sourceOfRange(range, scope, world)];
  const join = nodeAs(item, 'JoinExpr');
  if (join) {
    const inner = [...sourcesOf(join.larg, scope, world), ...sourcesOf(join.rarg, scope, world)];
    const aliases = [join.alias?.aliasname, join.join_using_alias?.aliasname];
    return [...inner, ...flatMap(aliases, (alias) => (alias === undefined ? [] : { alias, columns: undefined }))];
  }
  const query = nodeAs(item, 'RangeSubselect');
  if (query) {
    const columns = query.alias?.colnames ? undefined : resultColumns(query.subquery, scope, world);
    return [{ alias: query.alias?.aliasname, columns }];
  }
  const sample = nodeAs(item, 'RangeTableSample');
  if (sample) return sourcesOf(sample.relation, scope, world);
  const called = nodeAs(item, 'RangeFunction');
  const alias = called?.alias?.aliasname ?? functionName(called);
  return [{ alias, columns: undefined }];
}

/** The name of the only function in FROM, which is its alias. */
function functionName(item: NodeOf<'RangeFunction'> | undefined): string | undefined {
  const [only, ...more] = item?.functions ?? [];
  const call = nodeAs(nodeAs(only, 'List')?.items?.[0], 'FuncCall');
  return call && more.length === 0 ? nameOf(call.funcname).name : undefined;
}

function sourceOfRange(range: NodeOf<'RangeVar'>, scope: Scope, world: World): Source {
  const table = nameOfRange(range);
  const alias = range.alias?.aliasname ?? table.name;
  if (range.alias?.colnames) return { alias, columns: undefined };
  if (table.schema === undefined && scope.queries.has(table.name))
    return { alias, columns: scope.queries.get(table.name) };
  return sourceOf(table, world, alias);
}

/** The scope of a query's own expressions, and of its queries of WITH. */
export function scopeWith(clause: NodeOf<'WithClause'> | undefined, outer: Scope, world: World): Scope {
  if (!clause) return outer;
  const queries = new Map(outer.queries);
  const scope: Scope = { sources: [], queries, outer };
  for (const node of clause.ctes ?? []) {
    const cte = nodeAs(node, 'CommonTableExpr')!;
    const name = cte.ctename ?? '';
    // Its own name is known to it only where it is recursive.
    const columns = clause.recursive || cte.aliascolnames ? undefined : resultColumns(cte.ctequery, scope, world);
    queries.set(
      name,
      cte.aliascolnames && !cte.search_clause && !cte.cycle_clause ? new Set(strings(cte.aliascolnames)) : columns,
    );
  }
  return scope;
}

/** The columns of a query's result; undefined where a name is not in the text. */
export function resultColumns(node: Node | undefined, outer: Scope, world: World): Columns {
  const select = firstQuery(node);
  if (!select?.targetList) return undefined;
  const scope = scopeWith(nodeAs(node, 'SelectStmt')?.withClause, outer, world);
  const sources = flatMap(select.fromClause ?? [], (item) => sourcesOf(item, scope, world));
  const names = new Set<string>();
  for (const target of select.targetList) {
    const found = targetNames(nodeAs(target, 'ResTarget'), sources);
    if (!found) return undefined;
    for (const name of found) names.add(name);
  }
  return names;
}

/** What a column of the result is called; those of `*` where all of them are known. */
function targetNames(
  target: NodeOf<'ResTarget'> | undefined,
  sources: readonly Source[],
): Iterable<string> | undefined {
  const name = resultName(target);
  if (name !== '') return name === undefined ? undefined : [name];
  const fields = nodeAs(target?.val, 'ColumnRef')?.fields ?? [];
  const qualifier = fields.length > 1 ? stringOf(fields.at(-2)) : undefined;
  const starred = sources.filter(({ alias }) => qualifier === undefined || alias === qualifier);
  if (starred.length === 0 || starred.some(({ columns }) => !columns)) return undefined;
  return flatMap(starred, ({ columns }) => [...columns!]);
}
