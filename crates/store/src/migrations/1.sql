-- Schema 1. Values named "state" or "body" are MessagePack with named fields.

CREATE TABLE setting (
    name TEXT PRIMARY KEY,
    value BLOB NOT NULL
) STRICT;

CREATE TABLE talks (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL UNIQUE,
    state BLOB NOT NULL
) STRICT;

CREATE TABLE channel (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    talks INTEGER NOT NULL REFERENCES talks (id),
    name TEXT NOT NULL,
    state BLOB NOT NULL,
    UNIQUE (talks, name)
) STRICT;

-- Joinings in progress, at the inviter and at the joiner.
CREATE TABLE joining (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    talks INTEGER NOT NULL REFERENCES talks (id),
    invite BLOB NOT NULL UNIQUE,
    state BLOB NOT NULL
) STRICT;

-- Mailboxes of our own. A closed one stays, so that its parcels are not taken twice.
CREATE TABLE mailbox (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    talks INTEGER NOT NULL REFERENCES talks (id),
    channel INTEGER REFERENCES channel (id),
    joining INTEGER REFERENCES joining (id),
    reader BLOB NOT NULL UNIQUE CHECK (length(reader) = 32),
    state BLOB NOT NULL,
    closed INTEGER NOT NULL DEFAULT 0
) STRICT;

-- Requests about a mailbox that its relay has not answered yet, in order.
CREATE TABLE request (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    mailbox INTEGER NOT NULL REFERENCES mailbox (id),
    body BLOB NOT NULL
) STRICT;

-- What is said, received and to be done, as the person sees it.
CREATE TABLE item (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    talks INTEGER NOT NULL REFERENCES talks (id),
    channel INTEGER REFERENCES channel (id),
    kind INTEGER NOT NULL,
    key BLOB,
    at INTEGER NOT NULL,
    opened INTEGER NOT NULL DEFAULT 0,
    body BLOB NOT NULL,
    UNIQUE (talks, kind, key)
) STRICT;

-- Sealed parcels on their way out. With the receipt the parcel's bytes go.
CREATE TABLE outbox (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    digest BLOB NOT NULL UNIQUE CHECK (length(digest) = 32),
    address BLOB NOT NULL,
    parcel BLOB,
    item INTEGER REFERENCES item (id),
    queued_at INTEGER NOT NULL,
    receipt BLOB,
    received_at INTEGER,
    refused TEXT
) STRICT;
CREATE INDEX outbox_waiting ON outbox (number) WHERE parcel IS NOT NULL;
CREATE INDEX outbox_item ON outbox (item);

-- Parcels taken from our mailboxes: what became of them, and whether the relay has erased them.
CREATE TABLE inbox (
    mailbox INTEGER NOT NULL REFERENCES mailbox (id),
    digest BLOB NOT NULL CHECK (length(digest) = 32),
    at INTEGER NOT NULL,
    refused TEXT,
    erased INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (mailbox, digest)
) STRICT, WITHOUT ROWID;
CREATE INDEX inbox_to_erase ON inbox (mailbox) WHERE erased = 0;

-- The record: entry bundles as received.
CREATE TABLE entry (
    talks INTEGER NOT NULL REFERENCES talks (id),
    position INTEGER NOT NULL,
    bundle BLOB NOT NULL,
    PRIMARY KEY (talks, position)
) STRICT;

-- The replica: what follows from the entries and stamps, as one value.
CREATE TABLE replica (
    talks INTEGER PRIMARY KEY REFERENCES talks (id),
    state BLOB NOT NULL
) STRICT;

-- Stamps that came before the entry they cover.
CREATE TABLE early_stamp (
    talks INTEGER NOT NULL REFERENCES talks (id),
    size INTEGER NOT NULL,
    stamp BLOB NOT NULL,
    PRIMARY KEY (talks, size, stamp)
) STRICT;

-- What our own cosigner has stamped: written before the stamp leaves, never two roots of one
-- size, never a smaller size. The triggers stand behind the code that asks first.
CREATE TABLE stamped (
    cosigner BLOB NOT NULL,
    size INTEGER NOT NULL,
    root BLOB NOT NULL CHECK (length(root) = 32),
    memory BLOB NOT NULL,
    PRIMARY KEY (cosigner, size)
) STRICT;
CREATE TRIGGER stamped_never_smaller BEFORE INSERT ON stamped
WHEN EXISTS (SELECT 1 FROM stamped WHERE cosigner = NEW.cosigner AND size >= NEW.size)
BEGIN SELECT RAISE(ABORT, 'a stamp of this size or a larger one was given'); END;
CREATE TRIGGER stamped_never_changed BEFORE UPDATE ON stamped
BEGIN SELECT RAISE(ABORT, 'a stamp was given'); END;
CREATE TRIGGER stamped_never_forgotten BEFORE DELETE ON stamped
BEGIN SELECT RAISE(ABORT, 'a stamp was given'); END;
