--- case none
CREATE TABLE IF NOT EXISTS orders (id int PRIMARY KEY);
--- found
1:1 Table "orders" has no comment: nobody learns from the database what its rows are. Add COMMENT ON TABLE.

--- case a comment
CREATE TABLE IF NOT EXISTS orders (id int PRIMARY KEY);
COMMENT ON TABLE public.orders IS 'x';
CREATE TEMP TABLE scratch (id int);
