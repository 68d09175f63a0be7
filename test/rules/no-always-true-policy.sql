--- case everyone writes
--- setup
CREATE TABLE notes (id uuid PRIMARY KEY, user_id uuid, body text);
ALTER TABLE notes ENABLE ROW LEVEL SECURITY;
--- input
DROP POLICY IF EXISTS i ON notes;
CREATE POLICY i ON notes FOR INSERT WITH CHECK (true);
DROP POLICY IF EXISTS u ON notes;
CREATE POLICY u ON notes FOR UPDATE TO authenticated USING (true);
DROP POLICY IF EXISTS d ON notes;
CREATE POLICY d ON notes FOR DELETE TO anon, authenticated USING (1 = 1);
DROP POLICY IF EXISTS a ON notes;
CREATE POLICY a ON notes USING (true) WITH CHECK (true);
--- found
2:1 Policy "i" lets everyone insert any row of "notes": its condition is always true. Ask who owns the row, such as user_id = (select auth.uid()).
4:1 Policy "u" lets every signed-in user update every row of "notes": its condition is always true. Ask who owns the row, such as user_id = (select auth.uid()).
6:1 Policy "d" lets everyone delete every row of "notes": its condition is always true. Ask who owns the row, such as user_id = (select auth.uid()).
8:1 Policy "a" lets everyone change and delete every row of "notes": its condition is always true. Ask who owns the row, such as user_id = (select auth.uid()).

--- case everyone reads, or a server writes
--- setup
CREATE TABLE notes (id uuid PRIMARY KEY, user_id uuid, body text);
ALTER TABLE notes ENABLE ROW LEVEL SECURITY;
--- input
DROP POLICY IF EXISTS r ON notes;
CREATE POLICY r ON notes FOR SELECT USING (true);
DROP POLICY IF EXISTS s ON notes;
CREATE POLICY s ON notes TO service_role USING (true);
DROP POLICY IF EXISTS u ON notes;
CREATE POLICY u ON notes FOR UPDATE USING (user_id = (SELECT auth.uid())) WITH CHECK (true);
DROP POLICY IF EXISTS x ON notes;
CREATE POLICY x ON notes AS RESTRICTIVE FOR DELETE USING (true);
--- found
6:1 Policy "u" lets every signed-in user give any values to the rows of "notes" that USING lets them change, those of other owners too: its WITH CHECK is always true. Leave WITH CHECK out, so that USING holds for the new row too.

--- case conditions that are always true
--- setup
CREATE TABLE notes (id uuid PRIMARY KEY, user_id uuid, is_public boolean, body text);
ALTER TABLE notes ENABLE ROW LEVEL SECURITY;
CREATE TABLE members (user_id uuid);
--- input
DROP POLICY IF EXISTS a ON notes;
CREATE POLICY a ON notes FOR DELETE TO authenticated USING (id = id);
DROP POLICY IF EXISTS b ON notes;
CREATE POLICY b ON notes FOR DELETE TO authenticated USING (NOT false);
DROP POLICY IF EXISTS c ON notes;
CREATE POLICY c ON notes FOR DELETE TO authenticated USING (user_id = notes.user_id);
DROP POLICY IF EXISTS d ON notes;
CREATE POLICY d ON notes FOR UPDATE USING (auth.role() IN ('anon', 'authenticated'));
DROP POLICY IF EXISTS e ON notes;
CREATE POLICY e ON notes FOR INSERT TO authenticated WITH CHECK ((SELECT auth.uid()) IS NOT NULL);
DROP POLICY IF EXISTS f ON notes;
CREATE POLICY f ON notes FOR DELETE USING (NOT EXISTS (SELECT FROM members AS m WHERE m.user_id = (SELECT auth.uid())));
DROP POLICY IF EXISTS g ON notes;
CREATE POLICY g ON notes FOR DELETE TO anon USING (user_id IS NULL OR user_id IS NOT NULL);
--- found
2:1 Policy "a" lets every signed-in user delete every row of "notes": its condition is always true. Ask who owns the row, such as user_id = (select auth.uid()).
4:1 Policy "b" lets every signed-in user delete every row of "notes": its condition is always true. Ask who owns the row, such as user_id = (select auth.uid()).
6:1 Policy "c" lets every signed-in user delete every row of "notes": its condition compares a column with itself. Ask who owns the row, such as user_id = (select auth.uid()).
8:1 Policy "d" lets everyone update every row of "notes": its condition is always true. Ask who owns the row, such as user_id = (select auth.uid()).
10:1 Policy "e" lets every signed-in user insert any row of "notes": its condition is always true. Ask who owns the row, such as user_id = (select auth.uid()).
12:1 Policy "f" lets everyone delete every row of "notes": its condition is always true for requests without a user. Ask who owns the row, such as user_id = (select auth.uid()).
14:1 Policy "g" lets everyone delete every row of "notes": its condition is always true. Ask who owns the row, such as user_id = (select auth.uid()).

--- case what an update writes
--- setup
CREATE TABLE notes (id uuid PRIMARY KEY, user_id uuid, body text);
ALTER TABLE notes ENABLE ROW LEVEL SECURITY;
--- input
DROP POLICY IF EXISTS u ON notes;
CREATE POLICY u ON notes FOR UPDATE TO authenticated USING (user_id = (SELECT auth.uid())) WITH CHECK (true);
DROP POLICY IF EXISTS a ON notes;
CREATE POLICY a ON notes TO authenticated USING (user_id = (SELECT auth.uid())) WITH CHECK (true);
--- found
2:1 Policy "u" lets every signed-in user give any values to the rows of "notes" that USING lets them change, those of other owners too: its WITH CHECK is always true. Leave WITH CHECK out, so that USING holds for the new row too.
4:1 Policy "a" lets every signed-in user insert any row of "notes": its condition is always true. Ask who owns the row, such as user_id = (select auth.uid()).

--- case altered
--- setup
CREATE TABLE notes (id uuid PRIMARY KEY, user_id uuid, body text);
ALTER TABLE notes ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON notes FOR DELETE TO authenticated USING (user_id = (SELECT auth.uid()));
CREATE POLICY server ON notes TO service_role USING (true);
CREATE POLICY closed ON notes FOR DELETE USING (true);
--- input
ALTER POLICY own ON notes USING (true);
ALTER POLICY server ON notes TO anon;
ALTER POLICY closed ON notes USING (user_id = (SELECT auth.uid()));
--- found
1:1 Policy "own" lets every signed-in user delete every row of "notes": its condition is always true. Ask who owns the row, such as user_id = (select auth.uid()).
2:1 Policy "server" lets everyone change and delete every row of "notes": its condition is always true. Ask who owns the row, such as user_id = (select auth.uid()).

--- case dropped, altered, restricted, without the right
--- setup
CREATE TABLE notes (id uuid PRIMARY KEY, user_id uuid, body text);
ALTER TABLE notes ENABLE ROW LEVEL SECURITY;
CREATE TABLE logs (id uuid PRIMARY KEY, user_id uuid);
ALTER TABLE logs ENABLE ROW LEVEL SECURITY;
--- input
DROP POLICY IF EXISTS a ON notes;
CREATE POLICY a ON notes FOR DELETE USING (true);
DROP POLICY a ON notes;
DROP POLICY IF EXISTS b ON notes;
CREATE POLICY b ON notes FOR DELETE TO authenticated USING (true);
DROP POLICY IF EXISTS c ON notes;
CREATE POLICY c ON notes AS RESTRICTIVE USING (user_id = (SELECT auth.uid()));
DROP POLICY IF EXISTS d ON logs;
CREATE POLICY d ON logs FOR INSERT WITH CHECK (true);
REVOKE INSERT ON logs FROM anon, authenticated;
DROP POLICY IF EXISTS e ON logs;
CREATE POLICY e ON logs FOR DELETE USING (user_id IS NOT NULL);
DROP POLICY IF EXISTS f ON logs;
CREATE POLICY f ON logs FOR UPDATE USING (true) WITH CHECK (false);

--- case a later statement opens it to more roles, or for more commands
--- setup
CREATE TABLE notes (id uuid PRIMARY KEY, user_id uuid, body text);
ALTER TABLE notes ENABLE ROW LEVEL SECURITY;
CREATE POLICY u ON notes FOR UPDATE TO authenticated USING (true);
CREATE POLICY v ON notes FOR ALL TO authenticated USING (true) WITH CHECK (user_id = (SELECT auth.uid()));
CREATE POLICY w ON notes FOR UPDATE TO authenticated USING (true);
--- input
ALTER POLICY u ON notes TO anon, authenticated;
ALTER POLICY v ON notes WITH CHECK (true);
ALTER POLICY w ON notes TO authenticated;
--- found
1:1 Policy "u" lets everyone update every row of "notes": its condition is always true. Ask who owns the row, such as user_id = (select auth.uid()).
2:1 Policy "v" lets every signed-in user change and delete every row of "notes": its condition is always true. Ask who owns the row, such as user_id = (select auth.uid()).
