/**
 * Which object is which: PostgreSQL gives each a number that stays when it is renamed. Whoever compares two states of
 * one database by these numbers sees every rename, also one inside of a DO block, which the text does not show.
 */
import { SPELLING } from '../../database/catalogs.ts';
import type { Ask } from '../../database/state.ts';

/** An object that can have another name. */
export interface Identity {
  /** Its catalog and its number in it. */
  key: string;
  /** Its own name, quoted as it is written in SQL. */
  name: string;
  /** The number of the schema in which it is, where it can be moved to another one. */
  place: string | undefined;
  /** As other statements speak of it: `public.notes`, `public.notes.title`. */
  identity: string;
  /** What stands before its new name: `ALTER TABLE public.notes RENAME TO`. */
  rename: string | undefined;
  /** What stands before its new schema. */
  move: string | undefined;
}

export type Identities = ReadonlyMap<string, Identity>;

const FIRST = 16384;
const made = (catalog: string): string =>
  `o.oid >= ${FIRST} AND o.oid <> ALL (ARRAY(SELECT e.objid FROM pg_depend e WHERE e.deptype = 'e' AND e.classid = '${catalog}'::regclass))`;
const lasting = (namespace: string): string =>
  `${namespace} <> ALL (ARRAY(SELECT n.oid FROM pg_namespace n WHERE n.nspname ~ '^pg_(toast|temp)'))`;

interface Source {
  catalog: string;
  /** Everything behind FROM; the object has the alias `o`. */
  from: string;
  /** Its number. @default its oid */
  number?: string;
  name: string;
  place?: string;
  identity: string;
  rename: string;
  move?: string;
}

/** An object of a schema that one form of ALTER renames and moves. */
const inSchema = (catalog: string, what: string, name: string, place: string, identity: string, where = 'true') => ({
  catalog,
  from: `${catalog} o WHERE ${made(catalog)} AND ${lasting(place)} AND ${where}`,
  name: `quote_ident(${name})`,
  place,
  identity,
  rename: `format('ALTER %s %s RENAME TO', ${what}, ${identity})`,
  move: `format('ALTER %s %s SET SCHEMA', ${what}, ${identity})`,
});

/** What lives on a table, and is called `name on table`. */
const onTable = (catalog: string, what: string, name: string, table: string, where = 'true'): Source => ({
  catalog,
  from: `${catalog} o WHERE o.oid >= ${FIRST} AND ${where}`,
  name: `quote_ident(${name})`,
  identity: `format('%I on %s', ${name}, ${table}::regclass)`,
  rename: `format('ALTER ${what} %I ON %s RENAME TO', ${name}, ${table}::regclass)`,
});

const ofDatabase = (catalog: string, what: string, name: string): Source => ({
  catalog,
  from: `${catalog} o WHERE ${made(catalog)}`,
  name: `quote_ident(${name})`,
  identity: `quote_ident(${name})`,
  rename: `format('ALTER ${what} %I RENAME TO', ${name})`,
});

const RELATIONS = `CASE o.relkind WHEN 'v' THEN 'VIEW' WHEN 'm' THEN 'MATERIALIZED VIEW' WHEN 'f' THEN 'FOREIGN TABLE' WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END`;
const ROUTINES = `CASE o.prokind WHEN 'a' THEN 'AGGREGATE' WHEN 'p' THEN 'PROCEDURE' ELSE 'FUNCTION' END`;

/** Others rest on the first ones. */
const SOURCES: readonly Source[] = [
  {
    ...ofDatabase('pg_namespace', 'SCHEMA', 'o.nspname'),
    from: `pg_namespace o WHERE (o.oid >= ${FIRST} OR o.nspname = 'public') AND ${lasting('o.oid')}`,
  },
  {
    ...ofDatabase('pg_authid', 'ROLE', 'o.rolname'),
    from: `pg_roles o WHERE o.oid >= ${FIRST}`,
  },
  inSchema(
    'pg_class',
    RELATIONS,
    'o.relname',
    'o.relnamespace',
    'o.oid::regclass',
    `o.relkind IN ('r', 'p', 'v', 'm', 'f', 'S')`,
  ),
  inSchema(
    'pg_type',
    `CASE o.typtype WHEN 'd' THEN 'DOMAIN' ELSE 'TYPE' END`,
    'o.typname',
    'o.typnamespace',
    'o.oid::regtype',
    `o.typcategory <> 'A' AND o.typtype <> 'm' AND (o.typtype <> 'c' OR o.typrelid = ANY (ARRAY(SELECT c.oid FROM pg_class c WHERE c.relkind = 'c')))`,
  ),
  inSchema(
    'pg_proc',
    ROUTINES,
    'o.proname',
    'o.pronamespace',
    'o.oid::regprocedure',
    `o.oid <> ALL (ARRAY(SELECT i.objid FROM pg_depend i WHERE i.deptype = 'i' AND i.classid = 'pg_proc'::regclass))`,
  ),
  {
    catalog: 'pg_attribute',
    from: `pg_attribute o JOIN pg_class c ON c.oid = o.attrelid WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'c') AND c.oid >= ${FIRST}
      AND o.attnum > 0 AND NOT o.attisdropped AND ${lasting('c.relnamespace')}`,
    number: `o.attrelid || '/' || o.attnum`,
    name: 'quote_ident(o.attname)',
    identity: `format('%s.%I', o.attrelid::regclass, o.attname)`,
    // What is inherited is renamed with the parent's.
    rename: `CASE WHEN o.attinhcount > 0 THEN NULL WHEN c.relkind = 'c' THEN format('ALTER TYPE %s RENAME ATTRIBUTE %I TO', o.attrelid::regclass, o.attname)
      ELSE format('ALTER TABLE %s RENAME COLUMN %I TO', o.attrelid::regclass, o.attname) END`,
  },
  {
    catalog: 'pg_enum',
    from: `pg_enum o WHERE o.oid >= ${FIRST}`,
    name: 'quote_literal(o.enumlabel)',
    identity: `format('%L of %s', o.enumlabel, o.enumtypid::regtype)`,
    rename: `format('ALTER TYPE %s RENAME VALUE %L TO', o.enumtypid::regtype, o.enumlabel)`,
  },
  {
    catalog: 'pg_constraint',
    from: `pg_constraint o WHERE o.oid >= ${FIRST} AND o.contype NOT IN ('t', 'n') AND o.conparentid = 0 AND o.coninhcount = 0 AND (o.conrelid <> 0 OR o.contypid <> 0)`,
    name: 'quote_ident(o.conname)',
    identity: `CASE WHEN o.conrelid <> 0 THEN format('%I on %s', o.conname, o.conrelid::regclass) ELSE format('%I on %s', o.conname, o.contypid::regtype) END`,
    rename: `CASE WHEN o.conrelid <> 0 THEN format('ALTER TABLE %s RENAME CONSTRAINT %I TO', o.conrelid::regclass, o.conname)
      ELSE format('ALTER DOMAIN %s RENAME CONSTRAINT %I TO', o.contypid::regtype, o.conname) END`,
  },
  {
    // The index of a constraint has its name, and an index is where its table is.
    catalog: 'pg_index',
    from: `pg_class o WHERE o.relkind IN ('i', 'I') AND NOT o.relispartition AND ${made('pg_class')} AND ${lasting('o.relnamespace')}
      AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = o.oid AND k.contype IN ('p', 'u', 'x'))`,
    name: 'quote_ident(o.relname)',
    identity: 'o.oid::regclass',
    rename: `format('ALTER INDEX %s RENAME TO', o.oid::regclass)`,
  },
  onTable('pg_trigger', 'TRIGGER', 'o.tgname', 'o.tgrelid', 'NOT o.tgisinternal'),
  onTable('pg_policy', 'POLICY', 'o.polname', 'o.polrelid'),
  onTable('pg_rewrite', 'RULE', 'o.rulename', 'o.ev_class', `o.rulename <> '_RETURN'`),
  inSchema(
    'pg_statistic_ext',
    `'STATISTICS'`,
    'o.stxname',
    'o.stxnamespace',
    `format('%s.%I', o.stxnamespace::regnamespace, o.stxname)`,
  ),
  inSchema(
    'pg_collation',
    `'COLLATION'`,
    'o.collname',
    'o.collnamespace',
    `format('%s.%I', o.collnamespace::regnamespace, o.collname)`,
  ),
  inSchema(
    'pg_conversion',
    `'CONVERSION'`,
    'o.conname',
    'o.connamespace',
    `format('%s.%I', o.connamespace::regnamespace, o.conname)`,
  ),
  inSchema('pg_ts_dict', `'TEXT SEARCH DICTIONARY'`, 'o.dictname', 'o.dictnamespace', 'o.oid::regdictionary'),
  inSchema('pg_ts_config', `'TEXT SEARCH CONFIGURATION'`, 'o.cfgname', 'o.cfgnamespace', 'o.oid::regconfig'),
  inSchema(
    'pg_ts_parser',
    `'TEXT SEARCH PARSER'`,
    'o.prsname',
    'o.prsnamespace',
    `format('%s.%I', o.prsnamespace::regnamespace, o.prsname)`,
  ),
  inSchema(
    'pg_ts_template',
    `'TEXT SEARCH TEMPLATE'`,
    'o.tmplname',
    'o.tmplnamespace',
    `format('%s.%I', o.tmplnamespace::regnamespace, o.tmplname)`,
  ),
  ...[
    { catalog: 'pg_opfamily', what: 'OPERATOR FAMILY', column: 'opf' },
    { catalog: 'pg_opclass', what: 'OPERATOR CLASS', column: 'opc' },
  ].map(({ catalog, what, column }): Source => {
    const identity = `(pg_identify_object('${catalog}'::regclass, o.oid, 0)).identity`;
    return inSchema(catalog, `'${what}'`, `o.${column}name`, `o.${column}namespace`, identity);
  }),
  ofDatabase('pg_event_trigger', 'EVENT TRIGGER', 'o.evtname'),
  ofDatabase('pg_publication', 'PUBLICATION', 'o.pubname'),
  ofDatabase('pg_foreign_data_wrapper', 'FOREIGN DATA WRAPPER', 'o.fdwname'),
  ofDatabase('pg_foreign_server', 'SERVER', 'o.srvname'),
  ofDatabase('pg_language', 'LANGUAGE', 'o.lanname'),
];

const QUERY = SOURCES.map(
  ({ catalog, from, number = 'o.oid', name, place, identity, rename, move }) =>
    `SELECT coalesce(json_agg(json_build_array('${catalog}/' || ${number}, ${[
      name,
      place ?? 'NULL',
      identity,
      rename,
      move ?? 'NULL',
    ]
      .map((value) => `(${value})::text`)
      .join(', ')})), '[]')::text FROM ${from}`,
).join(';\n');

type Row = [
  key: string,
  name: string,
  place: string | null,
  identity: string,
  rename: string | null,
  move: string | null,
];

/** Reads what can have another name. */
export async function readIdentities(ask: Ask): Promise<Identities> {
  const answers = await ask(`${SPELLING}\n${QUERY}`);
  const found = new Map<string, Identity>();
  for (const [[text]] of answers as [[string]][])
    for (const [key, name, place, identity, rename, move] of JSON.parse(text) as Row[])
      found.set(key, {
        key,
        name,
        place: place ?? undefined,
        identity,
        rename: rename ?? undefined,
        move: move ?? undefined,
      });
  return found;
}

/** A statement that gives an object the name, or the place, that it had. */
export interface Renaming {
  sql: string;
  /** What it is called now. */
  now: Identity;
  /** What it was called. */
  before: Identity;
  /** The same under a name that nobody has, where two objects have changed their names with each other. */
  aside: string | undefined;
}

/** What has another name, or another place, than before. */
export function renamings(before: Identities, now: Identities): Renaming[] {
  const found: Renaming[] = [];
  for (const [key, was] of before) {
    const is = now.get(key);
    if (!is) continue;
    if (is.place !== was.place && is.move !== undefined) {
      const schema = now.get(`pg_namespace/${was.place!}`);
      if (schema) found.push({ sql: `${is.move} ${schema.name}`, now: is, before: was, aside: undefined });
    }
    if (is.name !== was.name && is.rename !== undefined) {
      const isLabel = key.startsWith('pg_enum/');
      const aside = isLabel ? undefined : `${is.rename} ${was.name.replace(/"?$/, (quote) => `_aside${quote}`)}`;
      found.push({ sql: `${is.rename} ${was.name}`, now: is, before: was, aside });
    }
  }
  return found;
}
