--- case a policy that does nothing
--- setup
CREATE TABLE notes (id uuid PRIMARY KEY, user_id uuid);
--- input
DROP POLICY IF EXISTS "own notes" ON notes;
CREATE POLICY "own notes" ON notes
  FOR SELECT USING (user_id = (SELECT auth.uid()));
--- found
2:1 Policy "own notes" has no effect: no migration enables row level security on "notes", so that everyone can read and write all of it. Add ALTER TABLE notes ENABLE ROW LEVEL SECURITY. (Enable row level security on "notes".)
--- written
DROP POLICY IF EXISTS "own notes" ON notes;
CREATE POLICY "own notes" ON notes
  FOR SELECT USING (user_id = (SELECT auth.uid()));
ALTER TABLE notes ENABLE ROW LEVEL SECURITY;

--- case a table of the same file
create table if not exists notes (id uuid primary key);
drop policy if exists p on notes;
create policy p on notes using (false);
--- found
3:1 Policy "p" has no effect: no migration enables row level security on "notes", so that everyone can read and write all of it. Add ALTER TABLE notes ENABLE ROW LEVEL SECURITY. (Enable row level security on "notes".)
--- written
create table if not exists notes (id uuid primary key);
drop policy if exists p on notes;
create policy p on notes using (false);
alter table notes enable row level security;

--- case enabled, before or after, or a table of Supabase
--- setup
CREATE TABLE notes (id uuid PRIMARY KEY, user_id uuid, body text);
ALTER TABLE notes ENABLE ROW LEVEL SECURITY;
--- input
DROP POLICY IF EXISTS p ON notes;
CREATE POLICY p ON notes USING (false);
ALTER TABLE notes ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS files ON storage.objects;
CREATE POLICY files ON storage.objects FOR SELECT USING (bucket_id = 'public');

--- case disabled again
--- setup
CREATE TABLE notes (id uuid PRIMARY KEY, user_id uuid, body text);
ALTER TABLE notes ENABLE ROW LEVEL SECURITY;
--- input
CREATE POLICY own ON notes FOR SELECT TO authenticated USING (user_id = (SELECT auth.uid()));
ALTER TABLE notes DISABLE ROW LEVEL SECURITY;
--- found
1:1 Policy "own" has no effect: row level security on "notes" is disabled, so that everyone can read and write all of it. Leave it enabled.
