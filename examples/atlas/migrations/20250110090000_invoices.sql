CREATE TABLE invoices (
    id int PRIMARY KEY,
    number text NOT NULL
);

ALTER TABLE invoices ADD CONSTRAINT invoices_number_key UNIQUE (number);
