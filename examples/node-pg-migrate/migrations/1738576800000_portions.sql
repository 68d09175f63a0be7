-- Up Migration
ALTER TABLE recipes ADD COLUMN portions int NOT NULL DEFAULT 2;
ALTER TABLE recipes ADD CONSTRAINT recipes_portions_check CHECK (portions > 0);

-- Down Migration
ALTER TABLE recipes DROP COLUMN portions;
