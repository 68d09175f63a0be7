\set ON_ERROR_STOP on

CREATE TABLE sensors (
    id int PRIMARY KEY,
    place text NOT NULL
);
