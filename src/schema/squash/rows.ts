/** The rows and the sequences of a database, as far as they are compared and written. */
import { quoteIdent, quoteLiteral } from '../../catalog/names.ts';
import { READING } from '../../database/catalogs.ts';
import type { Session } from '../../database/types.ts';
import { flatMap } from '../../lists.ts';

/** A column of a table with rows. */
export interface Column {
  name: string;
  type: string;
  hasDefault: boolean;
  isAlways: boolean;
}

export interface TableShape {
  /** Those that an INSERT may name, in their order. */
  columns: readonly Column[];
  /** The keys of the table, each as the names of its columns: a column that may be NULL tells no rows apart. */
  keys: readonly (readonly string[])[];
}

const reading = (sql: string): string => `${READING}\n${sql}`;

/** The names of the columns of each table, in their order, by the name of the table. */
export async function readColumns(session: Session): Promise<Map<string, string[]>> {
  const [rows = []] = await session.ask(
    reading(`SELECT c.oid::regclass::text, json_agg(a.attname ORDER BY a.attnum)::text FROM pg_class AS c
      JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
      WHERE c.relkind IN ('r', 'p', 'f') AND c.oid >= 16384 GROUP BY c.oid`),
  );
  return new Map((rows as [string, string][]).map(([table, names]) => [table, JSON.parse(names) as string[]]));
}

/** The names of the sequences of identity columns that PostgreSQL would not choose, by the name of the column. */
export async function readIdentities(session: Session): Promise<Map<string, string>> {
  const [rows = []] = await session.ask(
    reading(`SELECT format('%s.%I', d.refobjid::regclass, a.attname), d.objid::regclass::text,
        s.relname = left(c.relname || '_' || a.attname, 59) || '_seq' AND s.relnamespace = c.relnamespace
      FROM pg_depend AS d JOIN pg_attribute AS a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
      JOIN pg_class AS c ON c.oid = d.refobjid JOIN pg_class AS s ON s.oid = d.objid
      WHERE d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_class'::regclass AND d.deptype = 'i' AND a.attidentity <> ''`),
  );
  return new Map(
    (rows as [string, string, boolean][]).filter(([, , isUsual]) => !isUsual).map(([column, name]) => [column, name]),
  );
}

/** What everybody may do in the schema public, as GRANT says it; empty where that is nothing. */
export async function readPublic(session: Session): Promise<string> {
  const [rows = []] = await session.ask(
    reading(`SELECT coalesce(string_agg(x.privilege_type, ', ' ORDER BY x.privilege_type), '') FROM pg_namespace AS n,
      LATERAL aclexplode(n.nspacl) AS x WHERE n.nspname = 'public' AND x.grantee = 0`),
  );
  return (rows as [string][])[0]?.[0] ?? '';
}

/** The value of each sequence, and whether it was given out, by its name. */
export async function readSequences(session: Session): Promise<Map<string, string>> {
  const [names = []] = await session.ask(
    reading(`SELECT o.oid::regclass::text FROM pg_class AS o JOIN pg_namespace AS n ON n.oid = o.relnamespace
      WHERE o.relkind = 'S' AND o.oid >= 16384 AND o.relpersistence <> 't'`),
  );
  const all = flatMap(names as [string][], ([name]) => name);
  if (all.length === 0) return new Map();
  const values = all.map(
    (name) =>
      `SELECT ${quoteLiteral(name)}, last_value || CASE WHEN is_called THEN '' ELSE ' not called' END FROM ${name}`,
  );
  const [rows = []] = await session.ask(reading(values.join(' UNION ALL ')));
  return new Map(rows as [string, string][]);
}

/** What an INSERT into a table may say. */
export async function readShape(session: Session, table: string): Promise<TableShape> {
  const oid = `${quoteLiteral(table)}::regclass`;
  const [columns = [], keys = []] = await session.ask(
    reading(`SELECT a.attname::text, format_type(a.atttypid, a.atttypmod), a.atthasdef OR a.attidentity <> '', a.attidentity = 'a'
        FROM pg_attribute AS a WHERE a.attrelid = ${oid} AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = '' ORDER BY a.attnum;
      SELECT json_agg(a.attname ORDER BY a.attnum)::text FROM pg_index AS i JOIN pg_attribute AS a ON a.attrelid = i.indrelid AND a.attnum = ANY ((i.indkey::int2[])[0:i.indnkeyatts - 1])
        WHERE i.indrelid = ${oid} AND i.indisunique AND i.indpred IS NULL AND i.indexprs IS NULL AND i.indimmediate
        GROUP BY i.indexrelid, i.indisprimary HAVING bool_and(a.attnotnull) ORDER BY i.indisprimary DESC, i.indexrelid`),
  );
  return {
    columns: (columns as [string, string, boolean, boolean][]).map(([name, type, hasDefault, isAlways]) => ({
      name,
      type,
      hasDefault,
      isAlways,
    })),
    keys: (keys as [string][]).map(([names]) => JSON.parse(names) as string[]),
  };
}

/** The columns that refer to one column of another table, by the name of the table and their own. */
export async function readReferences(session: Session): Promise<Map<string, Map<string, Reference>>> {
  const [rows = []] = await session.ask(
    reading(`SELECT f.conrelid::regclass::text, a.attname::text, f.confrelid::regclass::text, b.attname::text
      FROM pg_constraint AS f JOIN pg_attribute AS a ON a.attrelid = f.conrelid AND a.attnum = f.conkey[1]
      JOIN pg_attribute AS b ON b.attrelid = f.confrelid AND b.attnum = f.confkey[1]
      WHERE f.contype = 'f' AND cardinality(f.conkey) = 1 AND f.conrelid <> f.confrelid ORDER BY f.oid`),
  );
  const found = new Map<string, Map<string, Reference>>();
  for (const [table, column, to, key] of rows as [string, string, string, string][])
    found.set(table, (found.get(table) ?? new Map<string, Reference>()).set(column, { table: to, column: key }));
  return found;
}

export interface Reference {
  table: string;
  column: string;
}

/** The value of a column as a literal, as SQL. */
export const literalOf = (column: string): string => `quote_nullable(${column}::text)`;

/** The rows of a table, in the order in which the table holds them; SQL says each value. */
export async function readRows(session: Session, table: string, values: readonly string[]): Promise<string[][]> {
  if (values.length === 0) return [];
  const [rows = []] = await session.ask(
    reading(
      `SELECT array_to_json(ARRAY[${values.join(', ')}])::text FROM ONLY ${table} AS ${ROW} ORDER BY ${ROW}.ctid`,
    ),
  );
  return (rows as [string][]).map(([row]) => JSON.parse(row) as string[]);
}

/** What a row is called in SQL that says its values. */
export const ROW = 'this_row';

/** A digest of what SQL says of each row of a table, in which the order of the rows does not count. */
export async function digestOf(session: Session, table: string, values: readonly string[]): Promise<string> {
  const [[[count, digest]]] = (await session.ask(
    reading(
      `SELECT count(*)::text, coalesce(sum(hashtextextended(ROW(${values.join(', ')})::text, 0)), 0)::text FROM ONLY ${table} AS ${ROW}`,
    ),
  )) as [[[string, string]]];
  return `${count} ${digest}`;
}

/** A digest of each column of a table, by the name of the column. */
export async function columnDigests(
  session: Session,
  table: string,
  columns: readonly string[],
): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for (const name of columns) found.set(name, await digestOf(session, table, [`${ROW}.${quoteIdent(name)}::text`]));
  return found;
}
