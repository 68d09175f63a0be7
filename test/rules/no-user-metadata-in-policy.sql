--- case metadata of the token
--- setup
CREATE TABLE notes (id uuid PRIMARY KEY, user_id uuid, body text);
ALTER TABLE notes ENABLE ROW LEVEL SECURITY;
--- input
DROP POLICY IF EXISTS admins ON notes;
CREATE POLICY admins ON notes USING ((SELECT auth.jwt()) -> 'user_metadata' ->> 'role' = 'admin');
--- found
2:1 Policy "admins" on "notes" decides by user_metadata, which every user can change for themselves with one call. Decide by app_metadata, or by a table of yours.

--- case metadata of the table of users
--- setup
CREATE TABLE notes (id uuid PRIMARY KEY, user_id uuid, body text);
ALTER TABLE notes ENABLE ROW LEVEL SECURITY;
--- input
DROP POLICY IF EXISTS admins ON notes;
CREATE POLICY admins ON notes FOR INSERT WITH CHECK (EXISTS (SELECT 1 FROM auth.users u WHERE u.id = (SELECT auth.uid()) AND u.raw_user_meta_data ->> 'role' = 'admin'));
--- found
2:1 Policy "admins" on "notes" decides by raw_user_meta_data, which every user can change for themselves with one call. Decide by app_metadata, or by a table of yours.

--- case what only the server can change
--- setup
CREATE TABLE notes (id uuid PRIMARY KEY, user_id uuid, body text);
ALTER TABLE notes ENABLE ROW LEVEL SECURITY;
--- input
DROP POLICY IF EXISTS admins ON notes;
CREATE POLICY admins ON notes USING ((SELECT auth.jwt()) -> 'app_metadata' ->> 'role' = 'admin');
