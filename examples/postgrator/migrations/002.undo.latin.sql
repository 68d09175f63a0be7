ALTER TABLE plants DROP CONSTRAINT plants_latin_key;
