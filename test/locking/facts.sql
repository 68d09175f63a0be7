-- Facts about locks, rewrites and scans that the preset `safety` is held against, as PostgreSQL 18 shows them.
-- test/locking/facts.ts describes the format; npm run locks -- FILE reads any file in it.

-- case: set-not-null
-- lock: t AccessExclusiveLock
-- rewrite: -
-- scan: t
-- setup
CREATE TABLE t (id int primary key, a text, n int);
INSERT INTO t SELECT g, 'x', g FROM generate_series(1, 100) g;
-- run
ALTER TABLE t ALTER COLUMN a SET NOT NULL;

-- case: set-not-null-not-valid-check
-- lock: t AccessExclusiveLock
-- rewrite: -
-- scan: t
-- setup
CREATE TABLE t (id int primary key, a text);
INSERT INTO t SELECT g, 'x' FROM generate_series(1, 100) g;
ALTER TABLE t ADD CONSTRAINT c CHECK (a IS NOT NULL) NOT VALID;
-- run
ALTER TABLE t ALTER COLUMN a SET NOT NULL;

-- case: set-not-null-validated-check
-- lock: t AccessExclusiveLock
-- rewrite: -
-- scan: -
-- setup
CREATE TABLE t (id int primary key, a text);
INSERT INTO t SELECT g, 'x' FROM generate_series(1, 100) g;
ALTER TABLE t ADD CONSTRAINT c CHECK (a IS NOT NULL) NOT VALID;
ALTER TABLE t VALIDATE CONSTRAINT c;
-- run
ALTER TABLE t ALTER COLUMN a SET NOT NULL;

-- case: set-not-null-distinct
-- lock: t AccessExclusiveLock
-- rewrite: -
-- scan: -
-- setup
CREATE TABLE t (id int primary key, a text CHECK (a IS DISTINCT FROM NULL));
INSERT INTO t SELECT g, 'x' FROM generate_series(1, 100) g;
-- run
ALTER TABLE t ALTER COLUMN a SET NOT NULL;

-- case: set-not-null-value-check
-- lock: t AccessExclusiveLock
-- rewrite: -
-- scan: t
-- setup
CREATE TABLE t (id int primary key, a text CHECK (a <> ''));
INSERT INTO t SELECT g, 'x' FROM generate_series(1, 100) g;
-- run
ALTER TABLE t ALTER COLUMN a SET NOT NULL;

-- case: set-not-null-or
-- lock: t AccessExclusiveLock
-- rewrite: -
-- scan: t
-- setup
CREATE TABLE t (id int primary key, a text, b text, CHECK (a IS NOT NULL OR b IS NOT NULL));
INSERT INTO t SELECT g, 'x','y' FROM generate_series(1, 100) g;
-- run
ALTER TABLE t ALTER COLUMN a SET NOT NULL;

-- case: set-not-null-primary-key
-- lock: t AccessExclusiveLock
-- rewrite: -
-- scan: -
-- setup
CREATE TABLE t (id int primary key, a text);
INSERT INTO t SELECT g, 'x' FROM generate_series(1, 100) g;
-- run
ALTER TABLE t ALTER COLUMN id SET NOT NULL;

-- case: set-not-null-renamed
-- lock: t AccessExclusiveLock
-- rewrite: -
-- scan: -
-- setup
CREATE TABLE t (id int primary key, a text CHECK (a IS NOT NULL));
INSERT INTO t SELECT g, 'x' FROM generate_series(1, 100) g;
ALTER TABLE t RENAME COLUMN a TO b;
-- run
ALTER TABLE t ALTER COLUMN b SET NOT NULL;

-- case: set-not-null-renamed-table
-- lock: t2 AccessExclusiveLock
-- rewrite: -
-- scan: -
-- setup
CREATE TABLE t (id int primary key, a text CHECK (a IS NOT NULL));
INSERT INTO t SELECT g, 'x' FROM generate_series(1, 100) g;
ALTER TABLE t RENAME TO t2;
-- run
ALTER TABLE t2 ALTER COLUMN a SET NOT NULL;

-- case: set-not-null-renamed-run
-- lock: t AccessExclusiveLock
-- rewrite: -
-- scan: t
-- setup
CREATE TABLE t (id int primary key, a text);
INSERT INTO t SELECT g, 'x' FROM generate_series(1, 100) g;
-- run
ALTER TABLE t RENAME TO t2;
ALTER TABLE t2 ALTER COLUMN a SET NOT NULL;

-- case: set-not-null-and-check-same-transaction
-- lock: t AccessExclusiveLock
-- rewrite: -
-- scan: t
-- setup
CREATE TABLE t (id int primary key, a text);
INSERT INTO t SELECT g, 'x' FROM generate_series(1, 100) g;
-- run
ALTER TABLE t ADD CONSTRAINT c CHECK (a IS NOT NULL);
ALTER TABLE t ALTER COLUMN a SET NOT NULL;
ALTER TABLE t DROP CONSTRAINT c;

-- case: set-not-null-inherits
-- lock: chi AccessExclusiveLock, par AccessExclusiveLock
-- rewrite: -
-- scan: chi, par
-- setup
CREATE TABLE par (a text);
CREATE TABLE chi () INHERITS (par);
INSERT INTO par SELECT 'x' FROM generate_series(1, 100);
INSERT INTO chi SELECT 'x' FROM generate_series(1, 100);
-- run
ALTER TABLE par ALTER COLUMN a SET NOT NULL;

-- case: set-not-null-dropped-not-null
-- lock: t AccessExclusiveLock
-- rewrite: -
-- scan: t
-- setup
CREATE TABLE t (id int primary key, a text NOT NULL);
INSERT INTO t SELECT g, 'x' FROM generate_series(1, 100) g;
ALTER TABLE t ALTER COLUMN a DROP NOT NULL;
-- run
ALTER TABLE t ALTER COLUMN a SET NOT NULL;

-- case: drop-not-null
-- lock: t AccessExclusiveLock
-- rewrite: -
-- scan: -
-- setup
CREATE TABLE t (id int primary key, a text NOT NULL);
INSERT INTO t SELECT g, 'x' FROM generate_series(1, 100) g;
-- run
ALTER TABLE t ALTER COLUMN a DROP NOT NULL;

-- case: not-null-not-valid-then-set
-- lock: t AccessExclusiveLock
-- rewrite: -
-- scan: t
-- setup
CREATE TABLE t (id int primary key, a text);
INSERT INTO t SELECT g, 'x' FROM generate_series(1, 100) g;
ALTER TABLE t ADD CONSTRAINT nn NOT NULL a NOT VALID;
-- run
ALTER TABLE t ALTER COLUMN a SET NOT NULL;

-- case: not-null-not-valid-validated-then-set
-- lock: t AccessExclusiveLock
-- rewrite: -
-- scan: -
-- setup
CREATE TABLE t (id int primary key, a text);
INSERT INTO t SELECT g, 'x' FROM generate_series(1, 100) g;
ALTER TABLE t ADD CONSTRAINT nn NOT NULL a NOT VALID;
ALTER TABLE t VALIDATE CONSTRAINT nn;
-- run
ALTER TABLE t ALTER COLUMN a SET NOT NULL;

-- case: not-null-constraint
-- lock: t AccessExclusiveLock
-- rewrite: -
-- scan: t
-- setup
CREATE TABLE t (id int primary key, a text);
INSERT INTO t SELECT g, 'x' FROM generate_series(1, 100) g;
-- run
ALTER TABLE t ADD CONSTRAINT nn NOT NULL a;

-- case: not-null-constraint-unnamed
-- lock: t AccessExclusiveLock
-- rewrite: -
-- scan: t
-- setup
CREATE TABLE t (id int primary key, a text);
INSERT INTO t SELECT g, 'x' FROM generate_series(1, 100) g;
-- run
ALTER TABLE t ADD NOT NULL a;

-- case: not-null-not-valid-validate-in-transaction
-- lock: t AccessExclusiveLock
-- rewrite: -
-- scan: t
-- setup
CREATE TABLE t (id int primary key, a text);
INSERT INTO t SELECT g, 'x' FROM generate_series(1, 100) g;
-- run
ALTER TABLE t ADD CONSTRAINT nn NOT NULL a NOT VALID;
ALTER TABLE t VALIDATE CONSTRAINT nn;

-- case: foreign-key
-- lock: ref ShareRowExclusiveLock, ref_pkey AccessShareLock, t ShareRowExclusiveLock, t_pkey AccessShareLock
-- rewrite: -
-- scan: ref, t
-- setup
CREATE TABLE ref (id int primary key);
CREATE TABLE t (id int primary key, r int);
INSERT INTO ref SELECT g FROM generate_series(1, 100) g;
INSERT INTO t SELECT g, g FROM generate_series(1, 100) g;
-- run
ALTER TABLE t ADD CONSTRAINT fk FOREIGN KEY (r) REFERENCES ref (id);

-- case: foreign-key-unnamed
-- lock: ref ShareRowExclusiveLock, ref_pkey AccessShareLock, t ShareRowExclusiveLock, t_pkey AccessShareLock
-- rewrite: -
-- scan: ref, t
-- setup
CREATE TABLE ref (id int primary key);
CREATE TABLE t (id int primary key, r int);
INSERT INTO ref SELECT g FROM generate_series(1, 100) g;
INSERT INTO t SELECT g, g FROM generate_series(1, 100) g;
-- run
ALTER TABLE t ADD FOREIGN KEY (r) REFERENCES ref;

-- case: foreign-key-not-valid
-- lock: ref ShareRowExclusiveLock, t ShareRowExclusiveLock
-- rewrite: -
-- scan: -
-- setup
CREATE TABLE ref (id int primary key);
CREATE TABLE t (id int primary key, r int);
INSERT INTO ref SELECT g FROM generate_series(1, 100) g;
INSERT INTO t SELECT g, g FROM generate_series(1, 100) g;
-- run
ALTER TABLE t ADD CONSTRAINT fk FOREIGN KEY (r) REFERENCES ref (id) NOT VALID;

-- case: foreign-key-already-valid
-- lock: t ShareUpdateExclusiveLock
-- rewrite: -
-- scan: -
-- setup
CREATE TABLE ref (id int primary key);
CREATE TABLE t (id int primary key, r int REFERENCES ref);
INSERT INTO ref SELECT g FROM generate_series(1, 100) g;
INSERT INTO t SELECT g, g FROM generate_series(1, 100) g;
-- run
ALTER TABLE t VALIDATE CONSTRAINT t_r_fkey;

-- case: foreign-key-col-default
-- lock: ref ShareRowExclusiveLock, ref_pkey AccessShareLock, t AccessExclusiveLock, t_pkey AccessShareLock
-- rewrite: -
-- scan: ref, t
-- setup
CREATE TABLE ref (id int primary key);
CREATE TABLE t (id int primary key);
INSERT INTO ref SELECT g FROM generate_series(1, 100) g;
INSERT INTO t SELECT g FROM generate_series(1, 100) g;
-- run
ALTER TABLE t ADD COLUMN r int DEFAULT 1 REFERENCES ref;

-- case: foreign-key-partitioned
-- lock: p ShareRowExclusiveLock, p1 ShareRowExclusiveLock, ref ShareRowExclusiveLock, ref_pkey AccessShareLock
-- rewrite: -
-- scan: p1, ref
-- setup
CREATE TABLE ref (id int primary key);
INSERT INTO ref SELECT g FROM generate_series(1, 100) g;
CREATE TABLE p (id int not null, r int) PARTITION BY RANGE (id);
CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (1000);
INSERT INTO p SELECT g, g FROM generate_series(1, 100) g;
-- run
ALTER TABLE p ADD CONSTRAINT fk FOREIGN KEY (r) REFERENCES ref (id);

-- case: foreign-key-partition-not-valid
-- lock: p ShareRowExclusiveLock, p1 ShareRowExclusiveLock, ref ShareRowExclusiveLock
-- rewrite: -
-- scan: -
-- setup
CREATE TABLE ref (id int primary key);
INSERT INTO ref SELECT g FROM generate_series(1, 100) g;
CREATE TABLE p (id int not null, r int) PARTITION BY RANGE (id);
CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (1000);
INSERT INTO p SELECT g, g FROM generate_series(1, 100) g;
-- run
ALTER TABLE p ADD CONSTRAINT fk FOREIGN KEY (r) REFERENCES ref (id) NOT VALID;

-- case: check-named-valid
-- lock: t ShareUpdateExclusiveLock
-- rewrite: -
-- scan: -
-- setup
CREATE TABLE t (id int primary key, n int CONSTRAINT c CHECK (n > 0));
INSERT INTO t SELECT g, g FROM generate_series(1, 100) g;
-- run
ALTER TABLE t VALIDATE CONSTRAINT c;

-- case: check-not-valid
-- lock: t AccessExclusiveLock
-- rewrite: -
-- scan: -
-- setup
CREATE TABLE t (id int primary key, n int);
INSERT INTO t SELECT g, g FROM generate_series(1, 100) g;
-- run
ALTER TABLE t ADD CONSTRAINT c CHECK (n > 0) NOT VALID;

-- case: check-no-inherit
-- lock: chi AccessExclusiveLock, par AccessExclusiveLock
-- rewrite: -
-- scan: par
-- setup
CREATE TABLE par (n int);
CREATE TABLE chi () INHERITS (par);
INSERT INTO par SELECT g FROM generate_series(1, 100) g;
INSERT INTO chi SELECT g FROM generate_series(1, 100) g;
-- run
ALTER TABLE par ADD CONSTRAINT c CHECK (n > 0) NO INHERIT;

-- case: check-inherit
-- lock: chi AccessExclusiveLock, par AccessExclusiveLock
-- rewrite: -
-- scan: chi, par
-- setup
CREATE TABLE par (n int);
CREATE TABLE chi () INHERITS (par);
INSERT INTO par SELECT g FROM generate_series(1, 100) g;
INSERT INTO chi SELECT g FROM generate_series(1, 100) g;
-- run
ALTER TABLE par ADD CONSTRAINT c CHECK (n > 0);

-- case: check-true
-- lock: t AccessExclusiveLock
-- rewrite: -
-- scan: t
-- setup
CREATE TABLE t (id int primary key, n int);
INSERT INTO t SELECT g, g FROM generate_series(1, 100) g;
-- run
ALTER TABLE t ADD CONSTRAINT c CHECK (true);

-- case: unique
-- lock: t AccessExclusiveLock
-- rewrite: -
-- scan: t
-- setup
CREATE TABLE t (id int primary key, n int);
INSERT INTO t SELECT g, g FROM generate_series(1, 100) g;
-- run
ALTER TABLE t ADD CONSTRAINT u UNIQUE (n);

-- case: unique-deferrable
-- lock: t AccessExclusiveLock
-- rewrite: -
-- scan: t
-- setup
CREATE TABLE t (id int primary key, n int);
INSERT INTO t SELECT g, g FROM generate_series(1, 100) g;
-- run
ALTER TABLE t ADD UNIQUE (n) DEFERRABLE INITIALLY DEFERRED;

-- case: unique-using-dropped-index
-- lock: i AccessShareLock, t AccessExclusiveLock
-- rewrite: -
-- scan: -
-- setup
CREATE TABLE t (id int primary key, n int);
INSERT INTO t SELECT g, g FROM generate_series(1, 100) g;
CREATE UNIQUE INDEX i ON t (n);
-- run
ALTER TABLE t ADD CONSTRAINT i UNIQUE USING INDEX i;

-- case: primary-key-over-index-primary-key-notnull-check-not-valid
-- lock: i AccessShareLock, t AccessExclusiveLock
-- rewrite: -
-- scan: t
-- setup
CREATE TABLE t (id int);
INSERT INTO t SELECT g FROM generate_series(1, 100) g;
CREATE UNIQUE INDEX i ON t (id);
ALTER TABLE t ADD CONSTRAINT c CHECK (id IS NOT NULL) NOT VALID;
-- run
ALTER TABLE t ADD PRIMARY KEY USING INDEX i;

-- case: primary-key-two-cols-using
-- lock: i AccessShareLock, t AccessExclusiveLock
-- rewrite: -
-- scan: t
-- setup
CREATE TABLE t (a int not null, b int);
INSERT INTO t SELECT g, g FROM generate_series(1, 100) g;
CREATE UNIQUE INDEX i ON t (a,b);
-- run
ALTER TABLE t ADD PRIMARY KEY USING INDEX i;

-- case: swap-primary-key
-- lock: i ShareUpdateExclusiveLock, t AccessExclusiveLock, t_pkey AccessExclusiveLock
-- rewrite: index: t_pkey
-- scan: -
-- setup
CREATE TABLE t (id int primary key, b bigint not null);
INSERT INTO t SELECT g, g FROM generate_series(1, 100) g;
CREATE UNIQUE INDEX i ON t (b);
-- run
ALTER TABLE t DROP CONSTRAINT t_pkey, ADD CONSTRAINT t_pkey PRIMARY KEY USING INDEX i;

-- case: logged-same
-- lock: t AccessExclusiveLock
-- rewrite: -
-- scan: -
-- setup
CREATE TABLE t (id int primary key);
INSERT INTO t SELECT g FROM generate_series(1, 100) g;
-- run
ALTER TABLE t SET LOGGED;

-- case: unlogged
-- lock: t AccessExclusiveLock, t_pkey AccessExclusiveLock
-- rewrite: index: t_pkey, t
-- scan: -
-- setup
CREATE TABLE t (id int primary key);
INSERT INTO t SELECT g FROM generate_series(1, 100) g;
-- run
ALTER TABLE t SET UNLOGGED;

-- case: logged-back
-- lock: t AccessExclusiveLock, t_pkey AccessExclusiveLock
-- rewrite: index: t_pkey, t
-- scan: -
-- setup
CREATE UNLOGGED TABLE t (id int primary key);
INSERT INTO t SELECT g FROM generate_series(1, 100) g;
-- run
ALTER TABLE t SET LOGGED;

-- case: logged-after-set
-- lock: t AccessExclusiveLock
-- rewrite: -
-- scan: -
-- setup
CREATE UNLOGGED TABLE t (id int primary key);
INSERT INTO t SELECT g FROM generate_series(1, 100) g;
ALTER TABLE t SET LOGGED;
-- run
ALTER TABLE t SET LOGGED;

-- case: cluster
-- lock: t AccessExclusiveLock, t_pkey AccessExclusiveLock
-- rewrite: index: t_pkey, t
-- scan: -
-- setup
CREATE TABLE t (id int primary key);
INSERT INTO t SELECT g FROM generate_series(1, 100) g;
-- run
CLUSTER t USING t_pkey;

-- case: cluster-verbose
-- lock: t AccessExclusiveLock, t_pkey AccessExclusiveLock
-- rewrite: index: t_pkey, t
-- scan: -
-- setup
CREATE TABLE t (id int primary key);
INSERT INTO t SELECT g FROM generate_series(1, 100) g;
ALTER TABLE t CLUSTER ON t_pkey;
-- run
CLUSTER t;

-- case: reindex-tbl
-- lock: t ShareLock, t_pkey AccessExclusiveLock
-- rewrite: index: t_pkey
-- scan: t
-- setup
CREATE TABLE t (id int primary key);
INSERT INTO t SELECT g FROM generate_series(1, 100) g;
-- run
REINDEX TABLE t;

-- case: truncate-only
-- lock: t AccessExclusiveLock, t_pkey AccessExclusiveLock
-- rewrite: index: t_pkey, t
-- scan: -
-- setup
CREATE TABLE t (id int primary key);
INSERT INTO t SELECT g FROM generate_series(1, 100) g;
-- run
TRUNCATE ONLY t;

-- case: truncate-partitioned
-- lock: p AccessExclusiveLock, p1 AccessExclusiveLock
-- rewrite: p1
-- scan: -
-- setup
CREATE TABLE p (id int not null) PARTITION BY RANGE (id);
CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (1000);
INSERT INTO p SELECT g FROM generate_series(1, 100) g;
-- run
TRUNCATE p;

-- case: attach-exact
-- lock: p ShareUpdateExclusiveLock, p1 AccessExclusiveLock
-- rewrite: -
-- scan: -
-- setup
CREATE TABLE p (id int not null) PARTITION BY RANGE (id);
CREATE TABLE p1 (id int not null, CONSTRAINT c CHECK (id >= 0 AND id < 1000));
INSERT INTO p1 SELECT g FROM generate_series(1, 100) g;
-- run
ALTER TABLE p ATTACH PARTITION p1 FOR VALUES FROM (0) TO (1000);

-- case: attach-not-valid
-- lock: p ShareUpdateExclusiveLock, p1 AccessExclusiveLock
-- rewrite: -
-- scan: p1
-- setup
CREATE TABLE p (id int not null) PARTITION BY RANGE (id);
CREATE TABLE p1 (id int not null);
INSERT INTO p1 SELECT g FROM generate_series(1, 100) g;
ALTER TABLE p1 ADD CONSTRAINT c CHECK (id >= 0 AND id < 1000) NOT VALID;
-- run
ALTER TABLE p ATTACH PARTITION p1 FOR VALUES FROM (0) TO (1000);

-- case: attach-not-valid-validated
-- lock: p ShareUpdateExclusiveLock, p1 AccessExclusiveLock
-- rewrite: -
-- scan: -
-- setup
CREATE TABLE p (id int not null) PARTITION BY RANGE (id);
CREATE TABLE p1 (id int not null);
INSERT INTO p1 SELECT g FROM generate_series(1, 100) g;
ALTER TABLE p1 ADD CONSTRAINT c CHECK (id >= 0 AND id < 1000) NOT VALID;
ALTER TABLE p1 VALIDATE CONSTRAINT c;
-- run
ALTER TABLE p ATTACH PARTITION p1 FOR VALUES FROM (0) TO (1000);

-- case: attach-wider-check
-- lock: p ShareUpdateExclusiveLock, p1 AccessExclusiveLock
-- rewrite: -
-- scan: p1
-- setup
CREATE TABLE p (id int not null) PARTITION BY RANGE (id);
CREATE TABLE p1 (id int not null, CONSTRAINT c CHECK (id >= 0 AND id < 2000));
INSERT INTO p1 SELECT g FROM generate_series(1, 100) g;
-- run
ALTER TABLE p ATTACH PARTITION p1 FOR VALUES FROM (0) TO (1000);

-- case: attach-two-checks
-- lock: p ShareUpdateExclusiveLock, p1 AccessExclusiveLock
-- rewrite: -
-- scan: -
-- setup
CREATE TABLE p (id int not null) PARTITION BY RANGE (id);
CREATE TABLE p1 (id int not null CHECK (id >= 0), CHECK (id < 1000));
INSERT INTO p1 SELECT g FROM generate_series(1, 100) g;
-- run
ALTER TABLE p ATTACH PARTITION p1 FOR VALUES FROM (0) TO (1000);

-- case: attach-null-check
-- lock: p ShareUpdateExclusiveLock, p1 AccessExclusiveLock
-- rewrite: -
-- scan: -
-- setup
CREATE TABLE p (id int) PARTITION BY RANGE (id);
CREATE TABLE p1 (id int, CHECK (id IS NOT NULL AND id >= 0 AND id < 1000));
INSERT INTO p1 SELECT g FROM generate_series(1, 100) g;
-- run
ALTER TABLE p ATTACH PARTITION p1 FOR VALUES FROM (0) TO (1000);

-- case: attach-date
-- lock: p ShareUpdateExclusiveLock, p1 AccessExclusiveLock
-- rewrite: -
-- scan: -
-- setup
CREATE TABLE p (d date not null) PARTITION BY RANGE (d);
CREATE TABLE p1 (d date not null, CHECK (d >= '2024-01-01' AND d < '2024-02-01'));
INSERT INTO p1 SELECT '2024-01-05' FROM generate_series(1, 100) g;
-- run
ALTER TABLE p ATTACH PARTITION p1 FOR VALUES FROM ('2024-01-01') TO ('2024-02-01');

-- case: attach-date-cast
-- lock: p ShareUpdateExclusiveLock, p1 AccessExclusiveLock
-- rewrite: -
-- scan: -
-- setup
CREATE TABLE p (d date not null) PARTITION BY RANGE (d);
CREATE TABLE p1 (d date not null, CHECK (d >= DATE '2024-01-01' AND d < DATE '2024-02-01'));
INSERT INTO p1 SELECT '2024-01-05' FROM generate_series(1, 100) g;
-- run
ALTER TABLE p ATTACH PARTITION p1 FOR VALUES FROM ('2024-01-01') TO ('2024-02-01');

-- case: attach-minvalue
-- lock: p ShareUpdateExclusiveLock, p1 AccessExclusiveLock
-- rewrite: -
-- scan: -
-- setup
CREATE TABLE p (id int not null) PARTITION BY RANGE (id);
CREATE TABLE p1 (id int not null, CHECK (id < 1000));
INSERT INTO p1 SELECT g FROM generate_series(1, 100) g;
-- run
ALTER TABLE p ATTACH PARTITION p1 FOR VALUES FROM (MINVALUE) TO (1000);

-- case: attach-list
-- lock: p ShareUpdateExclusiveLock, p1 AccessExclusiveLock
-- rewrite: -
-- scan: -
-- setup
CREATE TABLE p (c text not null) PARTITION BY LIST (c);
CREATE TABLE p1 (c text not null, CHECK (c = 'a'));
INSERT INTO p1 SELECT 'a' FROM generate_series(1, 100) g;
-- run
ALTER TABLE p ATTACH PARTITION p1 FOR VALUES IN ('a');

-- case: attach-list-in
-- lock: p ShareUpdateExclusiveLock, p1 AccessExclusiveLock
-- rewrite: -
-- scan: -
-- setup
CREATE TABLE p (c text not null) PARTITION BY LIST (c);
CREATE TABLE p1 (c text not null, CHECK (c IN ('a','b')));
INSERT INTO p1 SELECT 'a' FROM generate_series(1, 100) g;
-- run
ALTER TABLE p ATTACH PARTITION p1 FOR VALUES IN ('a','b','c');

-- case: attach-list-no
-- lock: p ShareUpdateExclusiveLock, p1 AccessExclusiveLock
-- rewrite: -
-- scan: p1
-- setup
CREATE TABLE p (c text not null) PARTITION BY LIST (c);
CREATE TABLE p1 (c text not null, CHECK (c IN ('a','b')));
INSERT INTO p1 SELECT 'a' FROM generate_series(1, 100) g;
-- run
ALTER TABLE p ATTACH PARTITION p1 FOR VALUES IN ('a');

-- case: attach-list-null
-- lock: p ShareUpdateExclusiveLock, p1 AccessExclusiveLock
-- rewrite: -
-- scan: -
-- setup
CREATE TABLE p (c text) PARTITION BY LIST (c);
CREATE TABLE p1 (c text, CHECK (c = 'a'));
INSERT INTO p1 SELECT 'a' FROM generate_series(1, 100) g;
-- run
ALTER TABLE p ATTACH PARTITION p1 FOR VALUES IN ('a', NULL);

-- case: attach-two-keys
-- lock: p ShareUpdateExclusiveLock, p1 AccessExclusiveLock
-- rewrite: -
-- scan: p1
-- setup
CREATE TABLE p (a int not null, b int not null) PARTITION BY RANGE (a, b);
CREATE TABLE p1 (a int not null, b int not null, CHECK (a >= 0 AND a < 10));
INSERT INTO p1 SELECT 1,g FROM generate_series(1, 100) g;
-- run
ALTER TABLE p ATTACH PARTITION p1 FOR VALUES FROM (0, 0) TO (10, 0);

-- case: attach-index-there
-- lock: p ShareUpdateExclusiveLock, p1 AccessExclusiveLock, pi ShareUpdateExclusiveLock
-- rewrite: -
-- scan: -
-- setup
CREATE TABLE p (id int not null, a int) PARTITION BY RANGE (id);
CREATE INDEX pi ON p (a);
CREATE TABLE p1 (id int not null, a int, CHECK (id >= 0 AND id < 1000));
CREATE INDEX p1i ON p1 (a);
INSERT INTO p1 SELECT g, g FROM generate_series(1, 100) g;
-- run
ALTER TABLE p ATTACH PARTITION p1 FOR VALUES FROM (0) TO (1000);

-- case: attach-primary-key-there
-- lock: p ShareUpdateExclusiveLock, p1 AccessExclusiveLock, p_pkey ShareUpdateExclusiveLock
-- rewrite: -
-- scan: -
-- setup
CREATE TABLE p (id int primary key, a int) PARTITION BY RANGE (id);
CREATE TABLE p1 (id int primary key, a int, CHECK (id >= 0 AND id < 1000));
INSERT INTO p1 SELECT g, g FROM generate_series(1, 100) g;
-- run
ALTER TABLE p ATTACH PARTITION p1 FOR VALUES FROM (0) TO (1000);

-- case: attach-primary-key-missing
-- lock: p ShareUpdateExclusiveLock, p1 AccessExclusiveLock, p_pkey ShareUpdateExclusiveLock
-- rewrite: -
-- scan: p1
-- setup
CREATE TABLE p (id int primary key, a int) PARTITION BY RANGE (id);
CREATE TABLE p1 (id int not null, a int, CHECK (id >= 0 AND id < 1000));
INSERT INTO p1 SELECT g, g FROM generate_series(1, 100) g;
-- run
ALTER TABLE p ATTACH PARTITION p1 FOR VALUES FROM (0) TO (1000);

-- case: attach-unique-index-for-primary-key
-- lock: p ShareUpdateExclusiveLock, p1 AccessExclusiveLock, p_pkey ShareUpdateExclusiveLock
-- rewrite: -
-- scan: p1
-- setup
CREATE TABLE p (id int primary key, a int) PARTITION BY RANGE (id);
CREATE TABLE p1 (id int not null, a int, CHECK (id >= 0 AND id < 1000));
CREATE UNIQUE INDEX u ON p1 (id);
INSERT INTO p1 SELECT g, g FROM generate_series(1, 100) g;
-- run
ALTER TABLE p ATTACH PARTITION p1 FOR VALUES FROM (0) TO (1000);

-- case: attach-foreign-key-there
-- lock: p ShareUpdateExclusiveLock, p1 AccessExclusiveLock, ref AccessExclusiveLock
-- rewrite: -
-- scan: -
-- setup
CREATE TABLE ref (id int primary key);
INSERT INTO ref SELECT g FROM generate_series(1, 100) g;
CREATE TABLE p (id int not null, a int REFERENCES ref) PARTITION BY RANGE (id);
CREATE TABLE p1 (id int not null, a int REFERENCES ref, CHECK (id >= 0 AND id < 1000));
INSERT INTO p1 SELECT g, g FROM generate_series(1, 100) g;
-- run
ALTER TABLE p ATTACH PARTITION p1 FOR VALUES FROM (0) TO (1000);

-- case: attach-default-checked
-- lock: p ShareUpdateExclusiveLock, p1 AccessExclusiveLock, pd AccessExclusiveLock
-- rewrite: -
-- scan: -
-- setup
CREATE TABLE p (id int not null) PARTITION BY RANGE (id);
CREATE TABLE pd PARTITION OF p DEFAULT;
INSERT INTO p SELECT g FROM generate_series(5000,5100) g;
ALTER TABLE pd ADD CONSTRAINT c CHECK (id >= 5000);
CREATE TABLE p1 (id int not null, CHECK (id >= 0 AND id < 1000));
INSERT INTO p1 SELECT g FROM generate_series(1, 100) g;
-- run
ALTER TABLE p ATTACH PARTITION p1 FOR VALUES FROM (0) TO (1000);

-- case: attach-default-check-not
-- lock: p ShareUpdateExclusiveLock, p1 AccessExclusiveLock, pd AccessExclusiveLock
-- rewrite: -
-- scan: -
-- setup
CREATE TABLE p (id int not null) PARTITION BY RANGE (id);
CREATE TABLE pd PARTITION OF p DEFAULT;
INSERT INTO p SELECT g FROM generate_series(5000,5100) g;
ALTER TABLE pd ADD CONSTRAINT c CHECK (NOT (id >= 0 AND id < 1000));
CREATE TABLE p1 (id int not null, CHECK (id >= 0 AND id < 1000));
INSERT INTO p1 SELECT g FROM generate_series(1, 100) g;
-- run
ALTER TABLE p ATTACH PARTITION p1 FOR VALUES FROM (0) TO (1000);

-- case: attach-default-itself
-- lock: p ShareUpdateExclusiveLock, pd AccessExclusiveLock
-- rewrite: -
-- scan: pd
-- setup
CREATE TABLE p (id int not null) PARTITION BY RANGE (id);
CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (10);
CREATE TABLE pd (id int not null);
INSERT INTO pd SELECT g FROM generate_series(5000,5100) g;
-- run
ALTER TABLE p ATTACH PARTITION pd DEFAULT;

-- case: attach-default-first
-- lock: p ShareUpdateExclusiveLock, pd AccessExclusiveLock
-- rewrite: -
-- scan: -
-- setup
CREATE TABLE p (id int not null) PARTITION BY RANGE (id);
CREATE TABLE pd (id int not null);
INSERT INTO pd SELECT g FROM generate_series(5000,5100) g;
-- run
ALTER TABLE p ATTACH PARTITION pd DEFAULT;

-- case: create-partition-default-checked
-- lock: p AccessExclusiveLock, pd AccessExclusiveLock
-- rewrite: -
-- scan: -
-- setup
CREATE TABLE p (id int not null) PARTITION BY RANGE (id);
CREATE TABLE pd PARTITION OF p DEFAULT;
INSERT INTO p SELECT g FROM generate_series(5000,5100) g;
ALTER TABLE pd ADD CONSTRAINT c CHECK (id >= 5000);
-- run
CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (1000);

-- case: detach
-- lock: p AccessExclusiveLock, p1 AccessExclusiveLock
-- rewrite: -
-- scan: -
-- setup
CREATE TABLE p (id int not null) PARTITION BY RANGE (id);
CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (1000);
INSERT INTO p SELECT g FROM generate_series(1, 100) g;
-- run
ALTER TABLE p DETACH PARTITION p1;

-- case: drop-partitioned
-- lock: p AccessExclusiveLock, p1 AccessExclusiveLock
-- rewrite: -
-- scan: -
-- setup
CREATE TABLE p (id int not null) PARTITION BY RANGE (id);
CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (1000);
INSERT INTO p SELECT g FROM generate_series(1, 100) g;
-- run
DROP TABLE p1;

-- case: index-partition-attached
-- lock: i1 ShareLock, p ShareLock, p1 ShareLock, p2 ShareLock
-- rewrite: -
-- scan: p2
-- setup
CREATE TABLE p (id int not null, a int) PARTITION BY RANGE (id);
CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (1000);
CREATE TABLE p2 PARTITION OF p FOR VALUES FROM (1000) TO (2000);
INSERT INTO p SELECT g, g FROM generate_series(1,1500) g;
CREATE INDEX i1 ON p1 (a);
-- run
CREATE INDEX pi ON p (a);

-- case: index-sub-partitioned
-- lock: p ShareLock, p1 ShareLock, p11 ShareLock
-- rewrite: -
-- scan: p11
-- setup
CREATE TABLE p (id int not null, a int) PARTITION BY RANGE (id);
CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (1000) PARTITION BY RANGE (a);
CREATE TABLE p11 PARTITION OF p1 FOR VALUES FROM (0) TO (1000);
INSERT INTO p SELECT g, g FROM generate_series(1, 100) g;
-- run
CREATE INDEX pi ON p (a);

-- case: index-partition-none
-- lock: p ShareLock
-- rewrite: -
-- scan: -
-- setup
CREATE TABLE p (id int not null, a int) PARTITION BY RANGE (id);
CREATE TABLE x (i int);
-- run
CREATE INDEX pi ON p (a);

-- case: type-varchar-to-text
-- lock: t AccessExclusiveLock
-- rewrite: -
-- scan: -
-- setup
CREATE TABLE t (id int primary key, a varchar(10));
INSERT INTO t SELECT g,'x' FROM generate_series(1, 100) g;
-- run
ALTER TABLE t ALTER COLUMN a TYPE text;

-- case: type-varchar-to-text-unique
-- lock: t AccessExclusiveLock, t_a_key AccessExclusiveLock
-- rewrite: -
-- scan: -
-- setup
CREATE TABLE t (id int primary key, a varchar(10) UNIQUE);
INSERT INTO t SELECT g, g FROM generate_series(1, 100) g;
-- run
ALTER TABLE t ALTER COLUMN a TYPE text;

-- case: type-varchar-to-text-expression-index
-- lock: i AccessExclusiveLock, t AccessExclusiveLock
-- rewrite: index: i
-- scan: t
-- setup
CREATE TABLE t (id int primary key, a varchar(10));
CREATE INDEX i ON t (lower(a));
INSERT INTO t SELECT g, g FROM generate_series(1, 100) g;
-- run
ALTER TABLE t ALTER COLUMN a TYPE text;

-- case: type-varchar-to-text-pattern-ops
-- lock: i AccessExclusiveLock, t AccessExclusiveLock
-- rewrite: -
-- scan: -
-- setup
CREATE TABLE t (id int primary key, a varchar(10));
CREATE INDEX i ON t (a varchar_pattern_ops);
INSERT INTO t SELECT g, g FROM generate_series(1, 100) g;
-- run
ALTER TABLE t ALTER COLUMN a TYPE text;

-- case: type-varchar-to-text-other-partial
-- lock: t AccessExclusiveLock
-- rewrite: -
-- scan: -
-- setup
CREATE TABLE t (id int primary key, a varchar(10), b int);
CREATE INDEX i ON t (b) WHERE b > 3;
INSERT INTO t SELECT g, g,g FROM generate_series(1, 100) g;
-- run
ALTER TABLE t ALTER COLUMN a TYPE text;

-- case: type-varchar-to-text-partial-own
-- lock: i AccessExclusiveLock, t AccessExclusiveLock
-- rewrite: index: i
-- scan: t
-- setup
CREATE TABLE t (id int primary key, a varchar(10), b int);
CREATE INDEX i ON t (a) WHERE b > 3;
INSERT INTO t SELECT g, g,g FROM generate_series(1, 100) g;
-- run
ALTER TABLE t ALTER COLUMN a TYPE text;

-- case: type-domain-to-base-constant-partial
-- lock: i AccessExclusiveLock, t AccessExclusiveLock
-- rewrite: index: i
-- scan: t
-- setup
CREATE DOMAIN d AS int;
CREATE TABLE t (id int primary key, a d);
CREATE INDEX i ON t (a) WHERE false;
INSERT INTO t SELECT g, g FROM generate_series(1, 100) g;
-- run
ALTER TABLE t ALTER COLUMN a TYPE int;

-- case: type-varchar-to-text-check-not-valid
-- lock: t AccessExclusiveLock
-- rewrite: -
-- scan: -
-- setup
CREATE TABLE t (id int primary key, a varchar(10));
INSERT INTO t SELECT g, g FROM generate_series(1, 100) g;
ALTER TABLE t ADD CONSTRAINT c CHECK (a <> '') NOT VALID;
-- run
ALTER TABLE t ALTER COLUMN a TYPE text;

-- case: type-varchar-to-text-check-other
-- lock: t AccessExclusiveLock
-- rewrite: -
-- scan: -
-- setup
CREATE TABLE t (id int primary key, a varchar(10), n int CHECK (n > 0));
INSERT INTO t SELECT g, g,g FROM generate_series(1, 100) g;
-- run
ALTER TABLE t ALTER COLUMN a TYPE text;

-- case: type-varchar-to-text-table-check
-- lock: t AccessExclusiveLock
-- rewrite: -
-- scan: t
-- setup
CREATE TABLE t (id int primary key, a varchar(10), n int, CHECK (n > 0 OR a IS NOT NULL));
INSERT INTO t SELECT g, g,g FROM generate_series(1, 100) g;
-- run
ALTER TABLE t ALTER COLUMN a TYPE text;

-- case: type-unchanged-check
-- lock: t AccessExclusiveLock
-- rewrite: -
-- scan: t
-- setup
CREATE TABLE t (id int primary key, a text CHECK (a <> ''));
INSERT INTO t SELECT g, g FROM generate_series(1, 100) g;
-- run
ALTER TABLE t ALTER COLUMN a TYPE text;

-- case: type-unchanged-expression
-- lock: i AccessExclusiveLock, t AccessExclusiveLock
-- rewrite: index: i
-- scan: t
-- setup
CREATE TABLE t (id int primary key, a text);
CREATE INDEX i ON t (lower(a));
INSERT INTO t SELECT g, g FROM generate_series(1, 100) g;
-- run
ALTER TABLE t ALTER COLUMN a TYPE text;

-- case: type-generated-dep
-- error: 0A000
-- lock: -
-- rewrite: -
-- scan: -
-- setup
CREATE TABLE t (id int primary key, a varchar(10), b text GENERATED ALWAYS AS (upper(a)) STORED);
INSERT INTO t (id,a) SELECT g, g FROM generate_series(1, 100) g;
-- run
ALTER TABLE t ALTER COLUMN a TYPE varchar(20);

-- case: type-generated-self
-- lock: t AccessExclusiveLock, t_pkey AccessExclusiveLock
-- rewrite: index: t_pkey, t
-- scan: -
-- setup
CREATE TABLE t (id int primary key, a int, b int GENERATED ALWAYS AS (a*2) STORED);
INSERT INTO t (id,a) SELECT g, g FROM generate_series(1, 100) g;
-- run
ALTER TABLE t ALTER COLUMN b TYPE bigint;

-- case: type-exclude
-- lock: t AccessExclusiveLock, t_r_excl AccessExclusiveLock
-- rewrite: -
-- scan: -
-- setup
CREATE TABLE t (id int primary key, r int4range, EXCLUDE USING gist (r WITH &&));
INSERT INTO t SELECT g, int4range(g,g+1) FROM generate_series(1, 100) g;
-- run
ALTER TABLE t ALTER COLUMN r TYPE int4range;

-- case: type-foreign-key-int-bigint
-- lock: ref AccessExclusiveLock, ref_pkey AccessShareLock, t AccessExclusiveLock, t_pkey AccessExclusiveLock
-- rewrite: index: t_pkey, t
-- scan: ref
-- setup
CREATE TABLE ref (id int primary key);
INSERT INTO ref SELECT g FROM generate_series(1, 100) g;
CREATE TABLE t (id int primary key, r int REFERENCES ref);
INSERT INTO t SELECT g, g FROM generate_series(1, 100) g;
-- run
ALTER TABLE t ALTER COLUMN r TYPE bigint;

-- case: type-foreign-key-varchar-text
-- lock: ref AccessExclusiveLock, t AccessExclusiveLock
-- rewrite: -
-- scan: -
-- setup
CREATE TABLE ref (c varchar(10) primary key);
INSERT INTO ref SELECT g FROM generate_series(1, 100) g;
CREATE TABLE t (id int primary key, r varchar(10) REFERENCES ref);
INSERT INTO t SELECT g, g FROM generate_series(1, 100) g;
-- run
ALTER TABLE t ALTER COLUMN r TYPE text;

-- case: type-ref-varchar-text
-- lock: ref AccessExclusiveLock, ref_pkey AccessExclusiveLock, t AccessExclusiveLock
-- rewrite: -
-- scan: -
-- setup
CREATE TABLE ref (c varchar(10) primary key);
INSERT INTO ref SELECT g FROM generate_series(1, 100) g;
CREATE TABLE t (id int primary key, r varchar(10) REFERENCES ref);
INSERT INTO t SELECT g, g FROM generate_series(1, 100) g;
-- run
ALTER TABLE ref ALTER COLUMN c TYPE text;

-- case: type-text-citext-unique
-- lock: t AccessExclusiveLock, t_a_key AccessExclusiveLock
-- rewrite: index: t_a_key
-- scan: t
-- setup
CREATE EXTENSION citext;
CREATE TABLE t (id int primary key, a text UNIQUE);
INSERT INTO t SELECT g, g FROM generate_series(1, 100) g;
-- run
ALTER TABLE t ALTER COLUMN a TYPE citext;

-- case: type-inherit
-- lock: chi AccessExclusiveLock, par AccessExclusiveLock
-- rewrite: chi, par
-- scan: -
-- setup
CREATE TABLE par (a int);
CREATE TABLE chi () INHERITS (par);
INSERT INTO par SELECT g FROM generate_series(1, 100) g;
INSERT INTO chi SELECT g FROM generate_series(1, 100) g;
-- run
ALTER TABLE par ALTER COLUMN a TYPE bigint;

-- case: type-partition-child-index
-- lock: i AccessExclusiveLock, p AccessExclusiveLock, p1 AccessExclusiveLock
-- rewrite: index: i
-- scan: p1
-- setup
CREATE TABLE p (id int not null, a timestamp) PARTITION BY RANGE (id);
CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (1000);
CREATE INDEX i ON p1 (a);
INSERT INTO p SELECT g, now() FROM generate_series(1, 100) g;
-- run
SET LOCAL TimeZone TO 'UTC';
ALTER TABLE p ALTER COLUMN a TYPE timestamptz;

-- case: type-include-timestamp
-- lock: i AccessExclusiveLock, t AccessExclusiveLock
-- rewrite: -
-- scan: -
-- setup
CREATE TABLE t (id int primary key, a timestamp);
CREATE INDEX i ON t (id) INCLUDE (a);
INSERT INTO t SELECT g, now() FROM generate_series(1, 100) g;
-- run
SET LOCAL TimeZone TO 'UTC';
ALTER TABLE t ALTER COLUMN a TYPE timestamptz;

-- case: type-brin-timestamp
-- lock: i AccessExclusiveLock, t AccessExclusiveLock
-- rewrite: index: i
-- scan: t
-- setup
CREATE TABLE t (id int primary key, a timestamp);
CREATE INDEX i ON t USING brin (a);
INSERT INTO t SELECT g, now() FROM generate_series(1, 100) g;
-- run
SET LOCAL TimeZone TO 'UTC';
ALTER TABLE t ALTER COLUMN a TYPE timestamptz;

-- case: type-hash-varchar-to-text
-- lock: i AccessExclusiveLock, t AccessExclusiveLock
-- rewrite: -
-- scan: -
-- setup
CREATE TABLE t (id int primary key, a varchar(5));
CREATE INDEX i ON t USING hash (a);
INSERT INTO t SELECT g, 'x' FROM generate_series(1, 100) g;
-- run
ALTER TABLE t ALTER COLUMN a TYPE text;

-- case: type-collate-unique
-- lock: t AccessExclusiveLock, t_a_key AccessExclusiveLock
-- rewrite: index: t_a_key
-- scan: t
-- setup
CREATE TABLE t (id int primary key, a text UNIQUE);
INSERT INTO t SELECT g, g FROM generate_series(1, 100) g;
-- run
ALTER TABLE t ALTER COLUMN a TYPE text COLLATE "C";

-- case: type-collate-back
-- lock: i AccessExclusiveLock, t AccessExclusiveLock
-- rewrite: index: i
-- scan: t
-- setup
CREATE TABLE t (id int primary key, a text COLLATE "C");
CREATE INDEX i ON t (a);
INSERT INTO t SELECT g, g FROM generate_series(1, 100) g;
-- run
ALTER TABLE t ALTER COLUMN a TYPE text;

-- case: type-collate-same
-- lock: i AccessExclusiveLock, t AccessExclusiveLock
-- rewrite: -
-- scan: -
-- setup
CREATE TABLE t (id int primary key, a text COLLATE "C");
CREATE INDEX i ON t (a);
INSERT INTO t SELECT g, g FROM generate_series(1, 100) g;
-- run
ALTER TABLE t ALTER COLUMN a TYPE varchar COLLATE "C";

-- case: type-collate-index-own
-- lock: i AccessExclusiveLock, t AccessExclusiveLock
-- rewrite: -
-- scan: -
-- setup
CREATE TABLE t (id int primary key, a text);
CREATE INDEX i ON t (a COLLATE "C");
INSERT INTO t SELECT g, g FROM generate_series(1, 100) g;
-- run
ALTER TABLE t ALTER COLUMN a TYPE text COLLATE "POSIX";

-- case: type-using-expression
-- lock: t AccessExclusiveLock, t_pkey AccessExclusiveLock
-- rewrite: index: t_pkey, t
-- scan: -
-- setup
CREATE TABLE t (id int primary key, a int);
INSERT INTO t SELECT g, g FROM generate_series(1, 100) g;
-- run
ALTER TABLE t ALTER COLUMN a TYPE int USING a + 1;

-- case: type-using-other-column
-- lock: t AccessExclusiveLock, t_pkey AccessExclusiveLock
-- rewrite: index: t_pkey, t
-- scan: -
-- setup
CREATE TABLE t (id int primary key, a int, b int);
INSERT INTO t SELECT g, g,g FROM generate_series(1, 100) g;
-- run
ALTER TABLE t ALTER COLUMN a TYPE int USING b;

-- case: type-default-volatile
-- lock: t AccessExclusiveLock
-- rewrite: -
-- scan: -
-- setup
CREATE TABLE t (id int primary key, a varchar(5) DEFAULT 'x');
INSERT INTO t SELECT g, g FROM generate_series(1, 100) g;
-- run
ALTER TABLE t ALTER COLUMN a DROP DEFAULT, ALTER COLUMN a TYPE text, ALTER COLUMN a SET DEFAULT 'y';

-- case: type-enum-drop-default
-- lock: t AccessExclusiveLock, t_pkey AccessExclusiveLock
-- rewrite: index: t_pkey, t
-- scan: -
-- setup
CREATE TYPE mood AS ENUM ('x');
CREATE TABLE t (id int primary key, a text DEFAULT 'x');
INSERT INTO t SELECT g, 'x' FROM generate_series(1, 100) g;
-- run
ALTER TABLE t ALTER COLUMN a DROP DEFAULT, ALTER COLUMN a TYPE mood USING a::mood;

-- case: type-new-table
-- lock: -
-- rewrite: -
-- scan: -
-- setup
CREATE TABLE o (i int);
-- run
CREATE TABLE t (id int primary key, a int);
INSERT INTO t SELECT g,g FROM generate_series(1,100) g;
ALTER TABLE t ALTER COLUMN a TYPE bigint;
ALTER TABLE t ADD CHECK (a > 0);
ALTER TABLE t ALTER COLUMN a SET NOT NULL;

-- case: type-trigger-when
-- error: 0A000
-- lock: -
-- rewrite: -
-- scan: -
-- setup
CREATE TABLE t (id int primary key, a varchar(5));
CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW;
END $$;
CREATE TRIGGER tr BEFORE UPDATE ON t FOR EACH ROW WHEN (NEW.a <> '') EXECUTE FUNCTION f();
-- run
ALTER TABLE t ALTER COLUMN a TYPE text;

-- case: type-trigger-plain
-- lock: t AccessExclusiveLock, t_pkey AccessExclusiveLock
-- rewrite: index: t_pkey, t
-- scan: -
-- setup
CREATE TABLE t (id int primary key, a varchar(5));
INSERT INTO t SELECT g, g FROM generate_series(1, 100) g;
CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW;
END $$;
CREATE TRIGGER tr BEFORE UPDATE ON t FOR EACH ROW EXECUTE FUNCTION f();
-- run
ALTER TABLE t ALTER COLUMN a TYPE int USING 1;

-- case: type-matview
-- error: 0A000
-- lock: -
-- rewrite: -
-- scan: -
-- setup
CREATE TABLE t (id int primary key, a varchar(5));
CREATE MATERIALIZED VIEW v AS SELECT a FROM t;
-- run
ALTER TABLE t ALTER COLUMN a TYPE text;

-- case: type-view-other-column
-- lock: t AccessExclusiveLock, t_pkey AccessExclusiveLock
-- rewrite: index: t_pkey, t
-- scan: -
-- setup
CREATE TABLE t (id int primary key, a varchar(5), b int);
INSERT INTO t SELECT g, g,g FROM generate_series(1, 100) g;
CREATE VIEW v AS SELECT a FROM t;
-- run
ALTER TABLE t ALTER COLUMN b TYPE bigint;

-- case: type-view-star
-- error: 0A000
-- lock: -
-- rewrite: -
-- scan: -
-- setup
CREATE TABLE t (id int primary key, a varchar(5), b int);
CREATE VIEW v AS SELECT * FROM t;
-- run
ALTER TABLE t ALTER COLUMN b TYPE bigint;

-- case: type-view-dropped-first
-- lock: t AccessExclusiveLock, t_pkey AccessExclusiveLock, v AccessExclusiveLock
-- rewrite: index: t_pkey, t
-- scan: -
-- setup
CREATE TABLE t (id int primary key, b int);
INSERT INTO t SELECT g, g FROM generate_series(1, 100) g;
CREATE VIEW v AS SELECT b FROM t;
-- run
DROP VIEW v;
ALTER TABLE t ALTER COLUMN b TYPE bigint;
CREATE VIEW v AS SELECT b FROM t;

-- case: type-typed-table
-- lock: t AccessExclusiveLock, ty AccessExclusiveLock
-- rewrite: t
-- scan: -
-- setup
CREATE TYPE ty AS (a int);
CREATE TABLE t OF ty;
INSERT INTO t SELECT g FROM generate_series(1, 100) g;
-- run
ALTER TYPE ty ALTER ATTRIBUTE a TYPE bigint CASCADE;

-- case: type-typed-add
-- lock: t AccessExclusiveLock, ty AccessExclusiveLock
-- rewrite: -
-- scan: -
-- setup
CREATE TYPE ty AS (a int);
CREATE TABLE t OF ty;
INSERT INTO t SELECT g FROM generate_series(1, 100) g;
-- run
ALTER TYPE ty ADD ATTRIBUTE b int CASCADE;

-- case: domain-add
-- lock: t ShareLock
-- rewrite: -
-- scan: t
-- setup
CREATE DOMAIN d AS text;
CREATE TABLE t (id int primary key, a d);
INSERT INTO t SELECT g, 'x' FROM generate_series(1, 100) g;
-- run
ALTER DOMAIN d ADD CONSTRAINT c CHECK (VALUE <> '');

-- case: domain-add-not-valid
-- lock: -
-- rewrite: -
-- scan: -
-- setup
CREATE DOMAIN d AS text;
CREATE TABLE t (id int primary key, a d);
INSERT INTO t SELECT g, 'x' FROM generate_series(1, 100) g;
-- run
ALTER DOMAIN d ADD CONSTRAINT c CHECK (VALUE <> '') NOT VALID;

-- case: domain-not-null
-- lock: t ShareLock
-- rewrite: -
-- scan: t
-- setup
CREATE DOMAIN d AS text;
CREATE TABLE t (id int primary key, a d);
INSERT INTO t SELECT g, 'x' FROM generate_series(1, 100) g;
-- run
ALTER DOMAIN d SET NOT NULL;

-- case: domain-nested
-- lock: t ShareLock
-- rewrite: -
-- scan: t
-- setup
CREATE DOMAIN d AS text;
CREATE DOMAIN d2 AS d;
CREATE TABLE t (id int primary key, a d2);
INSERT INTO t SELECT g, 'x' FROM generate_series(1, 100) g;
-- run
ALTER DOMAIN d ADD CONSTRAINT c CHECK (VALUE <> '');

-- case: domain-unused
-- lock: -
-- rewrite: -
-- scan: -
-- setup
CREATE DOMAIN d AS text;
CREATE TABLE t (id int primary key);
-- run
ALTER DOMAIN d ADD CONSTRAINT c CHECK (VALUE <> '');

-- case: domain-partitioned
-- lock: p1 ShareLock
-- rewrite: -
-- scan: p1
-- setup
CREATE DOMAIN d AS text;
CREATE TABLE p (id int not null, a d) PARTITION BY RANGE (id);
CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (1000);
INSERT INTO p SELECT g,'x' FROM generate_series(1, 100) g;
-- run
ALTER DOMAIN d ADD CONSTRAINT c CHECK (VALUE <> '');

-- case: domain-drop-not-null
-- lock: -
-- rewrite: -
-- scan: -
-- setup
CREATE DOMAIN d AS text NOT NULL;
CREATE TABLE t (id int primary key, a d);
INSERT INTO t SELECT g, 'x' FROM generate_series(1, 100) g;
-- run
ALTER DOMAIN d DROP NOT NULL;

-- case: domain-type-text-to-constrained
-- lock: t AccessExclusiveLock, t_pkey AccessExclusiveLock
-- rewrite: index: t_pkey, t
-- scan: -
-- setup
CREATE DOMAIN d AS text CHECK (VALUE <> '');
CREATE TABLE t (id int primary key, a text);
INSERT INTO t SELECT g, 'x' FROM generate_series(1, 100) g;
-- run
ALTER TABLE t ALTER COLUMN a TYPE d;

-- case: domain-type-text-to-free
-- lock: t AccessExclusiveLock
-- rewrite: -
-- scan: -
-- setup
CREATE DOMAIN d AS text;
CREATE TABLE t (id int primary key, a text);
INSERT INTO t SELECT g, 'x' FROM generate_series(1, 100) g;
-- run
ALTER TABLE t ALTER COLUMN a TYPE d;

-- case: domain-col-not-null
-- lock: t AccessExclusiveLock, t_pkey AccessExclusiveLock
-- rewrite: index: t_pkey, t
-- scan: -
-- setup
CREATE DOMAIN d AS int NOT NULL;
CREATE TABLE t (id int primary key);
INSERT INTO t SELECT g FROM generate_series(1, 100) g;
-- run
ALTER TABLE t ADD COLUMN b d DEFAULT 1;

-- case: domain-col-default-volatile
-- lock: t AccessExclusiveLock, t_pkey AccessExclusiveLock
-- rewrite: index: t_pkey, t
-- scan: -
-- setup
CREATE DOMAIN d AS uuid DEFAULT gen_random_uuid();
CREATE TABLE t (id int primary key);
INSERT INTO t SELECT g FROM generate_series(1, 100) g;
-- run
ALTER TABLE t ADD COLUMN b d;

-- case: add-column-function-sql
-- lock: t AccessExclusiveLock
-- rewrite: -
-- scan: -
-- setup
CREATE FUNCTION f() RETURNS int LANGUAGE sql AS $$ SELECT 7 $$;
CREATE TABLE t (id int primary key);
INSERT INTO t SELECT g FROM generate_series(1, 100) g;
-- run
ALTER TABLE t ADD COLUMN b int DEFAULT f();

-- case: add-column-function-sql-volatile
-- lock: t AccessExclusiveLock, t_pkey AccessExclusiveLock
-- rewrite: index: t_pkey, t
-- scan: -
-- setup
CREATE FUNCTION f() RETURNS float8 LANGUAGE sql AS $$ SELECT random() $$;
CREATE TABLE t (id int primary key);
INSERT INTO t SELECT g FROM generate_series(1, 100) g;
-- run
ALTER TABLE t ADD COLUMN b float8 DEFAULT f();

-- case: add-column-function-sql-from
-- lock: c AccessShareLock, t AccessExclusiveLock, t_pkey AccessExclusiveLock
-- rewrite: index: t_pkey, t
-- scan: c
-- setup
CREATE TABLE c (v int);
INSERT INTO c VALUES (1);
CREATE FUNCTION f() RETURNS int LANGUAGE sql AS $$ SELECT v FROM c $$;
CREATE TABLE t (id int primary key);
INSERT INTO t SELECT g FROM generate_series(1, 100) g;
-- run
ALTER TABLE t ADD COLUMN b int DEFAULT f();

-- case: add-column-function-sql-return
-- lock: t AccessExclusiveLock
-- rewrite: -
-- scan: -
-- setup
CREATE FUNCTION f() RETURNS int LANGUAGE sql RETURN 7;
CREATE TABLE t (id int primary key);
INSERT INTO t SELECT g FROM generate_series(1, 100) g;
-- run
ALTER TABLE t ADD COLUMN b int DEFAULT f();

-- case: add-column-function-altered
-- lock: t AccessExclusiveLock
-- rewrite: -
-- scan: -
-- setup
CREATE FUNCTION f() RETURNS int LANGUAGE plpgsql AS $$ BEGIN RETURN 1;
END $$;
ALTER FUNCTION f() STABLE;
CREATE TABLE t (id int primary key);
INSERT INTO t SELECT g FROM generate_series(1, 100) g;
-- run
ALTER TABLE t ADD COLUMN b int DEFAULT f();

-- case: add-column-function-arg
-- lock: t AccessExclusiveLock
-- rewrite: -
-- scan: -
-- setup
CREATE FUNCTION f(x int) RETURNS int LANGUAGE sql AS $$ SELECT x + 1 $$;
CREATE TABLE t (id int primary key);
INSERT INTO t SELECT g FROM generate_series(1, 100) g;
-- run
ALTER TABLE t ADD COLUMN b int DEFAULT f(1);

-- case: add-column-serial
-- lock: t AccessExclusiveLock, t_pkey AccessExclusiveLock
-- rewrite: index: t_pkey, t
-- scan: -
-- setup
CREATE TABLE t (id int primary key);
INSERT INTO t SELECT g FROM generate_series(1, 100) g;
-- run
ALTER TABLE t ADD COLUMN n serial;

-- case: add-column-serial-primary-key
-- lock: t AccessExclusiveLock
-- rewrite: t
-- scan: -
-- setup
CREATE TABLE t (a int);
INSERT INTO t SELECT g FROM generate_series(1, 100) g;
-- run
ALTER TABLE t ADD COLUMN id bigserial PRIMARY KEY;

-- case: add-column-not-null-default-check
-- lock: t AccessExclusiveLock
-- rewrite: -
-- scan: t
-- setup
CREATE TABLE t (id int primary key);
INSERT INTO t SELECT g FROM generate_series(1, 100) g;
-- run
ALTER TABLE t ADD COLUMN n int NOT NULL DEFAULT 1 CHECK (n > 0);

-- case: add-column-now-expression
-- lock: t AccessExclusiveLock
-- rewrite: -
-- scan: -
-- setup
CREATE TABLE t (id int primary key);
INSERT INTO t SELECT g FROM generate_series(1, 100) g;
-- run
ALTER TABLE t ADD COLUMN n timestamptz DEFAULT timezone('utc', now());

-- case: add-column-uuid-cast
-- lock: t AccessExclusiveLock, t_pkey AccessExclusiveLock
-- rewrite: index: t_pkey, t
-- scan: -
-- setup
CREATE TABLE t (id int primary key);
INSERT INTO t SELECT g FROM generate_series(1, 100) g;
-- run
ALTER TABLE t ADD COLUMN n text DEFAULT gen_random_uuid()::text;

-- case: add-column-clock-date
-- lock: t AccessExclusiveLock, t_pkey AccessExclusiveLock
-- rewrite: index: t_pkey, t
-- scan: -
-- setup
CREATE TABLE t (id int primary key);
INSERT INTO t SELECT g FROM generate_series(1, 100) g;
-- run
ALTER TABLE t ADD COLUMN n date DEFAULT clock_timestamp()::date;

-- case: add-column-inherit-volatile
-- lock: chi AccessExclusiveLock, par AccessExclusiveLock
-- rewrite: chi, par
-- scan: -
-- setup
CREATE TABLE par (a int);
CREATE TABLE chi () INHERITS (par);
INSERT INTO par SELECT g FROM generate_series(1, 100) g;
INSERT INTO chi SELECT g FROM generate_series(1, 100) g;
-- run
ALTER TABLE par ADD COLUMN u uuid DEFAULT gen_random_uuid();

-- case: add-column-partition-volatile
-- lock: p AccessExclusiveLock, p1 AccessExclusiveLock
-- rewrite: p1
-- scan: -
-- setup
CREATE TABLE p (id int not null, a int) PARTITION BY RANGE (id);
CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (1000);
INSERT INTO p SELECT g, g FROM generate_series(1, 100) g;
-- run
ALTER TABLE p ADD COLUMN u uuid DEFAULT gen_random_uuid();

-- case: add-column-two
-- lock: t AccessExclusiveLock
-- rewrite: -
-- scan: -
-- setup
CREATE TABLE t (id int primary key);
INSERT INTO t SELECT g FROM generate_series(1, 100) g;
-- run
ALTER TABLE t ADD COLUMN a int, ADD COLUMN b int DEFAULT 3;
ALTER TABLE t ADD CONSTRAINT c CHECK (b = 3) NOT VALID;

-- case: add-column-if-not-exists-new-check
-- lock: t AccessExclusiveLock
-- rewrite: -
-- scan: t
-- setup
CREATE TABLE t (id int primary key);
INSERT INTO t SELECT g FROM generate_series(1, 100) g;
-- run
ALTER TABLE t ADD COLUMN IF NOT EXISTS n int CHECK (n > 0);

-- case: add-column-if-not-exists-present-check
-- lock: t AccessExclusiveLock
-- rewrite: -
-- scan: -
-- setup
CREATE TABLE t (id int primary key, n int);
INSERT INTO t SELECT g, g FROM generate_series(1, 100) g;
-- run
ALTER TABLE t ADD COLUMN IF NOT EXISTS n int CHECK (n > 0);

-- case: seq-bigint
-- lock: s ShareRowExclusiveLock
-- rewrite: sequence: s
-- scan: -
-- setup
CREATE SEQUENCE s AS int;
CREATE TABLE t (id int);
-- run
ALTER SEQUENCE s AS bigint;

-- case: seq-restart
-- lock: s ShareRowExclusiveLock
-- rewrite: sequence: s
-- scan: -
-- setup
CREATE SEQUENCE s;
CREATE TABLE t (id int);
-- run
ALTER SEQUENCE s RESTART WITH 100;

-- case: index-tablespace-default
-- lock: t_pkey AccessExclusiveLock
-- rewrite: -
-- scan: -
-- setup
CREATE TABLE t (id int primary key);
INSERT INTO t SELECT g FROM generate_series(1, 100) g;
-- run
ALTER INDEX t_pkey SET TABLESPACE pg_default;

-- case: materialized-view-refresh-nodata
-- lock: mv AccessExclusiveLock, t AccessShareLock, t_pkey AccessShareLock
-- rewrite: mv
-- scan: -
-- setup
CREATE TABLE t (id int primary key);
INSERT INTO t SELECT g FROM generate_series(1, 100) g;
CREATE MATERIALIZED VIEW mv AS SELECT * FROM t WITH NO DATA;
-- run
REFRESH MATERIALIZED VIEW mv;

-- case: materialized-view-with-no-data
-- lock: mv AccessExclusiveLock
-- rewrite: mv
-- scan: -
-- setup
CREATE TABLE t (id int primary key);
INSERT INTO t SELECT g FROM generate_series(1, 100) g;
CREATE MATERIALIZED VIEW mv AS SELECT * FROM t;
-- run
REFRESH MATERIALIZED VIEW mv WITH NO DATA;

-- case: materialized-view-create
-- lock: t AccessShareLock, t_pkey AccessShareLock
-- rewrite: -
-- scan: t
-- setup
CREATE TABLE t (id int primary key);
INSERT INTO t SELECT g FROM generate_series(1, 100) g;
-- run
CREATE MATERIALIZED VIEW mv AS SELECT * FROM t;
CREATE UNIQUE INDEX i ON mv (id);

-- case: materialized-view-drop
-- lock: mv AccessExclusiveLock
-- rewrite: -
-- scan: -
-- setup
CREATE TABLE t (id int primary key);
CREATE MATERIALIZED VIEW mv AS SELECT * FROM t;
-- run
DROP MATERIALIZED VIEW mv;

-- case: update-after-other-statement
-- lock: t AccessExclusiveLock, t_pkey RowExclusiveLock
-- rewrite: -
-- scan: t
-- setup
CREATE TABLE t (id int primary key, a text);
INSERT INTO t SELECT g,'x' FROM generate_series(1, 100) g;
-- run
ALTER TABLE t ADD COLUMN b text;
UPDATE t SET b = a;

-- case: update-after-other-statement-other
-- lock: t AccessExclusiveLock, u RowExclusiveLock, u_pkey RowExclusiveLock
-- rewrite: -
-- scan: u
-- setup
CREATE TABLE t (id int primary key, a text);
INSERT INTO t SELECT g,'x' FROM generate_series(1, 100) g;
CREATE TABLE u (id int primary key, a text);
INSERT INTO u SELECT g,'x' FROM generate_series(1, 100) g;
-- run
ALTER TABLE t ADD COLUMN b text;
UPDATE u SET a = 'z';

-- case: update-key-after-other-statement
-- lock: t AccessExclusiveLock, t_pkey RowExclusiveLock
-- rewrite: -
-- scan: -
-- setup
CREATE TABLE t (id int primary key, a text);
INSERT INTO t SELECT g,'x' FROM generate_series(1,5000) g;
ANALYZE t;
-- run
ALTER TABLE t ADD COLUMN b text;
UPDATE t SET b = a WHERE id = 1;

-- case: delete-after-other-statement
-- lock: t AccessExclusiveLock, t_pkey RowExclusiveLock
-- rewrite: -
-- scan: t
-- setup
CREATE TABLE t (id int primary key, a text);
INSERT INTO t SELECT g,'x' FROM generate_series(1, 100) g;
-- run
ALTER TABLE t ADD COLUMN b text;
DELETE FROM t WHERE a = 'y';

-- case: update-before-other-statement
-- lock: t AccessExclusiveLock, t_pkey RowExclusiveLock
-- rewrite: -
-- scan: t
-- setup
CREATE TABLE t (id int primary key, a text);
INSERT INTO t SELECT g,'x' FROM generate_series(1, 100) g;
-- run
UPDATE t SET a = 'y';
ALTER TABLE t ADD COLUMN b text;

-- case: merge
-- lock: t RowExclusiveLock, t_pkey RowExclusiveLock
-- rewrite: -
-- scan: -
-- setup
CREATE TABLE t (id int primary key, a text);
INSERT INTO t SELECT g,'x' FROM generate_series(1, 100) g;
-- run
MERGE INTO t USING (VALUES (1)) v(i) ON t.id = v.i WHEN MATCHED THEN UPDATE SET a = 'z';

-- case: trunc-insert
-- lock: t RowExclusiveLock, t_pkey RowExclusiveLock
-- rewrite: -
-- scan: t
-- setup
CREATE TABLE t (id int primary key, a text);
INSERT INTO t SELECT g,'x' FROM generate_series(1, 100) g;
-- run
DELETE FROM t;
INSERT INTO t VALUES (1,'x');

-- case: do-guard-add-check
-- lock: -
-- rewrite: -
-- scan: -
-- setup
CREATE TABLE t (id int primary key, n int CONSTRAINT c CHECK (n > 0));
INSERT INTO t SELECT g, g FROM generate_series(1, 100) g;
-- run
DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_constraint WHERE conname = 'c') THEN ALTER TABLE t ADD CONSTRAINT c CHECK (n > 0); END IF; END $$;

-- case: do-guard-add-check-missing
-- lock: t AccessExclusiveLock
-- rewrite: -
-- scan: t
-- setup
CREATE TABLE t (id int primary key, n int);
INSERT INTO t SELECT g, g FROM generate_series(1, 100) g;
-- run
DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_constraint WHERE conname = 'c') THEN ALTER TABLE t ADD CONSTRAINT c CHECK (n > 0); END IF; END $$;

-- case: do-exception-check
-- lock: -
-- rewrite: -
-- scan: -
-- setup
CREATE TABLE t (id int primary key, n int CONSTRAINT c CHECK (n > 0));
INSERT INTO t SELECT g, g FROM generate_series(1, 100) g;
-- run
DO $$ BEGIN ALTER TABLE t ADD CONSTRAINT c CHECK (n > 0); EXCEPTION WHEN duplicate_object THEN NULL; END $$;

-- case: do-execute
-- lock: t ShareLock
-- rewrite: -
-- scan: t
-- setup
CREATE TABLE t (id int primary key, n int);
INSERT INTO t SELECT g, g FROM generate_series(1, 100) g;
-- run
DO $$ BEGIN EXECUTE 'CREATE INDEX i ON t (n)'; END $$;

-- case: do-execute-format
-- lock: t AccessExclusiveLock
-- rewrite: -
-- scan: t
-- setup
CREATE TABLE t (id int primary key, n int);
INSERT INTO t SELECT g, g FROM generate_series(1, 100) g;
-- run
DO $$ BEGIN EXECUTE format('ALTER TABLE %I ALTER COLUMN n SET NOT NULL', 't'); END $$;

-- case: drop-recreate-table
-- lock: t AccessExclusiveLock, t_pkey AccessExclusiveLock
-- rewrite: index: t_pkey
-- scan: -
-- setup
CREATE TABLE t (id int primary key, n int);
INSERT INTO t SELECT g, g FROM generate_series(1, 100) g;
-- run
DROP TABLE t;
CREATE TABLE t (id int primary key, n int);
CREATE INDEX i ON t (n);

-- case: rename-swap
-- lock: t AccessExclusiveLock
-- rewrite: -
-- scan: -
-- setup
CREATE TABLE t (id int primary key, n int);
INSERT INTO t SELECT g, g FROM generate_series(1, 100) g;
-- run
CREATE TABLE t2 (id int primary key, n bigint);
ALTER TABLE t RENAME TO t_old;
ALTER TABLE t2 RENAME TO t;
CREATE INDEX i ON t (n);

-- case: rename-swap-old
-- lock: t AccessExclusiveLock
-- rewrite: -
-- scan: t
-- setup
CREATE TABLE t (id int primary key, n int);
INSERT INTO t SELECT g, g FROM generate_series(1, 100) g;
-- run
CREATE TABLE t2 (id int primary key, n bigint);
ALTER TABLE t RENAME TO t_old;
ALTER TABLE t2 RENAME TO t;
CREATE INDEX i ON t_old (n);

-- case: schema-qualified
-- lock: app.t ShareLock
-- rewrite: -
-- scan: app.t
-- setup
CREATE SCHEMA app;
CREATE TABLE app.t (id int primary key, n int);
INSERT INTO app.t SELECT g, g FROM generate_series(1, 100) g;
-- run
CREATE INDEX i ON app.t (n);

-- case: schema-search-path
-- lock: app.t ShareLock
-- rewrite: -
-- scan: app.t
-- setup
CREATE SCHEMA app;
CREATE TABLE app.t (id int primary key, n int);
INSERT INTO app.t SELECT g, g FROM generate_series(1, 100) g;
-- run
SET LOCAL search_path TO app;
CREATE INDEX i ON t (n);

-- case: moved-schema
-- lock: t AccessExclusiveLock
-- rewrite: -
-- scan: t
-- setup
CREATE SCHEMA app;
CREATE TABLE t (id int primary key, n int);
INSERT INTO t SELECT g, g FROM generate_series(1, 100) g;
-- run
ALTER TABLE t SET SCHEMA app;
CREATE INDEX i ON app.t (n);

-- case: create-table-as-new-index
-- lock: t AccessShareLock, t_pkey AccessShareLock
-- rewrite: -
-- scan: t
-- setup
CREATE TABLE t (id int primary key, n int);
INSERT INTO t SELECT g, g FROM generate_series(1, 100) g;
-- run
CREATE TABLE t2 AS SELECT * FROM t;
ALTER TABLE t2 ADD PRIMARY KEY (id);
CREATE INDEX i ON t2 (n);

-- case: like-new
-- lock: t AccessShareLock, t_pkey AccessShareLock
-- rewrite: -
-- scan: t
-- setup
CREATE TABLE t (id int primary key, n int);
INSERT INTO t SELECT g, g FROM generate_series(1, 100) g;
-- run
CREATE TABLE t2 (LIKE t INCLUDING ALL);
INSERT INTO t2 SELECT * FROM t;
CREATE INDEX i ON t2 (n);

-- case: set-expression-virtual-not-null
-- lock: t AccessExclusiveLock
-- rewrite: -
-- scan: t
-- setup
CREATE TABLE t (id int primary key, a int, b int GENERATED ALWAYS AS (a*2) VIRTUAL NOT NULL);
INSERT INTO t (id,a) SELECT g, g FROM generate_series(1, 100) g;
-- run
ALTER TABLE t ALTER COLUMN b SET EXPRESSION AS (a*3);

-- case: set-expression-virtual-check
-- error: 0A000
-- lock: -
-- rewrite: -
-- scan: -
-- setup
CREATE TABLE t (id int primary key, a int, b int GENERATED ALWAYS AS (a*2) VIRTUAL CHECK (b > 0));
INSERT INTO t (id,a) SELECT g, g FROM generate_series(1, 100) g;
-- run
ALTER TABLE t ALTER COLUMN b SET EXPRESSION AS (a*3);

-- case: virtual-type
-- lock: t AccessExclusiveLock
-- rewrite: -
-- scan: -
-- setup
CREATE TABLE t (id int primary key, a int, b int GENERATED ALWAYS AS (a*2) VIRTUAL);
INSERT INTO t (id,a) SELECT g, g FROM generate_series(1, 100) g;
-- run
ALTER TABLE t ALTER COLUMN b TYPE bigint;

-- case: virtual-set-not-null
-- lock: t AccessExclusiveLock
-- rewrite: -
-- scan: t
-- setup
CREATE TABLE t (id int primary key, a int, b int GENERATED ALWAYS AS (a*2) VIRTUAL);
INSERT INTO t (id,a) SELECT g, g FROM generate_series(1, 100) g;
-- run
ALTER TABLE t ALTER COLUMN b SET NOT NULL;

-- case: check-not-enforced-enforced
-- error: 55000
-- lock: -
-- rewrite: -
-- scan: -
-- setup
CREATE TABLE t (id int primary key, n int);
INSERT INTO t SELECT g, g FROM generate_series(1, 100) g;
ALTER TABLE t ADD CONSTRAINT c CHECK (n > 0) NOT ENFORCED;
-- run
ALTER TABLE t VALIDATE CONSTRAINT c;

-- case: drop-col-primary-key
-- lock: t AccessExclusiveLock, t_pkey AccessExclusiveLock
-- rewrite: -
-- scan: -
-- setup
CREATE TABLE t (id int primary key, n int);
INSERT INTO t SELECT g, g FROM generate_series(1, 100) g;
-- run
ALTER TABLE t DROP COLUMN id;

-- case: owner-etc
-- lock: t AccessExclusiveLock
-- rewrite: -
-- scan: -
-- setup
CREATE TABLE t (id int primary key, n int);
INSERT INTO t SELECT g, g FROM generate_series(1, 100) g;
-- run
ALTER TABLE t OWNER TO current_user;
ALTER TABLE t SET (fillfactor = 70, autovacuum_enabled = false);
ALTER TABLE t RESET (fillfactor);

-- case: toast-option
-- lock: t AccessExclusiveLock
-- rewrite: -
-- scan: -
-- setup
CREATE TABLE t (id int primary key, n text);
INSERT INTO t SELECT g, g FROM generate_series(1, 100) g;
-- run
ALTER TABLE t SET (toast_tuple_target = 200);
ALTER TABLE t SET (user_catalog_table = true);

-- case: stats-analyze
-- lock: t ShareUpdateExclusiveLock, t_pkey AccessShareLock
-- rewrite: -
-- scan: -
-- setup
CREATE TABLE t (id int primary key, n int);
INSERT INTO t SELECT g, g FROM generate_series(1, 100) g;
-- run
CREATE STATISTICS s ON id, n FROM t;
ANALYZE t;

-- case: inherit-attach
-- lock: chi AccessExclusiveLock, par ShareUpdateExclusiveLock
-- rewrite: -
-- scan: -
-- setup
CREATE TABLE par (n int);
CREATE TABLE chi (n int);
INSERT INTO chi SELECT g FROM generate_series(1, 100) g;
-- run
ALTER TABLE chi INHERIT par;

-- case: inherit-attach-check
-- lock: chi AccessExclusiveLock, par ShareUpdateExclusiveLock
-- rewrite: -
-- scan: -
-- setup
CREATE TABLE par (n int CONSTRAINT c CHECK (n > 0));
CREATE TABLE chi (n int CONSTRAINT c CHECK (n > 0));
INSERT INTO chi SELECT g FROM generate_series(1, 100) g;
-- run
ALTER TABLE chi INHERIT par;

-- case: exclude-btree
-- lock: t AccessExclusiveLock
-- rewrite: -
-- scan: t
-- setup
CREATE TABLE t (id int primary key, n int);
INSERT INTO t SELECT g, g FROM generate_series(1, 100) g;
-- run
ALTER TABLE t ADD CONSTRAINT x EXCLUDE USING btree (n WITH =);

-- case: constraint-trigger
-- lock: t ShareRowExclusiveLock
-- rewrite: -
-- scan: -
-- setup
CREATE TABLE t (id int primary key, n int);
CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW;
END $$;
-- run
CREATE CONSTRAINT TRIGGER tr AFTER INSERT ON t DEFERRABLE FOR EACH ROW EXECUTE FUNCTION f();

-- case: add-col-then-index
-- lock: t AccessExclusiveLock
-- rewrite: -
-- scan: t
-- setup
CREATE TABLE t (id int primary key, n int);
INSERT INTO t SELECT g, g FROM generate_series(1, 100) g;
-- run
ALTER TABLE t ADD COLUMN b int;
CREATE INDEX i ON t (b);

-- case: matview-replace
-- lock: mv AccessExclusiveLock, t AccessShareLock, t_pkey AccessShareLock
-- rewrite: -
-- scan: t
-- setup
CREATE TABLE t (id int primary key);
INSERT INTO t SELECT g FROM generate_series(1, 100) g;
CREATE MATERIALIZED VIEW mv AS SELECT * FROM t;
-- run
DROP MATERIALIZED VIEW mv;
CREATE MATERIALIZED VIEW mv AS SELECT id FROM t;
CREATE UNIQUE INDEX i ON mv (id);

-- case: access-method-partitioned
-- lock: p AccessExclusiveLock
-- rewrite: -
-- scan: -
-- setup
CREATE TABLE p (id int not null) PARTITION BY RANGE (id);
CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (1000);
INSERT INTO p SELECT g FROM generate_series(1, 100) g;
-- run
ALTER TABLE p SET ACCESS METHOD heap;

-- case: only-parent-not-null
-- lock: p1 AccessExclusiveLock
-- rewrite: -
-- scan: p1
-- setup
CREATE TABLE p (id int not null, a int) PARTITION BY RANGE (id);
CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (1000);
INSERT INTO p SELECT g, g FROM generate_series(1, 100) g;
-- run
ALTER TABLE p1 ALTER COLUMN a SET NOT NULL;

-- case: unique-partition-index-there
-- lock: p AccessExclusiveLock, p1 AccessExclusiveLock
-- rewrite: -
-- scan: p1
-- setup
CREATE TABLE p (id int not null, a int) PARTITION BY RANGE (id);
CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (1000);
INSERT INTO p SELECT g, g FROM generate_series(1, 100) g;
CREATE UNIQUE INDEX u1 ON p1 (id);
-- run
ALTER TABLE p ADD CONSTRAINT u UNIQUE (id);

-- case: primary-key-partitioned
-- lock: p AccessExclusiveLock, p1 AccessExclusiveLock
-- rewrite: -
-- scan: p1
-- setup
CREATE TABLE p (id int, a int) PARTITION BY RANGE (id);
CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (1000);
INSERT INTO p SELECT g, g FROM generate_series(1, 100) g;
-- run
ALTER TABLE p ADD PRIMARY KEY (id);

-- case: drop-and-add-check-in-one-statement
-- lock: t AccessExclusiveLock
-- rewrite: -
-- scan: t
-- setup
CREATE TABLE t (id int primary key, n int CONSTRAINT c CHECK (n > 0));
INSERT INTO t SELECT g, g FROM generate_series(1, 100) g;
-- run
ALTER TABLE t DROP CONSTRAINT c, ADD CONSTRAINT c CHECK (n > 0);

-- case: drop-and-add-column-in-one-statement
-- lock: t AccessExclusiveLock, t_pkey AccessExclusiveLock
-- rewrite: t, index: t_pkey
-- scan: -
-- setup
CREATE TABLE t (id int primary key, n int);
INSERT INTO t SELECT g, g FROM generate_series(1, 100) g;
-- run
ALTER TABLE t DROP COLUMN n, ADD COLUMN n uuid DEFAULT gen_random_uuid();

-- case: drop-and-add-primary-key-in-one-statement
-- lock: t AccessExclusiveLock, t_pkey AccessExclusiveLock
-- rewrite: index: t_pkey
-- scan: t
-- setup
CREATE TABLE t (id int, n int NOT NULL, CONSTRAINT t_pkey PRIMARY KEY (id));
INSERT INTO t SELECT g, g FROM generate_series(1, 100) g;
-- run
ALTER TABLE t DROP CONSTRAINT t_pkey, ADD CONSTRAINT t_pkey PRIMARY KEY (id, n);

-- case: type-with-check-dropped-in-one-statement
-- lock: t AccessExclusiveLock
-- rewrite: -
-- scan: -
-- setup
CREATE TABLE t (id int primary key, a varchar(10) CONSTRAINT c CHECK (a <> ''));
INSERT INTO t SELECT g, 'x' FROM generate_series(1, 100) g;
-- run
ALTER TABLE t DROP CONSTRAINT c, ALTER COLUMN a TYPE varchar(20), ADD CONSTRAINT c CHECK (a <> '') NOT VALID;
