DO $outer$ BEGIN EXECUTE $inner$ CREATE TABLE t (a text DEFAULT $$x;y$$) $inner$; END $outer$;
DO $é$ BEGIN CREATE TABLE u (); END $é$;
DO LANGUAGE plpgsql 'BEGIN CREATE TABLE v (a text DEFAULT ''it''''s''); END';
DO E'BEGIN\n CREATE TABLE w (); END';
CREATE FUNCTION f() RETURNS text LANGUAGE sql AS $$ SELECT '$'; SELECT ';' $$;
CREATE FUNCTION g() RETURNS text LANGUAGE sql AS 'SELECT '';''; SELECT ''''';
/* a /* nested; */ comment; */ CREATE /* in; between */ TABLE -- and; here
x (id int) /* behind */ ; -- the end;
CREATE TABLE y (id int)--;
;CREATE TABLE z (id int)/**/;/*
*/
SELECT '--', '/*', $$ -- $$, "--" FROM "/*";
DO $$ BEGIN CREATE TABLE no_end (); END $$ -- no semicolon
