-- +migrate Up
ALTER TABLE routes ADD COLUMN kilometres int NOT NULL DEFAULT 0;
ALTER TABLE routes ADD CONSTRAINT routes_kilometres_check CHECK (kilometres >= 0);

-- +migrate Down
ALTER TABLE routes DROP COLUMN kilometres;
