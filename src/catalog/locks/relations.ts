/** What history knows of a relation: columns, constraints, indexes and partitions, its own and inherited ones. */
import { flatMap } from '../../lists.ts';
import { nameInString } from '../names.ts';
import type { Detail, Name, ObjectRef } from '../objects.ts';
import type { Known, LockMode, Touch } from './types.ts';

export const tableRef = (name: Name): ObjectRef => ({ kind: 'table', schema: name.schema, name: name.name });

/** The relation of a name, with what is known of it. */
export const relationOf = (name: Name, known: Known): ObjectRef => known.get(tableRef(name))?.ref ?? tableRef(name);

/** A name with its schema, where history knows it. */
export const nameOfRef = ({ schema, name }: ObjectRef): Name => ({ schema, name });

/** The partitions of a table, and theirs. */
export function partitionsOf(table: ObjectRef, known: Known): ObjectRef[] {
  // Of a table that a migration has made it is known whether it may have any.
  if (table.detail?.keysNamed !== undefined && !isPartitioned(table)) return [];
  return flatMap(known.parts(table), (part) => (part.kind === 'table' ? [part, ...partitionsOf(part, known)] : []));
}

/** The tables that inherit from one, as its partitions do or by INHERITS. */
export function heirsOf(table: ObjectRef, known: Known): ObjectRef[] {
  const key = known.key(table);
  const found = new Map<string, ObjectRef>();
  const add = (heir: ObjectRef): void => {
    const own = known.key(heir);
    if (own === key || found.has(own)) return;
    found.set(own, heir);
    for (const next of heirsOf(heir, known)) add(next);
  };
  for (const partition of partitionsOf(table, known)) add(partition);
  for (const dependent of known.dependents(table)) {
    const ref = known.refOfKey(dependent);
    if (ref?.kind === 'table' && ref.detail?.inherits?.some((name) => known.key(tableRef(name)) === key)) add(ref);
  }
  for (const link of known.ofKind('inheritance'))
    if (link.of && known.key(tableRef(nameOfRef(link))) === key) add(relationOf(link.of, known));
  return [...found.values()];
}

/** Whether rows are stored in the relation itself. */
export const isPartitioned = ({ detail }: ObjectRef): boolean => detail?.partitions !== undefined;

/** The relation and all below it that store rows. */
export const storedIn = (table: ObjectRef, known: Known, only = false): ObjectRef[] =>
  [table, ...(only ? [] : heirsOf(table, known))].filter((relation) => !isPartitioned(relation));

/** The same lock on a relation and on all below it. */
export const lockAll = (table: ObjectRef, lock: LockMode, known: Known, only = false): Touch[] =>
  [table, ...(only ? [] : heirsOf(table, known))].map((relation) => ({ relation, lock }));

/** The table of which a table is a partition. */
export function partitionedBy(table: ObjectRef, known: Known): ObjectRef | undefined {
  const parent = known.parentAt(known.key(table));
  const ref = parent === undefined ? undefined : known.refOfKey(parent);
  return ref?.kind === 'table' ? ref : undefined;
}

/** The tables from which a table has its columns: that of which it is a partition, those that it inherits or copies. */
function sourcesOf(table: ObjectRef, known: Known): { table: ObjectRef; copied?: Copied }[] {
  const { kind, schema, name, detail } = table;
  const parent = partitionedBy(table, known);
  return [
    ...(parent ? [{ table: parent }] : []),
    ...(detail?.inherits ?? []).map((of) => ({ table: relationOf(of, known) })),
    ...flatMap(known.ofKind('inheritance').length > 0 ? known.parts({ kind, schema, name }) : [], (part) =>
      part.kind === 'inheritance' ? { table: relationOf(nameOfRef(part), known) } : [],
    ),
    ...(detail?.copies ?? []).map((copied) => ({ table: relationOf(copied.table, known), copied })),
  ];
}

type Copied = NonNullable<Detail['copies']>[number];

/** How far a table is followed to where its columns come from: tables may copy one another. */
const MAX_DEPTH = 8;

/** What is known of a column, or of the one that it comes from. */
export function columnOf(table: ObjectRef, name: string, known: Known, depth = 0): Detail | undefined {
  const own = known.get({ kind: 'column', name, of: nameOfRef(table) })?.ref.detail;
  if (own || depth > MAX_DEPTH) return own;
  for (const { table: source } of sourcesOf(relationOf(table, known), known)) {
    const inherited = columnOf(source, name, known, depth + 1);
    if (inherited) return inherited;
  }
  return undefined;
}

/** The constraints of a table, with those that it has from others. */
export const constraintsOf = (table: ObjectRef, known: Known): ObjectRef[] =>
  partsWith(table, known, (part, copied) =>
    part.kind !== 'constraint'
      ? false
      : !copied || (part.detail?.contype === 'c' ? copied.constraints : copied.indexes && part.detail?.unique === true),
  );

/** The indexes of a table that have a name of their own, with those that it has from others. */
export const indexesOf = (table: ObjectRef, known: Known): ObjectRef[] =>
  partsWith(
    table,
    known,
    (part, copied) => part.kind === 'index' && !part.detail?.implicit && (!copied || copied.indexes),
  );

function partsWith(
  table: ObjectRef,
  known: Known,
  isMeant: (part: ObjectRef, copied: Copied | undefined) => boolean,
  copied?: Copied,
  depth = 0,
): ObjectRef[] {
  const own = known.parts(tableRef(table)).filter((part) => isMeant(part, copied));
  if (depth > MAX_DEPTH) return own;
  return [
    ...own,
    ...flatMap(sourcesOf(relationOf(table, known), known), ({ table: source, copied: how }) =>
      // A plain child of INHERITS has the checks of its parent, not its indexes or keys.
      partsWith(source, known, isMeant, copied ?? how ?? (table.detail?.inherits ? CHECKS_ONLY : undefined), depth + 1),
    ),
  ];
}

const CHECKS_ONLY: Copied = { table: { name: '' }, indexes: false, constraints: true };

/** Whether a column holds no NULL, as far as history tells. A part of a primary key does not. */
export function isNotNull(table: ObjectRef, column: string, known: Known): boolean {
  // What a partition says of a column of its table is set of a column that it does not name itself.
  if (known.settings({ kind: 'column', name: column, of: nameOfRef(table) })['not null'] === true) return true;
  const detail = columnOf(table, column, known);
  if (detail?.notNull === true && detail.notNullUnproven === undefined) return true;
  return constraintsOf(table, known).some(
    ({ detail: key }) => key?.contype === 'p' && key.columns?.includes(column) === true,
  );
}

/**
 * Whether a relation is published with its updates although nothing identifies its rows: PostgreSQL then refuses UPDATE
 * and DELETE (55000).
 */
export function lacksIdentity(table: ObjectRef, known: Known): boolean {
  const key = known.key(tableRef(table));
  const isPublished =
    known.ofKind('publication').some(({ detail }) => detail?.forAllTables) ||
    known.ofKind('publication table').some(({ schema, name }) => known.key(tableRef({ schema, name })) === key);
  return isPublished && isUnidentified(table, known);
}

/** Whether nothing identifies the rows of a table for replication. */
export function isUnidentified(table: ObjectRef, known: Known): boolean {
  const identity = known.settings(tableRef(table))['replica identity'];
  if (identity === 'f') return false;
  if (identity === undefined || identity === 'd')
    return (
      !constraintsOf(table, known).some(({ detail }) => detail?.contype === 'p') && known.has(tableRef(table)) === true
    );
  return identity === 'n' || !known.parts(tableRef(table)).some(({ name }) => name === identity);
}

/** The domain of a type's name; undefined where it is none. */
export function domainOf(type: string, known: Known): ObjectRef | undefined {
  if (type.endsWith('[]')) return undefined;
  const name = nameInString(type);
  const ref = name && known.get({ kind: 'domain', ...name })?.ref;
  return ref?.kind === 'domain' ? ref : undefined;
}

/** Whether a domain, or the one below it, has something to check: CHECK or NOT NULL. */
export function isConstrained(domain: ObjectRef, known: Known, depth = 0): boolean {
  if (domain.detail?.notNull) return true;
  if (known.parts({ kind: 'domain', ...nameOfRef(domain) }).some((part) => part.kind === 'domain constraint'))
    return true;
  const below = domain.detail?.base && depth < MAX_DEPTH ? domainOf(domain.detail.base.type, known) : undefined;
  return below !== undefined && isConstrained(below, known, depth + 1);
}
