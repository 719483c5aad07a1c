//! The tables, and what marks a file as ours.

/// `PRAGMA application_id` of our files: "Swnk".
pub(super) const APPLICATION_ID: i64 = 0x5377_6e6b;

/// `PRAGMA user_version`: the newest schema this program knows.
pub(super) const VERSION: i64 = 4;

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

/// What version 2 has beside the tables above: the facts the machines were given.
///
/// `steps` counts the facts of a segment that are in the file, so that a chunk that does not follow
/// the one before it is noticed when it is written. `follows` is the segment that ends where this
/// one begins, or 0; `seq` the latest event before it. `closed` is set when nothing of it is missing.
pub(super) const FACTS: &str = "
CREATE TABLE segments (
    id INTEGER PRIMARY KEY,
    service TEXT NOT NULL,
    version TEXT NOT NULL,
    form INTEGER NOT NULL,
    why TEXT NOT NULL,
    follows INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    began INTEGER NOT NULL,
    ended INTEGER NOT NULL,
    steps INTEGER NOT NULL,
    bytes INTEGER NOT NULL,
    kept INTEGER NOT NULL,
    closed INTEGER NOT NULL,
    digest INTEGER NOT NULL,
    checkpoint TEXT NOT NULL
) STRICT;
CREATE INDEX segments_by_service ON segments (service, id);
CREATE TABLE facts (
    segment INTEGER NOT NULL,
    first INTEGER NOT NULL,
    count INTEGER NOT NULL,
    at INTEGER NOT NULL,
    steps BLOB NOT NULL,
    PRIMARY KEY (segment, first)
) STRICT, WITHOUT ROWID;
";

/// What version 3 has beside them: changes of power.
pub(super) const POWER: &str = "
CREATE TABLE power (
    id INTEGER PRIMARY KEY,
    service TEXT NOT NULL,
    site TEXT NOT NULL,
    act TEXT NOT NULL,
    asked INTEGER NOT NULL,
    ended INTEGER,
    served INTEGER,
    given_up TEXT
) STRICT;
";

/// What version 4 has beside them: what lasts, and what people are told of it.
pub(super) const NOTICES: &str = "
CREATE TABLE conditions (
    key TEXT PRIMARY KEY,
    severity TEXT NOT NULL,
    peak TEXT NOT NULL,
    service TEXT,
    text TEXT NOT NULL,
    since INTEGER NOT NULL,
    acknowledged INTEGER NOT NULL
) STRICT;
CREATE TABLE notifications (
    id INTEGER PRIMARY KEY,
    uid TEXT NOT NULL,
    at INTEGER NOT NULL,
    channel TEXT NOT NULL,
    key TEXT NOT NULL,
    kind TEXT NOT NULL,
    severity TEXT NOT NULL,
    service TEXT,
    text TEXT NOT NULL,
    since INTEGER,
    attempts INTEGER NOT NULL,
    delivery TEXT NOT NULL,
    ended INTEGER,
    problem TEXT
) STRICT;
CREATE INDEX notifications_waiting ON notifications (id) WHERE delivery = 'waiting';
";

/// And how caches followed the moves. `ended` is empty while the asking
/// goes on.
pub(super) const CURVES: &str = "
CREATE TABLE curves (
    service TEXT NOT NULL,
    move INTEGER NOT NULL,
    began INTEGER NOT NULL,
    ended INTEGER,
    curve TEXT NOT NULL,
    PRIMARY KEY (service, move)
) STRICT;
";
