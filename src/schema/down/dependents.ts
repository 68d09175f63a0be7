/** What rests on an object, so that PostgreSQL refuses to change it: read from `pg_depend`, not from messages. */
import { quoteLiteral } from '../../catalog/names.ts';
import { SPELLING } from '../../database/catalogs.ts';
import type { Ask } from '../../database/state.ts';

/** An object that rests on another one, without rows of its own. */
export interface Dependent {
  kind: string;
  /** As the objects of a database are called. */
  name: string;
  /** The column whose default or expression it is. */
  column?: string;
}

/**
 * Who rests on an object, those that rest on others last.
 * @param key its catalog and its number, as `Identity` has it
 */
export async function dependentsOf(ask: Ask, key: string): Promise<Dependent[]> {
  const [catalog, number, column = '0'] = key.split('/') as [string, string, string?];
  // A column, and the index that has an entry of its own among the identities, are part of a relation.
  const at = catalog === 'pg_attribute' || catalog === 'pg_index' ? 'pg_class' : catalog;
  const answers = await ask(`${SPELLING}\n${QUERY(quoteLiteral(at), number, column)}`);
  return ((answers[0] ?? []) as [string, string, string | null][]).map(([kind, name, of]) => ({
    kind,
    name,
    ...(of !== null && { column: of }),
  }));
}

/** A view is known by its rule; a type by its array too, and a table by the type of its rows. */
const QUERY = (catalog: string, number: string, column: string): string => `
WITH RECURSIVE found (classid, objid, objsubid, depth) AS (
  SELECT ${catalog}::regclass::oid, ${number}::oid, ${column}::int, 0
  UNION
  SELECT d.classid, d.objid, d.objsubid, f.depth + 1
  FROM found f, LATERAL (
    SELECT p.classid, p.objid, p.objsubid FROM pg_depend p
      WHERE p.refclassid = f.classid AND p.refobjid = f.objid AND (f.objsubid = 0 OR p.refobjsubid = f.objsubid)
        AND (p.deptype IN ('n', 'a') OR p.deptype = 'i' AND f.classid = 'pg_type'::regclass)
        AND NOT (p.classid = 'pg_class'::regclass AND p.objsubid > 0 AND f.depth > 0)
    UNION SELECT 'pg_class'::regclass, r.ev_class, 0 FROM pg_rewrite r
      WHERE f.classid = 'pg_rewrite'::regclass AND r.oid = f.objid AND r.rulename = '_RETURN'
    UNION SELECT 'pg_type'::regclass, t.typarray, 0 FROM pg_type t WHERE f.classid = 'pg_type'::regclass AND t.oid = f.objid AND t.typarray <> 0
    UNION SELECT 'pg_type'::regclass, t.oid, 0 FROM pg_type t WHERE f.classid = 'pg_class'::regclass AND f.objsubid = 0 AND t.typrelid = f.objid
  ) d WHERE f.depth < 20
), all_of AS (SELECT classid, objid, objsubid, max(depth) AS depth FROM found WHERE depth > 0 GROUP BY 1, 2, 3)
SELECT s.kind, s.name, s.col FROM all_of a, LATERAL (
  SELECT CASE c.relkind WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view' END AS kind, c.oid::regclass::text AS name, NULL::text AS col
    FROM pg_class c WHERE a.classid = 'pg_class'::regclass AND a.objsubid = 0 AND c.oid = a.objid AND c.relkind IN ('v', 'm')
  UNION ALL SELECT 'index', c.oid::regclass::text, NULL FROM pg_class c WHERE a.classid = 'pg_class'::regclass AND c.oid = a.objid AND c.relkind IN ('i', 'I')
    AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = c.oid AND k.contype IN ('p', 'u', 'x'))
  UNION ALL SELECT 'rule', format('%I on %s', r.rulename, r.ev_class::regclass), NULL FROM pg_rewrite r
    WHERE a.classid = 'pg_rewrite'::regclass AND r.oid = a.objid AND r.rulename <> '_RETURN'
  UNION ALL SELECT 'policy', format('%I on %s', p.polname, p.polrelid::regclass), NULL FROM pg_policy p WHERE a.classid = 'pg_policy'::regclass AND p.oid = a.objid
  UNION ALL SELECT 'trigger', format('%I on %s', t.tgname, t.tgrelid::regclass), NULL FROM pg_trigger t
    WHERE a.classid = 'pg_trigger'::regclass AND t.oid = a.objid AND NOT t.tgisinternal
  UNION ALL SELECT 'constraint', format('%I on %s', k.conname, k.conrelid::regclass), NULL FROM pg_constraint k
    WHERE a.classid = 'pg_constraint'::regclass AND k.oid = a.objid AND k.conrelid <> 0 AND k.contype <> 'n'
  UNION ALL SELECT CASE p.prokind WHEN 'p' THEN 'procedure' WHEN 'a' THEN 'aggregate' ELSE 'function' END, p.oid::regprocedure::text, NULL FROM pg_proc p
    WHERE a.classid = 'pg_proc'::regclass AND p.oid = a.objid
  UNION ALL SELECT 'statistics', format('%I.%I', (SELECT n.nspname FROM pg_namespace n WHERE n.oid = x.stxnamespace), x.stxname), NULL FROM pg_statistic_ext x
    WHERE a.classid = 'pg_statistic_ext'::regclass AND x.oid = a.objid
  UNION ALL SELECT CASE WHEN b.attgenerated = '' THEN 'default' ELSE 'generated column' END, b.attrelid::regclass::text, format('%I', b.attname)
    FROM pg_attrdef d JOIN pg_attribute b ON b.attrelid = d.adrelid AND b.attnum = d.adnum WHERE a.classid = 'pg_attrdef'::regclass AND d.oid = a.objid
) s ORDER BY a.depth DESC`;

/** The columns of tables that have a type, or an array of it. */
export async function columnsOf(
  ask: Ask,
  type: string,
): Promise<{ table: string; column: string; type: string; default: string | null }[]> {
  const answers = await ask(`${SPELLING}
SELECT a.attrelid::regclass::text, format('%I', a.attname), format_type(a.atttypid, a.atttypmod),
  CASE WHEN a.attgenerated = '' THEN pg_get_expr(d.adbin, d.adrelid) END
FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_type t ON t.oid = a.atttypid LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND a.attinhcount = 0 AND NOT a.attisdropped AND a.attnum > 0
  AND (a.atttypid = ${quoteLiteral(type)}::regtype OR t.typelem = ${quoteLiteral(type)}::regtype AND t.typcategory = 'A')
ORDER BY a.attrelid, a.attnum`);
  return ((answers[0] ?? []) as [string, string, string, string | null][]).map(([table, column, full, value]) => ({
    table,
    column,
    type: full,
    default: value,
  }));
}
