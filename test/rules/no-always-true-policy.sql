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
