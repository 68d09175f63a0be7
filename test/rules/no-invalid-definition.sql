--- case two primary keys, a column twice | refused
CREATE TABLE IF NOT EXISTS a (id int PRIMARY KEY, other int PRIMARY KEY);
CREATE TABLE IF NOT EXISTS b (id int PRIMARY KEY, other int, PRIMARY KEY (id, other));
CREATE TABLE IF NOT EXISTS c (id int, name text, name varchar(20));
CREATE TABLE IF NOT EXISTS d (id int NULL NOT NULL);
CREATE TABLE IF NOT EXISTS e (id int DEFAULT 1 DEFAULT 2);
CREATE TABLE IF NOT EXISTS f (id int, at date, PRIMARY KEY (id)) PARTITION BY RANGE (at);
CREATE TABLE IF NOT EXISTS g (id int, at date, PRIMARY KEY (id, at)) PARTITION BY RANGE (at);
--- found
1:61 Table "a" has more than one primary key: the statement fails with 42P16 (invalid table definition). If all these columns make the key, write PRIMARY KEY (id, other) once, behind the columns.
2:62 Table "b" has more than one primary key: the statement fails with 42P16 (invalid table definition). If all these columns make the key, write PRIMARY KEY (id, other) once, behind the columns.
3:50 Table "c" has column "name" twice: the statement fails with 42701 (duplicate column). Take one of them out, or give it another name.
4:43 Column "id" is both NULL and NOT NULL: the statement fails with 42601 (syntax error). Write one of the two.
5:48 Column "id" has DEFAULT twice: the statement fails with 42601 (syntax error). Write one of the two.
6:48 A key of a partitioned table must have its partition key, and "at" is not in it: the statement fails with 0A000 (feature not supported). Write (id, at) behind the columns.

--- case a second primary key for a table of an earlier migration | refused
--- setup
CREATE TABLE notes (id int PRIMARY KEY, slug text NOT NULL);
--- input
ALTER TABLE notes ADD PRIMARY KEY (slug);
ALTER TABLE notes DROP CONSTRAINT notes_pkey, ADD PRIMARY KEY (slug);
--- found
1:23 Table "notes" has a primary key already, "notes_pkey": the statement fails with 42P16 (invalid table definition). Drop that one first, or add a UNIQUE constraint.
--- written
DO $$ BEGIN
  IF NOT EXISTS (
    SELECT 1 FROM pg_constraint
    WHERE conrelid = to_regclass('notes') AND contype = 'p'
  ) THEN
    ALTER TABLE notes ADD PRIMARY KEY (slug);
  END IF;
END $$;
ALTER TABLE notes DROP CONSTRAINT notes_pkey, ADD PRIMARY KEY (slug);

--- case lengths of types that take none | refused
CREATE TABLE IF NOT EXISTS t (
  a float8(10),
  b text(100),
  c uuid(36) NOT NULL,
  d TIMESTAMPTZ(3),
  e BOOL(1)
);
--- found
2:5 Type float8 takes no length or precision: the statement fails with 42601 (syntax error). Write float8.
3:5 Type text takes no length or precision: the statement fails with 42601 (syntax error). Write text. (Write text.)
4:5 Type uuid takes no length or precision: the statement fails with 42601 (syntax error). Write uuid.
6:5 Type BOOL takes no length or precision: the statement fails with 42601 (syntax error). Write BOOL.
--- written
CREATE TABLE IF NOT EXISTS t (
  a float8,
  b text,
  c uuid NOT NULL,
  d TIMESTAMPTZ(3),
  e BOOL
);

--- case a list of values as a type | refused
CREATE TABLE IF NOT EXISTS t (id int, status enum('open', 'closed') NOT NULL DEFAULT 'open');
--- found
1:46 A list of values is no type: PostgreSQL has no type "enum": the statement fails with 42704 (undefined object). Write text CHECK (status IN ('open', 'closed')), or make a type with CREATE TYPE … AS ENUM first. (Write text CHECK (status IN ('open', 'closed')), or make a type with CREATE TYPE … AS ENUM first.)
--- written
CREATE TABLE IF NOT EXISTS t (id int, status text CHECK (status IN ('open', 'closed')) NOT NULL DEFAULT 'open');

--- case defaults of another type | refused
--- setup
CREATE TABLE notes (id int);
--- input
CREATE TABLE IF NOT EXISTS a (x boolean DEFAULT 0);
CREATE TABLE IF NOT EXISTS b (x boolean NOT NULL DEFAULT 1);
ALTER TABLE notes ADD COLUMN IF NOT EXISTS y BOOL DEFAULT 0;
CREATE TABLE IF NOT EXISTS c (x text[] DEFAULT '[]');
CREATE TABLE IF NOT EXISTS d (x text[] DEFAULT ARRAY[]);
CREATE TABLE IF NOT EXISTS e (x jsonb DEFAULT '');
CREATE TABLE IF NOT EXISTS f (x timestamptz DEFAULT now);
CREATE TABLE IF NOT EXISTS g (x uuid DEFAULT gen_random_uuid);
CREATE TABLE IF NOT EXISTS h (x text DEFAULT "draft");
CREATE TABLE IF NOT EXISTS i (x text DEFAULT draft);
--- found
1:49 A column of type boolean cannot have a default of type integer: the statement fails with 42804 (datatype mismatch). Write false.
2:58 A column of type boolean cannot have a default of type integer: the statement fails with 42804 (datatype mismatch). Write true.
3:59 A column of type boolean cannot have a default of type integer: the statement fails with 42804 (datatype mismatch). Write false.
4:48 '[]' is no value of type text[]: the statement fails with 22P02 (invalid text representation). Write '{}'.
5:48 ARRAY[] without a cast has no type: the statement fails with 42P18 (indeterminate datatype). Write '{}'.
6:47 '' is no value of type jsonb: the statement fails with 22P02 (invalid text representation). Write '{}'. (Write '{}'.)
7:53 A default names the column now, which it cannot do: the statement fails with 0A000 (feature not supported). Write now().
8:46 A default names the column gen_random_uuid, which it cannot do: the statement fails with 0A000 (feature not supported). Write gen_random_uuid().
9:46 A default names the column "draft", which it cannot do: the statement fails with 0A000 (feature not supported). Write 'draft'. (Write 'draft'.)
10:46 A default names the column draft, which it cannot do: the statement fails with 0A000 (feature not supported). Write 'draft'. (Write 'draft'.)
--- written
CREATE TABLE IF NOT EXISTS a (x boolean DEFAULT false);
CREATE TABLE IF NOT EXISTS b (x boolean NOT NULL DEFAULT true);
ALTER TABLE notes ADD COLUMN IF NOT EXISTS y BOOL DEFAULT false;
CREATE TABLE IF NOT EXISTS c (x text[] DEFAULT '{}');
CREATE TABLE IF NOT EXISTS d (x text[] DEFAULT '{}');
CREATE TABLE IF NOT EXISTS e (x jsonb DEFAULT '{}');
CREATE TABLE IF NOT EXISTS f (x timestamptz DEFAULT now());
CREATE TABLE IF NOT EXISTS g (x uuid DEFAULT gen_random_uuid());
CREATE TABLE IF NOT EXISTS h (x text DEFAULT 'draft');
CREATE TABLE IF NOT EXISTS i (x text DEFAULT 'draft');

--- case defaults of another type that have no other | refused
CREATE TABLE IF NOT EXISTS a (x integer DEFAULT true);
CREATE TABLE IF NOT EXISTS b (x integer DEFAULT 'none');
CREATE TABLE IF NOT EXISTS c (x uuid DEFAULT now());
CREATE TABLE IF NOT EXISTS d (x timestamptz DEFAULT 0);
CREATE TABLE IF NOT EXISTS e (x date DEFAULT '0000-00-00');
CREATE TABLE IF NOT EXISTS f (x timestamp DEFAULT '');
CREATE TABLE IF NOT EXISTS g (x uuid DEFAULT 'none');
CREATE TABLE IF NOT EXISTS h (x text[] DEFAULT 'a');
CREATE TABLE IF NOT EXISTS i (x jsonb DEFAULT 0);
CREATE TABLE IF NOT EXISTS j (x boolean DEFAULT 'maybe');
CREATE TABLE IF NOT EXISTS k (x integer DEFAULT now);
CREATE TABLE IF NOT EXISTS l (x bigint DEFAULT CURRENT_TIMESTAMP);
CREATE TABLE IF NOT EXISTS m (x timestamp DEFAULT 'CURRENT_TIMESTAMP');
CREATE TABLE IF NOT EXISTS n (x interval DEFAULT 0);
--- found
1:49 A column of type integer cannot have a default of type boolean: the statement fails with 42804 (datatype mismatch). Write a value of type integer.
2:49 'none' is no value of type integer: the statement fails with 22P02 (invalid text representation). Write a value of type integer.
3:46 A column of type uuid cannot have a default of type timestamptz: the statement fails with 42804 (datatype mismatch). Write a value of type uuid.
4:53 A column of type timestamptz cannot have a default of type integer: the statement fails with 42804 (datatype mismatch). Write a value of type timestamptz.
5:46 '0000-00-00' is no value of type date: the statement fails with 22008 (datetime field overflow). Write a value of type date.
6:51 '' is no value of type timestamp: the statement fails with 22007 (invalid datetime format). Write a value of type timestamp.
7:46 'none' is no value of type uuid: the statement fails with 22P02 (invalid text representation). Write a value of type uuid.
8:48 'a' is no value of type text[]: the statement fails with 22P02 (invalid text representation). Write a value of type text[].
9:47 A column of type jsonb cannot have a default of type integer: the statement fails with 42804 (datatype mismatch). Write a value of type jsonb.
10:49 'maybe' is no value of type boolean: the statement fails with 22P02 (invalid text representation). Write a value of type boolean.
11:49 A default names the column now, which it cannot do: the statement fails with 0A000 (feature not supported). Write a value.
12:48 A column of type bigint cannot have a default of type timestamptz: the statement fails with 42804 (datatype mismatch). Write a value of type bigint.
13:51 'CURRENT_TIMESTAMP' is no value of type timestamp: the statement fails with 22007 (invalid datetime format). Write a value of type timestamp.
14:50 A column of type interval cannot have a default of type integer: the statement fails with 42804 (datatype mismatch). Write a value of type interval.

--- case SET DEFAULT of another type | refused
--- setup
CREATE TABLE notes (id int PRIMARY KEY, done boolean, tags text[]);
--- input
ALTER TABLE notes ALTER COLUMN done SET DEFAULT 0;
ALTER TABLE notes ALTER COLUMN tags SET DEFAULT '[]';
ALTER TABLE notes ALTER COLUMN tags SET DEFAULT '{}';
--- found
1:49 A column of type boolean cannot have a default of type integer: the statement fails with 42804 (datatype mismatch). Write false.
2:49 '[]' is no value of type text[]: the statement fails with 22P02 (invalid text representation). Write '{}'.
--- written
ALTER TABLE notes ALTER COLUMN done SET DEFAULT false;
ALTER TABLE notes ALTER COLUMN tags SET DEFAULT '{}';
ALTER TABLE notes ALTER COLUMN tags SET DEFAULT '{}';

--- case defaults that their columns take
CREATE TABLE IF NOT EXISTS t (
  a text DEFAULT 0, b varchar(10) DEFAULT true, c boolean DEFAULT 'yes', d boolean DEFAULT 't', e numeric(10, 2) DEFAULT 0,
  f real DEFAULT 1.5, g integer DEFAULT -1, h integer DEFAULT ' 7 ', i smallint DEFAULT 1.5, j date DEFAULT now(),
  k time DEFAULT now(), l timestamp DEFAULT CURRENT_TIMESTAMP, m timestamptz DEFAULT CURRENT_DATE, n text DEFAULT CURRENT_USER,
  o jsonb DEFAULT '{}'::json, p jsonb DEFAULT 'null', q text[] DEFAULT '{}', r text[] DEFAULT ARRAY[]::text[],
  s int[] DEFAULT '[0:1]={1,2}', u uuid DEFAULT '00000000-0000-0000-0000-000000000000', v timestamptz DEFAULT 'now',
  w date DEFAULT 'infinity', x money DEFAULT 0, y interval DEFAULT '1 day', z text DEFAULT now(), aa boolean DEFAULT (1 = 1),
  bb time DEFAULT '10:00', cc bit(1) DEFAULT '0', dd bigint DEFAULT 12345678901, ee oid DEFAULT 0, ff boolean DEFAULT NULL
);

--- case functions that lack something | refused
CREATE OR REPLACE FUNCTION f() RETURNS integer AS $$ BEGIN RETURN 1; END $$;
CREATE OR REPLACE FUNCTION g() RETURNS integer AS $$ SELECT 1 $$;
CREATE OR REPLACE FUNCTION h() RETURNS trigger AS $$
  -- Touches the row.
  DECLARE x int; BEGIN RETURN NEW; END
$$;
--- found
1:28 Function "f" has no LANGUAGE: the statement fails with 42P13 (invalid function definition). Write LANGUAGE plpgsql.
2:28 Function "g" has no LANGUAGE: the statement fails with 42P13 (invalid function definition). Write LANGUAGE sql. (Write LANGUAGE sql.)
3:28 Function "h" has no LANGUAGE: the statement fails with 42P13 (invalid function definition). Write LANGUAGE plpgsql.
--- written
CREATE OR REPLACE FUNCTION f() RETURNS integer AS $$ BEGIN RETURN 1; END $$ LANGUAGE plpgsql;
CREATE OR REPLACE FUNCTION g() RETURNS integer AS $$ SELECT 1 $$ LANGUAGE sql;
CREATE OR REPLACE FUNCTION h() RETURNS trigger AS $$
  -- Touches the row.
  DECLARE x int; BEGIN RETURN NEW; END
$$ LANGUAGE plpgsql;

--- case functions that lack what only their author knows | refused
CREATE OR REPLACE FUNCTION f() LANGUAGE sql AS $$ SELECT 1 $$;
CREATE OR REPLACE FUNCTION g() RETURNS integer LANGUAGE sql;
CREATE OR REPLACE FUNCTION h() RETURNS integer LANGUAGE sql STABLE AS $$ SELECT 1 $$ LANGUAGE sql;
CREATE OR REPLACE FUNCTION i() RETURNS integer LANGUAGE sql STABLE IMMUTABLE AS $$ SELECT 1 $$;
--- found
1:28 Function "f" does not say what it returns: the statement fails with 42P13 (invalid function definition). Write RETURNS and a type behind the parameters, or RETURNS void.
2:28 Function "g" has no body: the statement fails with 42P13 (invalid function definition). Write AS $$ … $$.
3:86 Function "h" says twice what its language is: the statement fails with 42601 (syntax error). Take one of the two out.
4:68 Function "i" says twice what its volatility is: the statement fails with 42601 (syntax error). Take one of the two out.

--- case functions that lack nothing
CREATE OR REPLACE FUNCTION f(OUT x int) LANGUAGE sql AS $$ SELECT 1 $$;
CREATE OR REPLACE FUNCTION g() RETURNS integer RETURN 1;
CREATE OR REPLACE FUNCTION h() RETURNS integer BEGIN ATOMIC SELECT 1; END;
CREATE OR REPLACE FUNCTION i() RETURNS integer LANGUAGE sql SET search_path = '' SET work_mem = '1MB' AS $$ SELECT 1 $$;
CREATE OR REPLACE PROCEDURE p() LANGUAGE sql AS $$ SELECT 1 $$;

--- case a trigger with a function that is none | refused
--- setup
CREATE TABLE notes (id int PRIMARY KEY);
CREATE FUNCTION touch() RETURNS integer LANGUAGE sql AS $$ SELECT 1 $$;
--- input
CREATE OR REPLACE TRIGGER touch BEFORE UPDATE ON notes FOR EACH ROW EXECUTE FUNCTION touch();
--- found
1:86 Function "touch" returns int4, and a trigger calls it: the statement fails with 42P17 (invalid object definition). Let the function return trigger.

--- case columns that get two values | refused
--- setup
CREATE TABLE notes (id int PRIMARY KEY, a int);
--- input
INSERT INTO notes (id, a, a) VALUES (1, 2, 3);
UPDATE notes SET a = 1, a = 2;
INSERT INTO notes (id) VALUES (1) ON CONFLICT (id) DO UPDATE SET a = 1, a = 2;
--- found
1:27 Column "a" gets two values: the statement fails with 42701 (duplicate column). Take one of them out.
2:25 Column "a" gets two values: the statement fails with 42601 (syntax error). Take one of them out.
3:73 Column "a" gets two values: the statement fails with 42601 (syntax error). Take one of them out.
--- written
INSERT INTO notes (id, a, a) VALUES (1, 2, 3) ON CONFLICT DO NOTHING;
UPDATE notes SET a = 1, a = 2;
INSERT INTO notes (id) VALUES (1) ON CONFLICT (id) DO UPDATE SET a = 1, a = 2;

--- case ON CONFLICT without a key | refused
--- setup
CREATE TABLE notes (id int PRIMARY KEY, a int, b int);
--- input
INSERT INTO notes (id, a) VALUES (1, 2) ON CONFLICT DO UPDATE SET a = 2;
--- found
1:41 ON CONFLICT DO UPDATE does not say which key it is about: the statement fails with 42601 (syntax error). Write ON CONFLICT (id). (Write ON CONFLICT (id).)
--- written
INSERT INTO notes (id, a) VALUES (1, 2) ON CONFLICT (id) DO UPDATE SET a = 2;

--- case ON CONFLICT with a key that is none | refused
--- setup
CREATE TABLE notes (id int PRIMARY KEY, a int, b int, c int);
CREATE UNIQUE INDEX ON notes (a, b);
CREATE UNIQUE INDEX ON notes (c) WHERE c > 0;
--- input
INSERT INTO notes (id, a) VALUES (1, 2) ON CONFLICT (a) DO NOTHING;
INSERT INTO notes (id, a, b) VALUES (1, 2, 3) ON CONFLICT (b, a) DO NOTHING;
INSERT INTO notes (id, a) VALUES (2, 2) ON CONFLICT DO NOTHING;
INSERT INTO notes (id, c) VALUES (3, 3) ON CONFLICT (c) WHERE c > 0 DO NOTHING;
--- found
1:41 No unique key of table "notes" has just the columns (a) of ON CONFLICT: the statement fails with 42P10 (invalid column reference). Name the columns of a key, or make one: CREATE UNIQUE INDEX … ON notes (a).

--- case foreign keys that cannot be | refused
--- setup
CREATE TABLE users (id uuid PRIMARY KEY, number int UNIQUE);
--- input
CREATE TABLE IF NOT EXISTS a (user_id integer REFERENCES users);
CREATE TABLE IF NOT EXISTS b (user_id bigint REFERENCES users (id));
CREATE TABLE IF NOT EXISTS c (a uuid, b uuid, FOREIGN KEY (a, b) REFERENCES users (id));
CREATE TABLE IF NOT EXISTS d (number bigint REFERENCES users (number), user_id uuid REFERENCES users);
ALTER TABLE d ADD COLUMN IF NOT EXISTS other text REFERENCES users (id);
--- found
1:58 Column "user_id" is of type integer, and refers to "id" of "users", which is of type uuid: the statement fails with 42804 (datatype mismatch). Write uuid. (Write uuid.)
2:57 Column "user_id" is of type bigint, and refers to "id" of "users", which is of type uuid: the statement fails with 42804 (datatype mismatch). Write uuid. (Write uuid.)
3:77 A foreign key of 2 columns refers to 1: the statement fails with 42830 (invalid foreign key). Name as many columns on both sides.
5:62 Column "other" is of type text, and refers to "id" of "users", which is of type uuid: the statement fails with 42804 (datatype mismatch). Write uuid. (Write uuid.)
--- written
CREATE TABLE IF NOT EXISTS a (user_id uuid REFERENCES users);
CREATE TABLE IF NOT EXISTS b (user_id uuid REFERENCES users (id));
CREATE TABLE IF NOT EXISTS c (a uuid, b uuid, FOREIGN KEY (a, b) REFERENCES users (id));
CREATE TABLE IF NOT EXISTS d (number bigint REFERENCES users (number), user_id uuid REFERENCES users);
ALTER TABLE d ADD COLUMN IF NOT EXISTS other uuid REFERENCES users (id);

--- case indexes and generated columns that change with the time | refused
--- setup
CREATE TABLE notes (id int PRIMARY KEY, title text, at timestamptz, day timestamp);
--- input
CREATE INDEX IF NOT EXISTS i1 ON notes (id) WHERE at > now();
CREATE INDEX IF NOT EXISTS i2 ON notes (id) WHERE at > CURRENT_TIMESTAMP;
CREATE INDEX IF NOT EXISTS i3 ON notes (date_trunc('day', at));
CREATE INDEX IF NOT EXISTS i4 ON notes ((at::date));
CREATE INDEX IF NOT EXISTS i5 ON notes USING gin (to_tsvector(title));
CREATE INDEX IF NOT EXISTS i6 ON notes (concat(title, 'x'));
CREATE INDEX IF NOT EXISTS i7 ON notes (date(at));
CREATE INDEX IF NOT EXISTS i8 ON notes USING gin (to_tsvector('english', title));
CREATE INDEX IF NOT EXISTS i9 ON notes (date_trunc('day', day), lower(title), (day::date));
CREATE INDEX IF NOT EXISTS i10 ON notes (id) WHERE at > '2024-01-01 00:00:00+00';
--- found
1:56 now() is not IMMUTABLE, which the condition of an index asks for: the statement fails with 42P17 (invalid object definition). Leave the condition out, and index the column: queries compare it with the time.
2:56 CURRENT_TIMESTAMP is not IMMUTABLE, which the condition of an index asks for: the statement fails with 42P17 (invalid object definition). Leave the condition out, and index the column: queries compare it with the time.
3:41 date_trunc() is not IMMUTABLE, which an index asks for: the statement fails with 42P17 (invalid object definition). An index on it would be wrong tomorrow.
4:44 The cast from timestamptz to date is not IMMUTABLE, which an index asks for: the statement fails with 42P17 (invalid object definition). An index on it would be wrong tomorrow.
5:51 to_tsvector() is not IMMUTABLE, which an index asks for: the statement fails with 42P17 (invalid object definition). An index on it would be wrong tomorrow.
6:41 concat() is not IMMUTABLE, which an index asks for: the statement fails with 42P17 (invalid object definition). An index on it would be wrong tomorrow.
7:41 date() is not IMMUTABLE, which an index asks for: the statement fails with 42P17 (invalid object definition). An index on it would be wrong tomorrow.

--- case what is caught or not run
DO $$ BEGIN
  CREATE TABLE t (id int PRIMARY KEY, other int PRIMARY KEY);
EXCEPTION WHEN OTHERS THEN NULL;
END $$;

--- case bodies that do not compile | refused
CREATE OR REPLACE FUNCTION a() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.x > 0
    RETURN NEW;
  END IF;
  RETURN NULL;
END
$$;
CREATE OR REPLACE FUNCTION b() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE notes SET a = 1 WHERE id = 2;
  UPDATE notes SET a = = 1;
  RETURN NEW;
END
$$;
CREATE OR REPLACE FUNCTION c() RETURNS integer LANGUAGE plpgsql AS $$
BEGIN
  total := 1;
  RETURN 1;
END
$$;
CREATE OR REPLACE FUNCTION d() RETURNS integer LANGUAGE plpgsql AS $$
BEGIN
  RETURN 1
END
$$;
CREATE OR REPLACE FUNCTION e() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION "no";
END
$$;
CREATE OR REPLACE FUNCTION f() RETURNS integer LANGUAGE sql AS $$
  SELECT 1 FORM x;
$$;
CREATE OR REPLACE FUNCTION g() RETURNS integer LANGUAGE plpgsql AS $$
BEGIN
  ELSEIF true THEN
  RETURN 1;
END
$$;
--- found
4:5 The body of the function does not compile: missing "THEN" at end of SQL expression: the statement fails with 42601 (syntax error). Write THEN. (Write THEN.)
12:24 The body of the function does not compile: syntax error at or near "=": the statement fails with 42601 (syntax error). Correct the body: PostgreSQL compiles it.
18:3 The body of the function does not compile: "total" is not a known variable: the statement fails with 42601 (syntax error). Declare it between DECLARE and BEGIN.
25:1 The body of the function does not compile: syntax error at end of input: the statement fails with 42601 (syntax error). Write a semicolon before it. (Write a semicolon before it.)
29:19 The body of the function does not compile: unrecognized exception condition "no": the statement fails with 42704 (undefined object). Write 'no', if it is the message. (Write 'no', if it is the message.)
33:17 The body of the function does not compile: syntax error at or near "x": the statement fails with 42601 (syntax error). Correct the body: PostgreSQL compiles it.
37:3 The body of the function does not compile: syntax error at or near "ELSEIF": the statement fails with 42601 (syntax error). Correct the body: PostgreSQL compiles it.
--- written
CREATE OR REPLACE FUNCTION a() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.x > 0 THEN
    RETURN NEW;
  END IF;
  RETURN NULL;
END
$$;
CREATE OR REPLACE FUNCTION b() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE notes SET a = 1 WHERE id = 2;
  UPDATE notes SET a = = 1;
  RETURN NEW;
END
$$;
CREATE OR REPLACE FUNCTION c() RETURNS integer LANGUAGE plpgsql AS $$
BEGIN
  total := 1;
  RETURN 1;
END
$$;
CREATE OR REPLACE FUNCTION d() RETURNS integer LANGUAGE plpgsql AS $$
BEGIN
  RETURN 1;
END
$$;
CREATE OR REPLACE FUNCTION e() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'no';
END
$$;
CREATE OR REPLACE FUNCTION f() RETURNS integer LANGUAGE sql AS $$
  SELECT 1 FORM x;
$$;
CREATE OR REPLACE FUNCTION g() RETURNS integer LANGUAGE plpgsql AS $$
BEGIN
  ELSEIF true THEN
  RETURN 1;
END
$$;

--- case bodies that compile
CREATE OR REPLACE FUNCTION a() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE r record; n pg_class%ROWTYPE;
BEGIN
  FOR r IN SELECT 1 AS x LOOP RAISE NOTICE '%', r.x; END LOOP;
  RETURN NEW;
EXCEPTION WHEN unique_violation THEN RETURN NULL;
END
$$;
CREATE OR REPLACE FUNCTION b() RETURNS integer LANGUAGE sql AS $$ SELECT 1; SELECT 2 -- done
$$;

--- case arrays without a type | refused
--- setup
CREATE TABLE notes (id int PRIMARY KEY, tags text[]);
--- input
INSERT INTO notes (id, tags) VALUES (1, ARRAY[]) ON CONFLICT DO NOTHING;
UPDATE notes SET tags = array[ ] WHERE id = 1;
UPDATE notes SET tags = ARRAY[]::text[] WHERE id = 1;
SELECT ARRAY[ARRAY[]]::text[], ARRAY[1], CAST(ARRAY[] AS int[]);
--- found
1:41 ARRAY[] without a cast has no type: the statement fails with 42P18 (indeterminate datatype). Write '{}'. (Write '{}'.)
2:25 ARRAY[] without a cast has no type: the statement fails with 42P18 (indeterminate datatype). Write '{}'. (Write '{}'.)
--- written
INSERT INTO notes (id, tags) VALUES (1, '{}') ON CONFLICT DO NOTHING;
UPDATE notes SET tags = '{}' WHERE id = 1;
UPDATE notes SET tags = ARRAY[]::text[] WHERE id = 1;
SELECT ARRAY[ARRAY[]]::text[], ARRAY[1], CAST(ARRAY[] AS int[]);

--- case keys that foreign keys refer to | refused
--- setup
CREATE TABLE authors (id int PRIMARY KEY, slug text NOT NULL, name text, UNIQUE (slug, name));
CREATE TABLE drafts (id int, code text);
CREATE UNIQUE INDEX drafts_code ON drafts (code) WHERE id > 0;
--- input
CREATE TABLE IF NOT EXISTS a (author int REFERENCES authors, slug text, name text, FOREIGN KEY (name, slug) REFERENCES authors (name, slug));
CREATE TABLE IF NOT EXISTS b (slug text REFERENCES authors (slug));
CREATE TABLE IF NOT EXISTS c (draft int REFERENCES drafts);
CREATE TABLE IF NOT EXISTS d (code text REFERENCES drafts (code));
CREATE TABLE IF NOT EXISTS e (id int PRIMARY KEY, parent int REFERENCES e (id));
CREATE UNIQUE INDEX IF NOT EXISTS drafts_id ON drafts (id);
CREATE TABLE IF NOT EXISTS f (draft int REFERENCES drafts (id));
--- found
2:52 No unique key of table "authors" has just the columns (slug), to which a foreign key refers: the statement fails with 42830 (invalid foreign key). Refer to the columns of a key, or make one first: ALTER TABLE authors ADD UNIQUE (slug).
3:52 Table "drafts" has no primary key, to which a foreign key without columns refers: the statement fails with 42704 (undefined object). Name the columns of a unique key, or add a primary key first.
4:52 No unique key of table "drafts" has just the columns (code), to which a foreign key refers: the statement fails with 42830 (invalid foreign key). Refer to the columns of a key, or make one first: ALTER TABLE drafts ADD UNIQUE (code).

--- case a column with two values | refused
CREATE TABLE IF NOT EXISTS a (id int GENERATED ALWAYS AS IDENTITY DEFAULT 1);
CREATE TABLE IF NOT EXISTS b (id serial DEFAULT 1);
CREATE TABLE IF NOT EXISTS c (id int, twice int DEFAULT 1 GENERATED ALWAYS AS (id * 2) STORED);
CREATE TABLE IF NOT EXISTS d (id int GENERATED BY DEFAULT AS IDENTITY NOT NULL PRIMARY KEY);
--- found
1:67 Column "id" is both GENERATED AS IDENTITY and DEFAULT: the statement fails with 42601 (syntax error). Write one of the two.
2:41 Column "id" is both serial and DEFAULT: the statement fails with 42601 (syntax error). Write one of the two.
3:59 Column "twice" is both DEFAULT and GENERATED AS (…): the statement fails with 42601 (syntax error). Write one of the two.

--- case bodies that PostgreSQL does not compile, whatever the database has | refused
CREATE OR REPLACE FUNCTION a() RETURNS void LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no % here'; END $$;
CREATE OR REPLACE FUNCTION b() RETURNS void LANGUAGE plpgsql AS $$ BEGIN RETURN 1; END $$;
CREATE OR REPLACE FUNCTION c() RETURNS int LANGUAGE plpgsql AS $$ BEGIN RETURN QUERY SELECT 1; END $$;
CREATE OR REPLACE FUNCTION d() RETURNS SETOF int LANGUAGE plpgsql AS $$ BEGIN RETURN 1; END $$;
CREATE OR REPLACE FUNCTION e() RETURNS void LANGUAGE plpgsql AS $$ BEGIN EXIT; END $$;
CREATE OR REPLACE FUNCTION f() RETURNS void LANGUAGE plpgsql AS $$ DECLARE n int; BEGIN GET DIAGNOSTICS n = ROWCOUNT; END $$;
CREATE OR REPLACE FUNCTION g(a int) RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;
CREATE OR REPLACE FUNCTION h() RETURNS void LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION '100 %% of %', 1; END $$;
--- found
1:101 The body of the function does not compile: too few parameters specified for RAISE: the statement fails with 42601 (syntax error). Write a value for each % of the message; %% stands for a %.
2:81 The body of the function does not compile: RETURN cannot have a parameter in function returning void: the statement fails with 42804 (datatype mismatch). Write RETURN without a value, or let the function return a type.
3:80 The body of the function does not compile: cannot use RETURN QUERY in a non-SETOF function: the statement fails with 42804 (datatype mismatch). Let the function return SETOF a type, or TABLE (…).
4:86 The body of the function does not compile: RETURN cannot have a parameter in function returning set: the statement fails with 42804 (datatype mismatch). Write RETURN NEXT or RETURN QUERY.
5:78 The body of the function does not compile: EXIT cannot be used outside a loop, unless it has a label: the statement fails with 42601 (syntax error). Correct the body: PostgreSQL compiles it.
6:109 The body of the function does not compile: unrecognized GET DIAGNOSTICS item at or near "ROWCOUNT": the statement fails with 42601 (syntax error). Correct the body: PostgreSQL compiles it.
7:76 The body of the function does not compile: trigger functions cannot have declared arguments: the statement fails with 42P13 (invalid function definition). Leave the arguments out: a trigger function finds them in TG_ARGV.

--- case DO blocks that PostgreSQL does not compile | refused
DO $$
BEGIN
  IF true THEN
    PERFORM 1;
END $$;
DO $$ BEGIN
  counter := 1;
END $$;
DO LANGUAGE plpgsql $$ DECLARE n int; BEGIN n := 1; END $$;
--- found
3:6 The DO block does not compile: syntax error at end of input: the statement fails with 42601 (syntax error). Look for a semicolon or an END that is missing.
7:3 The DO block does not compile: "counter" is not a known variable: the statement fails with 42601 (syntax error). Declare it between DECLARE and BEGIN.

--- case values that an enum does not have | refused
--- setup
CREATE TYPE mood AS ENUM ('happy', 'sad');
CREATE TABLE notes (id int PRIMARY KEY, mood mood);
--- input
CREATE TABLE IF NOT EXISTS a (mood mood DEFAULT 'hapy', moods mood[] DEFAULT '{}');
CREATE TABLE IF NOT EXISTS b (mood mood DEFAULT 'sad', other mood DEFAULT 'Happy');
UPDATE notes SET mood = 'gone'::mood WHERE id = 1;
ALTER TYPE mood ADD VALUE IF NOT EXISTS 'calm';
UPDATE notes SET mood = CAST('happy' AS mood) WHERE id = 2;
--- found
1:49 Type "mood" has no value 'hapy': the statement fails with 22P02 (invalid text representation). Write 'happy'. (Write 'happy'.)
2:75 Type "mood" has no value 'Happy': the statement fails with 22P02 (invalid text representation). Write 'happy'.
3:25 Type "mood" has no value 'gone': the statement fails with 22P02 (invalid text representation). Write one of 'happy', 'sad'.
--- written
CREATE TABLE IF NOT EXISTS a (mood mood DEFAULT 'happy', moods mood[] DEFAULT '{}');
CREATE TABLE IF NOT EXISTS b (mood mood DEFAULT 'sad', other mood DEFAULT 'happy');
UPDATE notes SET mood = 'gone'::mood WHERE id = 1;
ALTER TYPE mood ADD VALUE IF NOT EXISTS 'calm';
UPDATE notes SET mood = CAST('happy' AS mood) WHERE id = 2;

--- case two columns of one name | refused
--- setup
CREATE TABLE notes (id int PRIMARY KEY, title text);
CREATE TABLE tags (id int PRIMARY KEY, note int);
--- input
CREATE OR REPLACE VIEW a AS SELECT n.id, t.id FROM notes n JOIN tags t ON t.note = n.id;
CREATE OR REPLACE VIEW b (note, tag) AS SELECT n.id, t.id FROM notes n JOIN tags t ON t.note = n.id;
CREATE MATERIALIZED VIEW IF NOT EXISTS c AS SELECT count(*), title, count(id) FROM notes GROUP BY title;
CREATE OR REPLACE VIEW d AS SELECT id FROM notes UNION SELECT id FROM tags;
--- found
1:42 The query gives two columns the name "id": the statement fails with 42701 (duplicate column). Give one of them another name with AS.
3:69 The query gives two columns the name "count": the statement fails with 42701 (duplicate column). Give one of them another name with AS.

--- case keys that came with a column, or whose column has another name by now
--- setup
CREATE TABLE tags (name text);
ALTER TABLE tags ADD COLUMN id int PRIMARY KEY;
ALTER TABLE tags ADD COLUMN slug text UNIQUE;
CREATE TABLE users (id int PRIMARY KEY, mail text UNIQUE);
ALTER TABLE users RENAME COLUMN mail TO email;
--- input
CREATE TABLE IF NOT EXISTS a (tag int REFERENCES tags, slug text REFERENCES tags (slug), email text REFERENCES users (email));
ALTER TABLE tags ADD COLUMN IF NOT EXISTS parent int REFERENCES tags;
INSERT INTO tags (id, slug) VALUES (1, 'a') ON CONFLICT (slug) DO NOTHING;
INSERT INTO users (id, email) VALUES (1, 'a') ON CONFLICT (email) DO NOTHING;

--- case conversions that PostgreSQL does not make by itself | refused
--- setup
CREATE TYPE state AS ENUM ('open', 'shut');
CREATE TABLE notes (id int PRIMARY KEY, amount text, ref varchar(36), done int, state text, "At" text);
--- input
ALTER TABLE notes ALTER COLUMN amount TYPE numeric(10, 2);
ALTER TABLE notes ALTER COLUMN ref TYPE uuid, ALTER COLUMN id SET DEFAULT 1;
ALTER TABLE notes ALTER COLUMN done TYPE boolean;
ALTER TABLE notes ALTER COLUMN state TYPE state;
ALTER TABLE notes ALTER COLUMN "At" SET DATA TYPE timestamp with time zone;
--- found
1:44 PostgreSQL does not turn column "amount" of type text into numeric by itself: the statement fails with 42804 (datatype mismatch). Write USING amount::numeric(10, 2). (Write USING amount::numeric(10, 2).)
2:41 PostgreSQL does not turn column "ref" of type varchar into uuid by itself: the statement fails with 42804 (datatype mismatch). Write USING ref::uuid. (Write USING ref::uuid.)
3:42 PostgreSQL does not turn column "done" of type integer into boolean by itself: the statement fails with 42804 (datatype mismatch). Write USING done::boolean. (Write USING done::boolean.)
4:43 PostgreSQL does not turn column "state" of type text into state by itself: the statement fails with 42804 (datatype mismatch). Write USING state::state. (Write USING state::state.)
5:51 PostgreSQL does not turn column "At" of type text into timestamptz by itself: the statement fails with 42804 (datatype mismatch). Write USING "At"::timestamp with time zone. (Write USING "At"::timestamp with time zone.)
--- written
ALTER TABLE notes ALTER COLUMN amount TYPE numeric(10, 2) USING amount::numeric(10, 2);
ALTER TABLE notes ALTER COLUMN ref TYPE uuid USING ref::uuid, ALTER COLUMN id SET DEFAULT 1;
ALTER TABLE notes ALTER COLUMN done TYPE boolean USING done::boolean;
ALTER TABLE notes ALTER COLUMN state TYPE state USING state::state;
ALTER TABLE notes ALTER COLUMN "At" SET DATA TYPE timestamp with time zone USING "At"::timestamp with time zone;

--- case conversions that PostgreSQL makes
--- setup
CREATE TYPE state AS ENUM ('open', 'shut');
CREATE TABLE notes (id int PRIMARY KEY, amount text, ref varchar(36), done int, state state, at date);
--- input
ALTER TABLE notes ALTER COLUMN amount TYPE varchar(20);
ALTER TABLE notes ALTER COLUMN ref TYPE uuid USING ref::uuid;
ALTER TABLE notes ALTER COLUMN done TYPE bigint;
ALTER TABLE notes ALTER COLUMN state TYPE text;
ALTER TABLE notes ALTER COLUMN at TYPE timestamptz;

--- case access methods and operator classes | refused
--- setup
CREATE TABLE notes (id int PRIMARY KEY, title text, data json, body jsonb, owner uuid, during tstzrange);
--- input
CREATE INDEX notes_gin ON notes USING gin (title);
CREATE INDEX notes_data ON notes (data);
CREATE INDEX notes_data_gin ON notes USING gin (data);
CREATE INDEX notes_gist ON notes USING gist (owner, during);
ALTER TABLE notes ADD CONSTRAINT notes_during EXCLUDE USING gist (owner WITH =, during WITH &&);
CREATE TABLE a (id int PRIMARY KEY, data json UNIQUE);
CREATE TABLE b (room int, during tstzrange, EXCLUDE USING gist (room WITH =, during WITH &&));
--- found
1:39 Column "title" is of type text, for which gin has no default operator class: the statement fails with 42704 (undefined object). Write title gin_trgm_ops, with the extension pg_trgm, or index to_tsvector().
2:1 Column "data" is of type json, for which btree has no default operator class: the statement fails with 42704 (undefined object). Make it a jsonb.
3:44 Column "data" is of type json, for which gin has no default operator class: the statement fails with 42704 (undefined object). Make it a jsonb.
4:40 Column "owner" is of type uuid, for which gist has no default operator class: the statement fails with 42704 (undefined object). Write USING btree, or create the extension btree_gist first.
5:23 Column "owner" is of type uuid, for which gist has no default operator class: the statement fails with 42704 (undefined object). Write USING btree, or create the extension btree_gist first.
6:47 Column "data" is of type json, for which btree has no default operator class: the statement fails with 42704 (undefined object). Make it a jsonb.
7:45 Column "room" is of type integer, for which gist has no default operator class: the statement fails with 42704 (undefined object). Write USING btree, or create the extension btree_gist first.
--- written
CREATE INDEX IF NOT EXISTS notes_gin ON notes USING gin (title);
CREATE INDEX IF NOT EXISTS notes_data ON notes (data);
CREATE INDEX IF NOT EXISTS notes_data_gin ON notes USING gin (data);
CREATE INDEX IF NOT EXISTS notes_gist ON notes USING gist (owner, during);
DO $$ BEGIN
  IF NOT EXISTS (
    SELECT 1 FROM pg_constraint
    WHERE conrelid = to_regclass('notes') AND conname = 'notes_during'
  ) THEN
    ALTER TABLE notes ADD CONSTRAINT notes_during EXCLUDE USING gist (owner WITH =, during WITH &&);
  END IF;
END $$;
CREATE TABLE IF NOT EXISTS a (id int PRIMARY KEY, data json UNIQUE);
CREATE TABLE IF NOT EXISTS b (room int, during tstzrange, EXCLUDE USING gist (room WITH =, during WITH &&));

--- case access methods and operator classes that there are
--- setup
CREATE EXTENSION pg_trgm SCHEMA public;
CREATE TABLE notes (id int PRIMARY KEY, title text, body jsonb, tags text[], during tstzrange);
--- input
CREATE INDEX IF NOT EXISTS notes_title ON notes USING gin (title gin_trgm_ops);
CREATE INDEX IF NOT EXISTS notes_body ON notes USING gin (body);
CREATE INDEX IF NOT EXISTS notes_tags ON notes USING GIN (tags);
CREATE INDEX IF NOT EXISTS notes_during ON notes USING gist (during);
CREATE INDEX IF NOT EXISTS notes_at ON notes USING brin (id);
CREATE INDEX IF NOT EXISTS notes_words ON notes USING gin (to_tsvector('english', title));

--- case generated columns that are not the same at every time | refused
--- setup
CREATE TABLE notes (id int PRIMARY KEY, at timestamptz);
--- input
CREATE TABLE a (id int PRIMARY KEY, made timestamptz GENERATED ALWAYS AS (now()) STORED);
CREATE TABLE b (id int PRIMARY KEY, at timestamptz, day text GENERATED ALWAYS AS (to_char(at, 'YYYY')) STORED);
ALTER TABLE notes ADD COLUMN day date GENERATED ALWAYS AS (at::date) STORED;
--- found
1:75 now() is not IMMUTABLE, which a generated column asks for: the statement fails with 42P17 (invalid object definition). Set the value in a trigger, or leave it to the queries.
2:83 to_char() is not IMMUTABLE, which a generated column asks for: the statement fails with 42P17 (invalid object definition). Set the value in a trigger, or leave it to the queries.
3:62 The cast from timestamptz to date is not IMMUTABLE, which a generated column asks for: the statement fails with 42P17 (invalid object definition). Set the value in a trigger, or leave it to the queries.
--- written
CREATE TABLE IF NOT EXISTS a (id int PRIMARY KEY, made timestamptz GENERATED ALWAYS AS (now()) STORED);
CREATE TABLE IF NOT EXISTS b (id int PRIMARY KEY, at timestamptz, day text GENERATED ALWAYS AS (to_char(at, 'YYYY')) STORED);
ALTER TABLE notes ADD COLUMN IF NOT EXISTS day date GENERATED ALWAYS AS (at::date) STORED;

--- case values and parameters | refused
CREATE TYPE mood AS ENUM ('a', 'b', 'a');
CREATE TABLE a (id int PRIMARY KEY, d date DEFAULT '2023-02-29');
CREATE TABLE b (id int PRIMARY KEY, i interval DEFAULT '3 mont');
CREATE TABLE c (id int PRIMARY KEY, ip inet DEFAULT '10.0.1');
CREATE FUNCTION f(a int, a text) RETURNS int LANGUAGE sql AS $$ SELECT 1 $$;
CREATE FUNCTION g(a int DEFAULT 1, b text) RETURNS int LANGUAGE sql AS $$ SELECT 1 $$;
CREATE FUNCTION h() RETURNS TABLE (id int, name text) LANGUAGE sql AS $$ SELECT 1 $$;
CREATE FUNCTION i() RETURNS int LANGUAGE sql AS $$ SELECT 'a' $$;
CREATE FUNCTION j() RETURNS uuid LANGUAGE sql AS $$ SELECT now() $$;
--- found
1:37 Type "mood" has the value 'a' twice: the statement fails with 23505 (unique violation). Take one of them out.
2:52 '2023-02-29' is no value of type date: the statement fails with 22008 (datetime field overflow). Write a value of type date.
3:56 '3 mont' is no value of type interval: the statement fails with 22007 (invalid datetime format). Write a value of type interval.
4:53 '10.0.1' is no value of type inet: the statement fails with 22P02 (invalid text representation). Write a value of type inet.
5:19 Two parameters have the name "a": the statement fails with 42P13 (invalid function definition). Give one of them another name.
6:36 Parameter "b" has no default, and one before it has: the statement fails with 42P13 (invalid function definition). Give it a default, or write it before those that have one.
7:81 The function returns 2 columns, and its last query gives 1: the statement fails with 42P13 (invalid function definition). Let the query give what the function returns.
8:59 The function returns integer, and its last query gives text: the statement fails with 42P13 (invalid function definition). Let the query give what the function returns.
9:60 The function returns uuid, and its last query gives timestamptz: the statement fails with 42P13 (invalid function definition). Let the query give what the function returns.
--- written
DO $$ BEGIN
  IF NOT EXISTS (
    SELECT 1 FROM pg_type
    WHERE typname = 'mood' AND typtype = 'e' AND typnamespace = quote_ident(current_schema())::regnamespace
  ) THEN
    CREATE TYPE mood AS ENUM ('a', 'b', 'a');
  END IF;
END $$;
CREATE TABLE IF NOT EXISTS a (id int PRIMARY KEY, d date DEFAULT '2023-02-29');
CREATE TABLE IF NOT EXISTS b (id int PRIMARY KEY, i interval DEFAULT '3 mont');
CREATE TABLE IF NOT EXISTS c (id int PRIMARY KEY, ip inet DEFAULT '10.0.1');
CREATE OR REPLACE FUNCTION f(a int, a text) RETURNS int LANGUAGE sql AS $$ SELECT 1 $$;
CREATE OR REPLACE FUNCTION g(a int DEFAULT 1, b text) RETURNS int LANGUAGE sql AS $$ SELECT 1 $$;
CREATE OR REPLACE FUNCTION h() RETURNS TABLE (id int, name text) LANGUAGE sql AS $$ SELECT 1 $$;
CREATE OR REPLACE FUNCTION i() RETURNS int LANGUAGE sql AS $$ SELECT 'a' $$;
CREATE OR REPLACE FUNCTION j() RETURNS uuid LANGUAGE sql AS $$ SELECT now() $$;

--- case values and parameters that are sound
CREATE TYPE mood AS ENUM ('a', 'b');
CREATE TABLE IF NOT EXISTS a (id int PRIMARY KEY, d date DEFAULT '2024-02-29', i interval DEFAULT '3 mons', j interval DEFAULT '1 day 02:00');
CREATE OR REPLACE FUNCTION f(a int, OUT b text) LANGUAGE sql AS $$ SELECT 'x' $$;
CREATE OR REPLACE FUNCTION g(a int, b text DEFAULT 'x') RETURNS bigint LANGUAGE sql AS $$ SELECT 1 $$;
CREATE OR REPLACE FUNCTION h() RETURNS TABLE (id int, name text) LANGUAGE sql AS $$ SELECT 1, 'a' $$;
CREATE OR REPLACE FUNCTION k() RETURNS void LANGUAGE sql AS $$ SELECT 1, 2 $$;

--- case triggers of tables and views, and what CONCURRENTLY needs | refused
--- setup
CREATE TABLE notes (id int PRIMARY KEY);
CREATE VIEW all_notes AS SELECT id FROM notes;
CREATE MATERIALIZED VIEW counts AS SELECT count(*) AS n FROM notes;
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;
--- input
CREATE TRIGGER a INSTEAD OF UPDATE ON notes FOR EACH ROW EXECUTE FUNCTION touch();
CREATE TRIGGER b BEFORE UPDATE ON all_notes FOR EACH ROW EXECUTE FUNCTION touch();
REFRESH MATERIALIZED VIEW CONCURRENTLY counts;
--- found
1:39 "notes" is a table, and a trigger INSTEAD OF is for a view: the statement fails with 42809 (wrong object type). Write BEFORE.
2:35 "all_notes" is a view, whose triggers for each row are INSTEAD OF: the statement fails with 42809 (wrong object type). Write INSTEAD OF.
3:27 Materialized view "counts" has no unique index, which CONCURRENTLY needs: the statement fails with 55000 (object not in prerequisite state). Make a unique index on its columns first, or leave CONCURRENTLY out. (Make a unique index on its columns first, or leave CONCURRENTLY out.)
--- written
CREATE OR REPLACE TRIGGER a INSTEAD OF UPDATE ON notes FOR EACH ROW EXECUTE FUNCTION touch();
CREATE OR REPLACE TRIGGER b BEFORE UPDATE ON all_notes FOR EACH ROW EXECUTE FUNCTION touch();
REFRESH MATERIALIZED VIEW counts;

--- case comparisons of types that no operator compares | refused
--- setup
CREATE TABLE notes (id int PRIMARY KEY, owner text, ref uuid, done boolean, at timestamptz);
--- input
CREATE POLICY a ON notes FOR SELECT TO authenticated USING (auth.uid() = owner);
CREATE POLICY b ON notes FOR SELECT TO authenticated USING ((SELECT auth.uid()) = owner);
CREATE POLICY c ON notes FOR SELECT TO authenticated USING (owner IN ('a') AND notes.ref = notes.owner);
UPDATE notes SET owner = 'x' WHERE done = 1;
DELETE FROM notes WHERE at < 5;
CREATE VIEW v AS SELECT a.id FROM notes AS a JOIN notes AS b ON a.id = b.ref;
--- found
1:72 No operator = compares uuid with text: the statement fails with 42883 (undefined function). Write ::text behind the one that is no text. (Write ::text behind the one that is no text.)
2:81 No operator = compares uuid with text: the statement fails with 42883 (undefined function). Write ::text behind the one that is no text. (Write ::text behind the one that is no text.)
3:90 No operator = compares uuid with text: the statement fails with 42883 (undefined function). Write ::text behind the one that is no text. (Write ::text behind the one that is no text.)
4:41 No operator = compares boolean with integer: the statement fails with 42883 (undefined function). Write a cast.
5:28 No operator < compares timestamptz with integer: the statement fails with 42883 (undefined function). Write a cast.
6:70 No operator = compares integer with uuid: the statement fails with 42883 (undefined function). Write a cast.
--- written
DROP POLICY IF EXISTS a ON notes;
CREATE POLICY a ON notes FOR SELECT TO authenticated USING (auth.uid()::text = owner);
DROP POLICY IF EXISTS b ON notes;
CREATE POLICY b ON notes FOR SELECT TO authenticated USING ((SELECT auth.uid())::text = owner);
DROP POLICY IF EXISTS c ON notes;
CREATE POLICY c ON notes FOR SELECT TO authenticated USING (owner IN ('a') AND notes.ref::text = notes.owner);
UPDATE notes SET owner = 'x' WHERE done = 1;
DELETE FROM notes WHERE at < 5;
CREATE OR REPLACE VIEW v AS SELECT a.id FROM notes AS a JOIN notes AS b ON a.id = b.ref;

--- case comparisons that there are
--- setup
CREATE TABLE notes (id int PRIMARY KEY, owner text, ref uuid, done boolean, at timestamptz, big bigint);
--- input
DROP POLICY IF EXISTS a ON notes;
CREATE POLICY a ON notes FOR SELECT TO authenticated USING ((SELECT auth.uid())::text = owner AND ref = (SELECT auth.uid()) AND id = big);
DELETE FROM notes WHERE at < '2024-01-01' AND done = 't' AND id > 2.5 AND at > current_date AND ref::text = owner;

--- case conditions and endings in bodies | refused
CREATE FUNCTION a() RETURNS int LANGUAGE plpgsql AS $$ BEGIN RETURN 1; EXCEPTION WHEN duplicate_key THEN RETURN 2; END $$;
CREATE FUNCTION b() RETURNS int LANGUAGE plpgsql AS $$ BEGIN RETURN 1; EXCEPTION WHEN unique_violaton OR foreign_key THEN RETURN 2; END $$;
CREATE FUNCTION c() RETURNS int LANGUAGE plpgsql AS $$ BEGIN WHILE true LOOP EXIT; END; RETURN 1; END; $$;
CREATE FUNCTION d() RETURNS int LANGUAGE plpgsql AS $$ BEGIN IF true THEN RETURN 1; END; RETURN 2; END; $$;
CREATE FUNCTION e() RETURNS int LANGUAGE plpgsql AS $$ RETURN 1; $$;
CREATE TABLE f (id int PRIMARY KEY, day timestamptz DEFAULT date_trunc('day', now));
--- found
1:87 The body of the function does not compile: unrecognized exception condition "duplicate_key": the statement fails with 42704 (undefined object). Write unique_violation. (Write unique_violation.)
2:87 The body of the function does not compile: unrecognized exception condition "unique_violaton": the statement fails with 42704 (undefined object). Write unique_violation. (Write unique_violation.)
3:84 The body of the function does not compile: syntax error at or near ";": the statement fails with 42601 (syntax error). Write END LOOP. (Write END LOOP.)
4:85 The body of the function does not compile: syntax error at or near ";": the statement fails with 42601 (syntax error). Write END IF. (Write END IF.)
5:56 The body of the function does not compile: syntax error at or near "RETURN": the statement fails with 42601 (syntax error). Write BEGIN and END around the statements. (Write BEGIN and END around the statements.)
6:79 A default names the column now, which it cannot do: the statement fails with 0A000 (feature not supported). Write now().
--- written
CREATE OR REPLACE FUNCTION a() RETURNS int LANGUAGE plpgsql AS $$ BEGIN RETURN 1; EXCEPTION WHEN unique_violation THEN RETURN 2; END $$;
CREATE OR REPLACE FUNCTION b() RETURNS int LANGUAGE plpgsql AS $$ BEGIN RETURN 1; EXCEPTION WHEN unique_violation OR foreign_key_violation THEN RETURN 2; END $$;
CREATE OR REPLACE FUNCTION c() RETURNS int LANGUAGE plpgsql AS $$ BEGIN WHILE true LOOP EXIT; END LOOP; RETURN 1; END; $$;
CREATE OR REPLACE FUNCTION d() RETURNS int LANGUAGE plpgsql AS $$ BEGIN IF true THEN RETURN 1; END IF; RETURN 2; END; $$;
CREATE OR REPLACE FUNCTION e() RETURNS int LANGUAGE plpgsql AS $$ BEGIN RETURN 1; END; $$;
CREATE TABLE IF NOT EXISTS f (id int PRIMARY KEY, day timestamptz DEFAULT date_trunc('day', now()));

--- case rows of values that their columns do not take | refused
--- setup
CREATE TABLE notes (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, ref uuid, done boolean, twice int GENERATED ALWAYS AS (2) STORED);
--- input
INSERT INTO notes (id, ref) VALUES (1, NULL);
INSERT INTO notes (ref) VALUES (NULL), ('abc');
INSERT INTO notes (done) VALUES ('maybe');
INSERT INTO notes (twice) VALUES (1);
--- found
1:37 Column "id" is generated always, and gets a value: the statement fails with 428C9 (generated always). Write OVERRIDING SYSTEM VALUE before VALUES. (Write OVERRIDING SYSTEM VALUE before VALUES.)
2:41 'abc' is no value of type uuid: the statement fails with 22P02 (invalid text representation). Write a value of type uuid.
3:34 'maybe' is no value of type boolean: the statement fails with 22P02 (invalid text representation). Write a value of type boolean.
4:35 Column "twice" is generated always, and gets a value: the statement fails with 428C9 (generated always). Leave the column out.
--- written
INSERT INTO notes (id, ref) OVERRIDING SYSTEM VALUE VALUES (1, NULL) ON CONFLICT DO NOTHING;
INSERT INTO notes (ref) VALUES (NULL), ('abc');
INSERT INTO notes (done) VALUES ('maybe');
INSERT INTO notes (twice) VALUES (1);

--- case rows of values that their columns take
--- setup
CREATE TABLE notes (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, ref uuid, done boolean, other int GENERATED BY DEFAULT AS IDENTITY);
--- input
INSERT INTO notes (id, ref) OVERRIDING SYSTEM VALUE VALUES (1, '00000000-0000-0000-0000-000000000000') ON CONFLICT DO NOTHING;
INSERT INTO notes (id, ref, other) OVERRIDING SYSTEM VALUE VALUES (2, NULL, 5) ON CONFLICT DO NOTHING;

--- case bodies in another language than they say | refused
CREATE FUNCTION a(x int) RETURNS int LANGUAGE sql AS $$ RETURN x + 1; $$;
CREATE FUNCTION b(x int) RETURNS int LANGUAGE sql AS $$ BEGIN RETURN x + 1; END; $$;
CREATE FUNCTION c() RETURNS int LANGUAGE plpgsql AS $$ DECLARE n int := 0; BEGIN n += 1; RETURN n; END; $$;
CREATE FUNCTION d() RETURNS TABLE (id int) LANGUAGE plpgsql AS $$ BEGIN RETURN SELECT 1; END; $$;
CREATE FUNCTION e() RETURNS void LANGUAGE plpgsql AS $$ BEGIN PRINT 'x'; END; $$;
--- found
1:57 The body of the function does not compile: syntax error at or near "RETURN": the statement fails with 42601 (syntax error). Write SELECT. (Write SELECT.)
2:47 The body of the function does not compile: syntax error at or near "RETURN": the statement fails with 42601 (syntax error). Write LANGUAGE plpgsql. (Write LANGUAGE plpgsql.)
3:82 The body of the function does not compile: syntax error at or near "n": the statement fails with 42601 (syntax error). Write := and the variable. (Write := and the variable.)
4:73 The body of the function does not compile: RETURN cannot have a parameter in function returning set: the statement fails with 42804 (datatype mismatch). Write RETURN QUERY. (Write RETURN QUERY.)
5:63 The body of the function does not compile: syntax error at or near "PRINT": the statement fails with 42601 (syntax error). Write RAISE NOTICE. (Write RAISE NOTICE.)
--- written
CREATE OR REPLACE FUNCTION a(x int) RETURNS int LANGUAGE sql AS $$ SELECT x + 1; $$;
CREATE OR REPLACE FUNCTION b(x int) RETURNS int LANGUAGE plpgsql AS $$ BEGIN RETURN x + 1; END; $$;
CREATE OR REPLACE FUNCTION c() RETURNS int LANGUAGE plpgsql AS $$ DECLARE n int := 0; BEGIN n := n + 1; RETURN n; END; $$;
CREATE OR REPLACE FUNCTION d() RETURNS TABLE (id int) LANGUAGE plpgsql AS $$ BEGIN RETURN QUERY SELECT 1; END; $$;
CREATE OR REPLACE FUNCTION e() RETURNS void LANGUAGE plpgsql AS $$ BEGIN RAISE NOTICE 'x'; END; $$;

--- case foreign keys of other types, and conversions that no cast makes | refused
--- setup
CREATE TABLE users (id uuid PRIMARY KEY);
CREATE TABLE notes (id bigint PRIMARY KEY, user_id int);
--- input
ALTER TABLE notes ADD CONSTRAINT notes_user FOREIGN KEY (user_id) REFERENCES users (id);
ALTER TABLE notes ALTER COLUMN id TYPE uuid;
--- found
1:78 Column "user_id" is of type integer, and refers to "id" of "users", which is of type uuid: the statement fails with 42804 (datatype mismatch). Change the type of one of them first.
2:40 PostgreSQL does not turn column "id" of type bigint into uuid by itself: the statement fails with 42804 (datatype mismatch). Write USING and how a value becomes another one.
--- written
DO $$ BEGIN
  IF NOT EXISTS (
    SELECT 1 FROM pg_constraint
    WHERE conrelid = to_regclass('notes') AND conname = 'notes_user'
  ) THEN
    ALTER TABLE notes ADD CONSTRAINT notes_user FOREIGN KEY (user_id) REFERENCES users (id);
  END IF;
END $$;
ALTER TABLE notes ALTER COLUMN id TYPE uuid;

--- case one value that is a row has all columns that a function returns | refused
--- setup
CREATE TABLE notes (id int, title text);
--- input
CREATE OR REPLACE FUNCTION all_notes() RETURNS TABLE (id int, title text) LANGUAGE sql AS $$ SELECT n FROM notes n $$;
CREATE OR REPLACE FUNCTION again() RETURNS TABLE (id int, title text) LANGUAGE sql AS $$ SELECT all_notes() $$;
CREATE OR REPLACE FUNCTION wrong() RETURNS TABLE (id int, title text) LANGUAGE sql AS $$ SELECT 1 $$;
--- found
3:97 The function returns 2 columns, and its last query gives 1: the statement fails with 42P13 (invalid function definition). Let the query give what the function returns.

--- case a key of a table under a condition that may ask for it
--- setup
CREATE TABLE runs (id serial PRIMARY KEY);
--- input
DO $$ BEGIN
  IF NOT EXISTS (SELECT FROM information_schema.table_constraints WHERE table_name = 'runs' AND constraint_type = 'PRIMARY KEY') THEN
    ALTER TABLE runs ADD PRIMARY KEY (id);
  END IF;
  IF (SELECT count(*) = 0 FROM pg_constraint c WHERE c.conrelid = 'runs'::regclass AND c.contype = 'p') THEN
    ALTER TABLE runs ADD PRIMARY KEY (id);
  END IF;
END $$;
