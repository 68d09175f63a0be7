-- A schema with at least one object of each kind that the embedded PostgreSQL and a server of version 15 both know.
CREATE ROLE anon;
CREATE ROLE clerk NOINHERIT;
GRANT clerk TO anon;
CREATE SCHEMA shop;
GRANT USAGE ON SCHEMA shop TO anon;
CREATE TYPE shop.mood AS ENUM ('glad', 'sad');
CREATE TYPE shop.pair AS (a int, b text);
CREATE DOMAIN shop.price AS numeric(10, 2) DEFAULT 0 NOT NULL CONSTRAINT not_negative CHECK (VALUE >= 0);
CREATE TYPE shop.span AS RANGE (SUBTYPE = date);
CREATE SEQUENCE shop.numbers AS int INCREMENT 5 CACHE 3;
GRANT USAGE ON SEQUENCE shop.numbers TO anon;
CREATE COLLATION shop.plain (provider = icu, locale = 'und');

CREATE TABLE shop.customers (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  email text NOT NULL UNIQUE,
  name varchar(80) COLLATE "C" DEFAULT 'nobody',
  feeling shop.mood DEFAULT 'glad',
  joined timestamptz NOT NULL DEFAULT now(),
  shouted text GENERATED ALWAYS AS (upper(email)) STORED,
  CONSTRAINT named CHECK (name <> '' AND length(name) > 1)
);
COMMENT ON TABLE shop.customers IS 'Who buys.';
COMMENT ON COLUMN shop.customers.email IS 'Not shown.';
CREATE TABLE shop.orders (
  id serial PRIMARY KEY,
  customer_id bigint REFERENCES shop.customers (id) ON DELETE CASCADE,
  total shop.price,
  state text DEFAULT 'open' CHECK (state IN ('open', 'paid')),
  during shop.span,
  data jsonb DEFAULT '{}',
  placed timestamp DEFAULT (now() AT TIME ZONE 'utc'),
  EXCLUDE USING gist (during WITH &&)
);
ALTER TABLE shop.orders ALTER data SET STORAGE EXTERNAL, ALTER state SET STATISTICS 200;
ALTER TABLE shop.orders ENABLE ROW LEVEL SECURITY;
ALTER TABLE shop.orders SET (fillfactor = 80);
ALTER TABLE shop.customers FORCE ROW LEVEL SECURITY;
CREATE INDEX orders_open ON shop.orders (lower(state), placed DESC NULLS LAST) INCLUDE (total) WHERE state = 'open';
CREATE UNIQUE INDEX ON shop.orders (customer_id, placed);
CREATE STATISTICS shop.together (dependencies) ON state, customer_id FROM shop.orders;
CREATE POLICY own ON shop.orders FOR SELECT TO anon USING (customer_id IN (SELECT c.id FROM shop.customers c WHERE c.email = current_user));
CREATE POLICY write ON shop.orders AS RESTRICTIVE FOR INSERT WITH CHECK (state = 'open');
COMMENT ON POLICY own ON shop.orders IS 'Your own.';
CREATE TABLE shop.log (id int, at date NOT NULL, what text) PARTITION BY RANGE (at);
CREATE TABLE shop.log_2024 PARTITION OF shop.log FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
CREATE INDEX ON shop.log (at);
CREATE TABLE shop.base (a int CHECK (a > 0));
CREATE TABLE shop.child (b int) INHERITS (shop.base);
CREATE UNLOGGED TABLE shop.scratch (a int);

CREATE VIEW shop.open_orders WITH (security_invoker = true) AS SELECT id, customer_id, total FROM shop.orders o WHERE o.state = 'open';
CREATE VIEW shop.days AS
  SELECT extract(epoch FROM placed) AS s, date_part('day', placed) AS d, substring(state FROM 1 FOR 2) AS p, trim(state) AS t,
    placed AT TIME ZONE 'utc' AS z, position('a' IN state) AS at, (SELECT count(*) FROM shop.customers c WHERE c.id = orders.customer_id) AS n
  FROM shop.orders GROUP BY id, placed, state, customer_id;
CREATE VIEW shop.both AS SELECT o.id, c.email FROM shop.orders o JOIN shop.customers c ON c.id = o.customer_id ORDER BY o.id LIMIT 10;
CREATE VIEW shop.either AS SELECT id::text FROM shop.orders UNION ALL SELECT email FROM shop.customers;
CREATE VIEW shop.with_it AS WITH w AS (SELECT id, row_number() OVER (PARTITION BY state ORDER BY placed) AS r FROM shop.orders) SELECT w.id FROM w WHERE r = 1;
CREATE MATERIALIZED VIEW shop.sums AS SELECT customer_id, sum(total) AS total FROM shop.orders GROUP BY customer_id;
CREATE UNIQUE INDEX sums_key ON shop.sums (customer_id);
COMMENT ON VIEW shop.both IS 'A join.';

CREATE FUNCTION shop.add(a int, b int DEFAULT 1) RETURNS int LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$ SELECT a + b $$;
CREATE FUNCTION shop.atomic(a int) RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT a + 1; END;
CREATE FUNCTION shop.short(a int) RETURNS int LANGUAGE sql RETURN a + 2;
CREATE FUNCTION shop.touch() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
BEGIN
  NEW.placed := now();
  RETURN NEW;
END
$$;
CREATE FUNCTION shop.many(OUT a int, OUT b text) RETURNS SETOF record LANGUAGE sql STABLE ROWS 5 COST 20 AS $$ SELECT 1, 'x' $$;
CREATE PROCEDURE shop.run(a int, INOUT b text) LANGUAGE plpgsql AS $$ BEGIN b := a; END $$;
CREATE AGGREGATE shop.total(int) (SFUNC = int4pl, STYPE = int, INITCOND = '0');
COMMENT ON FUNCTION shop.add(int, int) IS 'Adds.';
REVOKE EXECUTE ON FUNCTION shop.touch() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION shop.touch() TO anon;
CREATE TRIGGER touch BEFORE UPDATE OF state ON shop.orders FOR EACH ROW WHEN (OLD.state IS DISTINCT FROM NEW.state) EXECUTE FUNCTION shop.touch();
CREATE TRIGGER later AFTER INSERT ON shop.orders FOR EACH ROW EXECUTE FUNCTION shop.touch();
ALTER TABLE shop.orders DISABLE TRIGGER later;
CREATE RULE quiet AS ON DELETE TO shop.scratch DO INSTEAD NOTHING;
CREATE OPERATOR shop.## (LEFTARG = int, RIGHTARG = int, FUNCTION = shop.add);
CREATE CAST (shop.pair AS text) WITH INOUT;
CREATE FUNCTION shop.watch() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN END $$;
CREATE EVENT TRIGGER watch ON ddl_command_end WHEN TAG IN ('CREATE TABLE') EXECUTE FUNCTION shop.watch();

GRANT SELECT, INSERT ON shop.orders TO anon;
GRANT UPDATE (state) ON shop.orders TO anon WITH GRANT OPTION;
GRANT SELECT ON shop.both TO PUBLIC;
GRANT ALL ON shop.customers TO clerk;
ALTER DEFAULT PRIVILEGES IN SCHEMA shop GRANT SELECT ON TABLES TO anon;
ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
CREATE PUBLICATION changes FOR TABLE shop.orders (id, state) WHERE (id > 10), shop.customers WITH (publish = 'insert, update');
CREATE FOREIGN DATA WRAPPER nothing;
CREATE SERVER far FOREIGN DATA WRAPPER nothing OPTIONS (host 'example');
CREATE FOREIGN TABLE shop.elsewhere (id int) SERVER far OPTIONS (name 'x');
CREATE TEXT SEARCH CONFIGURATION shop.words (COPY = simple);
CREATE OPERATOR CLASS shop.numbers FOR TYPE int USING btree AS
  OPERATOR 1 <, OPERATOR 2 <=, OPERATOR 3 =, OPERATOR 4 >=, OPERATOR 5 >, FUNCTION 1 btint4cmp(int, int);
