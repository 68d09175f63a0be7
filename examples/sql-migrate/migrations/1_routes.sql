-- +migrate Up
CREATE TABLE routes (
    id int PRIMARY KEY,
    name text NOT NULL
);

-- +migrate Down
DROP TABLE routes;
