--- case lengths
--- setup
CREATE TABLE old (id int);
--- input
CREATE TABLE IF NOT EXISTS orders (id bigint PRIMARY KEY, a varchar(20), b char(2), c character varying (5));
ALTER TABLE old ADD COLUMN IF NOT EXISTS a varchar(3);
--- found
1:61 "a" has a length in its type: to make it longer or shorter is a change of the type, and char(n) pads with spaces. Write text, and a CHECK (length(a) <= n) if the length matters. (Write text.)
1:76 "b" has a length in its type: to make it longer or shorter is a change of the type, and char(n) pads with spaces. Write text, and a CHECK (length(b) <= n) if the length matters. (Write text.)
1:87 "c" has a length in its type: to make it longer or shorter is a change of the type, and char(n) pads with spaces. Write text, and a CHECK (length(c) <= n) if the length matters. (Write text.)
2:44 "a" has a length in its type: to make it longer or shorter is a change of the type, and char(n) pads with spaces. Write text, and a CHECK (length(a) <= n) if the length matters. (Write text.)
--- written
CREATE TABLE IF NOT EXISTS orders (id bigint PRIMARY KEY, a text, b text, c text);
ALTER TABLE old ADD COLUMN IF NOT EXISTS a text;

--- case no length
CREATE TABLE IF NOT EXISTS orders (id bigint PRIMARY KEY, a varchar, b text);
