-- Revert library:members from pg

BEGIN;

DROP TABLE members;

COMMIT;
