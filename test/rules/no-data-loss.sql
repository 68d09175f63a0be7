--- case rows that go | not run: that it runs twice is the matter of other rules
--- setup
CREATE TABLE orders (id int PRIMARY KEY, total int, note text);
CREATE SCHEMA app;
CREATE TABLE app.t (id int);
CREATE TABLE other (id int, v int);
--- input
ALTER TABLE orders DROP COLUMN note;
TRUNCATE app.t;
DELETE FROM other;
UPDATE other SET v = 0;
DELETE FROM other WHERE v = 1;
DROP SCHEMA app CASCADE;
DROP TABLE orders;
--- found
1:20 The column "note" of "orders" goes with all that is in it, and nothing brings it back. Keep a copy (CREATE TABLE … AS SELECT) that a later migration drops, or rename it first.
2:1 TRUNCATE deletes all rows of "app.t". Keep a copy first, or delete the rows that are meant.
3:1 DELETE without WHERE deletes every row of "other". Say in WHERE which rows are meant, or keep a copy first.
4:1 UPDATE without WHERE overwrites every row of "other". Say in WHERE which rows are meant, or keep a copy first.
6:1 CASCADE drops the schema "app" with every table in it. Drop what is in it by name, and leave CASCADE out.
7:1 The table "orders" goes with all that is in it, and nothing brings it back. Keep a copy (CREATE TABLE … AS SELECT) that a later migration drops, or rename it first.

--- case what CASCADE takes along | not run: that it runs twice is the matter of other rules
--- setup
CREATE TABLE orders (id int PRIMARY KEY, total int, note text);
CREATE VIEW totals AS SELECT total FROM orders;
CREATE TABLE items (id int, order_id int REFERENCES orders (id));
--- input
DROP TABLE IF EXISTS orders CASCADE;
--- found
1:1 The table "orders" goes with all that is in it, and nothing brings it back. Keep a copy (CREATE TABLE … AS SELECT) that a later migration drops, or rename it first.
1:1 CASCADE drops view "totals", constraint "items_order_id_fkey" of "items" and 1 more with the table "orders", although the statement does not name them. Drop each of them by its name, and leave CASCADE out.

--- case a copy | not run: that it runs twice is the matter of other rules
--- setup
CREATE TABLE orders (id int PRIMARY KEY, total int, note text);
--- input
CREATE TABLE orders_backup AS SELECT * FROM orders;
DELETE FROM orders;
ALTER TABLE orders DROP COLUMN note;

--- case what the file has made
--- setup
CREATE TABLE orders (id int PRIMARY KEY, total int, note text);
--- input
CREATE TABLE IF NOT EXISTS fresh (id int);
TRUNCATE fresh;
DELETE FROM fresh;
ALTER TABLE orders ADD COLUMN IF NOT EXISTS state text;
UPDATE orders SET state = 'new';
UPDATE orders SET total = coalesce(total, 0);
DROP TABLE IF EXISTS fresh;

--- case types
--- setup
CREATE TABLE t (a numeric(10, 4), b timestamptz, c double precision, d json, e text, f bigint, g varchar(20));
--- input
ALTER TABLE t ALTER COLUMN a TYPE numeric(10, 2);
ALTER TABLE t ALTER COLUMN b TYPE date;
ALTER TABLE t ALTER COLUMN c TYPE real, ALTER COLUMN d TYPE jsonb;
ALTER TABLE t ALTER COLUMN e TYPE varchar(10) USING e::varchar(10);
ALTER TABLE t ALTER COLUMN f TYPE int;
ALTER TABLE t ALTER COLUMN g TYPE varchar(10);
--- found
1:15 TYPE numeric(10, 2) rounds digits behind the point in values of "a", which is numeric(10, 4), without an error. Look for such values first, or keep the old column until nobody misses them.
2:15 TYPE date drops the time of day in values of "b", which is timestamptz, without an error. Look for such values first, or keep the old column until nobody misses them.
3:15 TYPE real rounds digits in values of "c", which is double precision, without an error. Look for such values first, or keep the old column until nobody misses them.
3:41 TYPE jsonb drops the order of keys, and all but the last of equal ones, in values of "d", which is json, without an error. Look for such values first, or keep the old column until nobody misses them.
4:15 USING casts "e" to varchar(10), which cuts what is longer without an error. Leave the cast out: then it fails.

--- case a column whose values another one keeps
--- setup
CREATE TABLE notes (id int PRIMARY KEY, a text, b text, c text, d text, e text);
--- input
ALTER TABLE notes ADD COLUMN kept text;
UPDATE notes SET kept = a;
ALTER TABLE notes DROP COLUMN a;
UPDATE notes SET kept = b WHERE kept IS NULL;
ALTER TABLE notes DROP COLUMN b;
UPDATE notes SET kept = c WHERE id > 5;
ALTER TABLE notes DROP COLUMN c;
UPDATE notes SET kept = upper(d) WHERE d IS NOT NULL;
ALTER TABLE notes DROP COLUMN d;
UPDATE notes SET e = kept;
ALTER TABLE notes DROP COLUMN e;
--- found
7:19 The column "c" of "notes" goes with all that is in it, and nothing brings it back. Keep a copy (CREATE TABLE … AS SELECT) that a later migration drops, or rename it first.
9:19 The column "d" of "notes" goes with all that is in it, and nothing brings it back. Keep a copy (CREATE TABLE … AS SELECT) that a later migration drops, or rename it first.
10:1 UPDATE without WHERE overwrites every row of "notes". Say in WHERE which rows are meant, or keep a copy first.
11:19 The column "e" of "notes" goes with all that is in it, and nothing brings it back. Keep a copy (CREATE TABLE … AS SELECT) that a later migration drops, or rename it first.
