--- case uses | not run: PostgreSQL refuses it
--- setup
CREATE TYPE mood AS ENUM ('sad', 'ok');
CREATE TABLE diary (id int PRIMARY KEY, mood mood, note text);
--- input
ALTER TYPE mood ADD VALUE IF NOT EXISTS 'happy';
INSERT INTO diary VALUES (1, 'happy') ON CONFLICT DO NOTHING;
ALTER TABLE diary ALTER COLUMN mood SET DEFAULT 'happy';
CREATE INDEX happy_idx ON diary (id) WHERE mood = 'happy';
--- found
2:1 The value 'happy' of "mood" is added in line 1 of the same transaction, and cannot be used before that ends (55P04). Use it in the next migration.
3:1 The value 'happy' of "mood" is added in line 1 of the same transaction, and cannot be used before that ends (55P04). Use it in the next migration.
4:1 The value 'happy' of "mood" is added in line 1 of the same transaction, and cannot be used before that ends (55P04). Use it in the next migration.

--- case no use
--- setup
CREATE TYPE mood AS ENUM ('sad', 'ok');
CREATE TABLE diary (id int PRIMARY KEY, mood mood, note text);
--- input
ALTER TYPE mood ADD VALUE IF NOT EXISTS 'happy';
ALTER TYPE mood ADD VALUE IF NOT EXISTS 'ok';
UPDATE diary SET mood = 'ok' WHERE id = 0;
COMMENT ON TYPE mood IS 'happy';
CREATE OR REPLACE FUNCTION f() RETURNS mood LANGUAGE sql AS 'SELECT NULL::mood';

--- case another transaction | not run: the tests send it in one
--- setup
CREATE TYPE mood AS ENUM ('sad', 'ok');
CREATE TABLE diary (id int PRIMARY KEY, mood mood, note text);
--- input
BEGIN;
ALTER TYPE mood ADD VALUE IF NOT EXISTS 'happy';
COMMIT;
INSERT INTO diary VALUES (1, 'happy') ON CONFLICT DO NOTHING;
