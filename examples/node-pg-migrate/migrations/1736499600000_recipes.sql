-- Up Migration
CREATE TABLE recipes (
  id int PRIMARY KEY,
  name text NOT NULL
);
ALTER TABLE recipes ADD CONSTRAINT recipes_name_key UNIQUE (name);

-- Down Migration
DROP TABLE recipes;
