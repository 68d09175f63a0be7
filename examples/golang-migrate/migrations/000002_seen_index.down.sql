DROP INDEX devices_seen_at_idx;
