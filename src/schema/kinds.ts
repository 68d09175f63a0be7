/**
 * The kinds of objects of a database, as SQL that asks the catalogs of PostgreSQL 12 to 18 for them in words that do
 * not depend on the version.
 */

/** How one kind of object is read. All values are SQL expressions over `from`. */
export interface Kind {
  /** A string literal, or an expression where one catalog holds several kinds. */
  kind: string;
  /** Everything behind FROM. */
  from: string;
  /** The identity of the object. */
  name: string;
  /** The identity of the object that it is grouped under. */
  of?: string;
  /** The schema in which it lives; without one it belongs to the whole database. */
  schema?: string;
  /** What can differ; where a version before `since` cannot be asked for it, nothing is said of it. */
  properties: Readonly<Record<string, string | { since: number; sql: string }>>;
  /** The statement that makes it, where PostgreSQL itself writes one. */
  sql?: string;
  /** The first major version that has it. */
  since?: number;
}

/** Stands for the roles that count as one: those that own the database or run the migrations. */
export const OWNERS = '{owners}';

/** Stands for whether both sides are one server, so that what versions do otherwise can be compared too. */
export const ONE_SERVER = '{one server}';

/** The first oid of objects that initdb has not made. */
const FIRST = 16384;

const nameOfRole = (oid: string): string => `pg_get_userbyid(${oid})::text`;
/** The owner; none where it is one that may be called otherwise in another database. */
const owner = (oid: string): string => `CASE WHEN ${nameOfRole(oid)} <> ALL (${OWNERS}) THEN ${nameOfRole(oid)} END`;
const schemaOf = (oid: string): string => `(SELECT n.nspname::text FROM pg_namespace n WHERE n.oid = ${oid})`;
const schemaOfRelation = (oid: string): string =>
  `(SELECT n.nspname::text FROM pg_class s JOIN pg_namespace n ON n.oid = s.relnamespace WHERE s.oid = ${oid})`;
const relation = (oid: string): string => `${oid}::regclass::text`;
const sorted = (list: string): string =>
  `(SELECT string_agg(x::text, ', ' ORDER BY x::text COLLATE "C") FROM unnest(${list}) x)`;
/** True, or nothing: what PostgreSQL does unless it is told. */
const flag = (condition: string): string => `CASE WHEN ${condition} THEN 'yes' END`;
const word = (value: string, words: Readonly<Record<string, string | null>>): string =>
  `CASE ${value} ${Object.entries(words)
    .map(([key, text]) => `WHEN '${key}' THEN ${text === null ? 'NULL' : `'${text}'`}`)
    .join(' ')} END`;
/** A column that not every version has. */
const field = (alias: string, column: string): string => `(to_jsonb(${alias}) ->> '${column}')`;

/** The name of an object, as PostgreSQL tells it from all others of its kind. */
const identity = (catalog: string, oid: string): string =>
  `(pg_identify_object('${catalog}'::regclass, ${oid}, 0)).identity`;

/** The oids of what extensions own, in one catalog. */
const ofExtensions = (catalog: string): string =>
  `ARRAY(SELECT e.objid FROM pg_depend e WHERE e.deptype = 'e' AND e.classid = '${catalog}'::regclass)`;
/** Whether an object was made by somebody in this database, and not by an extension. */
const made = (catalog: string, oid: string): string =>
  `${oid} >= ${FIRST} AND ${oid} <> ALL (${ofExtensions(catalog)})`;
/** The oids of what PostgreSQL has made together with a type: the functions and casts of a range. */
const ofTypes = (catalog: string): string =>
  `ARRAY(SELECT i.objid FROM pg_depend i WHERE i.deptype = 'i' AND i.classid = '${catalog}'::regclass AND i.refclassid = 'pg_type'::regclass)`;
const lasting = (namespace: string): string =>
  `${namespace} <> ALL (ARRAY(SELECT n.oid FROM pg_namespace n WHERE n.nspname ~ '^pg_(toast|temp)'))`;
const madeRelation = (oid: string): string =>
  `${made('pg_class', oid)} AND ${oid} <> ALL (ARRAY(SELECT t.oid FROM pg_class t WHERE t.relpersistence = 't'))`;

const KIND_OF_RELATION: Readonly<Record<string, string>> = {
  r: 'table',
  p: 'table',
  v: 'view',
  m: 'materialized view',
  f: 'foreign table',
};

/** Of the index of a constraint, which has the same name. */
const ofIndex = (column: string): string =>
  `(SELECT ${flag(`i.${column}`)} FROM pg_index i WHERE o.contype IN ('p', 'u', 'x') AND i.indexrelid = o.conindid)`;

const IDENTITIES = { d: null, n: 'nothing', f: 'full', i: 'index' };
const FIRING = { O: 'yes', D: 'no', R: 'in replicas', A: 'always' };

const relations: readonly Kind[] = [
  {
    kind: word('o.relkind', KIND_OF_RELATION),
    from: `pg_class o WHERE o.relkind IN ('r', 'p', 'v', 'm', 'f') AND ${made('pg_class', 'o.oid')} AND ${lasting('o.relnamespace')}`,
    name: relation('o.oid'),
    schema: schemaOf('o.relnamespace'),
    properties: {
      owner: owner('o.relowner'),
      definition: `CASE WHEN o.relkind IN ('v', 'm') THEN rtrim(pg_get_viewdef(o.oid), ';') END`,
      'row level security': flag('o.relrowsecurity'),
      'forced row level security': flag('o.relforcerowsecurity'),
      // Those of the table for long values belong to it.
      options: sorted(
        `o.reloptions || ARRAY(SELECT 'toast.' || z FROM pg_class y, unnest(y.reloptions) z WHERE y.oid = o.reltoastrelid)`,
      ),
      unlogged: flag(`o.relpersistence = 'u'`),
      'partitioned by': `CASE WHEN o.relkind = 'p' THEN pg_get_partkeydef(o.oid) END`,
      partition: 'pg_get_expr(o.relpartbound, o.oid)',
      inherits: `(SELECT string_agg(i.inhparent::regclass::text, ', ' ORDER BY i.inhseqno) FROM pg_inherits i WHERE i.inhrelid = o.oid)`,
      'replica identity': `CASE WHEN o.relkind IN ('r', 'p') THEN ${word('o.relreplident', IDENTITIES)} END`,
      'of type': 'NULLIF(o.reloftype, 0)::regtype::text',
      'access method': `(SELECT NULLIF(a.amname, 'heap')::text FROM pg_am a WHERE a.oid = o.relam)`,
      'not populated': flag('NOT o.relispopulated'),
      server: `(SELECT s.srvname::text FROM pg_foreign_table f JOIN pg_foreign_server s ON s.oid = f.ftserver WHERE f.ftrelid = o.oid)`,
      'server options': `(SELECT ${sorted('f.ftoptions')} FROM pg_foreign_table f WHERE f.ftrelid = o.oid)`,
    },
  },
  {
    kind: `'column'`,
    // Partitions have the columns of their parents.
    from: `pg_attribute o JOIN pg_class c ON c.oid = o.attrelid JOIN pg_type t ON t.oid = o.atttypid
      LEFT JOIN pg_attrdef d ON d.adrelid = o.attrelid AND d.adnum = o.attnum
      WHERE c.relkind IN ('r', 'p', 'f') AND NOT c.relispartition AND o.attnum > 0 AND NOT o.attisdropped AND ${madeRelation('c.oid')}`,
    name: `format('%s.%I', o.attrelid::regclass, o.attname)`,
    of: relation('o.attrelid'),
    schema: schemaOf('c.relnamespace'),
    properties: {
      type: 'format_type(o.atttypid, o.atttypmod)',
      nullable: `CASE WHEN o.attnotnull THEN 'no' ELSE 'yes' END`,
      default: `CASE WHEN o.attgenerated = '' THEN pg_get_expr(d.adbin, d.adrelid) END`,
      generated: `CASE WHEN o.attgenerated <> '' THEN format('ALWAYS AS (%s) %s', pg_get_expr(d.adbin, d.adrelid),
        ${word('o.attgenerated', { s: 'STORED', v: 'VIRTUAL' })}) END`,
      identity: word('o.attidentity', { a: 'ALWAYS', d: 'BY DEFAULT' }),
      'identity sequence': `(SELECT format('START %s INCREMENT %s MINVALUE %s MAXVALUE %s CACHE %s %s', q.seqstart, q.seqincrement, q.seqmin, q.seqmax, q.seqcache,
          CASE WHEN q.seqcycle THEN 'CYCLE' ELSE 'NO CYCLE' END)
        FROM pg_depend p JOIN pg_sequence q ON q.seqrelid = p.objid
        WHERE o.attidentity <> '' AND p.classid = 'pg_class'::regclass AND p.refclassid = 'pg_class'::regclass
          AND p.refobjid = o.attrelid AND p.refobjsubid = o.attnum AND p.deptype = 'i')`,
      collation: `(SELECT format('%I.%I', n.nspname, l.collname) FROM pg_collation l JOIN pg_namespace n ON n.oid = l.collnamespace
        WHERE l.oid = o.attcollation AND o.attcollation <> t.typcollation)`,
      storage: `CASE WHEN o.attstorage <> t.typstorage THEN ${word('o.attstorage', { p: 'PLAIN', e: 'EXTERNAL', m: 'MAIN', x: 'EXTENDED' })} END`,
      compression: word(`coalesce(${field('o', 'attcompression')}, '')`, { p: 'pglz', l: 'lz4' }),
      statistics: `NULLIF(coalesce(o.attstattarget, -1), -1)::text`,
      options: sorted('o.attoptions'),
      'server options': sorted('o.attfdwoptions'),
    },
  },
  {
    kind: `'constraint'`,
    // Those of partitions and children follow from their parents. NOT NULL belongs to the column: not all versions
    // name it.
    from: `pg_constraint o WHERE o.contype NOT IN ('t', 'n') AND o.conparentid = 0 AND o.coninhcount = 0
      AND o.oid >= ${FIRST} AND (o.conrelid = 0 OR ${madeRelation('o.conrelid')}) AND (o.contypid = 0 OR ${made('pg_type', 'o.contypid')})`,
    name: `CASE WHEN o.conrelid <> 0 THEN format('%I on %s', o.conname, o.conrelid::regclass) ELSE format('%I on %s', o.conname, o.contypid::regtype) END`,
    of: `CASE WHEN o.conrelid <> 0 THEN o.conrelid::regclass::text ELSE o.contypid::regtype::text END`,
    schema: schemaOf('o.connamespace'),
    properties: {
      definition: `regexp_replace(pg_get_constraintdef(o.oid), ' NOT VALID$', '')`,
      'not validated': flag('NOT o.convalidated'),
      'of a domain': flag('o.contypid <> 0'),
      clustered: ofIndex('indisclustered'),
      'replica identity': ofIndex('indisreplident'),
    },
  },
  {
    kind: `'index'`,
    from: `pg_index o JOIN pg_class c ON c.oid = o.indexrelid JOIN pg_class r ON r.oid = o.indrelid
      WHERE ${made('pg_class', 'o.indexrelid')} AND ${madeRelation('o.indrelid')} AND NOT c.relispartition AND r.relkind <> 't'
        AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = o.indexrelid AND k.contype IN ('p', 'u', 'x'))`,
    name: relation('o.indexrelid'),
    of: relation('o.indrelid'),
    schema: schemaOf('c.relnamespace'),
    properties: {
      // ONLY would leave out the indexes of the partitions.
      definition: `CASE WHEN c.relkind = 'I' THEN replace(pg_get_indexdef(o.indexrelid), ' ON ONLY ', ' ON ') ELSE pg_get_indexdef(o.indexrelid) END`,
      invalid: flag('NOT o.indisvalid'),
      clustered: flag('o.indisclustered'),
      'replica identity': flag('o.indisreplident'),
    },
  },
  {
    kind: `'trigger'`,
    from: `pg_trigger o WHERE NOT o.tgisinternal AND coalesce(${field('o', 'tgparentid')}, '0') = '0' AND ${madeRelation('o.tgrelid')}`,
    name: `format('%I on %s', o.tgname, o.tgrelid::regclass)`,
    of: relation('o.tgrelid'),
    schema: schemaOfRelation('o.tgrelid'),
    properties: { definition: 'pg_get_triggerdef(o.oid)', enabled: word('o.tgenabled', FIRING) },
  },
  {
    kind: `'policy'`,
    from: `pg_policy o WHERE ${madeRelation('o.polrelid')}`,
    name: `format('%I on %s', o.polname, o.polrelid::regclass)`,
    of: relation('o.polrelid'),
    schema: schemaOfRelation('o.polrelid'),
    properties: {
      command: word('o.polcmd', { r: 'SELECT', a: 'INSERT', w: 'UPDATE', d: 'DELETE', '*': 'ALL' }),
      restrictive: flag('NOT o.polpermissive'),
      roles: `(SELECT string_agg(CASE WHEN r = 0 THEN 'public' ELSE quote_ident(${nameOfRole('r')}) END, ', ' ORDER BY ${nameOfRole('r')} COLLATE "C") FROM unnest(o.polroles) r)`,
      using: 'pg_get_expr(o.polqual, o.polrelid)',
      check: 'pg_get_expr(o.polwithcheck, o.polrelid)',
    },
  },
  {
    kind: `'rule'`,
    from: `pg_rewrite o WHERE o.rulename <> '_RETURN' AND ${madeRelation('o.ev_class')}`,
    name: `format('%I on %s', o.rulename, o.ev_class::regclass)`,
    of: relation('o.ev_class'),
    schema: schemaOfRelation('o.ev_class'),
    properties: {
      definition: `rtrim(pg_get_ruledef(o.oid), ';')`,
      enabled: word('o.ev_enabled', FIRING),
    },
  },
  {
    kind: `'sequence'`,
    // The one of an identity column is told with the column.
    from: `pg_class o JOIN pg_sequence q ON q.seqrelid = o.oid WHERE ${made('pg_class', 'o.oid')} AND ${lasting('o.relnamespace')} AND NOT EXISTS
      (SELECT FROM pg_depend p WHERE p.classid = 'pg_class'::regclass AND p.objid = o.oid AND p.deptype = 'i' AND p.refclassid = 'pg_class'::regclass)`,
    name: relation('o.oid'),
    of: `(SELECT p.refobjid::regclass::text FROM pg_depend p WHERE p.classid = 'pg_class'::regclass AND p.objid = o.oid
      AND p.refclassid = 'pg_class'::regclass AND p.deptype = 'a')`,
    schema: schemaOf('o.relnamespace'),
    properties: {
      type: 'q.seqtypid::regtype::text',
      start: 'q.seqstart::text',
      increment: 'q.seqincrement::text',
      minimum: 'q.seqmin::text',
      maximum: 'q.seqmax::text',
      cache: 'q.seqcache::text',
      cycle: flag('q.seqcycle'),
      'owned by': `(SELECT format('%s.%I', a.attrelid::regclass, a.attname) FROM pg_depend p JOIN pg_attribute a ON a.attrelid = p.refobjid AND a.attnum = p.refobjsubid
        WHERE p.classid = 'pg_class'::regclass AND p.objid = o.oid AND p.refclassid = 'pg_class'::regclass AND p.deptype = 'a')`,
      unlogged: flag(`o.relpersistence = 'u'`),
      owner: owner('o.relowner'),
    },
  },
  {
    kind: `'statistics'`,
    from: `pg_statistic_ext o WHERE ${made('pg_statistic_ext', 'o.oid')} AND ${lasting('o.stxnamespace')}`,
    name: `format('%I.%I', ${schemaOf('o.stxnamespace')}, o.stxname)`,
    of: relation('o.stxrelid'),
    schema: schemaOf('o.stxnamespace'),
    properties: {
      definition: 'pg_get_statisticsobjdef(o.oid)',
      target: `NULLIF(coalesce(${field('o', 'stxstattarget')}, '-1'), '-1')`,
      owner: owner('o.stxowner'),
    },
  },
];

const routines: readonly Kind[] = [
  {
    kind: word('o.prokind', { f: 'function', w: 'function', p: 'procedure' }),
    from: `pg_proc o JOIN pg_language l ON l.oid = o.prolang WHERE o.prokind <> 'a' AND ${made('pg_proc', 'o.oid')}
      AND o.oid <> ALL (${ofTypes('pg_proc')}) AND ${lasting('o.pronamespace')}`,
    name: 'o.oid::regprocedure::text',
    schema: schemaOf('o.pronamespace'),
    properties: {
      // PostgreSQL 14 began to write IN before the arguments of procedures.
      arguments: `CASE WHEN o.prokind = 'p' THEN regexp_replace(pg_get_function_arguments(o.oid), '(^|, )IN ', '\\1', 'g') ELSE pg_get_function_arguments(o.oid) END`,
      returns: 'pg_get_function_result(o.oid)',
      language: 'l.lanname::text',
      // The body that is parsed has no text of its own.
      body: `CASE WHEN ${field('o', 'prosqlbody')} IS NULL THEN o.prosrc ELSE substr(pg_get_functiondef(o.oid), strpos(pg_get_functiondef(o.oid), E'\\n' || CASE WHEN pg_get_functiondef(o.oid) LIKE E'%\\nBEGIN ATOMIC%' THEN 'BEGIN ATOMIC' ELSE 'RETURN ' END) + 1) END`,
      library: 'o.probin::text',
      volatility: word('o.provolatile', { i: 'IMMUTABLE', s: 'STABLE', v: 'VOLATILE' }),
      'security definer': flag('o.prosecdef'),
      strict: flag('o.proisstrict'),
      leakproof: flag('o.proleakproof'),
      parallel: word('o.proparallel', { s: 'SAFE', r: 'RESTRICTED', u: null }),
      window: flag(`o.prokind = 'w'`),
      cost: 'o.procost::text',
      rows: 'NULLIF(o.prorows, 0)::text',
      support: `NULLIF(o.prosupport::oid, 0)::regproc::text`,
      settings: `(SELECT string_agg(s, '; ' ORDER BY s COLLATE "C") FROM unnest(o.proconfig) s)`,
      owner: owner('o.proowner'),
    },
    sql: 'pg_get_functiondef(o.oid)',
  },
  {
    kind: `'aggregate'`,
    from: `pg_proc o JOIN pg_aggregate g ON g.aggfnoid = o.oid WHERE ${made('pg_proc', 'o.oid')} AND ${lasting('o.pronamespace')}`,
    name: 'o.oid::regprocedure::text',
    schema: schemaOf('o.pronamespace'),
    properties: {
      arguments: 'pg_get_function_arguments(o.oid)',
      returns: 'pg_get_function_result(o.oid)',
      sfunc: 'g.aggtransfn::text',
      stype: 'g.aggtranstype::regtype::text',
      finalfunc: `NULLIF(g.aggfinalfn::oid, 0)::regproc::text`,
      combinefunc: `NULLIF(g.aggcombinefn::oid, 0)::regproc::text`,
      initial: 'g.agginitval',
      'sort operator': 'NULLIF(g.aggsortop, 0)::regoperator::text',
      parallel: word('o.proparallel', { s: 'SAFE', r: 'RESTRICTED', u: null }),
      owner: owner('o.proowner'),
    },
  },
];

const types: readonly Kind[] = [
  {
    kind: word('o.typtype', { e: 'enum', d: 'domain', c: 'type', r: 'range', b: 'type', p: 'type' }),
    // The types of rows, arrays and multiranges are their tables', elements' and ranges'.
    from: `pg_type o WHERE ${made('pg_type', 'o.oid')} AND ${lasting('o.typnamespace')} AND o.typcategory <> 'A' AND o.typtype <> 'm'
      AND (o.typtype <> 'c' OR o.typrelid = ANY (ARRAY(SELECT c.oid FROM pg_class c WHERE c.relkind = 'c')))`,
    name: 'o.oid::regtype::text',
    schema: schemaOf('o.typnamespace'),
    properties: {
      labels: `(SELECT string_agg(quote_literal(e.enumlabel), ', ' ORDER BY e.enumsortorder) FROM pg_enum e WHERE e.enumtypid = o.oid)`,
      attributes: `(SELECT string_agg(format('%I %s', a.attname, format_type(a.atttypid, a.atttypmod)), ', ' ORDER BY a.attnum)
        FROM pg_attribute a WHERE o.typtype = 'c' AND a.attrelid = o.typrelid AND a.attnum > 0 AND NOT a.attisdropped)`,
      type: `CASE WHEN o.typtype = 'd' THEN format_type(o.typbasetype, o.typtypmod) END`,
      default: 'o.typdefault',
      nullable: flag(`o.typtype = 'd' AND NOT o.typnotnull`),
      collation: `(SELECT format('%I.%I', n.nspname, l.collname) FROM pg_collation l JOIN pg_namespace n ON n.oid = l.collnamespace
        WHERE o.typtype = 'd' AND l.oid = o.typcollation AND l.oid <> (SELECT b.typcollation FROM pg_type b WHERE b.oid = o.typbasetype))`,
      subtype: `(SELECT r.rngsubtype::regtype::text FROM pg_range r WHERE r.rngtypid = o.oid)`,
      owner: owner('o.typowner'),
    },
  },
];

const whole: readonly Kind[] = [
  {
    kind: `'schema'`,
    from: `pg_namespace o WHERE (o.oid >= ${FIRST} OR o.nspname = 'public') AND o.oid <> ALL (${ofExtensions('pg_namespace')}) AND ${lasting('o.oid')}`,
    name: 'quote_ident(o.nspname)',
    schema: 'o.nspname::text',
    properties: { owner: owner('o.nspowner') },
  },
  {
    kind: `'extension'`,
    from: `pg_extension o WHERE o.oid >= ${FIRST}`,
    name: 'quote_ident(o.extname)',
    properties: { schema: `quote_ident(${schemaOf('o.extnamespace')})` },
  },
  {
    kind: `'event trigger'`,
    from: `pg_event_trigger o WHERE ${made('pg_event_trigger', 'o.oid')}`,
    name: 'quote_ident(o.evtname)',
    properties: {
      event: 'o.evtevent::text',
      function: 'o.evtfoid::regprocedure::text',
      tags: sorted('o.evttags'),
      enabled: word('o.evtenabled', FIRING),
      owner: owner('o.evtowner'),
    },
  },
  {
    kind: `'publication'`,
    from: `pg_publication o WHERE ${made('pg_publication', 'o.oid')}`,
    name: 'quote_ident(o.pubname)',
    properties: {
      'all tables': flag('o.puballtables'),
      publishes: `concat_ws(', ', CASE WHEN o.pubinsert THEN 'insert' END, CASE WHEN o.pubupdate THEN 'update' END,
        CASE WHEN o.pubdelete THEN 'delete' END, CASE WHEN o.pubtruncate THEN 'truncate' END)`,
      'via root': flag(`coalesce(${field('o', 'pubviaroot')}, 'false') = 'true'`),
      owner: owner('o.pubowner'),
    },
  },
  {
    kind: `'publication table'`,
    from: `pg_publication_rel o JOIN pg_publication p ON p.oid = o.prpubid WHERE ${madeRelation('o.prrelid')}`,
    name: `format('%s in %I', o.prrelid::regclass, p.pubname)`,
    of: relation('o.prrelid'),
    schema: schemaOfRelation('o.prrelid'),
    properties: {
      columns: {
        since: 15,
        sql: `(SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY a.attname COLLATE "C") FROM pg_attribute a
          WHERE a.attrelid = o.prrelid AND a.attnum = ANY (o.prattrs))`,
      },
      where: { since: 15, sql: 'pg_get_expr(o.prqual, o.prrelid)' },
    },
  },
  {
    kind: `'publication schema'`,
    from: 'pg_publication_namespace o JOIN pg_publication p ON p.oid = o.pnpubid',
    name: `format('%I in %I', ${schemaOf('o.pnnspid')}, p.pubname)`,
    schema: schemaOf('o.pnnspid'),
    properties: {},
    since: 15,
  },
  {
    kind: `'foreign data wrapper'`,
    from: `pg_foreign_data_wrapper o WHERE ${made('pg_foreign_data_wrapper', 'o.oid')}`,
    name: 'quote_ident(o.fdwname)',
    properties: {
      handler: 'NULLIF(o.fdwhandler, 0)::regproc::text',
      validator: 'NULLIF(o.fdwvalidator, 0)::regproc::text',
      options: sorted('o.fdwoptions'),
      owner: owner('o.fdwowner'),
    },
  },
  {
    kind: `'server'`,
    from: `pg_foreign_server o WHERE ${made('pg_foreign_server', 'o.oid')}`,
    name: 'quote_ident(o.srvname)',
    properties: {
      wrapper: `(SELECT w.fdwname::text FROM pg_foreign_data_wrapper w WHERE w.oid = o.srvfdw)`,
      type: 'o.srvtype',
      version: 'o.srvversion',
      options: sorted('o.srvoptions'),
      owner: owner('o.srvowner'),
    },
  },
  {
    kind: `'collation'`,
    from: `pg_collation o WHERE ${made('pg_collation', 'o.oid')} AND ${lasting('o.collnamespace')}`,
    name: `format('%I.%I', ${schemaOf('o.collnamespace')}, o.collname)`,
    schema: schemaOf('o.collnamespace'),
    properties: {
      provider: word('o.collprovider', { c: 'libc', i: 'icu', b: 'builtin', d: 'default' }),
      // The columns for them have changed their names.
      locale: `coalesce(${field('o', 'colllocale')}, ${field('o', 'colliculocale')}, ${field('o', 'collcollate')})`,
      'not deterministic': flag('NOT o.collisdeterministic'),
      owner: owner('o.collowner'),
    },
  },
  {
    kind: `'operator'`,
    from: `pg_operator o WHERE ${made('pg_operator', 'o.oid')} AND ${lasting('o.oprnamespace')}`,
    name: 'o.oid::regoperator::text',
    schema: schemaOf('o.oprnamespace'),
    properties: {
      function: 'NULLIF(o.oprcode::oid, 0)::regproc::text',
      returns: 'o.oprresult::regtype::text',
      commutator: 'NULLIF(o.oprcom, 0)::regoperator::text',
      negator: 'NULLIF(o.oprnegate, 0)::regoperator::text',
      restriction: 'NULLIF(o.oprrest::oid, 0)::regproc::text',
      join: 'NULLIF(o.oprjoin::oid, 0)::regproc::text',
      hashes: flag('o.oprcanhash'),
      merges: flag('o.oprcanmerge'),
      owner: owner('o.oprowner'),
    },
  },
  {
    kind: `'operator class'`,
    from: `pg_opclass o WHERE ${made('pg_opclass', 'o.oid')}`,
    name: identity('pg_opclass', 'o.oid'),
    schema: schemaOf('o.opcnamespace'),
    properties: {
      type: 'o.opcintype::regtype::text',
      storage: 'NULLIF(o.opckeytype, 0)::regtype::text',
      default: flag('o.opcdefault'),
      family: identity('pg_opfamily', 'o.opcfamily'),
      owner: owner('o.opcowner'),
    },
  },
  {
    kind: `'operator family'`,
    from: `pg_opfamily o WHERE ${made('pg_opfamily', 'o.oid')}`,
    name: identity('pg_opfamily', 'o.oid'),
    schema: schemaOf('o.opfnamespace'),
    properties: {
      operators: `(SELECT string_agg(format('%s %s%s', a.amopstrategy, a.amopopr::regoperator,
          CASE a.amoppurpose WHEN 'o' THEN ' for ordering' ELSE '' END), ', ' ORDER BY a.amopopr::regoperator::text COLLATE "C", a.amopstrategy)
        FROM pg_amop a WHERE a.amopfamily = o.oid)`,
      functions: `(SELECT string_agg(format('%s %s', p.amprocnum, p.amproc::regprocedure), ', ' ORDER BY p.amproc::regprocedure::text COLLATE "C", p.amprocnum)
        FROM pg_amproc p WHERE p.amprocfamily = o.oid)`,
      owner: owner('o.opfowner'),
    },
  },
  {
    kind: `'access method'`,
    from: `pg_am o WHERE ${made('pg_am', 'o.oid')}`,
    name: 'quote_ident(o.amname)',
    properties: { handler: 'o.amhandler::regproc::text', type: word('o.amtype', { t: 'TABLE', i: 'INDEX' }) },
  },
  {
    kind: `'conversion'`,
    from: `pg_conversion o WHERE ${made('pg_conversion', 'o.oid')}`,
    name: identity('pg_conversion', 'o.oid'),
    schema: schemaOf('o.connamespace'),
    properties: {
      from: 'pg_encoding_to_char(o.conforencoding)::text',
      to: 'pg_encoding_to_char(o.contoencoding)::text',
      function: 'o.conproc::regproc::text',
      default: flag('o.condefault'),
      owner: owner('o.conowner'),
    },
  },
  {
    kind: `'transform'`,
    from: `pg_transform o WHERE ${made('pg_transform', 'o.oid')}`,
    name: `format('for %s language %I', o.trftype::regtype, (SELECT l.lanname FROM pg_language l WHERE l.oid = o.trflang))`,
    properties: {
      'from SQL': 'NULLIF(o.trffromsql, 0)::regprocedure::text',
      'to SQL': 'NULLIF(o.trftosql, 0)::regprocedure::text',
    },
  },
  {
    kind: `'user mapping'`,
    // The view shows the options to those who may see them. A password is nobody's difference.
    from: 'pg_user_mappings o',
    name: `format('for %s server %I', CASE WHEN o.umuser = 0 THEN 'public' WHEN o.usename::text = ANY (${OWNERS}) THEN 'current_user' ELSE quote_ident(o.usename) END, o.srvname)`,
    properties: {
      options: `(SELECT string_agg(x, ', ' ORDER BY x COLLATE "C") FROM unnest(o.umoptions) x WHERE x !~ '^password')`,
    },
  },
  {
    kind: `'subscription'`,
    from: `pg_subscription o WHERE o.subdbid = (SELECT d.oid FROM pg_database d WHERE d.datname = current_database())`,
    name: 'quote_ident(o.subname)',
    properties: {
      publications: sorted('o.subpublications'),
      disabled: flag('NOT o.subenabled'),
      slot: 'o.subslotname::text',
      owner: owner('o.subowner'),
    },
  },
  {
    kind: `'cast'`,
    from: `pg_cast o WHERE ${made('pg_cast', 'o.oid')} AND o.oid <> ALL (${ofTypes('pg_cast')})`,
    name: `format('%s as %s', o.castsource::regtype, o.casttarget::regtype)`,
    properties: {
      function: 'NULLIF(o.castfunc, 0)::regprocedure::text',
      context: word('o.castcontext', { e: 'explicit', a: 'assignment', i: 'implicit' }),
    },
  },
  ...Object.entries({ dict: 'text search dictionary', config: 'text search configuration' }).map(
    ([short, kind]): Kind => ({
      kind: `'${kind}'`,
      from: `pg_ts_${short} o WHERE ${made(`pg_ts_${short}`, 'o.oid')}`,
      name: `o.oid::reg${short === 'dict' ? 'dictionary' : 'config'}::text`,
      schema: schemaOf(short === 'dict' ? 'o.dictnamespace' : 'o.cfgnamespace'),
      properties:
        short === 'dict'
          ? {
              template: `(SELECT format('%I.%I', n.nspname, t.tmplname) FROM pg_ts_template t JOIN pg_namespace n ON n.oid = t.tmplnamespace WHERE t.oid = o.dicttemplate)`,
              options: 'o.dictinitoption',
              owner: owner('o.dictowner'),
            }
          : {
              parser: identity('pg_ts_parser', 'o.cfgparser'),
              mappings: `(SELECT string_agg(format('%s %s %s', m.maptokentype, m.mapseqno, m.mapdict::regdictionary), ', ' ORDER BY m.maptokentype, m.mapseqno)
                FROM pg_ts_config_map m WHERE m.mapcfg = o.oid)`,
              owner: owner('o.cfgowner'),
            },
    }),
  ),
  ...Object.entries({ parser: 'prs', template: 'tmpl' }).map(([what, short]): Kind => ({
    kind: `'text search ${what}'`,
    from: `pg_ts_${what} o WHERE ${made(`pg_ts_${what}`, 'o.oid')}`,
    name: identity(`pg_ts_${what}`, 'o.oid'),
    schema: schemaOf(`o.${short}namespace`),
    properties:
      what === 'parser'
        ? {
            functions: `concat_ws(', ', o.prsstart::regproc, o.prstoken::regproc, o.prsend::regproc, o.prslextype::regproc)`,
            headline: 'NULLIF(o.prsheadline::oid, 0)::regproc::text',
          }
        : { lexize: 'o.tmpllexize::regproc::text', init: 'NULLIF(o.tmplinit::oid, 0)::regproc::text' },
  })),
  {
    kind: `'language'`,
    from: `pg_language o WHERE ${made('pg_language', 'o.oid')}`,
    name: 'quote_ident(o.lanname)',
    properties: { trusted: flag('o.lanpltrusted'), owner: owner('o.lanowner') },
  },
];

/** What belongs to the whole server, which has more of it than the migrations of one project make. */
const shared: readonly Kind[] = [
  {
    kind: `'role'`,
    from: `pg_roles o WHERE o.rolname !~ '^pg_' AND o.rolname <> ALL (${OWNERS})`,
    name: 'quote_ident(o.rolname)',
    properties: {
      login: flag('o.rolcanlogin'),
      inherit: flag('o.rolinherit'),
      superuser: flag('o.rolsuper'),
      createrole: flag('o.rolcreaterole'),
      createdb: flag('o.rolcreatedb'),
      replication: flag('o.rolreplication'),
      bypassrls: flag('o.rolbypassrls'),
      'connection limit': `NULLIF(o.rolconnlimit, -1)::text`,
      'valid until': `(NULLIF(o.rolvaliduntil, 'infinity') AT TIME ZONE 'UTC')::text`,
    },
  },
  {
    kind: `'membership'`,
    // From PostgreSQL 16 on, a role may be a member several times, by several grantors.
    from: `(SELECT DISTINCT m.roleid, m.member FROM pg_auth_members m) o
      WHERE ${nameOfRole('o.member')} !~ '^pg_' AND ${nameOfRole('o.member')} <> ALL (${OWNERS})`,
    name: `format('%I in %I', ${nameOfRole('o.member')}, ${nameOfRole('o.roleid')})`,
    properties: {},
  },
  {
    kind: `'setting'`,
    from: `pg_db_role_setting o, unnest(o.setconfig) s WHERE o.setdatabase IN (0, (SELECT d.oid FROM pg_database d WHERE d.datname = current_database()))`,
    name: `format('%s of %s', split_part(s, '=', 1), CASE WHEN o.setrole = 0 THEN 'the database' WHEN ${nameOfRole('o.setrole')} = ANY (${OWNERS}) THEN 'the owner'
      ELSE quote_ident(${nameOfRole('o.setrole')}) END || CASE WHEN o.setrole <> 0 AND o.setdatabase <> 0 THEN ' in the database' ELSE '' END)`,
    properties: { value: `substr(s, strpos(s, '=') + 1)` },
  },
];

const comments: readonly Kind[] = [
  {
    kind: `'comment'`,
    // PostgreSQL itself comments on the schema public.
    from: `pg_description o JOIN LATERAL pg_identify_object(o.classoid, o.objoid, o.objsubid) i ON true
      LEFT JOIN pg_class c ON o.classoid = 'pg_class'::regclass AND c.oid = o.objoid
      LEFT JOIN pg_index x ON x.indexrelid = c.oid
      LEFT JOIN pg_policy y ON o.classoid = 'pg_policy'::regclass AND y.oid = o.objoid
      LEFT JOIN pg_trigger t ON o.classoid = 'pg_trigger'::regclass AND t.oid = o.objoid
      LEFT JOIN pg_constraint k ON o.classoid = 'pg_constraint'::regclass AND k.oid = o.objoid
      LEFT JOIN pg_rewrite w ON o.classoid = 'pg_rewrite'::regclass AND w.oid = o.objoid
      WHERE (o.objoid >= ${FIRST} OR o.classoid = 'pg_namespace'::regclass AND i.identity = 'public' AND o.description <> 'standard public schema')
        AND o.classoid <> 'pg_extension'::regclass AND i.schema IS DISTINCT FROM 'pg_toast' AND coalesce(i.schema, '') !~ '^pg_temp'
        AND NOT EXISTS (SELECT FROM pg_depend e WHERE e.deptype = 'e' AND e.classid = o.classoid AND e.objid = o.objoid)
        AND coalesce(c.oid, y.polrelid, t.tgrelid, NULLIF(k.conrelid, 0), w.ev_class, 0) <> ALL (${ofExtensions('pg_class')})`,
    name: `CASE WHEN o.classoid = 'pg_proc'::regclass THEN format('%s %s', i.type, o.objoid::regprocedure)
      ELSE format('%s %s', i.type, i.identity) END`,
    of: `CASE WHEN o.classoid = 'pg_proc'::regclass THEN o.objoid::regprocedure::text
      ELSE coalesce(coalesce(x.indrelid, c.oid, y.polrelid, t.tgrelid, NULLIF(k.conrelid, 0), w.ev_class)::regclass::text, i.identity) END`,
    schema: `CASE WHEN o.classoid = 'pg_namespace'::regclass THEN i.name
      ELSE coalesce(i.schema, ${schemaOfRelation('coalesce(y.polrelid, t.tgrelid, NULLIF(k.conrelid, 0), w.ev_class)')}) END`,
    properties: { text: 'o.description' },
  },
];

/** Rights on the objects of one catalog, an object for each role that has any. Owners have all. */
const grants = (what: {
  /** What GRANT calls it, as SQL. */
  type: string;
  /** The catalog, with the alias `o`, and the condition. */
  from: string;
  acl: string;
  owner: string;
  name: string;
  of?: string;
  schema?: string;
}): Kind => ({
  kind: `'grant'`,
  from: `(SELECT ${what.type} AS type, ${what.name} AS name, ${what.of ?? what.name} AS of, ${what.schema ?? 'NULL::text'} AS schema,
      CASE WHEN x.grantee = 0 THEN 'PUBLIC' ELSE quote_ident(${nameOfRole('x.grantee')}) END AS grantee,
      string_agg(DISTINCT x.privilege_type || CASE WHEN x.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END, ', ') AS privileges
    FROM ${what.from.replace(/ WHERE /, () => `, LATERAL aclexplode(${what.acl}) x WHERE `)}
      AND x.grantee <> ${what.owner} AND (x.grantee = 0 OR ${nameOfRole('x.grantee')} <> ALL (${OWNERS}))
      -- PostgreSQL 17 has added it to what GRANT ALL grants.
      AND (${ONE_SERVER} OR x.privilege_type <> 'MAINTAIN')
    GROUP BY 1, 2, 3, 4, 5) o`,
  name: `format('%s on %s %s', o.grantee, o.type, o.name)`,
  of: 'o.of',
  schema: 'o.schema',
  properties: { privileges: 'o.privileges' },
});

const rights: readonly Kind[] = [
  grants({
    type: `CASE WHEN o.relkind = 'S' THEN 'sequence' ELSE 'table' END`,
    from: `pg_class o WHERE o.relkind IN ('r', 'p', 'v', 'm', 'f', 'S') AND ${made('pg_class', 'o.oid')} AND ${lasting('o.relnamespace')}`,
    acl: `coalesce(o.relacl, acldefault(CASE WHEN o.relkind = 'S' THEN 's'::"char" ELSE 'r'::"char" END, o.relowner))`,
    owner: 'o.relowner',
    name: relation('o.oid'),
    // The sequence of an identity column goes with its table.
    of: `coalesce((SELECT p.refobjid::regclass::text FROM pg_depend p WHERE o.relkind = 'S' AND p.classid = 'pg_class'::regclass AND p.objid = o.oid
      AND p.refclassid = 'pg_class'::regclass AND p.deptype = 'i'), ${relation('o.oid')})`,
    schema: schemaOf('o.relnamespace'),
  }),
  grants({
    type: `'column'`,
    from: `pg_attribute o JOIN pg_class c ON c.oid = o.attrelid WHERE o.attnum > 0 AND NOT o.attisdropped AND ${madeRelation('c.oid')}`,
    acl: 'o.attacl',
    owner: 'c.relowner',
    name: `format('%s.%I', o.attrelid::regclass, o.attname)`,
    of: relation('o.attrelid'),
    schema: schemaOf('c.relnamespace'),
  }),
  grants({
    type: `CASE WHEN o.prokind = 'p' THEN 'procedure' ELSE 'function' END`,
    from: `pg_proc o WHERE ${made('pg_proc', 'o.oid')} AND o.oid <> ALL (${ofTypes('pg_proc')}) AND ${lasting('o.pronamespace')}`,
    acl: `coalesce(o.proacl, acldefault('f', o.proowner))`,
    owner: 'o.proowner',
    name: 'o.oid::regprocedure::text',
    schema: schemaOf('o.pronamespace'),
  }),
  grants({
    type: `'schema'`,
    // Who may create objects in the schema public depends on the version, and on the template of the database.
    from: `pg_namespace o WHERE (o.oid >= ${FIRST} OR o.nspname = 'public') AND ${lasting('o.oid')} AND o.oid <> ALL (${ofExtensions('pg_namespace')})
      AND (${ONE_SERVER} OR NOT (o.nspname = 'public' AND x.grantee = 0))`,
    acl: `coalesce(o.nspacl, acldefault('n', o.nspowner))`,
    owner: 'o.nspowner',
    name: 'quote_ident(o.nspname)',
    schema: 'o.nspname::text',
  }),
  grants({
    type: `CASE WHEN o.typtype = 'd' THEN 'domain' ELSE 'type' END`,
    from: `pg_type o WHERE o.typtype IN ('e', 'd', 'r', 'c') AND ${made('pg_type', 'o.oid')} AND ${lasting('o.typnamespace')}
      AND (o.typtype <> 'c' OR o.typrelid = ANY (ARRAY(SELECT c.oid FROM pg_class c WHERE c.relkind = 'c')))`,
    acl: `coalesce(o.typacl, acldefault('T', o.typowner))`,
    owner: 'o.typowner',
    name: 'o.oid::regtype::text',
    schema: schemaOf('o.typnamespace'),
  }),
  grants({
    type: `'foreign server'`,
    from: `pg_foreign_server o WHERE ${made('pg_foreign_server', 'o.oid')}`,
    acl: `coalesce(o.srvacl, acldefault('S', o.srvowner))`,
    owner: 'o.srvowner',
    name: 'quote_ident(o.srvname)',
  }),
  {
    ...grants({
      type: word('o.defaclobjtype', { r: 'tables', S: 'sequences', f: 'functions', T: 'types', n: 'schemas' }),
      from: `pg_default_acl o WHERE o.oid <> ALL (${ofExtensions('pg_default_acl')})`,
      acl: 'o.defaclacl',
      owner: 'o.defaclrole',
      name: `concat_ws(' ', 'in', quote_ident(coalesce(${schemaOf('NULLIF(o.defaclnamespace, 0)')}, 'all schemas')),
        CASE WHEN ${nameOfRole('o.defaclrole')} <> ALL (${OWNERS}) THEN 'of ' || quote_ident(${nameOfRole('o.defaclrole')}) END)`,
      schema: schemaOf('NULLIF(o.defaclnamespace, 0)'),
    }),
    kind: `'default privileges'`,
  },
  {
    // What PUBLIC has by default, and has no more.
    kind: `'default privileges'`,
    from: `pg_default_acl o WHERE o.defaclnamespace = 0 AND o.defaclobjtype IN ('f', 'T') AND NOT EXISTS (SELECT FROM aclexplode(o.defaclacl) x WHERE x.grantee = 0)`,
    name: `concat_ws(' ', 'PUBLIC on', CASE o.defaclobjtype WHEN 'f' THEN 'functions' ELSE 'types' END, 'in "all schemas"',
      CASE WHEN ${nameOfRole('o.defaclrole')} <> ALL (${OWNERS}) THEN 'of ' || quote_ident(${nameOfRole('o.defaclrole')}) END)`,
    properties: { privileges: `'none'` },
  },
];

/** All kinds, those that others rest on first. */
export const KINDS: readonly Kind[] = [
  ...whole,
  ...types,
  ...relations,
  ...routines,
  ...comments,
  ...rights,
  ...shared,
];
