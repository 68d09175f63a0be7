-- Verify library:loans on pg

BEGIN;

SELECT id, member FROM loans WHERE FALSE;

ROLLBACK;
