--- case rows and columns | refused
--- setup
CREATE TABLE notes (id int PRIMARY KEY, title text);
--- input
INSERT INTO notes (id, title) VALUES (1, 'a', now());
INSERT INTO notes (id, title) VALUES (1);
INSERT INTO notes VALUES (1, 'a', 2);
INSERT INTO notes (id, title) VALUES (1, 'a'), (2);
INSERT INTO notes (id) SELECT 1, 2;
INSERT INTO notes (id, title) SELECT 1;
INSERT INTO notes VALUES (1, 'a'), (2);
--- found
1:47 A row of 3 values is inserted into 2 columns: the statement fails with 42601 (syntax error). Write one value for each column.
2:39 A row of 1 value is inserted into 2 columns: the statement fails with 42601 (syntax error). Write one value for each column.
3:35 A row of 3 values is inserted into 2 columns: the statement fails with 42601 (syntax error). Write one value for each column.
4:49 A row of 1 value is inserted into 2 columns: the statement fails with 42601 (syntax error). Write one value for each column.
5:34 A row of 2 values is inserted into 1 column: the statement fails with 42601 (syntax error). Write one value for each column.
6:38 A row of 1 value is inserted into 2 columns: the statement fails with 42601 (syntax error). Write one value for each column.
7:37 A row of 1 value stands below one of 2: the statement fails with 42601 (syntax error). Write one value for each column.
--- written
INSERT INTO notes (id, title) VALUES (1, 'a', now()) ON CONFLICT DO NOTHING;
INSERT INTO notes (id, title) VALUES (1) ON CONFLICT DO NOTHING;
INSERT INTO notes VALUES (1, 'a', 2) ON CONFLICT DO NOTHING;
INSERT INTO notes (id, title) VALUES (1, 'a'), (2) ON CONFLICT DO NOTHING;
INSERT INTO notes (id) SELECT 1, 2 ON CONFLICT DO NOTHING;
INSERT INTO notes (id, title) SELECT 1 ON CONFLICT DO NOTHING;
INSERT INTO notes VALUES (1, 'a'), (2) ON CONFLICT DO NOTHING;

--- case as many as there are
--- setup
CREATE TABLE notes (id int PRIMARY KEY, title text);
CREATE TABLE more (id int PRIMARY KEY, title text);
--- input
INSERT INTO notes VALUES (1) ON CONFLICT DO NOTHING;
INSERT INTO notes (id, title) VALUES (2, 'a'), (3, DEFAULT) ON CONFLICT DO NOTHING;
INSERT INTO notes SELECT * FROM more ON CONFLICT DO NOTHING;
INSERT INTO notes (id, title) SELECT m.* FROM more m ON CONFLICT DO NOTHING;
INSERT INTO notes (id, title) SELECT 4, 'x' UNION SELECT 5, 'y' ON CONFLICT DO NOTHING;
CREATE TABLE IF NOT EXISTS third (id int);
INSERT INTO third DEFAULT VALUES;

--- case arguments of PostgreSQL's functions | refused
CREATE OR REPLACE VIEW a AS SELECT now(1) AS x;
CREATE OR REPLACE VIEW b AS SELECT split_part('a,b', ',') AS x;
CREATE OR REPLACE VIEW c AS SELECT gen_random_uuid('a') AS x;
CREATE OR REPLACE VIEW d AS SELECT left('abc') AS x;
CREATE OR REPLACE VIEW e AS SELECT jsonb_set('{}', '{a}') AS x;
CREATE OR REPLACE VIEW f AS SELECT string_agg(x) AS x FROM (VALUES ('a')) v (x);
CREATE OR REPLACE VIEW g AS SELECT format() AS x;
--- found
1:36 Function now() is called with 1 argument, and takes 0: the statement fails with 42883 (undefined function). Write as many as it takes.
2:36 Function split_part() is called with 2 arguments, and takes 3: the statement fails with 42883 (undefined function). Write as many as it takes.
3:36 Function gen_random_uuid() is called with 1 argument, and takes 0: the statement fails with 42883 (undefined function). Write as many as it takes.
4:36 Function left() is called with 1 argument, and takes 2: the statement fails with 42883 (undefined function). Write as many as it takes.
5:36 Function jsonb_set() is called with 2 arguments, and takes 3 or 4: the statement fails with 42883 (undefined function). Write as many as it takes.
6:36 Function string_agg() is called with 1 argument, and takes 2: the statement fails with 42883 (undefined function). Write as many as it takes.
7:36 Function format() is called with 0 arguments, and takes at least 1: the statement fails with 42883 (undefined function). Write as many as it takes.

--- case arguments of the migrations' functions | refused
--- setup
CREATE FUNCTION f(a int, b int DEFAULT 0) RETURNS int LANGUAGE sql AS $$ SELECT a + b $$;
CREATE FUNCTION g(a int) RETURNS int LANGUAGE sql AS $$ SELECT a $$;
CREATE FUNCTION g(a int, b int, c int) RETURNS int LANGUAGE sql AS $$ SELECT a $$;
CREATE FUNCTION h(VARIADIC a int[]) RETURNS int LANGUAGE sql AS $$ SELECT 1 $$;
CREATE FUNCTION i(a int, OUT b int) LANGUAGE sql AS $$ SELECT 1 $$;
--- input
SELECT f();
SELECT f(1, 2, 3);
SELECT g(1, 2);
SELECT i(1, 2);
SELECT f(1), f(1, 2), g(1), g(1, 2, 3), h(1), h(1, 2, 3), i(1), f(b => 1, a => 2);
--- found
1:8 Function f() is called with 0 arguments, and takes 1 to 2: the statement fails with 42883 (undefined function). Write as many as it takes.
2:8 Function f() is called with 3 arguments, and takes 1 to 2: the statement fails with 42883 (undefined function). Write as many as it takes.
3:8 Function g() is called with 2 arguments, and takes 1 or 3: the statement fails with 42883 (undefined function). Write as many as it takes.
4:8 Function i() is called with 2 arguments, and takes 1: the statement fails with 42883 (undefined function). Write as many as it takes.

--- case arguments that are as many as they must be
SELECT concat('a'), concat('a', 'b', 'c'), count(*), json_build_object(), format('%s', 1), percentile_cont(0.5) WITHIN GROUP (ORDER BY 1),
  num_nulls(VARIADIC ARRAY[1, 2]), substring('abc' FROM 1), trim('a'), extract(year FROM now()), overlay('abc' PLACING 'x' FROM 1), text(1);

--- case arguments of types that a function does not take | refused
--- setup
CREATE FUNCTION add_up(a int, b numeric) RETURNS numeric LANGUAGE sql AS 'SELECT a + b';
CREATE FUNCTION note(at timestamptz, what text DEFAULT '') RETURNS text LANGUAGE sql AS 'SELECT what';
CREATE FUNCTION two(a int) RETURNS int LANGUAGE sql AS 'SELECT 1';
CREATE FUNCTION two(a text) RETURNS int LANGUAGE sql AS 'SELECT 2';
--- input
CREATE OR REPLACE VIEW a AS SELECT add_up('1'::text, 2);
CREATE OR REPLACE VIEW b AS SELECT add_up(1, 2) AS a, add_up('1', 2.5) AS b, note(CURRENT_DATE) AS c, note(now(), 'x'::varchar) AS d;
CREATE OR REPLACE VIEW c AS SELECT note(now(), true);
CREATE OR REPLACE VIEW d AS SELECT two(1) AS a, two('x'::text) AS b, two(2::smallint) AS c;
CREATE OR REPLACE VIEW e AS SELECT two(false);
--- found
1:43 Argument 1 of function add_up() is of type text, and must be integer: the statement fails with 42883 (undefined function). Write a value of that type, or a cast.
3:48 Argument 2 of function note() is of type boolean, and must be text: the statement fails with 42883 (undefined function). Write a value of that type, or a cast.
5:40 Argument 1 of function two() is of type boolean, and must be integer or text: the statement fails with 42883 (undefined function). Write a value of that type, or a cast.

--- case functions behind operators, several arrays, negative numbers
--- setup
CREATE FUNCTION half(n int) RETURNS int LANGUAGE sql AS 'SELECT n / 2';
--- input
CREATE OR REPLACE VIEW a AS SELECT json_extract_path_text('{"a": 1}', 'a') AS b, hashtext('x') AS c, half(-20) AS d;
CREATE OR REPLACE VIEW e AS SELECT u.* FROM unnest(ARRAY[1, 2], ARRAY['a', 'b']) AS u (f, g);
CREATE OR REPLACE VIEW h AS SELECT range_merge(int4range(1, 2), int4range(3, 4)) AS i, int4pl(1, 2) AS j;
