-- The role is another one on every stage.
GRANT SELECT ON accounts TO ${readRole};

CREATE TABLE ${auditTable} (at TIMESTAMPTZ NOT NULL DEFAULT now(), what TEXT NOT NULL);
