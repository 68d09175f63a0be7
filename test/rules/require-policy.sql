--- case nobody may
--- setup
CREATE TABLE notes (id uuid PRIMARY KEY);
--- input
ALTER TABLE notes ENABLE ROW LEVEL SECURITY;
--- found
1:1 Row level security is enabled on "notes", and no migration creates a policy for it: the API reads and writes nothing. Create a policy for those who may, or say in a comment that only the service role uses it.

--- case somebody may
--- setup
CREATE TABLE notes (id uuid PRIMARY KEY, user_id uuid, body text);
ALTER TABLE notes ENABLE ROW LEVEL SECURITY;
--- input
ALTER TABLE notes ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS "all notes" ON public.notes;
CREATE POLICY "all notes" ON public.notes FOR SELECT USING (true);

--- case a comment says why
--- setup
CREATE TABLE notes (id uuid PRIMARY KEY);
--- input
ALTER TABLE notes ENABLE ROW LEVEL SECURITY;
-- No policies: only the service role uses it.

--- case policies made by dynamic SQL
--- setup
CREATE TABLE notes (id uuid PRIMARY KEY, user_id uuid, body text);
ALTER TABLE notes ENABLE ROW LEVEL SECURITY;
--- input
ALTER TABLE notes ENABLE ROW LEVEL SECURITY;
DO $$ BEGIN
  EXECUTE format('DROP POLICY IF EXISTS p ON %I', 'notes');
  EXECUTE format('CREATE POLICY p ON %I USING (true)', 'notes');
END $$;
