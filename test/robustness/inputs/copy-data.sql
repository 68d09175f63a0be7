CREATE TABLE log (id int, line text);
COPY log (id, line) FROM stdin;
1	CREATE TABLE not_a_table (id int);
2	it's an open quote
3	/* an open comment
4	$$ an open dollar quote
5	\\. is not the end
6	-- sql-lint-disable no-bare-create
\.
CREATE INDEX ON log (id);
COPY log FROM STDIN WITH (FORMAT csv, DELIMITER ';');
1;"a;b"
2;"DROP TABLE log;"
\.

COPY (SELECT 'from stdin' FROM log) TO stdout;
COPY log FROM '/tmp/rows';
DROP INDEX log_id_idx;
SELECT 0 \; COPY log (id) FROM stdin \; COPY log (id) FROM stdout \; SELECT 1;
1
it's;
\.
2
CREATE TABLE rows_too (id int);
\.
\copy log FROM stdin
3	$$
\.
COPY log FROM stdin \g
4	"
\.
CREATE INDEX log_line_idx ON log (line);
