--- case no default | not run: that it runs twice is the matter of other rules
--- setup
CREATE TABLE orders (id int PRIMARY KEY, total int, note text);
--- input
ALTER TABLE orders ADD COLUMN a int NOT NULL, ADD COLUMN b text NOT NULL DEFAULT NULL;
ALTER TABLE orders ADD COLUMN IF NOT EXISTS c text NOT NULL;
--- found
1:20 Column "a" is NOT NULL and has no default: ADD COLUMN fails as soon as "orders" has a row (23502), and so does every INSERT of clients that do not know it yet. Give it a default; or add it without NOT NULL, fill the rows, and require it in a later migration.
1:47 Column "b" is NOT NULL and has no default: ADD COLUMN fails as soon as "orders" has a row (23502), and so does every INSERT of clients that do not know it yet. Give it a default; or add it without NOT NULL, fill the rows, and require it in a later migration.
2:20 Column "c" is NOT NULL and has no default: ADD COLUMN fails as soon as "orders" has a row (23502), and so does every INSERT of clients that do not know it yet. Give it a default; or add it without NOT NULL, fill the rows, and require it in a later migration.

--- case filled by something
--- setup
CREATE TABLE orders (id int, total int);
CREATE DOMAIN code AS text DEFAULT 'x';
--- input
ALTER TABLE orders ADD COLUMN IF NOT EXISTS a int NOT NULL DEFAULT 0, ADD COLUMN IF NOT EXISTS b bigserial;
ALTER TABLE orders ADD COLUMN IF NOT EXISTS c int NOT NULL GENERATED ALWAYS AS IDENTITY, ADD COLUMN IF NOT EXISTS d code NOT NULL;
ALTER TABLE orders ADD COLUMN IF NOT EXISTS e int NOT NULL GENERATED ALWAYS AS (id * 2) STORED;
ALTER TABLE orders ADD COLUMN IF NOT EXISTS total int NOT NULL;
CREATE TABLE IF NOT EXISTS fresh (id int);
ALTER TABLE fresh ADD COLUMN IF NOT EXISTS a int NOT NULL;
