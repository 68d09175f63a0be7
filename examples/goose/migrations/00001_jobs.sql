-- +goose Up
CREATE TABLE jobs (
    id bigserial PRIMARY KEY,
    queue text NOT NULL,
    payload jsonb NOT NULL,
    run_at timestamptz NOT NULL DEFAULT now()
);

CREATE INDEX jobs_run_at_idx ON jobs (queue, run_at);

-- +goose Down
DROP TABLE jobs;
