--- case two for the same
--- setup
CREATE TABLE notes (id uuid PRIMARY KEY, user_id uuid, body text);
ALTER TABLE notes ENABLE ROW LEVEL SECURITY;
--- input
DROP POLICY IF EXISTS a ON notes;
CREATE POLICY a ON notes FOR SELECT USING (body IS NULL);
DROP POLICY IF EXISTS b ON notes;
CREATE POLICY b ON notes TO authenticated USING (user_id = (SELECT auth.uid()));
--- found
4:1 Policies "a" and "b" on "notes" are both for SELECT and the same role: PostgreSQL evaluates both for every row, and either is enough. Write one policy that says who may.

--- case one of an earlier migration
--- setup
CREATE TABLE notes (id uuid PRIMARY KEY, user_id uuid, body text);
ALTER TABLE notes ENABLE ROW LEVEL SECURITY;
CREATE POLICY a ON notes FOR SELECT USING (body IS NULL);
CREATE POLICY c ON notes FOR DELETE USING (body IS NULL);
--- input
DROP POLICY IF EXISTS b ON notes;
CREATE POLICY b ON notes TO authenticated USING (user_id = (SELECT auth.uid()));
--- found
2:1 Policies "a" and "b" on "notes" are both for SELECT and the same role: PostgreSQL evaluates both for every row, and either is enough. Write one policy that says who may.

--- case one that is made anew
--- setup
CREATE TABLE notes (id uuid PRIMARY KEY, user_id uuid, body text);
ALTER TABLE notes ENABLE ROW LEVEL SECURITY;
CREATE POLICY a ON notes FOR SELECT USING (body IS NULL);
CREATE POLICY c ON notes FOR DELETE USING (body IS NULL);
--- input
DROP POLICY IF EXISTS a ON notes;
CREATE POLICY a ON notes FOR SELECT TO authenticated USING (user_id = (SELECT auth.uid()));

--- case different commands, roles or kinds, or a policy that goes
--- setup
CREATE TABLE notes (id uuid PRIMARY KEY, user_id uuid, body text);
ALTER TABLE notes ENABLE ROW LEVEL SECURITY;
--- input
DROP POLICY IF EXISTS a ON notes;
CREATE POLICY a ON notes FOR SELECT TO anon USING (body IS NULL);
DROP POLICY IF EXISTS b ON notes;
CREATE POLICY b ON notes FOR SELECT TO authenticated USING (true);
DROP POLICY IF EXISTS c ON notes;
CREATE POLICY c ON notes FOR INSERT TO authenticated WITH CHECK (false);
DROP POLICY IF EXISTS d ON notes;
CREATE POLICY d ON notes AS RESTRICTIVE FOR SELECT USING (true);
DROP POLICY IF EXISTS e ON notes;
CREATE POLICY e ON notes TO service_role USING (true);
DROP POLICY IF EXISTS f ON notes;
CREATE POLICY f ON notes FOR SELECT USING (true);
DROP POLICY IF EXISTS f ON notes;

--- case a hook of Supabase Auth beside everyone
--- setup
CREATE TABLE notes (id uuid PRIMARY KEY, user_id uuid, body text);
ALTER TABLE notes ENABLE ROW LEVEL SECURITY;
--- input
CREATE POLICY "Auth reads" ON notes FOR SELECT TO supabase_auth_admin USING (true);
CREATE POLICY own ON notes FOR SELECT USING ((SELECT auth.uid()) = user_id);

--- case altered, dropped
--- setup
CREATE TABLE notes (id uuid PRIMARY KEY, user_id uuid, body text);
ALTER TABLE notes ENABLE ROW LEVEL SECURITY;
CREATE POLICY a ON notes FOR SELECT TO anon USING (true);
CREATE POLICY b ON notes FOR SELECT TO service_role USING (true);
--- input
ALTER POLICY b ON notes TO anon, authenticated;
CREATE POLICY c ON notes FOR SELECT TO anon USING (body IS NULL);
DROP POLICY c ON notes;
--- found
1:1 Policies "a" and "b" on "notes" are both for SELECT and the same role: PostgreSQL evaluates both for every row, and either is enough. Write one policy that says who may.
