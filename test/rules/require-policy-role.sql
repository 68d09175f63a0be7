--- case asks who the user is
--- setup
CREATE TABLE notes (id uuid PRIMARY KEY, user_id uuid, body text);
ALTER TABLE notes ENABLE ROW LEVEL SECURITY;
--- input
DROP POLICY IF EXISTS p ON notes;
CREATE POLICY p ON notes FOR SELECT USING (user_id = (SELECT auth.uid()));
drop policy if exists q on notes;
create policy q on notes for insert
  with check (user_id = (select auth.uid()));
--- found
2:1 Policy "p" on "notes" asks who the user is, but applies to every role: PostgreSQL evaluates it for anonymous requests too, and it never lets them through. Add TO authenticated. (Add TO authenticated.)
4:1 Policy "q" on "notes" asks who the user is, but applies to every role: PostgreSQL evaluates it for anonymous requests too, and it never lets them through. Add TO authenticated. (Add TO authenticated.)
--- written
DROP POLICY IF EXISTS p ON notes;
CREATE POLICY p ON notes FOR SELECT TO authenticated USING (user_id = (SELECT auth.uid()));
drop policy if exists q on notes;
create policy q on notes for insert
  to authenticated
  with check (user_id = (select auth.uid()));

--- case has a role, or speaks to everyone
--- setup
CREATE TABLE notes (id uuid PRIMARY KEY, user_id uuid, body text);
ALTER TABLE notes ENABLE ROW LEVEL SECURITY;
--- input
DROP POLICY IF EXISTS p ON notes;
CREATE POLICY p ON notes FOR SELECT TO authenticated USING (user_id = (SELECT auth.uid()));
DROP POLICY IF EXISTS q ON notes;
CREATE POLICY q ON notes FOR SELECT USING (true);
DROP POLICY IF EXISTS r ON notes;
CREATE POLICY r ON notes FOR SELECT USING (body IS NULL OR user_id = (SELECT auth.uid()));
