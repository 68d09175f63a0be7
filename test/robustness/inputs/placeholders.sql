CREATE TABLE {{ schema }}.accounts (id int);
CREATE TABLE ${schema}.users (id int, name text DEFAULT '${not a placeholder;}');
{{#if extra}}
CREATE INDEX {{ prefix }}_idx ON accounts (id);
{{/if}};
GRANT SELECT ON accounts TO :"role";
SELECT :'value;', :name, a::text, b :: int FROM t;
CREATE INDEX IF NOT EXISTS accounts_idx ON "{{ index .Options "Schema" }}".accounts (id);
CREATE TABLE "{{ plain }}" ("a {{b" int, "c}} d" int);
CREATE TABLE {{ never closed (id int);
CREATE TABLE ${never closed (id int);
CREATE TABLE plain (id int);
