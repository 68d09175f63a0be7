--- case no index
--- setup
CREATE TABLE users (id uuid PRIMARY KEY);
--- input
CREATE TABLE IF NOT EXISTS notes (
  id uuid PRIMARY KEY,
  user_id uuid REFERENCES users (id),
  "writtenBy" uuid,
  FOREIGN KEY ("writtenBy") REFERENCES users (id)
);
--- found
3:16 No index covers the foreign key on user_id of "notes": deleting or changing a row of "users" reads all of "notes". Create an index on user_id. (Create the indexes "notes_user_id_idx", "notes_writtenBy_idx".)
5:3 No index covers the foreign key on "writtenBy" of "notes": deleting or changing a row of "users" reads all of "notes". Create an index on "writtenBy". (Create the indexes "notes_user_id_idx", "notes_writtenBy_idx".)
--- written
CREATE TABLE IF NOT EXISTS notes (
  id uuid PRIMARY KEY,
  user_id uuid REFERENCES users (id),
  "writtenBy" uuid,
  FOREIGN KEY ("writtenBy") REFERENCES users (id)
);
CREATE INDEX IF NOT EXISTS notes_user_id_idx ON notes (user_id);
CREATE INDEX IF NOT EXISTS "notes_writtenBy_idx" ON notes ("writtenBy");

--- case a column that is added
--- setup
CREATE TABLE users (id uuid PRIMARY KEY);
CREATE TABLE notes (id uuid PRIMARY KEY);
--- input
alter table notes add column if not exists user_id uuid references users (id);
--- found
1:57 No index covers the foreign key on user_id of "notes": deleting or changing a row of "users" reads all of "notes". Create an index on user_id. (Create the index "notes_user_id_idx".)
--- written
alter table notes add column if not exists user_id uuid references users (id);
create index if not exists notes_user_id_idx on notes (user_id);

--- case two columns, in either order
--- setup
CREATE TABLE p (a int, b int, PRIMARY KEY (a, b));
--- input
CREATE TABLE IF NOT EXISTS c (x int, y int, z int PRIMARY KEY, FOREIGN KEY (x, y) REFERENCES p (a, b));
CREATE TABLE IF NOT EXISTS d (x int, y int, PRIMARY KEY (y, x), FOREIGN KEY (x, y) REFERENCES p (a, b));
--- found
1:64 No index covers the foreign key on x, y of "c": deleting or changing a row of "p" reads all of "c". Create an index on x, y. (Create the index "c_x_y_idx".)
--- written
CREATE TABLE IF NOT EXISTS c (x int, y int, z int PRIMARY KEY, FOREIGN KEY (x, y) REFERENCES p (a, b));
CREATE INDEX IF NOT EXISTS c_x_y_idx ON c (x, y);
CREATE TABLE IF NOT EXISTS d (x int, y int, PRIMARY KEY (y, x), FOREIGN KEY (x, y) REFERENCES p (a, b));

--- case covered
--- setup
CREATE TABLE users (id uuid PRIMARY KEY);
--- input
CREATE TABLE IF NOT EXISTS a (id uuid PRIMARY KEY REFERENCES users (id), user_id uuid UNIQUE REFERENCES users (id), other uuid REFERENCES users (id));
CREATE INDEX IF NOT EXISTS a_other ON public.a USING btree (other DESC, id);
