--- case a view of all users
CREATE OR REPLACE VIEW people AS SELECT id, email FROM auth.users;
--- found
1:1 View "people" reads auth.users for everyone who reads the view: the API gives away addresses, phone numbers and metadata of all users. Keep what others may see in a table of your own, or move the view to a schema that is not exposed.

--- case a materialized view
--- setup
CREATE TABLE notes (id uuid PRIMARY KEY, user_id uuid, body text);
ALTER TABLE notes ENABLE ROW LEVEL SECURITY;
--- input
CREATE MATERIALIZED VIEW IF NOT EXISTS authors AS SELECT n.id, u.email FROM notes n JOIN auth.users u ON u.id = n.user_id;
--- found
1:1 View "authors" reads auth.users for everyone who reads the view: the API gives away addresses, phone numbers and metadata of all users. Keep what others may see in a table of your own, or move the view to a schema that is not exposed.

--- case with the rights of who asks, or out of reach
--- setup
CREATE SCHEMA private;
--- input
CREATE OR REPLACE VIEW people WITH (security_invoker = true) AS SELECT id FROM auth.users;
CREATE OR REPLACE VIEW private.people AS SELECT id, email FROM auth.users;
CREATE MATERIALIZED VIEW IF NOT EXISTS counts AS SELECT count(*) AS n FROM auth.users;
REVOKE ALL ON counts FROM anon, authenticated;
