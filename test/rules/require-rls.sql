--- case a table that everyone can read
CREATE TABLE IF NOT EXISTS profiles (
  id uuid PRIMARY KEY
);
--- found
1:1 Table "profiles" is created in the exposed schema "public" without row level security: everyone with the anon key can read and write it. Add ALTER TABLE profiles ENABLE ROW LEVEL SECURITY, and policies for those who may. (Enable row level security on "profiles" (without a policy, the API can then do nothing with it).)
--- written
CREATE TABLE IF NOT EXISTS profiles (
  id uuid PRIMARY KEY
);
ALTER TABLE profiles ENABLE ROW LEVEL SECURITY;

--- case in the letter case of the file, with a qualified name
create table if not exists public."User Notes" (id uuid primary key)
--- found
1:1 Table "public.User Notes" is created in the exposed schema "public" without row level security: everyone with the anon key can read and write it. Add ALTER TABLE public."User Notes" ENABLE ROW LEVEL SECURITY, and policies for those who may. (Enable row level security on "public.User Notes" (without a policy, the API can then do nothing with it).)
--- written
create table if not exists public."User Notes" (id uuid primary key);
alter table public."User Notes" enable row level security

--- case a table made from a query
CREATE TABLE IF NOT EXISTS copies AS SELECT 1 AS id;
--- found
1:1 Table "copies" is created in the exposed schema "public" without row level security: everyone with the anon key can read and write it. Add ALTER TABLE copies ENABLE ROW LEVEL SECURITY, and policies for those who may. (Enable row level security on "copies" (without a policy, the API can then do nothing with it).)
--- written
CREATE TABLE IF NOT EXISTS copies AS SELECT 1 AS id;
ALTER TABLE copies ENABLE ROW LEVEL SECURITY;

--- case enabled for another table only
CREATE TABLE IF NOT EXISTS a (id int PRIMARY KEY);
CREATE TABLE IF NOT EXISTS b (id int PRIMARY KEY);
ALTER TABLE a ENABLE ROW LEVEL SECURITY; -- ALTER TABLE b ENABLE ROW LEVEL SECURITY;
--- found
2:1 Table "b" is created in the exposed schema "public" without row level security: everyone with the anon key can read and write it. Add ALTER TABLE b ENABLE ROW LEVEL SECURITY, and policies for those who may. (Enable row level security on "b" (without a policy, the API can then do nothing with it).)
--- written
CREATE TABLE IF NOT EXISTS a (id int PRIMARY KEY);
CREATE TABLE IF NOT EXISTS b (id int PRIMARY KEY);
ALTER TABLE b ENABLE ROW LEVEL SECURITY;
ALTER TABLE a ENABLE ROW LEVEL SECURITY; -- ALTER TABLE b ENABLE ROW LEVEL SECURITY;

--- case in a DO block
DO $$ BEGIN
  CREATE TABLE IF NOT EXISTS notes (id int PRIMARY KEY);
END $$;
--- found
2:3 Table "notes" is created in the exposed schema "public" without row level security: everyone with the anon key can read and write it. Add ALTER TABLE notes ENABLE ROW LEVEL SECURITY, and policies for those who may. (Enable row level security on "notes" (without a policy, the API can then do nothing with it).)
--- written
DO $$ BEGIN
  CREATE TABLE IF NOT EXISTS notes (id int PRIMARY KEY);
END $$;
ALTER TABLE notes ENABLE ROW LEVEL SECURITY;

--- case another exposed schema | {"schemas":["api"]}
--- setup
CREATE SCHEMA api;
--- input
CREATE TABLE IF NOT EXISTS api.notes (id int PRIMARY KEY);
CREATE TABLE IF NOT EXISTS notes (id int PRIMARY KEY);
--- found
1:1 Table "api.notes" is created in the exposed schema "api" without row level security: everyone with the anon key can read and write it. Add ALTER TABLE api.notes ENABLE ROW LEVEL SECURITY, and policies for those who may. (Enable row level security on "api.notes" (without a policy, the API can then do nothing with it).)
--- written
CREATE TABLE IF NOT EXISTS api.notes (id int PRIMARY KEY);
ALTER TABLE api.notes ENABLE ROW LEVEL SECURITY;
CREATE TABLE IF NOT EXISTS notes (id int PRIMARY KEY);

--- case secured, temporary, dropped, out of reach
--- setup
CREATE SCHEMA private;
--- input
CREATE TABLE IF NOT EXISTS a (id int PRIMARY KEY);
ALTER TABLE IF EXISTS public.a ENABLE ROW LEVEL SECURITY;
CREATE TEMP TABLE IF NOT EXISTS t (id int);
CREATE TABLE IF NOT EXISTS step (id int);
DROP TABLE IF EXISTS step;
CREATE TABLE IF NOT EXISTS private.b (id int PRIMARY KEY);
CREATE TABLE IF NOT EXISTS c (id int PRIMARY KEY);
REVOKE ALL ON TABLE c FROM anon, authenticated;
SET search_path = private;
CREATE TABLE IF NOT EXISTS d (id int PRIMARY KEY);

--- case secured by a loop
CREATE TABLE IF NOT EXISTS a (id int PRIMARY KEY);
DO $$
DECLARE t text;
BEGIN
  FOR t IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' LOOP
    EXECUTE format('ALTER TABLE public.%I ENABLE ROW LEVEL SECURITY', t);
  END LOOP;
END $$;

--- case secured under another name
CREATE TABLE IF NOT EXISTS a (id int PRIMARY KEY);
ALTER TABLE IF EXISTS a ENABLE ROW LEVEL SECURITY;
DO $$ BEGIN IF to_regclass('b') IS NULL THEN ALTER TABLE a RENAME TO b; END IF; END $$;

--- case disabled, moved, selected into, granted again
--- setup
CREATE SCHEMA private;
CREATE TABLE a (id int PRIMARY KEY);
ALTER TABLE a ENABLE ROW LEVEL SECURITY;
CREATE TABLE private.b (id int PRIMARY KEY);
CREATE TABLE d (id int PRIMARY KEY);
REVOKE ALL ON d FROM anon, authenticated;
--- input
ALTER TABLE a DISABLE ROW LEVEL SECURITY;
ALTER TABLE IF EXISTS private.b SET SCHEMA public;
DROP TABLE IF EXISTS c;
SELECT id INTO c FROM a;
GRANT SELECT ON d TO authenticated;
--- found
1:1 Row level security of table "a" in the exposed schema "public" is disabled: everyone with the anon key can read and write it, whatever its policies say. Leave it enabled, and write a policy for those who may.
2:1 Table "public.b" comes into the exposed schema "public" without row level security: everyone with the anon key can read and write it. Add ALTER TABLE public.b ENABLE ROW LEVEL SECURITY, and policies for those who may. (Enable row level security on "public.b" (without a policy, the API can then do nothing with it).)
4:1 Table "c" is created in the exposed schema "public" without row level security: everyone with the anon key can read and write it. Add ALTER TABLE c ENABLE ROW LEVEL SECURITY, and policies for those who may. (Enable row level security on "c" (without a policy, the API can then do nothing with it).)
5:1 Table "public.d" in the exposed schema "public" has no row level security, and its rights are granted again: every signed-in user can read it. Add ALTER TABLE public.d ENABLE ROW LEVEL SECURITY, and policies for those who may. (Enable row level security on "public.d" (without a policy, the API can then do nothing with it).)
--- written
ALTER TABLE a DISABLE ROW LEVEL SECURITY;
ALTER TABLE IF EXISTS private.b SET SCHEMA public;
ALTER TABLE public.b ENABLE ROW LEVEL SECURITY;
DROP TABLE IF EXISTS c;
SELECT id INTO c FROM a;
ALTER TABLE c ENABLE ROW LEVEL SECURITY;
GRANT SELECT ON d TO authenticated;
ALTER TABLE public.d ENABLE ROW LEVEL SECURITY;

--- case rights that are left
CREATE TABLE IF NOT EXISTS a (id int PRIMARY KEY);
REVOKE ALL ON a FROM public;
CREATE TABLE IF NOT EXISTS b (id int PRIMARY KEY);
REVOKE ALL ON b FROM anon;
CREATE TABLE IF NOT EXISTS c (id int PRIMARY KEY);
REVOKE SELECT, UPDATE, DELETE ON c FROM anon, authenticated;
CREATE TABLE IF NOT EXISTS d (id int PRIMARY KEY, name text);
REVOKE ALL ON d FROM anon, authenticated;
GRANT SELECT (name) ON d TO anon;
--- found
1:1 Table "a" is created in the exposed schema "public" without row level security: everyone with the anon key can read and write it. Add ALTER TABLE a ENABLE ROW LEVEL SECURITY, and policies for those who may. (Enable row level security on "a" (without a policy, the API can then do nothing with it).)
3:1 Table "b" is created in the exposed schema "public" without row level security: every signed-in user can read and write it. Add ALTER TABLE b ENABLE ROW LEVEL SECURITY, and policies for those who may. (Enable row level security on "b" (without a policy, the API can then do nothing with it).)
5:1 Table "c" is created in the exposed schema "public" without row level security: everyone with the anon key can write it. Add ALTER TABLE c ENABLE ROW LEVEL SECURITY, and policies for those who may. (Enable row level security on "c" (without a policy, the API can then do nothing with it).)
9:1 Table "public.d" in the exposed schema "public" has no row level security, and its rights are granted again: everyone with the anon key can read it. Add ALTER TABLE public.d ENABLE ROW LEVEL SECURITY, and policies for those who may. (Enable row level security on "public.d" (without a policy, the API can then do nothing with it).)
--- written
CREATE TABLE IF NOT EXISTS a (id int PRIMARY KEY);
ALTER TABLE a ENABLE ROW LEVEL SECURITY;
REVOKE ALL ON a FROM public;
CREATE TABLE IF NOT EXISTS b (id int PRIMARY KEY);
ALTER TABLE b ENABLE ROW LEVEL SECURITY;
REVOKE ALL ON b FROM anon;
CREATE TABLE IF NOT EXISTS c (id int PRIMARY KEY);
ALTER TABLE c ENABLE ROW LEVEL SECURITY;
REVOKE SELECT, UPDATE, DELETE ON c FROM anon, authenticated;
CREATE TABLE IF NOT EXISTS d (id int PRIMARY KEY, name text);
REVOKE ALL ON d FROM anon, authenticated;
GRANT SELECT (name) ON d TO anon;
ALTER TABLE public.d ENABLE ROW LEVEL SECURITY;

--- case moved away, enabled again
--- setup
CREATE SCHEMA private;
CREATE TABLE b (id int PRIMARY KEY);
ALTER TABLE b ENABLE ROW LEVEL SECURITY;
--- input
CREATE TABLE a (id int PRIMARY KEY);
ALTER TABLE a SET SCHEMA private;
ALTER TABLE b DISABLE ROW LEVEL SECURITY;
ALTER TABLE b ENABLE ROW LEVEL SECURITY;

--- case a schema that everyone may use still
REVOKE USAGE ON SCHEMA public FROM anon, authenticated;
CREATE TABLE IF NOT EXISTS notes (id uuid PRIMARY KEY);
--- found
2:1 Table "notes" is created in the exposed schema "public" without row level security: everyone with the anon key can read and write it. Add ALTER TABLE notes ENABLE ROW LEVEL SECURITY, and policies for those who may. (Enable row level security on "notes" (without a policy, the API can then do nothing with it).)
--- written
REVOKE USAGE ON SCHEMA public FROM anon, authenticated;
CREATE TABLE IF NOT EXISTS notes (id uuid PRIMARY KEY);
ALTER TABLE notes ENABLE ROW LEVEL SECURITY;

--- case a schema that nobody may use
REVOKE USAGE ON SCHEMA public FROM anon, authenticated, public;
CREATE TABLE IF NOT EXISTS notes (id uuid PRIMARY KEY);

--- case a table that a condition may make
DO $$ BEGIN
  IF current_setting('app.reports', true) = 'on' THEN
    CREATE TABLE IF NOT EXISTS reports (id int PRIMARY KEY);
  END IF;
END $$;
--- found
3:5 Table "reports" is created in the exposed schema "public" without row level security: everyone with the anon key can read and write it. Add ALTER TABLE reports ENABLE ROW LEVEL SECURITY, and policies for those who may. (Enable row level security on "reports" (without a policy, the API can then do nothing with it).)
--- written
DO $$ BEGIN
  IF current_setting('app.reports', true) = 'on' THEN
    CREATE TABLE IF NOT EXISTS reports (id int PRIMARY KEY);
  END IF;
END $$;
ALTER TABLE IF EXISTS reports ENABLE ROW LEVEL SECURITY;

--- case rights that a later statement gives to one more role
--- setup
CREATE TABLE notes (id uuid PRIMARY KEY, body text);
REVOKE ALL ON notes FROM anon;
CREATE TABLE tags (id uuid PRIMARY KEY);
--- input
GRANT SELECT ON notes TO anon;
GRANT SELECT ON tags TO anon;
--- found
1:1 Table "public.notes" in the exposed schema "public" has no row level security, and its rights are granted again: everyone with the anon key can read and write it. Add ALTER TABLE public.notes ENABLE ROW LEVEL SECURITY, and policies for those who may. (Enable row level security on "public.notes" (without a policy, the API can then do nothing with it).)
--- written
GRANT SELECT ON notes TO anon;
ALTER TABLE public.notes ENABLE ROW LEVEL SECURITY;
GRANT SELECT ON tags TO anon;
