//! How long facts are kept: whole segments go, the oldest first.
use std::time::Duration;

use failover_core::Timestamp;
use rusqlite::{Connection, Transaction, params};

use super::write::{Failed, number};

/// How long the facts that the machines are given are kept in the journal.
///
/// They are kept in segments of about ten minutes, which are removed whole. Events are never
/// removed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retention {
    /// How long segments are kept in which nothing happened. Zero: no facts are recorded.
    pub quiet_for: Duration,
    /// How long segments are kept in which a move began, or something woke people, and the ones
    /// before them.
    pub moves_for: Duration,
    /// Most bytes of segments of each of the two sorts; the oldest go first. With
    /// [`Options::journal_max_bytes`](crate::Options), no more than an eighth of that.
    pub max_bytes: u64,
    /// How long facts may wait in memory before they are written; a crash loses them. Facts that
    /// led to an event are written with it.
    pub flush: Duration,
}

impl Default for Retention {
    fn default() -> Self {
        Self {
            quiet_for: Duration::from_secs(24 * 3600),
            moves_for: Duration::from_secs(90 * 24 * 3600),
            max_bytes: 64 << 20,
            flush: Duration::from_secs(5),
        }
    }
}

/// Removes what is too old or too much. Old is measured against the latest fact.
pub(super) fn clear_out(connection: &mut Connection, retention: &Retention) -> Result<(), Failed> {
    let all = connection.transaction()?;
    let latest: i64 =
        all.query_row("SELECT coalesce(max(ended), 0) FROM segments", [], |row| row.get(0))?;
    for (kept, age) in [(false, retention.quiet_for), (true, retention.moves_for)] {
        let age = i64::try_from(age.as_millis()).unwrap_or(i64::MAX);
        let oldest = Timestamp::from_millis(u64::try_from(latest.saturating_sub(age)).unwrap_or(0));
        clear_sort(&all, kept, oldest, retention.max_bytes)?;
    }
    Ok(all.commit()?)
}

fn clear_sort(
    all: &Transaction<'_>,
    kept: bool,
    oldest: Timestamp,
    bytes_max: u64,
) -> Result<(), Failed> {
    let mut room = bytes_max;
    let mut gone = Vec::new();
    // The latest of each service is still being written.
    let newest_first = "SELECT id, bytes, ended FROM segments WHERE kept = ?1
        AND id NOT IN (SELECT max(id) FROM segments GROUP BY service) ORDER BY id DESC";
    let mut statement = all.prepare_cached(newest_first)?;
    let mut rows = statement.query([kept])?;
    while let Some(row) = rows.next()? {
        let (id, bytes, ended): (i64, i64, i64) = (row.get(0)?, row.get(1)?, row.get(2)?);
        let bytes = u64::try_from(bytes).unwrap_or(0);
        // Once one has no room, none that is older has: no holes in what is left.
        room = room.saturating_sub(bytes);
        if room == 0 || ended < number(oldest.as_millis()) {
            gone.push(id);
        }
    }
    gone.into_iter().try_for_each(|id| remove(all, id))
}

/// Gives up the facts of the older half of the segments, and of the curves, so that events have room. Says whether
/// anything was removed.
pub(super) fn make_room(connection: &mut Connection) -> bool {
    let half = |connection: &mut Connection| -> Result<usize, Failed> {
        let all = connection.transaction()?;
        let older = "SELECT id FROM segments ORDER BY kept, id
            LIMIT (SELECT (count(*) + 1) / 2 FROM segments)";
        let older = {
            let mut statement = all.prepare_cached(older)?;
            let ids = statement.query_map([], |row| row.get::<_, i64>(0))?;
            ids.collect::<Result<Vec<_>, _>>()?
        };
        for id in &older {
            remove(&all, *id)?;
        }
        all.commit()?;
        Ok(older.len())
    };
    let curves = "DELETE FROM curves WHERE (service, move) IN (SELECT service, move FROM curves
        ORDER BY began LIMIT (SELECT (count(*) + 1) / 2 FROM curves))";
    // A journal of an older version may not have the table yet.
    let curves = connection.execute(curves, []).unwrap_or(0);
    half(connection).unwrap_or(0) + curves > 0
}

fn remove(all: &Transaction<'_>, id: i64) -> Result<(), Failed> {
    all.prepare_cached("DELETE FROM facts WHERE segment = ?1")?.execute(params![id])?;
    all.prepare_cached("DELETE FROM segments WHERE id = ?1")?.execute(params![id])?;
    Ok(())
}
