--- case by the path of the caller
--- setup
CREATE TABLE notes (id uuid PRIMARY KEY, user_id uuid, body text);
ALTER TABLE notes ENABLE ROW LEVEL SECURITY;
--- input
CREATE OR REPLACE FUNCTION count_notes() RETURNS bigint LANGUAGE sql AS $$ SELECT count(*) FROM notes $$;
create or replace function touch()
returns trigger
language plpgsql
security definer
as $$
begin
  return new;
end
$$;
--- found
1:1 Function "count_notes" finds tables and functions by the search_path of its caller, and does something else where that differs. Add SET search_path = '', and write names with their schema. (Add SET search_path = public, pg_temp (names in the body stay as they are). / Add SET search_path = '' (names in the body then need their schema).)
2:1 Function "touch" runs with the rights of its owner and finds tables by the search_path of its caller: whoever can create a table in a schema of that path decides what it reads. Add SET search_path = '', and write names with their schema. (Add SET search_path = public, pg_temp (names in the body stay as they are). / Add SET search_path = '' (names in the body then need their schema).)
--- written
CREATE OR REPLACE FUNCTION count_notes() RETURNS bigint LANGUAGE sql SET search_path = public, pg_temp AS $$ SELECT count(*) FROM notes $$;
create or replace function touch()
returns trigger
language plpgsql
security definer
set search_path = public, pg_temp
as $$
begin
  return new;
end
$$;

--- case the language behind the body
--- setup
CREATE TABLE notes (id uuid PRIMARY KEY, user_id uuid, body text);
ALTER TABLE notes ENABLE ROW LEVEL SECURITY;
--- input
CREATE OR REPLACE FUNCTION public.one() RETURNS int AS 'SELECT 1' LANGUAGE sql STABLE;
--- found
1:1 Function "public.one" finds tables and functions by the search_path of its caller, and does something else where that differs. Add SET search_path = '', and write names with their schema. (Add SET search_path = public, pg_temp (names in the body stay as they are). / Add SET search_path = '' (names in the body then need their schema).)
--- written
CREATE OR REPLACE FUNCTION public.one() RETURNS int SET search_path = public, pg_temp AS 'SELECT 1' LANGUAGE sql STABLE;

--- case SECURITY DEFINER only | {"onlyDefiner":true}
--- setup
CREATE TABLE notes (id uuid PRIMARY KEY, user_id uuid, body text);
ALTER TABLE notes ENABLE ROW LEVEL SECURITY;
--- input
CREATE OR REPLACE FUNCTION a() RETURNS int LANGUAGE sql AS 'SELECT 1';
CREATE OR REPLACE FUNCTION b() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1';
--- found
2:1 Function "b" runs with the rights of its owner and finds tables by the search_path of its caller: whoever can create a table in a schema of that path decides what it reads. Add SET search_path = '', and write names with their schema. (Add SET search_path = public, pg_temp (names in the body stay as they are). / Add SET search_path = '' (names in the body then need their schema).)
--- written
CREATE OR REPLACE FUNCTION a() RETURNS int LANGUAGE sql AS 'SELECT 1';
CREATE OR REPLACE FUNCTION b() RETURNS int LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS 'SELECT 1';

--- case by a path of its own
--- setup
CREATE TABLE notes (id uuid PRIMARY KEY, user_id uuid, body text);
ALTER TABLE notes ENABLE ROW LEVEL SECURITY;
--- input
CREATE OR REPLACE FUNCTION a() RETURNS int LANGUAGE sql SET search_path = '' AS 'SELECT 1';
CREATE OR REPLACE FUNCTION b() RETURNS int LANGUAGE sql AS 'SELECT 1';
ALTER FUNCTION b() SET search_path = public, pg_temp;
CREATE OR REPLACE FUNCTION c() RETURNS int LANGUAGE sql RETURN 1;
