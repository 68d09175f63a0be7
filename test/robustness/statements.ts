/**
 * Statements that undo, rename, swap and refill what others make: few names, so that they meet, also those that
 * PostgreSQL gives.
 */

/** Numbers from a seed, each below a bound. */
export type Random = (below: number) => number;

export function randomFrom(seed: number): Random {
  let state = (seed % 2_147_483_646) + 1;
  const next = () => (state = (state * 48_271) % 2_147_483_647);
  // The first numbers of neighbours are neighbours.
  for (let k = 0; k < 3; k++) next();
  return (below) => Math.floor((next() / 2_147_483_647) * below);
}

/** Draws the parts of a statement. */
export class Pick {
  readonly number: Random;
  constructor(random: Random) {
    this.number = random;
  }
  of(...items: string[]): string {
    return items[this.number(items.length)]!;
  }
  maybe(text: string): string {
    return this.number(2) === 0 ? text : '';
  }
  seldom(text: string): string {
    return this.number(6) === 0 ? text : '';
  }
  table = () => (this.number(16) === 0 ? this.of('public.t', 'z.t', '"T"', '"u"') : this.of('t', 'u', 'v'));
  column = () => this.of('a', 'b', 'c');
  view = () => this.of('w', 'x');
  type = () => this.of('e', 'f');
  index = () => this.of('i', 'j', 't_a_idx', 't_a_key', 'u_a_idx');
  constraint = () => this.of('k', 'l', 't_a_key', 't_a_check', 'u_a_fkey', 't_pkey');
  sequence = () => this.of('s', 'n', 't_id_seq', 'u_a_seq');
  role = () => this.of('ro', 'rp');
  label = () => this.of("'one'", "'two'", "'three'");
  value = () => this.of('1', '2', '3');
  columnType = () => this.of('int', 'text', 'e', 'bigint', 'd', 'numeric(10, 2)', 'o', 'int[]', 'timestamptz');
  ifExists = () => this.maybe('IF EXISTS ');
  ifNotExists = () => this.seldom('IF NOT EXISTS ');
  cascade = () => this.maybe(' CASCADE');
}

export type Make = (pick: Pick) => string;

const TABLES: Make[] = [
  (p) => `CREATE TABLE ${p.maybe('IF NOT EXISTS ')}${p.table()} (id int PRIMARY KEY, a int, b text)`,
  (p) => `CREATE TABLE ${p.table()} (a int, c ${p.of('e', 'f', 'int', 'd', 'o')})`,
  (p) => `CREATE TABLE ${p.table()} (id serial PRIMARY KEY, a int UNIQUE DEFAULT ${p.value()})`,
  (p) => `CREATE TABLE ${p.table()} (id int PRIMARY KEY REFERENCES ${p.table()}, b text)`,
  (p) => `CREATE TABLE ${p.table()} (id int GENERATED ${p.of('ALWAYS', 'BY DEFAULT')} AS IDENTITY, a int, b text)`,
  (p) => `CREATE TABLE ${p.table()} (a int, b int GENERATED ALWAYS AS (a + ${p.value()}) STORED)`,
  (p) =>
    `CREATE TABLE ${p.table()} (id int, a int REFERENCES ${p.table()}${p.maybe(' ON DELETE CASCADE')}, CHECK (a > 0))`,
  (p) =>
    `CREATE ${p.of('', 'UNLOGGED ')}TABLE ${p.ifNotExists()}${p.table()} AS SELECT ${p.of('*', 'a', 'a + 1 AS a')} FROM ${p.table()}`,
  (p) => `CREATE TABLE ${p.table()} (LIKE ${p.table()} INCLUDING ${p.of('ALL', 'DEFAULTS', 'INDEXES')})`,
  (p) => `CREATE TABLE ${p.table()} () INHERITS (${p.table()})`,
  (p) => `DROP TABLE ${p.ifExists()}${p.table()}${p.cascade()}`,
  (p) => `DROP TABLE ${p.ifExists()}${p.table()}${p.cascade()}`,
  (p) => `DROP TABLE ${p.ifExists()}t, u${p.cascade()}`,
  (p) => `ALTER TABLE ${p.ifExists()}${p.table()} RENAME TO ${p.of('t', 'u', 'v')}`,
  (p) => `ALTER TABLE ${p.table()} RENAME TO ${p.of('t', 'u', 'v')}`,
  (p) => `ALTER TABLE ${p.table()} SET SCHEMA ${p.of('z', 'public')}`,
  (p) => `CREATE TEMP TABLE m AS SELECT * FROM ${p.table()}`,
  (p) => `INSERT INTO ${p.table()} SELECT * FROM m`,
  () => 'DROP TABLE m',
  (p) => `ALTER TABLE ${p.table()} ${p.of('NO INHERIT', 'INHERIT')} ${p.table()}`,
  (p) =>
    `ALTER TABLE ${p.table()} ${p.of('SET (fillfactor = 70)', 'RESET (fillfactor)', 'SET UNLOGGED', 'REPLICA IDENTITY FULL')}`,
  (p) => `SELECT ${p.of('*', 'a', 'a AS id')} INTO ${p.table()} FROM ${p.table()}`,
];

const COLUMNS: Make[] = [
  (p) => `ALTER TABLE ${p.table()} RENAME ${p.column()} TO ${p.column()}`,
  (p) => `ALTER TABLE ${p.table()} RENAME ${p.column()} TO ${p.column()}`,
  (p) => `ALTER TABLE ${p.table()} ADD COLUMN ${p.maybe('IF NOT EXISTS ')}${p.column()} ${p.columnType()}`,
  (p) => `ALTER TABLE ${p.table()} ADD COLUMN ${p.column()} int NOT NULL DEFAULT ${p.value()}`,
  (p) =>
    `ALTER TABLE ${p.table()} ADD ${p.column()} int${p.of(' UNIQUE', ` REFERENCES ${p.table()}`, ` CHECK (a > ${p.value()})`)}`,
  (p) => `ALTER TABLE ${p.table()} ADD ${p.column()} int GENERATED ALWAYS AS (${p.of('a', 'id')} * 2) STORED`,
  (p) => `ALTER TABLE ${p.table()} DROP COLUMN ${p.ifExists()}${p.column()}${p.cascade()}`,
  (p) => `ALTER TABLE ${p.table()} DROP COLUMN ${p.column()}, ADD COLUMN ${p.column()} ${p.columnType()}`,
  (p) =>
    `ALTER TABLE ${p.table()} ADD COLUMN ${p.column()} ${p.columnType()}, DROP COLUMN ${p.ifExists()}${p.column()}`,
  (p) =>
    `ALTER TABLE ${p.table()} ALTER ${p.column()} TYPE ${p.of('text', 'bigint', 'numeric(10, 2)', 'varchar(9)', 'int')}`,
  (p) => `ALTER TABLE ${p.table()} ALTER a TYPE int USING a::int ${p.of('*', '+', '-')} ${p.value()}`,
  (p) => `ALTER TABLE ${p.table()} ALTER ${p.column()} TYPE text USING ${p.of("b || '!'", 'a::text', 'upper(b)')}`,
  (p) => `ALTER TABLE ${p.table()} ALTER c TYPE ${p.type()} USING c::text::${p.type()}`,
  (p) => `ALTER TABLE ${p.table()} ALTER ${p.column()} ${p.of('SET NOT NULL', 'DROP NOT NULL', 'DROP DEFAULT')}`,
  (p) => `ALTER TABLE ${p.table()} ALTER ${p.column()} SET DEFAULT ${p.of('1', "'one'", 'NULL', "nextval('s')")}`,
  (p) =>
    `ALTER TABLE ${p.table()} ALTER a ${p.of('ADD GENERATED ALWAYS AS IDENTITY', 'DROP IDENTITY', 'DROP IDENTITY IF EXISTS', 'DROP EXPRESSION IF EXISTS')}`,
  (p) =>
    `ALTER TABLE ${p.table()} ALTER b ${p.of('SET STATISTICS 50', 'SET STORAGE EXTERNAL', 'SET (n_distinct = 5)')}`,
];

const CONSTRAINTS: Make[] = [
  (p) =>
    `ALTER TABLE ${p.table()} ADD ${p.maybe(`CONSTRAINT ${p.constraint()} `)}CHECK (${p.of(`${p.column()} IS NOT NULL`, 'a > 0')})${p.seldom(' NOT VALID')}`,
  (p) =>
    `ALTER TABLE ${p.table()} ADD ${p.maybe(`CONSTRAINT ${p.constraint()} `)}UNIQUE (${p.column()})${p.seldom(' DEFERRABLE')}`,
  (p) => `ALTER TABLE ${p.table()} ADD ${p.maybe(`CONSTRAINT ${p.constraint()} `)}PRIMARY KEY (${p.of('id', 'a')})`,
  (p) =>
    `ALTER TABLE ${p.table()} ADD ${p.maybe(`CONSTRAINT ${p.constraint()} `)}FOREIGN KEY (a) REFERENCES ${p.table()}${p.of('', ' (id)', ' (a)')}`,
  (p) => `ALTER TABLE ${p.table()} ADD CONSTRAINT ${p.constraint()} UNIQUE USING INDEX ${p.index()}`,
  (p) => `ALTER TABLE ${p.table()} DROP CONSTRAINT ${p.ifExists()}${p.constraint()}${p.cascade()}`,
  (p) => `ALTER TABLE ${p.table()} DROP CONSTRAINT ${p.constraint()}`,
  (p) => `ALTER TABLE ${p.table()} RENAME CONSTRAINT ${p.constraint()} TO ${p.constraint()}`,
  (p) => `ALTER TABLE ${p.table()} VALIDATE CONSTRAINT ${p.constraint()}`,
  (p) =>
    `CREATE ${p.maybe('UNIQUE ')}INDEX ${p.seldom('CONCURRENTLY ')}${p.maybe(p.index())} ON ${p.table()} (${p.of(p.column(), 'lower(b)', 'a DESC')})${p.seldom(' WHERE a IS NOT NULL')}`,
  (p) => `CREATE INDEX IF NOT EXISTS ${p.index()} ON ${p.table()} (${p.column()})`,
  (p) => `DROP INDEX ${p.seldom('CONCURRENTLY ')}${p.ifExists()}${p.index()}`,
  (p) => `ALTER INDEX ${p.ifExists()}${p.index()} RENAME TO ${p.index()}`,
  (p) =>
    `ALTER TABLE ${p.table()} DROP CONSTRAINT ${p.ifExists()}${p.constraint()}, ADD CONSTRAINT ${p.constraint()} CHECK (a > ${p.value()})`,
  (p) => `CREATE STATISTICS ${p.of('st', 'su')} ON a, b FROM ${p.table()}`,
  (p) => `DROP STATISTICS ${p.ifExists()}${p.of('st', 'su')}`,
  (p) => `ALTER TABLE ${p.table()} CLUSTER ON ${p.index()}`,
  (p) => `REINDEX INDEX ${p.index()}`,
];

const ROWS: Make[] = [
  (p) => `INSERT INTO ${p.table()} (id, a) VALUES (${p.value()}, ${p.value()})`,
  (p) => `INSERT INTO ${p.table()} (id, b) VALUES (${p.value()}, ${p.label()}), (4, ${p.label()})`,
  (p) => `INSERT INTO ${p.table()} (a) VALUES (${p.value()})`,
  (p) => `INSERT INTO ${p.table()} (b) VALUES (${p.label()})`,
  (p) => `INSERT INTO ${p.table()} (c) VALUES (${p.label()})`,
  (p) => `INSERT INTO ${p.table()} DEFAULT VALUES`,
  (p) => `INSERT INTO ${p.table()} SELECT * FROM ${p.table()}`,
  (p) => `INSERT INTO ${p.table()} (id, a) SELECT (SELECT coalesce(max(id), 0) + 1 FROM ${p.table()}), ${p.value()}`,
  (p) => `INSERT INTO ${p.table()} (id, a) SELECT id + 10, a FROM ${p.table()} WHERE id < 10`,
  (p) => `INSERT INTO ${p.table()} (id, a) VALUES (${p.value()}, 1) ON CONFLICT DO NOTHING`,
  (p) =>
    `INSERT INTO ${p.table()} (id, a) VALUES (${p.value()}, 1) ON CONFLICT (id) DO UPDATE SET a = ${p.of('EXCLUDED.a', 'EXCLUDED.a + 1', '7')}`,
  (p) => `INSERT INTO t (id, a) VALUES (${p.value()}, 1) ON CONFLICT (id) DO UPDATE SET a = t.a + EXCLUDED.a`,
  (p) => `UPDATE ${p.table()} SET a = ${p.value()}${p.maybe(` WHERE ${p.of('a', 'id')} = ${p.value()}`)}`,
  (p) =>
    `UPDATE ${p.table()} SET ${p.of('a = a + 1', "b = b || '!'", 'a = id', 'id = id + 10', 'b = a::text', 'a = -a')}`,
  (p) => `UPDATE ${p.table()} SET b = ${p.label()} WHERE b = ${p.label()}`,
  (p) => `UPDATE ${p.table()} SET c = ${p.label()} WHERE c = ${p.label()}`,
  (p) =>
    `UPDATE ${p.table()} SET a = CASE a WHEN ${p.value()} THEN ${p.value()} WHEN ${p.value()} THEN ${p.value()} ELSE a END`,
  (p) =>
    `UPDATE ${p.table()} AS o SET a = q.a FROM ${p.table()} AS q WHERE q.${p.of('id', 'a')} = o.${p.of('id', 'a')}`,
  (p) => `DELETE FROM ${p.table()}${p.maybe(` WHERE ${p.of('a', 'id')} = ${p.value()}`)}`,
  (p) => `DELETE FROM ${p.table()} WHERE id = (SELECT ${p.of('max', 'min')}(id) FROM ${p.table()})`,
  (p) =>
    `TRUNCATE ${p.table()}${p.maybe(' CASCADE')}${p.seldom(' RESTART IDENTITY')}`.replace(
      ' CASCADE RESTART IDENTITY',
      ' RESTART IDENTITY CASCADE',
    ),
  (p) => `UPDATE ${p.table()} SET a = (SELECT m FROM y)${p.maybe(' WHERE a IS NULL')}`,
  (p) => `INSERT INTO ${p.table()} (a) SELECT m FROM y`,
  (p) => `UPDATE t SET a = (SELECT max(a) FROM ${p.table()} WHERE c::text = b)`,
  (p) =>
    `INSERT INTO ${p.table()} (id, a) SELECT 7, ${p.value()} WHERE NOT EXISTS (SELECT FROM ${p.of('t', 'u')} WHERE ${p.of('a', 'id')} = ${p.of('7', p.value())})`,
  (p) =>
    `INSERT INTO u (a) SELECT x.a FROM t x LEFT JOIN u y ON y.a = x.${p.of('a', 'id')} WHERE ${p.of('y.a IS NULL', 'x.id > 1')}`,
  (p) => `WITH d AS (DELETE FROM ${p.table()} RETURNING *) INSERT INTO ${p.table()} SELECT * FROM d`,
  (p) => `WITH d AS (UPDATE ${p.table()} SET a = a + 1 RETURNING a) INSERT INTO ${p.table()} (a) SELECT a FROM d`,
  (p) =>
    `MERGE INTO ${p.table()} AS o USING ${p.table()} AS q ON o.a = q.a WHEN MATCHED THEN ${p.of('DELETE', 'UPDATE SET a = o.a + 1')}`,
  (p) =>
    `MERGE INTO t AS o USING (VALUES (${p.value()})) AS q (k) ON o.id = q.k WHEN NOT MATCHED THEN INSERT (id, a) VALUES (q.k, ${p.value()})`,
];

const TYPES: Make[] = [
  (p) => `CREATE TYPE ${p.type()} AS ENUM (${p.of("'one', 'two'", "'one', 'two', 'three'", "'one'")})`,
  (p) => `ALTER TYPE ${p.type()} ADD VALUE ${p.maybe('IF NOT EXISTS ')}${p.label()}${p.seldom(" BEFORE 'one'")}`,
  (p) => `ALTER TYPE ${p.type()} RENAME VALUE ${p.label()} TO ${p.label()}`,
  (p) => `ALTER TYPE ${p.type()} RENAME TO ${p.type()}`,
  (p) => `DROP TYPE ${p.ifExists()}${p.type()}${p.cascade()}`,
  (p) => `CREATE DOMAIN d AS ${p.of('int', 'text')} CHECK (${p.of(`VALUE > ${p.value()}`, 'VALUE IS NOT NULL')})`,
  (p) => `DROP DOMAIN ${p.ifExists()}d${p.cascade()}`,
  (p) =>
    `ALTER DOMAIN d ${p.of('ADD CONSTRAINT k CHECK (VALUE IS NOT NULL)', 'ADD CHECK (VALUE IS NOT NULL)', 'DROP CONSTRAINT d_check', 'DROP CONSTRAINT IF EXISTS k', 'RENAME CONSTRAINT d_check TO k', 'SET DEFAULT NULL', 'SET NOT NULL', 'DROP NOT NULL', 'RENAME TO o')}`,
  (p) => `CREATE TYPE o AS (x int${p.maybe(', y text')})`,
  (p) =>
    `ALTER TYPE o ${p.of('ADD ATTRIBUTE y text', 'DROP ATTRIBUTE y', 'DROP ATTRIBUTE IF EXISTS y', 'RENAME ATTRIBUTE x TO y', 'ALTER ATTRIBUTE x TYPE bigint')}${p.maybe(' CASCADE')}`,
  (p) => `DROP TYPE ${p.ifExists()}o${p.cascade()}`,
  (p) =>
    `ALTER TABLE ${p.table()} ALTER c TYPE ${p.type()} USING ${p.of(`c::text::${p.type()}`, `(CASE c::text WHEN 'one' THEN 'two' ELSE 'one' END)::${p.type()}`)}`,
  (p) => `ALTER TABLE ${p.table()} ALTER c ${p.of("SET DEFAULT 'one'", 'DROP DEFAULT')}`,
  () => 'CREATE COLLATION co FROM "C"',
  (p) => `DROP COLLATION ${p.ifExists()}co`,
  () => 'CREATE TYPE ra AS RANGE (subtype = int)',
  (p) => `DROP TYPE ${p.ifExists()}ra${p.cascade()}`,
];

const VIEWS: Make[] = [
  (p) =>
    `CREATE ${p.maybe('OR REPLACE ')}VIEW ${p.view()} AS SELECT ${p.of('*', 'a', 'a, b', 'b AS a', 'c')} FROM ${p.table()}`,
  (p) => `CREATE VIEW ${p.view()} AS SELECT ${p.of('*', 'a')} FROM ${p.view()}`,
  (p) => `DROP VIEW ${p.ifExists()}${p.view()}${p.cascade()}`,
  (p) => `ALTER VIEW ${p.ifExists()}${p.view()} RENAME TO ${p.view()}`,
  (p) => `ALTER VIEW ${p.view()} RENAME ${p.column()} TO ${p.column()}`,
  (p) => `ALTER VIEW ${p.view()} ${p.of('SET (security_invoker = true)', 'SET SCHEMA z', 'ALTER a SET DEFAULT 1')}`,
  (p) =>
    `CREATE MATERIALIZED VIEW ${p.maybe('IF NOT EXISTS ')}y AS SELECT ${p.of('max(a)', 'count(*)')} AS m FROM ${p.table()}${p.seldom(' WITH NO DATA')}`,
  () => 'REFRESH MATERIALIZED VIEW y',
  (p) => `DROP MATERIALIZED VIEW ${p.ifExists()}y${p.cascade()}`,
  (p) => `ALTER MATERIALIZED VIEW y RENAME ${p.of('TO w', 'm TO a')}`,
  (p) => `CREATE INDEX ${p.maybe(p.index())} ON y (m)`,
  (p) =>
    `CREATE ${p.maybe('OR REPLACE ')}RULE ru AS ON ${p.of('DELETE', 'INSERT', 'UPDATE')} TO ${p.of(p.table(), p.view())} DO ${p.of('INSTEAD NOTHING', `ALSO DELETE FROM ${p.table()}`)}`,
  (p) => `DROP RULE ${p.ifExists()}ru ON ${p.of(p.table(), p.view())}`,
  (p) => `INSERT INTO ${p.view()} (a) VALUES (${p.value()})`,
];

const ROUTINES: Make[] = [
  (p) => `CREATE ${p.maybe('OR REPLACE ')}FUNCTION g() RETURNS ${p.of('int', 'text')} LANGUAGE sql AS 'SELECT NULL'`,
  (p) =>
    `CREATE ${p.maybe('OR REPLACE ')}FUNCTION g(${p.of('x int', 'y int', 'x text')}) RETURNS int LANGUAGE sql RETURN ${p.value()}`,
  (p) =>
    `CREATE ${p.maybe('OR REPLACE ')}FUNCTION g() RETURNS ${p.of('bigint', 'int')} ${p.of('BEGIN ATOMIC', 'LANGUAGE sql BEGIN ATOMIC')} SELECT max(a) FROM ${p.table()}; END`,
  (p) => `CREATE FUNCTION g() RETURNS SETOF ${p.table()} LANGUAGE sql AS 'SELECT * FROM t'`,
  (p) => `CREATE ${p.maybe('OR REPLACE ')}PROCEDURE ${p.of('g', 'pr')}() LANGUAGE sql AS 'UPDATE t SET a = a + 1'`,
  (p) => `CALL ${p.of('g', 'pr')}()`,
  (p) =>
    `DROP ${p.of('FUNCTION', 'PROCEDURE', 'ROUTINE')} ${p.ifExists()}${p.of('g', 'pr')}${p.maybe('()')}${p.cascade()}`,
  (p) =>
    `ALTER FUNCTION ${p.of('g()', 'g(int)', 'h()')} ${p.of('RENAME TO g', 'RENAME TO h', 'STABLE', 'SET search_path = public', 'SET SCHEMA z')}`,
  (p) => `GRANT EXECUTE ON FUNCTION ${p.of('g', 'g()', 'g(int)')} TO PUBLIC`,
  (p) => `REVOKE EXECUTE ON FUNCTION ${p.of('g', 'g()')} FROM PUBLIC`,
  (p) => `COMMENT ON FUNCTION ${p.of('g', 'g()', 'h()')} IS ${p.label()}`,
  () =>
    'CREATE OR REPLACE FUNCTION h() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.a := NEW.a + 1; RETURN NEW; END $$',
  (p) =>
    `CREATE OR REPLACE FUNCTION h() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO ${p.table()} (a) VALUES (9); RETURN NEW; END $$`,
  (p) => `DROP FUNCTION ${p.ifExists()}h()${p.cascade()}`,
  (p) => `ALTER TABLE ${p.table()} ALTER a SET DEFAULT g()`,
  (p) =>
    `CREATE ${p.maybe('OR REPLACE ')}TRIGGER r ${p.of('BEFORE UPDATE', 'BEFORE INSERT', 'AFTER INSERT OR UPDATE')} ON ${p.table()} FOR EACH ROW EXECUTE FUNCTION h()`,
  (p) => `CREATE CONSTRAINT TRIGGER q AFTER INSERT ON ${p.table()} DEFERRABLE FOR EACH ROW EXECUTE FUNCTION h()`,
  (p) => `DROP TRIGGER ${p.ifExists()}${p.of('r', 'q')} ON ${p.table()}`,
  (p) => `ALTER TRIGGER r ON ${p.table()} RENAME TO q`,
  (p) =>
    `ALTER TABLE ${p.table()} ${p.of('DISABLE', 'ENABLE', 'ENABLE ALWAYS')} TRIGGER ${p.of('r', 'ALL')}`.replace(
      'ENABLE ALWAYS TRIGGER ALL',
      'ENABLE TRIGGER ALL',
    ),
  (p) => `SELECT g()${p.of('', ` FROM ${p.table()}`)}`,
  (p) => `UPDATE ${p.table()} SET a = g()`,
  (p) => `CREATE ${p.maybe('OR REPLACE ')}AGGREGATE ag (int) (SFUNC = int4pl, STYPE = int)`,
  (p) => `DROP AGGREGATE ${p.ifExists()}ag (int)`,
  () => 'CREATE OPERATOR <#> (LEFTARG = int, RIGHTARG = int, FUNCTION = int4pl)',
  (p) => `DROP OPERATOR ${p.ifExists()}<#> (int, int)`,
  (p) => `CREATE CAST (${p.of('e', 'd')} AS int) WITH ${p.of('INOUT', 'FUNCTION g(e)')}`,
  (p) => `DROP CAST ${p.ifExists()}(e AS int)`,
];

const SEQUENCES: Make[] = [
  (p) => `CREATE SEQUENCE ${p.ifNotExists()}${p.sequence()}${p.maybe(' START 5')}`,
  (p) => `ALTER SEQUENCE ${p.ifExists()}${p.sequence()} RENAME TO ${p.sequence()}`,
  (p) => `DROP SEQUENCE ${p.ifExists()}${p.sequence()}${p.cascade()}`,
  (p) => `SELECT setval('${p.sequence()}', ${p.of('5', "nextval('s')", '(SELECT max(a) FROM t)')})`,
  (p) => `SELECT nextval('${p.sequence()}')`,
  (p) => `ALTER SEQUENCE ${p.sequence()} OWNED BY ${p.of(`${p.table()}.a`, `${p.table()}.b`, 'NONE')}`,
  (p) => `CREATE SEQUENCE ${p.sequence()} OWNED BY ${p.table()}.${p.column()}`,
  (p) =>
    `ALTER SEQUENCE ${p.sequence()} ${p.of('RESTART', 'RESTART WITH 20', 'INCREMENT BY 2', 'MAXVALUE 100', 'CYCLE')}`,
  (p) => `ALTER TABLE ${p.table()} ALTER ${p.of('a', 'id')} SET DEFAULT nextval('${p.sequence()}')`,
  (p) => `ALTER TABLE ${p.table()} ALTER ${p.of('a', 'id')} DROP DEFAULT`,
  (p) => `ALTER TABLE ${p.table()} ALTER id ADD GENERATED BY DEFAULT AS IDENTITY`,
  (p) =>
    `ALTER TABLE ${p.table()} ALTER id ${p.of('DROP IDENTITY', 'DROP IDENTITY IF EXISTS', 'RESTART WITH 7', 'SET GENERATED ALWAYS', 'SET INCREMENT BY 3')}`,
  (p) => `CREATE TABLE ${p.table()} (id ${p.of('serial', 'bigserial')}${p.maybe(' PRIMARY KEY')}, a int, b text)`,
  (p) => `INSERT INTO ${p.table()} (${p.of('a', 'b')}) VALUES ('1')`,
];

const RIGHTS: Make[] = [
  (p) => `ALTER TABLE ${p.table()} ${p.of('ENABLE', 'DISABLE', 'FORCE', 'NO FORCE')} ROW LEVEL SECURITY`,
  (p) => `CREATE POLICY ${p.of('p', 'q')} ON ${p.table()}${p.maybe(' FOR SELECT')} USING (${p.column()} IS NOT NULL)`,
  (p) => `CREATE POLICY p ON ${p.table()} USING (a IN (SELECT a FROM ${p.table()}))`,
  (p) => `DROP POLICY ${p.ifExists()}${p.of('p', 'q')} ON ${p.table()}`,
  (p) => `ALTER POLICY p ON ${p.table()} ${p.of('RENAME TO q', 'USING (true)', 'TO ro')}`,
  (p) => `CREATE ROLE ${p.role()}${p.maybe(' NOLOGIN')}`,
  (p) => `DROP ROLE ${p.ifExists()}${p.role()}`,
  (p) => `ALTER ROLE ${p.role()} ${p.of('RENAME TO rp', 'CREATEDB', "SET work_mem = '8MB'")}`,
  (p) => `GRANT ${p.of('SELECT', 'ALL', 'UPDATE (a)')} ON ${p.table()} TO ${p.of('PUBLIC', p.role())}`,
  (p) => `REVOKE ALL ON ${p.table()} FROM ${p.of('PUBLIC', p.role())}`,
  () => 'GRANT ro TO rp',
  () => 'REVOKE ro FROM rp',
  (p) => `GRANT USAGE ON SCHEMA ${p.of('public', 'z')} TO ${p.role()}`,
  (p) => `ALTER TABLE ${p.table()} OWNER TO ${p.of('ro', 'postgres')}`,
  (p) => `ALTER DEFAULT PRIVILEGES ${p.of('GRANT SELECT ON TABLES TO', 'REVOKE SELECT ON TABLES FROM')} ${p.role()}`,
  (p) => `DROP OWNED BY ${p.role()}${p.cascade()}`,
  (p) => `REASSIGN OWNED BY ro TO ${p.of('rp', 'postgres')}`,
];

const SCHEMAS: Make[] = [
  (p) => `CREATE SCHEMA ${p.maybe('IF NOT EXISTS ')}z`,
  (p) => `DROP SCHEMA ${p.ifExists()}z${p.cascade()}`,
  () => 'ALTER SCHEMA z RENAME TO zz',
  () => 'ALTER SCHEMA zz RENAME TO z',
  (p) => `SET search_path = ${p.of('z, public', 'public', 'public, z')}`,
  (p) => `CREATE TABLE ${p.of('z.t', 'z.u', 'public.t')} (id int PRIMARY KEY, a int, b text)`,
  (p) => `DROP TABLE ${p.ifExists()}${p.of('z.t', 'z.u', 'public.t')}${p.cascade()}`,
  (p) => `ALTER TABLE ${p.of('z.t', 't', 'z.u', 'u')} SET SCHEMA ${p.of('z', 'public')}`,
  (p) => `INSERT INTO ${p.of('z.t', 'public.t')} (id, a) VALUES (${p.value()}, 1)`,
  (p) => `ALTER TYPE ${p.of('e', 'z.e')} SET SCHEMA ${p.of('z', 'public')}`,
  (p) =>
    `COMMENT ON ${p.of('TABLE t', 'TABLE z.t', 'COLUMN t.a', 'SCHEMA z', 'TYPE e', 'INDEX i', 'VIEW w')} IS ${p.of("'one'", "'two'", 'NULL')}`,
  (p) =>
    `CREATE PUBLICATION pu${p.of('', ' FOR TABLE t', ' FOR TABLE t, u', ' FOR ALL TABLES', ' FOR TABLES IN SCHEMA z')}`,
  (p) =>
    `ALTER PUBLICATION pu ${p.of('ADD TABLE t', 'ADD TABLE u', 'DROP TABLE t', 'DROP TABLE u', 'SET TABLE u', 'SET TABLE t (a)', 'RENAME TO pv', "SET (publish = 'insert')")}`,
  (p) => `DROP PUBLICATION ${p.ifExists()}${p.of('pu', 'pv')}`,
];

const PARTITIONS: Make[] = [
  (p) =>
    `CREATE TABLE ${p.of('t', 'u')} (a int${p.of('', ' PRIMARY KEY', ' NOT NULL')}, b text) PARTITION BY ${p.of('RANGE', 'LIST')} (a)`,
  (p) =>
    `CREATE TABLE ${p.of('v', 'u')} PARTITION OF ${p.of('t', 'u')} ${p.of('FOR VALUES FROM (0) TO (10)', 'FOR VALUES IN (1, 2)', 'DEFAULT')}`,
  (p) =>
    `ALTER TABLE ${p.of('t', 'u')} ATTACH PARTITION ${p.of('v', 'u')} ${p.of('FOR VALUES FROM (0) TO (10)', 'FOR VALUES IN (1, 2)', 'DEFAULT')}`,
  (p) => `ALTER TABLE ${p.of('t', 'u')} DETACH PARTITION ${p.of('v', 'u')}${p.seldom(' CONCURRENTLY')}`,
  (p) => `CREATE ${p.maybe('UNIQUE ')}INDEX ${p.maybe(p.index())} ON ${p.seldom('ONLY ')}${p.of('t', 'v')} (a)`,
  (p) => `ALTER TABLE ${p.of('t', 'v')} ADD ${p.maybe('CONSTRAINT k ')}CHECK (a > 0)`,
  (p) => `CREATE TABLE ${p.of('v', 'u')} (a int NOT NULL, b text)`,
  (p) => `INSERT INTO ${p.of('t', 'v')} (a, b) VALUES (${p.value()}, ${p.label()})`,
  (p) =>
    `ALTER TABLE ${p.of('t', 'u', 'v')} ADD ${p.maybe(`CONSTRAINT ${p.constraint()} `)}FOREIGN KEY (a) REFERENCES ${p.of('t', 'u')}`,
];

/** Themes of a file: each draws from one or a few of them, so that its statements meet. */
export const THEMES: readonly Make[][] = [
  TABLES,
  COLUMNS,
  CONSTRAINTS,
  ROWS,
  TYPES,
  VIEWS,
  ROUTINES,
  SEQUENCES,
  RIGHTS,
  SCHEMAS,
  PARTITIONS,
];

/** What most statements need. */
export const START = [
  "CREATE TYPE e AS ENUM ('one', 'two')",
  'CREATE TABLE t (id int PRIMARY KEY, a int, b text)',
  'CREATE TABLE u (a int, c e)',
  'CREATE FUNCTION h() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.a := NEW.a + 1; RETURN NEW; END $$',
  "INSERT INTO t VALUES (1, 1, 'one'), (2, 3, NULL)",
  "INSERT INTO u VALUES (1, 'one')",
];

/** Bodies of DO blocks, with a statement or several in them. */
const BLOCKS: ((p: Pick, statement: () => string) => string)[] = [
  (_, s) => `BEGIN\n  ${s()};\n  ${s()};\nEND`,
  (_, s) => `BEGIN\n  ${s()};\nEND`,
  (p, s) =>
    `BEGIN\n  IF to_regclass('${p.of('t', 'u', 'v')}') IS ${p.maybe('NOT ')}NULL THEN\n    ${s()};\n    ${s()};\n  END IF;\nEND`,
  (p, s) =>
    `BEGIN\n  IF ${p.maybe('NOT ')}EXISTS (SELECT FROM ${p.of("pg_type WHERE typname = 'e'", "pg_constraint WHERE conname = 'k'", "pg_class WHERE relname = 't'", "information_schema.columns WHERE table_name = 't' AND column_name = 'c'", 't WHERE a = 1')}) THEN\n    ${s()};\n  ${p.maybe(`ELSE\n    ${s()};\n  `)}END IF;\nEND`,
  (p, s) =>
    `BEGIN\n  ${s()};\n  ${p.maybe(`${s()};\n`)}EXCEPTION WHEN ${p.of('duplicate_object', 'duplicate_table', 'undefined_table', 'unique_violation', 'OTHERS')} THEN ${p.of('NULL', s())};\nEND`,
  (p, s) =>
    `DECLARE n int;\nBEGIN\n  SELECT count(*) INTO n FROM ${p.table()};\n  IF n ${p.of('= 0', '> 0')} THEN\n    ${s()};\n  END IF;\nEND`,
  (p) =>
    `DECLARE n int;\nBEGIN\n  INSERT INTO ${p.table()} (id, a) VALUES (${p.of('8', p.value())}, 1) RETURNING id INTO n;\n  INSERT INTO ${p.table()} (a) VALUES (n);\nEND`,
  (p) =>
    `DECLARE n int;\nBEGIN\n  SELECT a + 1 INTO n FROM ${p.table()} LIMIT 1;\n  UPDATE ${p.table()} SET a = n;\nEND`,
  (p) =>
    `DECLARE r record;\nBEGIN\n  FOR r IN SELECT * FROM ${p.table()} LOOP\n    ${p.of(`INSERT INTO ${p.table()} (a) VALUES (r.a)`, `UPDATE ${p.table()} SET a = r.a + 1`, `INSERT INTO ${p.table()} (id, a) VALUES (r.a + 20, 1)`)};\n  END LOOP;\nEND`,
  (p) => `BEGIN\n  FOR n IN 5..6 LOOP\n    INSERT INTO ${p.table()} (${p.of('id', 'a')}) VALUES (n);\n  END LOOP;\nEND`,
  (p) => `BEGIN\n  EXECUTE format('ALTER TABLE %I ADD COLUMN %I int', '${p.of('t', 'u', 'v')}', '${p.column()}');\nEND`,
  (p, s) => `BEGIN\n  EXECUTE '${s().replaceAll("'", "''")}';\n${p.maybe(`  ${s()};\n`)}END`,
  (p, s) =>
    `BEGIN\n  UPDATE ${p.table()} SET a = ${p.value()} WHERE a = ${p.value()};\n  IF NOT FOUND THEN\n    ${s()};\n  END IF;\nEND`,
];

const simple = (random: Random, pick: Pick, themes: readonly Make[][]): string => {
  const kinds = themes[random(themes.length)]!;
  return kinds[random(kinds.length)]!(pick);
};

/** A statement as a rule, or some of them in a DO block or a transaction. */
export function candidate(random: Random, themes: readonly Make[][]): string {
  const pick = new Pick(random);
  const statement = () => simple(random, pick, themes);
  switch (random(16)) {
    case 0:
      return `DO $do$ ${BLOCKS[random(BLOCKS.length)]!(pick, () => statement())} $do$`;
    case 1:
      return random(2) === 0
        ? `DO $do$ ${BLOCKS[random(BLOCKS.length)]!(pick, () => statement())} $do$`
        : `BEGIN;\n${statement()};\n${statement()};\n${pick.of('COMMIT', 'COMMIT', 'END', 'ROLLBACK')}`;
    default:
      return statement();
  }
}
