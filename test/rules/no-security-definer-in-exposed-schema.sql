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
