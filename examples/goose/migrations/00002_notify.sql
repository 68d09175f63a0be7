-- +goose Up
-- +goose StatementBegin
CREATE FUNCTION notify_job() RETURNS trigger AS $$
BEGIN
    PERFORM pg_notify('jobs', NEW.queue);
    RETURN NEW;
END
$$ LANGUAGE plpgsql
-- +goose StatementEnd

CREATE TRIGGER jobs_notify AFTER INSERT ON jobs FOR EACH ROW EXECUTE FUNCTION notify_job();

-- +goose Down
DROP TRIGGER jobs_notify ON jobs;
DROP FUNCTION notify_job();
