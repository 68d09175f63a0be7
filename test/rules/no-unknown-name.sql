--- case columns of a table of the migrations | refused
--- setup
CREATE TABLE notes (id int PRIMARY KEY, title text, author_id uuid, "userId" uuid);
--- input
CREATE INDEX IF NOT EXISTS notes_titel ON notes (titel);
ALTER TABLE notes ALTER COLUMN autor_id SET NOT NULL;
ALTER TABLE notes DROP COLUMN body;
ALTER TABLE notes RENAME COLUMN body TO text;
ALTER TABLE notes ADD CONSTRAINT notes_title_key UNIQUE (titel);
INSERT INTO notes (id, titel) VALUES (1, 'a');
UPDATE notes SET titel = 'a' WHERE id = 1;
DELETE FROM notes WHERE autor_id IS NULL;
CREATE POLICY own ON notes FOR SELECT TO authenticated USING (userId = (SELECT auth.uid()));
CREATE OR REPLACE VIEW titles AS SELECT id, titel FROM notes;
COMMENT ON COLUMN notes.titel IS 'x';
--- found
1:50 Column "titel" of "notes" does not exist: the statement fails with 42703 (undefined column). Write title. (Write title.)
2:32 Column "autor_id" of "notes" does not exist: the statement fails with 42703 (undefined column). Write author_id. (Write author_id.)
3:31 Column "body" of "notes" does not exist: the statement fails with 42703 (undefined column). Write the name of one that is there.
4:33 Column "body" of "notes" is dropped or renamed before: the statement fails with 42703 (undefined column). Write the name of one that is there.
5:58 Column "titel" of "notes" does not exist: the statement fails with 42703 (undefined column). Write title. (Write title.)
6:24 Column "titel" of "notes" does not exist: the statement fails with 42703 (undefined column). Write title. (Write title.)
7:18 Column "titel" of "notes" does not exist: the statement fails with 42703 (undefined column). Write title. (Write title.)
8:25 Column "autor_id" of "notes" does not exist: the statement fails with 42703 (undefined column). Write author_id. (Write author_id.)
9:63 Column "userid" of "notes" does not exist: the statement fails with 42703 (undefined column). Write "userId".
10:45 Column "titel" of "notes" does not exist: the statement fails with 42703 (undefined column). Write title. (Write title.)
11:25 Column "titel" of "notes" does not exist: the statement fails with 42703 (undefined column). Write title. (Write title.)
--- written
CREATE INDEX IF NOT EXISTS notes_titel ON notes (title);
ALTER TABLE notes ALTER COLUMN author_id SET NOT NULL;
ALTER TABLE notes DROP COLUMN IF EXISTS body;
DO $$ BEGIN
  IF EXISTS (
    SELECT 1 FROM pg_attribute
    WHERE attrelid = to_regclass('notes') AND attname = 'body' AND NOT attisdropped
  ) THEN
    ALTER TABLE notes RENAME COLUMN body TO text;
  END IF;
  IF NOT EXISTS (
    SELECT 1 FROM pg_constraint
    WHERE conrelid = to_regclass('notes') AND conname = 'notes_title_key'
  ) THEN
    ALTER TABLE notes ADD CONSTRAINT notes_title_key UNIQUE (title);
  END IF;
END $$;
INSERT INTO notes (id, title) VALUES (1, 'a') ON CONFLICT DO NOTHING;
UPDATE notes SET title = 'a' WHERE id = 1;
DELETE FROM notes WHERE author_id IS NULL;
DROP POLICY IF EXISTS own ON notes;
CREATE POLICY own ON notes FOR SELECT TO authenticated USING ("userId" = (SELECT auth.uid()));
CREATE OR REPLACE VIEW titles AS SELECT id, title FROM notes;
COMMENT ON COLUMN notes.title IS 'x';

--- case a column in another case | refused
--- setup
CREATE TABLE notes (id int PRIMARY KEY, "userId" uuid);
--- input
CREATE INDEX IF NOT EXISTS notes_user ON notes (userId);
--- found
1:49 Column "userid" of "notes" does not exist: the statement fails with 42703 (undefined column). Write "userId".
--- written
CREATE INDEX IF NOT EXISTS notes_user ON notes ("userId");

--- case a text in double quotes | refused
--- setup
CREATE TABLE notes (id int PRIMARY KEY, state text);
--- input
UPDATE notes SET state = "open" WHERE id = 1;
--- found
1:26 Column "open" of "notes" does not exist: the statement fails with 42703 (undefined column). Write 'open'. (Write 'open'.)
--- written
UPDATE notes SET state = 'open' WHERE id = 1;

--- case in queries | refused
--- setup
CREATE TABLE users (id int PRIMARY KEY, name text);
CREATE TABLE notes (id int PRIMARY KEY, user_id int, title text);
--- input
CREATE OR REPLACE VIEW a AS SELECT n.titel FROM notes n JOIN users u ON u.id = n.user_id;
CREATE OR REPLACE VIEW b AS SELECT notes.title FROM notes n;
CREATE OR REPLACE VIEW c AS SELECT x.title FROM notes n;
CREATE OR REPLACE VIEW d AS WITH q AS (SELECT id AS note FROM notes) SELECT q.title FROM q;
CREATE OR REPLACE VIEW e AS SELECT id FROM users WHERE EXISTS (SELECT 1 FROM notes WHERE notes.userid = users.id);
CREATE OR REPLACE VIEW f AS SELECT s.name FROM (SELECT id FROM users) s;
INSERT INTO notes (id, user_id) VALUES (1, 1) ON CONFLICT (id) DO UPDATE SET title = excluded.titel;
CREATE OR REPLACE VIEW g AS SELECT id FROM users GROUP BY id ORDER BY nam;
--- found
1:38 Column "titel" of "notes" does not exist: the statement fails with 42703 (undefined column). Write title. (Write title.)
2:36 FROM gives "notes" the name "n": the statement fails with 42P01 (undefined table). Write n.
3:36 FROM has no "x": the statement fails with 42P01 (undefined table). Write the name of a table in FROM.
4:79 Column "title" does not exist: the statement fails with 42703 (undefined column). Write the name of one that is there.
5:96 Column "userid" of "notes" does not exist: the statement fails with 42703 (undefined column). Write user_id. (Write user_id.)
6:38 Column "name" does not exist: the statement fails with 42703 (undefined column). Write the name of one that is there.
7:95 Column "titel" of "notes" does not exist: the statement fails with 42703 (undefined column). Write title. (Write title.)
8:71 Column "nam" of "users" does not exist: the statement fails with 42703 (undefined column). Write name. (Write name.)
--- written
CREATE OR REPLACE VIEW a AS SELECT n.title FROM notes n JOIN users u ON u.id = n.user_id;
CREATE OR REPLACE VIEW b AS SELECT n.title FROM notes n;
CREATE OR REPLACE VIEW c AS SELECT x.title FROM notes n;
CREATE OR REPLACE VIEW d AS WITH q AS (SELECT id AS note FROM notes) SELECT q.title FROM q;
CREATE OR REPLACE VIEW e AS SELECT id FROM users WHERE EXISTS (SELECT 1 FROM notes WHERE notes.user_id = users.id);
CREATE OR REPLACE VIEW f AS SELECT s.name FROM (SELECT id FROM users) s;
INSERT INTO notes (id, user_id) VALUES (1, 1) ON CONFLICT (id) DO UPDATE SET title = excluded.title;
CREATE OR REPLACE VIEW g AS SELECT id FROM users GROUP BY id ORDER BY name;

--- case checks and triggers | refused
--- setup
CREATE TABLE notes (id int PRIMARY KEY, title text);
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;
--- input
CREATE TABLE IF NOT EXISTS a (x int, CHECK (y > 0));
CREATE TABLE IF NOT EXISTS b (x int, y int GENERATED ALWAYS AS (z + 1) STORED);
CREATE OR REPLACE TRIGGER touch BEFORE UPDATE ON notes FOR EACH ROW WHEN (OLD.titel IS DISTINCT FROM NEW.title) EXECUTE FUNCTION touch();
CREATE OR REPLACE TRIGGER touch BEFORE UPDATE OF titel ON notes FOR EACH ROW EXECUTE FUNCTION touch();
--- found
1:45 Column "y" of "a" does not exist: the statement fails with 42703 (undefined column). Write the name of one that is there.
2:65 Column "z" of "b" does not exist: the statement fails with 42703 (undefined column). Write the name of one that is there.
3:79 Column "titel" of "notes" does not exist: the statement fails with 42703 (undefined column). Write title. (Write title.)
4:50 Column "titel" of "notes" does not exist: the statement fails with 42703 (undefined column). Write title. (Write title.)
--- written
CREATE TABLE IF NOT EXISTS a (x int, CHECK (y > 0));
CREATE TABLE IF NOT EXISTS b (x int, y int GENERATED ALWAYS AS (z + 1) STORED);
CREATE OR REPLACE TRIGGER touch BEFORE UPDATE ON notes FOR EACH ROW WHEN (OLD.title IS DISTINCT FROM NEW.title) EXECUTE FUNCTION touch();
CREATE OR REPLACE TRIGGER touch BEFORE UPDATE OF title ON notes FOR EACH ROW EXECUTE FUNCTION touch();

--- case what was dropped or renamed before | refused
--- setup
CREATE TABLE notes (id int PRIMARY KEY, title text, old text);
CREATE TABLE other (id int);
ALTER TABLE notes DROP COLUMN old;
ALTER TABLE notes RENAME TO posts;
DROP TABLE other;
--- input
ALTER TABLE notes ADD COLUMN IF NOT EXISTS a int;
ALTER TABLE posts ALTER COLUMN old SET DEFAULT 'x';
COMMENT ON TABLE other IS 'x';
--- found
1:13 Table "notes" is dropped or renamed before: the statement fails with 42P01 (undefined table). Write the name of one that is there.
2:32 Column "old" of "posts" does not exist: the statement fails with 42703 (undefined column). Write the name of one that is there.
3:18 Table "other" is dropped or renamed before: the statement fails with 42P01 (undefined table). Write the name of one that is there.

--- case parts that a table does not have | refused
--- setup
CREATE TABLE notes (id int PRIMARY KEY, title text CONSTRAINT notes_title_set CHECK (title <> ''));
--- input
ALTER TABLE notes DROP CONSTRAINT notes_titel_set;
DROP POLICY own ON notes;
DROP TRIGGER touch ON notes;
--- found
1:35 Constraint "notes_titel_set" on "notes" does not exist: the statement fails with 42704 (undefined object). Write notes_title_set. (Write notes_title_set.)
2:13 Policy "own" on "notes" does not exist: the statement fails with 42704 (undefined object). Write the name of one that is there.
3:14 Trigger "touch" on "notes" does not exist: the statement fails with 42704 (undefined object). Write the name of one that is there.
--- written
ALTER TABLE notes DROP CONSTRAINT IF EXISTS notes_title_set;
DROP POLICY IF EXISTS own ON notes;
DROP TRIGGER IF EXISTS touch ON notes;

--- case what is there
--- setup
CREATE TABLE users (id int PRIMARY KEY, name text);
CREATE TABLE notes (id int PRIMARY KEY, user_id int, title text, tags text[]);
CREATE FUNCTION short(u users) RETURNS text LANGUAGE sql AS $$ SELECT left(u.name, 3) $$;
CREATE VIEW v AS SELECT 1 AS one;
CREATE TABLE child (extra int) INHERITS (notes);
CREATE TABLE made AS SELECT 1 AS x;
DO $$ DECLARE t text; BEGIN
  FOREACH t IN ARRAY ARRAY['users', 'notes'] LOOP
    EXECUTE format('ALTER TABLE %I ADD COLUMN deleted_at timestamptz', t);
  END LOOP;
END $$;
--- input
SELECT u.short, u, u.*, ctid, tableoid FROM users u;
SELECT name AS n, count(*) FROM users GROUP BY n ORDER BY n, count;
SELECT t FROM notes, unnest(tags) t;
SELECT t.x FROM notes n, LATERAL (SELECT n.title AS x) t;
WITH RECURSIVE r AS (SELECT 1 AS k UNION ALL SELECT k + 1 FROM r WHERE k < 3) SELECT k, r.k FROM r;
WITH q (a, b) AS (SELECT id, name FROM users) SELECT a, q.b FROM q;
SELECT one FROM v;
SELECT extra, title FROM child;
SELECT x FROM made;
SELECT deleted_at FROM users WHERE users.deleted_at IS NULL;
SELECT id FROM users UNION SELECT id FROM notes ORDER BY id;
SELECT (SELECT max(title) FROM notes WHERE user_id = users.id) FROM users;
SELECT a.id, b.name FROM users a JOIN users b USING (id) WHERE id > 0;
SELECT c.k FROM (VALUES (1)) c (k);
SELECT g, g.g FROM generate_series(1, 2) g;
SELECT value, key FROM jsonb_each_text('{}');
UPDATE notes SET title = u.name FROM users u WHERE u.id = notes.user_id;
DELETE FROM notes USING users WHERE users.id = user_id AND false;
INSERT INTO notes AS n (id, title) VALUES (9, 'a') ON CONFLICT (id) DO UPDATE SET title = excluded.title || n.title;
WITH moved AS (DELETE FROM notes WHERE false RETURNING id, title) INSERT INTO notes (id, title) SELECT id, title FROM moved;
DO $$ DECLARE total int; BEGIN SELECT count(*) INTO total FROM users; UPDATE notes SET user_id = total WHERE false; END $$;
ALTER TABLE notes ADD COLUMN IF NOT EXISTS z int, ADD CHECK (z > 0);

--- case functions of other databases | refused
CREATE TABLE IF NOT EXISTS a (id uuid DEFAULT newid());
CREATE TABLE IF NOT EXISTS b (at timestamptz DEFAULT GETDATE());
CREATE TABLE IF NOT EXISTS c (id uuid DEFAULT gen_random_uid());
CREATE OR REPLACE VIEW d AS SELECT IFNULL(NULL, 1) AS x;
CREATE OR REPLACE VIEW e AS SELECT len('a') AS x, ucase('b') AS y;
CREATE OR REPLACE VIEW f AS SELECT curdate() AS x;
--- found
1:47 Function newid() does not exist: the statement fails with 42883 (undefined function). Write gen_random_uuid().
2:54 Function getdate() does not exist: the statement fails with 42883 (undefined function). Write now().
3:47 Function gen_random_uid() does not exist: the statement fails with 42883 (undefined function). Write gen_random_uuid(). (Write gen_random_uuid().)
4:36 Function ifnull() does not exist: the statement fails with 42883 (undefined function). Write coalesce().
5:36 Function len() does not exist: the statement fails with 42883 (undefined function). Write length().
5:51 Function ucase() does not exist: the statement fails with 42883 (undefined function). Write upper().
6:36 Function curdate() does not exist: the statement fails with 42883 (undefined function). Write CURRENT_DATE.
--- written
CREATE TABLE IF NOT EXISTS a (id uuid DEFAULT gen_random_uuid());
CREATE TABLE IF NOT EXISTS b (at timestamptz DEFAULT now());
CREATE TABLE IF NOT EXISTS c (id uuid DEFAULT gen_random_uuid());
CREATE OR REPLACE VIEW d AS SELECT coalesce(NULL, 1) AS x;
CREATE OR REPLACE VIEW e AS SELECT length('a') AS x, upper('b') AS y;
CREATE OR REPLACE VIEW f AS SELECT CURRENT_DATE AS x;

--- case functions of other databases with other arguments | refused
CREATE OR REPLACE VIEW a AS SELECT group_concat(x) AS x FROM (VALUES ('a')) v (x);
CREATE OR REPLACE VIEW b AS SELECT date_format(now(), '%Y') AS x;
CREATE OR REPLACE VIEW c AS SELECT charindex('a', 'b') AS x;
--- found
1:36 Function group_concat() does not exist: the statement fails with 42883 (undefined function). Write string_agg(x, ',').
2:36 Function date_format() does not exist: the statement fails with 42883 (undefined function). Write to_char(at, 'YYYY-MM-DD').
3:36 Function charindex() does not exist: the statement fails with 42883 (undefined function). Write strpos(text, part): the arguments stand in the other order.

--- case misspelled functions | refused
--- setup
CREATE FUNCTION is_member(team int) RETURNS boolean LANGUAGE sql STABLE AS $$ SELECT true $$;
CREATE TABLE notes (id int PRIMARY KEY, team int, user_id uuid);
--- input
CREATE POLICY members ON notes FOR SELECT TO authenticated USING (is_membr(team));
CREATE POLICY own ON notes FOR SELECT TO authenticated USING (user_id = (SELECT auth.uuid()));
CREATE INDEX IF NOT EXISTS i ON notes (coalesc(team, 0));
--- found
1:67 Function is_membr() does not exist: the statement fails with 42883 (undefined function). Write is_member(). (Write is_member().)
2:86 Function auth.uuid() does not exist: the statement fails with 42883 (undefined function). Write uid(). (Write uid().)
3:40 Function coalesc() does not exist: the statement fails with 42883 (undefined function). Write coalesce(). (Write coalesce().)
--- written
DROP POLICY IF EXISTS members ON notes;
CREATE POLICY members ON notes FOR SELECT TO authenticated USING (is_member(team));
DROP POLICY IF EXISTS own ON notes;
CREATE POLICY own ON notes FOR SELECT TO authenticated USING (user_id = (SELECT auth.uid()));
CREATE INDEX IF NOT EXISTS i ON notes (coalesce(team, 0));

--- case functions that are there, or may be
--- setup
CREATE FUNCTION len(text) RETURNS int LANGUAGE sql IMMUTABLE AS $$ SELECT length($1) $$;
--- input
SELECT len('a'), text(1), int4('1'), uuid_generate_v4(), digest('a', 'sha256'), "left"('abc', 1), date('2024-01-01');
CREATE FUNCTION newid() RETURNS uuid LANGUAGE sql AS $$ SELECT gen_random_uuid() $$;
SELECT newid();
DO $$ BEGIN IF false THEN PERFORM getdate(); END IF; END $$;

--- case functions that dynamic SQL makes, of which one has signs in its name
--- input
DO $$
BEGIN
  EXECUTE 'CREATE OR REPLACE' || ' FUNCTION "sum (all"() RETURNS int LANGUAGE sql AS ''SELECT 1''';
  EXECUTE 'CREATE OR REPLACE' || ' FUNCTION public.sum_of_all() RETURNS int LANGUAGE sql AS ''SELECT 1''';
END
$$;
SELECT "sum (all"();
SELECT sum_of_all(), public.sum_of_all();

--- case misspelled roles | refused
--- setup
CREATE TABLE notes (id int PRIMARY KEY);
CREATE ROLE reporting;
--- input
CREATE POLICY p ON notes FOR SELECT TO authentcated USING (true);
GRANT SELECT ON notes TO anonn;
GRANT SELECT ON notes TO reportng;
GRANT SELECT ON notes TO reporting, authenticated, PUBLIC, CURRENT_USER;
--- found
1:40 Role "authentcated" does not exist: the statement fails with 42704 (undefined object). Write authenticated. (Write authenticated.)
2:26 Role "anonn" does not exist: the statement fails with 42704 (undefined object). Write anon. (Write anon.)
3:26 Role "reportng" does not exist: the statement fails with 42704 (undefined object). Write reporting. (Write reporting.)
--- written
DROP POLICY IF EXISTS p ON notes;
CREATE POLICY p ON notes FOR SELECT TO authenticated USING (true);
GRANT SELECT ON notes TO anon;
GRANT SELECT ON notes TO reporting;
GRANT SELECT ON notes TO reporting, authenticated, PUBLIC, CURRENT_USER;

--- case misspelled tables | refused
--- setup
CREATE TABLE documents (id int PRIMARY KEY);
--- input
CREATE TABLE IF NOT EXISTS a (user_id uuid REFERENCES auth.user (id));
ALTER TABLE document ADD COLUMN IF NOT EXISTS x int;
CREATE OR REPLACE VIEW v AS SELECT id FROM dokuments;
CREATE INDEX IF NOT EXISTS i ON documens (id);
--- found
1:60 Table "auth.user" does not exist: the statement fails with 42P01 (undefined table). Write users. (Write users.)
2:13 Table "document" does not exist: the statement fails with 42P01 (undefined table). Write documents. (Write documents.)
3:44 Table "dokuments" does not exist: the statement fails with 42P01 (undefined table). Write documents. (Write documents.)
4:33 Table "documens" does not exist: the statement fails with 42P01 (undefined table). Write documents. (Write documents.)
--- written
CREATE TABLE IF NOT EXISTS a (user_id uuid REFERENCES auth.users (id));
ALTER TABLE documents ADD COLUMN IF NOT EXISTS x int;
CREATE OR REPLACE VIEW v AS SELECT id FROM documents;
CREATE INDEX IF NOT EXISTS i ON documents (id);

--- case tables that are not a slip away, or may be missing
--- setup
CREATE TABLE documents (id int PRIMARY KEY);
--- input
ALTER TABLE IF EXISTS document ADD COLUMN IF NOT EXISTS x int;
CREATE TABLE IF NOT EXISTS document (id int PRIMARY KEY);
WITH documentz AS (SELECT 1 AS a) SELECT a FROM documentz;

--- case the function of a trigger | refused
--- setup
CREATE TABLE notes (id int PRIMARY KEY);
CREATE FUNCTION touch_row() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;
--- input
CREATE OR REPLACE TRIGGER touch BEFORE UPDATE ON notes FOR EACH ROW EXECUTE FUNCTION tuoch_row();
CREATE OR REPLACE TRIGGER touch BEFORE UPDATE ON notes FOR EACH ROW EXECUTE FUNCTION touch_row();
--- found
1:86 Function tuoch_row() does not exist: the statement fails with 42883 (undefined function). Write touch_row(). (Write touch_row().)
--- written
CREATE OR REPLACE TRIGGER touch BEFORE UPDATE ON notes FOR EACH ROW EXECUTE FUNCTION touch_row();
CREATE OR REPLACE TRIGGER touch BEFORE UPDATE ON notes FOR EACH ROW EXECUTE FUNCTION touch_row();

--- case a function that is made behind its trigger | refused
--- setup
CREATE TABLE notes (id int PRIMARY KEY);
--- input
CREATE OR REPLACE TRIGGER touch BEFORE UPDATE ON notes FOR EACH ROW EXECUTE FUNCTION touch();
CREATE OR REPLACE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;
--- found
1:86 Function touch() does not exist: the statement fails with 42883 (undefined function). Move the trigger behind the function.

--- case columns of views | refused
--- setup
CREATE TABLE notes (id int PRIMARY KEY, title text);
CREATE VIEW titles (key) AS SELECT id, title, upper(title) FROM notes;
CREATE VIEW everything AS SELECT * FROM notes;
CREATE VIEW renamed AS SELECT id FROM notes;
ALTER VIEW renamed RENAME COLUMN id TO key;
--- input
CREATE OR REPLACE VIEW shout AS SELECT t.key, t.upper, t.titel FROM titles t;
CREATE OR REPLACE VIEW quiet AS SELECT key, title, upper FROM titles;
CREATE OR REPLACE VIEW all_of_it AS SELECT id FROM everything;
CREATE OR REPLACE VIEW renamed_again AS SELECT key FROM renamed;
--- found
1:58 Column "titel" of "titles" does not exist: the statement fails with 42703 (undefined column). Write title. (Write title.)
--- written
CREATE OR REPLACE VIEW shout AS SELECT t.key, t.upper, t.title FROM titles t;
CREATE OR REPLACE VIEW quiet AS SELECT key, title, upper FROM titles;
CREATE OR REPLACE VIEW all_of_it AS SELECT id FROM everything;
CREATE OR REPLACE VIEW renamed_again AS SELECT key FROM renamed;

--- case names in the bodies of functions in SQL | refused
--- setup
CREATE TABLE notes (id int PRIMARY KEY, author int, title text);
--- input
CREATE OR REPLACE FUNCTION a(author int) RETURNS SETOF notes LANGUAGE sql AS $$
  SELECT id, author, titel FROM notes WHERE notes.author = a.author;
$$;
CREATE OR REPLACE FUNCTION b(x int, n notes) RETURNS SETOF notes LANGUAGE sql AS $$
  SELECT id, author, title FROM notes WHERE author = x AND author = b.x AND id = $1 AND n.id = id;
$$;
CREATE OR REPLACE FUNCTION c() RETURNS void LANGUAGE sql AS 'UPDATE notes SET autor = 1; DELETE FROM notes WHERE n.id = 1';
CREATE OR REPLACE FUNCTION d(x int) RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT idd FROM notes WHERE author = x; END;
CREATE OR REPLACE FUNCTION e() RETURNS bigint LANGUAGE sql AS $$ SELECT count(*) FROM note $$;
CREATE OR REPLACE FUNCTION f() RETURNS bigint LANGUAGE sql AS $$ SELECT cuont(*) FROM notes $$;
--- found
2:22 Column "titel" of "notes" does not exist: the statement fails with 42703 (undefined column). Write title. (Write title.)
7:79 Column "autor" of "notes" does not exist: the statement fails with 42703 (undefined column). Write author. (Write author.)
7:114 FROM has no "n": the statement fails with 42P01 (undefined table). Write the name of a table in FROM.
8:82 Column "idd" of "notes" does not exist: the statement fails with 42703 (undefined column). Write id. (Write id.)
9:87 Table "note" does not exist: the statement fails with 42P01 (undefined table). Write notes. (Write notes.)
10:73 Function cuont() does not exist: the statement fails with 42883 (undefined function). Write count(). (Write count().)
--- written
CREATE OR REPLACE FUNCTION a(author int) RETURNS SETOF notes LANGUAGE sql AS $$
  SELECT id, author, title FROM notes WHERE notes.author = a.author;
$$;
CREATE OR REPLACE FUNCTION b(x int, n notes) RETURNS SETOF notes LANGUAGE sql AS $$
  SELECT id, author, title FROM notes WHERE author = x AND author = b.x AND id = $1 AND n.id = id;
$$;
CREATE OR REPLACE FUNCTION c() RETURNS void LANGUAGE sql AS 'UPDATE notes SET author = 1; DELETE FROM notes WHERE n.id = 1';
CREATE OR REPLACE FUNCTION d(x int) RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT id FROM notes WHERE author = x; END;
CREATE OR REPLACE FUNCTION e() RETURNS bigint LANGUAGE sql AS $$ SELECT count(*) FROM notes $$;
CREATE OR REPLACE FUNCTION f() RETURNS bigint LANGUAGE sql AS $$ SELECT count(*) FROM notes $$;

--- case schemas that are a slip away from one that is there | refused
--- setup
CREATE SCHEMA billing;
CREATE TABLE billing.invoices (id int PRIMARY KEY);
--- input
CREATE TABLE IF NOT EXISTS biling.payments (id int PRIMARY KEY);
UPDATE biling.invoices SET id = 1 WHERE id = 2;
GRANT USAGE ON SCHEMA biling TO anon;
GRANT SELECT ON ALL TABLES IN SCHEMA biling TO anon;
CREATE OR REPLACE FUNCTION biling.f() RETURNS int LANGUAGE sql AS 'SELECT 1';
DROP TABLE IF EXISTS biling.payments;
GRANT SELECT ON ALL TABLES IN SCHEMA billing TO anon;
--- found
1:28 Schema "biling" does not exist: the statement fails with 3F000 (invalid schema name). Write billing. (Write billing.)
2:8 Schema "biling" does not exist: the statement fails with 42P01 (undefined table). Write billing. (Write billing.)
3:23 Schema "biling" does not exist: the statement fails with 3F000 (invalid schema name). Write billing. (Write billing.)
4:38 Schema "biling" does not exist: the statement fails with 3F000 (invalid schema name). Write billing. (Write billing.)
5:28 Schema "biling" does not exist: the statement fails with 3F000 (invalid schema name). Write billing. (Write billing.)
--- written
CREATE TABLE IF NOT EXISTS billing.payments (id int PRIMARY KEY);
UPDATE billing.invoices SET id = 1 WHERE id = 2;
GRANT USAGE ON SCHEMA billing TO anon;
GRANT SELECT ON ALL TABLES IN SCHEMA billing TO anon;
CREATE OR REPLACE FUNCTION billing.f() RETURNS int LANGUAGE sql AS 'SELECT 1';
DROP TABLE IF EXISTS biling.payments;
GRANT SELECT ON ALL TABLES IN SCHEMA billing TO anon;

--- case privileges | refused
--- setup
CREATE TABLE notes (id int PRIMARY KEY);
--- input
GRANT SELCT, insert ON notes TO anon;
REVOKE read ON notes FROM anon;
GRANT ALL ON notes TO anon;
--- found
1:7 "selct" is no privilege: the statement fails with 42601 (syntax error). Write SELECT.
2:8 "read" is no privilege: the statement fails with 42601 (syntax error). Write SELECT, INSERT, UPDATE, DELETE, USAGE, EXECUTE, or ALL.
--- written
GRANT SELECT, insert ON notes TO anon;
REVOKE read ON notes FROM anon;
GRANT ALL ON notes TO anon;

--- case relations of PostgreSQL, of CREATE SCHEMA, composite types, and what a savepoint brings back
--- setup
CREATE TABLE my_locks (id int PRIMARY KEY);
CREATE SCHEMA sales CREATE TABLE part (id int) CREATE VIEW parts AS SELECT id FROM part;
CREATE TABLE sales.part_4 (id int);
CREATE TYPE point3 AS (x int, y int, z int);
CREATE TABLE points3 (id int);
--- input
CREATE OR REPLACE VIEW locks AS SELECT pid FROM pg_locks;
CREATE OR REPLACE VIEW sold AS SELECT id FROM sales.part;
CREATE TABLE IF NOT EXISTS copy (LIKE point3);
BEGIN;
CREATE TABLE IF NOT EXISTS kept (id int PRIMARY KEY, name text);
SAVEPOINT before_drop;
DROP TABLE IF EXISTS kept;
ROLLBACK TO SAVEPOINT before_drop;
UPDATE kept SET name = 'a' WHERE id = 1;
COMMIT;

--- case functions that look names up elsewhere
--- setup
CREATE TABLE notes (id int PRIMARY KEY);
CREATE SCHEMA app;
CREATE TABLE app.notes (id int PRIMARY KEY, title text);
--- input
CREATE OR REPLACE FUNCTION a() RETURNS text LANGUAGE sql SET search_path = app AS 'SELECT title FROM notes';
CREATE OR REPLACE FUNCTION b() RETURNS text LANGUAGE sql SET search_path = '' AS 'SELECT title FROM app.notes';
CREATE OR REPLACE FUNCTION c() RETURNS text LANGUAGE sql SET search_path TO app, public AS 'SELECT title FROM notes';

--- case rows of triggers, and columns with their table | refused
--- setup
CREATE TABLE notes (id int PRIMARY KEY, title text, user_id uuid);
--- input
CREATE POLICY a ON notes FOR UPDATE TO authenticated USING (true) WITH CHECK (NEW.user_id = (SELECT auth.uid()));
CREATE POLICY b ON notes FOR UPDATE TO authenticated USING (true) WITH CHECK (user_id = OLD.user_id);
UPDATE notes AS n SET n.title = 'x' WHERE id = 1;
UPDATE notes SET notes.title = 'x' WHERE id = 1;
--- found
1:79 A policy has no NEW: the statement fails with 42P01 (undefined table). Write user_id. (Write user_id.)
2:89 A policy has no OLD: the statement fails with 42P01 (undefined table). Compare with the row that was there in a trigger.
3:23 SET takes columns without their table, and "n" is no column: the statement fails with 42703 (undefined column). Leave it out.
4:18 SET takes columns without their table, and "notes" is no column: the statement fails with 42703 (undefined column). Leave it out.
--- written
DROP POLICY IF EXISTS a ON notes;
CREATE POLICY a ON notes FOR UPDATE TO authenticated USING (true) WITH CHECK (user_id = (SELECT auth.uid()));
DROP POLICY IF EXISTS b ON notes;
CREATE POLICY b ON notes FOR UPDATE TO authenticated USING (true) WITH CHECK (user_id = OLD.user_id);
UPDATE notes AS n SET title = 'x' WHERE id = 1;
UPDATE notes SET title = 'x' WHERE id = 1;

--- case names that Supabase and PostgreSQL do not have | refused
--- setup
CREATE TABLE notes (id int PRIMARY KEY, title text, user_id uuid);
--- input
CREATE TABLE a (id int PRIMARY KEY, email citext);
CREATE TABLE b (id int PRIMARY KEY, place geography(point, 4326));
CREATE POLICY a ON notes FOR SELECT TO authenticated USING (auth.user_id() = user_id);
GRANT SELECT ON notes TO anonymous;
CREATE EXTENSION IF NOT EXISTS "uuid-osp";
CREATE EXTENSION IF NOT EXISTS pgvector;
CREATE INDEX notes_title ON notes USING fulltext (title);
CREATE INDEX notes_title2 ON notes USING b_tree (title);
CREATE TABLE p (id int, day date) PARTITION BY RANGE (dya);
--- found
1:43 Type "citext" comes with the extension citext, which no migration creates: the statement fails with 42704 (undefined object). Write CREATE EXTENSION IF NOT EXISTS citext before it. (Write CREATE EXTENSION IF NOT EXISTS citext before it.)
2:43 Type "geography" comes with the extension postgis, which no migration creates: the statement fails with 42704 (undefined object). Write CREATE EXTENSION IF NOT EXISTS postgis before it. (Write CREATE EXTENSION IF NOT EXISTS postgis before it.)
3:66 Function auth.user_id() does not exist: the statement fails with 42883 (undefined function). Write uid(). (Write uid().)
4:26 Role "anonymous" does not exist: the statement fails with 42704 (undefined object). Write anon. (Write anon.)
5:32 Extension "uuid-osp" does not exist: the statement fails with 0A000 (feature not supported). Write "uuid-ossp". (Write "uuid-ossp".)
6:32 Extension "pgvector" does not exist: the statement fails with 0A000 (feature not supported). Write vector. (Write vector.)
7:41 Access method "fulltext" does not exist: the statement fails with 42704 (undefined object). Write USING gin (to_tsvector('english', …)).
8:42 Access method "b_tree" does not exist: the statement fails with 42704 (undefined object). Write btree. (Write btree.)
9:55 Column "dya" of the partition key does not exist: the statement fails with 42703 (undefined column). Write day. (Write day.)
--- written
CREATE EXTENSION IF NOT EXISTS citext;
CREATE TABLE IF NOT EXISTS a (id int PRIMARY KEY, email citext);
CREATE EXTENSION IF NOT EXISTS postgis;
CREATE TABLE IF NOT EXISTS b (id int PRIMARY KEY, place geography(point, 4326));
DROP POLICY IF EXISTS a ON notes;
CREATE POLICY a ON notes FOR SELECT TO authenticated USING (auth.uid() = user_id);
GRANT SELECT ON notes TO anon;
CREATE EXTENSION IF NOT EXISTS "uuid-ossp";
CREATE EXTENSION IF NOT EXISTS vector;
CREATE INDEX IF NOT EXISTS notes_title ON notes USING fulltext (title);
CREATE INDEX IF NOT EXISTS notes_title2 ON notes USING btree (title);
CREATE TABLE IF NOT EXISTS p (id int, day date) PARTITION BY RANGE (day);

--- case types of extensions that are created
--- setup
CREATE TABLE notes (id int PRIMARY KEY);
--- input
CREATE EXTENSION IF NOT EXISTS citext WITH SCHEMA extensions;
CREATE TABLE IF NOT EXISTS a (id int PRIMARY KEY, email citext);

--- case texts in double quotes beside Supabase's tables, and functions without parentheses | refused
--- setup
CREATE TABLE notes (id int PRIMARY KEY, user_id uuid);
--- input
CREATE POLICY a ON storage.objects FOR SELECT USING (bucket_id = "avatars");
CREATE POLICY b ON notes FOR SELECT USING (user_id = auth.uid);
--- found
1:66 Column "avatars" of "objects" does not exist: the statement fails with 42703 (undefined column). Write 'avatars'. (Write 'avatars'.)
2:54 Function auth.uid is named without parentheses: the statement fails with 42P01 (undefined table). Write auth.uid().
--- written
DROP POLICY IF EXISTS a ON storage.objects;
CREATE POLICY a ON storage.objects FOR SELECT USING (bucket_id = 'avatars');
DROP POLICY IF EXISTS b ON notes;
CREATE POLICY b ON notes FOR SELECT USING (user_id = auth.uid());

--- case what is made further down, and languages | refused
CREATE TABLE IF NOT EXISTS a (id int PRIMARY KEY, b_id int REFERENCES b (id));
CREATE VIEW v AS SELECT secret() AS x;
CREATE FUNCTION f() RETURNS int LANGUAGE plsql AS $$ BEGIN RETURN 1; END $$;
CREATE TABLE IF NOT EXISTS b (id int PRIMARY KEY);
CREATE OR REPLACE FUNCTION secret() RETURNS int LANGUAGE sql AS $$ SELECT 1 $$;
--- found
1:71 Table "b" is made on line 4 only: the statement fails with 42P01 (undefined table). Move this statement behind it.
2:25 Function secret() does not exist: the statement fails with 42883 (undefined function). Move it behind CREATE FUNCTION on line 5.
3:42 Language "plsql" does not exist: the statement fails with 42704 (undefined object). Write plpgsql. (Write plpgsql.)
--- written
CREATE TABLE IF NOT EXISTS a (id int PRIMARY KEY, b_id int REFERENCES b (id));
DO $$ BEGIN
  IF to_regclass('v') IS NULL THEN
    CREATE VIEW v AS SELECT secret() AS x;
  END IF;
END $$;
CREATE OR REPLACE FUNCTION f() RETURNS int LANGUAGE plpgsql AS $$ BEGIN RETURN 1; END $$;
CREATE TABLE IF NOT EXISTS b (id int PRIMARY KEY);
CREATE OR REPLACE FUNCTION secret() RETURNS int LANGUAGE sql AS $$ SELECT 1 $$;

--- case configuration parameters | refused
--- setup
CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1';
--- input
SET FOREIGN_KEY_CHECKS = 0;
SET LOCAL lock_timout = '5s';
SET time_zone = '+00:00';
RESET serach_path;
ALTER ROLE postgres SET statment_timeout = '8s';
ALTER FUNCTION f() SET serch_path = '';
CREATE OR REPLACE FUNCTION g() RETURNS int LANGUAGE sql SET "Search_Pth" = '' AS 'SELECT 1';
--- found
1:5 PostgreSQL has no configuration parameter "foreign_key_checks": the statement fails with 42704 (undefined object). Leave it out: another database has it.
2:11 PostgreSQL has no configuration parameter "lock_timout": the statement fails with 42704 (undefined object). Write lock_timeout. (Write lock_timeout.)
3:5 PostgreSQL has no configuration parameter "time_zone": the statement fails with 42704 (undefined object). Write timezone. (Write timezone.)
4:7 PostgreSQL has no configuration parameter "serach_path": the statement fails with 42704 (undefined object). Write search_path. (Write search_path.)
5:25 PostgreSQL has no configuration parameter "statment_timeout": the statement fails with 42704 (undefined object). Write statement_timeout. (Write statement_timeout.)
6:24 PostgreSQL has no configuration parameter "serch_path": the statement fails with 42704 (undefined object). Write search_path. (Write search_path.)
7:61 PostgreSQL has no configuration parameter "Search_Pth": the statement fails with 42704 (undefined object). Write search_path. (Write search_path.)
--- written
SET FOREIGN_KEY_CHECKS = 0;
SET LOCAL lock_timeout = '5s';
SET timezone = '+00:00';
RESET search_path;
ALTER ROLE postgres SET statement_timeout = '8s';
ALTER FUNCTION f() SET search_path = '';
CREATE OR REPLACE FUNCTION g() RETURNS int LANGUAGE sql SET search_path = '' AS 'SELECT 1';

--- case parameters that PostgreSQL takes
SET Search_Path = public;
SET my.parameter = 'x';
SET DateStyle = 'ISO';
SET TIME ZONE 'UTC';
SET NAMES 'UTF8';
SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL SERIALIZABLE;
SET xmloption = content;
SET jit = off;
RESET ALL;

--- case names that a table gets beside one that was renamed
--- setup
CREATE TABLE teams (id serial PRIMARY KEY, name text UNIQUE, parent int REFERENCES teams CHECK (parent > 0));
ALTER TABLE teams RENAME TO clubs;
CREATE TABLE teams (id serial PRIMARY KEY, name text UNIQUE, parent int REFERENCES teams CHECK (parent > 0));
--- input
ALTER TABLE teams RENAME CONSTRAINT teams_pkey1 TO teams_key;
ALTER TABLE clubs RENAME CONSTRAINT teams_pkey TO clubs_pkey;
ALTER TABLE teams DROP CONSTRAINT teams_name_key1;
ALTER TABLE teams DROP CONSTRAINT teams_parent_fkey1;
ALTER TABLE teams DROP CONSTRAINT teams_parent_check1;
ALTER SEQUENCE teams_id_seq1 RENAME TO teams_numbers;
