//! The tables, and what marks a file as ours.

/// `PRAGMA application_id` of our files: "Swnk".
pub(super) const APPLICATION_ID: i64 = 0x5377_6e6b;

/// `PRAGMA user_version`: the newest schema this program knows.
pub(super) const VERSION: i64 = 1;

/// Makes an empty file ours. Events cannot be changed or removed, not even by mistake.
pub(super) const CREATE: &str = "
CREATE TABLE events (
    seq INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    service TEXT NOT NULL,
    severity TEXT NOT NULL,
    text TEXT NOT NULL,
    event TEXT NOT NULL
) STRICT;
CREATE INDEX events_by_service ON events (service, seq);
CREATE TRIGGER events_stay BEFORE UPDATE ON events
    BEGIN SELECT RAISE(ABORT, 'events are append-only'); END;
CREATE TRIGGER events_remain BEFORE DELETE ON events
    BEGIN SELECT RAISE(ABORT, 'events are append-only'); END;
CREATE TABLE state (
    service TEXT PRIMARY KEY,
    at INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    state TEXT NOT NULL
) STRICT;
CREATE TABLE audit (
    id INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    service TEXT NOT NULL,
    who TEXT NOT NULL,
    command TEXT NOT NULL,
    outcome TEXT NOT NULL
) STRICT;
CREATE TABLE runs (
    id INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    version TEXT NOT NULL,
    vantage TEXT NOT NULL
) STRICT;
";
