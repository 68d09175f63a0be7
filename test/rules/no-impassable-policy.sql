--- case conditions that are never true
--- setup
CREATE TABLE notes (id uuid PRIMARY KEY, user_id uuid, is_public boolean);
ALTER TABLE notes ENABLE ROW LEVEL SECURITY;
--- input
DROP POLICY IF EXISTS a ON notes;
CREATE POLICY a ON notes FOR SELECT TO anon USING (user_id = (SELECT auth.uid()));
DROP POLICY IF EXISTS b ON notes;
CREATE POLICY b ON notes FOR SELECT USING (user_id = NULL);
DROP POLICY IF EXISTS c ON notes;
CREATE POLICY c ON notes FOR INSERT TO authenticated WITH CHECK ((SELECT auth.uid()) IS NULL);
DROP POLICY IF EXISTS d ON notes;
CREATE POLICY d ON notes FOR UPDATE TO authenticated USING (user_id = (SELECT auth.uid())) WITH CHECK (1 = 2);
DROP POLICY IF EXISTS e ON notes;
CREATE POLICY e ON notes FOR UPDATE TO authenticated WITH CHECK (user_id = (SELECT auth.uid()));
--- found
2:1 Policy "a" on "notes" lets nobody through: it is for anon, and its condition is never true for a request without a user. Name the role of those who have signed in: TO authenticated.
4:1 Policy "b" on "notes" lets nobody through: its condition is never true. Write what must hold, or false, if nobody may.
6:1 Policy "c" on "notes" lets nobody through: its condition is never true. Write what must hold, or false, if nobody may.
8:1 Policy "d" on "notes" lets nobody through: its condition is never true. Write what must hold, or false, if nobody may.
10:1 Policy "e" on "notes" lets nobody through: it has no USING, and so finds no row to read or change. Write USING with the condition of WITH CHECK.

--- case conditions that are true for some, or that say that nobody may
--- setup
CREATE TABLE notes (id uuid PRIMARY KEY, user_id uuid, is_public boolean);
ALTER TABLE notes ENABLE ROW LEVEL SECURITY;
--- input
DROP POLICY IF EXISTS a ON notes;
CREATE POLICY a ON notes FOR SELECT USING (user_id = (SELECT auth.uid()));
DROP POLICY IF EXISTS b ON notes;
CREATE POLICY b ON notes FOR DELETE USING (false);
DROP POLICY IF EXISTS c ON notes;
CREATE POLICY c ON notes FOR SELECT TO anon USING (is_public);
DROP POLICY IF EXISTS d ON notes;
CREATE POLICY d ON notes AS RESTRICTIVE FOR DELETE TO anon USING (user_id = (SELECT auth.uid()));
DROP POLICY IF EXISTS e ON notes;
CREATE POLICY e ON notes FOR DELETE TO service_role USING (user_id = NULL);
DROP POLICY IF EXISTS f ON notes;
CREATE POLICY f ON notes USING ((SELECT auth.role()) = 'service_role');

--- case mended by a later statement
--- setup
CREATE TABLE notes (id uuid PRIMARY KEY, user_id uuid);
ALTER TABLE notes ENABLE ROW LEVEL SECURITY;
--- input
DROP POLICY IF EXISTS a ON notes;
CREATE POLICY a ON notes FOR SELECT TO anon USING (user_id = (SELECT auth.uid()));
ALTER POLICY a ON notes TO authenticated;
