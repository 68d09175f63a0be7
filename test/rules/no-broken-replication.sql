--- case no primary key any more
--- setup
CREATE TABLE orders (id int PRIMARY KEY, total int, note text);
CREATE PUBLICATION feed FOR TABLE orders;
--- input
ALTER TABLE orders DROP CONSTRAINT IF EXISTS orders_pkey;
--- found
1:1 Behind this statement "orders" is published, and has neither a primary key nor another REPLICA IDENTITY: every UPDATE and DELETE fails (55000). Write ALTER TABLE … REPLICA IDENTITY USING INDEX, or FULL, before it.

--- case published without one | not run: a publication is made again
--- setup
CREATE TABLE log (a int);
--- input
CREATE PUBLICATION logs FOR TABLE log;
--- found
1:1 Behind this statement "log" is published, and has neither a primary key nor another REPLICA IDENTITY: every UPDATE and DELETE fails (55000). Write ALTER TABLE … REPLICA IDENTITY USING INDEX, or FULL, before it.

--- case another identity
--- setup
CREATE TABLE orders (id int PRIMARY KEY, total int, note text);
CREATE PUBLICATION feed FOR TABLE orders;
--- input
ALTER TABLE orders REPLICA IDENTITY FULL;
ALTER TABLE orders DROP CONSTRAINT IF EXISTS orders_pkey;

--- case not published
--- setup
CREATE TABLE orders (id int PRIMARY KEY, total int, note text);
--- input
ALTER TABLE orders DROP CONSTRAINT IF EXISTS orders_pkey;
