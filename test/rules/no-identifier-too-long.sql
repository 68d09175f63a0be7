--- case long names
CREATE TABLE IF NOT EXISTS xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx (id int PRIMARY KEY, "YYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYY" int);
CREATE INDEX IF NOT EXISTS "öööööööööööööööööööööööööööööööö" ON xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx (id);
--- found
1:28 The name "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx" is 70 bytes long, and PostgreSQL keeps 63: the object is called "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", which another long name may be as well, and a condition that asks for the long name never finds it. Write a name that fits.
1:120 The name "YYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYY" is 66 bytes long, and PostgreSQL keeps 63: the object is called "YYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYY", which another long name may be as well, and a condition that asks for the long name never finds it. Write a name that fits.
2:28 The name "öööööööööööööööööööööööööööööööö" is 64 bytes long, and PostgreSQL keeps 63: the object is called "ööööööööööööööööööööööööööööööö", which another long name may be as well, and a condition that asks for the long name never finds it. Write a name that fits.
2:66 The name "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx" is 70 bytes long, and PostgreSQL keeps 63: the object is called "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", which another long name may be as well, and a condition that asks for the long name never finds it. Write a name that fits.
--- written
CREATE TABLE IF NOT EXISTS xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx (id int PRIMARY KEY, "YYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYY" int);
CREATE INDEX IF NOT EXISTS "ööööööööööööööööööööööööööööööö" ON xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx (id);

--- case names that fit
--- setup
CREATE TABLE orders (id int PRIMARY KEY, total int, note text);
--- input
CREATE INDEX IF NOT EXISTS iiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiii ON orders (total);
COMMENT ON TABLE orders IS 'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx';
DO $$ BEGIN PERFORM 'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx'; END $$;
