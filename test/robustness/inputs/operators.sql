CREATE OPERATOR <#-#> (LEFTARG = int, RIGHTARG = int, FUNCTION = int4pl);
CREATE OPERATOR @#@ (RIGHTARG = bigint, FUNCTION = factorial);
CREATE OPERATOR public.!== (LEFTARG = text, RIGHTARG = text, FUNCTION = textne);
SELECT 1 OPERATOR(pg_catalog.+) 2, -1 - -1, @ -5, |/ 25, 2^3!=8, '{"a":1}'::jsonb #>> '{a}', '[1]'::jsonb @? '$[*]', a ->> 'b' <-> c FROM t;
SELECT 1 +-- a comment in the operator
  2, 3 */* another */ 4, 5<>-6;
SELECT '{"a": 1}'::jsonb ?| ARRAY['a', 'b'], '{}'::jsonb ?& '{c}';
SELECT (ARRAY[1, 2, 3])[1:2], (ARRAY[[1]])[1:1][:], x[:n] FROM t, generate_series(1, 2) AS g(n);
SELECT $1::int, "a"."b"::"c", a:::b;
DROP OPERATOR <#-#> (int, int);
ALTER OPERATOR @#@ (NONE, bigint) OWNER TO CURRENT_USER;
