--- case slips
CREATE TABLE IF NOT EXISTS t (a timestampz, b timestamtz, c TIMESTAMP_TZ, d timestamptzz, e jsnob DEFAULT '{}'::jsnob, f uui, g interger[], h boolen);
--- found
1:33 Type "timestampz" does not exist: the statement fails with 42704 (undefined object). Write timestamptz.
1:47 Type "timestamtz" does not exist: the statement fails with 42704 (undefined object). Write timestamptz.
1:61 Type "TIMESTAMP_TZ" does not exist: the statement fails with 42704 (undefined object). Write TIMESTAMPTZ.
1:77 Type "timestamptzz" does not exist: the statement fails with 42704 (undefined object). Write timestamptz.
1:93 Type "jsnob" does not exist: the statement fails with 42704 (undefined object). Write jsonb.
1:113 Type "jsnob" does not exist: the statement fails with 42704 (undefined object). Write jsonb.
1:122 Type "uui" does not exist: the statement fails with 42704 (undefined object). Write uuid.
1:129 Type "interger" does not exist: the statement fails with 42704 (undefined object). Write integer.
1:143 Type "boolen" does not exist: the statement fails with 42704 (undefined object). Write boolean.
--- written
CREATE TABLE IF NOT EXISTS t (a timestamptz, b timestamptz, c TIMESTAMPTZ, d timestamptz, e jsonb DEFAULT '{}'::jsonb, f uuid, g integer[], h boolean);

--- case other databases' types
CREATE TABLE IF NOT EXISTS t (a varchar2(20), b tinyint(1), c DATETIME(6), d double, e STRING NOT NULL, f longblob, g uniqueidentifier);
--- found
1:33 Type "varchar2" does not exist: the statement fails with 42704 (undefined object). Write varchar.
1:49 Type "tinyint" does not exist: the statement fails with 42704 (undefined object). Write smallint.
1:63 Type "DATETIME" does not exist: the statement fails with 42704 (undefined object). Write TIMESTAMP.
1:78 Type "double" does not exist: the statement fails with 42704 (undefined object). Write double precision.
1:88 Type "STRING" does not exist: the statement fails with 42704 (undefined object). Write TEXT.
1:107 Type "longblob" does not exist: the statement fails with 42704 (undefined object). Write bytea.
1:119 Type "uniqueidentifier" does not exist: the statement fails with 42704 (undefined object). Write uuid.
--- written
CREATE TABLE IF NOT EXISTS t (a varchar(20), b smallint, c TIMESTAMP(6), d double precision, e TEXT NOT NULL, f bytea, g uuid);

--- case in a function
CREATE OR REPLACE FUNCTION f(a jsnob) RETURNS TABLE (b uui) LANGUAGE sql AS $$ SELECT NULL::uuid $$;
--- found
1:32 Type "jsnob" does not exist: the statement fails with 42704 (undefined object). Write jsonb.
1:56 Type "uui" does not exist: the statement fails with 42704 (undefined object). Write uuid.
--- written
CREATE OR REPLACE FUNCTION f(a jsonb) RETURNS TABLE (b uuid) LANGUAGE sql AS $$ SELECT NULL::uuid $$;

--- case a type that a migration makes
--- setup
CREATE TYPE uui AS ENUM ('a');
CREATE TABLE jsnob (id integer);
CREATE TYPE subscription_status AS ENUM ('a');
--- input
DO $$ BEGIN
  IF to_regtype('tezt') IS NULL THEN
    CREATE DOMAIN tezt AS text;
  END IF;
END $$;
CREATE TABLE IF NOT EXISTS t (a uui, b tezt);
CREATE TABLE IF NOT EXISTS u (a subscription_statsu);
--- found
7:33 Type "subscription_statsu" does not exist: the statement fails with 42704 (undefined object). Write subscription_status.
--- written
DO $$ BEGIN
  IF to_regtype('tezt') IS NULL THEN
    CREATE DOMAIN tezt AS text;
  END IF;
END $$;
CREATE TABLE IF NOT EXISTS t (a uui, b tezt);
CREATE TABLE IF NOT EXISTS u (a subscription_status);

--- case types that exist, and types of which nothing is known | not run: the types of an extension and of another migration
CREATE TABLE t (a "char", b int4multirange, c tid, d halfvec(3), e public.jsnob, f mood, g rate, h text[], i _int4, j order_status);

--- case slips in types of other databases
CREATE TABLE a (id int PRIMARY KEY, name strnig, at datetme, data longtxt);
--- found
1:42 Type "strnig" does not exist: the statement fails with 42704 (undefined object). Write text.
1:53 Type "datetme" does not exist: the statement fails with 42704 (undefined object). Write timestamp.
1:67 Type "longtxt" does not exist: the statement fails with 42704 (undefined object). Write text.
--- written
CREATE TABLE IF NOT EXISTS a (id int PRIMARY KEY, name text, at timestamp, data text);
