--- case for all
--- setup
CREATE TABLE notes (id uuid PRIMARY KEY, user_id uuid, body text);
ALTER TABLE notes ENABLE ROW LEVEL SECURITY;
--- input
DROP POLICY IF EXISTS p ON notes;
CREATE POLICY p ON notes USING (user_id = (SELECT auth.uid()));
--- found
2:1 Policy "p" on "notes" is for all commands: who may read may also delete. Write a policy each for SELECT, INSERT, UPDATE and DELETE.

--- case for one
--- setup
CREATE TABLE notes (id uuid PRIMARY KEY, user_id uuid, body text);
ALTER TABLE notes ENABLE ROW LEVEL SECURITY;
--- input
DROP POLICY IF EXISTS p ON notes;
CREATE POLICY p ON notes FOR SELECT USING (user_id = (SELECT auth.uid()));
DROP POLICY IF EXISTS s ON notes;
CREATE POLICY s ON notes TO service_role USING (true);
