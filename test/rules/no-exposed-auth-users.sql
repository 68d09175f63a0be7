--- case a view of all users
CREATE OR REPLACE VIEW people AS SELECT id, email FROM auth.users;
--- found
1:1 View "people" shows email of all users in auth.users to everyone through the API. Keep what others may see in a table of your own, or move the view to a schema that is not exposed.

--- case a materialized view
--- setup
CREATE TABLE notes (id uuid PRIMARY KEY, user_id uuid, body text);
ALTER TABLE notes ENABLE ROW LEVEL SECURITY;
--- input
CREATE MATERIALIZED VIEW IF NOT EXISTS authors AS SELECT n.id, u.email FROM notes n JOIN auth.users u ON u.id = n.user_id;
--- found
1:1 View "authors" shows email of all users in auth.users to everyone through the API. Keep what others may see in a table of your own, or move the view to a schema that is not exposed.

--- case with the rights of who asks, or out of reach
--- setup
CREATE SCHEMA private;
--- input
CREATE OR REPLACE VIEW people WITH (security_invoker = true) AS SELECT id FROM auth.users;
CREATE OR REPLACE VIEW private.people AS SELECT id, email FROM auth.users;
CREATE MATERIALIZED VIEW IF NOT EXISTS counts AS SELECT count(*) AS n FROM auth.users;
REVOKE ALL ON counts FROM anon, authenticated;

--- case what shows users
CREATE OR REPLACE VIEW a AS SELECT u.id, lower(u.email) AS mail FROM auth.users AS u;
CREATE OR REPLACE VIEW b AS SELECT * FROM (SELECT id, phone FROM auth.users) AS p;
CREATE OR REPLACE VIEW c AS WITH p AS (SELECT raw_user_meta_data AS meta FROM auth.users) SELECT meta ->> 'name' AS name FROM p;
CREATE OR REPLACE VIEW d AS SELECT b.id, (SELECT u.email FROM auth.users AS u WHERE u.id = b.owner) AS mail FROM storage.buckets AS b;
CREATE OR REPLACE VIEW e AS SELECT string_agg(email, ', ') AS all_of_them FROM auth.users;
CREATE OR REPLACE VIEW f AS SELECT id FROM storage.buckets UNION SELECT email FROM auth.users;
--- found
1:1 View "a" shows email of all users in auth.users to everyone through the API. Keep what others may see in a table of your own, or move the view to a schema that is not exposed.
2:1 View "b" shows phone of all users in auth.users to everyone through the API. Keep what others may see in a table of your own, or move the view to a schema that is not exposed.
3:1 View "c" shows raw_user_meta_data of all users in auth.users to everyone through the API. Keep what others may see in a table of your own, or move the view to a schema that is not exposed.
4:1 View "d" shows email of all users in auth.users to everyone through the API. Keep what others may see in a table of your own, or move the view to a schema that is not exposed.
5:1 View "e" shows email of all users in auth.users to everyone through the API. Keep what others may see in a table of your own, or move the view to a schema that is not exposed.
6:1 View "f" shows email of all users in auth.users to everyone through the API. Keep what others may see in a table of your own, or move the view to a schema that is not exposed.

--- case what does not
CREATE OR REPLACE VIEW a AS SELECT count(*) AS users, count(email) AS mails FROM auth.users;
CREATE OR REPLACE VIEW b AS SELECT b.id FROM storage.buckets AS b WHERE EXISTS (SELECT FROM auth.users AS u WHERE u.id = b.owner);
CREATE OR REPLACE VIEW c AS SELECT b.id, EXISTS (SELECT FROM auth.users AS u WHERE u.id = b.owner) AS owned FROM storage.buckets AS b;
CREATE OR REPLACE VIEW d AS SELECT b.* FROM storage.buckets AS b JOIN auth.users AS u ON u.id = b.owner;
CREATE VIEW e AS SELECT id, email FROM auth.users;
DROP VIEW e;
