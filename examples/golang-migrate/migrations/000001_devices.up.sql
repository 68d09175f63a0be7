CREATE TABLE devices (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    serial text NOT NULL,
    seen_at timestamptz
);

ALTER TABLE devices ADD CONSTRAINT devices_serial_key UNIQUE (serial);
