-- Revert library:loans from pg

BEGIN;

DROP TABLE loans;

COMMIT;
