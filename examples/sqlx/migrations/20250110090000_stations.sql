CREATE TABLE stations (
    id text PRIMARY KEY,
    height int NOT NULL DEFAULT 0
);

INSERT INTO stations (id, height) VALUES ('north', 120), ('harbour', 3);
