//! How caches followed the moves, in the journal: the latest curves of each service, beside what is decided.
use std::path::Path;

use failover_core::{Curve, CurveEnd, MoveId};
use rusqlite::{Connection, params};

use super::write::{Failed, Writer, number, words};
use super::{open, read};
use crate::error::JournalError;

/// So many curves are kept of each service; a curve has some kilobytes.
const KEPT: u32 = 200;
/// At most this many are read at once.
const LIMIT_MAX: u32 = 50;

/// The curves of `service` (all services without), the latest move first; only that of move `id`,
/// if one is given. Beside a watcher that may be running.
pub fn read_curves(
    path: &Path,
    service: Option<&str>,
    id: Option<MoveId>,
    limit: u32,
) -> Result<Vec<Curve>, JournalError> {
    let failed = |error: Failed| JournalError::Io { path: path.to_owned(), message: words(&error) };
    let connection = read::read_only(path).map_err(failed)?;
    curves(&connection, service, id, limit.min(LIMIT_MAX)).map_err(failed)
}

fn curves(
    connection: &Connection,
    service: Option<&str>,
    id: Option<MoveId>,
    limit: u32,
) -> Result<Vec<Curve>, Failed> {
    if read::version(connection)? < 4 {
        return Ok(Vec::new());
    }
    let query = "SELECT curve FROM curves WHERE (?1 IS NULL OR service = ?1)
        AND (?2 IS NULL OR move = ?2) ORDER BY began DESC, move DESC LIMIT ?3";
    let mut statement = connection.prepare(query)?;
    let mut rows = statement.query((service, id.map(|id| number(id.0)), limit))?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let text: String = row.get(0)?;
        found.push(serde_json::from_str(&text)?);
    }
    Ok(found)
}

/// The curve of each service that an earlier watcher was still drawing.
pub(super) fn unfinished(connection: &Connection) -> Result<Vec<Curve>, Failed> {
    if read::version(connection)? < 4 {
        return Ok(Vec::new());
    }
    let query = "SELECT curve FROM curves WHERE ended IS NULL ORDER BY began";
    let mut statement = connection.prepare(query)?;
    let mut rows = statement.query([])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let text: String = row.get(0)?;
        // What a later version has written is none of this one's business.
        found.extend(serde_json::from_str(&text));
    }
    Ok(found)
}

impl Writer {
    /// Writes a curve, in place of what was known of it before, without waiting for the disk. One
    /// that cannot be written is given up: nothing depends on it.
    pub(super) fn keep_curve(&mut self, curve: &Curve) {
        if let Err(error) = put(&mut self.connection, curve) {
            let path = self.path.display();
            tracing::debug!("journal {path}: a curve was not written: {}", words(&error));
        }
    }
}

impl Writer {
    /// Marks the curves of `service` that are still being drawn as ended.
    pub(super) fn end_curves(&mut self, service: &str, how: CurveEnd) {
        let open = unfinished(&self.connection).unwrap_or_default();
        for curve in open.into_iter().filter(|curve| curve.service == service) {
            self.keep_curve(&Curve { end: Some(how), ..curve });
        }
    }
}

fn put(connection: &mut Connection, curve: &Curve) -> Result<(), Failed> {
    connection.pragma_update(None, "synchronous", "NORMAL")?;
    connection.busy_timeout(super::facts::PATIENCE)?;
    let written = put_with_patience(connection, curve);
    connection.busy_timeout(open::PATIENCE)?;
    written
}

fn put_with_patience(connection: &mut Connection, curve: &Curve) -> Result<(), Failed> {
    open::migrate(connection)?;
    let all = connection.transaction()?;
    let began = number(curve.began.as_millis());
    let ended = curve.end.map(|_| began.saturating_add(number(curve.asked_ms)));
    // Nothing that was still on its way opens a curve again that has ended.
    let insert = "INSERT INTO curves VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT DO UPDATE
        SET ended = excluded.ended, curve = excluded.curve
        WHERE curves.ended IS NULL OR excluded.ended IS NOT NULL";
    let text = serde_json::to_string(curve)?;
    all.prepare_cached(insert)?.execute(params![
        curve.service,
        number(curve.id.0),
        began,
        ended,
        text
    ])?;
    let oldest = "DELETE FROM curves WHERE service = ?1 AND move NOT IN
        (SELECT move FROM curves WHERE service = ?1 ORDER BY move DESC LIMIT ?2)";
    all.prepare_cached(oldest)?.execute(params![curve.service, KEPT])?;
    Ok(all.commit()?)
}

/// The same curve, of which no more will be known.
pub(crate) fn interrupted(curve: Curve) -> Curve {
    Curve { end: Some(CurveEnd::Interrupted), ..curve }
}
