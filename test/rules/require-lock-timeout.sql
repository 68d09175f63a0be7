--- case none
--- setup
CREATE TABLE orders (id int PRIMARY KEY, total int, note text);
--- input
SELECT 1;
ALTER TABLE orders ADD COLUMN IF NOT EXISTS state text;
ALTER TABLE orders ADD COLUMN IF NOT EXISTS other text;
--- found
2:20 ALTER TABLE waits for an ACCESS EXCLUSIVE lock on "orders" as long as another transaction uses it, and reads and writes wait behind it meanwhile. Write SET lock_timeout = '5s' above it, so that it gives up and can be tried again. (Write SET lock_timeout = '5s' above it.)
--- written
SELECT 1;
SET lock_timeout = '5s';
ALTER TABLE orders ADD COLUMN IF NOT EXISTS state text;
ALTER TABLE orders ADD COLUMN IF NOT EXISTS other text;

--- case set
--- setup
CREATE TABLE orders (id int PRIMARY KEY, total int, note text);
--- input
SET lock_timeout = '2s';
ALTER TABLE orders ADD COLUMN IF NOT EXISTS state text;
SELECT set_config('lock_timeout', '3s', false);

--- case zero
--- setup
CREATE TABLE orders (id int PRIMARY KEY, total int, note text);
--- input
SET lock_timeout = 0;
ALTER TABLE orders ADD COLUMN IF NOT EXISTS state text;
--- found
2:20 lock_timeout is 0 here, which is none: ALTER TABLE waits for an ACCESS EXCLUSIVE lock on "orders" as long as another transaction uses it, and reads and writes wait behind it. Write a time, such as '5s'.

--- case too late
--- setup
CREATE TABLE orders (id int PRIMARY KEY, total int, note text);
--- input
ALTER TABLE orders ADD COLUMN IF NOT EXISTS state text;
SET lock_timeout = '2s';
--- found
1:20 lock_timeout is set in line 2 only: ALTER TABLE waits for an ACCESS EXCLUSIVE lock on "orders" without one, and reads and writes wait behind it. Set it above.

--- case weak locks and new tables
--- setup
CREATE TABLE orders (id int PRIMARY KEY, total int, note text);
--- input
CREATE TABLE IF NOT EXISTS fresh (id int);
ALTER TABLE fresh ADD COLUMN IF NOT EXISTS a int;
ALTER TABLE orders ALTER COLUMN note SET STATISTICS 100;
COMMENT ON TABLE orders IS 'x';
UPDATE orders SET note = 'x' WHERE id = 1;

--- case a gentler form
--- setup
CREATE TABLE orders (id int PRIMARY KEY, total int, note text);
CREATE INDEX orders_total_idx ON orders (total);
--- input
DROP INDEX IF EXISTS orders_total_idx;
--- found
1:1 DROP INDEX waits for an ACCESS EXCLUSIVE lock on "orders" as long as another transaction uses it, and reads and writes wait behind it meanwhile. Write SET lock_timeout = '5s' above it, so that it gives up and can be tried again; or write DROP INDEX CONCURRENTLY. (Write SET lock_timeout = '5s' above it.)
--- written
SET lock_timeout = '5s';
DROP INDEX IF EXISTS orders_total_idx;

--- case CONCURRENTLY with one
--- setup
CREATE TABLE orders (id int PRIMARY KEY, total int, note text);
--- input
SET lock_timeout = '2s';
CREATE INDEX CONCURRENTLY IF NOT EXISTS orders_total_idx ON orders (total);
--- found
2:1 A lock_timeout may end CREATE INDEX half-way, which leaves an invalid index, or a partition that is neither attached nor detached, behind. Write SET lock_timeout = 0 before it.

--- case a foreign key of a new table
--- setup
CREATE TABLE orders (id int PRIMARY KEY, total int, note text);
--- input
CREATE TABLE IF NOT EXISTS items (id int PRIMARY KEY, order_id int REFERENCES orders (id));
--- found
1:1 CREATE TABLE waits for a SHARE ROW EXCLUSIVE lock on "orders" as long as another transaction uses it, and writes wait behind it meanwhile. Write SET lock_timeout = '5s' above it, so that it gives up and can be tried again. (Write SET lock_timeout = '5s' above it.)
--- written
SET lock_timeout = '5s';
CREATE TABLE IF NOT EXISTS items (id int PRIMARY KEY, order_id int REFERENCES orders (id));
