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
