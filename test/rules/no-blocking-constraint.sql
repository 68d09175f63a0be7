--- case CHECK and foreign keys | not run: that it runs twice is the matter of other rules
--- setup
CREATE TABLE users (id int PRIMARY KEY);
CREATE TABLE orders (id int PRIMARY KEY, user_id int, total int);
--- input
ALTER TABLE orders ADD CONSTRAINT orders_total_check CHECK (total >= 0);
ALTER TABLE orders ADD CONSTRAINT orders_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id);
alter table orders add foreign key (user_id) references users;
--- found
1:20 CHECK "orders_total_check" reads all of "orders" under an ACCESS EXCLUSIVE lock: reads and writes wait meanwhile. Write NOT VALID behind it, and VALIDATE CONSTRAINT in the next migration. (Write NOT VALID here, and VALIDATE CONSTRAINT orders_total_check in the next migration.)
2:20 FOREIGN KEY "orders_user_id_fkey" reads all of "orders" under a SHARE ROW EXCLUSIVE lock: writes wait meanwhile. Write NOT VALID behind it, and VALIDATE CONSTRAINT in the next migration. (Write NOT VALID here, and VALIDATE CONSTRAINT orders_user_id_fkey in the next migration.)
3:20 FOREIGN KEY to "users" reads all of "orders" under a SHARE ROW EXCLUSIVE lock: writes wait meanwhile. Write NOT VALID behind it, and VALIDATE CONSTRAINT in the next migration. (Write NOT VALID here, and VALIDATE CONSTRAINT of it in the next migration.)
--- written
ALTER TABLE orders ADD CONSTRAINT orders_total_check CHECK (total >= 0) NOT VALID;
ALTER TABLE orders ADD CONSTRAINT orders_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id) NOT VALID;
alter table orders add foreign key (user_id) references users not valid;

--- case NOT VALID, and constraints that look at no row
--- setup
CREATE TABLE users (id int PRIMARY KEY);
CREATE TABLE orders (id int PRIMARY KEY, user_id int, total int CONSTRAINT positive CHECK (total > 0));
--- input
ALTER TABLE orders ADD CONSTRAINT orders_total_check CHECK (total >= 0) NOT VALID;
ALTER TABLE orders ADD CONSTRAINT orders_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id) NOT VALID;
ALTER TABLE orders ADD COLUMN IF NOT EXISTS buyer_id int REFERENCES users (id);
ALTER TABLE orders VALIDATE CONSTRAINT positive;
CREATE TABLE IF NOT EXISTS items (id int PRIMARY KEY, order_id int REFERENCES orders (id), n int CHECK (n > 0));
ALTER TABLE items ADD CONSTRAINT items_n_check1 CHECK (n < 100);
ALTER TABLE items ALTER COLUMN n SET NOT NULL;
CREATE DOMAIN email AS text CHECK (VALUE LIKE '%@%');

--- case NOT VALID and VALIDATE in one transaction
--- setup
CREATE TABLE orders (id int PRIMARY KEY, total int);
--- input
ALTER TABLE orders ADD CONSTRAINT orders_total_check CHECK (total >= 0) NOT VALID;
ALTER TABLE orders VALIDATE CONSTRAINT orders_total_check;
--- found
2:20 VALIDATE CONSTRAINT reads all of "orders" while the lock ACCESS EXCLUSIVE of line 1 is held, so that reads and writes wait: NOT VALID was in vain. Move VALIDATE CONSTRAINT into the next migration.

--- case NOT VALID and VALIDATE in transactions of their own
--- setup
CREATE TABLE orders (id int PRIMARY KEY, total int);
--- input
BEGIN;
ALTER TABLE orders ADD CONSTRAINT orders_total_check CHECK (total >= 0) NOT VALID;
COMMIT;
BEGIN;
ALTER TABLE orders VALIDATE CONSTRAINT orders_total_check;
COMMIT;

--- case NOT VALID and VALIDATE in one statement
--- setup
CREATE TABLE orders (id int PRIMARY KEY, total int);
--- input
ALTER TABLE orders ADD CONSTRAINT orders_total_check CHECK (total >= 0) NOT VALID, VALIDATE CONSTRAINT orders_total_check;
--- found
1:84 VALIDATE CONSTRAINT reads all of "orders" under the lock ACCESS EXCLUSIVE of the other subcommands: reads and writes wait meanwhile. Move it into a statement of its own in the next migration.

--- case NOT NULL | not run: that it runs twice is the matter of other rules
--- setup
CREATE TABLE orders (id int PRIMARY KEY, a int, b int CHECK (b IS NOT NULL AND b > 0), c int NOT NULL, d int);
ALTER TABLE orders ADD CONSTRAINT d_is_set CHECK (d IS NOT NULL) NOT VALID;
ALTER TABLE orders VALIDATE CONSTRAINT d_is_set;
--- input
ALTER TABLE orders ALTER COLUMN a SET NOT NULL;
ALTER TABLE orders ALTER COLUMN b SET NOT NULL, ALTER c SET NOT NULL, ALTER COLUMN id SET NOT NULL;
ALTER TABLE orders ALTER COLUMN d SET NOT NULL;
ALTER TABLE orders DROP CONSTRAINT d_is_set;
--- found
1:20 SET NOT NULL reads all of "orders" under an ACCESS EXCLUSIVE lock: reads and writes wait meanwhile. Add CHECK (a IS NOT NULL) NOT VALID here, VALIDATE CONSTRAINT in the next migration, and SET NOT NULL in the one after it. That one reads nothing then. (Write the CHECK with NOT VALID here. Next migration: VALIDATE CONSTRAINT orders_a_check. The one after it: SET NOT NULL, and DROP CONSTRAINT orders_a_check.)
--- written
ALTER TABLE orders ADD CONSTRAINT orders_a_check CHECK (a IS NOT NULL) NOT VALID;
ALTER TABLE orders ALTER COLUMN b SET NOT NULL, ALTER c SET NOT NULL, ALTER COLUMN id SET NOT NULL;
ALTER TABLE orders ALTER COLUMN d SET NOT NULL;
ALTER TABLE orders DROP CONSTRAINT d_is_set;

--- case a proof that the same statement drops | not run: that it runs twice is the matter of other rules
--- setup
CREATE TABLE orders (id int PRIMARY KEY, a int CONSTRAINT a_is_set CHECK (a IS NOT NULL));
--- input
ALTER TABLE orders ALTER COLUMN a SET NOT NULL, DROP CONSTRAINT IF EXISTS a_is_set;
--- found
1:20 SET NOT NULL reads all of "orders" under an ACCESS EXCLUSIVE lock: reads and writes wait meanwhile. Add CHECK (a IS NOT NULL) NOT VALID here, VALIDATE CONSTRAINT in the next migration, and SET NOT NULL in the one after it. That one reads nothing then. (Write the CHECK with NOT VALID here. Next migration: VALIDATE CONSTRAINT orders_a_check. The one after it: SET NOT NULL, and DROP CONSTRAINT orders_a_check.)
--- written
ALTER TABLE orders ADD CONSTRAINT orders_a_check CHECK (a IS NOT NULL) NOT VALID, DROP CONSTRAINT IF EXISTS a_is_set;

--- case NOT NULL of PostgreSQL 18 | not run: the text is for PostgreSQL 18 only
--- setup
CREATE TABLE orders (id int PRIMARY KEY, a int, b int);
ALTER TABLE orders ADD CONSTRAINT b_is_set NOT NULL b NOT VALID;
--- input
ALTER TABLE orders ADD CONSTRAINT a_is_set NOT NULL a;
ALTER TABLE orders ALTER COLUMN b SET NOT NULL;
--- found
1:20 SET NOT NULL reads all of "orders" under an ACCESS EXCLUSIVE lock: reads and writes wait meanwhile. Add CHECK (a IS NOT NULL) NOT VALID here, VALIDATE CONSTRAINT in the next migration, and SET NOT NULL in the one after it. That one reads nothing then.
2:20 SET NOT NULL reads all of "orders" under an ACCESS EXCLUSIVE lock: reads and writes wait meanwhile. The column has a NOT NULL that is NOT VALID: VALIDATE CONSTRAINT lets others work.

--- case keys
--- setup
CREATE TABLE orders (id int, a int, b int, c int NOT NULL);
CREATE UNIQUE INDEX orders_a_key ON orders (a);
CREATE UNIQUE INDEX orders_b_key ON orders (b);
--- input
ALTER TABLE orders ADD CONSTRAINT orders_c_key UNIQUE (c);
ALTER TABLE orders ADD CONSTRAINT orders_a_key UNIQUE USING INDEX orders_a_key;
ALTER TABLE orders ADD CONSTRAINT orders_b_key PRIMARY KEY USING INDEX orders_b_key;
ALTER TABLE orders ADD COLUMN IF NOT EXISTS e int UNIQUE, ADD COLUMN IF NOT EXISTS f int CHECK (f > 0);
ALTER TABLE orders ADD CONSTRAINT alone EXCLUDE USING btree (c WITH =);
--- found
1:20 UNIQUE "orders_c_key" builds an index on "orders" under an ACCESS EXCLUSIVE lock: reads and writes wait meanwhile. Create the unique index with CONCURRENTLY in an earlier migration, and add the constraint USING INDEX.
3:20 PRIMARY KEY sets "b" NOT NULL, and reads all of "orders" for it under an ACCESS EXCLUSIVE lock: reads and writes wait meanwhile. Add CHECK (b IS NOT NULL) NOT VALID and validate it in earlier migrations.
4:20 UNIQUE of the new column builds an index on "orders" under an ACCESS EXCLUSIVE lock: reads and writes wait meanwhile. Add the column without it, create the unique index with CONCURRENTLY in the next migration, and add the constraint USING INDEX.
4:59 The CHECK of the new column reads all of "orders" under an ACCESS EXCLUSIVE lock: reads and writes wait meanwhile. Add the column without it, then the constraint with NOT VALID, and VALIDATE CONSTRAINT in the next migration.
5:20 EXCLUDE builds an index on "orders" under an ACCESS EXCLUSIVE lock: reads and writes wait meanwhile. PostgreSQL has no gentler way: do it while little is written, with a lock_timeout.

--- case partitions
--- setup
CREATE TABLE events (id int NOT NULL, a int) PARTITION BY RANGE (id);
CREATE TABLE events_1 (id int NOT NULL, a int);
CREATE TABLE events_2 (id int NOT NULL, a int, CHECK (id BETWEEN 1000 AND 1999));
CREATE TABLE events_rest PARTITION OF events DEFAULT;
ALTER TABLE events_rest ADD CONSTRAINT beyond CHECK (id >= 2000 OR id < 1000);
--- input
ALTER TABLE events ATTACH PARTITION events_1 FOR VALUES FROM (0) TO (1000);
ALTER TABLE events ATTACH PARTITION events_2 FOR VALUES FROM (1000) TO (2000);
CREATE TABLE IF NOT EXISTS events_3 PARTITION OF events FOR VALUES FROM (2000) TO (3000);
ALTER TABLE events ADD CONSTRAINT events_key UNIQUE (id);
--- found
1:20 ATTACH PARTITION reads all of the default partition "events_rest" under an ACCESS EXCLUSIVE lock, for rows that belong into the new one: reads and writes wait meanwhile, of the whole table. Add a CHECK to it with NOT VALID that excludes them, and validate it, in earlier migrations.
1:20 ATTACH PARTITION reads all of "events_1" under an ACCESS EXCLUSIVE lock, since no valid CHECK proves that its rows are within the bounds: reads and writes wait meanwhile. Add such a CHECK with NOT VALID, and validate it, in earlier migrations.
3:1 CREATE TABLE … PARTITION OF reads all of the default partition "events_rest" under an ACCESS EXCLUSIVE lock, for rows that belong into the new one: reads and writes wait meanwhile, of the whole table. Add a CHECK to it with NOT VALID that excludes them, and validate it, in earlier migrations.
4:20 UNIQUE "events_key" builds an index on "events_rest" and 2 more under an ACCESS EXCLUSIVE lock: reads and writes wait meanwhile. Add it to ONLY the table, and create a unique index on each partition with CONCURRENTLY. Then add the constraint there USING INDEX, and attach the indexes with ALTER INDEX … ATTACH PARTITION.

--- case domains
--- setup
CREATE DOMAIN email AS text;
CREATE TABLE users (id int PRIMARY KEY, email email);
CREATE DOMAIN unused AS text;
--- input
ALTER DOMAIN email ADD CONSTRAINT has_at CHECK (VALUE LIKE '%@%');
ALTER DOMAIN unused ADD CONSTRAINT is_short CHECK (length(VALUE) < 10);
ALTER DOMAIN email ADD CONSTRAINT is_long CHECK (length(VALUE) > 3) NOT VALID;
--- found
1:1 ALTER DOMAIN email reads all of "users" under a SHARE lock: writes wait meanwhile. Write NOT VALID behind a new CHECK; VALIDATE CONSTRAINT of a domain stops writes as well.
