--- case an index on an old table
--- setup
CREATE TABLE orders (id int PRIMARY KEY, user_id int);
--- input
CREATE INDEX IF NOT EXISTS orders_user_id_idx ON orders (user_id);
create unique index if not exists orders_key on public.orders (user_id, id) where user_id > 0;
--- found
1:1 CREATE INDEX reads all of "orders" under a SHARE lock: writes wait until the index is built. Write CREATE INDEX CONCURRENTLY. It cannot run in a transaction: put it into a migration of its own, which the tool runs without one. (Write CONCURRENTLY; put it into a migration of its own, which the tool runs without one.)
2:1 CREATE INDEX reads all of "orders" under a SHARE lock: writes wait until the index is built. Write CREATE INDEX CONCURRENTLY. It cannot run in a transaction: put it into a migration of its own, which the tool runs without one. (Write CONCURRENTLY; put it into a migration of its own, which the tool runs without one.)
--- written
CREATE INDEX CONCURRENTLY IF NOT EXISTS orders_user_id_idx ON orders (user_id);
create unique index concurrently if not exists orders_key on public.orders (user_id, id) where user_id > 0;

--- case tables that are new, temporary, or not there
--- setup
CREATE TABLE old (id int PRIMARY KEY, a int);
CREATE INDEX old_a_idx ON old (a);
--- input
CREATE TABLE IF NOT EXISTS orders (id int PRIMARY KEY, user_id int);
CREATE INDEX IF NOT EXISTS orders_user_id_idx ON orders (user_id);
CREATE TEMP TABLE scratch (a int);
CREATE INDEX ON scratch (a);
CREATE INDEX IF NOT EXISTS old_a_idx ON old (a);
ALTER TABLE IF EXISTS orders RENAME TO orders_of_today;
CREATE INDEX IF NOT EXISTS orders_id_idx ON orders_of_today (id);

--- case a table that takes the place of an old one | not run: that it runs twice is the matter of other rules
--- setup
CREATE TABLE orders (id int PRIMARY KEY, a int);
--- input
ALTER TABLE orders RENAME TO orders_old;
CREATE TABLE orders (id int PRIMARY KEY, a int);
CREATE INDEX orders_a_idx ON orders (a);
CREATE INDEX orders_old_a_idx ON orders_old (a);
--- found
4:1 CREATE INDEX reads all of "orders_old" under a SHARE lock: writes wait until the index is built. Write CREATE INDEX CONCURRENTLY. It cannot run in a transaction: put it into a migration of its own, which the tool runs without one. (Write CONCURRENTLY; put it into a migration of its own, which the tool runs without one.)
--- written
ALTER TABLE orders RENAME TO orders_old;
CREATE TABLE orders (id int PRIMARY KEY, a int);
CREATE INDEX orders_a_idx ON orders (a);
CREATE INDEX CONCURRENTLY orders_old_a_idx ON orders_old (a);

--- case partitions
--- setup
CREATE TABLE events (id int NOT NULL, a int) PARTITION BY RANGE (id);
CREATE TABLE events_1 PARTITION OF events FOR VALUES FROM (0) TO (1000);
CREATE TABLE events_2 PARTITION OF events FOR VALUES FROM (1000) TO (2000);
CREATE INDEX events_1_a_idx ON events_1 (a);
--- input
CREATE INDEX IF NOT EXISTS events_a_idx ON events (a);
CREATE INDEX IF NOT EXISTS events_id_idx ON ONLY events (id);
--- found
1:1 CREATE INDEX on the partitioned table "events" reads all of "events_2" under the lock SHARE, in one transaction: writes wait until all of it is built. Create it ON ONLY "events", then an index on each partition with CONCURRENTLY, and attach these with ALTER INDEX … ATTACH PARTITION.

--- case CONCURRENTLY
--- setup
CREATE TABLE orders (id int PRIMARY KEY, a int);
--- input
CREATE INDEX CONCURRENTLY IF NOT EXISTS orders_a_idx ON orders (a);
REINDEX INDEX CONCURRENTLY orders_pkey;

--- case REINDEX
--- setup
CREATE TABLE orders (id int PRIMARY KEY, a int);
--- input
REINDEX INDEX orders_pkey;
reindex table orders;
--- found
1:1 REINDEX builds every index anew under a SHARE lock on "orders", and no query can use an index meanwhile: reads and writes wait. Write REINDEX (CONCURRENTLY). It cannot run in a transaction: put it into a migration of its own, which the tool runs without one.
2:1 REINDEX builds every index anew under a SHARE lock on "orders", and no query can use an index meanwhile: reads and writes wait. Write REINDEX (CONCURRENTLY). It cannot run in a transaction: put it into a migration of its own, which the tool runs without one.

--- case materialized views
--- setup
CREATE TABLE orders (id int PRIMARY KEY, a int);
CREATE MATERIALIZED VIEW totals AS SELECT a, count(*) AS n FROM orders GROUP BY a;
CREATE MATERIALIZED VIEW sums AS SELECT a, sum(id) AS n FROM orders GROUP BY a;
CREATE UNIQUE INDEX sums_a_idx ON sums (a);
--- input
REFRESH MATERIALIZED VIEW totals;
REFRESH MATERIALIZED VIEW sums;
REFRESH MATERIALIZED VIEW CONCURRENTLY sums;
--- found
1:1 REFRESH MATERIALIZED VIEW fills "totals" under an ACCESS EXCLUSIVE lock: whoever reads it waits as long as its query takes. Write REFRESH MATERIALIZED VIEW CONCURRENTLY, which needs a unique index on its columns first.
2:1 REFRESH MATERIALIZED VIEW fills "sums" under an ACCESS EXCLUSIVE lock: whoever reads it waits as long as its query takes. Write REFRESH MATERIALIZED VIEW CONCURRENTLY.

--- case a partition without the indexes of its table
--- setup
CREATE TABLE events (id int NOT NULL, a int) PARTITION BY RANGE (id);
CREATE INDEX events_a_idx ON events (a);
CREATE TABLE events_1 (id int NOT NULL CHECK (id >= 0 AND id < 1000), a int);
--- input
ALTER TABLE events ATTACH PARTITION events_1 FOR VALUES FROM (0) TO (1000);
--- found
1:20 ATTACH PARTITION builds the index "events_a_idx" on "events_1", which has none like it, under an ACCESS EXCLUSIVE lock: reads and writes wait meanwhile. Create the index on "events_1" with CONCURRENTLY in an earlier migration.

--- case statements in a DO block
--- setup
CREATE TABLE orders (id int PRIMARY KEY, a int);
CREATE INDEX there ON orders (id);
--- input
DO $$
BEGIN
  IF to_regclass('orders_a_idx') IS NULL THEN
    CREATE INDEX orders_a_idx ON orders (a);
  END IF;
  IF to_regclass('there') IS NULL THEN
    CREATE INDEX there ON orders (id);
  END IF;
END $$;
--- found
4:5 CREATE INDEX reads all of "orders" under a SHARE lock: writes wait until the index is built. Write CREATE INDEX CONCURRENTLY. It cannot run in a transaction: put it into a migration of its own, which the tool runs without one.
