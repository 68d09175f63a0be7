/** DROP … : PostgreSQL has IF EXISTS for nearly all of them. */
import { entry, ifExists, type Effect, type Entry, type Technique } from '../effects.ts';
import { argumentTypes, nameOf, nameOfParts, nodeAs, roleName, stringOf, strings, typeText } from '../nodes.ts';
import type { Kind, ObjectRef } from '../objects.ts';
import type { Node } from '../../syntax/parser.ts';

const dropped = (missingOk: boolean | undefined, ...objects: ObjectRef[]): Effect[] => objects.map((object) => ({ action: 'drop', object, mode: missingOk ? 'if-exists' : 'bare' }));

/** How the parser writes the name of what is dropped. */
type Shape = 'name' | 'plain' | 'type' | 'routine' | 'of-table' | 'cast' | 'operator' | 'transform' | 'by-method';

function objectOf(kind: Kind, shape: Shape, node: Node): ObjectRef {
  const items = nodeAs(node, 'List')?.items;
  switch (shape) {
    case 'plain':
      return { kind, name: stringOf(node) };
    case 'name':
      return { kind, ...nameOf(items) };
    case 'type':
      return { kind, ...nameOf(nodeAs(node, 'TypeName')?.names) };
    case 'routine': {
      const routine = nodeAs(node, 'ObjectWithArgs');
      return { kind, ...nameOf(routine?.objname), args: routine?.args_unspecified ? undefined : routine?.objfuncargs ? argumentTypes(routine.objfuncargs) : (routine?.objargs ?? []).map((a) => typeText(nodeAs(a, 'TypeName'))) };
    }
    case 'operator': {
      const operator = nodeAs(node, 'ObjectWithArgs');
      return { kind, ...nameOf(operator?.objname), args: (operator?.objargs ?? []).map((a) => typeText(nodeAs(a, 'TypeName')) || 'NONE') };
    }
    case 'of-table': {
      const parts = strings(items);
      return { kind, name: parts.at(-1) ?? '', of: nameOfParts(parts.slice(0, -1)) };
    }
    case 'by-method': {
      const [method, ...parts] = strings(items);
      return { kind, ...nameOfParts(parts), args: [method ?? ''] };
    }
    case 'cast':
      return { kind, name: '', args: (items ?? []).map((t) => typeText(nodeAs(t, 'TypeName'))) };
    case 'transform':
      return { kind, name: stringOf(items?.[1]), args: [typeText(nodeAs(items?.[0], 'TypeName'))] };
  }
}

const drop = (id: string, removeType: string, kind: Kind, shape: Shape, after: string, error: string): Entry =>
  entry<'DropStmt'>({
    id,
    statement: `DROP ${after.replace(/ ?\[.*?\]/g, '')}`,
    node: 'DropStmt',
    when: (node) => node.removeType === removeType,
    secondRun: { error },
    effects: (node) => dropped(node.missing_ok, ...(node.objects ?? []).map((o) => objectOf(kind, shape, o))).map((effect) => ({ ...effect, ...(node.behavior === 'DROP_CASCADE' && { cascade: true }) }) as Effect),
    techniques: [ifExists(`DROP ${after}`)],
  });

const only = (technique: Technique) => [technique];

export const dropEntries: Entry[] = [
  drop('drop-table', 'OBJECT_TABLE', 'table', 'name', 'TABLE', '42P01'),
  drop('drop-foreign-table', 'OBJECT_FOREIGN_TABLE', 'foreign table', 'name', 'FOREIGN TABLE', '42704'),
  drop('drop-view', 'OBJECT_VIEW', 'view', 'name', 'VIEW', '42P01'),
  drop('drop-materialized-view', 'OBJECT_MATVIEW', 'materialized view', 'name', 'MATERIALIZED VIEW', '42P01'),
  drop('drop-index', 'OBJECT_INDEX', 'index', 'name', 'INDEX [CONCURRENTLY]', '42704'),
  drop('drop-sequence', 'OBJECT_SEQUENCE', 'sequence', 'name', 'SEQUENCE', '42P01'),
  drop('drop-type', 'OBJECT_TYPE', 'type', 'type', 'TYPE', '42704'),
  drop('drop-domain', 'OBJECT_DOMAIN', 'domain', 'type', 'DOMAIN', '42704'),
  drop('drop-schema', 'OBJECT_SCHEMA', 'schema', 'plain', 'SCHEMA', '3F000'),
  drop('drop-extension', 'OBJECT_EXTENSION', 'extension', 'plain', 'EXTENSION', '42704'),
  drop('drop-function', 'OBJECT_FUNCTION', 'function', 'routine', 'FUNCTION', '42883'),
  drop('drop-procedure', 'OBJECT_PROCEDURE', 'procedure', 'routine', 'PROCEDURE', '42883'),
  drop('drop-routine', 'OBJECT_ROUTINE', 'routine', 'routine', 'ROUTINE', '42883'),
  drop('drop-aggregate', 'OBJECT_AGGREGATE', 'aggregate', 'routine', 'AGGREGATE', '42883'),
  drop('drop-trigger', 'OBJECT_TRIGGER', 'trigger', 'of-table', 'TRIGGER', '42704'),
  drop('drop-rule', 'OBJECT_RULE', 'rule', 'of-table', 'RULE', '42704'),
  drop('drop-policy', 'OBJECT_POLICY', 'policy', 'of-table', 'POLICY', '42704'),
  drop('drop-event-trigger', 'OBJECT_EVENT_TRIGGER', 'event trigger', 'plain', 'EVENT TRIGGER', '42704'),
  drop('drop-collation', 'OBJECT_COLLATION', 'collation', 'name', 'COLLATION', '42704'),
  drop('drop-conversion', 'OBJECT_CONVERSION', 'conversion', 'name', 'CONVERSION', '42704'),
  drop('drop-cast', 'OBJECT_CAST', 'cast', 'cast', 'CAST', '42704'),
  drop('drop-operator', 'OBJECT_OPERATOR', 'operator', 'operator', 'OPERATOR', '42883'),
  drop('drop-operator-class', 'OBJECT_OPCLASS', 'operator class', 'by-method', 'OPERATOR CLASS', '42704'),
  drop('drop-operator-family', 'OBJECT_OPFAMILY', 'operator family', 'by-method', 'OPERATOR FAMILY', '42704'),
  drop('drop-statistics', 'OBJECT_STATISTIC_EXT', 'statistics', 'name', 'STATISTICS', '42704'),
  drop('drop-text-search-configuration', 'OBJECT_TSCONFIGURATION', 'text search configuration', 'name', 'TEXT SEARCH CONFIGURATION', '42704'),
  drop('drop-text-search-dictionary', 'OBJECT_TSDICTIONARY', 'text search dictionary', 'name', 'TEXT SEARCH DICTIONARY', '42704'),
  drop('drop-text-search-parser', 'OBJECT_TSPARSER', 'text search parser', 'name', 'TEXT SEARCH PARSER', '42704'),
  drop('drop-text-search-template', 'OBJECT_TSTEMPLATE', 'text search template', 'name', 'TEXT SEARCH TEMPLATE', '42704'),
  drop('drop-publication', 'OBJECT_PUBLICATION', 'publication', 'plain', 'PUBLICATION', '42704'),
  drop('drop-foreign-data-wrapper', 'OBJECT_FDW', 'foreign-data wrapper', 'plain', 'FOREIGN DATA WRAPPER', '42704'),
  drop('drop-server', 'OBJECT_FOREIGN_SERVER', 'server', 'plain', 'SERVER', '42704'),
  drop('drop-access-method', 'OBJECT_ACCESS_METHOD', 'access method', 'plain', 'ACCESS METHOD', '42704'),
  drop('drop-language', 'OBJECT_LANGUAGE', 'language', 'plain', '[PROCEDURAL] LANGUAGE', '42704'),
  drop('drop-transform', 'OBJECT_TRANSFORM', 'transform', 'transform', 'TRANSFORM', '42704'),
  entry<'DropRoleStmt'>({
    id: 'drop-role',
    statement: 'DROP ROLE',
    node: 'DropRoleStmt',
    secondRun: { error: '42704' },
    effects: (node) => dropped(node.missing_ok, ...(node.roles ?? []).map((r): ObjectRef => ({ kind: 'role', name: nodeAs(r, 'RoleSpec')?.rolename ?? '' }))),
    techniques: only(ifExists('DROP ROLE|USER|GROUP')),
  }),
  entry<'DropUserMappingStmt'>({
    id: 'drop-user-mapping',
    statement: 'DROP USER MAPPING',
    node: 'DropUserMappingStmt',
    secondRun: { error: '42704' },
    effects: (node) => dropped(node.missing_ok, { kind: 'user mapping', name: roleName(node.user), of: { name: node.servername ?? '' } }),
    techniques: only(ifExists('MAPPING')),
  }),
  entry<'DropdbStmt'>({
    id: 'drop-database',
    statement: 'DROP DATABASE',
    node: 'DropdbStmt',
    secondRun: { error: '3D000' },
    effects: (node) => dropped(node.missing_ok, { kind: 'database', name: node.dbname ?? '' }),
    techniques: only(ifExists('DROP DATABASE')),
  }),
  entry<'DropTableSpaceStmt'>({
    id: 'drop-tablespace',
    statement: 'DROP TABLESPACE',
    node: 'DropTableSpaceStmt',
    secondRun: { error: '42704' },
    effects: (node) => dropped(node.missing_ok, { kind: 'tablespace', name: node.tablespacename ?? '' }),
    techniques: only(ifExists('DROP TABLESPACE')),
  }),
  entry<'DropSubscriptionStmt'>({
    id: 'drop-subscription',
    statement: 'DROP SUBSCRIPTION',
    node: 'DropSubscriptionStmt',
    secondRun: { error: '42704' },
    effects: (node) => dropped(node.missing_ok, { kind: 'subscription', name: node.subname ?? '' }),
    techniques: only(ifExists('DROP SUBSCRIPTION')),
  }),
  entry<'DeallocateStmt'>({
    id: 'deallocate',
    statement: 'DEALLOCATE',
    node: 'DeallocateStmt',
    when: (node) => !node.isall,
    secondRun: { error: '26000' },
    effects: (node) => dropped(false, { kind: 'prepared statement', name: node.name ?? '' }),
    unfixable: 'DEALLOCATE has no IF EXISTS; DEALLOCATE ALL never fails',
  }),
];
