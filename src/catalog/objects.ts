import { lookup } from '../lookup.ts';
import { isKnownType } from './types.ts';
import { flatMap } from '../lists.ts';
import { quoteIdent, quoteLiteral, quoteName } from './names.ts';
import type { Executed } from './executed.ts';
import type { SqlState } from './sqlstates.ts';
import type { Node } from '../syntax/parser.ts';

/** A possibly schema-qualified name. */
export interface Name {
  schema?: string | undefined;
  name: string;
}

/**
 * The identity of something that a statement makes, drops or needs. `of` is the owner that the identity includes
 * (a policy's table, an enum label's type); `args` the argument types of a routine or an operator, undefined where
 * the statement leaves them out.
 */
export interface ObjectRef extends Name {
  kind: Kind;
  of?: Name | undefined;
  args?: readonly string[] | undefined;
  detail?: Detail | undefined;
}

/** The properties of an object that history keeps besides its name. */
export interface Detail {
  /** The columns of a key, an index, a constraint or a serial sequence; undefined entries are expressions. */
  columns?: readonly (string | undefined)[];
  /** The index that a constraint is made from, which has its columns. */
  usingIndex?: string;
  /** Whether the columns can hold no two equal rows. */
  unique?: boolean;
  /** Whether a predicate limits an index to some rows. */
  partial?: boolean;
  /** The columns of which that predicate asks that they are not null, where it asks nothing else. */
  partialNotNull?: readonly string[];
  /** A column's type as written, canonical for PostgreSQL's own names. */
  type?: string;
  /** The call in a column's default that returns another value at every run: `nextval()`, `CURRENT_TIMESTAMP`. */
  varies?: string | undefined;
  notNull?: boolean;
  /** Whether a column is made as GENERATED … AS IDENTITY, or with an expression. */
  isIdentity?: boolean;
  isGenerated?: boolean;
  /** The modifiers of a column's type as SQL: `(10, 2)`. */
  modifiers?: string;
  /** Whether a column has a collation of its own, by which different texts may be equal. */
  collated?: boolean;
  /** For a table: whether it has no keys but those that statements name, even if its columns come from elsewhere. */
  keysNamed?: boolean;
  /** For a table: whether it is made from a query, which gives it columns and nothing else. */
  hasColumnsOnly?: boolean;
  /** Whether a publication publishes all tables. */
  forAllTables?: boolean;
  /** For a table: whether it stands under conditions that do not tell whether it is made. */
  isConditional?: boolean;
  /** For a sequence: the table with whose column, in `columns`, it is dropped. */
  ownedBy?: Name | undefined;
  /** For a partition: the table whose partition it is made as. */
  partitionOf?: Name;
  /** The target of a foreign key. An empty list of columns stands for the primary key. */
  references?: { table: Name; columns: readonly string[] };
  /** What cannot be dropped while the object exists: the functions, types and relations that its definition names. */
  needs?: readonly ObjectRef[];
  /** For a column or a domain: the same for its default, which CASCADE drops without the column. */
  defaultNeeds?: readonly ObjectRef[];
  /** Whether a foreign key changes its columns when the row that it points to changes or goes. */
  rewrites?: boolean;
  /** Whether a foreign key keeps rows that it points to from being deleted. */
  keepsTarget?: boolean;
  /** Whether a key is DEFERRABLE: ON CONFLICT cannot use it then. */
  deferrable?: boolean;
  /** When a trigger runs, and which function it calls. */
  trigger?: {
    onInsert: boolean;
    onUpdate: boolean;
    onDelete: boolean;
    onTruncate: boolean;
    isForRow: boolean;
    isAfter: boolean;
    calls: Name;
  };
  /** The event of a rule that writes rows: `CMD_UPDATE`. */
  rule?: string;
  /** `contype` of pg_constraint. */
  contype?: string;
  /** The letters of `relkind` in pg_class, where only that tells one relation from another of its name. */
  relkind?: string;
  /** Those of `prokind` in pg_proc. */
  prokind?: string;
  /** `typtype` of pg_type. */
  typtype?: string;
  /** A type that is not that of the rows of a relation. */
  isOwnType?: boolean;
  policy?: PolicyDetail;
  /** The columns that `*` in a view's query stood for when it was made; empty where they are yet to be filled in. */
  star?: string;
  /** For a schema: the relations that CREATE SCHEMA makes in it. */
  elements?: readonly string[];
  /** The columns of a view, where its query names each. */
  results?: readonly string[] | undefined;
  /** The return type of a function, for collisions. */
  returns?: string;
  /**
   * The input parameters of a routine: their names, empty where they have none, how many have a default, and whether
   * the last takes any number of arguments.
   */
  inputs?: { names: readonly string[]; defaults: number; variadic: boolean };
  /** Whether the statement that created it lists all its parts. Other parts do not exist then. */
  complete?: boolean;
  /** A digest by which two definitions are compared. */
  definition?: string | number;
  /** Whether a temporary table is dropped at the end of the transaction. */
  dropsOnCommit?: boolean;
  /** For an index, a constraint or a column: the columns that its expressions and its predicate read. */
  reads?: readonly string[];
  /** For an index: the columns of INCLUDE, and those for which it names a class of operators or a collation. */
  included?: readonly string[];
  /** For an index: whether it is a B-tree of columns alone, in their usual order. */
  isPlain?: boolean;
  ownClasses?: readonly string[];
  ownCollations?: readonly string[];
  /** For a constraint: whether the rows that were there before it are still to be checked, or none ever are. */
  unproven?: 'not valid' | 'not enforced' | undefined;
  /** For a CHECK that compares columns with constants, so that it can be a proof: its condition. */
  check?: Node;
  /** For a column: whether it has a default. For a foreign key: whether it is checked at the end of the transaction. */
  hasDefault?: boolean;
  /** For a column: the constant that every row without a value gets, where it is not NULL. */
  constantDefault?: Node | undefined;
  /** For a column: whether its default is a JSON array, to which || adds an object. */
  isJsonArray?: boolean;
  isDeferred?: boolean;
  /** For a column: the collation that it is made with. */
  collation?: string | undefined;
  /** For a column: when its identity gives it a value. */
  identity?: 'always' | 'by default' | undefined;
  /** For a column: how its values are generated, stored or computed when they are read. */
  generated?: 'stored' | 'virtual' | undefined;
  /** For a column: the constraint that says NOT NULL, and has not looked at the rows that were there before it. */
  notNullUnproven?: string | undefined;
  /** For a domain: the type that it stands for, with its modifiers, and whether it is NOT NULL. */
  base?: { type: string; modifiers: string | undefined };
  /** For a domain: the functions that its default calls. */
  defaultCalls?: readonly Name[];
  /** For a partitioned table: how its rows are spread. An expression has no name. */
  partitions?: { by: 'range' | 'list' | 'hash'; columns: readonly (string | undefined)[] };
  /** For a partition: whether it takes the rows that no other one takes. */
  isDefault?: boolean;
  /** For a table: those whose columns it has by INHERITS. */
  inherits?: readonly Name[];
  /** For a typed table: the composite type whose attributes are its columns. */
  ofType?: Name;
  /** For a table that LIKE copies from others: these, and whether their indexes and constraints come along. */
  copies?: readonly { table: Name; indexes: boolean; constraints: boolean }[];
  /** For a relation: UNLOGGED, the access method and the tablespace, where they are not the usual ones. */
  unlogged?: boolean | undefined;
  accessMethod?: string | undefined;
  tablespace?: string | undefined;
  /** For a function: whether two calls in one statement may return different values. */
  volatile?: boolean | undefined;
  /** For a function whose body is put in the place of its call: the functions that the body calls. */
  inlines?: readonly Name[] | undefined;
  /** For a function that only executes SQL which its arguments fill in. */
  executes?: Executed | undefined;
  /** The object was made without being named by the statement. */
  implicit?: boolean;
}

/** A policy as CREATE POLICY makes it. ALTER POLICY changes its settings `roles`, `using` and `check`. */
export interface PolicyDetail {
  command: 'all' | 'select' | 'insert' | 'update' | 'delete';
  /** `public` for everyone. */
  roles: readonly string[];
  permissive: boolean;
  using?: Node | undefined;
  check?: Node | undefined;
}

/** The link to its parent that a table has which is made as its partition: what DETACH drops, and ATTACH makes. */
export const partitionLink = ({ kind, schema, name, detail }: ObjectRef): ObjectRef | undefined =>
  kind === 'table' && detail?.partitionOf ? { kind: 'partition', schema, name, of: detail.partitionOf } : undefined;

/** Whether a statement makes a table or may make it, so that what it has to begin with is known. */
export const isMadeTable = ({ keysNamed, isConditional }: Detail = {}): boolean =>
  keysNamed !== undefined || isConditional === true;

/** The schema of the temporary objects of a session, as SQL calls it. */
export const TEMPORARY = 'pg_temp';

/** Whether an object, or what it is part of, is gone with its session. */
export const isTemporary = ({ schema, of }: ObjectRef): boolean => (of?.schema ?? schema) === TEMPORARY;

/** SQL conditions that tell whether an object exists. */
export interface Existence {
  exists: string;
  missing: string;
}

const query = (sql: string): Existence => ({ exists: `EXISTS (${sql})`, missing: `NOT EXISTS (${sql})` });
const reg = (fn: string, text: string): Existence => ({
  exists: `${fn}(${quoteLiteral(text)}) IS NOT NULL`,
  missing: `${fn}(${quoteLiteral(text)}) IS NULL`,
});

const text = quoteLiteral;
const regclass = (name: Name) => `${quoteLiteral(quoteName(name))}::regclass`;
/** Null where the relation is gone, so that a guard in a second run does not itself fail. */
const maybeRegclass = (name: Name) => `to_regclass(${quoteLiteral(quoteName(name))})`;
/**
 * The schema that a name is created in: the one that qualifies it, or the first of search_path. Null where it is gone:
 * what is cast to `regnamespace` is looked up even behind a condition that is false.
 */
const namespace = (name: Name) =>
  name.schema === undefined
    ? 'quote_ident(current_schema())::regnamespace'
    : `to_regnamespace(${quoteLiteral(quoteIdent(name.schema))})`;
const isFoundAsConfiguration = (name: Name): string =>
  name.schema === undefined ? 'pg_ts_config_is_visible(c.oid)' : `c.cfgnamespace = ${namespace(name)}`;
const inSchema = (catalog: string, column: string, schemaColumn: string) => (ref: ObjectRef) =>
  query(`SELECT 1 FROM ${catalog} WHERE ${column} = ${text(ref.name)} AND ${schemaColumn} = ${namespace(ref)}`);
const globalObject = (catalog: string, column: string) => (ref: ObjectRef) =>
  query(`SELECT 1 FROM ${catalog} WHERE ${column} = ${text(ref.name)}`);
const ofTable =
  (catalog: string, column: string, owner: string, more = '') =>
  (ref: ObjectRef) =>
    query(
      `SELECT 1 FROM ${catalog} WHERE ${owner} = ${maybeRegclass(ref.of!)} AND ${column} = ${text(ref.name)}${more}`,
    );
const relation = (ref: ObjectRef) =>
  ref.detail?.relkind === undefined
    ? reg('to_regclass', quoteName(ref))
    : query(`SELECT 1 FROM pg_class WHERE oid = ${maybeRegclass(ref)} AND ${isOneOf('relkind', ref.detail.relkind)}`);
const isOneOf = (column: string, letters: string): string =>
  letters.length === 1 ? `${column} = ${text(letters)}` : `${column} IN (${[...letters].map(text).join(', ')})`;
/** pg_subscription has those of all databases of the server. */
const isSubscription = ({ name }: Name) =>
  `subname = ${text(name)} AND subdbid = (SELECT oid FROM pg_database WHERE datname = current_database())`;
const typeName = (name: Name) => quoteLiteral(quoteName(name));

/** How `format_type` calls types before their modifiers. */
const FORMATTED = lookup<string>({
  numeric: 'numeric',
  varchar: 'character varying',
  bpchar: 'character',
  bit: 'bit',
  varbit: 'bit varying',
});

/** Whether the catalog tells the modifiers of a type in words that are known here. */
export const tellsModifiers = ({ type = '', modifiers }: Detail): boolean =>
  modifiers !== undefined && FORMATTED[type] !== undefined;

/** The condition that a row of pg_attribute has a type, with its modifiers where it has some. */
const hasType = (detail: Detail): string =>
  tellsModifiers(detail)
    ? `format_type(atttypid, atttypmod) = ${text(FORMATTED[detail.type!]! + detail.modifiers!.replaceAll(' ', ''))}`
    : `atttypid = to_regtype(${text(detail.type!)})`;

/** A catalog, or a view of one, that lists the objects of a kind: what a condition in a DO block can ask. */
export interface CatalogView {
  /** Its name in pg_catalog, in information_schema or in the extension's schema. */
  relation: string;
  /** The column with the object's name; undefined where `args` are the whole identity. */
  name?: string;
  /** The columns with the types that are part of the identity (a cast's source and target). */
  args?: readonly string[];
  /** The column with the name of the object's schema, or with the schema's oid. */
  schema?: string;
  /** The column with the owner's name or oid. */
  of?: string;
  /** The column with the name of the owner's schema. */
  ofSchema?: string;
  /** The column of another catalog that has the owner's name, where a query joins the two. */
  ofJoin?: string;
}

/**
 * One row of the table of kinds. Properties without a safe default are required: a new kind must name its owner and the
 * place of its name.
 */
export interface KindInfo<K extends string = Kind> {
  /** How messages call it. */
  label: string;
  /** Kinds with the same space share their names: a view cannot be called as a table. */
  space: string;
  /** Whether its name lives in a schema, so that search_path matters. */
  inSchema: boolean;
  /**
   * The kind of `ObjectRef.of`, and the word between the two names in a message (`policy "p" on "t"`). Undefined for
   * kinds without an owner.
   */
  owner: { kind: K; link: string } | undefined;
  /** What ALTER … ADD does, as a participle: an object is added, a partition attached. */
  addedVerb: string;
  /** What DROP does: an object is dropped, a table removed from its publication. */
  removedVerb: string;
  /** How to ask the catalog for it; undefined where no query can tell. */
  existence: ((ref: ObjectRef) => Existence | undefined) | undefined;
  /** What a question adds to the object that asks whether it is of this kind, where other kinds share its names. */
  asKind?: Detail;
  /**
   * SQL that tells whether DROP without CASCADE would fail, because something depends on the object. Undefined if no
   * single query tells.
   */
  dependence?: (ref: ObjectRef) => Existence;
  /** Where the conditions that people write look for it. */
  catalogs: readonly CatalogView[];
  /** The functions that look it up by its name: `to_regclass`. */
  lookups?: readonly string[];
  /**
   * The keywords of its DROP statement, where dropping it loses nothing that the following CREATE does not bring back.
   */
  dropFirst?: string;
  /** What functions that make or remove it fail with: it has no statement of its own. */
  fails?: { exists?: SqlState; missing?: SqlState };
  /** It is called by the name of a relation, which lives in a schema. */
  namedByRelation?: boolean;
  /**
   * Where an owner that history knows in full has no such part, there is none: `in-definition` where the owner's
   * definition lists them all, `by-statements` where, besides, LIKE and INHERITS do not copy them.
   */
  listed?: 'in-definition' | 'by-statements';
  /** Whether its owner cannot be dropped without CASCADE while it is there. */
  keepsOwner?: boolean;
  /** How a message names it, where label, name and owner do not say it. */
  describe?: (ref: ObjectRef) => string;
}

const verbs = { addedVerb: 'added', removedVerb: 'dropped' } as const;

/** The database, or the whole server, has one of each name. */
const global = { inSchema: false, owner: undefined, ...verbs } as const;
/** It stands in a schema. */
const schemaObject = { inSchema: true, owner: undefined, ...verbs } as const;
/** It is part of another object: it is dropped with it, and its name is unique there. */
const partOf = <const K extends string>(kind: K, link: string) =>
  ({ inSchema: false, owner: { kind, link }, ...verbs }) as const;
/** Another object lists it, and it outlives its removal from there. */
const memberOf = <const K extends string>(kind: K, link: string) => ({ ...partOf(kind, link), removedVerb: 'removed' });

/**
 * Whether something depends on an object: `deptype` n in pg_depend, which keeps DROP without CASCADE from succeeding.
 * @param oids SQL for the object's oid
 */
const isNeeded = (catalog: string, oids: string): Existence =>
  query(`SELECT 1 FROM pg_depend WHERE refclassid = '${catalog}'::regclass AND refobjid ${oids} AND deptype = 'n'`);
const isRoutineNeeded = (ref: ObjectRef): Existence =>
  isNeeded(
    'pg_proc',
    ref.args
      ? `= to_regprocedure(${text(`${quoteName(ref)}(${ref.args.join(', ')})`)})`
      : `= to_regproc(${text(quoteName(ref))})`,
  );
/** A column of an array depends on the array's type, and that on the type of its elements. */
const isTypeNeeded = (ref: ObjectRef): Existence =>
  isNeeded('pg_type', `IN (SELECT unnest(ARRAY[oid, typarray]) FROM pg_type WHERE oid = to_regtype(${typeName(ref)}))`);

/**
 * Before PostgreSQL 16, to_regprocedure() fails where a type among the arguments does not exist, so the types that
 * migrations make are asked for first.
 */
function routineWithTypes(ref: ObjectRef, args: readonly string[]): Existence {
  const signature = `${quoteName(ref)}(${args.join(', ')})`;
  const { prokind } = ref.detail ?? {};
  const { exists, missing } =
    prokind === undefined
      ? reg('to_regprocedure', signature)
      : query(
          `SELECT 1 FROM pg_proc WHERE oid = to_regprocedure(${text(signature)}) AND ${isOneOf('prokind', prokind)}`,
        );
  const types = args.filter((type) => !isKnownType(type.replace(/(?:\[\])+$/, '').replaceAll('"', '')));
  const asked = [...new Set(types)].map((type) => reg('to_regtype', type));
  if (asked.length === 0) return { exists, missing };
  return {
    exists: [...asked.map((type) => type.exists), exists].join(' AND '),
    missing: `(${[...asked.map((type) => type.missing), missing].join(' OR ')})`,
  };
}

function routineOfName(ref: ObjectRef): Existence {
  const place = ref.schema === undefined ? 'pg_function_is_visible(oid)' : `pronamespace = ${namespace(ref)}`;
  const { prokind } = ref.detail ?? {};
  const kind = prokind === undefined ? '' : ` AND ${isOneOf('prokind', prokind)}`;
  return query(`SELECT 1 FROM pg_proc WHERE proname = ${text(ref.name)} AND ${place}${kind}`);
}

/** @param prokind its letters in pg_proc; left out for what may be of any kind */
const routine = (
  label: string,
  prokind?: string,
  catalogs: readonly CatalogView[] = [],
  lookups: readonly string[] = [],
) => ({
  label,
  space: 'routine',
  ...schemaObject,
  existence: (ref: ObjectRef) => (ref.args ? routineWithTypes(ref, ref.args) : routineOfName(ref)),
  ...(prokind !== undefined && { asKind: { prokind } }),
  dependence: isRoutineNeeded,
  catalogs,
  lookups,
});
/** @param relkind its letters in pg_class: tables and indexes with partitions have one of their own */
const relationKind = (
  label: string,
  relkind: string,
  catalogs: readonly CatalogView[],
  lookups?: readonly string[],
) => ({
  label,
  space: 'relation',
  ...schemaObject,
  existence: relation,
  asKind: { relkind },
  catalogs,
  ...(lookups && { lookups }),
});
const option = <const K extends string>(kind: K, catalog: string, options: string, owner: (of: Name) => string) => ({
  label: 'option',
  ...partOf(kind, 'of'),
  existence: (ref: ObjectRef) =>
    query(
      `SELECT 1 FROM ${catalog}, pg_options_to_table(${options})` +
        ` WHERE ${owner(ref.of!)} AND option_name = ${text(ref.name)}`,
    ),
  catalogs: [],
});
/** A kind whose objects have one name in one catalog. */
const named = (label: string, catalog: string, column: string) => ({
  label,
  space: label,
  ...global,
  existence: globalObject(catalog, column),
  catalogs: [{ relation: catalog, name: column }],
});
/** The same, in a schema. */
const namedInSchema = (label: string, catalog: string, column: string, schemaColumn: string) => ({
  label,
  space: label,
  ...schemaObject,
  existence: inSchema(catalog, column, schemaColumn),
  catalogs: [{ relation: catalog, name: column, schema: schemaColumn }],
});

// A query that joins several catalogs asks for the kind that stands first here among those of its rank
// (`catalogViews`).
const KINDS = {
  type: {
    label: 'type',
    space: 'type',
    ...schemaObject,
    asKind: { isOwnType: true },
    existence: (ref) => {
      const { typtype, isOwnType } = ref.detail ?? {};
      if (isOwnType)
        return query(
          `SELECT 1 FROM pg_type t WHERE t.oid = to_regtype(${typeName(ref)})` +
            " AND NOT EXISTS (SELECT 1 FROM pg_class WHERE oid = t.typrelid AND relkind <> 'c')",
        );
      if (!typtype) return reg('to_regtype', quoteName(ref));
      // A shell becomes a base type of the same name when it is filled.
      return query(
        `SELECT 1 FROM pg_type WHERE typname = ${text(ref.name)}` +
          `${typtype === 'p' ? '' : ` AND typtype = ${text(typtype)}`} AND typnamespace = ${namespace(ref)}`,
      );
    },
    dependence: isTypeNeeded,
    catalogs: [{ relation: 'pg_type', name: 'typname', schema: 'typnamespace' }],
    lookups: ['to_regtype'],
  },
  domain: {
    label: 'domain',
    space: 'type',
    ...schemaObject,
    asKind: { typtype: 'd' },
    existence: (ref) =>
      ref.detail?.typtype
        ? query(
            `SELECT 1 FROM pg_type WHERE typname = ${text(ref.name)}` +
              ` AND typtype = 'd' AND typnamespace = ${namespace(ref)}`,
          )
        : reg('to_regtype', quoteName(ref)),
    dependence: isTypeNeeded,
    catalogs: [],
  },
  table: relationKind(
    'table',
    'rp',
    [
      { relation: 'tables', name: 'table_name', schema: 'table_schema' },
      { relation: 'pg_tables', name: 'tablename', schema: 'schemaname' },
      { relation: 'pg_class', name: 'relname', schema: 'relnamespace' },
    ],
    ['to_regclass'],
  ),
  'foreign table': relationKind('foreign table', 'f', []),
  view: relationKind('view', 'v', [
    { relation: 'views', name: 'table_name', schema: 'table_schema' },
    { relation: 'pg_views', name: 'viewname', schema: 'schemaname' },
  ]),
  'materialized view': relationKind('materialized view', 'm', [
    { relation: 'pg_matviews', name: 'matviewname', schema: 'schemaname' },
  ]),
  index: {
    ...relationKind('index', 'iI', [{ relation: 'pg_indexes', name: 'indexname', schema: 'schemaname' }]),
    owner: { kind: 'table', link: 'on' },
  },
  sequence: {
    ...relationKind('sequence', 'S', [
      { relation: 'sequences', name: 'sequence_name', schema: 'sequence_schema' },
      { relation: 'pg_sequences', name: 'sequencename', schema: 'schemaname' },
    ]),
    dependence: (ref) => isNeeded('pg_class', `= ${maybeRegclass(ref)}`),
  },
  'enum label': {
    label: 'value',
    space: 'enum label',
    ...partOf('type', 'of'),
    existence: (ref) =>
      query(
        `SELECT 1 FROM pg_enum WHERE enumtypid = to_regtype(${typeName(ref.of!)}) AND enumlabel = ${text(ref.name)}`,
      ),
    catalogs: [{ relation: 'pg_enum', name: 'enumlabel', of: 'enumtypid', ofJoin: 'typname' }],
    listed: 'in-definition',
  },
  attribute: {
    label: 'attribute',
    space: 'column',
    ...partOf('type', 'of'),
    existence: ofTable('pg_attribute', 'attname', 'attrelid', ' AND NOT attisdropped'),
    catalogs: [],
    listed: 'in-definition',
  },
  column: {
    label: 'column',
    space: 'column',
    ...partOf('table', 'of'),
    existence: ofTable('pg_attribute', 'attname', 'attrelid', ' AND NOT attisdropped'),
    catalogs: [
      { relation: 'pg_attribute', name: 'attname', of: 'attrelid', ofJoin: 'relname' },
      { relation: 'columns', name: 'column_name', of: 'table_name', ofSchema: 'table_schema' },
    ],
    listed: 'in-definition',
  },
  'column type': {
    label: 'type of column',
    space: 'column type',
    ...partOf('table', 'of'),
    addedVerb: 'changed',
    existence: (ref) =>
      query(
        `SELECT 1 FROM pg_attribute WHERE attrelid = ${maybeRegclass(ref.of!)} AND attname = ${text(ref.name)}` +
          ` AND ${hasType(ref.detail!)}`,
      ),
    catalogs: [],
  },
  // Whether a column takes a value: as long as its type is no enum, or one that has it.
  'column value': {
    label: 'value',
    space: 'column value',
    ...partOf('table', 'of'),
    existence: (ref) => {
      const column = `a.attrelid = ${maybeRegclass(ref.of!)} AND a.attname = ${text(ref.detail!.columns![0]!)}`;
      if (ref.detail!.typtype === 'e')
        return query(
          `SELECT 1 FROM pg_attribute a JOIN pg_enum e ON e.enumtypid = a.atttypid` +
            ` WHERE ${column} AND e.enumlabel = ${text(ref.name)}`,
        );
      const { exists, missing } = query(
        `SELECT 1 FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid WHERE ${column} AND t.typtype = 'e'`,
      );
      return { exists: missing, missing: exists };
    },
    catalogs: [],
    describe: (ref) => `value "${ref.name}" of column "${ref.detail!.columns![0]!}" of ${quoted(ref.of!)}`,
  },
  identity: {
    label: 'identity of column',
    space: 'identity',
    ...partOf('table', 'of'),
    existence: ofTable('pg_attribute', 'attname', 'attrelid', " AND attidentity <> ''"),
    catalogs: [],
    listed: 'in-definition',
  },
  expression: {
    label: 'generation expression of column',
    space: 'expression',
    ...partOf('table', 'of'),
    existence: ofTable('pg_attribute', 'attname', 'attrelid', " AND attgenerated <> ''"),
    catalogs: [],
  },
  // Known only where it names something that cannot be dropped while it is there.
  default: {
    label: 'default of column',
    space: 'default',
    ...partOf('table', 'of'),
    existence: undefined,
    catalogs: [],
  },
  'domain default': {
    label: 'default',
    space: 'domain default',
    ...partOf('domain', 'of'),
    existence: undefined,
    catalogs: [],
  },
  'typed table': {
    label: 'type of table',
    space: 'typed table',
    ...global,
    namedByRelation: true,
    existence: (ref) => query(`SELECT 1 FROM pg_class WHERE oid = ${maybeRegclass(ref)} AND reloftype <> 0`),
    catalogs: [],
  },
  constraint: {
    label: 'constraint',
    space: 'constraint',
    ...partOf('table', 'on'),
    existence: (ref) =>
      ref.detail?.contype === 'p' && (ref.detail.implicit || ref.name === '')
        ? query(`SELECT 1 FROM pg_constraint WHERE conrelid = ${maybeRegclass(ref.of!)} AND contype = 'p'`)
        : query(
            `SELECT 1 FROM pg_constraint WHERE conrelid = ${maybeRegclass(ref.of!)} AND conname = ${text(ref.name)}`,
          ),
    catalogs: [
      { relation: 'pg_constraint', name: 'conname', of: 'conrelid', ofJoin: 'relname' },
      { relation: 'table_constraints', name: 'constraint_name', of: 'table_name', ofSchema: 'table_schema' },
      { relation: 'constraint_column_usage', name: 'constraint_name', of: 'table_name', ofSchema: 'table_schema' },
    ],
    listed: 'in-definition',
  },
  'domain constraint': {
    label: 'constraint',
    space: 'domain constraint',
    ...partOf('domain', 'of'),
    existence: (ref) =>
      query(
        `SELECT 1 FROM pg_constraint WHERE contypid = to_regtype(${typeName(ref.of!)}) AND conname = ${text(ref.name)}`,
      ),
    catalogs: [],
  },
  inheritance: {
    label: 'inheritance from',
    space: 'inheritance',
    ...partOf('table', 'of'),
    namedByRelation: true,
    existence: (ref) =>
      query(
        `SELECT 1 FROM pg_inherits WHERE inhrelid = ${maybeRegclass(ref.of!)} AND inhparent = ${maybeRegclass(ref)}`,
      ),
    catalogs: [],
    describe: (ref) => `inheritance of ${quoted(ref.of!)} from ${quoted({ schema: ref.schema, name: ref.name })}`,
  },
  partition: {
    label: 'partition',
    space: 'inheritance',
    ...partOf('table', 'of'),
    addedVerb: 'attached',
    removedVerb: 'detached',
    namedByRelation: true,
    existence: (ref) =>
      query(
        `SELECT 1 FROM pg_inherits WHERE inhrelid = ${maybeRegclass(ref)} AND inhparent = ${maybeRegclass(ref.of!)}`,
      ),
    catalogs: [{ relation: 'pg_inherits', name: 'inhrelid', of: 'inhparent' }],
  },
  trigger: {
    label: 'trigger',
    space: 'trigger',
    ...partOf('table', 'on'),
    dropFirst: 'TRIGGER',
    existence: ofTable('pg_trigger', 'tgname', 'tgrelid'),
    catalogs: [
      { relation: 'pg_trigger', name: 'tgname', of: 'tgrelid', ofJoin: 'relname' },
      { relation: 'triggers', name: 'trigger_name', of: 'event_object_table', ofSchema: 'event_object_schema' },
    ],
    listed: 'by-statements',
  },
  rule: {
    label: 'rule',
    space: 'rule',
    ...partOf('table', 'on'),
    dropFirst: 'RULE',
    existence: ofTable('pg_rewrite', 'rulename', 'ev_class'),
    catalogs: [
      { relation: 'pg_rewrite', name: 'rulename', of: 'ev_class', ofJoin: 'relname' },
      { relation: 'pg_rules', name: 'rulename', of: 'tablename', ofSchema: 'schemaname' },
    ],
    listed: 'by-statements',
  },
  policy: {
    label: 'policy',
    space: 'policy',
    ...partOf('table', 'on'),
    dropFirst: 'POLICY',
    existence: ofTable('pg_policy', 'polname', 'polrelid'),
    catalogs: [
      { relation: 'pg_policy', name: 'polname', of: 'polrelid', ofJoin: 'relname' },
      { relation: 'pg_policies', name: 'policyname', of: 'tablename', ofSchema: 'schemaname' },
    ],
    listed: 'by-statements',
  },
  statistics: {
    ...namedInSchema('statistics object', 'pg_statistic_ext', 'stxname', 'stxnamespace'),
    space: 'statistics',
    owner: { kind: 'table', link: 'of' },
  },
  extension: { ...named('extension', 'pg_extension', 'extname') },
  function: routine(
    'function',
    'fw',
    [
      { relation: 'routines', name: 'routine_name', schema: 'routine_schema' },
      { relation: 'pg_proc', name: 'proname', schema: 'pronamespace' },
    ],
    ['to_regprocedure', 'to_regproc'],
  ),
  procedure: routine('procedure', 'p'),
  aggregate: routine('aggregate', 'a'),
  routine: routine('routine'),
  'event trigger': { ...named('event trigger', 'pg_event_trigger', 'evtname'), dropFirst: 'EVENT TRIGGER' },
  collation: namedInSchema('collation', 'pg_collation', 'collname', 'collnamespace'),
  conversion: namedInSchema('conversion', 'pg_conversion', 'conname', 'connamespace'),
  cast: {
    label: 'cast',
    space: 'cast',
    ...global,
    existence: (ref) =>
      query(
        `SELECT 1 FROM pg_cast WHERE castsource = to_regtype(${text(ref.args![0]!)})` +
          ` AND casttarget = to_regtype(${text(ref.args![1]!)})`,
      ),
    catalogs: [{ relation: 'pg_cast', args: ['castsource', 'casttarget'] }],
    describe: ({ args }) => `cast from ${args![0]!} to ${args![1]!}`,
  },
  operator: {
    label: 'operator',
    space: 'operator',
    ...schemaObject,
    existence: (ref) => {
      const schema = ref.schema === undefined ? '' : `${quoteIdent(ref.schema)}.`;
      // The commutator or negator of another operator may be a shell, which CREATE OPERATOR fills.
      const signature = text(`${schema}${ref.name}(${ref.args!.join(', ')})`);
      return query(`SELECT 1 FROM pg_operator WHERE oid = to_regoperator(${signature}) AND oprcode <> 0`);
    },
    catalogs: [],
    lookups: ['to_regoperator'],
  },
  'operator class': {
    ...namedInSchema('operator class', 'pg_opclass', 'opcname', 'opcnamespace'),
    existence: (ref) =>
      query(
        `SELECT 1 FROM pg_opclass c JOIN pg_am a ON a.oid = c.opcmethod WHERE c.opcname = ${text(ref.name)}` +
          ` AND a.amname = ${text(ref.args![0]!)} AND c.opcnamespace = ${namespace(ref)}`,
      ),
  },
  'operator family': {
    ...namedInSchema('operator family', 'pg_opfamily', 'opfname', 'opfnamespace'),
    existence: (ref) =>
      query(
        `SELECT 1 FROM pg_opfamily f JOIN pg_am a ON a.oid = f.opfmethod WHERE f.opfname = ${text(ref.name)}` +
          ` AND a.amname = ${text(ref.args![0]!)} AND f.opfnamespace = ${namespace(ref)}`,
      ),
  },
  'operator family member': {
    label: 'member of operator family',
    space: 'operator family member',
    ...partOf('operator family', 'of'),
    existence: undefined,
    catalogs: [],
  },
  'text search configuration': namedInSchema('text search configuration', 'pg_ts_config', 'cfgname', 'cfgnamespace'),
  'text search dictionary': namedInSchema('text search dictionary', 'pg_ts_dict', 'dictname', 'dictnamespace'),
  'text search parser': namedInSchema('text search parser', 'pg_ts_parser', 'prsname', 'prsnamespace'),
  'text search template': namedInSchema('text search template', 'pg_ts_template', 'tmplname', 'tmplnamespace'),
  'text search mapping': {
    label: 'text search mapping',
    space: 'text search mapping',
    ...partOf('text search configuration', 'of'),
    existence: (ref) =>
      query(
        `SELECT 1 FROM pg_ts_config_map m JOIN pg_ts_config c ON c.oid = m.mapcfg, ts_token_type(c.cfgparser) t` +
          ` WHERE c.cfgname = ${text(ref.of!.name)} AND ${isFoundAsConfiguration(ref.of!)}` +
          ` AND t.tokid = m.maptokentype AND t.alias = ${text(ref.name)}`,
      ),
    catalogs: [],
  },
  role: {
    ...named('role', 'pg_roles', 'rolname'),
    catalogs: [
      { relation: 'pg_roles', name: 'rolname' },
      { relation: 'pg_authid', name: 'rolname' },
      { relation: 'pg_user', name: 'usename' },
    ],
    lookups: ['to_regrole'],
  },
  'publication table': {
    label: 'table',
    space: 'publication table',
    ...memberOf('publication', 'in publication'),
    namedByRelation: true,
    existence: (ref) =>
      query(
        `SELECT 1 FROM pg_publication_rel r JOIN pg_publication p ON p.oid = r.prpubid` +
          ` WHERE p.pubname = ${text(ref.of!.name)} AND r.prrelid = ${maybeRegclass(ref)}`,
      ),
    catalogs: [
      { relation: 'pg_publication_tables', name: 'tablename', schema: 'schemaname', of: 'pubname' },
      { relation: 'pg_publication_rel', name: 'prrelid', of: 'prpubid', ofJoin: 'pubname' },
    ],
  },
  'publication schema': {
    label: 'schema',
    space: 'publication schema',
    ...memberOf('publication', 'in publication'),
    existence: (ref) =>
      query(
        `SELECT 1 FROM pg_publication_namespace s JOIN pg_publication p ON p.oid = s.pnpubid` +
          ` WHERE p.pubname = ${text(ref.of!.name)} AND s.pnnspid = to_regnamespace(${text(quoteIdent(ref.name))})`,
      ),
    catalogs: [{ relation: 'pg_publication_namespace', name: 'pnnspid', of: 'pnpubid', ofJoin: 'pubname' }],
  },
  'subscription publication': {
    label: 'publication',
    space: 'subscription publication',
    ...memberOf('subscription', 'in subscription'),
    existence: (ref) =>
      query(
        `SELECT 1 FROM pg_subscription WHERE ${isSubscription(ref.of!)} AND ${text(ref.name)} = ANY (subpublications)`,
      ),
    catalogs: [{ relation: 'pg_subscription', name: 'subpublications', of: 'subname' }],
  },
  publication: named('publication', 'pg_publication', 'pubname'),
  subscription: {
    ...named('subscription', 'pg_subscription', 'subname'),
    existence: (ref) => query(`SELECT 1 FROM pg_subscription WHERE ${isSubscription(ref)}`),
  },
  'foreign-data wrapper': named('foreign-data wrapper', 'pg_foreign_data_wrapper', 'fdwname'),
  server: named('server', 'pg_foreign_server', 'srvname'),
  'user mapping': {
    label: 'user mapping',
    space: 'user mapping',
    ...partOf('server', 'of'),
    keepsOwner: true,
    existence: undefined,
    catalogs: [],
  },
  'access method': named('access method', 'pg_am', 'amname'),
  language: named('language', 'pg_language', 'lanname'),
  transform: {
    label: 'transform',
    space: 'transform',
    ...global,
    existence: undefined,
    catalogs: [],
    describe: (ref) => `transform for ${ref.args![0]!} of language ${quoted(ref)}`,
  },
  'extension member': {
    label: 'extension member',
    space: 'extension member',
    ...memberOf('extension', 'of'),
    existence: (ref) =>
      ref.args &&
      query(
        `SELECT 1 FROM pg_depend d JOIN pg_extension e ON e.oid = d.refobjid WHERE e.extname = ${text(ref.of!.name)}` +
          ` AND d.deptype = 'e' AND d.objid = ${ref.args[0]!}`,
      ),
    catalogs: [],
  },
  'wrapper option': {
    space: 'option',
    ...option('foreign-data wrapper', 'pg_foreign_data_wrapper', 'fdwoptions', (of) => `fdwname = ${text(of.name)}`),
  },
  'server option': {
    space: 'option',
    ...option('server', 'pg_foreign_server', 'srvoptions', (of) => `srvname = ${text(of.name)}`),
  },
  'table option': {
    space: 'option',
    ...option('table', 'pg_foreign_table', 'ftoptions', (of) => `ftrelid = ${regclass(of)}`),
  },
  'mapping option': {
    label: 'option',
    space: 'mapping option',
    ...partOf('server', 'of'),
    keepsOwner: true,
    existence: undefined,
    catalogs: [],
  },
  'column option': {
    label: 'option',
    space: 'column option',
    ...partOf('table', 'of'),
    existence: undefined,
    catalogs: [],
  },
  database: { label: 'database', space: 'database', ...global, existence: undefined, catalogs: [] },
  tablespace: { label: 'tablespace', space: 'tablespace', ...global, existence: undefined, catalogs: [] },
  'prepared statement': {
    label: 'prepared statement',
    space: 'prepared statement',
    ...global,
    removedVerb: 'deallocated',
    existence: undefined,
    catalogs: [],
  },
  schema: {
    label: 'schema',
    space: 'schema',
    ...global,
    existence: (ref) =>
      ref.args
        ? {
            exists: `to_regnamespace(quote_ident(${ref.args[0]!})) IS NOT NULL`,
            missing: `to_regnamespace(quote_ident(${ref.args[0]!})) IS NULL`,
          }
        : reg('to_regnamespace', quoteIdent(ref.name)),
    dependence: (ref) => isNeeded('pg_namespace', `= to_regnamespace(${text(quoteIdent(ref.name))})`),
    catalogs: [
      { relation: 'schemata', name: 'schema_name' },
      { relation: 'pg_namespace', name: 'nspname' },
    ],
    lookups: ['to_regnamespace'],
  },
  'cron job': {
    label: 'cron job',
    space: 'cron job',
    ...global,
    existence: (ref) => query(`SELECT 1 FROM cron.job WHERE jobname = ${text(ref.name)}`),
    catalogs: [{ relation: 'job', name: 'jobname' }],
    fails: { missing: 'XX000' },
  },
  'vault secret': {
    label: 'secret',
    space: 'vault secret',
    ...global,
    existence: (ref) => query(`SELECT 1 FROM vault.secrets WHERE name = ${text(ref.name)}`),
    catalogs: [
      { relation: 'secrets', name: 'name' },
      { relation: 'decrypted_secrets', name: 'name' },
    ],
    fails: { exists: '23505' },
  },
} as const satisfies Record<string, KindInfo<string>>;

export type Kind = keyof typeof KINDS;

/**
 * Every kind of object that the table of statements speaks of, with the question that tells whether one exists: always
 * by identity (kind, schema, name, owner), never by name alone. An owner that is no kind does not compile.
 */
export const kinds: Readonly<Record<Kind, KindInfo>> = KINDS;

const KIND_NAMES = Object.keys(KINDS) as Kind[];

export const kindInfo = (kind: Kind): KindInfo => kinds[kind];

/** Whether it can be overloaded: functions, procedures and aggregates share their names. */
export const isRoutine = (kind: Kind): boolean => kindInfo(kind).space === 'routine';

/** Whether it belongs to another object, but its name is unique in the schema, like the name of an index. */
export const isNamedInSchema = (kind: Kind): boolean => kindInfo(kind).inSchema && kindInfo(kind).owner !== undefined;

const rankOf = ({ owner, inSchema }: KindInfo): number => (owner && !inSchema ? 0 : inSchema ? 1 : 2);

/**
 * The catalogs that conditions ask, with the kind that each lists. What a query asks for is the first that it names:
 * what is part of another object comes before what stands in a schema, and that before all else, as queries join
 * pg_class to find a column's table and pg_namespace to find a type's schema.
 */
export const catalogViews: readonly { kind: Kind; view: CatalogView }[] = flatMap(
  [...KIND_NAMES].sort((a, b) => rankOf(kinds[a]) - rankOf(kinds[b])),
  (kind) => kinds[kind].catalogs.map((view) => ({ kind, view })),
);

/** The kinds by the function that looks one up by its name: `to_regclass`. */
export const lookupKinds: ReadonlyMap<string, Kind> = new Map(
  flatMap(KIND_NAMES, (kind) => (kinds[kind].lookups ?? []).map((lookup): [string, Kind] => [lookup, kind])),
);

/** How to ask whether an object is there, and of its kind; undefined where that cannot be told. */
export function existenceAsKind(ref: ObjectRef): Existence | undefined {
  const { asKind, existence } = kindInfo(ref.kind);
  return asKind && existence?.({ ...ref, detail: { ...ref.detail, ...asKind } });
}

/** Whether an object is of the kind that a question asks for with letters of a catalog; also if it does not say. */
export function isOfLetters({ kind }: ObjectRef, { relkind, prokind }: Detail = {}): boolean {
  const own = kindInfo(kind).asKind;
  const meets = (asked: string | undefined, letters: string | undefined) =>
    asked === undefined || (letters !== undefined && [...letters].some((letter) => asked.includes(letter)));
  return meets(relkind, own?.relkind) && meets(prokind, own?.prokind);
}

const quoted = (n: Name, args = '') => `"${n.schema === undefined ? '' : `${n.schema}.`}${n.name}${args}"`;

/** How a message names an object: `policy "own rows" on "profiles"`. */
export function describe(ref: ObjectRef): string {
  const info = kindInfo(ref.kind);
  if (info.describe) return info.describe(ref);
  const args = ref.args && isRoutine(ref.kind) ? `(${ref.args.join(', ')})` : '';
  const self = `${info.label} ${quoted(ref, args)}`;
  return ref.of && info.owner ? `${self} ${info.owner.link} ${quoted(ref.of)}` : self;
}

/** The kind of the owner; undefined for kinds without an owner. */
export const ownerKind = (kind: Kind): Kind | undefined => kindInfo(kind).owner?.kind;

/**
 * The owner of an object, as an object.
 * @throws if its kind has no owner
 */
export function ownerOf({ kind }: ObjectRef, of: Name): ObjectRef {
  const owner = ownerKind(kind);
  if (owner === undefined) throw new Error(`a ${kind} belongs to nothing, and yet its owner is "${of.name}"`);
  return { kind: owner, schema: of.schema, name: of.name };
}
