--- case every form of the table at once
--- setup
CREATE TABLE accounts (id uuid PRIMARY KEY, user_id uuid, note text, balance integer);
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN new; END $$;
CREATE FUNCTION add_one(n integer) RETURNS integer LANGUAGE sql AS $$ SELECT n + 1 $$;
CREATE TABLE log (id integer);
--- input
CREATE POLICY IF NOT EXISTS "own accounts" ON accounts FOR SELECT USING (true);
CREATE FUNCTION IF NOT EXISTS two() RETURNS integer LANGUAGE sql AS $$ SELECT 2 $$;
CREATE TRIGGER IF NOT EXISTS touch_accounts BEFORE UPDATE ON accounts FOR EACH ROW EXECUTE FUNCTION touch();
CREATE TYPE IF NOT EXISTS mood AS ENUM ('sad', 'happy');
CREATE DOMAIN IF NOT EXISTS amount AS integer CHECK (VALUE >= 0);
CREATE ROLE IF NOT EXISTS auditor;
CREATE PUBLICATION IF NOT EXISTS changes;
CREATE RULE IF NOT EXISTS quiet AS ON DELETE TO log DO INSTEAD NOTHING;
CREATE VIEW IF NOT EXISTS rich AS SELECT id FROM accounts WHERE balance > 1000;
CREATE OR REPLACE TABLE payments (id integer PRIMARY KEY);
CREATE OR REPLACE INDEX accounts_user_id_idx ON accounts (user_id);
CREATE OR REPLACE POLICY "own payments" ON payments FOR SELECT USING (true);
CREATE OR REPLACE TYPE currency AS ENUM ('eur');
CREATE OR REPLACE MATERIALIZED VIEW totals AS SELECT count(*) AS n FROM accounts;
ALTER TABLE accounts ADD CONSTRAINT IF NOT EXISTS accounts_balance_check CHECK (balance >= 0);
ALTER PUBLICATION changes ADD TABLE IF NOT EXISTS accounts;
ALTER TABLE accounts RENAME COLUMN IF EXISTS note TO remark;
ALTER FUNCTION IF EXISTS add_one(integer) STABLE;
ALTER TABLE accounts ENABLE ROW LEVEL SECURITY IF NOT ENABLED;
DROP TRIGGER IF EXISTS touch_payments;
CREATE TRIGGER touch_payments BEFORE UPDATE ON payments FOR EACH ROW EXECUTE FUNCTION touch();
DROP POLICY IF EXISTS "all payments";
CREATE POLICY "all payments" ON payments FOR ALL USING (true);
RAISE NOTICE 'half of it is done';
DO $$
BEGIN
  CREATE TABLE IF NOT EXISTS notes (id integer);
$$;
CREATE TABLE `orders` (
  `id` INT(11) NOT NULL AUTO_INCREMENT,
  `placed` DATETIME DEFAULT CURRENT_TIMESTAMP,
  PRIMARY KEY (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;
CREATE TABLE events (id integer PRIMARY KEY, at timestamp with timezone);
--- found
1:15 CREATE POLICY has no IF NOT EXISTS: the statement fails with 42601 (syntax error). Put DROP POLICY IF EXISTS before it.
2:17 CREATE FUNCTION has no IF NOT EXISTS: the statement fails with 42601 (syntax error). Write CREATE OR REPLACE FUNCTION.
3:16 CREATE TRIGGER has no IF NOT EXISTS: the statement fails with 42601 (syntax error). Write CREATE OR REPLACE TRIGGER.
4:13 CREATE TYPE has no IF NOT EXISTS: the statement fails with 42601 (syntax error). Ask the catalog in a DO block whether it is there.
5:15 CREATE DOMAIN has no IF NOT EXISTS: the statement fails with 42601 (syntax error). Ask the catalog in a DO block whether it is there.
6:13 CREATE ROLE has no IF NOT EXISTS: the statement fails with 42601 (syntax error). Ask the catalog in a DO block whether it is there.
7:20 CREATE PUBLICATION has no IF NOT EXISTS: the statement fails with 42601 (syntax error). Ask the catalog in a DO block whether it is there.
8:13 CREATE RULE has no IF NOT EXISTS: the statement fails with 42601 (syntax error). Write CREATE OR REPLACE RULE.
9:13 CREATE VIEW has no IF NOT EXISTS: the statement fails with 42601 (syntax error). Write CREATE OR REPLACE VIEW.
10:8 CREATE TABLE has no OR REPLACE: the statement fails with 42601 (syntax error). Write CREATE TABLE IF NOT EXISTS, or drop it first.
11:8 CREATE INDEX has no OR REPLACE: the statement fails with 42601 (syntax error). Write CREATE INDEX IF NOT EXISTS, or drop it first.
12:8 CREATE POLICY has no OR REPLACE: the statement fails with 42601 (syntax error). Put DROP POLICY IF EXISTS before it.
13:8 CREATE TYPE has no OR REPLACE: the statement fails with 42601 (syntax error). Ask the catalog in a DO block whether it is there.
14:8 CREATE MATERIALIZED VIEW has no OR REPLACE: the statement fails with 42601 (syntax error). Write CREATE MATERIALIZED VIEW IF NOT EXISTS, or drop it first.
15:37 ADD CONSTRAINT has no IF NOT EXISTS: the statement fails with 42601 (syntax error). Ask the catalog in a DO block whether it is there.
16:37 ALTER PUBLICATION … ADD TABLE has no IF NOT EXISTS: the statement fails with 42601 (syntax error). Ask the catalog in a DO block whether it is there.
17:36 RENAME has no IF EXISTS for what it renames: the statement fails with 42601 (syntax error). Ask the catalog in a DO block whether the old name is there.
18:16 ALTER FUNCTION has no IF EXISTS: the statement fails with 42601 (syntax error). Ask in a DO block whether function "add_one(int4)" is there.
19:48 ENABLE ROW LEVEL SECURITY takes no condition: the statement fails with 42601 (syntax error). Leave it out: where row level security is enabled already, nothing changes.
20:24 DROP TRIGGER needs the table that "touch_payments" belongs to: the statement fails with 42601 (syntax error). Write ON payments.
22:23 DROP POLICY needs the table that "all payments" belongs to: the statement fails with 42601 (syntax error). Write ON payments.
24:1 RAISE is PL/pgSQL, and stands outside a block: the statement fails with 42601 (syntax error). Put it into a DO block.
25:1 The block of DO has no END: the statement fails with 42601 (syntax error). Write END before the closing quote.
29:14 Backquotes are MySQL's way to quote a name: the statement fails with 42601 (syntax error). Write orders.
30:8 INT takes no width: the statement fails with 42601 (syntax error). Write INT.
30:25 AUTO_INCREMENT is not PostgreSQL's: the statement fails with 42601 (syntax error). Write GENERATED BY DEFAULT AS IDENTITY.
33:3 ENGINE and the like are options of MySQL's tables: the statement fails with 42601 (syntax error). Leave them out.
34:59 "timezone" is two words: the statement fails with 42601 (syntax error). Write with time zone.
--- written
DROP POLICY IF EXISTS "own accounts" ON accounts;
CREATE POLICY "own accounts" ON accounts FOR SELECT USING (true);
CREATE OR REPLACE FUNCTION two() RETURNS integer LANGUAGE sql AS $$ SELECT 2 $$;
CREATE OR REPLACE TRIGGER touch_accounts BEFORE UPDATE ON accounts FOR EACH ROW EXECUTE FUNCTION touch();
DO $$ BEGIN
  IF NOT EXISTS (
    SELECT 1 FROM pg_type
    WHERE typname = 'mood' AND typtype = 'e' AND typnamespace = quote_ident(current_schema())::regnamespace
  ) THEN
    CREATE TYPE mood AS ENUM ('sad', 'happy');
  END IF;
END $$;
DO $$ BEGIN
  IF NOT EXISTS (
    SELECT 1 FROM pg_type
    WHERE typname = 'amount' AND typtype = 'd' AND typnamespace = quote_ident(current_schema())::regnamespace
  ) THEN
    CREATE DOMAIN amount AS integer CHECK (VALUE >= 0);
  END IF;
END $$;
DO $$ BEGIN
  IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'auditor') THEN
    CREATE ROLE auditor;
  END IF;
END $$;
DO $$ BEGIN
  IF NOT EXISTS (SELECT 1 FROM pg_publication WHERE pubname = 'changes') THEN
    CREATE PUBLICATION changes;
  END IF;
END $$;
CREATE OR REPLACE RULE quiet AS ON DELETE TO log DO INSTEAD NOTHING;
CREATE OR REPLACE VIEW rich AS SELECT id FROM accounts WHERE balance > 1000;
CREATE TABLE IF NOT EXISTS payments (id integer PRIMARY KEY);
CREATE INDEX IF NOT EXISTS accounts_user_id_idx ON accounts (user_id);
DROP POLICY IF EXISTS "own payments" ON payments;
CREATE POLICY "own payments" ON payments FOR SELECT USING (true);
DO $$ BEGIN
  IF NOT EXISTS (
    SELECT 1 FROM pg_type
    WHERE typname = 'currency' AND typtype = 'e' AND typnamespace = quote_ident(current_schema())::regnamespace
  ) THEN
    CREATE TYPE currency AS ENUM ('eur');
  END IF;
END $$;
CREATE MATERIALIZED VIEW IF NOT EXISTS totals AS SELECT count(*) AS n FROM accounts;
DO $$ BEGIN
  IF NOT EXISTS (
    SELECT 1 FROM pg_constraint
    WHERE conrelid = to_regclass('accounts') AND conname = 'accounts_balance_check'
  ) THEN
    ALTER TABLE accounts ADD CONSTRAINT accounts_balance_check CHECK (balance >= 0);
  END IF;
END $$;
DO $$ BEGIN
  IF NOT EXISTS (
    SELECT 1 FROM pg_publication_rel r JOIN pg_publication p ON p.oid = r.prpubid
    WHERE p.pubname = 'changes' AND r.prrelid = to_regclass('accounts')
  ) THEN
    ALTER PUBLICATION changes ADD TABLE accounts;
  END IF;
END $$;
DO $$ BEGIN
  IF EXISTS (
    SELECT 1 FROM pg_attribute
    WHERE attrelid = to_regclass('accounts') AND attname = 'note' AND NOT attisdropped
  ) THEN
    ALTER TABLE accounts RENAME COLUMN note TO remark;
  END IF;
END $$;
DO $do$ BEGIN
  IF to_regprocedure('add_one(int4)') IS NOT NULL THEN
    ALTER FUNCTION add_one(integer) STABLE;
  END IF;
END $do$;
ALTER TABLE accounts ENABLE ROW LEVEL SECURITY;
DROP TRIGGER IF EXISTS touch_payments ON payments;
CREATE OR REPLACE TRIGGER touch_payments BEFORE UPDATE ON payments FOR EACH ROW EXECUTE FUNCTION touch();
DROP POLICY IF EXISTS "all payments" ON payments;
CREATE POLICY "all payments" ON payments FOR ALL USING (true);
DO $$ BEGIN RAISE NOTICE 'half of it is done'; END $$;
DO $$
BEGIN
  CREATE TABLE IF NOT EXISTS notes (id integer);
END;
$$;
CREATE TABLE IF NOT EXISTS orders (
  id INT NOT NULL GENERATED BY DEFAULT AS IDENTITY,
  placed TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
  PRIMARY KEY (id)
);
CREATE TABLE IF NOT EXISTS events (id integer PRIMARY KEY, at timestamp with time zone);

--- case other misplaced conditions
--- setup
CREATE TABLE t (id integer PRIMARY KEY, a text);
CREATE INDEX t_a ON t (a);
CREATE MATERIALIZED VIEW ids AS SELECT id FROM t;
--- input
CREATE POLICY "all rows" IF NOT EXISTS ON t USING (true);
create table u if not exists (id integer);
CREATE TABLE IF NOT EXIST v (id integer);
CREATE INDEX IF NOT EXISTS ON t (id, a);
CREATE OR REPLACE INDEX t_a ON t (lower(a));
CREATE OR REPLACE MATERIALIZED VIEW ids AS SELECT id + 1 AS id FROM t;
DROP INDEX IF EXISTS missing ON t;
DROP TABLE missing IF EXISTS;
ALTER TABLE t ALTER COLUMN IF EXISTS a SET DEFAULT 'x';
COMMENT ON FUNCTION IF EXISTS missing() IS 'not there';
ALTER TYPE IF EXISTS missing ADD VALUE 'x';
DO $$ BEGIN
  CREATE POLICY IF NOT EXISTS "in a block" ON t USING (true);
  ALTER FUNCTION IF EXISTS missing() STABLE;
END $$;
--- found
1:26 CREATE POLICY has no IF NOT EXISTS: the statement fails with 42601 (syntax error). Put DROP POLICY IF EXISTS before it.
2:16 IF NOT EXISTS stands in the wrong place of CREATE TABLE: the statement fails with 42601 (syntax error). Put it before the name.
3:14 The keyword is EXISTS: the statement fails with 42601 (syntax error). Write EXISTS.
4:14 CREATE INDEX IF NOT EXISTS needs the name of the index: the statement fails with 42601 (syntax error). Give the index a name.
5:8 CREATE INDEX has no OR REPLACE: the statement fails with 42601 (syntax error). Write CREATE INDEX IF NOT EXISTS, or drop it first.
6:8 CREATE MATERIALIZED VIEW has no OR REPLACE: the statement fails with 42601 (syntax error). Write CREATE MATERIALIZED VIEW IF NOT EXISTS, or drop it first.
7:30 DROP INDEX has no ON: the statement fails with 42601 (syntax error). Leave the table out: the name alone tells which index it is.
8:20 IF EXISTS stands behind the name: the statement fails with 42601 (syntax error). Put it before the name.
9:28 ALTER TABLE has no IF EXISTS for a column: the statement fails with 42601 (syntax error). Ask in a DO block whether column "a" of "t" is there.
10:21 COMMENT ON FUNCTION has no IF EXISTS: the statement fails with 42601 (syntax error). Ask in a DO block whether function "missing()" is there.
11:12 ALTER TYPE has no IF EXISTS: the statement fails with 42601 (syntax error). Ask in a DO block whether type "missing" is there.
13:17 CREATE POLICY has no IF NOT EXISTS: the statement fails with 42601 (syntax error). Put DROP POLICY IF EXISTS before it.
14:18 ALTER FUNCTION has no IF EXISTS: the statement fails with 42601 (syntax error). Ask in a DO block whether function "missing()" is there.
--- written
DROP POLICY IF EXISTS "all rows" ON t;
CREATE POLICY "all rows" ON t USING (true);
create table if not exists u (id integer);
CREATE TABLE IF NOT EXISTS v (id integer);
CREATE INDEX IF NOT EXISTS t_id_a_idx ON t (id, a);
DROP INDEX IF EXISTS t_a;
CREATE INDEX t_a ON t (lower(a));
DROP MATERIALIZED VIEW IF EXISTS ids;
CREATE MATERIALIZED VIEW ids AS SELECT id + 1 AS id FROM t;
DROP INDEX IF EXISTS missing;
DROP TABLE IF EXISTS missing;
DO $$ BEGIN
  IF EXISTS (
    SELECT 1 FROM pg_attribute
    WHERE attrelid = to_regclass('t') AND attname = 'a' AND NOT attisdropped
  ) THEN
    ALTER TABLE t ALTER COLUMN a SET DEFAULT 'x';
  END IF;
END $$;
DO $$ BEGIN
  IF to_regprocedure('missing()') IS NOT NULL THEN
    COMMENT ON FUNCTION missing() IS 'not there';
  END IF;
END $$;
DO $$ BEGIN
  IF to_regtype('missing') IS NOT NULL THEN
    ALTER TYPE missing ADD VALUE IF NOT EXISTS 'x';
  END IF;
END $$;
DO $$ BEGIN
  DROP POLICY IF EXISTS "in a block" ON t;
  CREATE POLICY "in a block" ON t USING (true);
  IF to_regprocedure('missing()') IS NOT NULL THEN
    ALTER FUNCTION missing() STABLE;
  END IF;
END $$;

--- case a constraint for each subcommand
--- setup
CREATE TABLE t (id integer, a text);
--- input
ALTER TABLE t
  ADD CONSTRAINT IF NOT EXISTS t_id_check CHECK (id > 0), -- positive
  ADD CONSTRAINT IF NOT EXISTS t_id_key UNIQUE (id);
--- found
2:18 ADD CONSTRAINT has no IF NOT EXISTS: the statement fails with 42601 (syntax error). Ask the catalog in a DO block whether it is there.
--- written
DO $$ BEGIN
  IF NOT EXISTS (
    SELECT 1 FROM pg_constraint
    WHERE conrelid = to_regclass('t') AND conname = 't_id_key'
  ) THEN
    ALTER TABLE t
      ADD CONSTRAINT t_id_check CHECK (id > 0), -- positive
      ADD CONSTRAINT t_id_key UNIQUE (id);
  END IF;
END $$;

--- case a table that is there cannot be replaced | not run: it stays as it is, and cannot run
--- setup
CREATE TABLE t (id integer);
--- input
CREATE OR REPLACE TABLE t (id integer, a text);
--- found
1:8 CREATE TABLE has no OR REPLACE: the statement fails with 42601 (syntax error). Write CREATE TABLE IF NOT EXISTS, or drop it first. It has no automatic fix: an earlier statement made "t", and replacing it would lose what it holds.

--- case PL/pgSQL outside a block
PERFORM set_config('app.name', 'x', false);
IF NOT EXISTS (SELECT 1 FROM pg_type WHERE typname = 'mood') THEN
  CREATE TYPE mood AS ENUM ('sad');
END IF;
raise notice 'now: %', now();
DO $$
  CREATE TABLE IF NOT EXISTS t (id integer);
$$;
--- found
1:1 PERFORM is PL/pgSQL, and stands outside a block: the statement fails with 42601 (syntax error). Write SELECT.
2:1 IF is PL/pgSQL, and stands outside a block: the statement fails with 42601 (syntax error). Put the whole IF into a DO block.
4:1 END is PL/pgSQL, and stands outside a block: the statement fails with 42601 (syntax error). Put the whole IF into a DO block.
5:1 RAISE is PL/pgSQL, and stands outside a block: the statement fails with 42601 (syntax error). Put it into a DO block.
6:1 The body of DO has no BEGIN and END: the statement fails with 42601 (syntax error). Write BEGIN and END around the statements.
--- written
SELECT set_config('app.name', 'x', false);
DO $$ BEGIN
IF NOT EXISTS (SELECT 1 FROM pg_type WHERE typname = 'mood') THEN
  CREATE TYPE mood AS ENUM ('sad');
END IF;
END $$;
do $$ begin raise notice 'now: %', now(); end $$;
DO $$
BEGIN
  CREATE TABLE IF NOT EXISTS t (id integer);
END;
$$;

--- case a variable that nothing declares | not run: it stays as it is, and cannot run
RAISE NOTICE 'there are % rows', row_count;
RAISE EXCEPTION 'stop';
--- found
1:1 RAISE is PL/pgSQL, and stands outside a block: the statement fails with 42601 (syntax error). Put it into a DO block. It has no automatic fix: it speaks of a variable that nothing declares.
2:1 RAISE is PL/pgSQL, and stands outside a block: the statement fails with 42601 (syntax error). Put it into a DO block. It has no automatic fix: it would end every run of the migration.

--- case other databases
CREATE TABLE a (id INTEGER PRIMARY KEY AUTOINCREMENT, n bigint(20) UNSIGNED, "order" text,);
INSERT IGNORE INTO a (id, n) VALUES (1, 2);
insert or ignore into a (id, n) values (3, 4);
UPDATE TABLE a SET n = 5 WHERE n = 4;
ALTER TABLE a MODIFY COLUMN n numeric(10, 2);
--- found
1:40 AUTOINCREMENT is not PostgreSQL's: the statement fails with 42601 (syntax error). Write GENERATED BY DEFAULT AS IDENTITY.
1:57 bigint takes no width: the statement fails with 42601 (syntax error). Write bigint.
1:68 PostgreSQL has no unsigned integers: the statement fails with 42601 (syntax error). Leave it out, or take the next wider type.
1:90 Nothing follows the comma: the statement fails with 42601 (syntax error). Leave the comma out.
2:1 INSERT IGNORE is not PostgreSQL's: the statement fails with 42601 (syntax error). Write INSERT … ON CONFLICT DO NOTHING.
3:1 INSERT OR IGNORE is not PostgreSQL's: the statement fails with 42601 (syntax error). Write INSERT … ON CONFLICT DO NOTHING.
4:8 UPDATE takes the name of the table without TABLE: the statement fails with 42601 (syntax error). Leave it out.
5:15 MODIFY is MySQL's: the statement fails with 42601 (syntax error). Write ALTER COLUMN … TYPE.
--- written
CREATE TABLE IF NOT EXISTS a (id INTEGER PRIMARY KEY GENERATED BY DEFAULT AS IDENTITY, n bigint, "order" text);
INSERT INTO a (id, n) VALUES (1, 2) ON CONFLICT DO NOTHING;
insert into a (id, n) values (3, 4) on conflict do nothing;
UPDATE a SET n = 5 WHERE n = 4;
ALTER TABLE a ALTER COLUMN n TYPE numeric(10, 2);

--- case a policy with the expression of another command
--- setup
CREATE TABLE t (id integer);
--- input
CREATE POLICY insert_t ON t FOR INSERT TO public USING (id > 0);
CREATE POLICY select_t ON t FOR SELECT WITH CHECK (id > 0);
--- found
1:50 Policy "insert_t" on "t" is for INSERT, which has no existing row that USING could look at: the statement fails with 42601 (syntax error). Write WITH CHECK.
2:40 Policy "select_t" on "t" is for SELECT, which writes no row that WITH CHECK could look at: the statement fails with 42601 (syntax error). Write USING.
--- written
DROP POLICY IF EXISTS insert_t ON t;
CREATE POLICY insert_t ON t FOR INSERT TO public WITH CHECK (id > 0);
DROP POLICY IF EXISTS select_t ON t;
CREATE POLICY select_t ON t FOR SELECT USING (id > 0);

--- case a policy for two commands | not run: it stays as it is, and cannot run
CREATE POLICY two ON t FOR SELECT, UPDATE USING (true);
--- found
1:24 A policy is for one command, or for ALL: the statement fails with 42601 (syntax error). Write a policy for each command. It has no automatic fix: each command needs a policy and a name of its own.

--- case two tables with a policy of that name | not run: it stays as it is, and cannot run
CREATE TABLE IF NOT EXISTS t (id integer);
CREATE TABLE IF NOT EXISTS u (id integer);
DROP POLICY IF EXISTS p;
CREATE POLICY p ON t USING (true);
CREATE POLICY p ON u USING (true);
--- found
3:23 DROP POLICY needs the table that "p" belongs to: the statement fails with 42601 (syntax error). Write ON and the table. It has no automatic fix: 2 tables have a policy of that name.

--- case what PostgreSQL has
CREATE TABLE IF NOT EXISTS t (id integer PRIMARY KEY, "`" text DEFAULT '`x`');
ALTER TABLE t ADD COLUMN IF NOT EXISTS a text;
CREATE OR REPLACE VIEW v AS SELECT 1 AS one;
ALTER TABLE t ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS p ON t;
CREATE POLICY p ON t FOR INSERT WITH CHECK (true);
DO $$ BEGIN RAISE NOTICE 'done'; END $$;

--- case a word that a correction does not help | not run: it stays as it is, and cannot run
alter table people nALTER TABle people not of;
