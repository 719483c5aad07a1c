//! How far the shared log of several watchers was followed, in a table that only they have.
use std::collections::BTreeMap;

use rusqlite::{Connection, OptionalExtension, Transaction};

use super::write::{Failed, number};

/// Made when it is needed: a watcher alone has none.
const CREATE: &str = "CREATE TABLE IF NOT EXISTS mirrored (
    log TEXT PRIMARY KEY,
    number INTEGER NOT NULL
) STRICT";

/// The number of the latest event of each log that was followed.
pub(super) fn all(connection: &Connection) -> Result<BTreeMap<String, u64>, Failed> {
    let table = "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'mirrored'";
    let there = connection.query_row(table, [], |_| Ok(())).optional()?;
    if there.is_none() {
        return Ok(BTreeMap::new());
    }
    let mut statement = connection.prepare("SELECT log, number FROM mirrored")?;
    let mut rows = statement.query([])?;
    let mut found = BTreeMap::new();
    while let Some(row) = rows.next()? {
        found.insert(row.get(0)?, u64::try_from(row.get::<_, i64>(1)?).unwrap_or(0));
    }
    Ok(found)
}

pub(super) fn put(all: &Transaction<'_>, (log, latest): &(String, u64)) -> Result<(), Failed> {
    all.execute_batch(CREATE)?;
    all.execute("INSERT OR REPLACE INTO mirrored VALUES (?1, ?2)", (log, number(*latest)))?;
    Ok(())
}
