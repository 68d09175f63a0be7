CREATE TABLE notes (note text DEFAULT 'a\');
INSERT INTO notes VALUES (E'it\'s; one'), ('two\\');
SET standard_conforming_strings = off;
INSERT INTO notes VALUES ('it\'s; still one statement');
CREATE TABLE after_off (note text DEFAULT 'quote \' ; and \\');
SET standard_conforming_strings TO on;
CREATE TABLE after_on (note text DEFAULT 'backslash \');
INSERT INTO notes VALUES (B'1010'::text), (X'1F'::text), (N'national'), (U&'d\0061t\+000061'), (U&'d!0061ta' UESCAPE '!'), ('joined '
  'over lines');
