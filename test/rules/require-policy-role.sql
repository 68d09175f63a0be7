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

--- case it lets others through, or may do so
--- setup
CREATE TABLE notes (id uuid PRIMARY KEY, user_id uuid, org_id uuid, is_public boolean NOT NULL DEFAULT false);
ALTER TABLE notes ENABLE ROW LEVEL SECURITY;
CREATE FUNCTION is_member(org uuid, caller uuid) RETURNS boolean LANGUAGE sql STABLE AS 'SELECT true';
--- input
CREATE POLICY a ON notes FOR SELECT USING (user_id IS DISTINCT FROM (SELECT auth.uid()));
CREATE POLICY b ON notes FOR SELECT USING (coalesce((SELECT auth.uid()) = user_id, true));
CREATE POLICY c ON notes USING (is_public) WITH CHECK ((SELECT auth.uid()) = user_id);
CREATE POLICY d ON notes FOR SELECT USING (NOT coalesce((SELECT auth.uid()) = user_id, false));
CREATE POLICY e ON notes FOR SELECT USING (CASE WHEN is_public THEN true ELSE (SELECT auth.uid()) = user_id END);
CREATE POLICY f ON notes FOR SELECT USING (is_member(org_id, (SELECT auth.uid())));
CREATE POLICY g ON notes FOR SELECT USING (((SELECT auth.uid()) = user_id) IS NOT TRUE);

--- case it never lets others through
--- setup
CREATE TABLE notes (id uuid PRIMARY KEY, user_id uuid, org_id uuid, is_public boolean NOT NULL DEFAULT false);
ALTER TABLE notes ENABLE ROW LEVEL SECURITY;
CREATE TABLE members (org_id uuid, user_id uuid);
--- input
DROP POLICY IF EXISTS a ON notes;
CREATE POLICY a ON notes FOR SELECT USING (org_id IN (SELECT org_id FROM members WHERE user_id = (SELECT auth.uid())));
DROP POLICY IF EXISTS b ON notes;
CREATE POLICY b ON notes FOR DELETE USING ((SELECT auth.uid()) = user_id OR (is_public AND (SELECT auth.jwt() ->> 'email') LIKE '%@example.com'));
--- found
2:1 Policy "a" on "notes" asks who the user is, but applies to every role: PostgreSQL evaluates it for anonymous requests too, and it never lets them through. Add TO authenticated. (Add TO authenticated.)
4:1 Policy "b" on "notes" asks who the user is, but applies to every role: PostgreSQL evaluates it for anonymous requests too, and it never lets them through. Add TO authenticated. (Add TO authenticated.)
--- written
DROP POLICY IF EXISTS a ON notes;
CREATE POLICY a ON notes FOR SELECT TO authenticated USING (org_id IN (SELECT org_id FROM members WHERE user_id = (SELECT auth.uid())));
DROP POLICY IF EXISTS b ON notes;
CREATE POLICY b ON notes FOR DELETE TO authenticated USING ((SELECT auth.uid()) = user_id OR (is_public AND (SELECT auth.jwt() ->> 'email') LIKE '%@example.com'));
