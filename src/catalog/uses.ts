/** What a query or an expression needs to be there: the tables that it reads, and their columns where they can be told. */
import type { Node } from '../syntax/parser.ts';
import type { Effect } from './effects.ts';
import { nameOf, nodeAs, nameOfRange, strings, walk } from './nodes.ts';
import type { Name, ObjectRef } from './objects.ts';

export const use = (object: ObjectRef): Effect => ({ action: 'use', object, mode: 'bare' });
/** Columns of a table, each once. */
export const useColumns = (names: readonly string[], of: Name): Effect[] => [...new Set(names)].map((name) => use({ kind: 'column', name, of }));
export const useTable = (name: Name): Effect => use({ kind: 'table', ...name });

/** The relations that a tree names, without the names that WITH gives to queries. */
function relationsIn(tree: unknown): { name: Name; alias: string | undefined }[] {
  const named = new Set<string>();
  const found: { name: Name; alias: string | undefined }[] = [];
  walk(tree, (type, node) => {
    if (type === 'CommonTableExpr') named.add(String(node.ctename));
    // A relation stands bare where the grammar allows nothing else, and wrapped in a FROM list.
    if (typeof node.relname === 'string' && 'inh' in node) found.push({ name: nameOfRange(node as never), alias: (node.alias as { aliasname?: string } | undefined)?.aliasname });
  });
  return found.filter(({ name }) => name.schema !== undefined || !named.has(name.name));
}

/** Every table that a query reads or writes, and those of their columns that can be told: by their qualifier, or where there is one table only. */
export function usesOfQuery(query: unknown): Effect[] {
  const relations = relationsIn([query]);
  const effects = relations.map(({ name }) => useTable(name));
  if (relations.length === 1) return [...effects, ...columnUses([query], relations[0]!.name, relations[0]!.alias)];
  const byQualifier = new Map<string, Name | undefined>();
  for (const { name, alias } of relations) {
    const qualifier = alias ?? name.name;
    const known = byQualifier.get(qualifier);
    // The same alias for two tables, in two parts of the query, says nothing.
    byQualifier.set(qualifier, byQualifier.has(qualifier) && (known?.name !== name.name || known.schema !== name.schema) ? undefined : name);
  }
  for (const [qualifier, name] of byQualifier) if (name) effects.push(...columnUses([query], name, qualifier, true));
  return effects;
}

/** The columns of a table that an expression names. */
export const columnUses = (tree: unknown, table: Name, alias = table.name, onlyQualified = false): Effect[] => useColumns(columnNames(tree, [alias], onlyQualified), table);

/** The same, as names. `qualifiers` is what stands before them, where anything does. */
export function columnNames(tree: unknown, qualifiers: readonly string[], onlyQualified = false): string[] {
  const names: string[] = [];
  walk(tree, (type, node) => {
    if (type !== 'ColumnRef') return;
    const parts = strings(node.fields as Node[]);
    if ((parts.length === 1 && !onlyQualified) || qualifiers.includes(parts.at(-2) ?? '')) names.push(parts.at(-1)!);
  });
  return names.filter(Boolean);
}

/** The functions that a tree calls; those of PostgreSQL itself are unknown to history, and so never missed. */
export function functionUses(tree: unknown): Effect[] {
  const effects: Effect[] = [];
  walk(tree, (type, node) => {
    if (type === 'FuncCall') effects.push(use({ kind: 'function', ...nameOf(node.funcname as Node[]) }));
  });
  return effects;
}

/** What an expression in a policy, an index or a check needs: columns of its table, with others that are `named` beside it, and the tables of its subqueries. */
export function usesOfExpression(expression: unknown, table: Name, named: readonly string[] = []): Effect[] {
  const tables = relationsIn([expression]).map(({ name }) => useTable(name));
  return [...functionUses([expression]), ...tables, ...useColumns([...named, ...columnNames([expression], [table.name], tables.length > 0)], table)];
}

/** The columns that an INSERT or UPDATE names as targets. */
export const targetUses = (targets: readonly Node[] | undefined, table: Name): Effect[] => useColumns((targets ?? []).flatMap((t) => nodeAs(t, 'ResTarget')?.name ?? []), table);
