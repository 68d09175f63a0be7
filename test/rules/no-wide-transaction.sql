--- case several tables
--- setup
CREATE TABLE orders (id int PRIMARY KEY, total int, note text);
CREATE TABLE users (id int PRIMARY KEY, name text);
--- input
ALTER TABLE orders ADD COLUMN IF NOT EXISTS a text;
ALTER TABLE users ADD COLUMN IF NOT EXISTS a text;
ALTER TABLE users ADD COLUMN IF NOT EXISTS b text;
--- found
2:19 The transaction holds the lock ACCESS EXCLUSIVE on "orders" since line 1, and takes it on "users" here: reads and writes wait for both until it ends, and two transactions that take them in another order end in a deadlock (40P01). Change one table a migration.

--- case transactions of their own
--- setup
CREATE TABLE orders (id int PRIMARY KEY, total int, note text);
CREATE TABLE users (id int PRIMARY KEY, name text);
--- input
BEGIN;
ALTER TABLE orders ADD COLUMN IF NOT EXISTS a text;
COMMIT;
BEGIN;
ALTER TABLE users ADD COLUMN IF NOT EXISTS a text;
COMMIT;

--- case rows and other work | not run: that it runs twice is the matter of other rules
--- setup
CREATE TABLE orders (id int PRIMARY KEY, total int, note text);
CREATE TABLE users (id int PRIMARY KEY, name text);
--- input
ALTER TABLE orders ADD COLUMN a text;
UPDATE orders SET a = 'x' WHERE a IS NULL;
CREATE INDEX users_name_idx ON users (name);
--- found
2:1 The transaction holds the lock ACCESS EXCLUSIVE on "orders" since line 1, and changes rows here: reads and writes wait for "orders" until that is done. Change the rows in a migration of its own, in batches.
3:1 The transaction holds the lock ACCESS EXCLUSIVE on "orders" since line 1, and works through all rows of "users" here: reads and writes wait for "orders" until that is done. Put the two into migrations of their own.

--- case one table, and new ones
--- setup
CREATE TABLE orders (id int PRIMARY KEY, total int, note text);
CREATE TABLE users (id int PRIMARY KEY, name text);
--- input
ALTER TABLE orders ADD COLUMN IF NOT EXISTS a text;
ALTER TABLE orders ADD COLUMN IF NOT EXISTS b text;
CREATE TABLE IF NOT EXISTS fresh (id int);
ALTER TABLE fresh ADD COLUMN IF NOT EXISTS a text;
CREATE INDEX IF NOT EXISTS fresh_a_idx ON fresh (a);

--- case a table under a new name | not run: that it runs twice is the matter of other rules
--- setup
CREATE TABLE orders (id int PRIMARY KEY, total int);
--- input
ALTER TABLE orders RENAME TO purchases;
ALTER TABLE purchases ADD COLUMN a text;
