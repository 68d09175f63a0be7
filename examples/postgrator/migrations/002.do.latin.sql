ALTER TABLE plants ADD CONSTRAINT plants_latin_key UNIQUE (latin);
