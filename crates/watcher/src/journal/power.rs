//! What is done to the power of servers, in the journal: asked for before anything is done, ended afterwards.
use std::path::Path;

use failover_core::Timestamp;
use rusqlite::{Connection, Transaction, params};

use super::read;
use super::write::{Failed, number, words};
use crate::error::JournalError;
use crate::power::{Act, PowerChange};

/// At most this many are read; one start or fence an hour fills them in a year.
const LATEST: u32 = 10_000;

/// The changes of power in the journal at `path`, oldest first, beside a watcher that may be running.
pub fn power_changes(path: &Path) -> Result<Vec<PowerChange>, JournalError> {
    let failed = |error: Failed| JournalError::Io { path: path.to_owned(), message: words(&error) };
    let connection = read::read_only(path).map_err(failed)?;
    all(&connection).map_err(failed)
}

pub(super) fn all(connection: &Connection) -> Result<Vec<PowerChange>, Failed> {
    if read::version(connection)? < 3 {
        return Ok(Vec::new());
    }
    let query = "SELECT id, service, site, act, asked, ended, served, given_up FROM power
        ORDER BY id DESC LIMIT ?1";
    let mut statement = connection.prepare(query)?;
    let mut rows = statement.query([LATEST])?;
    let mut found = Vec::new();
    let unsigned = |value: i64| u64::try_from(value).unwrap_or(0);
    let moment = |value: i64| Timestamp::from_millis(unsigned(value));
    while let Some(row) = rows.next()? {
        let word: String = row.get(3)?;
        // What a later version does is none of this one's business.
        let Some(act) = Act::ALL.into_iter().find(|act| act.word() == word) else { continue };
        found.push(PowerChange {
            id: unsigned(row.get(0)?),
            service: row.get(1)?,
            site: row.get(2)?,
            act,
            asked: moment(row.get(4)?),
            ended: row.get::<_, Option<i64>>(5)?.map(moment),
            served: row.get::<_, Option<i64>>(6)?.map(moment),
            given_up: row.get(7)?,
        });
    }
    found.reverse();
    Ok(found)
}

pub(super) fn put(all: &Transaction<'_>, change: &PowerChange) -> Result<(), Failed> {
    let PowerChange { id, service, site, act, asked, ended, served, given_up } = change;
    let insert = "INSERT OR REPLACE INTO power VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
    let moment = |at: &Timestamp| number(at.as_millis());
    all.prepare_cached(insert)?.execute(params![
        number(*id),
        service,
        site,
        act.word(),
        moment(asked),
        ended.as_ref().map(moment),
        served.as_ref().map(moment),
        given_up
    ])?;
    Ok(())
}
