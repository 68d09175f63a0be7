/** The objects that a query or an expression reads: tables, and their columns if the text tells their table. */
import type { Node } from '../syntax/parser.ts';
import type { Effect } from './effects.ts';
import type { Names } from './needs.ts';
import { nodeAs } from './nodes.ts';
import type { Name, ObjectRef } from './objects.ts';
import { flatMap } from '../lists.ts';

export const use = (object: ObjectRef): Effect => ({ action: 'use', object, mode: 'bare' });
/** Columns of a table, each once. */
export const useColumns = (names: readonly string[], of: Name): Effect[] =>
  [...new Set(names)].map((name) => use({ kind: 'column', name, of }));
export const useTable = (name: Name): Effect => use({ kind: 'table', ...name });

/**
 * Those columns that belong to what the qualifiers name, and those without one too where they can belong to nothing
 * else.
 */
function columnsOf({ columns }: Names, qualifiers: readonly string[], unqualified: boolean): string[] {
  const found = columns.filter((parts) => (parts.length === 1 ? unqualified : qualifiers.includes(parts.at(-2)!)));
  return found.map((parts) => parts.at(-1)!).filter(Boolean);
}

/**
 * Every table that a query reads or writes, and those of their columns that can be told: by their qualifier, or where
 * there is one table only.
 */
export function usesOfQuery(names: Names): Effect[] {
  const { relations } = names;
  const effects = relations.map(({ name }) => useTable(name));
  if (relations.length === 1) {
    const { name, alias } = relations[0]!;
    return [...effects, ...useColumns(columnsOf(names, [alias ?? name.name], true), name)];
  }
  const byQualifier = new Map<string, Name | undefined>();
  for (const { name, alias } of relations) {
    const qualifier = alias ?? name.name;
    const known = byQualifier.get(qualifier);
    // The same alias for two tables, in two parts of the query, says nothing.
    byQualifier.set(
      qualifier,
      byQualifier.has(qualifier) && (known?.name !== name.name || known.schema !== name.schema) ? undefined : name,
    );
  }
  for (const [qualifier, name] of byQualifier)
    if (name) effects.push(...useColumns(columnsOf(names, [qualifier], false), name));
  return effects;
}

/** The columns of the row that a trigger is called for, as NEW or OLD, in its condition. */
export const columnsOfRow = (condition: Names): string[] => columnsOf(condition, ['new', 'old'], false);

/** The functions that a tree calls; those of PostgreSQL itself are unknown to history, and so never missed. */
export const functionUses = ({ calls }: Names): Effect[] => calls.map(({ name }) => use({ kind: 'function', ...name }));

/**
 * What an expression in a policy, an index or a check needs: columns of its table, with others that are `named` beside
 * it, and the tables of its subqueries.
 */
export function usesOfExpression(names: Names, table: Name, named: readonly string[] = []): Effect[] {
  const tables = names.relations.map(({ name }) => useTable(name));
  return [
    ...functionUses(names),
    ...tables,
    ...useColumns([...named, ...columnsOf(names, [table.name], tables.length === 0)], table),
  ];
}

/** The columns that an INSERT or UPDATE names as targets. */
export const targetUses = (targets: readonly Node[] | undefined, table: Name): Effect[] =>
  useColumns(
    flatMap(targets ?? [], (t) => nodeAs(t, 'ResTarget')?.name ?? []),
    table,
  );
