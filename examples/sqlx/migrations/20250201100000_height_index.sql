-- no-transaction
CREATE INDEX CONCURRENTLY stations_height_idx ON stations (height);
