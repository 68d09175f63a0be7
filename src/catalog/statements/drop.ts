/** DROP … : PostgreSQL has IF EXISTS for nearly all of them. */
import { entry, ifExists, type Back, type Effect, type Entry } from '../effects.ts';
import { nodeAs, roleName } from '../nodes.ts';
import { droppedLocks } from '../locks/index.ts';
import { objectOf } from '../object-nodes.ts';
import type { ObjectRef } from '../objects.ts';
import type { SqlState } from '../sqlstates.ts';
import { flatMap } from '../../lists.ts';

const dropped = (missingOk: boolean | undefined, ...objects: ObjectRef[]): Effect[] =>
  objects.map((object) => ({ action: 'drop', object, mode: missingOk ? 'if-exists' : 'bare' }));

const drop = (id: string, removeType: string, after: string, error: SqlState, back: Back = 'makes it again'): Entry =>
  entry<'DropStmt'>({
    id,
    statement: `DROP ${after.replace(/ ?\[.*?\]/g, '')}`,
    node: 'DropStmt',
    back,
    inTransaction: ({ concurrent }) => (concurrent ? 'DROP INDEX CONCURRENTLY' : true),
    when: (node) => node.removeType === removeType,
    secondRun: { error },
    locks: {
      says: 'ACCESS EXCLUSIVE on what it drops, on the table that it is part of, and on those that foreign keys join',
      touches: (node, _, known) =>
        droppedLocks(
          flatMap(node.objects ?? [], (o) => objectOf(removeType, o) ?? []),
          node.concurrent === true,
          node.behavior === 'DROP_CASCADE',
          known,
        ),
    },
    effects: (node) =>
      dropped(node.missing_ok, ...flatMap(node.objects ?? [], (o) => objectOf(removeType, o) ?? [])).map((effect) => ({
        ...effect,
        ...(node.behavior === 'DROP_CASCADE' && { cascade: true }),
      })),
    techniques: [ifExists(`DROP ${after}`)],
  });

export const dropEntries: Entry[] = [
  drop('drop-table', 'OBJECT_TABLE', 'TABLE', '42P01', {
    by: 'makes it again',
    loses: 'its rows, but for those that earlier migrations have put there',
  }),
  drop('drop-foreign-table', 'OBJECT_FOREIGN_TABLE', 'FOREIGN TABLE', '42704'),
  drop('drop-view', 'OBJECT_VIEW', 'VIEW', '42P01'),
  drop('drop-materialized-view', 'OBJECT_MATVIEW', 'MATERIALIZED VIEW', '42P01'),
  drop('drop-index', 'OBJECT_INDEX', 'INDEX [CONCURRENTLY]', '42704'),
  drop('drop-sequence', 'OBJECT_SEQUENCE', 'SEQUENCE', '42P01', { by: 'makes it again', loses: 'where it stood' }),
  drop('drop-type', 'OBJECT_TYPE', 'TYPE', '42704'),
  drop('drop-domain', 'OBJECT_DOMAIN', 'DOMAIN', '42704'),
  drop('drop-schema', 'OBJECT_SCHEMA', 'SCHEMA', '3F000', {
    by: 'makes it again with what was in it',
    loses: 'the rows of its tables',
  }),
  drop('drop-extension', 'OBJECT_EXTENSION', 'EXTENSION', '42704', {
    by: 'makes it again',
    loses: 'the values of its types',
  }),
  drop('drop-function', 'OBJECT_FUNCTION', 'FUNCTION', '42883'),
  drop('drop-procedure', 'OBJECT_PROCEDURE', 'PROCEDURE', '42883'),
  drop('drop-routine', 'OBJECT_ROUTINE', 'ROUTINE', '42883'),
  drop('drop-aggregate', 'OBJECT_AGGREGATE', 'AGGREGATE', '42883'),
  drop('drop-trigger', 'OBJECT_TRIGGER', 'TRIGGER', '42704'),
  drop('drop-rule', 'OBJECT_RULE', 'RULE', '42704'),
  drop('drop-policy', 'OBJECT_POLICY', 'POLICY', '42704'),
  drop('drop-event-trigger', 'OBJECT_EVENT_TRIGGER', 'EVENT TRIGGER', '42704'),
  drop('drop-collation', 'OBJECT_COLLATION', 'COLLATION', '42704'),
  drop('drop-conversion', 'OBJECT_CONVERSION', 'CONVERSION', '42704'),
  drop('drop-cast', 'OBJECT_CAST', 'CAST', '42704'),
  drop('drop-operator', 'OBJECT_OPERATOR', 'OPERATOR', '42883'),
  drop('drop-operator-class', 'OBJECT_OPCLASS', 'OPERATOR CLASS', '42704', 'runs the statement of its author again'),
  drop('drop-operator-family', 'OBJECT_OPFAMILY', 'OPERATOR FAMILY', '42704', 'runs the statement of its author again'),
  drop('drop-statistics', 'OBJECT_STATISTIC_EXT', 'STATISTICS', '42704'),
  drop(
    'drop-text-search-configuration',
    'OBJECT_TSCONFIGURATION',
    'TEXT SEARCH CONFIGURATION',
    '42704',
    'runs the statement of its author again',
  ),
  drop(
    'drop-text-search-dictionary',
    'OBJECT_TSDICTIONARY',
    'TEXT SEARCH DICTIONARY',
    '42704',
    'runs the statement of its author again',
  ),
  drop(
    'drop-text-search-parser',
    'OBJECT_TSPARSER',
    'TEXT SEARCH PARSER',
    '42704',
    'runs the statement of its author again',
  ),
  drop(
    'drop-text-search-template',
    'OBJECT_TSTEMPLATE',
    'TEXT SEARCH TEMPLATE',
    '42704',
    'runs the statement of its author again',
  ),
  drop('drop-publication', 'OBJECT_PUBLICATION', 'PUBLICATION', '42704'),
  drop('drop-foreign-data-wrapper', 'OBJECT_FDW', 'FOREIGN DATA WRAPPER', '42704'),
  drop('drop-server', 'OBJECT_FOREIGN_SERVER', 'SERVER', '42704'),
  drop(
    'drop-access-method',
    'OBJECT_ACCESS_METHOD',
    'ACCESS METHOD',
    '42704',
    'runs the statement of its author again',
  ),
  drop('drop-language', 'OBJECT_LANGUAGE', '[PROCEDURAL] LANGUAGE', '42704', 'runs the statement of its author again'),
  drop('drop-transform', 'OBJECT_TRANSFORM', 'TRANSFORM', '42704', { none: 'it has to be written by hand' }),
  entry<'DropRoleStmt'>({
    id: 'drop-role',
    back: 'makes it again, without its password',
    statement: 'DROP ROLE',
    node: 'DropRoleStmt',
    inTransaction: true,
    secondRun: { error: '42704' },
    effects: (node) =>
      dropped(
        node.missing_ok,
        ...(node.roles ?? []).map((r): ObjectRef => ({ kind: 'role', name: nodeAs(r, 'RoleSpec')?.rolename ?? '' })),
      ),
    techniques: [ifExists('DROP ROLE|USER|GROUP')],
  }),
  entry<'DropUserMappingStmt'>({
    id: 'drop-user-mapping',
    back: { none: 'it may hold a password, which is not read' },
    statement: 'DROP USER MAPPING',
    node: 'DropUserMappingStmt',
    inTransaction: true,
    secondRun: { error: '42704' },
    effects: (node) =>
      dropped(node.missing_ok, {
        kind: 'user mapping',
        name: roleName(node.user),
        of: { name: node.servername ?? '' },
      }),
    techniques: [ifExists('MAPPING')],
  }),
  entry<'DropdbStmt'>({
    id: 'drop-database',
    back: { none: 'it is not part of the database, and cannot run in a transaction' },
    statement: 'DROP DATABASE',
    node: 'DropdbStmt',
    inTransaction: 'DROP DATABASE',
    secondRun: { error: '3D000' },
    effects: (node) => dropped(node.missing_ok, { kind: 'database', name: node.dbname ?? '' }),
    techniques: [ifExists('DROP DATABASE')],
  }),
  entry<'DropTableSpaceStmt'>({
    id: 'drop-tablespace',
    back: { none: 'it is not part of the database, and cannot run in a transaction' },
    statement: 'DROP TABLESPACE',
    node: 'DropTableSpaceStmt',
    inTransaction: 'DROP TABLESPACE',
    secondRun: { error: '42704' },
    effects: (node) => dropped(node.missing_ok, { kind: 'tablespace', name: node.tablespacename ?? '' }),
    techniques: [ifExists('DROP TABLESPACE')],
  }),
  entry<'DropSubscriptionStmt'>({
    id: 'drop-subscription',
    back: { none: 'its slot for replication is on another server' },
    statement: 'DROP SUBSCRIPTION',
    node: 'DropSubscriptionStmt',
    inTransaction: 'DROP SUBSCRIPTION',
    secondRun: { error: '42704' },
    effects: (node) => dropped(node.missing_ok, { kind: 'subscription', name: node.subname ?? '' }),
    techniques: [ifExists('DROP SUBSCRIPTION')],
  }),
  entry<'DeallocateStmt'>({
    id: 'deallocate',
    back: { none: 'it ends with the session' },
    statement: 'DEALLOCATE',
    node: 'DeallocateStmt',
    inTransaction: true,
    when: (node) => !node.isall,
    secondRun: { error: '26000' },
    effects: (node) => dropped(false, { kind: 'prepared statement', name: node.name ?? '' }),
    unfixable: 'DEALLOCATE has no IF EXISTS; DEALLOCATE ALL never fails',
  }),
];
