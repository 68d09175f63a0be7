-- What the invalid files work on.
CREATE SCHEMA auth;
CREATE ROLE anon;
CREATE ROLE authenticated;
CREATE TABLE auth.users (id uuid PRIMARY KEY);
CREATE FUNCTION auth.uid() RETURNS uuid LANGUAGE sql STABLE AS $$ SELECT NULL::uuid $$;
CREATE TABLE users (id uuid PRIMARY KEY, email text UNIQUE, name text, age integer, created_at timestamptz DEFAULT now());
CREATE TABLE posts (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, user_id uuid REFERENCES users (id), title text, body text, tags text[],
  published boolean DEFAULT false, status text, views integer DEFAULT 0, updated_at timestamptz
);
CREATE TABLE settings (key text PRIMARY KEY, value text);
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.updated_at := now(); RETURN NEW; END $$;
CREATE PUBLICATION supabase_realtime;
