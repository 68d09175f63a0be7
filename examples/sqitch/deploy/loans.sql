-- Deploy library:loans to pg
-- requires: members

BEGIN;

CREATE TABLE loans (
    id int PRIMARY KEY,
    member int NOT NULL
);
ALTER TABLE loans ADD CONSTRAINT loans_member_fkey FOREIGN KEY (member) REFERENCES members (id);
CREATE INDEX loans_member_idx ON loans (member);

COMMIT;
