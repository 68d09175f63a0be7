CREATE TYPE ticket_state AS ENUM ('open', 'closed');

ALTER TABLE tickets ADD COLUMN state ticket_state NOT NULL DEFAULT 'open';
