/** The locks of statements about partitions (`ATExecAttachPartition` and `DefineRelation` in tablecmds.c). */
import type { NodeOf } from '../../syntax/parser.ts';
import { flatMap } from '../../lists.ts';
import { nameOfRange, nodeAs } from '../nodes.ts';
import type { ObjectRef } from '../objects.ts';
import { referencedBy, targetOf, type Touches } from './alter-table.ts';
import { proveBound, proveOutside, provenChecks, takesNull } from './proofs.ts';
import {
  constraintsOf,
  indexesOf,
  isNotNull,
  lockAll,
  partitionsOf,
  relationOf,
  storedIn,
  tableRef,
} from './relations.ts';
import type { Cause, Known, Touch } from './types.ts';

type Bound = NodeOf<'PartitionBoundSpec'>;

export const attachPartition: Touches = (cmd, around, known) => {
  const { table: parent } = targetOf(around, known);
  const { name, bound } = nodeAs(cmd.def, 'PartitionCmd') ?? {};
  const partition = relationOf(nameOfRange(name), known);
  return [
    { relation: parent, lock: 'SHARE UPDATE EXCLUSIVE' },
    ...lockAll(partition, 'ACCESS EXCLUSIVE', known),
    ...(bound?.is_default ? [] : ofDefault(parent, bound, known)),
    ...flatMap(storedIn(partition, known), (stored) => [
      ...(isWithinBound(stored, parent, bound, known) ? [] : [full(stored, 'scan', 'partition', parent.name)]),
      ...missingIndexes(stored, parent, known),
    ]),
    ...missingKeys(partition, parent, known),
  ];
};

const full = (relation: ObjectRef, work: Touch['work'], cause: Cause, subject?: string): Touch => ({
  relation,
  lock: 'ACCESS EXCLUSIVE',
  ...(work && { work }),
  cause,
  ...(subject !== undefined && { subject }),
});

/** Whether checks and NOT NULL prove that all rows belong into the partition. */
function isWithinBound(partition: ObjectRef, parent: ObjectRef, bound: Bound | undefined, known: Known): boolean {
  const { by, columns = [] } = parent.detail?.partitions ?? {};
  if (!bound || by === 'hash') return false;
  // What a default partition must not hold, the other partitions say.
  if (bound.is_default) return partitionsOf(parent, known).length === 0;
  const [column] = columns;
  if (columns.length !== 1 || column === undefined) return false;
  const checks = provenChecks(partition, known);
  const isFilled = isNotNull(partition, column, known) || (by === 'list' && takesNull(bound));
  return (isFilled || provesColumn(checks, column)) && proveBound(checks, column, bound);
}

const provesColumn = (checks: readonly ObjectRef[], column: string): boolean =>
  checks.some(
    ({ detail }) =>
      detail?.check !== undefined &&
      JSON.stringify(detail.check).includes(`"IS_NOT_NULL"`) &&
      detail.columns?.includes(column),
  );

/** A default partition is locked, and read for rows that belong into the new one, unless a check rules them out. */
function ofDefault(parent: ObjectRef, bound: Bound | undefined, known: Known): Touch[] {
  const other = known.parts(tableRef(parent)).find((part) => part.kind === 'table' && part.detail?.isDefault);
  if (!other) return [];
  const [column] = parent.detail?.partitions?.columns ?? [];
  const isProven =
    bound !== undefined && column !== undefined && proveOutside(provenChecks(other, known), column, bound);
  return [
    ...lockAll(other, 'ACCESS EXCLUSIVE', known),
    ...(isProven ? [] : storedIn(other, known).map((stored) => full(stored, 'scan', 'default partition', parent.name))),
  ];
}

/** The indexes and keys of the parent that the new partition lacks, so that they are built. */
function missingIndexes(partition: ObjectRef, parent: ObjectRef, known: Known): Touch[] {
  const own = indexesOf(partition, known);
  const ownKeys = constraintsOf(partition, known);
  // A key needs a key: an index without a constraint does not do.
  const isSameKey = (a: ObjectRef, b: ObjectRef) =>
    a.detail?.contype === b.detail?.contype && JSON.stringify(a.detail?.columns) === JSON.stringify(b.detail?.columns);
  const keys = constraintsOf(parent, known).filter(({ detail }) => detail?.unique);
  return [
    ...indexesOf(parent, known)
      .filter((index) => !own.some(({ detail }) => detail?.definition === index.detail?.definition))
      .filter((index) => !keys.some(({ name }) => name === index.name))
      .map(({ name }) => full(partition, 'build', 'index of partition', name)),
    ...keys
      .filter((key) => !ownKeys.some((other) => isSameKey(key, other)))
      .map(({ name }) => full(partition, 'build', 'index of partition', name)),
  ];
}

/** The foreign keys of the parent that the new partition lacks, so that its rows are looked up. */
function missingKeys(partition: ObjectRef, parent: ObjectRef, known: Known): Touch[] {
  const own = constraintsOf(partition, known);
  return flatMap(constraintsOf(parent, known), ({ name, detail }): Touch[] => {
    if (detail?.contype !== 'f' || !detail.references) return [];
    const columns = JSON.stringify(detail.columns);
    const hasIt = own.some(
      (other) =>
        other.detail?.contype === 'f' &&
        other.detail.unproven === undefined &&
        JSON.stringify(other.detail.columns) === columns,
    );
    if (hasIt) return [];
    return [
      ...lockAll(relationOf(detail.references.table, known), 'SHARE ROW EXCLUSIVE', known),
      ...storedIn(partition, known).map((stored) => full(stored, 'scan', 'foreign key of partition', name)),
    ];
  });
}

export const detachPartition: Touches = (cmd, around, known) => {
  const { table: parent } = targetOf(around, known);
  const { name, concurrent } = nodeAs(cmd.def, 'PartitionCmd') ?? {};
  const partition = relationOf(nameOfRange(name), known);
  const isWeak = concurrent === true || cmd.subtype === 'AT_DetachPartitionFinalize';
  const other = known.parts(tableRef(parent)).find((part) => part.kind === 'table' && part.detail?.isDefault);
  return [
    { relation: parent, lock: isWeak ? 'SHARE UPDATE EXCLUSIVE' : 'ACCESS EXCLUSIVE' },
    ...lockAll(partition, 'ACCESS EXCLUSIVE', known),
    ...(other && !isWeak ? [{ relation: other, lock: 'ACCESS EXCLUSIVE' as const }] : []),
  ];
};

/** ALTER INDEX … ATTACH PARTITION. */
export const attachIndex: Touches = (cmd, _, known) => {
  const name = nameOfRange(nodeAs(cmd.def, 'PartitionCmd')?.name);
  const of = known.get({ kind: 'index', ...name })?.ref.of;
  return of ? [{ relation: relationOf(of, known), lock: 'ACCESS SHARE' }] : [];
};

/** CREATE TABLE: the table is new, and nobody waits for it; the tables that it names are not. */
export function createTable(node: NodeOf<'CreateStmt'>, known: Known): Touch[] {
  const table = nameOfRange(node.relation);
  if (node.if_not_exists && known.has(tableRef(table)) === true) return [];
  const references = referencedBy(node.tableElts, known);
  const above = (node.inhRelations ?? []).map((r) => relationOf(nameOfRange(nodeAs(r, 'RangeVar')), known));
  const copied = flatMap(node.tableElts ?? [], (e) => {
    const like = nodeAs(e, 'TableLikeClause')?.relation;
    return like ? [{ relation: relationOf(nameOfRange(like), known), lock: 'ACCESS SHARE' as const }] : [];
  });
  if (!node.partbound)
    return [
      ...references,
      ...copied,
      ...above.map((relation): Touch => ({ relation, lock: 'SHARE UPDATE EXCLUSIVE' })),
    ];
  const [parent] = above;
  if (!parent) return references;
  const keys = flatMap(constraintsOf(parent, known), ({ detail }) =>
    detail?.references ? lockAll(relationOf(detail.references.table, known), 'SHARE ROW EXCLUSIVE', known) : [],
  );
  return [
    ...references,
    ...keys,
    { relation: parent, lock: 'ACCESS EXCLUSIVE' },
    ...(node.partbound.is_default ? [] : ofDefault(parent, node.partbound, known)),
  ];
}
