-- Deploy library:members to pg

BEGIN;

CREATE TABLE members (
    id int PRIMARY KEY,
    name text NOT NULL
);

COMMIT;
