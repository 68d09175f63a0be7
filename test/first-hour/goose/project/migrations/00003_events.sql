-- +goose Up
CREATE TYPE event_kind AS ENUM ('received', 'loaded', 'delivered');
CREATE TABLE events (
    id bigserial PRIMARY KEY,
    parcel_id bigint NOT NULL REFERENCES parcels (id),
    kind event_kind NOT NULL,
    at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX events_parcel_idx ON events (parcel_id, at);
ALTER TABLE parcels ADD COLUMN delivered_at timestamptz;

-- +goose Down
ALTER TABLE parcels DROP COLUMN delivered_at;
DROP TABLE events;
DROP TYPE event_kind;
