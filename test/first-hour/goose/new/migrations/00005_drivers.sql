-- +goose Up
CREATE TABLE drivers (
    id bigserial PRIMARY KEY,
    name text NOT NULL,
    depot_id bigint NOT NULL REFERENCES depots (id)
);
ALTER TABLE parcels ADD COLUMN driver_id bigint REFERENCES drivers (id);
CREATE INDEX ON parcels (driver_id);

-- +goose Down
ALTER TABLE parcels DROP COLUMN driver_id;
DROP TABLE drivers;
