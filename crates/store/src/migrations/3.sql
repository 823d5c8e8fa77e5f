-- Schema 3: receipts. What we said and who has it; what was said to us and what its sender was told.
-- A state is 0 for fetched, 1 for opened.

-- By which of our messages an item left, in which channel.
CREATE TABLE said (
    channel INTEGER NOT NULL REFERENCES channel (id),
    message BLOB NOT NULL CHECK (length(message) = 32),
    item INTEGER NOT NULL REFERENCES item (id),
    PRIMARY KEY (channel, message)
) STRICT, WITHOUT ROWID;
CREATE INDEX said_item ON said (item);

-- How far an item of ours has come at each of its readers, as that reader's client says.
CREATE TABLE seen (
    item INTEGER NOT NULL REFERENCES item (id),
    reader BLOB NOT NULL,
    state INTEGER NOT NULL CHECK (state IN (0, 1)),
    at INTEGER NOT NULL,
    PRIMARY KEY (item, reader)
) STRICT, WITHOUT ROWID;

-- By which message an item came. "told" is the state that its sender was told, if any; of a quiet
-- one nothing is told unless our person says so.
CREATE TABLE heard (
    channel INTEGER NOT NULL REFERENCES channel (id),
    message BLOB NOT NULL CHECK (length(message) = 32),
    item INTEGER NOT NULL REFERENCES item (id),
    state INTEGER NOT NULL DEFAULT 0 CHECK (state IN (0, 1)),
    told INTEGER CHECK (told IN (0, 1)),
    quiet INTEGER NOT NULL,
    PRIMARY KEY (channel, message)
) STRICT, WITHOUT ROWID;
CREATE INDEX heard_item ON heard (item);

-- When the next batch of receipts leaves a channel.
CREATE TABLE receipts_due (
    channel INTEGER PRIMARY KEY REFERENCES channel (id),
    at INTEGER NOT NULL
) STRICT;
