/** ALTER … : subcommands that add, drop, rename, move or attach something, and so can do it only once. */
import { columnParts, constraintRef, defaultDetail, nothingTaken, typeDetail } from '../columns.ts';
import {
  entry,
  guard,
  ifExists,
  ifNotExists,
  type Effect,
  type Back,
  type Entry,
  type Surroundings,
  type Technique,
} from '../effects.ts';
import {
  isCastChain,
  isOn,
  nameOf,
  nameOfRange,
  nodeAs,
  roleName,
  stringOf,
  strings,
  strip,
  typeText,
} from '../nodes.ts';
import { chooseName, quoteLiteral, quoteName } from '../names.ts';
import { alterDomainLocks, alterTableLocks, renameLocks } from '../locks/index.ts';
import { needsOf } from '../needs.ts';
import type { Detail, Kind, Name, ObjectRef } from '../objects.ts';
import type { SqlState } from '../sqlstates.ts';
import type { Node, NodeOf } from '../../syntax/parser.ts';
import { alterTableSettings, sharesRows } from '../settings.ts';
import { alteredObject, kindOfObject, objectOf } from '../object-nodes.ts';
import { use, useColumns, useTable } from '../uses.ts';
import { volatileCall } from '../volatility.ts';
import { publicationParts, publishedBy, referenced, subscriptionParts } from './create.ts';
import { flatMap } from '../../lists.ts';

type Command = NodeOf<'AlterTableCmd'>;

const make = (object: ObjectRef, missingOk = false, parts?: ObjectRef[]): Effect => ({
  action: 'create',
  object,
  mode: missingOk ? 'if-not-exists' : 'bare',
  ...(parts && { parts }),
});
const remove = (object: ObjectRef, missingOk = false): Effect => ({
  action: 'drop',
  object,
  mode: missingOk ? 'if-exists' : 'bare',
});
/** What a subcommand drops, with what depends on it where it says CASCADE. */
const removeBy = ({ missing_ok: missingOk, behavior }: Command, object: ObjectRef): Effect => ({
  ...remove(object, missingOk),
  ...(behavior === 'DROP_CASCADE' && { cascade: true }),
});

const command = (
  id: string,
  statement: string,
  back: Back,
  subtypes: string | readonly string[],
  secondRun: Entry['secondRun'],
  effects: (cmd: Command, around: Surroundings) => Effect[],
  techniques: Technique[],
  when: (cmd: Command, around: Surroundings) => boolean = () => true,
): Entry => {
  const own = new Set<string | undefined>([subtypes].flat());
  return entry<'AlterTableCmd'>({
    id,
    statement,
    node: 'AlterTableCmd',
    back,
    inTransaction: true,
    when: (cmd, around) => own.has(cmd.subtype) && when(cmd, around),
    secondRun,
    effects,
    techniques,
    ...(alterTableLocks[id] && { locks: alterTableLocks[id] }),
  });
};

const learnOf = (object: ObjectRef, detail: Partial<Detail>): Effect => ({ action: 'learn', object, detail });

const NOT_NULL: Partial<Detail> = { notNull: true, notNullUnproven: undefined };

/** The type that a column has from then on, without the modifiers and the collation of the old one. */
function learnType({ name = '', def }: Command, { table }: Surroundings): Effect {
  const { typeName, collClause } = nodeAs(def, 'ColumnDef') ?? {};
  const { type, definition, modifiers } = typeDetail(typeName);
  const collation = strings(collClause?.collname).at(-1);
  return learnOf({ kind: 'column', name, of: table }, { type, definition, modifiers, collation });
}

/** The types of the user that a conversion names. */
function typesOf({ def }: Command): Effect[] {
  const { typeName, raw_default: using } = nodeAs(def, 'ColumnDef') ?? {};
  const named = needsOf({ typeName, using }).filter(({ kind }) => kind === 'type');
  return [...new Map(named.map((type) => [quoteName(type), use(type)])).values()];
}

/** What history remembers after a subcommand that a second run repeats without a change. */
function learned({ subtype, name = '', def }: Command, { table }: Surroundings): Effect[] {
  const column: ObjectRef = { kind: 'column', name, of: table };
  const relation: ObjectRef = { kind: 'table', ...table };
  switch (subtype) {
    case 'AT_SetNotNull':
      return [learnOf(column, NOT_NULL)];
    case 'AT_DropNotNull':
      return [learnOf(column, { notNull: false, notNullUnproven: undefined })];
    case 'AT_ValidateConstraint':
      return [learnOf({ kind: 'constraint', name, of: table }, { unproven: undefined, notNullUnproven: undefined })];
    case 'AT_AlterConstraint': {
      const { conname, alterEnforceability, is_enforced: isEnforced } = nodeAs(def, 'ATAlterConstraint') ?? {};
      if (!alterEnforceability) return [];
      return [
        learnOf(
          { kind: 'constraint', name: conname ?? '', of: table },
          { unproven: isEnforced ? undefined : 'not enforced' },
        ),
      ];
    }
    case 'AT_SetLogged':
    case 'AT_SetUnLogged':
      return [learnOf(relation, { unlogged: subtype === 'AT_SetUnLogged' || undefined })];
    case 'AT_SetAccessMethod':
      return [learnOf(relation, { accessMethod: name || undefined })];
    case 'AT_SetTableSpace':
      return [learnOf(relation, { tablespace: name })];
    default:
      return [];
  }
}

const isType = (around: Surroundings) => around.objectType === 'OBJECT_TYPE';
const columnOf = (cmd: Command, around: Surroundings): ObjectRef => ({
  kind: 'column',
  name: cmd.name ?? '',
  of: around.table,
});

/** USING INDEX gives the index the name of the constraint: under its own name it is gone. */
function consumedIndex(constraint: NodeOf<'Constraint'> | undefined, around: Surroundings): Effect[] {
  if (!constraint?.indexname || constraint.conname === undefined || constraint.conname === constraint.indexname)
    return [];
  return [
    {
      action: 'drop',
      object: { kind: 'index', schema: around.table.schema, name: constraint.indexname },
      mode: 'if-exists',
    },
  ];
}

/** The dictionaries that a mapping names. */
const dictionaries = ({ dicts }: NodeOf<'AlterTSConfigurationStmt'>): ObjectRef[] =>
  flatMap(dicts ?? [], (list) => {
    const items = nodeAs(list, 'List')?.items;
    return items ? { kind: 'text search dictionary' as const, ...nameOf(items) } : [];
  });

const constraintOf = (cmd: Command) => nodeAs(cmd.def, 'Constraint');

/** Subcommands that say the same however often they run, and only need their column. */
const COLUMN_SETTINGS = [
  'AT_ColumnDefault',
  'AT_DropNotNull',
  'AT_SetNotNull',
  'AT_SetExpression',
  'AT_SetStatistics',
  'AT_SetOptions',
  'AT_ResetOptions',
  'AT_SetStorage',
  'AT_SetCompression',
  'AT_SetIdentity',
];

/** Subcommands that set the table itself, and say the same however often they run. */
const TABLE_SETTINGS = [
  'AT_ValidateConstraint',
  'AT_AlterConstraint',
  'AT_ChangeOwner',
  'AT_ClusterOn',
  'AT_DropCluster',
  'AT_SetLogged',
  'AT_SetUnLogged',
  'AT_DropOids',
  'AT_SetAccessMethod',
  'AT_SetTableSpace',
  'AT_SetRelOptions',
  'AT_ResetRelOptions',
  'AT_EnableTrig',
  'AT_EnableAlwaysTrig',
  'AT_EnableReplicaTrig',
  'AT_DisableTrig',
  'AT_EnableTrigAll',
  'AT_DisableTrigAll',
  'AT_EnableTrigUser',
  'AT_DisableTrigUser',
  'AT_EnableRule',
  'AT_EnableAlwaysRule',
  'AT_EnableReplicaRule',
  'AT_DisableRule',
  'AT_ReplicaIdentity',
  'AT_EnableRowSecurity',
  'AT_DisableRowSecurity',
  'AT_ForceRowSecurity',
  'AT_NoForceRowSecurity',
  'AT_AddOf',
];

const optionEffects = (kind: Kind, of: Name, options: readonly Node[] | undefined): Effect[] =>
  flatMap(options ?? [], (o): Effect[] => {
    const option = nodeAs(o, 'DefElem');
    const object: ObjectRef = { kind, name: option?.defname ?? '', of };
    if (option?.defaction === 'DEFELEM_DROP') return [remove(object)];
    return option?.defaction === 'DEFELEM_SET' ? [] : [make(object)];
  });

export const alterTableEntries: Entry[] = [
  command(
    'add-column',
    'ALTER TABLE … ADD COLUMN',
    'drops it',
    'AT_AddColumn',
    { error: '42701' },
    (cmd, around) => {
      const [column, ...parts] = columnParts(around.table, [cmd.def!], nothingTaken);
      return [
        make(column!, cmd.missing_ok, parts),
        ...flatMap(parts, (part) => usesOfConstraint(part, around.table, column!.name)),
        ...flatMap(column!.detail?.needs ?? [], (need) => (need.kind === 'column' ? use(need) : [])),
      ];
    },
    [ifNotExists('ADD [COLUMN]', 13), guard],
    (_, around) => !isType(around),
  ),
  command(
    'add-attribute',
    'ALTER TYPE … ADD ATTRIBUTE',
    'drops it',
    'AT_AddColumn',
    { error: '42701' },
    (cmd, around) => [make({ kind: 'attribute', name: nodeAs(cmd.def, 'ColumnDef')?.colname ?? '', of: around.table })],
    [guard],
    (_, around) => isType(around),
  ),
  command(
    'drop-column',
    'ALTER TABLE … DROP COLUMN',
    { by: 'adds it again', loses: 'its values' },
    'AT_DropColumn',
    { error: '42703' },
    (cmd, around) => [removeBy(cmd, columnOf(cmd, around))],
    [ifExists('DROP [COLUMN]')],
    (_, around) => !isType(around),
  ),
  command(
    'drop-attribute',
    'ALTER TYPE … DROP ATTRIBUTE',
    { none: 'an attribute can only be added behind the others' },
    'AT_DropColumn',
    { error: '42703' },
    (cmd, around) => [remove({ kind: 'attribute', name: cmd.name ?? '', of: around.table }, cmd.missing_ok)],
    [ifExists('ATTRIBUTE')],
    (_, around) => isType(around),
  ),
  command(
    'add-constraint',
    'ALTER TABLE … ADD CONSTRAINT',
    'drops it',
    'AT_AddConstraint',
    { error: '42710' },
    (cmd, around) => [
      ...referenced([cmd.def!]),
      ...flatMap([constraintRef(around.table, constraintOf(cmd)!, nothingTaken)], (ref) =>
        ref ? [make(ref), ...usesOfConstraint(ref, around.table)] : [],
      ),
      ...consumedIndex(constraintOf(cmd), around),
    ],
    [guard],
    (cmd) =>
      constraintOf(cmd)?.contype !== 'CONSTR_NOTNULL' &&
      (constraintOf(cmd)?.conname !== undefined ||
        constraintOf(cmd)?.indexname !== undefined ||
        constraintOf(cmd)?.contype === 'CONSTR_PRIMARY'),
  ),
  command(
    'add-constraint-unnamed',
    'ALTER TABLE … ADD CHECK, UNIQUE or FOREIGN KEY without a name',
    'drops it',
    'AT_AddConstraint',
    { effect: 'adds a second constraint' },
    (cmd, around) => [
      ...referenced([cmd.def!]),
      ...flatMap([constraintRef(around.table, constraintOf(cmd)!, nothingTaken)], (object): Effect[] =>
        object ? [...usesOfConstraint(object, around.table), { action: 'duplicate', object }] : [],
      ),
    ],
    [{ technique: 'name' }],
    (cmd) => constraintOf(cmd)?.contype !== 'CONSTR_NOTNULL',
  ),
  command(
    'add-not-null-constraint',
    'ALTER TABLE … ADD CONSTRAINT … NOT NULL',
    'drops NOT NULL',
    'AT_AddConstraint',
    'harmless',
    (cmd, { table }) => {
      const { keys, skip_validation: isSkipped, conname } = constraintOf(cmd) ?? {};
      return strings(keys).map((name): Effect =>
        learnOf(
          { kind: 'column', name, of: table },
          isSkipped ? { notNull: true, notNullUnproven: conname ?? name } : NOT_NULL,
        ),
      );
    },
    [],
  ),
  command(
    'drop-constraint',
    'ALTER TABLE … DROP CONSTRAINT',
    'adds it again',
    'AT_DropConstraint',
    { error: '42704' },
    (cmd, around) => [removeBy(cmd, { kind: 'constraint', name: cmd.name ?? '', of: around.table })],
    [ifExists('DROP CONSTRAINT')],
  ),
  command(
    'alter-column-type-using',
    'ALTER TABLE … ALTER COLUMN … TYPE … USING',
    { by: 'converts it back', loses: 'values that no conversion makes again' },
    'AT_AlterColumnType',
    { effect: 'evaluates USING on values that it has already converted' },
    (cmd, around) => [
      use(columnOf(cmd, around)),
      ...typesOf(cmd),
      make({
        kind: 'column type',
        name: cmd.name ?? '',
        of: around.table,
        detail: typeDetail(nodeAs(cmd.def, 'ColumnDef')?.typeName),
      }),
      learnType(cmd, around),
    ],
    [guard],
    (cmd) => {
      const using = nodeAs(cmd.def, 'ColumnDef')?.raw_default;
      return using !== undefined && !isCastChain(using, cmd.name ?? '');
    },
  ),
  command(
    'alter-column-type',
    'ALTER TABLE … ALTER COLUMN … TYPE',
    { by: 'converts it back', loses: 'values that no conversion makes again' },
    'AT_AlterColumnType',
    'harmless',
    (cmd, around) => [
      use(columnOf(cmd, around)),
      ...typesOf(cmd),
      {
        action: 'create',
        mode: 'or-replace',
        object: { detail: typeDetail(nodeAs(cmd.def, 'ColumnDef')?.typeName), ...columnOf(cmd, around) },
      },
      learnType(cmd, around),
    ],
    [],
  ),
  command(
    'add-identity',
    'ALTER TABLE … ADD GENERATED AS IDENTITY',
    'drops it',
    'AT_AddIdentity',
    { error: '55000' },
    (cmd, around) => {
      const { table } = around;
      // The sequence cannot be dropped while the column is an identity.
      const sequence: ObjectRef = {
        kind: 'sequence',
        schema: table.schema,
        name: chooseName(table.name, cmd.name, 'seq', () => false),
      };
      return [
        use(columnOf(cmd, around)),
        make({ kind: 'identity', name: cmd.name ?? '', of: table, detail: { needs: [sequence] } }, false, [sequence]),
      ];
    },
    [guard],
  ),
  command(
    'drop-identity',
    'ALTER TABLE … DROP IDENTITY',
    'adds it again',
    'AT_DropIdentity',
    { error: '55000' },
    (cmd, around) => [
      use(columnOf(cmd, around)),
      remove({ kind: 'identity', name: cmd.name ?? '', of: around.table }, cmd.missing_ok),
    ],
    [ifExists('DROP IDENTITY')],
  ),
  command(
    'drop-expression',
    'ALTER TABLE … DROP EXPRESSION',
    'adds the column again, which computes its values',
    'AT_DropExpression',
    { error: '55000' },
    (cmd, around) => [
      use(columnOf(cmd, around)),
      remove({ kind: 'expression', name: cmd.name ?? '', of: around.table }, cmd.missing_ok),
      learnOf({ kind: 'column', name: cmd.name ?? '', of: around.table }, { generated: undefined, reads: [] }),
    ],
    [ifExists('DROP EXPRESSION', 13), guard],
  ),
  command(
    'inherit',
    'ALTER TABLE … INHERIT',
    'says NO INHERIT',
    'AT_AddInherit',
    { error: '42P07' },
    (cmd, around) => {
      const parent = nameOfRange(nodeAs(cmd.def, 'RangeVar'));
      return [
        useTable(parent),
        make({ kind: 'inheritance', ...parent, of: around.table }),
        ...sharesRows(around.table, parent),
      ];
    },
    [guard],
  ),
  command(
    'no-inherit',
    'ALTER TABLE … NO INHERIT',
    'says INHERIT',
    'AT_DropInherit',
    { error: '42P01' },
    (cmd, around) => [remove({ kind: 'inheritance', ...nameOfRange(nodeAs(cmd.def, 'RangeVar')), of: around.table })],
    [guard],
  ),
  command(
    'attach-partition',
    'ALTER TABLE … ATTACH PARTITION',
    'detaches it',
    'AT_AttachPartition',
    { error: '42809' },
    (cmd, around) => {
      const partition = nameOfRange(nodeAs(cmd.def, 'PartitionCmd')?.name);
      return [
        useTable(partition),
        make({ kind: 'partition', ...partition, of: around.table }),
        ...(nodeAs(cmd.def, 'PartitionCmd')?.bound?.is_default
          ? [learnOf({ kind: 'table', ...partition }, { isDefault: true })]
          : []),
        ...sharesRows(around.table, partition),
      ];
    },
    [guard],
    (_, around) => around.objectType !== 'OBJECT_INDEX',
  ),
  command(
    'attach-index-partition',
    'ALTER INDEX … ATTACH PARTITION',
    { none: 'PostgreSQL detaches no index from another' },
    'AT_AttachPartition',
    'harmless',
    () => [],
    [],
  ),
  command(
    'detach-partition',
    'ALTER TABLE … DETACH PARTITION',
    'attaches it',
    'AT_DetachPartition',
    { error: '42P01' },
    (cmd, around) => [
      remove({ kind: 'partition', ...nameOfRange(nodeAs(cmd.def, 'PartitionCmd')?.name), of: around.table }),
    ],
    [guard],
    (cmd) => !nodeAs(cmd.def, 'PartitionCmd')?.concurrent,
  ),
  entry<'AlterTableCmd'>({
    id: 'detach-partition-concurrently',
    back: 'attaches it',
    locks: alterTableLocks['detach-partition-concurrently']!,
    statement: 'ALTER TABLE … DETACH PARTITION CONCURRENTLY',
    node: 'AlterTableCmd',
    inTransaction: ({ def }) => (nodeAs(def, 'PartitionCmd')?.concurrent ? 'DETACH PARTITION CONCURRENTLY' : true),
    when: (cmd) => cmd.subtype === 'AT_DetachPartition' || cmd.subtype === 'AT_DetachPartitionFinalize',
    secondRun: { error: '42P01' },
    effects: (cmd, around) => [
      remove({ kind: 'partition', ...nameOfRange(nodeAs(cmd.def, 'PartitionCmd')?.name), of: around.table }),
    ],
    unfixable: 'DETACH PARTITION CONCURRENTLY and FINALIZE cannot stand in a DO block, and have no IF EXISTS',
  }),
  command(
    'not-of',
    'ALTER TABLE … NOT OF',
    'says OF again',
    'AT_DropOf',
    { error: '42809' },
    (_, around) => [remove({ kind: 'typed table', ...around.table })],
    [guard],
  ),
  command(
    'foreign-table-options',
    'ALTER FOREIGN TABLE … OPTIONS',
    'gives the options their earlier values',
    'AT_GenericOptions',
    { error: '42710' },
    (cmd, around) => optionEffects('table option', around.table, nodeAs(cmd.def, 'List')?.items),
    [guard],
  ),
  entry<'AlterTableCmd'>({
    id: 'foreign-column-options',
    back: { none: 'a second run of it fails: a guard cannot ask for the options of one column' },
    locks: alterTableLocks['foreign-column-options']!,
    statement: 'ALTER FOREIGN TABLE … ALTER COLUMN … OPTIONS',
    node: 'AlterTableCmd',
    inTransaction: true,
    when: (cmd) => cmd.subtype === 'AT_AlterColumnGenericOptions',
    secondRun: { error: '42710' },
    effects: (cmd, around) =>
      optionEffects(
        'column option',
        { ...around.table, name: `${around.table.name}.${cmd.name ?? ''}` },
        nodeAs(cmd.def, 'List')?.items,
      ),
    unfixable: 'write SET instead of ADD where the option is there already',
  }),
  command(
    'alter-column-setting',
    'ALTER TABLE … ALTER COLUMN SET, DROP DEFAULT, DROP NOT NULL',
    'sets it as it was',
    COLUMN_SETTINGS,
    'harmless',
    settingEffects,
    [guard],
  ),
  command(
    'alter-table-setting',
    'ALTER TABLE … OWNER, SET, RESET, ENABLE, DISABLE, FORCE, REPLICA IDENTITY, VALIDATE, CLUSTER, OF',
    'sets it as it was',
    TABLE_SETTINGS,
    'harmless',
    (cmd, around) => [
      ...settingNeeds(cmd, around.table).map(use),
      ...alterTableSettings(cmd, around.table),
      ...learned(cmd, around),
    ],
    [],
  ),
];

/** What a setting of a table names besides the table. */
function settingNeeds({ subtype, name, def }: Command, table: Name): ObjectRef[] {
  const command: string = subtype ?? '';
  if (/^AT_(?:Enable|Disable)(?:Always|Replica)?Trig$/.test(command) && name !== undefined)
    return [{ kind: 'trigger', name, of: table }];
  if (/^AT_(?:Enable|Disable)(?:Always|Replica)?Rule$/.test(command) && name !== undefined)
    return [{ kind: 'rule', name, of: table }];
  if (subtype === 'AT_ValidateConstraint' && name !== undefined) return [{ kind: 'constraint', name, of: table }];
  const index = subtype === 'AT_ClusterOn' ? name : nodeAs(def, 'ReplicaIdentityStmt')?.name;
  return index === undefined ? [] : [{ kind: 'index', schema: table.schema, name: index }];
}

/** A default changes what later INSERTs store. A second run sets the same default again. */
function settingEffects(cmd: Command, around: Surroundings): Effect[] {
  if (cmd.name === undefined) return [];
  const column = columnOf(cmd, around);
  const settings = alterTableSettings(cmd, around.table);
  if (cmd.subtype !== 'AT_ColumnDefault') return [use(column), ...settings, ...learned(cmd, around)];
  const needs = cmd.def ? needsOf(cmd.def) : [];
  return [
    use(column),
    ...needs.map(use),
    { action: 'avoid', object: { kind: 'identity', name: cmd.name, of: around.table } },
    {
      action: 'create',
      mode: 'or-replace',
      object: {
        detail: {
          varies: volatileCall(cmd.def),
          defaultNeeds: needs,
          ...defaultDetail(cmd.def),
          // Rows that were written before may have another one.
          constantDefault: undefined,
        },
        ...column,
      },
    },
    ...settings,
  ];
}

/**
 * The columns that a constraint is about. They are looked up only where the name is free. Those of a foreign key are
 * left out: keys are moved to columns that take the place of others, and a guard must ask for the end of that.
 * @param own a column that is made together with it
 */
const usesOfConstraint = ({ kind, detail }: ObjectRef, table: Name, own?: string): Effect[] =>
  kind === 'constraint' && detail?.contype !== 'f'
    ? [
        ...useColumns(
          (detail?.columns ?? []).filter((column) => column !== undefined && column !== own) as string[],
          table,
        ),
      ]
    : [];

/** ALTER … RENAME, by what the parser calls the object: the words of the statement, and how a second run fails. */
const renames: [objectType: string, keywords: string, error: SqlState][] = [
  ['OBJECT_TABLE', 'ALTER TABLE', '42P01'],
  ['OBJECT_VIEW', 'ALTER VIEW', '42P01'],
  ['OBJECT_MATVIEW', 'ALTER MATERIALIZED VIEW', '42P01'],
  ['OBJECT_FOREIGN_TABLE', 'ALTER FOREIGN TABLE', '42P01'],
  ['OBJECT_INDEX', 'ALTER INDEX', '42P01'],
  ['OBJECT_SEQUENCE', 'ALTER SEQUENCE', '42P01'],
  ['OBJECT_COLUMN', 'ALTER TABLE … RENAME COLUMN', '42703'],
  ['OBJECT_ATTRIBUTE', 'ALTER TYPE … RENAME ATTRIBUTE', '42703'],
  ['OBJECT_TABCONSTRAINT', 'ALTER TABLE … RENAME CONSTRAINT', '42704'],
  ['OBJECT_DOMCONSTRAINT', 'ALTER DOMAIN … RENAME CONSTRAINT', '42704'],
  ['OBJECT_POLICY', 'ALTER POLICY … RENAME', '42710'],
  ['OBJECT_TRIGGER', 'ALTER TRIGGER … RENAME', '42704'],
  ['OBJECT_RULE', 'ALTER RULE … RENAME', '42704'],
  ['OBJECT_FUNCTION', 'ALTER FUNCTION … RENAME', '42883'],
  ['OBJECT_PROCEDURE', 'ALTER PROCEDURE … RENAME', '42883'],
  ['OBJECT_ROUTINE', 'ALTER ROUTINE … RENAME', '42883'],
  ['OBJECT_AGGREGATE', 'ALTER AGGREGATE … RENAME', '42883'],
  ['OBJECT_TYPE', 'ALTER TYPE … RENAME', '42704'],
  ['OBJECT_DOMAIN', 'ALTER DOMAIN … RENAME', '42704'],
  ['OBJECT_SCHEMA', 'ALTER SCHEMA … RENAME', '3F000'],
  ['OBJECT_ROLE', 'ALTER ROLE … RENAME', '42704'],
  ['OBJECT_DATABASE', 'ALTER DATABASE … RENAME', '3D000'],
  ['OBJECT_TABLESPACE', 'ALTER TABLESPACE … RENAME', '42704'],
  ['OBJECT_EVENT_TRIGGER', 'ALTER EVENT TRIGGER … RENAME', '42704'],
  ['OBJECT_FDW', 'ALTER FOREIGN DATA WRAPPER … RENAME', '42704'],
  ['OBJECT_FOREIGN_SERVER', 'ALTER SERVER … RENAME', '42704'],
  ['OBJECT_LANGUAGE', 'ALTER LANGUAGE … RENAME', '42704'],
  ['OBJECT_PUBLICATION', 'ALTER PUBLICATION … RENAME', '42704'],
  ['OBJECT_SUBSCRIPTION', 'ALTER SUBSCRIPTION … RENAME', '42704'],
  ['OBJECT_COLLATION', 'ALTER COLLATION … RENAME', '42704'],
  ['OBJECT_CONVERSION', 'ALTER CONVERSION … RENAME', '42704'],
  ['OBJECT_STATISTIC_EXT', 'ALTER STATISTICS … RENAME', '42704'],
  ['OBJECT_TSCONFIGURATION', 'ALTER TEXT SEARCH CONFIGURATION … RENAME', '42704'],
  ['OBJECT_TSDICTIONARY', 'ALTER TEXT SEARCH DICTIONARY … RENAME', '42704'],
  ['OBJECT_TSPARSER', 'ALTER TEXT SEARCH PARSER … RENAME', '42704'],
  ['OBJECT_TSTEMPLATE', 'ALTER TEXT SEARCH TEMPLATE … RENAME', '42704'],
  ['OBJECT_OPCLASS', 'ALTER OPERATOR CLASS … RENAME', '42704'],
  ['OBJECT_OPFAMILY', 'ALTER OPERATOR FAMILY … RENAME', '42704'],
];

const relationKinds = new Set<string>([
  'OBJECT_TABLE',
  'OBJECT_VIEW',
  'OBJECT_MATVIEW',
  'OBJECT_FOREIGN_TABLE',
  'OBJECT_INDEX',
  'OBJECT_SEQUENCE',
]);
/** What is renamed or moved under a lock on a relation: itself, or what is part of one. */
const locksRelation = (objectType: string): boolean =>
  relationKinds.has(objectType) ||
  ['OBJECT_COLUMN', 'OBJECT_TABCONSTRAINT', 'OBJECT_POLICY', 'OBJECT_TRIGGER', 'OBJECT_RULE'].includes(objectType);
const noTransaction = new Set<string>(['OBJECT_DATABASE', 'OBJECT_TABLESPACE']);

const RENAME_IF_EXISTS = ifExists('ALTER TABLE|VIEW|INDEX|SEQUENCE|MATERIALIZED|FOREIGN [VIEW|TABLE]');
const MOVE_IF_EXISTS = ifExists('ALTER TABLE|VIEW|SEQUENCE|MATERIALIZED|FOREIGN [VIEW|TABLE]');

const OUTSIDE: Back = { none: 'it is not part of the database, and cannot run in a transaction' };
const idOf = (prefix: string, objectType: string) => `${prefix}-${kindOfObject(objectType)!.replaceAll(' ', '-')}`;

export const renameEntries: Entry[] = renames.map(([renameType, keywords, error]) => {
  const isRelation = relationKinds.has(renameType);
  const modeOf = (node: NodeOf<'RenameStmt'>) => (node.missing_ok ? 'if-exists' : 'bare');
  return entry<'RenameStmt'>({
    id: idOf('rename', renameType),
    back: noTransaction.has(renameType) ? OUTSIDE : 'renames it back',
    statement: isRelation ? `${keywords} … RENAME` : keywords,
    node: 'RenameStmt',
    inTransaction: true,
    when: (node) => node.renameType === renameType,
    secondRun: { error },
    ...(locksRelation(renameType) && {
      locks: renameLocks<'RenameStmt'>((node: NodeOf<'RenameStmt'>) => alteredObject(renameType, node)),
    }),
    effects: (node) => {
      const object = alteredObject(renameType, node)!;
      const owner: ObjectRef | undefined = node.relation &&
        object.of && { kind: object.kind === 'attribute' ? 'type' : 'table', ...object.of };
      return [
        ...(owner ? [{ action: 'use', object: owner, mode: modeOf(node) } as const] : []),
        {
          action: 'rename',
          object,
          to: { ...object, name: node.newname ?? '' },
          mode: isRelation ? modeOf(node) : 'bare',
        },
      ];
    },
    ...(noTransaction.has(renameType)
      ? { unfixable: `${keywords} has no IF EXISTS, and belongs outside a migration` }
      : { techniques: isRelation ? [RENAME_IF_EXISTS] : [guard] }),
  });
});

/** ALTER … SET SCHEMA, in the same way. */
const moves: [objectType: string, keywords: string, error: SqlState][] = [
  ['OBJECT_TABLE', 'ALTER TABLE', '42P01'],
  ['OBJECT_VIEW', 'ALTER VIEW', '42P01'],
  ['OBJECT_MATVIEW', 'ALTER MATERIALIZED VIEW', '42P01'],
  ['OBJECT_FOREIGN_TABLE', 'ALTER FOREIGN TABLE', '42P01'],
  ['OBJECT_SEQUENCE', 'ALTER SEQUENCE', '42P01'],
  ['OBJECT_FUNCTION', 'ALTER FUNCTION', '42883'],
  ['OBJECT_PROCEDURE', 'ALTER PROCEDURE', '42883'],
  ['OBJECT_ROUTINE', 'ALTER ROUTINE', '42883'],
  ['OBJECT_AGGREGATE', 'ALTER AGGREGATE', '42883'],
  ['OBJECT_TYPE', 'ALTER TYPE', '42704'],
  ['OBJECT_DOMAIN', 'ALTER DOMAIN', '42704'],
  ['OBJECT_COLLATION', 'ALTER COLLATION', '42704'],
  ['OBJECT_CONVERSION', 'ALTER CONVERSION', '42704'],
  ['OBJECT_STATISTIC_EXT', 'ALTER STATISTICS', '42704'],
  ['OBJECT_TSCONFIGURATION', 'ALTER TEXT SEARCH CONFIGURATION', '42704'],
  ['OBJECT_TSDICTIONARY', 'ALTER TEXT SEARCH DICTIONARY', '42704'],
  ['OBJECT_TSPARSER', 'ALTER TEXT SEARCH PARSER', '42704'],
  ['OBJECT_TSTEMPLATE', 'ALTER TEXT SEARCH TEMPLATE', '42704'],
  ['OBJECT_OPCLASS', 'ALTER OPERATOR CLASS', '42704'],
  ['OBJECT_OPFAMILY', 'ALTER OPERATOR FAMILY', '42704'],
  ['OBJECT_OPERATOR', 'ALTER OPERATOR', '42883'],
];

export const moveEntries: Entry[] = [
  ...moves.map(([objectType, keywords, error]) =>
    entry<'AlterObjectSchemaStmt'>({
      id: idOf('set-schema', objectType),
      back: 'moves it back',
      statement: `${keywords} … SET SCHEMA`,
      node: 'AlterObjectSchemaStmt',
      inTransaction: true,
      when: (node) => node.objectType === objectType,
      secondRun: { error },
      ...(locksRelation(objectType) && {
        locks: renameLocks<'AlterObjectSchemaStmt'>(({ relation, object }: NodeOf<'AlterObjectSchemaStmt'>) =>
          alteredObject(objectType, { relation, object }),
        ),
      }),
      effects: (node) => {
        const { relation, object: named, missing_ok, newschema = '' } = node;
        const object = alteredObject(objectType, { relation, object: named })!;
        return [
          { action: 'rename', object, to: { ...object, schema: newschema }, mode: missing_ok ? 'if-exists' : 'bare' },
        ];
      },
      techniques: [relationKinds.has(objectType) ? MOVE_IF_EXISTS : guard],
    }),
  ),
  entry<'AlterObjectSchemaStmt'>({
    id: 'set-schema-extension',
    back: 'moves it back',
    statement: 'ALTER EXTENSION … SET SCHEMA',
    node: 'AlterObjectSchemaStmt',
    inTransaction: true,
    when: (node) => node.objectType === 'OBJECT_EXTENSION',
    secondRun: 'harmless',
    effects: (node) => {
      const extension = objectOf(node.objectType, node.object);
      return extension ? [use(extension)] : [];
    },
  }),
];

export const alterEntries: Entry[] = [
  entry<'AlterEnumStmt'>({
    id: 'add-enum-value',
    back: 'makes the type anew without the value; PostgreSQL refuses it while a row has the value',
    statement: 'ALTER TYPE … ADD VALUE',
    node: 'AlterEnumStmt',
    inTransaction: true,
    when: (node) => node.oldVal === undefined,
    secondRun: { error: '42710' },
    effects: (node) => [
      make({ kind: 'enum label', name: node.newVal ?? '', of: nameOf(node.typeName) }, node.skipIfNewValExists),
    ],
    techniques: [ifNotExists('ADD VALUE')],
  }),
  entry<'AlterEnumStmt'>({
    id: 'rename-enum-value',
    back: 'renames it back',
    statement: 'ALTER TYPE … RENAME VALUE',
    node: 'AlterEnumStmt',
    inTransaction: true,
    when: (node) => node.oldVal !== undefined,
    secondRun: { error: '22023' },
    effects: (node) => {
      const object: ObjectRef = { kind: 'enum label', name: node.oldVal ?? '', of: nameOf(node.typeName) };
      return [{ action: 'rename', object, to: { ...object, name: node.newVal ?? '' }, mode: 'bare' }];
    },
    techniques: [guard],
  }),
  entry<'AlterDomainStmt'>({
    id: 'domain-add-constraint',
    back: 'drops it',
    locks: alterDomainLocks,
    statement: 'ALTER DOMAIN … ADD CONSTRAINT',
    node: 'AlterDomainStmt',
    inTransaction: true,
    when: (node) => node.subtype === ('C' as typeof node.subtype) || String(node.subtype) === 'AD_AddConstraint',
    secondRun: { error: '42710' },
    effects: (node) => {
      const constraint = nodeAs(node.def, 'Constraint');
      const of = nameOf(node.typeName);
      const detail = { needs: needsOf(constraint?.raw_expr) };
      const object: ObjectRef = { kind: 'domain constraint', name: constraint?.conname ?? '', of, detail };
      return constraint?.conname === undefined ? [{ action: 'duplicate', object }] : [make(object)];
    },
    techniques: [{ technique: 'name' }, guard],
  }),
  entry<'AlterDomainStmt'>({
    id: 'domain-drop-constraint',
    back: 'adds it again',
    statement: 'ALTER DOMAIN … DROP CONSTRAINT',
    node: 'AlterDomainStmt',
    inTransaction: true,
    when: (node) => node.subtype === ('X' as typeof node.subtype) || String(node.subtype) === 'AD_DropConstraint',
    secondRun: { error: '42704' },
    effects: (node) => [
      remove({ kind: 'domain constraint', name: node.name ?? '', of: nameOf(node.typeName) }, node.missing_ok),
    ],
    techniques: [ifExists('CONSTRAINT')],
  }),
  entry<'AlterDomainStmt'>({
    id: 'domain-setting',
    back: 'sets it as it was',
    locks: alterDomainLocks,
    statement: 'ALTER DOMAIN … SET, DROP DEFAULT, DROP NOT NULL, VALIDATE',
    node: 'AlterDomainStmt',
    inTransaction: true,
    secondRun: 'harmless',
    effects: (node) => [use({ kind: 'domain', ...nameOf(node.typeName) })],
  }),
  entry<'AlterPublicationStmt'>({
    id: 'publication-add',
    back: 'drops them from it',
    statement: 'ALTER PUBLICATION … ADD',
    node: 'AlterPublicationStmt',
    inTransaction: true,
    // ALTER PUBLICATION … SET (options) has the same action, and no objects.
    when: (node) => node.action === 'AP_AddObjects' && node.pubobjects !== undefined,
    secondRun: { error: '42710' },
    effects: (node) =>
      flatMap(publicationParts(node.pubname ?? '', node.pubobjects), (object) => [
        ...publishedBy([object]),
        make(object),
      ]),
    techniques: [{ technique: 'guard-each', after: 'ADD' }],
  }),
  entry<'AlterPublicationStmt'>({
    id: 'publication-drop',
    back: 'adds them again',
    statement: 'ALTER PUBLICATION … DROP',
    node: 'AlterPublicationStmt',
    inTransaction: true,
    when: (node) => node.action === 'AP_DropObjects',
    secondRun: { error: '42704' },
    effects: (node) => publicationParts(node.pubname ?? '', node.pubobjects).map((object) => remove(object)),
    techniques: [{ technique: 'guard-each', after: 'DROP' }],
  }),
  entry<'AlterPublicationStmt'>({
    id: 'publication-set',
    back: 'sets it as it was',
    statement: 'ALTER PUBLICATION … SET',
    node: 'AlterPublicationStmt',
    inTransaction: true,
    secondRun: 'harmless',
    effects: (node) => [use({ kind: 'publication', name: node.pubname ?? '' })],
  }),
  entry<'AlterSubscriptionStmt'>({
    id: 'subscription-add',
    back: { none: 'a copy of the database has its own subscriptions' },
    statement: 'ALTER SUBSCRIPTION … ADD PUBLICATION',
    node: 'AlterSubscriptionStmt',
    inTransaction: refreshObstacle,
    when: (node) => node.kind === 'ALTER_SUBSCRIPTION_ADD_PUBLICATION',
    secondRun: { error: '42710' },
    effects: (node) => subscriptionParts(node.subname, node.publication).map((object) => make(object)),
    techniques: [guard],
  }),
  entry<'AlterSubscriptionStmt'>({
    id: 'subscription-drop',
    back: { none: 'a copy of the database has its own subscriptions' },
    statement: 'ALTER SUBSCRIPTION … DROP PUBLICATION',
    node: 'AlterSubscriptionStmt',
    inTransaction: refreshObstacle,
    when: (node) => node.kind === 'ALTER_SUBSCRIPTION_DROP_PUBLICATION',
    secondRun: { error: '42P17' },
    effects: (node) => subscriptionParts(node.subname, node.publication).map((object) => remove(object)),
    techniques: [guard],
  }),
  entry<'AlterExtensionContentsStmt'>({
    id: 'extension-member',
    back: { none: 'what an extension owns is not read' },
    statement: 'ALTER EXTENSION … ADD or DROP',
    node: 'AlterExtensionContentsStmt',
    inTransaction: true,
    secondRun: { error: '55000' },
    effects: (node) => {
      const member = memberRef(node);
      return [Number(node.action) > 0 ? make(member) : remove(member)];
    },
    techniques: [guard],
  }),
  entry<'AlterTSConfigurationStmt'>({
    id: 'text-search-add-mapping',
    back: { none: 'the numbers of token types have to be looked up by hand' },
    statement: 'ALTER TEXT SEARCH CONFIGURATION … ADD MAPPING',
    node: 'AlterTSConfigurationStmt',
    inTransaction: true,
    when: (node) => node.kind === 'ALTER_TSCONFIG_ADD_MAPPING',
    secondRun: { error: '23505' },
    effects: (node) =>
      strings(node.tokentype).map((name) =>
        make({ kind: 'text search mapping', name, of: nameOf(node.cfgname), detail: { needs: dictionaries(node) } }),
      ),
    techniques: [guard],
  }),
  entry<'AlterTSConfigurationStmt'>({
    id: 'text-search-drop-mapping',
    back: { none: 'the numbers of token types have to be looked up by hand' },
    statement: 'ALTER TEXT SEARCH CONFIGURATION … DROP MAPPING',
    node: 'AlterTSConfigurationStmt',
    inTransaction: true,
    when: (node) => node.kind === 'ALTER_TSCONFIG_DROP_MAPPING',
    secondRun: { error: '42704' },
    effects: (node) =>
      strings(node.tokentype).map((name) =>
        remove({ kind: 'text search mapping', name, of: nameOf(node.cfgname) }, node.missing_ok),
      ),
    techniques: [ifExists('MAPPING')],
  }),
  entry<'AlterTSConfigurationStmt'>({
    id: 'text-search-alter-mapping',
    back: { none: 'the numbers of token types have to be looked up by hand' },
    statement: 'ALTER TEXT SEARCH CONFIGURATION … ALTER MAPPING',
    node: 'AlterTSConfigurationStmt',
    inTransaction: true,
    secondRun: 'harmless',
    effects: (node) => {
      const configuration: ObjectRef = { kind: 'text search configuration', ...nameOf(node.cfgname) };
      const object: ObjectRef = { ...configuration, detail: { needs: dictionaries(node) } };
      return [use(configuration), { action: 'create', mode: 'or-replace', object }];
    },
  }),
  entry<'AlterOpFamilyStmt'>({
    id: 'alter-operator-family',
    back: { none: 'it has to be written by hand' },
    statement: 'ALTER OPERATOR FAMILY … ADD or DROP',
    node: 'AlterOpFamilyStmt',
    inTransaction: true,
    secondRun: { error: '42710' },
    effects: (node) => {
      const object: ObjectRef = {
        kind: 'operator family member',
        name: memberNames(node.items),
        of: nameOf(node.opfamilyname),
      };
      return [node.isDrop ? remove(object) : make(object)];
    },
    unfixable: 'guard it by hand: ask pg_amop or pg_amproc for the operator or function',
  }),
  entry<'AlterFdwStmt'>({
    id: 'wrapper-options',
    back: 'gives the options their earlier values',
    statement: 'ALTER FOREIGN DATA WRAPPER … OPTIONS',
    node: 'AlterFdwStmt',
    inTransaction: true,
    secondRun: { error: '42710' },
    effects: (node) => optionEffects('wrapper option', { name: node.fdwname ?? '' }, node.options),
    techniques: [guard],
  }),
  entry<'AlterForeignServerStmt'>({
    id: 'server-options',
    back: 'gives the options their earlier values',
    statement: 'ALTER SERVER … OPTIONS',
    node: 'AlterForeignServerStmt',
    inTransaction: true,
    secondRun: { error: '42710' },
    effects: (node) => optionEffects('server option', { name: node.servername ?? '' }, node.options),
    techniques: [guard],
  }),
  entry<'AlterUserMappingStmt'>({
    id: 'user-mapping-options',
    back: { none: 'they may hold a password, which is not read' },
    statement: 'ALTER USER MAPPING … OPTIONS',
    node: 'AlterUserMappingStmt',
    inTransaction: true,
    secondRun: { error: '42710' },
    effects: (node) =>
      optionEffects('mapping option', { schema: node.servername, name: roleName(node.user) }, node.options),
    unfixable: 'write SET instead of ADD where the option is there already',
  }),
];

/** The forms that ask the publisher for its tables, unless WITH says not to. */
const REFRESHING: Partial<Record<NonNullable<NodeOf<'AlterSubscriptionStmt'>['kind']>, string>> = {
  ALTER_SUBSCRIPTION_ADD_PUBLICATION: 'ADD PUBLICATION',
  ALTER_SUBSCRIPTION_DROP_PUBLICATION: 'DROP PUBLICATION',
  ALTER_SUBSCRIPTION_SET_PUBLICATION: 'SET PUBLICATION',
};

/** A change at the publisher cannot be rolled back, so PostgreSQL refuses a transaction. */
export function refreshObstacle({ kind, options }: NodeOf<'AlterSubscriptionStmt'>): true | string {
  if (kind === 'ALTER_SUBSCRIPTION_REFRESH') return 'ALTER SUBSCRIPTION … REFRESH PUBLICATION';
  const changesSlot = isOn(options, 'failover') ?? isOn(options, 'two_phase');
  if (kind === 'ALTER_SUBSCRIPTION_OPTIONS' && changesSlot !== undefined)
    return 'ALTER SUBSCRIPTION … SET (failover, two_phase)';
  const form = kind && REFRESHING[kind];
  return form && isOn(options, 'refresh') !== false
    ? `ALTER SUBSCRIPTION … ${form} without WITH (refresh = false)`
    : true;
}

/** What is added to or dropped from an operator family: `operator 1, function 1`. */
function memberNames(items: readonly Node[] | undefined): string {
  return flatMap(items ?? [], (node) => {
    const item = nodeAs(node, 'CreateOpClassItem');
    if (!item) return [];
    const types = (item.class_args ?? item.name?.objargs ?? []).map((type) => typeText(nodeAs(type, 'TypeName')));
    return `${item.itemtype === 2 ? 'function' : 'operator'} ${item.number ?? 0}(${types.join(', ')})`;
  }).join(', ');
}

/** The member of an extension; `args` is the SQL that gives its oid, where there is a reg type for its kind. */
function memberRef(node: NodeOf<'AlterExtensionContentsStmt'>): ObjectRef {
  const of = { name: node.extname ?? '' };
  const items = nodeAs(node.object, 'List')?.items;
  const member = (name: string, oid?: string): ObjectRef => ({
    kind: 'extension member',
    name,
    of,
    ...(oid && { args: [oid] }),
  });
  switch (node.objtype) {
    case 'OBJECT_FUNCTION':
    case 'OBJECT_PROCEDURE':
    case 'OBJECT_AGGREGATE':
    case 'OBJECT_ROUTINE': {
      const routine = objectOf('OBJECT_FUNCTION', node.object)!;
      const signature = `${quoteName(routine)}(${(routine.args ?? []).join(', ')})`;
      return member(signature, `${quoteLiteral(signature)}::regprocedure`);
    }
    case 'OBJECT_TABLE':
    case 'OBJECT_VIEW':
    case 'OBJECT_SEQUENCE':
    case 'OBJECT_MATVIEW':
    case 'OBJECT_FOREIGN_TABLE': {
      const name = quoteName(nameOf(items));
      return member(name, `${quoteLiteral(name)}::regclass`);
    }
    case 'OBJECT_TYPE':
    case 'OBJECT_DOMAIN': {
      const name = quoteName(nameOf(nodeAs(node.object, 'TypeName')?.names));
      return member(name, `${quoteLiteral(name)}::regtype`);
    }
    case 'OBJECT_SCHEMA':
      return member(stringOf(node.object), `${quoteLiteral(quoteName({ name: stringOf(node.object) }))}::regnamespace`);
    default:
      return member(JSON.stringify(strip(node.object)));
  }
}
