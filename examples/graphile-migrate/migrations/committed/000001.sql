--! Previous: -
--! Hash: sha1:da1bca84eb5f5df2a3627b9c4fae79da275f2fbd

CREATE TABLE channels (
  id int PRIMARY KEY,
  title text NOT NULL
);
