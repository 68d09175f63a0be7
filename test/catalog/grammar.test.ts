/**
 * The table has a row for everything that PostgreSQL's grammar can make. The samples are typed by the parser's own types,
 * so that a new version of the parser with a new node, subcommand or kind of object does not pass the type check.
 */
import type { AlterTableType, ObjectType } from '@pgsql/types';
import { beforeAll, describe, expect, test } from 'vitest';
import { unitsOf } from '../../src/catalog/units.ts';
import { loadParser, type NodeTag } from '../../src/syntax/parser.ts';
import { Script, type Statement } from '../../src/syntax/script.ts';

/** SQL that makes the node, or why no statement of a file can. */
type Sample = string | { never: string };
const never = (why: string): Sample => ({ never: why });

const nested = never('part of another statement');
const internal = never('made by PostgreSQL itself while it carries out another subcommand');

const statements: Record<Extract<NodeTag, `${string}Stmt`>, Sample | string[]> = {
  AlterCollationStmt: 'ALTER COLLATION c REFRESH VERSION',
  AlterDatabaseRefreshCollStmt: 'ALTER DATABASE d REFRESH COLLATION VERSION',
  AlterDatabaseSetStmt: 'ALTER DATABASE d SET work_mem = 1',
  AlterDatabaseStmt: 'ALTER DATABASE d CONNECTION LIMIT 1',
  AlterDefaultPrivilegesStmt: 'ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO r',
  AlterDomainStmt: [
    'SET DEFAULT 1',
    'DROP DEFAULT',
    'SET NOT NULL',
    'DROP NOT NULL',
    'ADD CONSTRAINT k CHECK (VALUE > 0)',
    'ADD CHECK (VALUE > 0)',
    'DROP CONSTRAINT k',
    'VALIDATE CONSTRAINT k',
  ].map((action) => `ALTER DOMAIN d ${action}`),
  AlterEnumStmt: ["ALTER TYPE e ADD VALUE 'a'", "ALTER TYPE e RENAME VALUE 'a' TO 'b'"],
  AlterEventTrigStmt: 'ALTER EVENT TRIGGER e DISABLE',
  AlterExtensionContentsStmt: [
    'ALTER EXTENSION e ADD TABLE t',
    'ALTER EXTENSION e DROP FUNCTION f(int)',
    'ALTER EXTENSION e ADD TYPE t',
    'ALTER EXTENSION e ADD OPERATOR + (int, int)',
    'ALTER EXTENSION e ADD SCHEMA s',
  ],
  AlterExtensionStmt: 'ALTER EXTENSION e UPDATE',
  AlterFdwStmt: "ALTER FOREIGN DATA WRAPPER w OPTIONS (ADD a 'b')",
  AlterForeignServerStmt: "ALTER SERVER s OPTIONS (ADD a 'b')",
  AlterFunctionStmt: 'ALTER FUNCTION f() STRICT',
  AlterObjectDependsStmt: 'ALTER FUNCTION f() DEPENDS ON EXTENSION e',
  AlterObjectSchemaStmt: 'ALTER TABLE t SET SCHEMA s',
  AlterOpFamilyStmt: [
    'ALTER OPERATOR FAMILY f USING btree ADD OPERATOR 1 < (int4, int8)',
    'ALTER OPERATOR FAMILY f USING btree DROP OPERATOR 1 (int4, int8)',
  ],
  AlterOperatorStmt: 'ALTER OPERATOR + (int, int) SET (RESTRICT = eqsel)',
  AlterOwnerStmt: 'ALTER FUNCTION f() OWNER TO r',
  AlterPolicyStmt: 'ALTER POLICY p ON t USING (true)',
  AlterPublicationStmt: [
    'ADD TABLE t',
    'ADD TABLES IN SCHEMA s',
    'DROP TABLE t',
    'DROP TABLES IN SCHEMA s',
    'SET TABLE t',
    "SET (publish = 'insert')",
  ].map((action) => `ALTER PUBLICATION p ${action}`),
  AlterRoleSetStmt: 'ALTER ROLE r SET work_mem = 1',
  AlterRoleStmt: ['ALTER ROLE r LOGIN', 'ALTER GROUP g ADD USER u'],
  AlterSeqStmt: 'ALTER SEQUENCE s RESTART',
  AlterStatsStmt: 'ALTER STATISTICS s SET STATISTICS 1',
  AlterSubscriptionStmt: [
    'ALTER SUBSCRIPTION s DISABLE',
    'ALTER SUBSCRIPTION s ADD PUBLICATION p',
    'ALTER SUBSCRIPTION s DROP PUBLICATION p',
    'ALTER SUBSCRIPTION s SET PUBLICATION p',
    'ALTER SUBSCRIPTION s REFRESH PUBLICATION',
  ],
  AlterSystemStmt: 'ALTER SYSTEM SET work_mem = 1',
  AlterTSConfigurationStmt: [
    'ADD MAPPING FOR word WITH simple',
    'ALTER MAPPING FOR word WITH simple',
    'ALTER MAPPING REPLACE simple WITH english_stem',
    'DROP MAPPING FOR word',
  ].map((action) => `ALTER TEXT SEARCH CONFIGURATION c ${action}`),
  AlterTSDictionaryStmt: 'ALTER TEXT SEARCH DICTIONARY d (a = 1)',
  AlterTableMoveAllStmt: 'ALTER TABLE ALL IN TABLESPACE a SET TABLESPACE b',
  AlterTableSpaceOptionsStmt: 'ALTER TABLESPACE t SET (seq_page_cost = 1)',
  AlterTableStmt: 'ALTER TABLE t ADD COLUMN c int',
  AlterTypeStmt: 'ALTER TYPE t SET (STORAGE = plain)',
  AlterUserMappingStmt: "ALTER USER MAPPING FOR r SERVER s OPTIONS (ADD a 'b')",
  CallStmt: 'CALL p()',
  CheckPointStmt: 'CHECKPOINT',
  ClosePortalStmt: 'CLOSE c',
  ClusterStmt: 'CLUSTER t',
  CommentStmt: "COMMENT ON TABLE t IS 'c'",
  CompositeTypeStmt: 'CREATE TYPE t AS (a int)',
  ConstraintsSetStmt: 'SET CONSTRAINTS ALL DEFERRED',
  CopyStmt: ['COPY t FROM stdin', "COPY t TO '/tmp/t'"],
  CreateAmStmt: 'CREATE ACCESS METHOD a TYPE TABLE HANDLER h',
  CreateCastStmt: 'CREATE CAST (a AS b) WITHOUT FUNCTION',
  CreateConversionStmt: "CREATE CONVERSION c FOR 'LATIN1' TO 'UTF8' FROM f",
  CreateDomainStmt: 'CREATE DOMAIN d AS int',
  CreateEnumStmt: "CREATE TYPE e AS ENUM ('a')",
  CreateEventTrigStmt: 'CREATE EVENT TRIGGER e ON ddl_command_end EXECUTE FUNCTION f()',
  CreateExtensionStmt: 'CREATE EXTENSION e',
  CreateFdwStmt: 'CREATE FOREIGN DATA WRAPPER w',
  CreateForeignServerStmt: 'CREATE SERVER s FOREIGN DATA WRAPPER w',
  CreateForeignTableStmt: 'CREATE FOREIGN TABLE t (a int) SERVER s',
  CreateFunctionStmt: ['CREATE FUNCTION f() RETURNS int RETURN 1', "CREATE PROCEDURE p() LANGUAGE sql AS ''"],
  CreateOpClassStmt: 'CREATE OPERATOR CLASS c FOR TYPE int USING btree AS OPERATOR 1 <',
  CreateOpFamilyStmt: 'CREATE OPERATOR FAMILY f USING btree',
  CreatePLangStmt: 'CREATE LANGUAGE l HANDLER h',
  CreatePolicyStmt: 'CREATE POLICY p ON t',
  CreatePublicationStmt: [
    'CREATE PUBLICATION p',
    'CREATE PUBLICATION p FOR ALL TABLES',
    'CREATE PUBLICATION p FOR TABLES IN SCHEMA s',
  ],
  CreateRangeStmt: 'CREATE TYPE r AS RANGE (SUBTYPE = int)',
  CreateRoleStmt: ['CREATE ROLE r', 'CREATE USER r', 'CREATE GROUP r'],
  CreateSchemaStmt: ['CREATE SCHEMA s', 'CREATE SCHEMA s CREATE TABLE t (a int)'],
  CreateSeqStmt: 'CREATE SEQUENCE s',
  CreateStatsStmt: ['CREATE STATISTICS s ON a, b FROM t', 'CREATE STATISTICS ON a, b FROM t'],
  CreateStmt: [
    'CREATE TABLE t (a int)',
    'CREATE TABLE t OF y',
    'CREATE TABLE t PARTITION OF p DEFAULT',
    'CREATE TEMP TABLE t (LIKE u)',
  ],
  CreateSubscriptionStmt: "CREATE SUBSCRIPTION s CONNECTION 'c' PUBLICATION p",
  CreateTableAsStmt: [
    'CREATE TABLE t AS SELECT 1',
    'CREATE MATERIALIZED VIEW m AS SELECT 1',
    'CREATE TABLE t AS EXECUTE p',
  ],
  CreateTableSpaceStmt: "CREATE TABLESPACE t LOCATION '/t'",
  CreateTransformStmt: 'CREATE TRANSFORM FOR int LANGUAGE sql (FROM SQL WITH FUNCTION f(internal))',
  CreateTrigStmt: [
    'CREATE TRIGGER g BEFORE INSERT ON t EXECUTE FUNCTION f()',
    'CREATE CONSTRAINT TRIGGER g AFTER INSERT ON t FOR EACH ROW EXECUTE FUNCTION f()',
  ],
  CreateUserMappingStmt: 'CREATE USER MAPPING FOR r SERVER s',
  CreatedbStmt: 'CREATE DATABASE d',
  DeallocateStmt: ['DEALLOCATE p', 'DEALLOCATE ALL'],
  DeclareCursorStmt: 'DECLARE c CURSOR FOR SELECT 1',
  DefineStmt: [
    'CREATE AGGREGATE a (int) (SFUNC = f, STYPE = int)',
    'CREATE OPERATOR + (LEFTARG = int, FUNCTION = f)',
    'CREATE TYPE t',
    'CREATE TYPE t (INPUT = i, OUTPUT = o)',
    'CREATE TEXT SEARCH PARSER p (START = s)',
    'CREATE TEXT SEARCH DICTIONARY d (TEMPLATE = t)',
    'CREATE TEXT SEARCH TEMPLATE t (LEXIZE = l)',
    'CREATE TEXT SEARCH CONFIGURATION c (COPY = d)',
    'CREATE COLLATION c FROM d',
  ],
  DeleteStmt: 'DELETE FROM t',
  DiscardStmt: 'DISCARD ALL',
  DoStmt: 'DO $$ BEGIN END $$',
  DropOwnedStmt: 'DROP OWNED BY r',
  DropRoleStmt: ['DROP ROLE r', 'DROP USER r', 'DROP GROUP r'],
  DropStmt: 'DROP TABLE t',
  DropSubscriptionStmt: 'DROP SUBSCRIPTION s',
  DropTableSpaceStmt: 'DROP TABLESPACE t',
  DropUserMappingStmt: 'DROP USER MAPPING FOR r SERVER s',
  DropdbStmt: 'DROP DATABASE d',
  ExecuteStmt: 'EXECUTE p',
  ExplainStmt: ['EXPLAIN SELECT 1', 'EXPLAIN ANALYZE SELECT 1', 'EXPLAIN ANALYZE CREATE TABLE t AS SELECT 1'],
  FetchStmt: ['FETCH c', 'MOVE c'],
  GrantRoleStmt: ['GRANT a TO b', 'REVOKE a FROM b'],
  GrantStmt: ['GRANT SELECT ON t TO r', 'REVOKE SELECT ON t FROM r'],
  ImportForeignSchemaStmt: 'IMPORT FOREIGN SCHEMA s FROM SERVER v INTO p',
  IndexStmt: [
    'CREATE INDEX i ON t (a)',
    'CREATE INDEX ON t (a)',
    'CREATE INDEX CONCURRENTLY i ON t (a)',
    'CREATE INDEX CONCURRENTLY ON t (a)',
  ],
  InsertStmt: 'INSERT INTO t VALUES (1)',
  ListenStmt: 'LISTEN c',
  LoadStmt: "LOAD 'l'",
  LockStmt: 'LOCK t',
  MergeStmt: 'MERGE INTO t USING u ON t.a = u.a WHEN MATCHED THEN DELETE',
  NotifyStmt: 'NOTIFY c',
  PLAssignStmt: never('PL/pgSQL only'),
  PrepareStmt: 'PREPARE p AS SELECT 1',
  RawStmt: never('what holds a statement'),
  ReassignOwnedStmt: 'REASSIGN OWNED BY a TO b',
  RefreshMatViewStmt: 'REFRESH MATERIALIZED VIEW m',
  ReindexStmt: 'REINDEX TABLE t',
  RenameStmt: 'ALTER TABLE t RENAME TO u',
  ReplicaIdentityStmt: nested,
  ReturnStmt: nested,
  RuleStmt: 'CREATE RULE r AS ON INSERT TO t DO ALSO NOTHING',
  SecLabelStmt: "SECURITY LABEL ON TABLE t IS 'l'",
  SelectStmt: ['SELECT 1', 'SELECT 1 INTO t', 'VALUES (1)', 'TABLE t', 'WITH a AS (SELECT 1) SELECT * FROM a'],
  SetOperationStmt: nested,
  TransactionStmt: [
    'BEGIN',
    'COMMIT',
    'ROLLBACK',
    'SAVEPOINT s',
    'RELEASE s',
    'ROLLBACK TO s',
    "PREPARE TRANSACTION 'p'",
    "COMMIT PREPARED 'p'",
  ],
  TruncateStmt: 'TRUNCATE t',
  UnlistenStmt: 'UNLISTEN c',
  UpdateStmt: 'UPDATE t SET a = 1',
  VacuumStmt: ['VACUUM t', 'ANALYZE t'],
  VariableSetStmt: ['SET work_mem = 1', 'RESET work_mem', 'SET LOCAL search_path = a', 'SET ROLE r'],
  VariableShowStmt: 'SHOW work_mem',
  ViewStmt: ['CREATE VIEW v AS SELECT 1', 'CREATE RECURSIVE VIEW v (n) AS SELECT 1'],
};

/** What stands behind ALTER TABLE t, unless it begins with ALTER. */
const subcommands: Record<AlterTableType, Sample | string[]> = {
  AT_AddColumn: ['ADD COLUMN c int', 'ALTER TYPE t ADD ATTRIBUTE c int'],
  AT_AddColumnToView: internal,
  AT_ColumnDefault: ['ALTER c SET DEFAULT 1', 'ALTER c DROP DEFAULT'],
  AT_CookedColumnDefault: internal,
  AT_DropNotNull: 'ALTER c DROP NOT NULL',
  AT_SetNotNull: 'ALTER c SET NOT NULL',
  AT_SetExpression: 'ALTER c SET EXPRESSION AS (1)',
  AT_DropExpression: 'ALTER c DROP EXPRESSION',
  AT_SetStatistics: 'ALTER c SET STATISTICS 1',
  AT_SetOptions: 'ALTER c SET (n_distinct = 1)',
  AT_ResetOptions: 'ALTER c RESET (n_distinct)',
  AT_SetStorage: 'ALTER c SET STORAGE plain',
  AT_SetCompression: 'ALTER c SET COMPRESSION pglz',
  AT_DropColumn: ['DROP COLUMN c', 'ALTER TYPE t DROP ATTRIBUTE c'],
  AT_AddIndex: internal,
  AT_ReAddIndex: internal,
  AT_AddConstraint: [
    'ADD CONSTRAINT k CHECK (true)',
    'ADD CHECK (true)',
    'ADD UNIQUE (c)',
    'ADD PRIMARY KEY (c)',
    'ADD FOREIGN KEY (c) REFERENCES u',
    'ADD EXCLUDE (c WITH =)',
    'ADD CONSTRAINT k UNIQUE USING INDEX i',
    'ADD PRIMARY KEY USING INDEX i',
    'ADD CONSTRAINT k NOT NULL c',
    'ADD NOT NULL c',
  ],
  AT_ReAddConstraint: internal,
  AT_ReAddDomainConstraint: internal,
  AT_AlterConstraint: 'ALTER CONSTRAINT k DEFERRABLE',
  AT_ValidateConstraint: 'VALIDATE CONSTRAINT k',
  AT_AddIndexConstraint: internal,
  AT_DropConstraint: 'DROP CONSTRAINT k',
  AT_ReAddComment: internal,
  AT_AlterColumnType: [
    'ALTER c TYPE int',
    'ALTER c TYPE int USING length(c)',
    'ALTER TYPE t ALTER ATTRIBUTE c TYPE int',
  ],
  AT_AlterColumnGenericOptions: "ALTER FOREIGN TABLE t ALTER c OPTIONS (ADD a 'b')",
  AT_ChangeOwner: 'OWNER TO r',
  AT_ClusterOn: 'CLUSTER ON i',
  AT_DropCluster: 'SET WITHOUT CLUSTER',
  AT_SetLogged: 'SET LOGGED',
  AT_SetUnLogged: 'SET UNLOGGED',
  AT_DropOids: 'SET WITHOUT OIDS',
  AT_SetAccessMethod: 'SET ACCESS METHOD heap',
  AT_SetTableSpace: 'SET TABLESPACE s',
  AT_SetRelOptions: 'SET (fillfactor = 70)',
  AT_ResetRelOptions: 'RESET (fillfactor)',
  AT_ReplaceRelOptions: internal,
  AT_EnableTrig: 'ENABLE TRIGGER g',
  AT_EnableAlwaysTrig: 'ENABLE ALWAYS TRIGGER g',
  AT_EnableReplicaTrig: 'ENABLE REPLICA TRIGGER g',
  AT_DisableTrig: 'DISABLE TRIGGER g',
  AT_EnableTrigAll: 'ENABLE TRIGGER ALL',
  AT_DisableTrigAll: 'DISABLE TRIGGER ALL',
  AT_EnableTrigUser: 'ENABLE TRIGGER USER',
  AT_DisableTrigUser: 'DISABLE TRIGGER USER',
  AT_EnableRule: 'ENABLE RULE r',
  AT_EnableAlwaysRule: 'ENABLE ALWAYS RULE r',
  AT_EnableReplicaRule: 'ENABLE REPLICA RULE r',
  AT_DisableRule: 'DISABLE RULE r',
  AT_AddInherit: 'INHERIT p',
  AT_DropInherit: 'NO INHERIT p',
  AT_AddOf: 'OF y',
  AT_DropOf: 'NOT OF',
  AT_ReplicaIdentity: 'REPLICA IDENTITY FULL',
  AT_EnableRowSecurity: 'ENABLE ROW LEVEL SECURITY',
  AT_DisableRowSecurity: 'DISABLE ROW LEVEL SECURITY',
  AT_ForceRowSecurity: 'FORCE ROW LEVEL SECURITY',
  AT_NoForceRowSecurity: 'NO FORCE ROW LEVEL SECURITY',
  AT_GenericOptions: "ALTER FOREIGN TABLE t OPTIONS (ADD a 'b')",
  AT_AttachPartition: ['ATTACH PARTITION p DEFAULT', 'ALTER INDEX i ATTACH PARTITION j'],
  AT_DetachPartition: ['DETACH PARTITION p', 'DETACH PARTITION p CONCURRENTLY'],
  AT_DetachPartitionFinalize: 'DETACH PARTITION p FINALIZE',
  AT_AddIdentity: 'ALTER c ADD GENERATED ALWAYS AS IDENTITY',
  AT_SetIdentity: 'ALTER c SET GENERATED ALWAYS',
  AT_DropIdentity: 'ALTER c DROP IDENTITY',
  AT_ReAddStatistics: internal,
};

interface Kinds {
  drop?: string;
  rename?: string;
  move?: string;
}

/** What can be dropped by DropStmt, renamed by RenameStmt and moved by AlterObjectSchemaStmt, behind DROP or ALTER. */
const objects: Record<ObjectType, Kinds> = {
  OBJECT_ACCESS_METHOD: { drop: 'ACCESS METHOD a' },
  OBJECT_AGGREGATE: {
    drop: 'AGGREGATE a(int)',
    rename: 'AGGREGATE a(int) RENAME TO b',
    move: 'AGGREGATE a(int) SET SCHEMA s',
  },
  OBJECT_AMOP: {},
  OBJECT_AMPROC: {},
  OBJECT_ATTRIBUTE: { rename: 'TYPE t RENAME ATTRIBUTE a TO b' },
  OBJECT_CAST: { drop: 'CAST (a AS b)' },
  OBJECT_COLUMN: { rename: 'TABLE t RENAME a TO b' },
  OBJECT_COLLATION: { drop: 'COLLATION c', rename: 'COLLATION c RENAME TO d', move: 'COLLATION c SET SCHEMA s' },
  OBJECT_CONVERSION: { drop: 'CONVERSION c', rename: 'CONVERSION c RENAME TO d', move: 'CONVERSION c SET SCHEMA s' },
  OBJECT_DATABASE: { rename: 'DATABASE d RENAME TO e' },
  OBJECT_DEFAULT: {},
  OBJECT_DEFACL: {},
  OBJECT_DOMAIN: { drop: 'DOMAIN d', rename: 'DOMAIN d RENAME TO e', move: 'DOMAIN d SET SCHEMA s' },
  OBJECT_DOMCONSTRAINT: { rename: 'DOMAIN d RENAME CONSTRAINT a TO b' },
  OBJECT_EVENT_TRIGGER: { drop: 'EVENT TRIGGER e', rename: 'EVENT TRIGGER e RENAME TO f' },
  OBJECT_EXTENSION: { drop: 'EXTENSION e', move: 'EXTENSION e SET SCHEMA s' },
  OBJECT_FDW: { drop: 'FOREIGN DATA WRAPPER w', rename: 'FOREIGN DATA WRAPPER w RENAME TO x' },
  OBJECT_FOREIGN_SERVER: { drop: 'SERVER s', rename: 'SERVER s RENAME TO t' },
  OBJECT_FOREIGN_TABLE: {
    drop: 'FOREIGN TABLE t',
    rename: 'FOREIGN TABLE t RENAME TO u',
    move: 'FOREIGN TABLE t SET SCHEMA s',
  },
  OBJECT_FUNCTION: { drop: 'FUNCTION f', rename: 'FUNCTION f(int) RENAME TO g', move: 'FUNCTION f SET SCHEMA s' },
  OBJECT_INDEX: { drop: 'INDEX i', rename: 'INDEX i RENAME TO j' },
  OBJECT_LANGUAGE: { drop: 'LANGUAGE l', rename: 'LANGUAGE l RENAME TO m' },
  OBJECT_LARGEOBJECT: {},
  OBJECT_MATVIEW: {
    drop: 'MATERIALIZED VIEW m',
    rename: 'MATERIALIZED VIEW m RENAME TO n',
    move: 'MATERIALIZED VIEW m SET SCHEMA s',
  },
  OBJECT_OPCLASS: {
    drop: 'OPERATOR CLASS c USING btree',
    rename: 'OPERATOR CLASS c USING btree RENAME TO d',
    move: 'OPERATOR CLASS c USING btree SET SCHEMA s',
  },
  OBJECT_OPERATOR: { drop: 'OPERATOR + (int, int)', move: 'OPERATOR + (int, int) SET SCHEMA s' },
  OBJECT_OPFAMILY: {
    drop: 'OPERATOR FAMILY f USING btree',
    rename: 'OPERATOR FAMILY f USING btree RENAME TO g',
    move: 'OPERATOR FAMILY f USING btree SET SCHEMA s',
  },
  OBJECT_PARAMETER_ACL: {},
  OBJECT_POLICY: { drop: 'POLICY p ON t', rename: 'POLICY p ON t RENAME TO q' },
  OBJECT_PROCEDURE: { drop: 'PROCEDURE p', rename: 'PROCEDURE p RENAME TO q', move: 'PROCEDURE p SET SCHEMA s' },
  OBJECT_PUBLICATION: { drop: 'PUBLICATION p', rename: 'PUBLICATION p RENAME TO q' },
  OBJECT_PUBLICATION_NAMESPACE: {},
  OBJECT_PUBLICATION_REL: {},
  OBJECT_ROLE: { rename: 'ROLE a RENAME TO b' },
  OBJECT_ROUTINE: { drop: 'ROUTINE r', rename: 'ROUTINE r RENAME TO s', move: 'ROUTINE r SET SCHEMA s' },
  OBJECT_RULE: { drop: 'RULE r ON t', rename: 'RULE r ON t RENAME TO s' },
  OBJECT_SCHEMA: { drop: 'SCHEMA s', rename: 'SCHEMA s RENAME TO t' },
  OBJECT_SEQUENCE: { drop: 'SEQUENCE s', rename: 'SEQUENCE s RENAME TO t', move: 'SEQUENCE s SET SCHEMA t' },
  OBJECT_SUBSCRIPTION: { rename: 'SUBSCRIPTION s RENAME TO t' },
  OBJECT_STATISTIC_EXT: { drop: 'STATISTICS s', rename: 'STATISTICS s RENAME TO t', move: 'STATISTICS s SET SCHEMA t' },
  OBJECT_TABCONSTRAINT: { rename: 'TABLE t RENAME CONSTRAINT a TO b' },
  OBJECT_TABLE: { drop: 'TABLE t', rename: 'TABLE t RENAME TO u', move: 'TABLE t SET SCHEMA s' },
  OBJECT_TABLESPACE: { rename: 'TABLESPACE a RENAME TO b' },
  OBJECT_TRANSFORM: { drop: 'TRANSFORM FOR int LANGUAGE sql' },
  OBJECT_TRIGGER: { drop: 'TRIGGER g ON t', rename: 'TRIGGER g ON t RENAME TO h' },
  OBJECT_TSCONFIGURATION: {
    drop: 'TEXT SEARCH CONFIGURATION c',
    rename: 'TEXT SEARCH CONFIGURATION c RENAME TO d',
    move: 'TEXT SEARCH CONFIGURATION c SET SCHEMA s',
  },
  OBJECT_TSDICTIONARY: {
    drop: 'TEXT SEARCH DICTIONARY d',
    rename: 'TEXT SEARCH DICTIONARY d RENAME TO e',
    move: 'TEXT SEARCH DICTIONARY d SET SCHEMA s',
  },
  OBJECT_TSPARSER: {
    drop: 'TEXT SEARCH PARSER p',
    rename: 'TEXT SEARCH PARSER p RENAME TO q',
    move: 'TEXT SEARCH PARSER p SET SCHEMA s',
  },
  OBJECT_TSTEMPLATE: {
    drop: 'TEXT SEARCH TEMPLATE t',
    rename: 'TEXT SEARCH TEMPLATE t RENAME TO u',
    move: 'TEXT SEARCH TEMPLATE t SET SCHEMA s',
  },
  OBJECT_TYPE: { drop: 'TYPE t', rename: 'TYPE t RENAME TO u', move: 'TYPE t SET SCHEMA s' },
  OBJECT_USER_MAPPING: {},
  OBJECT_VIEW: { drop: 'VIEW v', rename: 'VIEW v RENAME TO w', move: 'VIEW v SET SCHEMA s' },
};

const list = (sample: Sample | string[]) =>
  typeof sample === 'string' ? [sample] : Array.isArray(sample) ? sample : [];
const only = (sql: string): Statement => {
  const { statements: found } = new Script(sql);
  expect(found).toHaveLength(1);
  expect(found[0]!.problem).toBeUndefined();
  return found[0]!;
};

beforeAll(loadParser);

describe('every statement has an entry', () => {
  test.each(Object.entries(statements).flatMap(([type, sample]) => list(sample).map((sql) => [sql, type])))(
    '%s',
    (sql, type) => {
      const statement = only(sql);
      expect(statement.type).toBe(type);
      expect(unitsOf(statement)).toHaveLength(1);
    },
  );
});

describe('every subcommand of ALTER TABLE has an entry', () => {
  test.each(Object.entries(subcommands).flatMap(([type, sample]) => list(sample).map((sql) => [sql, type])))(
    '%s',
    (sql, type) => {
      const statement = only(/^ALTER (TYPE|INDEX|FOREIGN)/.test(sql) ? sql : `ALTER TABLE t ${sql}`);
      expect(JSON.stringify(statement.as('AlterTableStmt')?.cmds)).toContain(`"${type}"`);
      expect(unitsOf(statement)).toHaveLength(1);
    },
  );
});

describe('every kind of object that can be dropped, renamed or moved has an entry', () => {
  const samples = Object.entries(objects).flatMap(([type, { drop, rename, move }]) => [
    ...(drop ? [[`DROP ${drop}`, 'DropStmt', 'removeType', type]] : []),
    ...(rename ? [[`ALTER ${rename}`, 'RenameStmt', 'renameType', type]] : []),
    ...(move ? [[`ALTER ${move}`, 'AlterObjectSchemaStmt', 'objectType', type]] : []),
  ]);
  test.each(samples)('%s', (sql, node, field, type) => {
    const statement = only(sql);
    expect(statement.type).toBe(node);
    expect(statement.node).toMatchObject({ [field]: type });
    expect(unitsOf(statement)).toHaveLength(1);
  });
});
