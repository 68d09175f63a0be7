-- +goose Up
CREATE TABLE parcels (
    id bigserial PRIMARY KEY,
    depot_id bigint NOT NULL REFERENCES depots (id),
    weight_g int NOT NULL,
    received_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX parcels_depot_idx ON parcels (depot_id);

-- +goose StatementBegin
CREATE FUNCTION refuse_heavy() RETURNS trigger AS $$
BEGIN
    IF NEW.weight_g > 31500 THEN
        RAISE EXCEPTION 'parcel % is too heavy', NEW.id;
    END IF;
    RETURN NEW;
END;
$$ LANGUAGE plpgsql;
-- +goose StatementEnd

CREATE TRIGGER parcels_weight BEFORE INSERT ON parcels
    FOR EACH ROW EXECUTE FUNCTION refuse_heavy();

-- +goose Down
DROP TABLE parcels;
DROP FUNCTION refuse_heavy();
