/** The locks of each entry of the table of statements that takes one on a relation. */
import type { NodeOf, NodeTag } from '../../syntax/parser.ts';
import { flatMap } from '../../lists.ts';
import { namesIn } from '../needs.ts';
import { nameOf, nameOfRange, nodeAs } from '../nodes.ts';
import type { Kind, Name, ObjectRef } from '../objects.ts';
import {
  addColumn,
  addConstraint,
  alterAttribute,
  alterConstraint,
  alterType,
  dropColumn,
  dropConstraint,
  dropsOf,
  lockOnly,
  setAccessMethod,
  setExpression,
  setLogged,
  setNotNull,
  setOptions,
  setTablespace,
  targetOf,
  validateConstraint,
  type Touches,
} from './alter-table.ts';
import { alterDomain, cluster, createIndex, dropIndexes, refresh, reindex, vacuum } from './indexes.ts';
import { attachIndex, attachPartition, createTable, detachPartition } from './partitions.ts';
import { constraintsOf, lockAll, partitionedBy, relationOf, tableRef } from './relations.ts';
import { change, insert, lockTable, readBy, truncate } from './rows.ts';
import type { Known, LockMode, Locks, Touch } from './types.ts';

/** Types the locks of an entry by its node. */
const locks = <T extends NodeTag>(says: string, touches: Locks<T>['touches']): Locks<T> => ({ says, touches });

/** Locks that nobody waits for by themselves. */
const weakLocks = <T extends NodeTag>(says: string, touches: Locks<T>['touches']): Locks<T> => ({
  says,
  touches,
  areWeak: true,
});

const ofCommand = (says: string, touches: Touches): Locks<'AlterTableCmd'> => ({ says, touches });

const full = lockOnly('ACCESS EXCLUSIVE');
const FULL = 'ACCESS EXCLUSIVE on the table';
const WEAK = 'SHARE UPDATE EXCLUSIVE on the table';

/** The subcommands that set a column, of which most take the full lock. */
const columnSetting: Touches = (cmd, around, known) => {
  switch (cmd.subtype) {
    case 'AT_SetNotNull':
      return setNotNull(cmd, around, known);
    case 'AT_SetExpression':
      return setExpression(cmd, around, known);
    case 'AT_SetStatistics':
    case 'AT_SetOptions':
    case 'AT_ResetOptions':
      return around.objectType === 'OBJECT_INDEX' ? [] : lockOnly('SHARE UPDATE EXCLUSIVE')(cmd, around, known);
    default:
      return full(cmd, around, known);
  }
};

/** The subcommands that set the table itself. */
const tableSetting: Touches = (cmd, around, known) => {
  const subtype: string = cmd.subtype ?? '';
  if (around.objectType === 'OBJECT_INDEX') return ofIndex(cmd, around, known);
  if (/^AT_(?:Enable|Disable)(?:Always|Replica)?Trig/.test(subtype))
    return lockOnly('SHARE ROW EXCLUSIVE')(cmd, around, known);
  switch (cmd.subtype) {
    case 'AT_ValidateConstraint':
      return validateConstraint(cmd, around, known);
    case 'AT_AlterConstraint':
      return alterConstraint(cmd, around, known);
    case 'AT_ClusterOn':
    case 'AT_DropCluster':
      return lockOnly('SHARE UPDATE EXCLUSIVE')(cmd, around, known);
    case 'AT_SetLogged':
    case 'AT_SetUnLogged':
      return setLogged(cmd, around, known);
    case 'AT_SetAccessMethod':
      return setAccessMethod(cmd, around, known);
    case 'AT_SetTableSpace':
      return setTablespace(cmd, around, known);
    case 'AT_SetRelOptions':
    case 'AT_ResetRelOptions':
      return setOptions(cmd, around, known);
    default:
      return ALONE.has(subtype)
        ? [{ relation: targetOf(around, known).table, lock: 'ACCESS EXCLUSIVE' }]
        : full(cmd, around, known);
  }
};

/** Subcommands that do not go on to the partitions. */
const ALONE = new Set([
  'AT_ChangeOwner',
  'AT_ReplicaIdentity',
  'AT_EnableRowSecurity',
  'AT_DisableRowSecurity',
  'AT_ForceRowSecurity',
  'AT_NoForceRowSecurity',
  'AT_AddOf',
  'AT_EnableRule',
  'AT_EnableAlwaysRule',
  'AT_EnableReplicaRule',
  'AT_DisableRule',
]);

/** ALTER INDEX … SET TABLESPACE copies the file of the index; the other settings take the weak lock on it alone. */
const ofIndex: Touches = (cmd, { table }, known) => {
  const index = known.get({ kind: 'index', ...table })?.ref;
  if (cmd.subtype !== 'AT_SetTableSpace' || !index?.of || cmd.name === 'pg_default') return [];
  const relation = relationOf(index.of, known);
  return [
    { relation, lock: 'ACCESS SHARE' },
    {
      relation: { ...index, kind: 'index' },
      lock: 'ACCESS EXCLUSIVE',
      work: 'rewrite',
      cause: 'tablespace',
      subject: index.name,
    },
  ];
};

const inherit: Touches = (cmd, around, known) => {
  const parent = relationOf(nameOfRange(nodeAs(cmd.def, 'RangeVar')), known);
  const isAdded = cmd.subtype === 'AT_AddInherit';
  return [...full(cmd, around, known), { relation: parent, lock: isAdded ? 'SHARE UPDATE EXCLUSIVE' : 'ACCESS SHARE' }];
};

const attach: Touches = (cmd, around, known) =>
  around.objectType === 'OBJECT_INDEX' ? attachIndex(cmd, around, known) : attachPartition(cmd, around, known);

/** ALTER TABLE, by the keys of the entries. */
export const alterTableLocks: Readonly<Record<string, Locks<'AlterTableCmd'>>> = {
  'add-column': ofCommand(
    `${FULL}; writes all rows where the default is volatile, stored or from a sequence; reads them for a CHECK`,
    addColumn,
  ),
  'add-attribute': ofCommand('With CASCADE, ACCESS EXCLUSIVE on the typed tables', alterAttribute),
  'drop-attribute': ofCommand('With CASCADE, ACCESS EXCLUSIVE on the typed tables', alterAttribute),
  'drop-column': ofCommand(`${FULL}, and on those that its foreign keys join`, dropColumn),
  'add-constraint': ofCommand(
    `${FULL}, for a foreign key SHARE ROW EXCLUSIVE on both; reads all rows, or builds the index`,
    addConstraint,
  ),
  'add-constraint-unnamed': ofCommand(
    `${FULL}, for a foreign key SHARE ROW EXCLUSIVE on both; reads all rows, or builds the index`,
    addConstraint,
  ),
  'add-not-null-constraint': ofCommand(`${FULL}; reads all rows unless NOT VALID or a CHECK proves it`, addConstraint),
  'drop-constraint': ofCommand(`${FULL}, and on those that a foreign key joins`, dropConstraint),
  'alter-column-type-using': ofCommand(`${FULL}; writes all rows unless no byte changes`, alterTypeOf),
  'alter-column-type': ofCommand(`${FULL}; writes all rows unless no byte changes`, alterTypeOf),
  'add-identity': ofCommand(FULL, full),
  'drop-identity': ofCommand(FULL, full),
  'drop-expression': ofCommand(FULL, full),
  inherit: ofCommand(FULL, inherit),
  'no-inherit': ofCommand(FULL, inherit),
  'attach-partition': ofCommand(
    `${WEAK}, ACCESS EXCLUSIVE on the partition and the default one; reads it unless a CHECK proves the bound`,
    attach,
  ),
  'attach-index-partition': ofCommand('ACCESS EXCLUSIVE on the index of the partition', attach),
  'detach-partition': ofCommand('ACCESS EXCLUSIVE on the table and the partition', detachPartition),
  'detach-partition-concurrently': ofCommand(`${WEAK}, ACCESS EXCLUSIVE on the partition at its end`, detachPartition),
  'not-of': ofCommand(FULL, full),
  'foreign-table-options': ofCommand(FULL, full),
  'foreign-column-options': ofCommand(FULL, full),
  'alter-column-setting': ofCommand(
    `${FULL}, SHARE UPDATE EXCLUSIVE for SET STATISTICS; SET NOT NULL reads all rows, SET EXPRESSION writes them`,
    columnSetting,
  ),
  'alter-table-setting': ofCommand(
    `${FULL}, SHARE ROW EXCLUSIVE for triggers, SHARE UPDATE EXCLUSIVE for VALIDATE, CLUSTER ON, most of SET (…); ` +
      'SET LOGGED, ACCESS METHOD and TABLESPACE write all rows',
    tableSetting,
  ),
};

function alterTypeOf(...[cmd, around, known]: Parameters<Touches>): Touch[] {
  return around.objectType === 'OBJECT_TYPE' ? alterAttribute(cmd, around, known) : alterType(cmd, around, known);
}

// ---------------------------------------------------------------- other statements

export const createIndexLocks = locks<'IndexStmt'>(
  'SHARE on the table, or SHARE UPDATE EXCLUSIVE with CONCURRENTLY; builds the index',
  createIndex,
);

export const createTableLocks = locks<'CreateStmt'>(
  'SHARE ROW EXCLUSIVE on tables that its foreign keys point to; ACCESS EXCLUSIVE on the table of a PARTITION OF',
  (node, _, known) => createTable(node, known),
);

export const createTableAsLocks = weakLocks<'CreateTableAsStmt'>('ACCESS SHARE on what it reads', (node, _, known) =>
  readBy(node.query, known),
);

export const selectLocks = weakLocks<'SelectStmt'>('ACCESS SHARE on what it reads', (node, _, known) =>
  readBy({ SelectStmt: node }, known),
);

export const createViewLocks = locks<'ViewStmt'>(
  'ACCESS SHARE on what it reads; OR REPLACE takes ACCESS EXCLUSIVE on the view',
  (node, _, known) => {
    const view = tableRef(nameOfRange(node.view));
    const isReplaced = node.replace === true && known.has(view) === true;
    return [
      ...(isReplaced ? [{ relation: relationOf(view, known), lock: 'ACCESS EXCLUSIVE' as const }] : []),
      ...read(node.query, known),
    ];
  },
);

/** ACCESS SHARE on the tables that a tree names and history knows. */
const read = (tree: unknown, known: Known): Touch[] =>
  flatMap(namesIn(tree).relations, ({ name }): Touch[] => {
    const relation = known.get(tableRef(name))?.ref;
    return relation ? [{ relation, lock: 'ACCESS SHARE' }] : [];
  });

export const createTriggerLocks = locks<'CreateTrigStmt'>('SHARE ROW EXCLUSIVE on the table', (node, _, known) =>
  lockAll(relationOf(nameOfRange(node.relation), known), 'SHARE ROW EXCLUSIVE', known),
);

export const createRuleLocks = locks<'RuleStmt'>(FULL, (node, _, known) => [
  { relation: relationOf(nameOfRange(node.relation), known), lock: 'ACCESS EXCLUSIVE' },
]);

export const createPolicyLocks = locks<'CreatePolicyStmt'>(
  `${FULL}, ACCESS SHARE on those that its conditions read`,
  (node, _, known) => [
    { relation: relationOf(nameOfRange(node.table), known), lock: 'ACCESS EXCLUSIVE' },
    ...read([node.qual, node.with_check], known),
  ],
);

export const alterPolicyLocks = locks<'AlterPolicyStmt'>(FULL, (node, _, known) => [
  { relation: relationOf(nameOfRange(node.table), known), lock: 'ACCESS EXCLUSIVE' },
  ...read([node.qual, node.with_check], known),
]);

export const createStatisticsLocks = locks<'CreateStatsStmt'>(WEAK, (node, _, known) => [
  { relation: relationOf(nameOfRange(nodeAs(node.relations?.[0], 'RangeVar')), known), lock: 'SHARE UPDATE EXCLUSIVE' },
]);

export const alterDomainLocks = locks<'AlterDomainStmt'>(
  'A constraint that is checked: SHARE on every table with a column of the domain, which it reads',
  alterDomain,
);

export const reindexLocks = locks<'ReindexStmt'>(
  'SHARE on the table and ACCESS EXCLUSIVE on the index, or SHARE UPDATE EXCLUSIVE with CONCURRENTLY; builds the index',
  reindex,
);
export const refreshLocks = locks<'RefreshMatViewStmt'>(
  'ACCESS EXCLUSIVE on the view, or EXCLUSIVE with CONCURRENTLY; writes all rows',
  refresh,
);
export const clusterLocks = locks<'ClusterStmt'>(`${FULL}; writes all rows`, cluster);
export const vacuumLocks = locks<'VacuumStmt'>(
  'SHARE UPDATE EXCLUSIVE on the table; FULL takes ACCESS EXCLUSIVE and writes all rows',
  vacuum,
);

export const insertLocks = weakLocks<'InsertStmt'>(
  'ROW EXCLUSIVE on the table, ACCESS SHARE on those that it reads',
  (node, _, known) => insert(node, known),
);
export const updateLocks = weakLocks<'UpdateStmt'>(
  'ROW EXCLUSIVE on the table, ACCESS SHARE on those that it reads',
  (node, _, known) => change(node, known),
);
export const deleteLocks = weakLocks<'DeleteStmt'>(
  'ROW EXCLUSIVE on the table, ACCESS SHARE on those that it reads',
  (node, _, known) => change({ relation: node.relation, whereClause: node.whereClause }, known),
);
export const truncateLocks = locks<'TruncateStmt'>(`${FULL}; gives it an empty file`, (node, _, known) =>
  truncate(node, known),
);
export const lockTableLocks = locks<'LockStmt'>(
  'The lock that it names, otherwise ACCESS EXCLUSIVE',
  (node, _, known) => lockTable(node, known),
);

export const copyLocks = weakLocks<'CopyStmt'>('ROW EXCLUSIVE on the table, TO ACCESS SHARE', (node, _, known) =>
  node.relation
    ? [
        {
          relation: relationOf(nameOfRange(node.relation), known),
          lock: node.is_from ? 'ROW EXCLUSIVE' : 'ACCESS SHARE',
        },
      ]
    : readBy(node.query, known),
);

/** COMMENT ON takes the weak lock on a relation that it names, and on the one that a column is of. */
export const commentLocks = weakLocks<'CommentStmt'>(
  'SHARE UPDATE EXCLUSIVE on a table or on that of a column',
  (node, _, known) => {
    const items = nodeAs(node.object, 'List')?.items;
    if (node.objtype === 'OBJECT_COLUMN' && items) return weak(nameOf(items.slice(0, -1)), known);
    return items && ['OBJECT_TABLE', 'OBJECT_VIEW', 'OBJECT_MATVIEW'].includes(node.objtype ?? '')
      ? weak(nameOf(items), known)
      : [];
  },
);

const weak = (name: Name, known: Known): Touch[] => {
  const relation = known.get(tableRef(name))?.ref;
  return relation ? [{ relation, lock: 'SHARE UPDATE EXCLUSIVE' }] : [];
};

// ---------------------------------------------------------------- RENAME, SET SCHEMA, DROP

const RELATIONS = new Set<Kind>(['table', 'view', 'materialized view', 'foreign table', 'sequence']);

/** The relation that RENAME or SET SCHEMA of an object locks. */
function renamedIn(object: ObjectRef | undefined, known: Known): Touch[] {
  if (!object || object.kind === 'index') return [];
  const name = RELATIONS.has(object.kind) ? object : object.of;
  if (!name || (!RELATIONS.has(object.kind) && !OF_TABLES.has(object.kind))) return [];
  if (known.has(tableRef(name)) === false) return [];
  return object.kind === 'column'
    ? lockAll(relationOf(name, known), 'ACCESS EXCLUSIVE', known)
    : [{ relation: relationOf(name, known), lock: 'ACCESS EXCLUSIVE' }];
}

const OF_TABLES = new Set<Kind>(['column', 'constraint', 'policy', 'trigger', 'rule']);

/** The locks of RENAME and SET SCHEMA, whose entries know the object. */
export const renameLocks = <T extends NodeTag>(objectOf: (node: NodeOf<T>) => ObjectRef | undefined): Locks<T> =>
  locks<T>('ACCESS EXCLUSIVE on the relation, for an index SHARE UPDATE EXCLUSIVE on it alone', (node, _, known) =>
    renamedIn(objectOf(node), known),
  );

/** The locks of DROP: the full one on what is dropped, and on what it is joined with. */
export function droppedLocks(
  objects: readonly ObjectRef[],
  isConcurrent: boolean,
  isCascade: boolean,
  known: Known,
): Touch[] {
  const indexes = objects.filter(({ kind }) => kind === 'index');
  return [
    ...dropIndexes(indexes, isConcurrent, known),
    ...flatMap(objects, (object): Touch[] => (object.kind === 'index' ? [] : droppedLock(object, isCascade, known))),
  ];
}

function droppedLock(object: ObjectRef, isCascade: boolean, known: Known): Touch[] {
  const lock: LockMode = 'ACCESS EXCLUSIVE';
  if (OF_TABLES.has(object.kind))
    return object.of && known.has(object) !== false ? [{ relation: relationOf(object.of, known), lock }] : [];
  if (object.kind === 'statistics') {
    const of = known.get(object)?.ref.of;
    return of ? [{ relation: relationOf(of, known), lock: 'SHARE UPDATE EXCLUSIVE' }] : [];
  }
  if (object.kind === 'schema') return isCascade ? inSchema(object.name, known) : [];
  const cascaded = isCascade ? dropsOf(known.get(object)?.ref ?? object, known) : [];
  if (!RELATIONS.has(object.kind) || known.has(tableRef(object)) === false) return cascaded;
  const relation = relationOf(object, known);
  const parent = partitionedBy(relation, known);
  return [
    ...lockAll(relation, lock, known),
    ...(parent ? [{ relation: parent, lock }] : []),
    ...flatMap(constraintsOf(relation, known), ({ detail }) =>
      detail?.references ? lockAll(relationOf(detail.references.table, known), lock, known) : [],
    ),
    ...cascaded,
  ];
}

const inSchema = (schema: string, known: Known): Touch[] =>
  flatMap(['table', 'view', 'materialized view'] as const, (kind) =>
    flatMap(known.ofKind(kind), (relation): Touch[] =>
      known.schemaOf(relation) === schema ? [{ relation, lock: 'ACCESS EXCLUSIVE' }] : [],
    ),
  );
