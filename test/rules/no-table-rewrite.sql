--- case types
--- setup
CREATE TYPE mood AS ENUM ('ok');
CREATE TABLE orders (id int PRIMARY KEY, a varchar(10), b numeric(10, 2), c text, d timestamp, e int);
--- input
ALTER TABLE orders ALTER COLUMN id TYPE bigint;
ALTER TABLE orders ALTER COLUMN a TYPE varchar(5);
ALTER TABLE orders ALTER COLUMN b TYPE numeric(12, 4), ALTER COLUMN c SET DATA TYPE mood USING c::mood;
ALTER TABLE orders ALTER COLUMN d TYPE timestamptz;
ALTER TABLE orders ALTER COLUMN e TYPE int USING e + 1;
--- found
1:20 TYPE bigint of "id" writes all rows of "orders" anew under an ACCESS EXCLUSIVE lock: reads and writes wait meanwhile. Add a new column of that type, keep it in step with a trigger, and fill it in batches. Then let it take the place of the old one. Each step is a migration of its own.
2:20 TYPE varchar of "a" writes all rows of "orders" anew under an ACCESS EXCLUSIVE lock: reads and writes wait meanwhile. Add a new column of that type, keep it in step with a trigger, and fill it in batches. Then let it take the place of the old one. Each step is a migration of its own.
3:20 TYPE numeric of "b" writes all rows of "orders" anew under an ACCESS EXCLUSIVE lock: reads and writes wait meanwhile. Add a new column of that type, keep it in step with a trigger, and fill it in batches. Then let it take the place of the old one. Each step is a migration of its own.
3:56 TYPE mood of "c" writes all rows of "orders" anew under an ACCESS EXCLUSIVE lock: reads and writes wait meanwhile. Add a new column of that type, keep it in step with a trigger, and fill it in batches. Then let it take the place of the old one. Each step is a migration of its own.
4:20 TYPE timestamptz of "d" writes all rows of "orders" anew under an ACCESS EXCLUSIVE lock: reads and writes wait meanwhile. In UTC it changes no byte: write SET LOCAL TimeZone TO 'UTC' before it, if that is what the old values mean.
5:20 TYPE int of "e" writes all rows of "orders" anew under an ACCESS EXCLUSIVE lock: reads and writes wait meanwhile. Add a new column of that type, keep it in step with a trigger, and fill it in batches. Then let it take the place of the old one. Each step is a migration of its own.

--- case types that change no byte
--- setup
CREATE TABLE orders (id int PRIMARY KEY, a varchar(10), b numeric(10, 2), c varchar(30), d timestamp, e cidr);
CREATE INDEX orders_a_idx ON orders (a);
--- input
ALTER TABLE orders ALTER COLUMN a TYPE varchar(20);
ALTER TABLE orders ALTER COLUMN a TYPE text USING a::text;
ALTER TABLE orders ALTER COLUMN b TYPE numeric(12, 2), ALTER COLUMN c TYPE varchar;
SET LOCAL TimeZone TO 'UTC';
ALTER TABLE orders ALTER COLUMN d TYPE timestamptz, ALTER COLUMN e TYPE inet;

--- case what a new type makes anew
--- setup
CREATE TABLE orders (id int PRIMARY KEY, a varchar(10) CHECK (a <> ''), b varchar(10), c text);
CREATE INDEX orders_b_idx ON orders (lower(b));
CREATE INDEX orders_c_idx ON orders (c);
--- input
ALTER TABLE orders ALTER COLUMN a TYPE varchar(20);
ALTER TABLE orders ALTER COLUMN b TYPE text;
ALTER TABLE orders ALTER COLUMN c TYPE text COLLATE "C";
--- found
1:20 TYPE varchar of "a" leaves the rows of "orders" as they are, but checks the constraint "orders_a_check" against all of them under an ACCESS EXCLUSIVE lock: reads and writes wait meanwhile. Drop the constraint in the same statement, add it again with NOT VALID, and validate it in the next migration.
2:20 TYPE text of "b" leaves the rows of "orders" as they are, but builds the index "orders_b_idx" anew under an ACCESS EXCLUSIVE lock: reads and writes wait meanwhile. Drop the index first, and create it again with CONCURRENTLY in the next migration.
3:20 TYPE text of "c" leaves the rows of "orders" as they are, but builds the index "orders_c_idx" anew under an ACCESS EXCLUSIVE lock: reads and writes wait meanwhile. Drop the index first, and create it again with CONCURRENTLY in the next migration.

--- case a type that PostgreSQL refuses
--- setup
CREATE TABLE orders (id int PRIMARY KEY, a int);
CREATE VIEW names AS SELECT id, a FROM orders;
--- input
DROP VIEW IF EXISTS names;
ALTER TABLE orders ALTER COLUMN a TYPE bigint;
CREATE VIEW names AS SELECT id, a FROM orders;
--- found
2:20 TYPE bigint of "a" writes all rows of "orders" anew under an ACCESS EXCLUSIVE lock: reads and writes wait meanwhile. Add a new column of that type, keep it in step with a trigger, and fill it in batches. Then let it take the place of the old one. Each step is a migration of its own.

--- case new columns
--- setup
CREATE FUNCTION seven() RETURNS int LANGUAGE sql AS 'SELECT 7';
CREATE FUNCTION code() RETURNS text LANGUAGE plpgsql AS $$ BEGIN RETURN 'x'; END $$;
CREATE DOMAIN positive AS int CHECK (VALUE > 0);
CREATE DOMAIN plain AS int;
CREATE TABLE orders (id int PRIMARY KEY);
--- input
ALTER TABLE orders ADD COLUMN a uuid DEFAULT gen_random_uuid(), ADD COLUMN b text DEFAULT code();
ALTER TABLE orders ADD COLUMN c bigserial, ADD COLUMN d positive, ADD COLUMN e int GENERATED ALWAYS AS (id * 2) STORED;
ALTER TABLE orders ADD COLUMN f int DEFAULT 0, ADD COLUMN g timestamptz NOT NULL DEFAULT now(), ADD COLUMN h plain;
ALTER TABLE orders ADD COLUMN i int DEFAULT seven(), ADD COLUMN j uuid, ALTER COLUMN j SET DEFAULT gen_random_uuid();
--- found
1:20 The default of "a" has another value for each row, so ADD COLUMN writes all rows of "orders" anew under an ACCESS EXCLUSIVE lock: reads and writes wait meanwhile. Add the column without it, SET DEFAULT in a second statement, and fill the old rows in batches.
1:65 The default of "b" has another value for each row, so ADD COLUMN writes all rows of "orders" anew under an ACCESS EXCLUSIVE lock: reads and writes wait meanwhile. Add the column without it, SET DEFAULT in a second statement, and fill the old rows in batches.
2:20 "c" numbers the rows that are there, so ADD COLUMN writes all rows of "orders" anew under an ACCESS EXCLUSIVE lock: reads and writes wait meanwhile. Add a plain column and a sequence, fill the old rows in batches, and make it an identity with ADD GENERATED at last.
2:44 The type of "d" is a domain with a constraint, so ADD COLUMN writes all rows of "orders" anew under an ACCESS EXCLUSIVE lock: reads and writes wait meanwhile. Add the column with the type below the domain, and a CHECK with NOT VALID.
2:67 ADD COLUMN computes "e" for each row, and writes all rows of "orders" anew under an ACCESS EXCLUSIVE lock: reads and writes wait meanwhile. Compute it in a view or, since PostgreSQL 18, in a VIRTUAL column; or fill a plain column by a trigger, and the old rows in batches.

--- case new tables
--- setup
CREATE TABLE old (id int PRIMARY KEY);
--- input
CREATE TABLE IF NOT EXISTS orders (id int PRIMARY KEY, a int);
ALTER TABLE orders ALTER COLUMN a TYPE bigint, ADD COLUMN IF NOT EXISTS b uuid DEFAULT gen_random_uuid();
TRUNCATE orders;

--- case whole tables | not run: CLUSTER and VACUUM FULL are not for a test of fixes
--- setup
CREATE TABLE orders (id int PRIMARY KEY);
CREATE UNLOGGED TABLE cache (id int PRIMARY KEY);
--- input
CLUSTER orders USING orders_pkey;
VACUUM FULL orders;
VACUUM orders;
ALTER TABLE orders SET UNLOGGED;
ALTER TABLE cache SET LOGGED;
ALTER TABLE cache SET LOGGED;
ALTER TABLE orders SET TABLESPACE pg_default, SET ACCESS METHOD heap;
ALTER TABLE orders SET TABLESPACE fast;
TRUNCATE orders, cache;
--- found
1:1 CLUSTER writes all rows of "orders" anew under an ACCESS EXCLUSIVE lock: reads and writes wait meanwhile. It belongs outside of a migration; pg_repack does it while others work.
2:1 VACUUM FULL writes all rows of "orders" anew under an ACCESS EXCLUSIVE lock: reads and writes wait meanwhile. It belongs outside of a migration; pg_repack does it while others work.
4:20 SET UNLOGGED writes all rows of "orders" anew under an ACCESS EXCLUSIVE lock: reads and writes wait meanwhile. Do it while the table is small or unused, with a lock_timeout.
5:19 SET LOGGED writes all rows of "cache" anew under an ACCESS EXCLUSIVE lock: reads and writes wait meanwhile. Do it while the table is small or unused, with a lock_timeout.
8:20 SET TABLESPACE fast copies all of "orders" under an ACCESS EXCLUSIVE lock: reads and writes wait meanwhile. Do it outside of a migration.
9:1 TRUNCATE gives "orders" and "cache" an empty file under an ACCESS EXCLUSIVE lock: reads and writes wait until the transaction ends, and for every statement that holds them. Make it the last statement of its transaction, with a lock_timeout.

--- case rows that are changed while a lock is held
--- setup
CREATE TABLE orders (id int PRIMARY KEY, a int);
--- input
ALTER TABLE orders ADD COLUMN IF NOT EXISTS b int;
UPDATE orders SET b = a WHERE b IS NULL;
UPDATE orders SET b = 1 WHERE id = 1;
--- found
2:1 UPDATE changes the rows of "orders" while the lock ACCESS EXCLUSIVE of line 1 is held: reads and writes wait until all are written. Change them in a migration of their own, in batches.

--- case a column of which nothing is known | not run: the table is not there
ALTER TABLE orders ALTER COLUMN a TYPE bigint;
--- found
1:20 TYPE bigint of "a" may write all rows of "orders" anew under an ACCESS EXCLUSIVE lock: it depends on the type that the column has now, which no migration says. Add a new column of that type, keep it in step with a trigger, and fill it in batches. Then let it take the place of the old one. Each step is a migration of its own.
