//! Notifications in the journal: written with what they are about, and until they are delivered.
use std::path::Path;

use failover_core::{Severity, Timestamp};
use notify::Kind;
use rusqlite::{Connection, Row, Transaction, params};

use super::write::{Failed, Writer, number, words};
use super::{open, read};
use crate::error::JournalError;
use crate::telling::{Condition, Delivery, Filter, News, Notification};

/// Outcomes that wait for a journal that cannot be written just now.
const WAITING_MAX: usize = 4096;
/// How long what has ended is kept.
const KEPT: u64 = 90 * 86_400_000;
/// At most this many per call.
const LIMIT_MAX: u32 = 10_000;

/// What is remembered of telling people.
#[derive(Debug, Default)]
pub(crate) struct Told {
    pub(crate) conditions: Vec<Condition>,
    /// What was not delivered, oldest first.
    pub(crate) waiting: Vec<Notification>,
    /// The number of the latest notification.
    pub(crate) latest: u64,
}

/// The notifications in the journal at `path`, newest first, at most `limit`, beside a watcher that
/// may be running.
pub fn read_notifications(
    path: &Path,
    limit: u32,
    filter: &Filter,
) -> Result<Vec<Notification>, JournalError> {
    let failed = |error: Failed| JournalError::Io { path: path.to_owned(), message: words(&error) };
    let look = || -> Result<Vec<Notification>, Failed> {
        let connection = read::read_only(path)?;
        if read::version(&connection)? < 4 {
            return Ok(Vec::new());
        }
        let latest = format!(
            "{SELECT} WHERE (?2 IS NULL OR channel = ?2) AND (?3 IS NULL OR delivery = ?3)
             ORDER BY id DESC LIMIT ?1"
        );
        let delivery = filter.delivery.map(Delivery::word);
        let wanted = params![limit.min(LIMIT_MAX), filter.channel, delivery];
        rows(&connection, &latest, wanted)
    };
    look().map_err(failed)
}

pub(super) fn told(connection: &Connection) -> Result<Told, Failed> {
    if read::version(connection)? < 4 {
        return Ok(Told::default());
    }
    let latest = "SELECT coalesce(max(id), 0) FROM notifications";
    let latest: i64 = connection.query_row(latest, [], |row| row.get(0))?;
    let waiting = format!("{SELECT} WHERE delivery = 'waiting' ORDER BY id LIMIT ?1");
    Ok(Told {
        conditions: conditions(connection)?,
        waiting: rows(connection, &waiting, [LIMIT_MAX])?,
        latest: unsigned(latest),
    })
}

/// Forgets what ended long ago.
pub(super) fn clear_out(connection: &Connection, now: Timestamp) -> Result<(), Failed> {
    let oldest = number(now.as_millis().saturating_sub(KEPT));
    let old = "DELETE FROM notifications WHERE delivery != 'waiting' AND at < ?1";
    connection.execute(old, [oldest])?;
    Ok(())
}

pub(super) fn put(all: &Transaction<'_>, news: &News) -> Result<(), Failed> {
    for key in &news.over {
        all.prepare_cached("DELETE FROM conditions WHERE key = ?1")?.execute([key])?;
    }
    for condition in &news.begun {
        let Condition { key, severity, peak, service, text, since, acknowledged } = condition;
        let insert = "INSERT OR REPLACE INTO conditions VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
        all.prepare_cached(insert)?.execute(params![
            key,
            severity_word(*severity),
            severity_word(*peak),
            service,
            text,
            number(since.as_millis()),
            acknowledged
        ])?;
    }
    for notification in &news.notifications {
        put_notification(all, notification)?;
    }
    Ok(())
}

fn put_notification(all: &Transaction<'_>, one: &Notification) -> Result<(), Failed> {
    // The outcome may have come before the message itself could be written.
    let insert = if one.attempts == 0 && one.delivery == Delivery::Waiting {
        "INSERT OR IGNORE INTO notifications
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)"
    } else {
        "INSERT OR REPLACE INTO notifications
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)"
    };
    all.prepare_cached(insert)?.execute(params![
        number(one.id),
        one.uid,
        number(one.at.as_millis()),
        one.channel,
        one.key,
        one.kind.word(),
        severity_word(one.severity),
        one.service,
        one.text,
        one.since.map(|since| number(since.as_millis())),
        one.attempts,
        one.delivery.word(),
        one.ended.map(|ended| number(ended.as_millis())),
        one.problem
    ])?;
    Ok(())
}

impl Writer {
    /// Tries again to write what could not be written.
    pub(super) fn tell_again(&mut self) {
        if !self.news.is_empty() {
            self.tell(News::default());
        }
    }

    /// Writes news that nobody waits for, without waiting for the disk. What cannot be written now
    /// is tried again with the next ones; lost, a message is told twice at worst.
    pub(super) fn tell(&mut self, news: News) {
        self.news.merge(news);
        match write(&mut self.connection, &self.news) {
            Ok(()) => self.news = News::default(),
            Err(error) if error.may_pass() && self.news.notifications.len() < WAITING_MAX => {}
            Err(error) => {
                let path = self.path.display();
                tracing::error!(
                    "journal {path}: what has become of notifications is not recorded, so that \
                     some may be told again after a restart: {}",
                    words(&error)
                );
                self.news = News::default();
            }
        }
    }
}

fn write(connection: &mut Connection, news: &News) -> Result<(), Failed> {
    // As with facts: with the next event it is on the disk.
    connection.pragma_update(None, "synchronous", "NORMAL")?;
    open::migrate(connection)?;
    let all = connection.transaction()?;
    put(&all, news)?;
    Ok(all.commit()?)
}

const SELECT: &str = "SELECT id, uid, at, channel, key, kind, severity, service, text, since,
    attempts, delivery, ended, problem FROM notifications";

fn rows(
    connection: &Connection,
    query: &str,
    wanted: impl rusqlite::Params,
) -> Result<Vec<Notification>, Failed> {
    let mut statement = connection.prepare(query)?;
    let mut rows = statement.query(wanted)?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        // What a later version writes is none of this one's business.
        found.extend(notification(row)?);
    }
    Ok(found)
}

fn notification(row: &Row<'_>) -> Result<Option<Notification>, Failed> {
    let (kind, severity, delivery): (String, String, String) =
        (row.get(5)?, row.get(6)?, row.get(11)?);
    let kind = Kind::ALL.into_iter().find(|known| known.word() == kind);
    let delivery = Delivery::ALL.into_iter().find(|known| known.word() == delivery);
    let (Some(kind), Some(delivery)) = (kind, delivery) else { return Ok(None) };
    Ok(Some(Notification {
        id: unsigned(row.get(0)?),
        uid: row.get(1)?,
        at: moment(row.get(2)?),
        channel: row.get(3)?,
        key: row.get(4)?,
        kind,
        severity: severity_of(&severity)?,
        service: row.get(7)?,
        text: row.get(8)?,
        since: row.get::<_, Option<i64>>(9)?.map(moment),
        attempts: row.get(10)?,
        delivery,
        ended: row.get::<_, Option<i64>>(12)?.map(moment),
        problem: row.get(13)?,
    }))
}

fn conditions(connection: &Connection) -> Result<Vec<Condition>, Failed> {
    let query = "SELECT key, severity, peak, service, text, since, acknowledged FROM conditions";
    let mut statement = connection.prepare(query)?;
    let mut rows = statement.query([])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let (severity, peak): (String, String) = (row.get(1)?, row.get(2)?);
        found.push(Condition {
            key: row.get(0)?,
            severity: severity_of(&severity)?,
            peak: severity_of(&peak)?,
            service: row.get(3)?,
            text: row.get(4)?,
            since: moment(row.get(5)?),
            acknowledged: row.get(6)?,
        });
    }
    Ok(found)
}

fn severity_word(severity: Severity) -> &'static str {
    match severity {
        Severity::Info => "info",
        Severity::Warning => "warning",
        Severity::Critical => "critical",
    }
}

fn severity_of(word: &str) -> Result<Severity, Failed> {
    Ok(serde_json::from_value(word.into())?)
}

fn unsigned(value: i64) -> u64 {
    u64::try_from(value).unwrap_or(0)
}

fn moment(value: i64) -> Timestamp {
    Timestamp::from_millis(unsigned(value))
}
