--- case a pattern | {"pattern":"^\\d{4}-"}
SELECT 1;
--- found
1:1 The name "20250101000000_case.sql" does not match ^\d{4}-: give the file a version and, in small letters, what it does.

--- case the usual
SELECT 1;
