--- case twice in a file
--- setup
CREATE TABLE notes (id uuid PRIMARY KEY, user_id uuid, body text);
ALTER TABLE notes ENABLE ROW LEVEL SECURITY;
--- input
CREATE INDEX IF NOT EXISTS notes_user ON notes (user_id);
CREATE INDEX IF NOT EXISTS notes_user_id_idx ON notes USING btree (user_id);
--- found
2:1 Index "notes_user_id_idx" on "notes" is the same as "notes_user": every write keeps both up to date, and no query needs the second. Leave it out.

--- case again in a later file
--- setup
CREATE TABLE notes (id uuid PRIMARY KEY, user_id uuid, body text);
ALTER TABLE notes ENABLE ROW LEVEL SECURITY;
CREATE INDEX notes_user ON notes (user_id) WHERE body IS NOT NULL;
--- input
CREATE INDEX IF NOT EXISTS notes_mine ON notes (user_id) WHERE body IS NOT NULL;
--- found
1:1 Index "notes_mine" on "notes" is the same as "notes_user": every write keeps both up to date, and no query needs the second. Leave it out.

--- case different, or replaced
--- setup
CREATE TABLE notes (id uuid PRIMARY KEY, user_id uuid, body text);
ALTER TABLE notes ENABLE ROW LEVEL SECURITY;
CREATE INDEX notes_user ON notes (user_id);
--- input
DROP INDEX IF EXISTS notes_user;
CREATE INDEX IF NOT EXISTS notes_user_id_idx ON notes (user_id);
CREATE INDEX IF NOT EXISTS notes_desc ON notes (user_id DESC);
CREATE UNIQUE INDEX IF NOT EXISTS notes_unique ON notes (user_id);
CREATE INDEX IF NOT EXISTS notes_user_id_idx ON notes (user_id);
