/** Statements that say the same however often they run. The reason is part of the documentation. */
import type { NodeOf, NodeTag } from '../../syntax/parser.ts';
import { entry, type Entry } from '../effects.ts';
import { nameOfRange, nodeAs, strings } from '../nodes.ts';
import { objectOf } from '../object-nodes.ts';
import type { Kind, ObjectRef } from '../objects.ts';
import { use } from '../uses.ts';
import { flatMap } from '../../lists.ts';

const reasons: [node: NodeTag, statement: string][] = [
  ['AlterCollationStmt', 'ALTER COLLATION … REFRESH VERSION'],
  ['AlterDatabaseRefreshCollStmt', 'ALTER DATABASE … REFRESH COLLATION VERSION'],
  ['AlterDatabaseSetStmt', 'ALTER DATABASE … SET'],
  ['AlterDatabaseStmt', 'ALTER DATABASE'],
  ['AlterDefaultPrivilegesStmt', 'ALTER DEFAULT PRIVILEGES'],
  ['AlterEventTrigStmt', 'ALTER EVENT TRIGGER … ENABLE or DISABLE'],
  ['AlterExtensionStmt', 'ALTER EXTENSION … UPDATE'],
  ['AlterFunctionStmt', 'ALTER FUNCTION … (its properties)'],
  ['AlterObjectDependsStmt', 'ALTER … DEPENDS ON EXTENSION'],
  ['AlterOperatorStmt', 'ALTER OPERATOR … SET'],
  ['AlterOwnerStmt', 'ALTER … OWNER TO'],
  ['AlterPolicyStmt', 'ALTER POLICY … TO, USING, WITH CHECK'],
  ['AlterRoleSetStmt', 'ALTER ROLE … SET'],
  ['AlterRoleStmt', 'ALTER ROLE'],
  ['AlterSeqStmt', 'ALTER SEQUENCE'],
  ['AlterStatsStmt', 'ALTER STATISTICS … SET STATISTICS'],
  ['AlterSubscriptionStmt', 'ALTER SUBSCRIPTION'],
  ['AlterSystemStmt', 'ALTER SYSTEM'],
  ['AlterTSDictionaryStmt', 'ALTER TEXT SEARCH DICTIONARY'],
  ['AlterTableMoveAllStmt', 'ALTER TABLE ALL IN TABLESPACE'],
  ['AlterTableSpaceOptionsStmt', 'ALTER TABLESPACE … SET'],
  ['AlterTypeStmt', 'ALTER TYPE … SET'],
  ['CheckPointStmt', 'CHECKPOINT'],
  ['ClosePortalStmt', 'CLOSE'],
  ['ClusterStmt', 'CLUSTER'],
  ['CommentStmt', 'COMMENT ON'],
  ['ConstraintsSetStmt', 'SET CONSTRAINTS'],
  ['DeallocateStmt', 'DEALLOCATE ALL'],
  ['DeclareCursorStmt', 'DECLARE'],
  ['DiscardStmt', 'DISCARD'],
  ['DropOwnedStmt', 'DROP OWNED'],
  ['ExplainStmt', 'EXPLAIN'],
  ['FetchStmt', 'FETCH or MOVE'],
  ['GrantRoleStmt', 'GRANT or REVOKE of a role'],
  ['GrantStmt', 'GRANT or REVOKE'],
  ['ListenStmt', 'LISTEN'],
  ['LoadStmt', 'LOAD'],
  ['LockStmt', 'LOCK'],
  ['NotifyStmt', 'NOTIFY'],
  ['ReassignOwnedStmt', 'REASSIGN OWNED'],
  ['RefreshMatViewStmt', 'REFRESH MATERIALIZED VIEW'],
  ['ReindexStmt', 'REINDEX'],
  ['SecLabelStmt', 'SECURITY LABEL'],
  ['TransactionStmt', 'BEGIN, COMMIT, ROLLBACK, SAVEPOINT'],
  ['UnlistenStmt', 'UNLISTEN'],
  ['VacuumStmt', 'VACUUM or ANALYZE'],
  ['VariableShowStmt', 'SHOW'],
];

/** What such a statement needs to be there, by its node. A second run fails where a later statement has removed it. */
const needs: { [T in NodeTag]?: (node: NodeOf<T>) => (ObjectRef | undefined)[] } = {
  GrantStmt: (node) =>
    node.targtype === 'ACL_TARGET_OBJECT'
      ? flatMap(node.objects ?? [], (o) => [
          relationOf(nodeAs(o, 'RangeVar')) ?? objectOf(node.objtype, o),
          ...grantedColumns(node, nodeAs(o, 'RangeVar')),
        ])
      : [],
  CommentStmt: (node) => [objectOf(node.objtype, node.object)],
  SecLabelStmt: (node) => [objectOf(node.objtype, node.object)],
  AlterOwnerStmt: (node) => [relationOf(node.relation) ?? objectOf(node.objectType, node.object)],
  AlterFunctionStmt: (node) => [node.func && objectOf(node.objtype, { ObjectWithArgs: node.func })],
  AlterPolicyStmt: (node) => [
    relationOf(node.table),
    { kind: 'policy', name: node.policy_name ?? '', of: nameOfRange(node.table) },
  ],
  AlterSeqStmt: (node) =>
    node.missing_ok || !node.sequence ? [] : [{ kind: 'sequence', ...nameOfRange(node.sequence) }],
  RefreshMatViewStmt: (node) => [relationOf(node.relation)],
  LockStmt: (node) => (node.relations ?? []).map((r) => relationOf(nodeAs(r, 'RangeVar'))),
};

/** The columns that a privilege is for: GRANT SELECT (a, b) ON a table. */
function grantedColumns(node: NodeOf<'GrantStmt'>, relation: NodeOf<'RangeVar'> | undefined): ObjectRef[] {
  const names = relation ? flatMap(node.privileges ?? [], (p) => strings(nodeAs(p, 'AccessPriv')?.cols)) : [];
  return names.map((name) => ({ kind: 'column', name, of: nameOfRange(relation) }));
}

const relationOf = (relation: NodeOf<'RangeVar'> | undefined): ObjectRef | undefined =>
  relation && { kind: 'table', ...nameOfRange(relation) };

/** What GRANT … ON ALL … IN SCHEMA is about, by the parser's word for it. */
const ALL_OF: Record<string, readonly Kind[]> = {
  OBJECT_TABLE: ['table', 'view', 'materialized view', 'foreign table'],
  OBJECT_SEQUENCE: ['sequence'],
  OBJECT_FUNCTION: ['function'],
  OBJECT_PROCEDURE: ['procedure'],
  OBJECT_ROUTINE: ['function', 'procedure'],
};

/** Says the same at every run, but not of the same objects. */
const grantOnAll = entry<'GrantStmt'>({
  id: 'grant-on-all',
  statement: 'GRANT or REVOKE … ON ALL … IN SCHEMA',
  node: 'GrantStmt',
  when: (node) => node.targtype === 'ACL_TARGET_ALL_IN_SCHEMA',
  secondRun: 'harmless',
  effects: (node) => [
    {
      action: 'reach',
      kinds: ALL_OF[node.objtype ?? ''] ?? [],
      schemas: strings(node.objects),
      why: `${node.is_grant ? 'GRANT' : 'REVOKE'} is about all that is in the schema when it runs`,
    },
  ],
  unfixable: 'move it behind what makes them, or name what it is about',
});

export const harmlessEntries: Entry[] = [
  grantOnAll,
  ...reasons.map(([node, statement]): Entry => ({
    id:
      node === 'DeallocateStmt'
        ? 'deallocate-all'
        : node
            .replace(/Stmt$/, '')
            .replace(/([a-z])([A-Z])/g, '$1-$2')
            .toLowerCase(),
    statement,
    node,
    secondRun: 'harmless',
    effects: (n) =>
      flatMap((needs[node] as ((n: unknown) => (ObjectRef | undefined)[]) | undefined)?.(n) ?? [], (object) =>
        object ? [use(object)] : [],
      ),
  })),
];
