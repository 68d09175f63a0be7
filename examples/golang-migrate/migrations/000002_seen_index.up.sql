CREATE INDEX CONCURRENTLY devices_seen_at_idx ON devices (seen_at);
