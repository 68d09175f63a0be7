--- case in a transaction of the file | not run: PostgreSQL refuses it
--- setup
CREATE TABLE orders (id int PRIMARY KEY, total int, note text);
--- input
BEGIN;
CREATE INDEX CONCURRENTLY orders_total_idx ON orders (total);
COMMIT;
--- found
2:1 CREATE INDEX CONCURRENTLY fails in the transaction that line 1 begins (25001). Put it behind COMMIT, or into a migration of its own.

--- case in a DO block | not run: PostgreSQL refuses it
--- setup
CREATE TABLE orders (id int PRIMARY KEY, total int, note text);
--- input
DO $$
BEGIN
  EXECUTE 'CREATE INDEX CONCURRENTLY orders_total_idx ON orders (total)';
END $$;
--- found
3:12 CREATE INDEX CONCURRENTLY fails in a DO block, in a transaction or not (25001). Write it as a statement of its own.

--- case outside of one
--- setup
CREATE TABLE orders (id int PRIMARY KEY, total int, note text);
--- input
BEGIN;
COMMENT ON TABLE orders IS 'x';
COMMIT;
CREATE INDEX CONCURRENTLY IF NOT EXISTS orders_total_idx ON orders (total);

--- case what runs in one
--- setup
CREATE MATERIALIZED VIEW v AS SELECT 1 AS a;
CREATE UNIQUE INDEX v_a ON v (a);
--- input
BEGIN;
REFRESH MATERIALIZED VIEW CONCURRENTLY v;
COMMIT;
