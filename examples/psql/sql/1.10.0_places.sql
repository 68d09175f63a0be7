CREATE INDEX CONCURRENTLY sensors_place_idx ON sensors (place);
