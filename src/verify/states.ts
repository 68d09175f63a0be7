import { quoteName } from '../catalog/names.ts';
import { nameOfRange } from '../catalog/nodes.ts';
import { parseStatement, type NodeOf } from '../syntax/parse.ts';
import type { Step } from '../database/types.ts';
import type { StateName } from './types.ts';
import { flatMap } from '../lists.ts';

/** What makes a state out of the one that the files before leave. */
export interface StateMaker {
  name: StateName;
  steps: readonly Step[];
}

/** The states besides that of the files before. @param statements those of the file as it is */
export function otherStates(statements: readonly Step[]): StateMaker[] {
  const stale = staleTables(statements);
  return [
    { name: 'filled', steps: [fill(wordsOf(statements))] },
    ...(stale.length > 0 ? [{ name: 'stale' as const, steps: stale }] : []),
  ];
}

/** Makes the tables that a file creates, with another definition. The parser must be loaded. */
function staleTables(statements: readonly Step[]): Step[] {
  const names = flatMap(statements, ({ sql }) => (/^create\b/i.test(sql) ? (createdTable(sql) ?? []) : []));
  return [...new Set(names)].map((name) => ({
    sql: `CREATE TABLE IF NOT EXISTS ${name} (zz_stale int)`,
    offset: 0,
  }));
}

/** The table that a statement creates, quoted by rule. */
function createdTable(sql: string): string | undefined {
  const parsed = parseStatement(sql);
  if (!parsed.ok) return undefined;
  const { type } = parsed;
  const node = parsed.node as NodeOf<'CreateStmt'> & NodeOf<'CreateTableAsStmt'>;
  const isQuery = type === 'CreateTableAsStmt' && node.objtype === 'OBJECT_TABLE';
  const table = type === 'CreateStmt' ? node.relation : isQuery ? node.into?.rel : undefined;
  return table?.relname === undefined || table.relpersistence === 't' ? undefined : quoteName(nameOfRange(table));
}

/** How many rows each table is to hold. */
const ROWS = 3;

/** What a file names; undefined where it is too much to look for. */
function wordsOf(statements: readonly Step[]): string[] | undefined {
  const words = new Set<string>();
  for (const { sql } of statements) {
    for (const [word] of sql.matchAll(/"(?:[^"]|"")+"|[\p{L}_][\p{L}\p{N}_$]*/gu))
      words.add(word.startsWith('"') ? word.slice(1, -1).replaceAll('""', '"') : word.toLowerCase());
    if (words.size > MOST_WORDS) return undefined;
  }
  return [...words];
}

const MOST_WORDS = 5000;

/**
 * Puts rows into the tables that a file names, into those that refer to them and those that they refer to: of values by
 * type, of the keys that foreign keys name, and of the literals that checks name. What a table refuses is tried again
 * with other values, and then left. Fails where there is nothing to fill: then the state is no other one.
 */
export function fill(words: string[] | undefined): Step {
  const named = words && `ARRAY[${words.map((word) => `'${word.replaceAll("'", "''")}'`).join(', ')}]::text[]`;
  return {
    offset: 0,
    sql: FILL.replace('NAMED', () => (named === undefined ? 'true' : `r.relname = ANY (${named})`)),
  };
}

const FILL = `DO $fill$
DECLARE
  t record; c record; names text; list text; v text; present bigint; done boolean; filled bigint := 0;
  wanted oid[] := ARRAY(SELECT r.oid FROM pg_class AS r WHERE r.relkind IN ('r', 'p') AND NAMED);
BEGIN
  FOR round IN 1..3 LOOP
    FOR t IN
      SELECT r.oid, r.oid::regclass::text AS name FROM pg_class AS r JOIN pg_namespace AS s ON s.oid = r.relnamespace
      WHERE r.relkind IN ('r', 'p') AND NOT r.relispartition AND r.oid >= 16384 AND r.relpersistence <> 't'
        AND (r.oid = ANY (wanted) OR EXISTS (SELECT FROM pg_constraint AS k WHERE k.contype = 'f'
          AND (k.conrelid = r.oid AND k.confrelid = ANY (wanted) OR k.confrelid = r.oid AND k.conrelid = ANY (wanted))))
        AND (s.nspname <> ALL ($env$ENVIRONMENT$env$::text[]) OR EXISTS (
          SELECT FROM pg_constraint AS k JOIN pg_class AS o ON o.oid = k.conrelid JOIN pg_namespace AS m ON m.oid = o.relnamespace
          WHERE k.confrelid = r.oid AND k.contype = 'f' AND m.nspname <> ALL ($env$ENVIRONMENT$env$::text[])))
      ORDER BY r.oid
    LOOP
      EXECUTE format('SELECT count(*) FROM %s', t.name) INTO present;
      FOR i IN present + 1..${ROWS} LOOP
        done := false;
        FOR attempt IN 0..5 LOOP
          names := ''; list := '';
          FOR c IN
            SELECT a.attname, a.attnum, a.atthasdef, format_type(a.atttypid, a.atttypmod) AS type,
              CASE WHEN y.typtype = 'd' THEN b.typcategory ELSE y.typcategory END AS category,
              CASE WHEN y.typtype = 'd' THEN b.typtype ELSE y.typtype END AS kind,
              CASE WHEN y.typtype = 'd' THEN b.oid ELSE y.oid END AS base,
              CASE WHEN y.typtype = 'd' THEN b.typname ELSE y.typname END AS basename,
              f.confrelid, f.refers, u.is_key, k.literals
            FROM pg_attribute AS a JOIN pg_type AS y ON y.oid = a.atttypid LEFT JOIN pg_type AS b ON b.oid = y.typbasetype
            LEFT JOIN LATERAL (SELECT o.confrelid, o.confkey[array_position(o.conkey, a.attnum)] AS refers
              FROM pg_constraint AS o WHERE o.conrelid = t.oid AND o.contype = 'f' AND a.attnum = ANY (o.conkey) LIMIT 1) AS f ON true
            LEFT JOIN LATERAL (SELECT true AS is_key FROM pg_constraint AS o
              WHERE o.conrelid = t.oid AND o.contype IN ('p', 'u') AND a.attnum = ANY (o.conkey) LIMIT 1) AS u ON true
            LEFT JOIN LATERAL (SELECT array_agg(coalesce(m[1], m[2])) AS literals FROM pg_constraint AS o,
                regexp_matches(pg_get_constraintdef(o.oid), '''((?:[^'']|'''')*)''::|[^\\w"''](-?\\d+(?:\\.\\d+)?)(?=[^\\w"''])', 'g') AS m
              WHERE (o.conrelid = t.oid AND a.attnum = ANY (o.conkey) OR o.contypid = a.atttypid AND y.typtype = 'd') AND o.contype = 'c') AS k ON true
            WHERE a.attrelid = t.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = '' AND a.attidentity = ''
            ORDER BY a.attnum
          LOOP
            IF c.confrelid IS NOT NULL THEN
              v := format('(SELECT %I FROM %s ORDER BY 1 LIMIT 1 OFFSET %s)',
                (SELECT attname FROM pg_attribute WHERE attrelid = c.confrelid AND attnum = c.refers), c.confrelid::regclass,
                CASE WHEN attempt < 3 THEN i - 1 ELSE 0 END);
            ELSIF c.atthasdef AND (attempt < 4 OR c.is_key IS NULL) THEN CONTINUE;
            ELSIF c.literals IS NOT NULL AND attempt % 2 = 0 THEN
              v := quote_literal(replace(c.literals[1 + (i - 1) % cardinality(c.literals)], '''''', ''''));
            ELSIF c.kind = 'e' THEN
              v := format('(SELECT enumlabel FROM pg_enum WHERE enumtypid = %s ORDER BY enumsortorder LIMIT 1)::text', c.base);
            ELSIF c.basename = 'uuid' THEN v := quote_literal(md5(t.name || c.attname || i));
            ELSIF c.basename IN ('json', 'jsonb') THEN v := quote_literal(format('{"a": %s}', i));
            ELSIF c.basename = 'bytea' THEN v := quote_literal(i::text);
            ELSIF c.category = 'A' THEN v := quote_literal('{}');
            ELSIF c.category = 'R' THEN v := CASE WHEN c.basename ~ '^(ts|date)' THEN format('''[2020-01-0%s,2020-01-0%s)''', i, i + 1) ELSE format('''[%s,%s)''', i * 10, i * 10 + 5) END;
            ELSIF c.category = 'N' THEN v := quote_literal(CASE attempt WHEN 0 THEN i * 7 WHEN 1 THEN i WHEN 2 THEN i - 1 WHEN 3 THEN i * 1000 ELSE -i END);
            ELSIF c.category = 'B' THEN v := quote_literal(i % 2 = 1);
            ELSIF c.category = 'D' THEN v := quote_literal('2020-01-0' || i || ' 10:00');
            ELSIF c.category = 'T' THEN v := quote_literal(i || ' days');
            ELSIF c.category = 'I' THEN v := quote_literal('10.0.0.' || i);
            ELSIF c.category = 'S' THEN v := quote_literal(CASE attempt WHEN 0 THEN left(c.attname, 4) || i WHEN 1 THEN 'a' || i WHEN 2 THEN i::text ELSE 'user' || i || '@example.com' END);
            ELSIF attempt > 2 THEN CONTINUE;
            ELSE v := quote_literal(i::text);
            END IF;
            names := names || ', ' || quote_ident(c.attname);
            list := list || ', ' || v || '::' || c.type;
          END LOOP;
          BEGIN
            IF names = '' THEN EXECUTE format('INSERT INTO %s DEFAULT VALUES', t.name);
            ELSE EXECUTE format('INSERT INTO %s (%s) VALUES (%s)', t.name, substr(names, 3), substr(list, 3));
            END IF;
            done := true;
            filled := filled + 1;
          EXCEPTION WHEN OTHERS THEN NULL;
          END;
          EXIT WHEN done;
        END LOOP;
        EXIT WHEN NOT done;
      END LOOP;
    END LOOP;
  END LOOP;
  IF filled = 0 THEN RAISE EXCEPTION 'there is nothing to fill'; END IF;
END $fill$`.replaceAll(
  'ENVIRONMENT',
  '{auth,storage,realtime,vault,cron,net,extensions,graphql,graphql_public,pgsodium,pgmq,supabase_functions,supabase_migrations}',
);
