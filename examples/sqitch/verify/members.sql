-- Verify library:members on pg

BEGIN;

SELECT id, name FROM members WHERE FALSE;

ROLLBACK;
