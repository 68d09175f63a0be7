--- case a prefix
--- setup
CREATE TABLE orders (id int PRIMARY KEY, a int, b int, UNIQUE (b, a));
CREATE INDEX orders_a_b_idx ON orders (a, b);
--- input
CREATE INDEX IF NOT EXISTS orders_a_idx ON orders (a);
CREATE INDEX IF NOT EXISTS orders_b_idx ON orders (b);
CREATE INDEX IF NOT EXISTS orders_id_idx ON orders (id);
--- found
1:1 Index "orders_a_idx" on a of "orders" is not needed: the columns of "orders_a_b_idx" begin with these, and every write keeps both up to date. Leave it out.
2:1 Index "orders_b_idx" on b of "orders" is not needed: the columns of "orders_b_a_key" begin with these, and every write keeps both up to date. Leave it out.
3:1 Index "orders_id_idx" on id of "orders" is not needed: the columns of "orders_pkey" begin with these, and every write keeps both up to date. Leave it out.

--- case a longer one
--- setup
CREATE TABLE orders (id int PRIMARY KEY, a int, b int);
CREATE INDEX orders_a_idx ON orders (a);
--- input
CREATE INDEX IF NOT EXISTS orders_a_b_idx ON orders (a, b);
--- found
1:1 Index "orders_a_idx" on a of "orders" is not needed any more: the columns of "orders_a_b_idx" begin with these, and every write keeps both up to date. Drop it with CONCURRENTLY in a later migration.

--- case indexes for something else
--- setup
CREATE TABLE orders (id int PRIMARY KEY, a int, b text);
CREATE INDEX orders_a_b_idx ON orders (a, b);
CREATE INDEX partial_idx ON orders (b, a) WHERE a > 0;
--- input
CREATE INDEX IF NOT EXISTS i1 ON orders (a DESC);
CREATE UNIQUE INDEX IF NOT EXISTS i2 ON orders (a);
CREATE INDEX IF NOT EXISTS i3 ON orders (b);
CREATE INDEX IF NOT EXISTS i4 ON orders (a) WHERE b IS NULL;
CREATE INDEX IF NOT EXISTS i5 ON orders USING hash (a);
CREATE INDEX IF NOT EXISTS i6 ON orders (a) INCLUDE (id);
CREATE INDEX IF NOT EXISTS orders_a_b_idx ON orders (a, b);

--- case one that is dropped first
--- setup
CREATE TABLE orders (id int PRIMARY KEY, a int, b int);
CREATE INDEX orders_a_b_idx ON orders (a, b);
--- input
DROP INDEX IF EXISTS orders_a_b_idx;
CREATE INDEX IF NOT EXISTS orders_a_idx ON orders (a);
