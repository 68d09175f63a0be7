--- case the key instead of the value
--- setup
CREATE TABLE notes (id uuid PRIMARY KEY, user_id uuid, body text);
ALTER TABLE notes ENABLE ROW LEVEL SECURITY;
--- input
CREATE POLICY p ON notes USING (user_id = auth.jwt() ->> 'org_id'::uuid);
--- found
1:43 The cast applies to the key 'org_id' and not to its value: the statement fails with 22P02 (invalid text representation), because 'org_id' is no uuid. Write (… ->> 'org_id')::uuid.
--- written
DROP POLICY IF EXISTS p ON notes;
CREATE POLICY p ON notes USING (user_id = (auth.jwt() ->> 'org_id')::uuid);

--- case parentheses, arrows and other types
--- setup
CREATE TABLE notes (id uuid PRIMARY KEY, user_id uuid, body text);
ALTER TABLE notes ENABLE ROW LEVEL SECURITY;
--- input
CREATE POLICY p ON notes USING (user_id = (auth.jwt() -> 'app_metadata') ->> 'org_id'::uuid AND coalesce((SELECT auth.jwt()) ->> 'admin'::boolean, false));
create view v as select (auth.jwt()->>'n'::int) + 1 as n;
--- found
1:43 The cast applies to the key 'org_id' and not to its value: the statement fails with 22P02 (invalid text representation), because 'org_id' is no uuid. Write (… ->> 'org_id')::uuid.
1:106 The cast applies to the key 'admin' and not to its value: the statement fails with 22P02 (invalid text representation), because 'admin' is no boolean. Write (… ->> 'admin')::boolean.
2:26 The cast applies to the key 'n' and not to its value: the statement fails with 22P02 (invalid text representation), because 'n' is no int. Write (… ->> 'n')::int.
--- written
DROP POLICY IF EXISTS p ON notes;
CREATE POLICY p ON notes USING (user_id = ((auth.jwt() -> 'app_metadata') ->> 'org_id')::uuid AND coalesce(((SELECT auth.jwt()) ->> 'admin')::boolean, false));
create or replace view v as select ((auth.jwt()->>'n')::int) + 1 as n;

--- case the value, or a cast of no consequence
--- setup
CREATE TABLE notes (id uuid PRIMARY KEY, user_id uuid, body text);
ALTER TABLE notes ENABLE ROW LEVEL SECURITY;
--- input
DROP POLICY IF EXISTS p ON notes;
CREATE POLICY p ON notes USING (user_id = (auth.jwt() ->> 'org_id')::uuid OR auth.jwt() ->> 'aal'::text = 'aal2' OR auth.jwt() -> '0'::int IS NULL);
