--- case drops and renames | not run: that it runs twice is the matter of other rules
--- setup
CREATE TABLE orders (id int PRIMARY KEY, total int, note text);
CREATE VIEW totals AS SELECT total FROM orders;
CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1';
CREATE SCHEMA app;
CREATE TYPE mood AS ENUM ('sad', 'ok');
CREATE TABLE t2 (id int);
--- input
ALTER TABLE orders DROP COLUMN note;
ALTER TABLE orders RENAME COLUMN id TO key;
DROP VIEW totals;
DROP FUNCTION f();
ALTER TYPE mood RENAME VALUE 'sad' TO 'blue';
ALTER TABLE orders SET SCHEMA app;
ALTER TABLE t2 RENAME TO t3;
ALTER TABLE app.orders DROP COLUMN total;
--- found
3:1 DROP takes the view "totals" from clients that run while the migration does, and from those of the version before. Drop it in a migration that runs once no client asks for it any more.
4:1 DROP takes the function "f" from clients that run while the migration does, and from those of the version before. Drop it in a migration that runs once no client asks for it any more.
5:1 The enum label "sad" of "mood" is called "blue" from then on: clients that run while the migration does ask for the old name, and fail. Add the new one beside it, have clients move, and drop the old one later.
6:1 The table "orders" is in schema "app" from then on: clients that run while the migration does look for it where it was. Make a view of the old name in the same transaction, or move clients first.
7:1 The table "t2" is called "t3" from then on: clients that run while the migration does ask for the old name, and fail. Make a view of the old name in the same transaction, and drop it once no client asks for it.
8:24 DROP takes the column "total" of "app.orders" from clients that run while the migration does, and from those of the version before. Drop it in a migration that runs once no client asks for it any more.

--- case what uses it | not run: that it runs twice is the matter of other rules
--- setup
CREATE TABLE orders (id int PRIMARY KEY, total int, note text);
CREATE VIEW totals AS SELECT total FROM orders;
--- input
ALTER TABLE orders RENAME COLUMN total TO amount;
DROP TABLE orders CASCADE;
--- found
2:1 DROP takes the table "orders" from clients that run while the migration does, and from those of the version before; view "totals" uses it. Drop it in a migration that runs once no client asks for it any more.

--- case what is there again
--- setup
CREATE FUNCTION touched() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;
CREATE TABLE orders (id int PRIMARY KEY, total int, note text);
CREATE VIEW totals AS SELECT total FROM orders;
--- input
DROP VIEW IF EXISTS totals;
CREATE VIEW totals AS SELECT total, note FROM orders;
CREATE TABLE IF NOT EXISTS fresh (id int, a int);
ALTER TABLE fresh DROP COLUMN IF EXISTS a;
DROP TABLE IF EXISTS fresh;
DROP TABLE IF EXISTS never_there;
DROP FUNCTION IF EXISTS touched();

--- case a view of the old name | not run: that it runs twice is the matter of other rules
--- setup
CREATE TABLE orders (id int PRIMARY KEY, total int, note text);
--- input
ALTER TABLE orders RENAME TO orders_2;
CREATE VIEW orders AS SELECT * FROM orders_2;
