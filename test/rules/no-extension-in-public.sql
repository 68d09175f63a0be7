--- case into public
CREATE EXTENSION IF NOT EXISTS pg_trgm;
create extension if not exists "fuzzystrmatch" with version '1.2';
CREATE EXTENSION IF NOT EXISTS citext SCHEMA public;
--- found
1:1 Extension "pg_trgm" is put into the schema public: the API offers its functions to everyone. Add WITH SCHEMA extensions. (Add WITH SCHEMA extensions.)
2:1 Extension "fuzzystrmatch" is put into the schema public: the API offers its functions to everyone. Add WITH SCHEMA extensions. (Add WITH SCHEMA extensions.)
3:1 Extension "citext" is put into the schema public: the API offers its functions to everyone. Add WITH SCHEMA extensions.
--- written
CREATE EXTENSION IF NOT EXISTS pg_trgm WITH SCHEMA extensions;
create extension if not exists "fuzzystrmatch" with schema extensions version '1.2';
CREATE EXTENSION IF NOT EXISTS citext SCHEMA public;

--- case elsewhere
CREATE EXTENSION IF NOT EXISTS pg_trgm WITH SCHEMA extensions;
CREATE EXTENSION IF NOT EXISTS pgcrypto;
CREATE EXTENSION IF NOT EXISTS plpgsql;
