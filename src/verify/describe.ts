import type pg from 'pg';

/** Members of extensions are the extensions' business. */
const OWN = (catalog: string, oid: string) =>
  `NOT EXISTS (SELECT FROM pg_depend WHERE classid = '${catalog}'::regclass AND objid = ${oid} AND deptype = 'e')`;
const USER_SCHEMA = (oid: string) =>
  `${oid} IN (SELECT oid FROM pg_namespace WHERE nspname !~ '^(pg_|information_schema$)')`;

/** One line an object, in the words of PostgreSQL's own functions where it has one. */
const PARTS = [
  `SELECT format('SCHEMA %I OWNER %s ACL %s', nspname, nspowner::regrole, nspacl) FROM pg_namespace n WHERE nspname !~ '^(pg_|information_schema$)' AND ${OWN('pg_namespace', 'n.oid')}`,
  `SELECT format('EXTENSION %I %s IN %s', extname, extversion, extnamespace::regnamespace) FROM pg_extension`,
  `SELECT format('RELATION %s KIND %s OWNER %s ACL %s RLS %s %s OPTIONS %s PERSISTENCE %s PARTITION %s', c.oid::regclass, relkind, relowner::regrole, relacl, relrowsecurity, relforcerowsecurity, reloptions, relpersistence, pg_get_expr(relpartbound, c.oid))
   FROM pg_class c WHERE ${USER_SCHEMA('relnamespace')} AND relkind <> 'i' AND ${OWN('pg_class', 'c.oid')}`,
  `SELECT format('COLUMN %s.%I %s NULLABLE %s DEFAULT %s IDENTITY %s GENERATED %s COLLATE %s ACL %s AT %s', attrelid::regclass, attname, format_type(atttypid, atttypmod), NOT attnotnull, pg_get_expr(adbin, adrelid), attidentity, attgenerated, attcollation, attacl,
     row_number() OVER (PARTITION BY attrelid ORDER BY attnum))
   FROM pg_attribute JOIN pg_class c ON c.oid = attrelid LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
   WHERE attnum > 0 AND NOT attisdropped AND relkind IN ('r', 'p', 'v', 'm', 'f', 'c') AND ${USER_SCHEMA('relnamespace')} AND ${OWN('pg_class', 'c.oid')}`,
  `SELECT format('CONSTRAINT %I ON %s %s %s', conname, conrelid::regclass, contypid::regtype, pg_get_constraintdef(oid)) FROM pg_constraint WHERE ${USER_SCHEMA('connamespace')}`,
  `SELECT format('INDEX %s VALID %s', pg_get_indexdef(indexrelid), indisvalid) FROM pg_index JOIN pg_class c ON c.oid = indexrelid WHERE ${USER_SCHEMA('relnamespace')}`,
  `SELECT format('VIEW %s AS %s', c.oid::regclass, pg_get_viewdef(c.oid)) FROM pg_class c WHERE relkind IN ('v', 'm') AND ${USER_SCHEMA('relnamespace')} AND ${OWN('pg_class', 'c.oid')}`,
  `SELECT format('ROUTINE %s OWNER %s ACL %s %s', p.oid::regprocedure, proowner::regrole, proacl, CASE WHEN prokind <> 'a' THEN pg_get_functiondef(p.oid) END) FROM pg_proc p WHERE ${USER_SCHEMA('pronamespace')} AND ${OWN('pg_proc', 'p.oid')}`,
  `SELECT format('TRIGGER %s ENABLED %s', pg_get_triggerdef(oid), tgenabled) FROM pg_trigger WHERE NOT tgisinternal`,
  `SELECT format('RULE %s', pg_get_ruledef(r.oid)) FROM pg_rewrite r JOIN pg_class c ON c.oid = ev_class WHERE rulename <> '_RETURN' AND ${USER_SCHEMA('relnamespace')}`,
  `SELECT format('POLICY %I ON %s FOR %s PERMISSIVE %s TO %s USING %s CHECK %s', polname, polrelid::regclass, polcmd, polpermissive, polroles::regrole[], pg_get_expr(polqual, polrelid), pg_get_expr(polwithcheck, polrelid)) FROM pg_policy`,
  `SELECT format('TYPE %s KIND %s OWNER %s BASE %s DEFAULT %s LABELS %s', t.oid::regtype, typtype, typowner::regrole, typbasetype::regtype, typdefault, (SELECT array_agg(enumlabel ORDER BY enumsortorder) FROM pg_enum WHERE enumtypid = t.oid))
   FROM pg_type t WHERE typtype IN ('e', 'd', 'r') AND ${USER_SCHEMA('typnamespace')} AND ${OWN('pg_type', 't.oid')}`,
  `SELECT format('SEQUENCE %s %s START %s INCREMENT %s MIN %s MAX %s CACHE %s CYCLE %s', seqrelid::regclass, seqtypid::regtype, seqstart, seqincrement, seqmin, seqmax, seqcache, seqcycle) FROM pg_sequence`,
  `SELECT format('PUBLICATION %I ALL %s %s %s %s %s', pubname, puballtables, pubinsert, pubupdate, pubdelete, (SELECT array_agg(prrelid::regclass::text ORDER BY prrelid::regclass::text) FROM pg_publication_rel WHERE prpubid = p.oid)) FROM pg_publication p`,
  `SELECT format('EVENT TRIGGER %I ON %s EXECUTE %s ENABLED %s TAGS %s', evtname, evtevent, evtfoid::regprocedure, evtenabled, evttags) FROM pg_event_trigger`,
  `SELECT format('DEFAULT RIGHTS OF %s IN %s ON %s: %s', defaclrole::regrole, defaclnamespace::regnamespace, defaclobjtype, defaclacl) FROM pg_default_acl`,
  `SELECT format('COMMENT ON %s: %s', pg_describe_object(classoid, objoid, objsubid), description) FROM pg_description WHERE objoid >= 16384`,
  `SELECT format('STATISTICS %s', pg_get_statisticsobjdef(oid)) FROM pg_statistic_ext`,
  `SELECT format('CAST %s TO %s WITH %s METHOD %s CONTEXT %s', castsource::regtype, casttarget::regtype, castfunc::regprocedure, castmethod, castcontext) FROM pg_cast c WHERE oid >= 16384 AND ${OWN('pg_cast', 'c.oid')}`,
  `SELECT format('OPERATOR %s RESULT %s BY %s', o.oid::regoperator, oprresult::regtype, oprcode::regprocedure) FROM pg_operator o WHERE ${USER_SCHEMA('oprnamespace')} AND ${OWN('pg_operator', 'o.oid')}`,
];

/** Describes schema and rows without pg_dump, for a machine that has none; coarser than a dump, and as stable. */
export async function describeCatalog(client: pg.Client): Promise<string> {
  // So that every name is written with its schema.
  await client.query('SET search_path = pg_catalog');
  const lines: string[] = [];
  for (const sql of PARTS) {
    const { rows } = await client.query<{ format: string }>(sql);
    lines.push(...rows.map((row) => row.format).sort());
  }
  const tables = await client.query<{ name: string }>(`
    SELECT c.oid::regclass::text AS name FROM pg_class c WHERE relkind = 'r' AND ${USER_SCHEMA('relnamespace')} AND ${OWN('pg_class', 'c.oid')} ORDER BY 1`);
  for (const { name } of tables.rows) {
    const { rows } = await client.query<{ line: string }>(`SELECT t::text AS line FROM ONLY ${name} AS t ORDER BY 1`);
    lines.push(
      ...rows.map((row) => `INSERT INTO ${name} VALUES ${row.line.replaceAll("'", "''").replaceAll('\n', '\\n')};`),
    );
  }
  return lines.join('\n');
}
