import { quoteIdent, quoteLiteral, quoteName } from './names.ts';

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

/** What history remembers of an object beyond its name. */
export interface Detail {
  /** The columns of a key, an index or a constraint; undefined entries are expressions. */
  columns?: readonly (string | undefined)[];
  /** The index that a constraint is made from, which has its columns. */
  usingIndex?: string;
  /** Whether the columns can hold no two equal rows. */
  unique?: boolean;
  /** Whether a predicate limits an index to some rows. */
  partial?: boolean;
  /** A column's type as written, canonical for PostgreSQL's own names. */
  type?: string;
  /** What a column's default calls that gives another value at every run: `nextval()`, `CURRENT_TIMESTAMP`. */
  varies?: string | undefined;
  notNull?: boolean;
  /** For a table: whether it has no keys but those that statements name, even if its columns come from elsewhere. */
  keysNamed?: boolean;
  /** For a partition: the table whose partition it is made as. */
  partitionOf?: Name;
  /** What a foreign key points to; no columns stand for the primary key. */
  references?: { table: Name; columns: readonly string[] };
  /** `contype` of pg_constraint. */
  contype?: string;
  /** `relkind` of pg_class, where only that tells one relation from another of its name. */
  relkind?: string;
  /** `typtype` of pg_type. */
  typtype?: string;
  /** What a policy is for: its command (`all`, `select`, …), its roles (`public` for everyone), and whether it is one of those of which any is enough. */
  policy?: { command: string; roles: readonly string[]; permissive: boolean };
  /** The columns that `*` in a view's query stood for when it was made; empty where they are yet to be filled in. */
  star?: string;
  /** The return type of a function, for collisions. */
  returns?: string;
  /** Whether the statement that made it says all of it, so that what it does not mention is not there. */
  complete?: boolean;
  /** What two definitions are compared by. */
  definition?: string | number;
  /** The object was made without being named by the statement. */
  implicit?: boolean;
}

/** What SQL to ask so as to learn whether an object exists. */
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
/** The schema that a name is created in: the one that qualifies it, or the first of search_path. */
const namespace = (name: Name) =>
  name.schema === undefined
    ? 'quote_ident(current_schema())::regnamespace'
    : `${quoteLiteral(quoteIdent(name.schema))}::regnamespace`;
const inSchema = (catalog: string, column: string, schemaColumn: string) => (ref: ObjectRef) =>
  query(`SELECT 1 FROM ${catalog} WHERE ${column} = ${text(ref.name)} AND ${schemaColumn} = ${namespace(ref)}`);
const global = (catalog: string, column: string) => (ref: ObjectRef) =>
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
    : query(`SELECT 1 FROM pg_class WHERE oid = ${maybeRegclass(ref)} AND relkind = ${text(ref.detail.relkind)}`);
const typeName = (name: Name) => quoteLiteral(quoteName(name));

export interface KindInfo {
  /** How messages call it. */
  label: string;
  /** Kinds with the same space share their names: a view cannot be called as a table. */
  space: string;
  /** How to ask the catalog for it; undefined where no query can tell. */
  existence?: (ref: ObjectRef) => Existence | undefined;
  /** The keywords of its DROP statement, where dropping it loses nothing that the following CREATE does not bring back. */
  dropFirst?: string;
  /** Whether it lives in a schema, so that search_path matters. */
  inSchema?: boolean;
}

const routine = (label: string): KindInfo => ({
  label,
  space: 'routine',
  inSchema: true,
  existence: (ref) =>
    ref.args
      ? reg('to_regprocedure', `${quoteName(ref)}(${ref.args.join(', ')})`)
      : ref.schema === undefined
        ? query(`SELECT 1 FROM pg_proc WHERE proname = ${text(ref.name)} AND pg_function_is_visible(oid)`)
        : query(`SELECT 1 FROM pg_proc WHERE proname = ${text(ref.name)} AND pronamespace = ${namespace(ref)}`),
});
const relationKind = (label: string): KindInfo => ({ label, space: 'relation', inSchema: true, existence: relation });
const option = (label: string, catalog: string, options: string, owner: (of: Name) => string): KindInfo => ({
  label,
  space: label,
  existence: (ref) =>
    query(
      `SELECT 1 FROM ${catalog}, pg_options_to_table(${options}) WHERE ${owner(ref.of!)} AND option_name = ${text(ref.name)}`,
    ),
});

/**
 * Every kind of object that the table of statements speaks of, with the question that tells whether one exists: always
 * by identity (kind, schema, name, owner), never by name alone.
 */
export const kinds = {
  table: relationKind('table'),
  'foreign table': relationKind('foreign table'),
  view: relationKind('view'),
  'materialized view': relationKind('materialized view'),
  index: relationKind('index'),
  sequence: relationKind('sequence'),
  type: {
    label: 'type',
    space: 'type',
    inSchema: true,
    existence: (ref) => {
      const { typtype } = ref.detail ?? {};
      if (!typtype) return reg('to_regtype', quoteName(ref));
      // A shell becomes a base type of the same name when it is filled.
      return query(
        `SELECT 1 FROM pg_type WHERE typname = ${text(ref.name)}${typtype === 'p' ? '' : ` AND typtype = ${text(typtype)}`} AND typnamespace = ${namespace(ref)}`,
      );
    },
  },
  domain: {
    label: 'domain',
    space: 'type',
    inSchema: true,
    existence: (ref) =>
      ref.detail?.typtype
        ? query(
            `SELECT 1 FROM pg_type WHERE typname = ${text(ref.name)} AND typtype = 'd' AND typnamespace = ${namespace(ref)}`,
          )
        : reg('to_regtype', quoteName(ref)),
  },
  'enum label': {
    label: 'value',
    space: 'enum label',
    existence: (ref) =>
      query(
        `SELECT 1 FROM pg_enum WHERE enumtypid = to_regtype(${typeName(ref.of!)}) AND enumlabel = ${text(ref.name)}`,
      ),
  },
  attribute: {
    label: 'attribute',
    space: 'column',
    existence: ofTable('pg_attribute', 'attname', 'attrelid', ' AND NOT attisdropped'),
  },
  column: {
    label: 'column',
    space: 'column',
    existence: ofTable('pg_attribute', 'attname', 'attrelid', ' AND NOT attisdropped'),
  },
  'column type': {
    label: 'type of column',
    space: 'column type',
    existence: (ref) =>
      query(
        `SELECT 1 FROM pg_attribute WHERE attrelid = ${regclass(ref.of!)} AND attname = ${text(ref.name)} AND atttypid = to_regtype(${text(ref.detail!.type!)})`,
      ),
  },
  // Whether a column takes a value: as long as its type is no enum, or one that has it.
  'column value': {
    label: 'value',
    space: 'column value',
    existence: (ref) => {
      const column = `a.attrelid = ${maybeRegclass(ref.of!)} AND a.attname = ${text(ref.detail!.columns![0]!)}`;
      if (ref.detail!.typtype === 'e')
        return query(
          `SELECT 1 FROM pg_attribute a JOIN pg_enum e ON e.enumtypid = a.atttypid WHERE ${column} AND e.enumlabel = ${text(ref.name)}`,
        );
      const { exists, missing } = query(
        `SELECT 1 FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid WHERE ${column} AND t.typtype = 'e'`,
      );
      return { exists: missing, missing: exists };
    },
  },
  identity: {
    label: 'identity of column',
    space: 'identity',
    existence: ofTable('pg_attribute', 'attname', 'attrelid', " AND attidentity <> ''"),
  },
  expression: {
    label: 'generation expression of column',
    space: 'expression',
    existence: ofTable('pg_attribute', 'attname', 'attrelid', " AND attgenerated <> ''"),
  },
  'typed table': {
    label: 'type of table',
    space: 'typed table',
    existence: (ref) => query(`SELECT 1 FROM pg_class WHERE oid = ${maybeRegclass(ref)} AND reloftype <> 0`),
  },
  constraint: {
    label: 'constraint',
    space: 'constraint',
    existence: (ref) =>
      ref.detail?.contype === 'p' && (ref.detail.implicit || ref.name === '')
        ? query(`SELECT 1 FROM pg_constraint WHERE conrelid = ${maybeRegclass(ref.of!)} AND contype = 'p'`)
        : query(
            `SELECT 1 FROM pg_constraint WHERE conrelid = ${maybeRegclass(ref.of!)} AND conname = ${text(ref.name)}`,
          ),
  },
  'domain constraint': {
    label: 'constraint',
    space: 'domain constraint',
    existence: (ref) =>
      query(
        `SELECT 1 FROM pg_constraint WHERE contypid = to_regtype(${typeName(ref.of!)}) AND conname = ${text(ref.name)}`,
      ),
  },
  inheritance: {
    label: 'inheritance from',
    space: 'inheritance',
    existence: (ref) =>
      query(
        `SELECT 1 FROM pg_inherits WHERE inhrelid = ${maybeRegclass(ref.of!)} AND inhparent = ${maybeRegclass(ref)}`,
      ),
  },
  partition: {
    label: 'partition',
    space: 'inheritance',
    existence: (ref) =>
      query(
        `SELECT 1 FROM pg_inherits WHERE inhrelid = ${maybeRegclass(ref)} AND inhparent = ${maybeRegclass(ref.of!)}`,
      ),
  },
  'index partition': {
    label: 'index partition',
    space: 'inheritance',
    existence: (ref) =>
      query(
        `SELECT 1 FROM pg_inherits WHERE inhrelid = ${maybeRegclass(ref)} AND inhparent = ${maybeRegclass(ref.of!)}`,
      ),
  },
  statistics: {
    label: 'statistics object',
    space: 'statistics',
    inSchema: true,
    existence: inSchema('pg_statistic_ext', 'stxname', 'stxnamespace'),
  },
  schema: {
    label: 'schema',
    space: 'schema',
    existence: (ref) =>
      ref.args
        ? {
            exists: `to_regnamespace(quote_ident(${ref.args[0]!})) IS NOT NULL`,
            missing: `to_regnamespace(quote_ident(${ref.args[0]!})) IS NULL`,
          }
        : reg('to_regnamespace', quoteIdent(ref.name)),
  },
  extension: { label: 'extension', space: 'extension', existence: global('pg_extension', 'extname') },
  function: routine('function'),
  procedure: routine('procedure'),
  aggregate: routine('aggregate'),
  routine: routine('routine'),
  trigger: {
    label: 'trigger',
    space: 'trigger',
    dropFirst: 'TRIGGER',
    existence: ofTable('pg_trigger', 'tgname', 'tgrelid'),
  },
  rule: { label: 'rule', space: 'rule', dropFirst: 'RULE', existence: ofTable('pg_rewrite', 'rulename', 'ev_class') },
  policy: {
    label: 'policy',
    space: 'policy',
    dropFirst: 'POLICY',
    existence: ofTable('pg_policy', 'polname', 'polrelid'),
  },
  'event trigger': {
    label: 'event trigger',
    space: 'event trigger',
    dropFirst: 'EVENT TRIGGER',
    existence: global('pg_event_trigger', 'evtname'),
  },
  collation: {
    label: 'collation',
    space: 'collation',
    inSchema: true,
    existence: inSchema('pg_collation', 'collname', 'collnamespace'),
  },
  conversion: {
    label: 'conversion',
    space: 'conversion',
    inSchema: true,
    existence: inSchema('pg_conversion', 'conname', 'connamespace'),
  },
  cast: {
    label: 'cast',
    space: 'cast',
    existence: (ref) =>
      query(
        `SELECT 1 FROM pg_cast WHERE castsource = to_regtype(${text(ref.args![0]!)}) AND casttarget = to_regtype(${text(ref.args![1]!)})`,
      ),
  },
  operator: {
    label: 'operator',
    space: 'operator',
    inSchema: true,
    existence: (ref) =>
      reg(
        'to_regoperator',
        `${ref.schema === undefined ? '' : `${quoteIdent(ref.schema)}.`}${ref.name}(${ref.args!.join(', ')})`,
      ),
  },
  'operator class': {
    label: 'operator class',
    space: 'operator class',
    inSchema: true,
    existence: (ref) =>
      query(
        `SELECT 1 FROM pg_opclass c JOIN pg_am a ON a.oid = c.opcmethod WHERE c.opcname = ${text(ref.name)} AND a.amname = ${text(ref.args![0]!)} AND c.opcnamespace = ${namespace(ref)}`,
      ),
  },
  'operator family': {
    label: 'operator family',
    space: 'operator family',
    inSchema: true,
    existence: (ref) =>
      query(
        `SELECT 1 FROM pg_opfamily f JOIN pg_am a ON a.oid = f.opfmethod WHERE f.opfname = ${text(ref.name)} AND a.amname = ${text(ref.args![0]!)} AND f.opfnamespace = ${namespace(ref)}`,
      ),
  },
  'operator family member': { label: 'member of operator family', space: 'operator family member' },
  'text search configuration': {
    label: 'text search configuration',
    space: 'text search configuration',
    inSchema: true,
    existence: inSchema('pg_ts_config', 'cfgname', 'cfgnamespace'),
  },
  'text search dictionary': {
    label: 'text search dictionary',
    space: 'text search dictionary',
    inSchema: true,
    existence: inSchema('pg_ts_dict', 'dictname', 'dictnamespace'),
  },
  'text search parser': {
    label: 'text search parser',
    space: 'text search parser',
    inSchema: true,
    existence: inSchema('pg_ts_parser', 'prsname', 'prsnamespace'),
  },
  'text search template': {
    label: 'text search template',
    space: 'text search template',
    inSchema: true,
    existence: inSchema('pg_ts_template', 'tmplname', 'tmplnamespace'),
  },
  'text search mapping': {
    label: 'text search mapping',
    space: 'text search mapping',
    existence: (ref) =>
      query(
        `SELECT 1 FROM pg_ts_config_map m JOIN pg_ts_config c ON c.oid = m.mapcfg, ts_token_type(c.cfgparser) t WHERE c.oid = ${typeName(ref.of!)}::regconfig AND t.tokid = m.maptokentype AND t.alias = ${text(ref.name)}`,
      ),
  },
  role: { label: 'role', space: 'role', existence: global('pg_roles', 'rolname') },
  publication: { label: 'publication', space: 'publication', existence: global('pg_publication', 'pubname') },
  'publication table': {
    label: 'table',
    space: 'publication table',
    existence: (ref) =>
      query(
        `SELECT 1 FROM pg_publication_rel r JOIN pg_publication p ON p.oid = r.prpubid WHERE p.pubname = ${text(ref.of!.name)} AND r.prrelid = ${maybeRegclass(ref)}`,
      ),
  },
  'publication schema': {
    label: 'schema',
    space: 'publication schema',
    existence: (ref) =>
      query(
        `SELECT 1 FROM pg_publication_namespace s JOIN pg_publication p ON p.oid = s.pnpubid WHERE p.pubname = ${text(ref.of!.name)} AND s.pnnspid = to_regnamespace(${text(quoteIdent(ref.name))})`,
      ),
  },
  subscription: { label: 'subscription', space: 'subscription', existence: global('pg_subscription', 'subname') },
  'foreign-data wrapper': {
    label: 'foreign-data wrapper',
    space: 'foreign-data wrapper',
    existence: global('pg_foreign_data_wrapper', 'fdwname'),
  },
  server: { label: 'server', space: 'server', existence: global('pg_foreign_server', 'srvname') },
  'user mapping': { label: 'user mapping', space: 'user mapping' },
  'access method': { label: 'access method', space: 'access method', existence: global('pg_am', 'amname') },
  language: { label: 'language', space: 'language', existence: global('pg_language', 'lanname') },
  transform: { label: 'transform', space: 'transform' },
  'extension member': {
    label: 'extension member',
    space: 'extension member',
    existence: (ref) =>
      ref.args &&
      query(
        `SELECT 1 FROM pg_depend d JOIN pg_extension e ON e.oid = d.refobjid WHERE e.extname = ${text(ref.of!.name)} AND d.deptype = 'e' AND d.objid = ${ref.args[0]!}`,
      ),
  },
  'wrapper option': option('option', 'pg_foreign_data_wrapper', 'fdwoptions', (of) => `fdwname = ${text(of.name)}`),
  'server option': option('option', 'pg_foreign_server', 'srvoptions', (of) => `srvname = ${text(of.name)}`),
  'table option': option('option', 'pg_foreign_table', 'ftoptions', (of) => `ftrelid = ${regclass(of)}`),
  'mapping option': { label: 'option', space: 'mapping option' },
  'column option': { label: 'option', space: 'column option' },
  'cron job': {
    label: 'cron job',
    space: 'cron job',
    existence: (ref) => query(`SELECT 1 FROM cron.job WHERE jobname = ${text(ref.name)}`),
  },
  database: { label: 'database', space: 'database' },
  tablespace: { label: 'tablespace', space: 'tablespace' },
  'prepared statement': { label: 'prepared statement', space: 'prepared statement' },
  cursor: { label: 'cursor', space: 'cursor' },
  'large object': { label: 'large object', space: 'large object' },
} as const satisfies Record<string, KindInfo>;

export type Kind = keyof typeof kinds;

/** `relkind` of pg_class, by what the statements call it. */
export const RELKINDS: Partial<Record<Kind, string>> = {
  table: 'r',
  view: 'v',
  'materialized view': 'm',
  sequence: 'S',
  'foreign table': 'f',
  index: 'i',
};

/** The same table, typed so that optional fields can be read. */
export const kindInfo = (kind: Kind): KindInfo => kinds[kind];

/** Whether it can be overloaded: functions, procedures and aggregates share their names. */
export const isRoutine = (kind: Kind): boolean => kindInfo(kind).space === 'routine';

/** How a message names an object: `policy "own rows" on "profiles"`. */
export function describe(ref: ObjectRef): string {
  const label = kindInfo(ref.kind).label;
  const quoted = (n: Name, args = '') => `"${n.schema === undefined ? '' : `${n.schema}.`}${n.name}${args}"`;
  const args = ref.args && isRoutine(ref.kind) ? `(${ref.args.join(', ')})` : '';
  if (ref.kind === 'cast') return `cast from ${ref.args![0]!} to ${ref.args![1]!}`;
  if (ref.kind === 'transform') return `transform for ${ref.args![0]!} of language ${quoted(ref)}`;
  if (ref.kind === 'inheritance')
    return `inheritance of ${quoted(ref.of!)} from ${quoted({ schema: ref.schema, name: ref.name })}`;
  if (ref.kind === 'column value')
    return `value "${ref.name}" of column "${ref.detail!.columns![0]!}" of ${quoted(ref.of!)}`;
  const self = `${label} ${quoted(ref, args)}`;
  if (!ref.of) return self;
  const link =
    ref.kind === 'policy' ||
    ref.kind === 'trigger' ||
    ref.kind === 'rule' ||
    ref.kind === 'constraint' ||
    ref.kind === 'index'
      ? 'on'
      : ref.kind === 'publication table' || ref.kind === 'publication schema'
        ? 'in publication'
        : 'of';
  return `${self} ${link} ${quoted(ref.of)}`;
}

/** What kind of object `of` names, where it is not a table. */
const OWNER_KINDS = new Map<Kind, Kind>([
  ['enum label', 'type'],
  ['attribute', 'type'],
  ['domain constraint', 'domain'],
  ['publication table', 'publication'],
  ['publication schema', 'publication'],
  ['text search mapping', 'text search configuration'],
  ['operator family member', 'operator family'],
  ['extension member', 'extension'],
  ['server option', 'server'],
  ['mapping option', 'server'],
  ['wrapper option', 'foreign-data wrapper'],
  ['user mapping', 'server'],
]);

/** The kind of what an object of this kind belongs to. */
export const ownerKind = (kind: Kind): Kind => OWNER_KINDS.get(kind) ?? 'table';

/** What an object belongs to, as an object. */
export const ownerOf = ({ kind }: ObjectRef, of: Name): ObjectRef => ({
  kind: ownerKind(kind),
  schema: of.schema,
  name: of.name,
});
