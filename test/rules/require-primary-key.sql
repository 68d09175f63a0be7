--- case none
CREATE TABLE IF NOT EXISTS log (at timestamptz, line text);
--- found
1:1 Table "log" has no primary key: no column identifies a row, and logical replication and Realtime can neither update nor delete its rows. Add one, such as id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY.

--- case one of its own, of another, later, or none needed
--- setup
CREATE TABLE base (id int PRIMARY KEY);
--- input
CREATE TABLE IF NOT EXISTS a (id int PRIMARY KEY);
CREATE TABLE IF NOT EXISTS b (x int, y int, PRIMARY KEY (x, y));
CREATE TABLE IF NOT EXISTS c (LIKE base INCLUDING ALL);
CREATE TEMP TABLE IF NOT EXISTS d (x int);
CREATE TABLE IF NOT EXISTS e (x int);
DO $$ BEGIN
  IF NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conrelid = to_regclass('e') AND contype = 'p') THEN
    ALTER TABLE e ADD CONSTRAINT e_pkey PRIMARY KEY (x);
  END IF;
END $$;
