/** Statements that say the same however often they run. The reason is part of the documentation. */
import type { Node, NodeOf, NodeTag } from '../../syntax/parser.ts';
import { ownerOfSequence } from '../columns.ts';
import { entry, type Effect, type Entry, type SessionEvent } from '../effects.ts';
import { callsOf } from '../functions.ts';
import {
  alterPolicyLocks,
  clusterLocks,
  commentLocks,
  lockTableLocks,
  refreshLocks,
  reindexLocks,
  vacuumLocks,
} from '../locks/index.ts';
import { namesIn } from '../needs.ts';
import { isOn, nameOf, nameOfRange, nodeAs, optionOf, roleName, strings } from '../nodes.ts';
import { objectOf } from '../object-nodes.ts';
import type { ObjectRef } from '../objects.ts';
import {
  defaultPrivilegeSettings,
  GRANTED_KINDS,
  grantSettings,
  isVolatile,
  policySettings,
  routineSettings,
  set,
} from '../settings.ts';
import { use } from '../uses.ts';
import { refreshObstacle } from './alter.ts';
import { flatMap } from '../../lists.ts';

interface Row<T extends NodeTag> extends Pick<
  Entry<T>,
  'node' | 'statement' | 'back' | 'inTransaction' | 'inDoBlock' | 'locks'
> {
  id?: string;
  /** The objects that it needs: a second run fails if a later statement has removed one of them. */
  needs?: (node: NodeOf<T>) => (ObjectRef | undefined)[];
  /** What it sets of objects, and the functions that it calls. */
  sets?: (node: NodeOf<T>) => Effect[];
}

/** A statement that says the same at every run. Its key is the name of its node: `alter-default-privileges`. */
function harmless<T extends NodeTag>({ id, needs, sets, ...row }: Row<T>): Entry {
  const ofNode = row.node
    .replace(/Stmt$/, '')
    .replace(/([a-z])([A-Z])/g, '$1-$2')
    .toLowerCase();
  return entry<T>({
    id: id ?? ofNode,
    ...row,
    secondRun: 'harmless',
    effects: (node) => [
      ...flatMap(needs?.(node) ?? [], (object) => (object ? [use(object)] : [])),
      ...(sets?.(node) ?? []),
    ],
  });
}

const noRows = (command: string) => `${command} returns rows, and PL/pgSQL has nowhere to put them`;
const ofVariables = 'in PL/pgSQL, cursors are variables';

/** Only the REINDEX of one index or table, which is not CONCURRENTLY, takes no transactions of its own. */
function reindexObstacle({ kind, params }: NodeOf<'ReindexStmt'>): true | string {
  if (isOn(params, 'concurrently')) return 'REINDEX CONCURRENTLY';
  return kind === 'REINDEX_OBJECT_INDEX' || kind === 'REINDEX_OBJECT_TABLE' ? true : 'REINDEX of more than one table';
}

/** Whether a list of options has one. */
const defines = (options: readonly Node[] | undefined, name: string): boolean =>
  (options ?? []).some((option) => nodeAs(option, 'DefElem')?.defname === name);

/** The columns that a privilege is for: GRANT SELECT (a, b) ON a table. */
function grantedColumns(node: NodeOf<'GrantStmt'>, relation: NodeOf<'RangeVar'> | undefined): ObjectRef[] {
  const names = relation ? flatMap(node.privileges ?? [], (p) => strings(nodeAs(p, 'AccessPriv')?.cols)) : [];
  return names.map((name) => ({ kind: 'column', name, of: nameOfRange(relation) }));
}

type TransactionKind = NonNullable<NodeOf<'TransactionStmt'>['kind']>;

/** What ends at the end of a transaction does so however it ends. */
const SESSION_EVENTS: Partial<Record<TransactionKind, SessionEvent>> = {
  TRANS_STMT_BEGIN: 'begin',
  TRANS_STMT_START: 'begin',
  TRANS_STMT_COMMIT: 'commit',
  TRANS_STMT_ROLLBACK: 'commit',
};

const relationOf = (relation: NodeOf<'RangeVar'> | undefined): ObjectRef | undefined =>
  relation && { kind: 'table', ...nameOfRange(relation) };

const namedRole = (name: string | undefined): ObjectRef | undefined =>
  name === undefined ? undefined : { kind: 'role', name };

/** A role that is named; CURRENT_USER and PUBLIC are always there. */
const roleRef = (role: NodeOf<'RoleSpec'> | undefined): ObjectRef | undefined => namedRole(role?.rolename);

/** Says the same at every run, but not of the same objects. */
const grantOnAll = entry<'GrantStmt'>({
  id: 'grant-on-all',
  back: 'grants and revokes what differs',
  statement: 'GRANT or REVOKE … ON ALL … IN SCHEMA',
  node: 'GrantStmt',
  inTransaction: true,
  when: (node) => node.targtype === 'ACL_TARGET_ALL_IN_SCHEMA',
  secondRun: 'harmless',
  effects: (node) => [
    {
      action: 'reach',
      kinds: GRANTED_KINDS[node.objtype ?? ''] ?? [],
      schemas: strings(node.objects),
      why: `${node.is_grant ? 'GRANT' : 'REVOKE'} applies to every object that exists in the schema when it runs`,
    },
    ...grantSettings(node),
  ],
  unfixable: 'move it behind the statements that create these objects, or name the objects',
});

export const harmlessEntries: Entry[] = [
  grantOnAll,
  harmless({
    node: 'AlterCollationStmt',
    statement: 'ALTER COLLATION … REFRESH VERSION',
    back: { none: 'it says which version the indexes were built with' },
    inTransaction: true,
    needs: (node) => [{ kind: 'collation', ...nameOf(node.collname) }],
  }),
  harmless({
    node: 'AlterDatabaseRefreshCollStmt',
    statement: 'ALTER DATABASE … REFRESH COLLATION VERSION',
    back: { none: 'it says which version the indexes were built with' },
    inTransaction: true,
  }),
  harmless({
    node: 'AlterDatabaseSetStmt',
    statement: 'ALTER DATABASE … SET',
    back: 'sets it as it was',
    inTransaction: true,
  }),
  harmless({
    node: 'AlterDatabaseStmt',
    statement: 'ALTER DATABASE',
    back: { none: 'the properties of a database are not read' },
    inTransaction: ({ options }) => (defines(options, 'tablespace') ? 'ALTER DATABASE … SET TABLESPACE' : true),
  }),
  harmless({
    node: 'AlterDefaultPrivilegesStmt',
    statement: 'ALTER DEFAULT PRIVILEGES',
    back: 'grants and revokes what differs',
    inTransaction: true,
    sets: defaultPrivilegeSettings,
  }),
  harmless({
    node: 'AlterEventTrigStmt',
    statement: 'ALTER EVENT TRIGGER … ENABLE or DISABLE',
    back: 'sets it as it was',
    inTransaction: true,
    needs: (node) => [{ kind: 'event trigger', name: node.trigname ?? '' }],
    sets: (node) => [set({ kind: 'event trigger', name: node.trigname ?? '' }, 'enabled', node.tgenabled)],
  }),
  harmless({
    node: 'AlterExtensionStmt',
    statement: 'ALTER EXTENSION … UPDATE',
    back: { none: 'no extension goes back to an earlier version by itself' },
    inTransaction: true,
    needs: (node) => [{ kind: 'extension', name: node.extname ?? '' }],
  }),
  harmless({
    node: 'AlterFunctionStmt',
    statement: 'ALTER FUNCTION … (its properties)',
    back: 'makes it as it was',
    inTransaction: true,
    needs: (node) => [node.func && objectOf(node.objtype, { ObjectWithArgs: node.func })],
    sets: (node) => {
      const routine = node.func && objectOf(node.objtype, { ObjectWithArgs: node.func });
      if (!routine) return [];
      const isMarked = optionOf(node.actions, 'volatility') !== undefined;
      const marking: Effect[] = isMarked
        ? [
            {
              action: 'learn',
              object: routine,
              detail: { volatile: isVolatile(node.actions) || undefined, inlines: undefined },
            },
          ]
        : [];
      return [...marking, ...routineSettings(routine, node.actions)];
    },
  }),
  harmless({
    node: 'AlterObjectDependsStmt',
    statement: 'ALTER … DEPENDS ON EXTENSION',
    back: { none: 'what depends on an extension is not read' },
    inTransaction: true,
  }),
  harmless({
    node: 'AlterOperatorStmt',
    statement: 'ALTER OPERATOR … SET',
    back: 'makes it anew as it was',
    inTransaction: true,
  }),
  harmless({
    node: 'AlterOwnerStmt',
    statement: 'ALTER … OWNER TO',
    back: 'gives it back',
    inTransaction: true,
    needs: (node) => [relationOf(node.relation) ?? objectOf(node.objectType, node.object)],
    sets: (node) => {
      const object = relationOf(node.relation) ?? objectOf(node.objectType, node.object);
      return object ? [set(object, 'owner', roleName(node.newowner))] : [];
    },
  }),
  harmless({
    node: 'AlterPolicyStmt',
    locks: alterPolicyLocks,
    statement: 'ALTER POLICY … TO, USING, WITH CHECK',
    back: 'makes it as it was',
    inTransaction: true,
    needs: (node) => [
      relationOf(node.table),
      { kind: 'policy', name: node.policy_name ?? '', of: nameOfRange(node.table) },
    ],
    sets: policySettings,
  }),
  harmless({
    node: 'AlterRoleSetStmt',
    statement: 'ALTER ROLE … SET',
    back: 'sets it as it was',
    inTransaction: true,
    needs: (node) => [roleRef(node.role)],
  }),
  harmless({
    node: 'AlterRoleStmt',
    statement: 'ALTER ROLE',
    back: 'sets it as it was',
    inTransaction: true,
    needs: (node) => [roleRef(node.role)],
  }),
  harmless({
    node: 'AlterSeqStmt',
    statement: 'ALTER SEQUENCE',
    back: 'sets it as it was',
    inTransaction: true,
    needs: (node) =>
      node.missing_ok || !node.sequence
        ? []
        : [{ kind: 'sequence', ...nameOfRange(node.sequence) }, ...ownerOfSequence(node.options).needs],
    sets: ({ sequence, options }) => {
      const { detail } = ownerOfSequence(options);
      return detail ? [{ action: 'learn', object: { kind: 'sequence', ...nameOfRange(sequence) }, detail }] : [];
    },
  }),
  harmless({
    node: 'AlterStatsStmt',
    statement: 'ALTER STATISTICS … SET STATISTICS',
    back: 'sets it as it was',
    inTransaction: true,
    needs: (node) => (node.missing_ok ? [] : [{ kind: 'statistics', ...nameOf(node.defnames) }]),
  }),
  harmless({
    node: 'AlterSubscriptionStmt',
    statement: 'ALTER SUBSCRIPTION … SET, CONNECTION, REFRESH, ENABLE, DISABLE, SKIP',
    back: { none: 'a copy of the database has its own subscriptions' },
    inTransaction: refreshObstacle,
    needs: (node) => [{ kind: 'subscription', name: node.subname ?? '' }],
  }),
  harmless({
    node: 'AlterSystemStmt',
    statement: 'ALTER SYSTEM',
    back: { none: 'it changes a file of the server' },
    inTransaction: 'ALTER SYSTEM',
  }),
  harmless({
    node: 'AlterTSDictionaryStmt',
    statement: 'ALTER TEXT SEARCH DICTIONARY',
    back: 'sets it as it was',
    inTransaction: true,
    needs: (node) => [{ kind: 'text search dictionary', ...nameOf(node.dictname) }],
  }),
  harmless({
    node: 'AlterTableMoveAllStmt',
    statement: 'ALTER TABLE ALL IN TABLESPACE',
    back: { none: 'tablespaces are not read' },
    inTransaction: true,
  }),
  harmless({
    node: 'AlterTableSpaceOptionsStmt',
    statement: 'ALTER TABLESPACE … SET',
    back: { none: 'tablespaces are not read' },
    inTransaction: true,
  }),
  harmless({
    node: 'AlterTypeStmt',
    statement: 'ALTER TYPE … SET',
    back: { none: 'the properties of base types are not read' },
    inTransaction: true,
    needs: (node) => [{ kind: 'type', ...nameOf(node.typeName) }],
  }),
  harmless({
    node: 'CheckPointStmt',
    statement: 'CHECKPOINT',
    back: { none: 'it leaves nothing behind' },
    inTransaction: true,
  }),
  harmless({
    node: 'ClosePortalStmt',
    statement: 'CLOSE',
    back: { none: 'it leaves nothing behind' },
    inTransaction: true,
    inDoBlock: ofVariables,
  }),
  harmless({
    node: 'ClusterStmt',
    locks: clusterLocks,
    statement: 'CLUSTER',
    back: 'names the index again by which the table was clustered, or none',
    inTransaction: ({ relation }) => (relation ? true : 'CLUSTER of all tables'),
    needs: (node) => [
      relationOf(node.relation),
      node.indexname === undefined
        ? undefined
        : { kind: 'index', schema: node.relation?.schemaname, name: node.indexname },
    ],
  }),
  harmless({
    node: 'CommentStmt',
    locks: commentLocks,
    statement: 'COMMENT ON',
    back: 'sets it as it was',
    inTransaction: true,
    needs: (node) => [objectOf(node.objtype, node.object)],
  }),
  harmless({
    node: 'ConstraintsSetStmt',
    statement: 'SET CONSTRAINTS',
    back: { none: 'it leaves nothing behind' },
    inTransaction: true,
  }),
  harmless({
    id: 'deallocate-all',
    back: { none: 'it leaves nothing behind' },
    node: 'DeallocateStmt',
    statement: 'DEALLOCATE ALL',
    inTransaction: true,
  }),
  harmless({
    node: 'DeclareCursorStmt',
    statement: 'DECLARE',
    back: { none: 'it leaves nothing behind' },
    inTransaction: true,
    inDoBlock: ofVariables,
    sets: (node) => callsOf(namesIn(node.query)),
  }),
  harmless({
    node: 'DiscardStmt',
    statement: 'DISCARD',
    back: { none: 'it leaves nothing behind' },
    inTransaction: ({ target }) => (target === 'DISCARD_ALL' ? 'DISCARD ALL' : true),
    sets: ({ target }) =>
      target === 'DISCARD_ALL' || target === 'DISCARD_TEMP' ? [{ action: 'session', event: 'discard' }] : [],
  }),
  harmless({
    node: 'DropOwnedStmt',
    statement: 'DROP OWNED',
    back: 'makes again what it has dropped',
    inTransaction: true,
    needs: (node) => (node.roles ?? []).map((role) => roleRef(nodeAs(role, 'RoleSpec'))),
  }),
  harmless({
    node: 'ExplainStmt',
    statement: 'EXPLAIN',
    back: { none: 'it leaves nothing behind' },
    inTransaction: true,
    inDoBlock: noRows('EXPLAIN'),
  }),
  harmless({
    node: 'FetchStmt',
    statement: 'FETCH or MOVE',
    back: { none: 'it leaves nothing behind' },
    inTransaction: true,
    inDoBlock: ofVariables,
  }),
  harmless({
    node: 'GrantRoleStmt',
    statement: 'GRANT or REVOKE of a role',
    back: 'grants or revokes it',
    inTransaction: true,
    needs: (node) => [
      ...(node.granted_roles ?? []).map((role) => namedRole(nodeAs(role, 'AccessPriv')?.priv_name)),
      ...(node.grantee_roles ?? []).map((role) => roleRef(nodeAs(role, 'RoleSpec'))),
    ],
  }),
  harmless({
    node: 'GrantStmt',
    statement: 'GRANT or REVOKE',
    back: 'grants and revokes what differs',
    inTransaction: true,
    needs: (node) =>
      node.targtype === 'ACL_TARGET_OBJECT'
        ? flatMap(node.objects ?? [], (o) => [
            relationOf(nodeAs(o, 'RangeVar')) ?? objectOf(node.objtype, o),
            ...grantedColumns(node, nodeAs(o, 'RangeVar')),
          ])
        : [],
    sets: grantSettings,
  }),
  harmless({
    node: 'ListenStmt',
    statement: 'LISTEN',
    back: { none: 'it leaves nothing behind' },
    inTransaction: true,
  }),
  harmless({ node: 'LoadStmt', statement: 'LOAD', back: { none: 'it leaves nothing behind' }, inTransaction: true }),
  harmless({
    node: 'LockStmt',
    locks: lockTableLocks,
    statement: 'LOCK',
    back: { none: 'it leaves nothing behind' },
    inTransaction: true,
    needs: (node) => (node.relations ?? []).map((r) => relationOf(nodeAs(r, 'RangeVar'))),
  }),
  harmless({
    node: 'NotifyStmt',
    statement: 'NOTIFY',
    back: { none: 'it leaves nothing behind' },
    inTransaction: true,
  }),
  harmless({
    node: 'ReassignOwnedStmt',
    statement: 'REASSIGN OWNED',
    back: 'gives it back',
    inTransaction: true,
    needs: (node) => [roleRef(node.newrole), ...(node.roles ?? []).map((role) => roleRef(nodeAs(role, 'RoleSpec')))],
  }),
  harmless({
    node: 'RefreshMatViewStmt',
    locks: refreshLocks,
    statement: 'REFRESH MATERIALIZED VIEW',
    back: { none: 'the rows are those that the query finds' },
    inTransaction: true,
    needs: (node) => [relationOf(node.relation)],
    sets: ({ relation, skipData }) =>
      skipData ? [] : [{ action: 'fill', object: { kind: 'materialized view', ...nameOfRange(relation) } }],
  }),
  harmless({
    node: 'ReindexStmt',
    locks: reindexLocks,
    statement: 'REINDEX',
    back: { none: 'it leaves nothing behind' },
    inTransaction: reindexObstacle,
    needs: (node) => [
      node.relation && {
        kind: node.kind === 'REINDEX_OBJECT_INDEX' ? ('index' as const) : ('table' as const),
        ...nameOfRange(node.relation),
      },
    ],
  }),
  harmless({
    node: 'SecLabelStmt',
    statement: 'SECURITY LABEL',
    back: { none: 'security labels are not read' },
    inTransaction: true,
    needs: (node) => [objectOf(node.objtype, node.object)],
  }),
  harmless({
    node: 'TransactionStmt',
    statement: 'BEGIN, COMMIT, ROLLBACK, SAVEPOINT',
    back: { none: 'it leaves nothing behind' },
    inTransaction: true,
    inDoBlock: 'BEGIN, COMMIT and SAVEPOINT cannot stand in a DO block',
    sets: ({ kind }) => {
      const event = kind && SESSION_EVENTS[kind];
      return event ? [{ action: 'session', event }] : [];
    },
  }),
  harmless({
    node: 'UnlistenStmt',
    statement: 'UNLISTEN',
    back: { none: 'it leaves nothing behind' },
    inTransaction: true,
  }),
  harmless({
    node: 'VacuumStmt',
    locks: vacuumLocks,
    statement: 'VACUUM or ANALYZE',
    back: { none: 'it leaves nothing behind' },
    inTransaction: (node) => (node.is_vacuumcmd ? 'VACUUM' : true),
    needs: (node) =>
      flatMap(node.rels ?? [], (rel) => {
        const { relation, va_cols: columns } = nodeAs(rel, 'VacuumRelation') ?? {};
        const of = nameOfRange(relation);
        return [relationOf(relation), ...strings(columns).map((name): ObjectRef => ({ kind: 'column', name, of }))];
      }),
  }),
  harmless({
    node: 'VariableShowStmt',
    statement: 'SHOW',
    back: { none: 'it leaves nothing behind' },
    inTransaction: true,
    inDoBlock: noRows('SHOW'),
  }),
];
