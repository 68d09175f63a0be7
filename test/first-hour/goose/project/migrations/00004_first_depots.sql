-- +goose Up
INSERT INTO depots (code, city) VALUES ('ber', 'Berlin'), ('lis', 'Lisbon');

-- +goose Down
DELETE FROM depots WHERE code IN ('ber', 'lis');
