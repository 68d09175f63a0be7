--- case the whole condition
--- setup
CREATE TABLE notes (id uuid PRIMARY KEY, user_id uuid, body text);
ALTER TABLE notes ENABLE ROW LEVEL SECURITY;
--- input
DROP POLICY IF EXISTS p ON notes;
CREATE POLICY p ON notes FOR SELECT USING (auth.role() = 'authenticated');
drop policy if exists q on notes;
create policy q on notes for update using ((select auth.role()) = 'service_role'::text) with check (auth.role() = 'service_role');
--- found
2:1 Policy "p" on "notes" compares auth.role(), which Supabase has deprecated: PostgreSQL evaluates it for every row and for every role. Name the role with TO. (Write TO authenticated.)
4:1 Policy "q" on "notes" compares auth.role(), which Supabase has deprecated: PostgreSQL evaluates it for every row and for every role. Name the role with TO. (Write TO service_role.)
--- written
DROP POLICY IF EXISTS p ON notes;
CREATE POLICY p ON notes FOR SELECT TO authenticated USING (true);
drop policy if exists q on notes;
create policy q on notes for update to service_role using (true) with check (true);

--- case a part of the condition
--- setup
CREATE TABLE notes (id uuid PRIMARY KEY, user_id uuid, body text);
ALTER TABLE notes ENABLE ROW LEVEL SECURITY;
--- input
DROP POLICY IF EXISTS p ON notes;
CREATE POLICY p ON notes FOR SELECT USING (auth.role() = 'authenticated' AND body IS NOT NULL);
--- found
2:1 Policy "p" on "notes" compares auth.role(), which Supabase has deprecated: PostgreSQL evaluates it for every row and for every role. Name the role with TO.

--- case TO
--- setup
CREATE TABLE notes (id uuid PRIMARY KEY, user_id uuid, body text);
ALTER TABLE notes ENABLE ROW LEVEL SECURITY;
--- input
DROP POLICY IF EXISTS p ON notes;
CREATE POLICY p ON notes FOR SELECT TO authenticated USING (true);
