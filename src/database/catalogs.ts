/** What one catalog says of the objects of a database, as SQL. */
export interface Part {
  name: string;
  /** Everything behind FROM. */
  from: string;
  /** Identifies an object within the part, in this database: an oid as a rule. */
  key: string;
  /** The catalogs that say which objects there are, and whether one has changed. @default the first one of `from` */
  catalogs?: readonly string[];
  /** The rows, by their aliases, whose change may change the line; without any, `age` says how old the youngest is. */
  rows: readonly string[];
  /** Another reason why the line may have changed, as a condition. */
  also?: string;
  /**
   * The name under which other objects speak of this one. Where it changes, their lines may change too. Columns have a
   * JSON object instead: their names by number.
   */
  label?: string;
  /** All that is said of the object, as a text without oids. */
  line: string;
  /** The first major version that it is for. */
  since?: number;
  /** Whether few migrations change it, so that its query is not worth preparing. */
  isRare?: true;
}

/** An access list sorted by its text; a missing one is what PostgreSQL takes it for. */
const acl = (list: string, kind?: string, owner?: string): string =>
  `(SELECT string_agg(a::text, ' ' ORDER BY a::text COLLATE "C") FROM unnest(${kind ? `coalesce(${list}, acldefault('${kind}', ${owner}))` : list}) AS a)`;
const sorted = (list: string): string =>
  `(SELECT string_agg(a::text, ' ' ORDER BY a::text COLLATE "C") FROM unnest(${list}) AS a)`;
const tablespace = (alias: string): string =>
  `(SELECT ts.spcname FROM pg_tablespace AS ts WHERE ts.oid = ${alias}.reltablespace)`;
const role = (oid: string): string => `pg_get_userbyid(${oid})`;
/** A row as JSON, without what differs from one database to the next. */
const json = (alias: string, ...without: string[]): string =>
  `(to_jsonb(${alias}) - '{oid${without.map((name) => `,${name}`).join('')}}'::text[])`;
const object = (catalog: string, oid: string): string => `pg_describe_object('${catalog}'::regclass, ${oid}, 0)`;
/** Stands in a query for the transaction behind the last one of initdb. */
export const BASE = '{base}';
/** Stands in a query for the transaction from which on a change counts. */
export const SINCE = '{since}';
/** Whether a row is one that has changed. */
const isYoung = (alias: string, since: string): string => `age(${alias}.xmin) <= (SELECT age(${since}))`;

/** Objects that initdb has made count only where they were changed since. */
const ours = (alias: string, oid = `${alias}.oid`): string => `(${oid} >= 16384 OR ${isYoung(alias, BASE)})`;
/** Temporary schemas are the session's. */
export const lasting = (namespace: string): string =>
  `${namespace} <> ALL (ARRAY(SELECT n.oid FROM pg_namespace AS n WHERE n.nspname ~ '^pg_(toast_)?temp_'))`;
/** So are temporary relations; as a rule there are none, and then nobody looks for them. */
const isLasting = (relation: string): string =>
  `(NOT EXISTS (SELECT FROM pg_namespace AS n WHERE n.nspname ~ '^pg_(toast_)?temp_')
    OR ${relation} <> ALL (ARRAY(SELECT t.oid FROM pg_class AS t WHERE t.relpersistence = 't')))`;

/** A catalog whose rows are objects of their own, told by their JSON and a few names. */
const plain = (
  catalog: string,
  {
    without = [],
    more = "''",
    where = 'true',
    since,
  }: { without?: string[]; more?: string; where?: string; since?: number },
): Part => ({
  name: catalog,
  from: `${catalog} AS o WHERE ${ours('o')} AND ${where}`,
  key: 'o.oid',
  rows: ['o'],
  label: object(catalog, 'o.oid'),
  line: `concat_ws(' ', ${object(catalog, 'o.oid')}, ${json('o', ...without)}, ${more})`,
  isRare: true,
  ...(since !== undefined && { since }),
});

/** What is told of a database besides its rows: all that `pg_dump` tells, and roles, memberships and settings. */
export const PARTS: readonly Part[] = [
  {
    name: 'schema',
    from: `pg_namespace AS o WHERE ${ours('o')} AND ${lasting('o.oid')}`,
    key: 'o.oid',
    rows: ['o'],
    label: 'o.nspname::text',
    line: `format('SCHEMA %I OWNER %I ACL %s', o.nspname, ${role('o.nspowner')}, ${acl('o.nspacl', 'n', 'o.nspowner')})`,
  },
  {
    name: 'extension',
    isRare: true,
    from: `pg_extension AS o WHERE ${ours('o')}`,
    key: 'o.oid',
    rows: ['o'],
    label: 'o.extname::text',
    line: `format('EXTENSION %I VERSION %s SCHEMA %I', o.extname, o.extversion,
      (SELECT n.nspname FROM pg_namespace AS n WHERE n.oid = o.extnamespace))`,
  },
  {
    name: 'relation',
    from: `pg_class AS o WHERE o.relkind IN ('r', 'p', 'v', 'm', 'f', 'c', 'S') AND ${ours('o')} AND ${lasting('o.relnamespace')}`,
    key: 'o.oid',
    rows: ['o'],
    label: 'o.oid::regclass::text',
    line: `format('RELATION %s KIND %s OWNER %I ACL %s RLS %s FORCED %s OPTIONS %s PERSISTENCE %s PARTITION %s IDENTITY %s METHOD %s TABLESPACE %s OF %s POPULATED %s',
      o.oid::regclass, o.relkind, ${role('o.relowner')},
      CASE WHEN o.relkind = 'S' THEN ${acl('o.relacl', 's', 'o.relowner')} WHEN o.relkind <> 'c' THEN ${acl('o.relacl', 'r', 'o.relowner')} END,
      o.relrowsecurity, o.relforcerowsecurity, ${sorted('o.reloptions')}, o.relpersistence, pg_get_expr(o.relpartbound, o.oid),
      o.relreplident, (SELECT am.amname FROM pg_am AS am WHERE am.oid = o.relam), ${tablespace('o')}, NULLIF(o.reloftype, 0)::regtype, o.relispopulated)`,
  },
  {
    name: 'toast',
    from: `pg_class AS o JOIN pg_class AS r ON r.reltoastrelid = o.oid
      WHERE o.relkind = 't' AND o.reloptions IS NOT NULL AND o.oid >= 16384 AND ${lasting('r.relnamespace')}`,
    key: 'o.oid',
    rows: ['o', 'r'],
    line: `format('TOAST OF %s OPTIONS %s', r.oid::regclass, ${sorted('o.reloptions')})`,
  },
  {
    name: 'columns',
    // A dropped column is a changed row too, although nothing is told of it.
    from: `(SELECT c.oid AS attrelid, n.age FROM pg_class AS c LEFT JOIN (SELECT a.attrelid, min(age(a.xmin)) AS age FROM pg_attribute AS a
        WHERE a.attnum > 0 AND CASE WHEN a.attrelid >= 16384 THEN ${isYoung('a', SINCE)} ELSE ${isYoung('a', BASE)} END
        GROUP BY a.attrelid) AS n ON n.attrelid = c.oid
      WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'c') AND c.relnatts > 0 AND (c.oid >= 16384 OR n.age IS NOT NULL) AND ${lasting('c.relnamespace')}
        -- All may have been dropped.
        AND EXISTS (SELECT FROM pg_attribute AS k WHERE k.attrelid = c.oid AND k.attnum > 0 AND NOT k.attisdropped)) AS o`,
    catalogs: ['pg_attribute', 'pg_class'],
    key: 'o.attrelid',
    rows: [],
    label: `(SELECT jsonb_object_agg(a.attnum, a.attname)::text FROM pg_attribute AS a
      WHERE a.attrelid = o.attrelid AND a.attnum > 0 AND NOT a.attisdropped)`,
    line: `(SELECT string_agg(format('COLUMN %s.%s %s NULLABLE %s IDENTITY %s GENERATED %s COLLATE %s STORAGE %s COMPRESSION %s STATISTICS %s OPTIONS %s FOREIGN %s ACL %s LOCAL %s PARENTS %s',
        a.attrelid::regclass, quote_ident(a.attname),
        format_type(a.atttypid, a.atttypmod), NOT a.attnotnull, a.attidentity, a.attgenerated,
        CASE WHEN a.attcollation <> 0 THEN ${object('pg_collation', 'a.attcollation')} END, a.attstorage,
        to_jsonb(a) ->> 'attcompression', coalesce(a.attstattarget, -1), ${sorted('a.attoptions')}, ${sorted('a.attfdwoptions')},
        ${acl('a.attacl')}, a.attislocal, a.attinhcount), E'\\n' ORDER BY a.attnum)
      FROM pg_attribute AS a WHERE a.attrelid = o.attrelid AND a.attnum > 0 AND NOT a.attisdropped)`,
  },
  {
    name: 'statistics of index',
    // Only an expression has statistics of its own.
    from: `pg_index AS i JOIN pg_attribute AS o ON o.attrelid = i.indexrelid
      WHERE i.indexrelid >= 16384 AND i.indexprs IS NOT NULL AND o.attnum > 0 AND o.attstattarget >= 0 AND ${isLasting('o.attrelid')}`,
    catalogs: ['pg_attribute'],
    key: `o.attrelid || '-' || o.attnum`,
    rows: ['o'],
    line: `format('STATISTICS OF %s.%s: %s', o.attrelid::regclass, o.attnum, o.attstattarget)`,
  },
  {
    name: 'default',
    from: `pg_attrdef AS o WHERE ${ours('o')} AND ${isLasting('o.adrelid')}`,
    key: 'o.oid',
    rows: ['o'],
    line: `format('DEFAULT OF %s.%I: %s', o.adrelid::regclass,
      (SELECT a.attname FROM pg_attribute AS a WHERE a.attrelid = o.adrelid AND a.attnum = o.adnum), pg_get_expr(o.adbin, o.adrelid))`,
  },
  {
    name: 'parent',
    isRare: true,
    from: `pg_inherits AS o WHERE o.inhrelid >= 16384 AND ${isLasting('o.inhrelid')}`,
    key: `o.inhrelid || '-' || o.inhparent`,
    rows: ['o'],
    line: `format('%s INHERITS %s AS %s %s', o.inhrelid::regclass, o.inhparent::regclass, o.inhseqno, to_jsonb(o) ->> 'inhdetachpending')`,
  },
  {
    name: 'partitioned',
    isRare: true,
    from: `pg_partitioned_table AS o WHERE o.partrelid >= 16384 AND ${isLasting('o.partrelid')}`,
    key: 'o.partrelid',
    rows: ['o'],
    line: `format('%s PARTITIONED BY %s', o.partrelid::regclass, pg_get_partkeydef(o.partrelid))`,
  },
  {
    name: 'foreign table',
    isRare: true,
    from: `pg_foreign_table AS o JOIN pg_foreign_server AS s ON s.oid = o.ftserver WHERE o.ftrelid >= 16384`,
    key: 'o.ftrelid',
    rows: ['o'],
    line: `format('FOREIGN TABLE %s SERVER %I OPTIONS %s', o.ftrelid::regclass, s.srvname, ${sorted('o.ftoptions')})`,
  },
  {
    name: 'constraint',
    // Those of constraint triggers are told with the triggers.
    from: `pg_constraint AS o WHERE ${ours('o')} AND o.contype <> 't' AND ${lasting('o.connamespace')}`,
    key: 'o.oid',
    rows: ['o'],
    label: 'o.conname::text',
    line: `format('CONSTRAINT %I ON %s %s %s VALID %s LOCAL %s PARENTS %s', o.conname, NULLIF(o.conrelid, 0)::regclass, NULLIF(o.contypid, 0)::regtype,
      pg_get_constraintdef(o.oid), o.convalidated, o.conislocal, o.coninhcount)`,
  },
  {
    name: 'index',
    from: `pg_index AS o WHERE o.indexrelid >= 16384 AND ${isLasting('o.indexrelid')}
      AND o.indrelid <> ALL (ARRAY(SELECT t.oid FROM pg_class AS t WHERE t.relkind = 't'))`,
    catalogs: ['pg_index', 'pg_class'],
    key: 'o.indexrelid',
    rows: ['o'],
    also: `o.indexrelid = ANY (ARRAY(SELECT c.oid FROM pg_class AS c WHERE c.relkind IN ('i', 'I') AND ${isYoung('c', SINCE)}))`,
    label: 'o.indexrelid::regclass::text',
    line: `(SELECT format('INDEX %s OPTIONS %s TABLESPACE %s VALID %s CLUSTERED %s IDENTITY %s', pg_get_indexdef(o.indexrelid), ${sorted('c.reloptions')},
      ${tablespace('c')}, o.indisvalid, o.indisclustered, o.indisreplident) FROM pg_class AS c WHERE c.oid = o.indexrelid)`,
  },
  {
    name: 'rule',
    from: `pg_rewrite AS o WHERE ${ours('o')} AND ${isLasting('o.ev_class')}`,
    key: 'o.oid',
    rows: ['o'],
    line: `format('RULE %I ON %s ENABLED %s %s', o.rulename, o.ev_class::regclass, o.ev_enabled,
      CASE WHEN o.rulename = '_RETURN' THEN pg_get_viewdef(o.ev_class) ELSE pg_get_ruledef(o.oid) END)`,
  },
  {
    name: 'routine',
    from: `pg_proc AS o WHERE ${ours('o')} AND ${lasting('o.pronamespace')}`,
    key: 'o.oid',
    rows: ['o'],
    label: 'o.oid::regprocedure::text',
    line: `format('ROUTINE %s OWNER %I ACL %s %s', o.oid::regprocedure, ${role('o.proowner')}, ${acl('o.proacl', 'f', 'o.proowner')},
      CASE WHEN o.prokind <> 'a' THEN pg_get_functiondef(o.oid) ELSE (SELECT format('%s %s TYPE %s MOVING %s SORT %s PARALLEL %s STRICT %s',
        pg_get_function_arguments(o.oid), ${json('g', 'aggfnoid', 'aggtranstype', 'aggmtranstype', 'aggsortop')},
        g.aggtranstype::regtype, NULLIF(g.aggmtranstype, 0)::regtype, NULLIF(g.aggsortop, 0)::regoperator, o.proparallel, o.proisstrict)
        FROM pg_aggregate AS g WHERE g.aggfnoid = o.oid) END)`,
  },
  {
    name: 'trigger',
    from: `pg_trigger AS o WHERE NOT o.tgisinternal AND ${isLasting('o.tgrelid')}`,
    key: 'o.oid',
    rows: ['o'],
    line: `format('TRIGGER %s ENABLED %s', pg_get_triggerdef(o.oid), o.tgenabled)`,
  },
  {
    name: 'event trigger',
    isRare: true,
    from: `pg_event_trigger AS o`,
    key: 'o.oid',
    rows: ['o'],
    line: `format('EVENT TRIGGER %I ON %s OWNER %I EXECUTE %s ENABLED %s TAGS %s', o.evtname, o.evtevent, ${role('o.evtowner')}, o.evtfoid::regprocedure, o.evtenabled, o.evttags)`,
  },
  {
    name: 'policy',
    from: `pg_policy AS o`,
    key: 'o.oid',
    rows: ['o'],
    line: `format('POLICY %I ON %s FOR %s PERMISSIVE %s TO %s USING %s CHECK %s', o.polname, o.polrelid::regclass, o.polcmd, o.polpermissive,
      (SELECT string_agg(CASE WHEN r = 0 THEN 'public' ELSE quote_ident(${role('r')}) END, ' ' ORDER BY ${role('r')} COLLATE "C") FROM unnest(o.polroles) AS r),
      pg_get_expr(o.polqual, o.polrelid), pg_get_expr(o.polwithcheck, o.polrelid))`,
  },
  {
    name: 'type',
    // Types of rows and arrays are their tables' and elements'.
    from: `pg_type AS o
      WHERE ${ours('o')} AND (o.typtype <> 'c' OR o.typrelid = ANY (ARRAY(SELECT c.oid FROM pg_class AS c WHERE c.relkind = 'c'))) AND o.typcategory <> 'A' AND o.typtype <> 'm' AND ${lasting('o.typnamespace')}`,
    key: 'o.oid',
    rows: ['o'],
    label: 'o.oid::regtype::text',
    line: `format('TYPE %s KIND %s OWNER %I ACL %s NOT NULL %s BASE %s DEFAULT %s COLLATE %s %s', o.oid::regtype, o.typtype, ${role('o.typowner')},
      ${acl('o.typacl', 'T', 'o.typowner')}, o.typnotnull, CASE WHEN o.typtype = 'd' THEN format_type(o.typbasetype, o.typtypmod) END, o.typdefault,
      CASE WHEN o.typcollation <> 0 THEN ${object('pg_collation', 'o.typcollation')} END,
      CASE WHEN o.typtype IN ('b', 'p') THEN ${json('o', 'typnamespace', 'typowner', 'typrelid', 'typelem', 'typarray', 'typbasetype', 'typcollation', 'typacl', 'typdefaultbin')} END)`,
  },
  {
    name: 'enum',
    from: `(SELECT e.enumtypid, min(age(e.xmin)) AS age FROM pg_enum AS e GROUP BY e.enumtypid) AS o`,
    key: 'o.enumtypid',
    rows: [],
    line: `format('LABELS OF %s: %s', o.enumtypid::regtype, (SELECT string_agg(quote_literal(e.enumlabel), ' ' ORDER BY e.enumsortorder) FROM pg_enum AS e WHERE e.enumtypid = o.enumtypid))`,
  },
  {
    name: 'range',
    isRare: true,
    from: `pg_range AS o WHERE o.rngtypid >= 16384`,
    key: 'o.rngtypid',
    rows: ['o'],
    line: `format('RANGE %s OF %s COLLATE %s CLASS %s CANONICAL %s DIFF %s MULTIRANGE %s', o.rngtypid::regtype, o.rngsubtype::regtype,
      CASE WHEN o.rngcollation <> 0 THEN ${object('pg_collation', 'o.rngcollation')} END, ${object('pg_opclass', 'o.rngsubopc')},
      o.rngcanonical, o.rngsubdiff, (to_jsonb(o) ->> 'rngmultitypid')::oid::regtype)`,
  },
  {
    name: 'sequence',
    from: `pg_sequence AS o WHERE ${isLasting('o.seqrelid')}`,
    key: 'o.seqrelid',
    rows: ['o'],
    line: `format('SEQUENCE %s AS %s START %s INCREMENT %s MIN %s MAX %s CACHE %s CYCLE %s', o.seqrelid::regclass, o.seqtypid::regtype,
      o.seqstart, o.seqincrement, o.seqmin, o.seqmax, o.seqcache, o.seqcycle)`,
  },
  {
    name: 'owned',
    from: `pg_class AS c JOIN pg_depend AS o ON o.objid = c.oid AND o.classid = 'pg_class'::regclass
      WHERE c.relkind = 'S' AND o.refclassid = 'pg_class'::regclass AND o.refobjsubid > 0 AND o.deptype IN ('a', 'i') AND ${lasting('c.relnamespace')}`,
    catalogs: ['pg_depend'],
    key: 'o.objid',
    rows: ['o'],
    line: `format('SEQUENCE %s OWNED BY %s.%I %s', o.objid::regclass, o.refobjid::regclass,
      (SELECT a.attname FROM pg_attribute AS a WHERE a.attrelid = o.refobjid AND a.attnum = o.refobjsubid), o.deptype)`,
  },
  {
    name: 'member',
    from: `pg_depend AS o WHERE o.refclassid = 'pg_extension'::regclass AND o.deptype = 'e' AND o.objid >= 16384`,
    key: `o.classid || '-' || o.objid`,
    rows: ['o'],
    line: `format('%s IS OF %s', pg_describe_object(o.classid, o.objid, 0), pg_describe_object(o.refclassid, o.refobjid, 0))`,
  },
  plain('pg_operator', {
    without: ['oprnamespace', 'oprowner', 'oprleft', 'oprright', 'oprresult', 'oprcom', 'oprnegate'],
    more: `${role('o.oprowner')}, o.oprresult::regtype, NULLIF(o.oprcom, 0)::regoperator, NULLIF(o.oprnegate, 0)::regoperator`,
  }),
  plain('pg_opclass', {
    without: ['opcmethod', 'opcnamespace', 'opcowner', 'opcfamily', 'opcintype', 'opckeytype'],
    more: `${role('o.opcowner')}, ${object('pg_opfamily', 'o.opcfamily')}, o.opcintype::regtype, NULLIF(o.opckeytype, 0)::regtype`,
  }),
  plain('pg_opfamily', { without: ['opfmethod', 'opfnamespace', 'opfowner'], more: role('o.opfowner') }),
  plain('pg_amop', {
    without: ['amopfamily', 'amoplefttype', 'amoprighttype', 'amopopr', 'amopmethod', 'amopsortfamily'],
    more: 'o.amopopr::regoperator',
  }),
  plain('pg_amproc', { without: ['amprocfamily', 'amproclefttype', 'amprocrighttype'] }),
  plain('pg_am', {}),
  plain('pg_cast', {
    without: ['castsource', 'casttarget', 'castfunc'],
    more: 'NULLIF(o.castfunc, 0)::regprocedure',
  }),
  plain('pg_collation', { without: ['collnamespace', 'collowner'], more: role('o.collowner') }),
  plain('pg_conversion', { without: ['connamespace', 'conowner'], more: role('o.conowner') }),
  plain('pg_transform', { without: ['trftype', 'trflang'] }),
  plain('pg_language', {
    without: ['lanowner', 'lanplcallfoid', 'laninline', 'lanvalidator', 'lanacl'],
    more: `${role('o.lanowner')}, ${acl('o.lanacl', 'l', 'o.lanowner')}`,
  }),
  plain('pg_ts_parser', { without: ['prsnamespace'] }),
  plain('pg_ts_template', { without: ['tmplnamespace'] }),
  plain('pg_ts_dict', {
    without: ['dictnamespace', 'dictowner', 'dicttemplate'],
    more: `${role('o.dictowner')}, ${object('pg_ts_template', 'o.dicttemplate')}`,
  }),
  plain('pg_ts_config', {
    without: ['cfgnamespace', 'cfgowner', 'cfgparser'],
    more: `${role('o.cfgowner')}, ${object('pg_ts_parser', 'o.cfgparser')}`,
  }),
  {
    name: 'text search mapping',
    isRare: true,
    from: `pg_ts_config_map AS o WHERE ${ours('o', 'o.mapcfg')}`,
    key: `o.mapcfg || '-' || o.maptokentype || '-' || o.mapseqno`,
    rows: ['o'],
    line: `format('%s MAPS %s AT %s TO %s', o.mapcfg::regconfig, o.maptokentype, o.mapseqno, o.mapdict::regdictionary)`,
  },
  plain('pg_foreign_data_wrapper', {
    without: ['fdwowner', 'fdwhandler', 'fdwvalidator', 'fdwacl'],
    more: `${role('o.fdwowner')}, NULLIF(o.fdwhandler, 0)::regproc, NULLIF(o.fdwvalidator, 0)::regproc, ${acl('o.fdwacl', 'F', 'o.fdwowner')}`,
  }),
  plain('pg_foreign_server', {
    without: ['srvowner', 'srvfdw', 'srvacl'],
    more: `${role('o.srvowner')}, ${object('pg_foreign_data_wrapper', 'o.srvfdw')}, ${acl('o.srvacl', 'S', 'o.srvowner')}`,
  }),
  {
    name: 'user mapping',
    isRare: true,
    // Only superusers may read the catalog itself, and the view does not say how old a row is.
    from: '(SELECT m.*, 0 AS age FROM pg_user_mappings AS m) AS o',
    catalogs: ['pg_user_mapping'],
    key: 'o.umid',
    rows: [],
    line: `format('USER MAPPING FOR %s ON %s OPTIONS %s', o.usename, o.srvname, ${sorted('o.umoptions')})`,
  },
  plain('pg_statistic_ext', {
    without: ['stxrelid', 'stxnamespace', 'stxowner', 'stxkeys', 'stxexprs', 'stxkind'],
    more: `${role('o.stxowner')}, pg_get_statisticsobjdef(o.oid)`,
  }),
  plain('pg_publication', { without: ['pubowner'], more: role('o.pubowner') }),
  {
    name: 'publication table',
    isRare: true,
    from: 'pg_publication_rel AS o JOIN pg_publication AS p ON p.oid = o.prpubid',
    key: 'o.oid',
    rows: ['o'],
    line: `format('PUBLICATION %I TABLE %s', p.pubname, o.prrelid::regclass)`,
  },
  {
    name: 'publication filter',
    isRare: true,
    from: 'pg_publication_rel AS o JOIN pg_publication AS p ON p.oid = o.prpubid',
    key: 'o.oid',
    rows: ['o'],
    line: `format('PUBLICATION %I TABLE %s COLUMNS %s WHERE %s', p.pubname, o.prrelid::regclass,
      (SELECT string_agg(quote_ident(a.attname), ' ' ORDER BY a.attname COLLATE "C") FROM pg_attribute AS a
        WHERE a.attrelid = o.prrelid AND a.attnum = ANY (o.prattrs)),
      pg_get_expr(o.prqual, o.prrelid))`,
    since: 15,
  },
  {
    name: 'publication schema',
    isRare: true,
    from: 'pg_publication_namespace AS o JOIN pg_publication AS p ON p.oid = o.pnpubid',
    key: 'o.oid',
    rows: ['o'],
    line: `format('PUBLICATION %I SCHEMA %s', p.pubname, o.pnnspid::regnamespace)`,
    since: 15,
  },
  {
    name: 'subscription',
    isRare: true,
    // The rest of its columns, and how old the row is, are for superusers to read.
    from: `(SELECT oid, subdbid, subname, subowner, subenabled, subslotname, subsynccommit, subpublications, 0 AS age FROM pg_subscription) AS o
      WHERE o.subdbid = (SELECT d.oid FROM pg_database AS d WHERE d.datname = current_database())`,
    key: 'o.oid',
    rows: [],
    line: `format('SUBSCRIPTION %I ENABLED %s SLOT %s COMMIT %s OWNER %I TO %s', o.subname, o.subenabled, o.subslotname, o.subsynccommit, ${role('o.subowner')},
      (SELECT string_agg(p, ' ' ORDER BY p COLLATE "C") FROM unnest(o.subpublications) AS p))`,
  },
  {
    name: 'default privileges',
    isRare: true,
    from: `pg_default_acl AS o WHERE ${lasting('o.defaclnamespace')}`,
    key: 'o.oid',
    rows: ['o'],
    line: `format('DEFAULT PRIVILEGES OF %I IN %s ON %s: %s', ${role('o.defaclrole')}, NULLIF(o.defaclnamespace, 0)::regnamespace, o.defaclobjtype, ${acl('o.defaclacl')})`,
  },
  {
    name: 'comment',
    from: `pg_description AS o WHERE ${ours('o', 'o.objoid')}`,
    key: `o.classoid || '-' || o.objoid || '-' || o.objsubid`,
    rows: ['o'],
    line: `format('COMMENT ON %s: %s', pg_describe_object(o.classoid, o.objoid, o.objsubid), o.description)`,
  },
  {
    name: 'security label',
    isRare: true,
    from: 'pg_seclabel AS o',
    key: `o.classoid || '-' || o.objoid || '-' || o.objsubid || '-' || o.provider`,
    rows: ['o'],
    line: `format('SECURITY LABEL OF %s ON %s: %s', o.provider, pg_describe_object(o.classoid, o.objoid, o.objsubid), o.label)`,
  },
  {
    name: 'large object',
    isRare: true,
    from: 'pg_largeobject_metadata AS o',
    key: 'o.oid',
    rows: ['o'],
    line: `format('LARGE OBJECT %s OWNER %I ACL %s', o.oid, ${role('o.lomowner')}, ${acl('o.lomacl', 'L', 'o.lomowner')})`,
  },
];

/**
 * Roles, memberships and settings, which belong to the whole server, always in full. Passwords are left out: the same
 * one is stored with other salt every time.
 */
export const SHARED: readonly Omit<Part, 'key' | 'rows'>[] = [
  {
    name: 'role',
    from: `pg_roles AS o WHERE o.rolname !~ '^pg_'`,
    label: 'o.rolname::text',
    line: `format('ROLE %I: superuser %s, inherit %s, createrole %s, createdb %s, login %s, replication %s, bypassrls %s, connections %s, until %s',
      o.rolname, o.rolsuper, o.rolinherit, o.rolcreaterole, o.rolcreatedb, o.rolcanlogin, o.rolreplication, o.rolbypassrls, o.rolconnlimit, o.rolvaliduntil)`,
  },
  {
    name: 'membership',
    from: `pg_auth_members AS o WHERE ${role('o.member')} !~ '^pg_'`,
    label: role('o.member'),
    line: `format('MEMBER %I IN %I BY %I: %s', ${role('o.member')}, ${role('o.roleid')}, ${role('o.grantor')}, ${json('o', 'member', 'roleid', 'grantor')})`,
  },
  {
    name: 'setting',
    from: `pg_db_role_setting AS o, unnest(o.setconfig) AS s WHERE o.setdatabase IN (0, (SELECT d.oid FROM pg_database AS d WHERE d.datname = current_database()))`,
    label: `CASE WHEN o.setrole = 0 THEN '' ELSE ${role('o.setrole')} END`,
    line: `format('SETTING OF %s: %s', coalesce(NULLIF(o.setrole, 0)::regrole::text, 'the database'), s)`,
  },
];

const set = (setting: string): string => `SET LOCAL ${setting};`;

/** Settings under which everything is written the same way, whatever a migration has set. */
export const SPELLING = [
  'search_path = pg_catalog',
  "datestyle = 'ISO'",
  "intervalstyle = 'postgres'",
  "timezone = 'UTC'",
  'extra_float_digits = 3',
  "bytea_output = 'hex'",
  'xmlbinary = base64',
  'quote_all_identifiers = off',
]
  .map(set)
  .join('\n');

/** The same, and those under which what a migration has set keeps nothing from being read. */
export const READING = [
  SPELLING,
  ...[
    'row_security = off',
    'statement_timeout = 0',
    'enable_partition_pruning = on',
    'constraint_exclusion = partition',
    'default_transaction_read_only = off',
    'plan_cache_mode = force_generic_plan',
  ].map(set),
].join('\n');
