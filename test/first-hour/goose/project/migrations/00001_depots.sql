-- +goose Up
CREATE TABLE depots (
    id bigserial PRIMARY KEY,
    code text NOT NULL UNIQUE,
    city text NOT NULL
);
CREATE INDEX depots_city_idx ON depots (city);

-- +goose Down
DROP TABLE depots;
