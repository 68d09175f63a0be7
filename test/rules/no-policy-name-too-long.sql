--- case cut to 63 bytes
--- setup
CREATE TABLE notes (id uuid PRIMARY KEY, user_id uuid, body text);
ALTER TABLE notes ENABLE ROW LEVEL SECURITY;
--- input
DROP POLICY IF EXISTS "Users who belong to the organization can read every note that is shared with it" ON notes;
CREATE POLICY "Users who belong to the organization can read every note that is shared with it" ON notes FOR SELECT USING (true);
COMMENT ON POLICY "Users who belong to the organization can read every note that is shared with it" ON notes IS 'Users who belong to the organization can read every note that is shared with it';
--- found
1:23 The name of policy "Users who belong to the organization can read every note that is shared with it" is 79 bytes long, and PostgreSQL keeps 63: the policy is called "Users who belong to the organization can read every note that i", which another long name may be as well, and a condition that asks for the long name never finds it. Write a name that fits.
2:15 The name of policy "Users who belong to the organization can read every note that is shared with it" is 79 bytes long, and PostgreSQL keeps 63: the policy is called "Users who belong to the organization can read every note that i", which another long name may be as well, and a condition that asks for the long name never finds it. Write a name that fits.
3:19 The name of policy "Users who belong to the organization can read every note that is shared with it" is 79 bytes long, and PostgreSQL keeps 63: the policy is called "Users who belong to the organization can read every note that i", which another long name may be as well, and a condition that asks for the long name never finds it. Write a name that fits.
--- written
DROP POLICY IF EXISTS "Users who belong to the organization can read every note that i" ON notes;
CREATE POLICY "Users who belong to the organization can read every note that i" ON notes FOR SELECT USING (true);
COMMENT ON POLICY "Users who belong to the organization can read every note that i" ON notes IS 'Users who belong to the organization can read every note that is shared with it';

--- case bytes, not letters
--- setup
CREATE TABLE notes (id uuid PRIMARY KEY, user_id uuid, body text);
ALTER TABLE notes ENABLE ROW LEVEL SECURITY;
--- input
DROP POLICY IF EXISTS "Użytkownicy czytają wyłącznie własne notatki, żadnych innych" ON notes;
CREATE POLICY "Użytkownicy czytają wyłącznie własne notatki, żadnych innych" ON notes FOR SELECT USING (true);
--- found
1:23 The name of policy "Użytkownicy czytają wyłącznie własne notatki, żadnych innych" is 66 bytes long, and PostgreSQL keeps 63: the policy is called "Użytkownicy czytają wyłącznie własne notatki, żadnych inn", which another long name may be as well, and a condition that asks for the long name never finds it. Write a name that fits.
2:15 The name of policy "Użytkownicy czytają wyłącznie własne notatki, żadnych innych" is 66 bytes long, and PostgreSQL keeps 63: the policy is called "Użytkownicy czytają wyłącznie własne notatki, żadnych inn", which another long name may be as well, and a condition that asks for the long name never finds it. Write a name that fits.
--- written
DROP POLICY IF EXISTS "Użytkownicy czytają wyłącznie własne notatki, żadnych inn" ON notes;
CREATE POLICY "Użytkownicy czytają wyłącznie własne notatki, żadnych inn" ON notes FOR SELECT USING (true);

--- case 63 bytes
--- setup
CREATE TABLE notes (id uuid PRIMARY KEY, user_id uuid, body text);
ALTER TABLE notes ENABLE ROW LEVEL SECURITY;
--- input
DROP POLICY IF EXISTS "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx" ON notes;
CREATE POLICY "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx" ON notes FOR SELECT USING (true);
COMMENT ON TABLE notes IS 'Users who belong to the organization can read every note that is shared with it';
