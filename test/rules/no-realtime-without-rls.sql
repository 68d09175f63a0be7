--- case everyone listens
--- setup
CREATE TABLE notes (id uuid PRIMARY KEY);
--- input
DO $$ BEGIN
  IF NOT EXISTS (SELECT 1 FROM pg_publication_tables WHERE pubname = 'supabase_realtime' AND tablename = 'notes') THEN
    ALTER PUBLICATION supabase_realtime ADD TABLE notes;
  END IF;
END $$;
--- found
3:5 Table "notes" is added to supabase_realtime, and no migration enables row level security on it: everyone who subscribes gets every change. Add ALTER TABLE notes ENABLE ROW LEVEL SECURITY, and a policy for SELECT.

--- case a publication made anew
--- setup
CREATE TABLE notes (id uuid PRIMARY KEY);
--- input
DROP PUBLICATION IF EXISTS supabase_realtime;
CREATE PUBLICATION supabase_realtime FOR TABLE notes;
--- found
2:1 Table "notes" is added to supabase_realtime, and no migration enables row level security on it: everyone who subscribes gets every change. Add ALTER TABLE notes ENABLE ROW LEVEL SECURITY, and a policy for SELECT.

--- case secured, or another publication
--- setup
CREATE TABLE notes (id uuid PRIMARY KEY, user_id uuid, body text);
ALTER TABLE notes ENABLE ROW LEVEL SECURITY;
CREATE TABLE other (id int);
CREATE PUBLICATION replica;
--- input
ALTER TABLE notes ENABLE ROW LEVEL SECURITY;
ALTER PUBLICATION supabase_realtime ADD TABLE notes;
ALTER PUBLICATION replica ADD TABLE other;
