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

--- case every way to read the key
--- setup
CREATE TABLE notes (id uuid PRIMARY KEY, user_id uuid, kind text, payload jsonb);
--- input
CREATE POLICY a ON notes FOR SELECT USING ((SELECT auth.jwt()) #>> '{user_metadata,role}' = 'admin');
CREATE POLICY b ON notes FOR SELECT USING (jsonb_extract_path_text(auth.jwt(), 'user_metadata', 'role') = 'admin');
CREATE POLICY c ON notes FOR SELECT USING ((auth.jwt() #> ARRAY['user_metadata', 'role']) IS NOT NULL);
CREATE POLICY d ON notes FOR SELECT USING (current_setting('request.jwt.claims', true)::jsonb -> 'user_metadata' ->> 'role' = 'admin');
CREATE POLICY e ON notes FOR SELECT USING (auth.jwt() @? '$.user_metadata.admin');
CREATE POLICY f ON notes FOR SELECT USING ((auth.jwt())['user_metadata'] IS NOT NULL);
--- found
1:1 Policy "a" on "notes" decides by user_metadata, which every user can change for themselves with one call. Decide by app_metadata, or by a table of yours.
2:1 Policy "b" on "notes" decides by user_metadata, which every user can change for themselves with one call. Decide by app_metadata, or by a table of yours.
3:1 Policy "c" on "notes" decides by user_metadata, which every user can change for themselves with one call. Decide by app_metadata, or by a table of yours.
4:1 Policy "d" on "notes" decides by user_metadata, which every user can change for themselves with one call. Decide by app_metadata, or by a table of yours.
5:1 Policy "e" on "notes" decides by user_metadata, which every user can change for themselves with one call. Decide by app_metadata, or by a table of yours.
6:1 Policy "f" on "notes" decides by user_metadata, which every user can change for themselves with one call. Decide by app_metadata, or by a table of yours.

--- case the words and not the key, a policy that is gone
--- setup
CREATE TABLE notes (id uuid PRIMARY KEY, user_id uuid, kind text, payload jsonb);
--- input
CREATE POLICY a ON notes FOR SELECT USING (kind = 'user_metadata');
CREATE POLICY b ON notes FOR SELECT USING (kind IN ('user_metadata', 'x'));
CREATE POLICY c ON notes FOR SELECT USING (payload ->> 'user_metadata' = 'x');
CREATE POLICY d ON notes FOR SELECT USING (auth.jwt() -> 'app_metadata' ->> 'kind' = 'user_metadata');
CREATE POLICY e ON notes FOR SELECT USING (auth.jwt() -> 'user_metadata' ->> 'role' = 'admin');
DROP POLICY e ON notes;
