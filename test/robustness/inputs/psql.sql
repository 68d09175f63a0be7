\set ON_ERROR_STOP on
\set owner 'app owner'
\if :{?skip}
CREATE TABLE skipped (id int);
\elif false
CREATE TABLE also_skipped (id int);
\else
CREATE TABLE kept (id int, "a;b" text);
\endif
SELECT count(*) AS total, 'a;b' AS semi FROM kept \gset before_
SELECT 'CREATE TABLE made_' || n FROM generate_series(1, 3) AS n \gexec
INSERT INTO kept VALUES (:before_total, :'before_semi') \;
SELECT 1 \; SELECT 2;
\copy kept FROM 'rows.csv' WITH (FORMAT csv, HEADER)
\echo done; CREATE TABLE not_sql (id int);
CREATE INDEX ON kept (id) \g (format=unaligned) out.txt
CREATE ROLE :"owner";
SELECT * FROM kept WHERE id = ANY ((ARRAY[1, 2, 3])[1:2]) \gx
\! echo "never run"
ALTER TABLE kept ADD COLUMN late int;
SELECT :{?late} AS late, (ARRAY[1, 2])[1:2];
This is no SQL, and psql forgets it
\r
CREATE INDEX ON kept (late);
COMMENT ON LARGE OBJECT :oid IS 'a number is filled in';
