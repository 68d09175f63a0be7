--- case a view that shows everything
--- setup
CREATE TABLE notes (id uuid PRIMARY KEY, user_id uuid, body text);
ALTER TABLE notes ENABLE ROW LEVEL SECURITY;
--- input
CREATE OR REPLACE VIEW note_bodies AS SELECT body FROM notes;
create or replace view public.note_ids (id)
as select id from notes;
--- found
1:1 View "note_bodies" reads with the rights of its owner, to whom no policy applies: the API shows everyone every row of what it reads. Write WITH (security_invoker = true), which PostgreSQL has from version 15 on. (Write WITH (security_invoker = true).)
2:1 View "public.note_ids" reads with the rights of its owner, to whom no policy applies: the API shows everyone every row of what it reads. Write WITH (security_invoker = true), which PostgreSQL has from version 15 on. (Write WITH (security_invoker = true).)
--- written
CREATE OR REPLACE VIEW note_bodies WITH (security_invoker = true) AS SELECT body FROM notes;
create or replace view public.note_ids (id) with (security_invoker = true)
as select id from notes;

--- case the option switched off
--- setup
CREATE TABLE notes (id uuid PRIMARY KEY, user_id uuid, body text);
ALTER TABLE notes ENABLE ROW LEVEL SECURITY;
--- input
CREATE OR REPLACE VIEW note_bodies WITH (security_invoker = off) AS SELECT body FROM notes;
--- found
1:1 View "note_bodies" reads with the rights of its owner, to whom no policy applies: the API shows everyone every row of what it reads. Write WITH (security_invoker = true), which PostgreSQL has from version 15 on.

--- case with the rights of who asks, out of reach, or nothing to show
--- setup
CREATE SCHEMA private;
CREATE TABLE notes (id uuid PRIMARY KEY, user_id uuid, body text);
ALTER TABLE notes ENABLE ROW LEVEL SECURITY;
--- input
CREATE OR REPLACE VIEW a WITH (security_invoker) AS SELECT body FROM notes;
CREATE OR REPLACE VIEW b WITH (security_invoker = true, security_barrier) AS SELECT body FROM notes;
CREATE OR REPLACE VIEW c AS SELECT body FROM notes;
ALTER VIEW c SET (security_invoker = on);
CREATE OR REPLACE VIEW private.d AS SELECT body FROM notes;
CREATE OR REPLACE VIEW e AS SELECT now() AS now;
CREATE OR REPLACE VIEW f AS SELECT body FROM notes;
REVOKE ALL ON f FROM anon, authenticated;

--- case the option is taken away
--- setup
CREATE SCHEMA private;
CREATE TABLE notes (id uuid PRIMARY KEY, user_id uuid, body text);
ALTER TABLE notes ENABLE ROW LEVEL SECURITY;
CREATE VIEW a WITH (security_invoker = true) AS SELECT * FROM notes;
CREATE VIEW b WITH (security_invoker = true) AS SELECT * FROM notes;
CREATE VIEW private.c AS SELECT * FROM notes;
CREATE VIEW d AS SELECT 1 AS one;
--- input
ALTER VIEW a RESET (security_invoker);
ALTER VIEW b SET (security_invoker = off);
ALTER VIEW private.c SET SCHEMA public;
ALTER VIEW d RESET (security_invoker);
--- found
1:1 View "a" reads with the rights of its owner, to whom no policy applies: the API shows everyone every row of what it reads. Write WITH (security_invoker = true), which PostgreSQL has from version 15 on.
2:1 View "b" reads with the rights of its owner, to whom no policy applies: the API shows everyone every row of what it reads. Write WITH (security_invoker = true), which PostgreSQL has from version 15 on.
3:1 View "public.c" reads with the rights of its owner, to whom no policy applies: the API shows everyone every row of what it reads. Write WITH (security_invoker = true), which PostgreSQL has from version 15 on.

--- case moved away, dropped
--- setup
CREATE SCHEMA private;
CREATE TABLE notes (id uuid PRIMARY KEY, user_id uuid, body text);
--- input
CREATE VIEW a AS SELECT * FROM notes;
ALTER VIEW a SET SCHEMA private;
CREATE VIEW b AS SELECT * FROM notes;
DROP VIEW b;
