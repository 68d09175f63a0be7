--- case json
CREATE TABLE IF NOT EXISTS orders (id bigint PRIMARY KEY, extra json);
--- found
1:65 "extra" is json, which has no equality: SELECT DISTINCT, GROUP BY and UNION fail on it, and no index helps. Write jsonb. (Write jsonb.)
--- written
CREATE TABLE IF NOT EXISTS orders (id bigint PRIMARY KEY, extra jsonb);

--- case jsonb
CREATE TABLE IF NOT EXISTS orders (id bigint PRIMARY KEY, extra jsonb);
