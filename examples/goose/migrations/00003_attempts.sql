-- +goose Up
ALTER TABLE jobs ADD COLUMN attempts integer NOT NULL DEFAULT 0;
ALTER TABLE jobs ADD CONSTRAINT jobs_attempts_check CHECK (attempts BETWEEN 0 AND 10);

-- +goose Down
ALTER TABLE jobs DROP COLUMN attempts;
