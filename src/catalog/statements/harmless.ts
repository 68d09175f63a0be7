/** Statements that say the same however often they run. The reason is part of the documentation. */
import type { Node, NodeOf, NodeTag } from '../../syntax/parser.ts';
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
  'node' | 'statement' | 'inTransaction' | 'inDoBlock' | 'locks'
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
    inTransaction: true,
    needs: (node) => [{ kind: 'collation', ...nameOf(node.collname) }],
  }),
  harmless({
    node: 'AlterDatabaseRefreshCollStmt',
    statement: 'ALTER DATABASE … REFRESH COLLATION VERSION',
    inTransaction: true,
  }),
  harmless({ node: 'AlterDatabaseSetStmt', statement: 'ALTER DATABASE … SET', inTransaction: true }),
  harmless({
    node: 'AlterDatabaseStmt',
    statement: 'ALTER DATABASE',
    inTransaction: ({ options }) => (defines(options, 'tablespace') ? 'ALTER DATABASE … SET TABLESPACE' : true),
  }),
  harmless({
    node: 'AlterDefaultPrivilegesStmt',
    statement: 'ALTER DEFAULT PRIVILEGES',
    inTransaction: true,
    sets: defaultPrivilegeSettings,
  }),
  harmless({
    node: 'AlterEventTrigStmt',
    statement: 'ALTER EVENT TRIGGER … ENABLE or DISABLE',
    inTransaction: true,
    needs: (node) => [{ kind: 'event trigger', name: node.trigname ?? '' }],
    sets: (node) => [set({ kind: 'event trigger', name: node.trigname ?? '' }, 'enabled', node.tgenabled)],
  }),
  harmless({
    node: 'AlterExtensionStmt',
    statement: 'ALTER EXTENSION … UPDATE',
    inTransaction: true,
    needs: (node) => [{ kind: 'extension', name: node.extname ?? '' }],
  }),
  harmless({
    node: 'AlterFunctionStmt',
    statement: 'ALTER FUNCTION … (its properties)',
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
  harmless({ node: 'AlterObjectDependsStmt', statement: 'ALTER … DEPENDS ON EXTENSION', inTransaction: true }),
  harmless({ node: 'AlterOperatorStmt', statement: 'ALTER OPERATOR … SET', inTransaction: true }),
  harmless({
    node: 'AlterOwnerStmt',
    statement: 'ALTER … OWNER TO',
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
    inTransaction: true,
    needs: (node) => [roleRef(node.role)],
  }),
  harmless({
    node: 'AlterRoleStmt',
    statement: 'ALTER ROLE',
    inTransaction: true,
    needs: (node) => [roleRef(node.role)],
  }),
  harmless({
    node: 'AlterSeqStmt',
    statement: 'ALTER SEQUENCE',
    inTransaction: true,
    needs: (node) => (node.missing_ok || !node.sequence ? [] : [{ kind: 'sequence', ...nameOfRange(node.sequence) }]),
  }),
  harmless({
    node: 'AlterStatsStmt',
    statement: 'ALTER STATISTICS … SET STATISTICS',
    inTransaction: true,
    needs: (node) => (node.missing_ok ? [] : [{ kind: 'statistics', ...nameOf(node.defnames) }]),
  }),
  harmless({
    node: 'AlterSubscriptionStmt',
    statement: 'ALTER SUBSCRIPTION … SET, CONNECTION, REFRESH, ENABLE, DISABLE, SKIP',
    inTransaction: refreshObstacle,
    needs: (node) => [{ kind: 'subscription', name: node.subname ?? '' }],
  }),
  harmless({ node: 'AlterSystemStmt', statement: 'ALTER SYSTEM', inTransaction: 'ALTER SYSTEM' }),
  harmless({
    node: 'AlterTSDictionaryStmt',
    statement: 'ALTER TEXT SEARCH DICTIONARY',
    inTransaction: true,
    needs: (node) => [{ kind: 'text search dictionary', ...nameOf(node.dictname) }],
  }),
  harmless({ node: 'AlterTableMoveAllStmt', statement: 'ALTER TABLE ALL IN TABLESPACE', inTransaction: true }),
  harmless({ node: 'AlterTableSpaceOptionsStmt', statement: 'ALTER TABLESPACE … SET', inTransaction: true }),
  harmless({
    node: 'AlterTypeStmt',
    statement: 'ALTER TYPE … SET',
    inTransaction: true,
    needs: (node) => [{ kind: 'type', ...nameOf(node.typeName) }],
  }),
  harmless({ node: 'CheckPointStmt', statement: 'CHECKPOINT', inTransaction: true }),
  harmless({ node: 'ClosePortalStmt', statement: 'CLOSE', inTransaction: true, inDoBlock: ofVariables }),
  harmless({
    node: 'ClusterStmt',
    locks: clusterLocks,
    statement: 'CLUSTER',
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
    inTransaction: true,
    needs: (node) => [objectOf(node.objtype, node.object)],
  }),
  harmless({ node: 'ConstraintsSetStmt', statement: 'SET CONSTRAINTS', inTransaction: true }),
  harmless({ id: 'deallocate-all', node: 'DeallocateStmt', statement: 'DEALLOCATE ALL', inTransaction: true }),
  harmless({
    node: 'DeclareCursorStmt',
    statement: 'DECLARE',
    inTransaction: true,
    inDoBlock: ofVariables,
    sets: (node) => callsOf(namesIn(node.query)),
  }),
  harmless({
    node: 'DiscardStmt',
    statement: 'DISCARD',
    inTransaction: ({ target }) => (target === 'DISCARD_ALL' ? 'DISCARD ALL' : true),
    sets: ({ target }) =>
      target === 'DISCARD_ALL' || target === 'DISCARD_TEMP' ? [{ action: 'session', event: 'discard' }] : [],
  }),
  harmless({
    node: 'DropOwnedStmt',
    statement: 'DROP OWNED',
    inTransaction: true,
    needs: (node) => (node.roles ?? []).map((role) => roleRef(nodeAs(role, 'RoleSpec'))),
  }),
  harmless({ node: 'ExplainStmt', statement: 'EXPLAIN', inTransaction: true, inDoBlock: noRows('EXPLAIN') }),
  harmless({ node: 'FetchStmt', statement: 'FETCH or MOVE', inTransaction: true, inDoBlock: ofVariables }),
  harmless({
    node: 'GrantRoleStmt',
    statement: 'GRANT or REVOKE of a role',
    inTransaction: true,
    needs: (node) => [
      ...(node.granted_roles ?? []).map((role) => namedRole(nodeAs(role, 'AccessPriv')?.priv_name)),
      ...(node.grantee_roles ?? []).map((role) => roleRef(nodeAs(role, 'RoleSpec'))),
    ],
  }),
  harmless({
    node: 'GrantStmt',
    statement: 'GRANT or REVOKE',
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
  harmless({ node: 'ListenStmt', statement: 'LISTEN', inTransaction: true }),
  harmless({ node: 'LoadStmt', statement: 'LOAD', inTransaction: true }),
  harmless({
    node: 'LockStmt',
    locks: lockTableLocks,
    statement: 'LOCK',
    inTransaction: true,
    needs: (node) => (node.relations ?? []).map((r) => relationOf(nodeAs(r, 'RangeVar'))),
  }),
  harmless({ node: 'NotifyStmt', statement: 'NOTIFY', inTransaction: true }),
  harmless({
    node: 'ReassignOwnedStmt',
    statement: 'REASSIGN OWNED',
    inTransaction: true,
    needs: (node) => [roleRef(node.newrole), ...(node.roles ?? []).map((role) => roleRef(nodeAs(role, 'RoleSpec')))],
  }),
  harmless({
    node: 'RefreshMatViewStmt',
    locks: refreshLocks,
    statement: 'REFRESH MATERIALIZED VIEW',
    inTransaction: true,
    needs: (node) => [relationOf(node.relation)],
    sets: ({ relation, skipData }) =>
      skipData ? [] : [{ action: 'fill', object: { kind: 'materialized view', ...nameOfRange(relation) } }],
  }),
  harmless({
    node: 'ReindexStmt',
    locks: reindexLocks,
    statement: 'REINDEX',
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
    inTransaction: true,
    needs: (node) => [objectOf(node.objtype, node.object)],
  }),
  harmless({
    node: 'TransactionStmt',
    statement: 'BEGIN, COMMIT, ROLLBACK, SAVEPOINT',
    inTransaction: true,
    inDoBlock: 'BEGIN, COMMIT and SAVEPOINT cannot stand in a DO block',
    sets: ({ kind }) => {
      const event = kind && SESSION_EVENTS[kind];
      return event ? [{ action: 'session', event }] : [];
    },
  }),
  harmless({ node: 'UnlistenStmt', statement: 'UNLISTEN', inTransaction: true }),
  harmless({
    node: 'VacuumStmt',
    locks: vacuumLocks,
    statement: 'VACUUM or ANALYZE',
    inTransaction: (node) => (node.is_vacuumcmd ? 'VACUUM' : true),
    needs: (node) =>
      flatMap(node.rels ?? [], (rel) => {
        const { relation, va_cols: columns } = nodeAs(rel, 'VacuumRelation') ?? {};
        const of = nameOfRange(relation);
        return [relationOf(relation), ...strings(columns).map((name): ObjectRef => ({ kind: 'column', name, of }))];
      }),
  }),
  harmless({ node: 'VariableShowStmt', statement: 'SHOW', inTransaction: true, inDoBlock: noRows('SHOW') }),
];
