--- case once for every row
--- setup
CREATE TABLE notes (id uuid PRIMARY KEY, user_id uuid, body text);
ALTER TABLE notes ENABLE ROW LEVEL SECURITY;
--- input
DROP POLICY IF EXISTS "own notes" ON notes;
CREATE POLICY "own notes" ON notes
  FOR UPDATE TO authenticated
  USING (auth.uid() = user_id) -- mine
  WITH CHECK (auth.uid() = user_id AND (auth.jwt() ->> 'aal') = 'aal2');
--- found
4:10 Policy "own notes" on "notes" calls auth.uid() for every row that it looks at. Write (select auth.uid()), which PostgreSQL evaluates once for the whole query. (Write (select auth.uid()).)
--- written
DROP POLICY IF EXISTS "own notes" ON notes;
CREATE POLICY "own notes" ON notes
  FOR UPDATE TO authenticated
  USING ((SELECT auth.uid()) = user_id) -- mine
  WITH CHECK ((SELECT auth.uid()) = user_id AND ((SELECT auth.jwt()) ->> 'aal') = 'aal2');

--- case in lower case, and within a subquery that reads rows
--- setup
CREATE TABLE notes (id uuid PRIMARY KEY, user_id uuid, body text);
ALTER TABLE notes ENABLE ROW LEVEL SECURITY;
--- input
drop policy if exists p on notes;
create policy p on notes using (exists (select 1 from notes n where n.user_id = auth.uid()) or current_setting('app.admin', true) = 'on');
--- found
2:81 Policy "p" on "notes" calls auth.uid() for every row that it looks at. Write (select auth.uid()), which PostgreSQL evaluates once for the whole query. (Write (select auth.uid()).)
--- written
drop policy if exists p on notes;
create policy p on notes using (exists (select 1 from notes n where n.user_id = (select auth.uid())) or (select current_setting('app.admin', true)) = 'on');

--- case ALTER POLICY
--- setup
CREATE TABLE notes (id uuid PRIMARY KEY, user_id uuid, body text);
ALTER TABLE notes ENABLE ROW LEVEL SECURITY;
CREATE POLICY p ON notes USING (false);
--- input
ALTER POLICY p ON notes USING (user_id = auth.uid());
--- found
1:42 Policy "p" on "notes" calls auth.uid() for every row that it looks at. Write (select auth.uid()), which PostgreSQL evaluates once for the whole query. (Write (select auth.uid()).)
--- written
ALTER POLICY p ON notes USING (user_id = (SELECT auth.uid()));

--- case once for the query
--- setup
CREATE TABLE notes (id uuid PRIMARY KEY, user_id uuid, body text);
ALTER TABLE notes ENABLE ROW LEVEL SECURITY;
--- input
DROP POLICY IF EXISTS p ON notes;
CREATE POLICY p ON notes USING ((SELECT auth.uid()) = user_id AND (SELECT auth.jwt() ->> 'aal') = 'aal2' AND (select current_setting('app.on', true)) = 'x');

--- case a policy that is gone
--- setup
CREATE TABLE notes (id uuid PRIMARY KEY, user_id uuid, body text);
--- input
CREATE POLICY own ON notes FOR SELECT TO authenticated USING (user_id = auth.uid());
DROP POLICY own ON notes;
