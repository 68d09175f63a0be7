--- case everyone can call it
--- setup
CREATE TABLE notes (id uuid PRIMARY KEY, user_id uuid, body text);
ALTER TABLE notes ENABLE ROW LEVEL SECURITY;
--- input
CREATE OR REPLACE FUNCTION wipe() RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = '' AS 'DELETE FROM public.notes';
--- found
1:1 Function "wipe" runs with the rights of its owner, to whom no policy applies, and everyone can call it through the API. Move it to a schema that is not exposed, or REVOKE EXECUTE ON FUNCTION wipe FROM public, anon, authenticated.

--- case a trigger, a question, out of reach
--- setup
CREATE SCHEMA private;
CREATE TABLE notes (id uuid PRIMARY KEY, user_id uuid, body text);
ALTER TABLE notes ENABLE ROW LEVEL SECURITY;
--- input
CREATE OR REPLACE FUNCTION t() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$ BEGIN RETURN new; END $$;
CREATE OR REPLACE FUNCTION mine() RETURNS bigint LANGUAGE sql SECURITY DEFINER AS 'SELECT count(*) FROM public.notes WHERE user_id = auth.uid()';
CREATE OR REPLACE FUNCTION private.wipe() RETURNS void LANGUAGE sql SECURITY DEFINER AS 'DELETE FROM public.notes';
CREATE OR REPLACE FUNCTION wipe() RETURNS void LANGUAGE sql SECURITY DEFINER AS 'DELETE FROM public.notes';
REVOKE EXECUTE ON FUNCTION wipe() FROM public, anon, authenticated;
CREATE OR REPLACE FUNCTION plain() RETURNS int LANGUAGE sql AS 'SELECT 1';

--- case altered, moved here, called by those with an account
--- setup
CREATE SCHEMA private;
CREATE TABLE notes (id uuid PRIMARY KEY, user_id uuid, body text);
CREATE FUNCTION a() RETURNS void LANGUAGE sql AS 'DELETE FROM public.notes';
CREATE FUNCTION private.b() RETURNS void LANGUAGE sql SECURITY DEFINER AS 'DELETE FROM public.notes';
CREATE FUNCTION mine() RETURNS bigint LANGUAGE sql AS 'SELECT count(*) FROM public.notes WHERE user_id = auth.uid()';
CREATE FUNCTION t() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN new; END $$;
--- input
ALTER FUNCTION a() SECURITY DEFINER;
ALTER FUNCTION private.b() SET SCHEMA public;
ALTER FUNCTION mine() SECURITY DEFINER;
ALTER FUNCTION t() SECURITY DEFINER;
CREATE OR REPLACE FUNCTION c() RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = '' AS 'DELETE FROM public.notes';
REVOKE EXECUTE ON FUNCTION c() FROM public, anon;
CREATE OR REPLACE FUNCTION d() RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = '' AS 'DELETE FROM public.notes';
REVOKE EXECUTE ON FUNCTION d() FROM public;
--- found
1:1 Function "a" runs with the rights of its owner, to whom no policy applies, and everyone can call it through the API. Move it to a schema that is not exposed, or REVOKE EXECUTE ON FUNCTION a FROM public, anon, authenticated.
2:1 Function "public.b" runs with the rights of its owner, to whom no policy applies, and everyone can call it through the API. Move it to a schema that is not exposed, or REVOKE EXECUTE ON FUNCTION public.b FROM public, anon, authenticated.
7:1 Function "d" runs with the rights of its owner, to whom no policy applies, and everyone can call it through the API. Move it to a schema that is not exposed, or REVOKE EXECUTE ON FUNCTION d FROM public, anon, authenticated.

--- case dropped, moved away, altered back
--- setup
CREATE SCHEMA private;
CREATE TABLE notes (id uuid PRIMARY KEY, user_id uuid, body text);
--- input
CREATE OR REPLACE FUNCTION a() RETURNS void LANGUAGE sql SECURITY DEFINER AS 'DELETE FROM public.notes';
DROP FUNCTION a();
CREATE FUNCTION b() RETURNS void LANGUAGE sql SECURITY DEFINER AS 'DELETE FROM public.notes';
ALTER FUNCTION b() SET SCHEMA private;
CREATE OR REPLACE FUNCTION c() RETURNS void LANGUAGE sql SECURITY DEFINER AS 'DELETE FROM public.notes';
ALTER FUNCTION c() SECURITY INVOKER;
