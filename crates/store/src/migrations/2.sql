-- Schema 2. The replica is no longer one value: what it keeps are rows under ordered keys, so that
-- a long record opens without being read. No release wrote schema 1: no replica is lost.

DROP TABLE replica;

-- The replica: what follows from the entries and stamps.
CREATE TABLE replica_row (
    talks INTEGER NOT NULL REFERENCES talks (id),
    space INTEGER NOT NULL,
    key BLOB NOT NULL,
    value BLOB NOT NULL,
    PRIMARY KEY (talks, space, key)
) STRICT, WITHOUT ROWID;
