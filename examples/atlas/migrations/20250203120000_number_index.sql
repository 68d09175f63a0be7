-- atlas:txmode none

CREATE INDEX CONCURRENTLY invoices_number_pattern_idx ON invoices (number text_pattern_ops);
