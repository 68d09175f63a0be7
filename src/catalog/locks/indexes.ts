/** The locks of statements about indexes and materialized views. */
import type { NodeOf } from '../../syntax/parser.ts';
import { flatMap } from '../../lists.ts';
import type { Surroundings } from '../effects.ts';
import { indexColumns } from '../columns.ts';
import { digestOf } from '../digest.ts';
import { isOn, nameOf, nameOfRange } from '../nodes.ts';
import type { ObjectRef } from '../objects.ts';
import { columnOf, indexesOf, isPartitioned, lockAll, relationOf, storedIn, tableRef } from './relations.ts';
import type { Known, LockMode, Touch } from './types.ts';

const build = (relations: readonly ObjectRef[], lock: LockMode, subject: string | undefined): Touch[] =>
  relations.map((relation) => ({
    relation,
    lock,
    work: 'build',
    cause: 'index',
    ...(subject !== undefined && { subject }),
  }));

/** The digest by which history compares indexes. */
export const digestOfIndex = (node: NodeOf<'IndexStmt'>): number =>
  digestOf([node.accessMethod, node.indexParams, node.whereClause, node.unique, node.indexIncludingParams]);

export function createIndex(node: NodeOf<'IndexStmt'>, _: Surroundings, known: Known): Touch[] {
  const table = relationOf(nameOfRange(node.relation), known);
  const lock: LockMode = node.concurrent ? 'SHARE UPDATE EXCLUSIVE' : 'SHARE';
  const only = node.relation?.inh !== true;
  const isThere =
    node.if_not_exists &&
    known.has({ kind: 'index', schema: known.schemaOf(table), name: node.idxname ?? '' }) === true;
  if (isThere) return [{ relation: table, lock }];
  const isVirtual = indexColumns(node.indexParams).some(
    (name) => name !== undefined && columnOf(table, name, known)?.generated === 'virtual',
  );
  // PostgreSQL refuses an index on a virtual column, and CONCURRENTLY on a partitioned table.
  if (isVirtual || (node.concurrent && isPartitioned(table))) return [];
  if (!isPartitioned(table)) return build([table], lock, node.idxname);
  const digest = digestOfIndex(node);
  // A partition that has such an index lends it.
  const without = storedIn(table, known, only).filter(
    (partition) => !indexesOf(partition, known).some(({ detail }) => detail?.definition === digest),
  );
  return [...lockAll(table, lock, known, only), ...build(without, lock, node.idxname)];
}

/** The table of an index, with the index itself. */
function ownerOf(index: ObjectRef, known: Known): ObjectRef | undefined {
  const of = known.get(index)?.ref.of;
  return of && relationOf(of, known);
}

export function dropIndexes(indexes: readonly ObjectRef[], isConcurrent: boolean, known: Known): Touch[] {
  return flatMap(indexes, (index): Touch[] => {
    const table = ownerOf(index, known);
    if (!table) return [];
    const lock: LockMode = isConcurrent ? 'SHARE UPDATE EXCLUSIVE' : 'ACCESS EXCLUSIVE';
    return lockAll(table, lock, known);
  });
}

export function reindex(node: NodeOf<'ReindexStmt'>, _: Surroundings, known: Known): Touch[] {
  const lock: LockMode = isOn(node.params, 'concurrently') ? 'SHARE UPDATE EXCLUSIVE' : 'SHARE';
  const rebuild = (tables: readonly ObjectRef[], subject?: string): Touch[] =>
    tables.map((relation) => ({
      relation,
      lock,
      work: 'build',
      cause: 'reindex',
      ...(subject !== undefined && { subject }),
    }));
  const named = nameOfRange(node.relation);
  switch (node.kind) {
    case 'REINDEX_OBJECT_INDEX': {
      const table = ownerOf({ kind: 'index', ...named }, known);
      return table ? rebuild(storedIn(table, known), named.name) : [];
    }
    case 'REINDEX_OBJECT_TABLE':
      return rebuild(storedIn(relationOf(named, known), known));
    case 'REINDEX_OBJECT_SCHEMA':
      return rebuild(
        known.ofKind('table').filter((table) => known.schemaOf(table) === node.name && !isPartitioned(table)),
      );
    case 'REINDEX_OBJECT_DATABASE':
      return rebuild(known.ofKind('table').filter((table) => !isPartitioned(table)));
    default:
      return [];
  }
}

export function refresh(node: NodeOf<'RefreshMatViewStmt'>, _: Surroundings, known: Known): Touch[] {
  const relation = relationOf(nameOfRange(node.relation), known);
  return node.concurrent
    ? [{ relation, lock: 'EXCLUSIVE' }]
    : [{ relation, lock: 'ACCESS EXCLUSIVE', work: 'rewrite', cause: 'refresh' }];
}

export function cluster(node: NodeOf<'ClusterStmt'>, _: Surroundings, known: Known): Touch[] {
  if (!node.relation) return [];
  return storedIn(relationOf(nameOfRange(node.relation), known), known).map((relation) => ({
    relation,
    lock: 'ACCESS EXCLUSIVE',
    work: 'rewrite',
    cause: 'cluster',
  }));
}

export function vacuum(node: NodeOf<'VacuumStmt'>, _: Surroundings, known: Known): Touch[] {
  const isFull = node.is_vacuumcmd === true && isOn(node.options, 'full') === true;
  const named = flatMap(node.rels ?? [], (rel) => {
    const { relation } = (rel as { VacuumRelation?: NodeOf<'VacuumRelation'> }).VacuumRelation ?? {};
    return relation ? storedIn(relationOf(nameOfRange(relation), known), known) : [];
  });
  const tables = named.length > 0 || node.rels ? named : isFull ? known.ofKind('table') : [];
  return tables.map((relation) =>
    isFull
      ? { relation, lock: 'ACCESS EXCLUSIVE', work: 'rewrite', cause: 'vacuum full' }
      : { relation, lock: 'SHARE UPDATE EXCLUSIVE' },
  );
}

/** ALTER DOMAIN … ADD CHECK, SET NOT NULL and VALIDATE read every table that has a column of the domain. */
export function alterDomain(node: NodeOf<'AlterDomainStmt'>, _: Surroundings, known: Known): Touch[] {
  const kind = String(node.subtype);
  const constraint = (node.def as { Constraint?: NodeOf<'Constraint'> } | undefined)?.Constraint;
  const isAdded = (kind === 'C' || kind === 'AD_AddConstraint') && constraint?.skip_validation !== true;
  const isNotNull = kind === 'O' || kind === 'AD_SetNotNull';
  const isValidated = kind === 'V' || kind === 'AD_ValidateConstraint';
  if (!isAdded && !isNotNull && !isValidated) return [];
  const name = nameOf(node.typeName);
  const tables = tablesWith({ kind: 'domain', ...name }, known);
  // A domain in an array or a composite type cannot be checked: PostgreSQL refuses the statement.
  if (tables === undefined) return [];
  return tables.map((relation) => ({
    relation,
    lock: 'SHARE',
    work: 'scan',
    cause: 'domain constraint',
    subject: name.name,
  }));
}

/** The tables with a column of a domain, or of a domain over it; undefined where an array of it is a column. */
function tablesWith(domain: ObjectRef, known: Known): ObjectRef[] | undefined {
  const key = known.key(domain);
  const names = new Set([key]);
  const domains = known.ofKind('domain');
  for (let size = 0; size < names.size;) {
    size = names.size;
    for (const other of domains)
      if (other.detail?.base && names.has(typeKey(other.detail.base.type, known))) names.add(known.key(other));
  }
  const columns = known.ofKind('column');
  const isOf = (type: string | undefined) => type !== undefined && names.has(typeKey(type, known));
  if (columns.some(({ detail }) => detail?.type?.endsWith('[]') && isOf(detail.type.replaceAll('[]', ''))))
    return undefined;
  const tables = new Map<string, ObjectRef>();
  for (const { detail, of } of columns) {
    if (!of || !isOf(detail?.type)) continue;
    for (const table of storedIn(relationOf(of, known), known)) tables.set(known.key(tableRef(table)), table);
  }
  return [...tables.values()];
}

function typeKey(type: string, known: Known): string {
  const parts = type.split('.');
  return known.key({ kind: 'domain', schema: parts.length > 1 ? parts[0] : undefined, name: parts.at(-1)! });
}
