//! The journal: what happened, durable before anything is done about it.
//!
//! One SQLite file (WAL, `synchronous=FULL`), one writing thread, one writer per file.
mod curves;
mod facts;
mod lone;
mod mirrored;
mod notices;
mod open;
mod power;
mod read;
mod recorded;
mod retention;
mod schema;
mod search;
#[cfg(test)]
mod tests;
mod write;

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, mpsc};
use std::thread;

use failover_core::{Actor, Command, Curve, CurveEnd, EventRecord, State, Timestamp};
use tokio::sync::oneshot;

use crate::error::JournalError;
use crate::facts::Chunk;
use crate::power::PowerChange;
use crate::telling::News;

pub(crate) use curves::interrupted;
pub use curves::read_curves;
pub(crate) use lone::{LoneRow, Stage};
pub(crate) use notices::Told;
pub use notices::read_notifications;
pub(crate) use open::{Terms, open};
pub use power::power_changes;
pub use read::read_events;
pub(crate) use recorded::{Recorded, SegmentRow};
pub use retention::Retention;
pub use search::{EventQuery, search_events};

/// All that one step leaves behind; written as a whole or not at all.
#[derive(Clone, Debug, Default)]
pub(crate) struct Batch {
    /// The events, numbered.
    pub(crate) events: Vec<EventRecord>,
    /// The state after them, by service.
    pub(crate) states: Vec<(String, Timestamp, State)>,
    /// What was commanded.
    pub(crate) audit: Vec<Audit>,
    /// Changes of power.
    pub(crate) power: Vec<PowerChange>,
    /// What people are told.
    pub(crate) news: News,
    /// The facts that led to it. If only they cannot be written, the rest is written without them.
    pub(crate) facts: Vec<Chunk>,
    /// How far the shared log was followed with it: which log, and the number of its event.
    pub(crate) mirrored: Option<(String, u64)>,
    /// A move that is made here alone; the events are of it.
    pub(crate) lone: Option<Box<LoneRow>>,
}

/// One command and what became of it.
#[derive(Clone, Debug)]
pub(crate) struct Audit {
    pub(crate) at: Timestamp,
    pub(crate) service: String,
    pub(crate) who: Actor,
    pub(crate) command: Command,
    /// `obeyed`, or `refused: ` and why.
    pub(crate) outcome: String,
}

/// The answer to a written batch; see [`Journal::commit`].
pub(crate) type Written = oneshot::Receiver<Result<(), JournalError>>;

#[derive(Debug)]
enum Order {
    Commit(Batch, oneshot::Sender<Result<(), JournalError>>),
    Facts(Vec<Chunk>),
    Tell(News),
    Curve(Box<Curve>),
    EndCurves(String, CurveEnd),
    Close(oneshot::Sender<()>),
}

/// The writing thread of one journal file.
#[derive(Clone, Debug)]
pub(crate) struct Journal {
    path: PathBuf,
    orders: mpsc::Sender<Order>,
    /// Counts how often facts were given up.
    losses: Arc<AtomicU64>,
}

impl Journal {
    /// Moves `writer` to a thread of its own.
    pub(crate) fn start(path: &Path, writer: write::Writer) -> Result<Self, JournalError> {
        let (orders, incoming) = mpsc::channel();
        let losses = writer.losses();
        let failed = |error: std::io::Error| JournalError::Io {
            path: path.to_owned(),
            message: format!("its thread cannot be started: {error}"),
        };
        thread::Builder::new()
            .name("journal".to_owned())
            .spawn(move || serve(writer, &incoming))
            .map_err(failed)?;
        Ok(Self { path: path.to_owned(), orders, losses })
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Writes `batch` in one transaction; the answer comes when it is on the disk or certainly is
    /// not. A closed answer means that the journal's thread is gone.
    pub(crate) fn commit(&self, batch: Batch) -> Written {
        let (reply, written) = oneshot::channel();
        // A dead thread drops the order and with it the reply: the caller sees a closed answer.
        let _ = self.orders.send(Order::Commit(batch, reply));
        written
    }

    /// Writes facts that nobody waits for. What becomes of them is seen in [`Journal::losses`].
    pub(crate) fn keep(&self, facts: Vec<Chunk>) {
        if !facts.is_empty() {
            let _ = self.orders.send(Order::Facts(facts));
        }
    }

    /// A way to write what becomes of notifications, for whoever delivers them.
    pub(crate) fn notes(&self) -> Notes {
        Notes(self.orders.clone())
    }

    /// Where curves are kept.
    pub(crate) fn curves(&self) -> Curves {
        Curves(self.orders.clone())
    }

    /// Rises whenever facts were given up: every segment that is open then has a hole.
    pub(crate) fn losses(&self) -> u64 {
        self.losses.load(Ordering::SeqCst)
    }

    /// Empties the write-ahead log into the file and gives the lock back.
    pub(crate) async fn close(self) {
        let (reply, closed) = oneshot::channel();
        if self.orders.send(Order::Close(reply)).is_ok() {
            let _ = closed.await;
        }
    }
}

/// Writes what nobody waits for.
#[derive(Clone, Debug)]
pub(crate) struct Notes(mpsc::Sender<Order>);

impl Notes {
    pub(crate) fn tell(&self, news: News) {
        if !news.is_empty() {
            // After the end of the journal's thread it is told again by the next watcher.
            let _ = self.0.send(Order::Tell(news));
        }
    }
}

/// Keeps curves. Nobody waits for them, and what decides does not pass here.
#[derive(Clone, Debug)]
pub(crate) struct Curves(mpsc::Sender<Order>);

impl Curves {
    /// Writes what is known of a curve by now.
    pub(crate) fn keep(&self, curve: Curve) {
        let _ = self.0.send(Order::Curve(Box::new(curve)));
    }

    /// Ends the curves of `service` that are still being drawn.
    pub(crate) fn end(&self, service: &str, how: CurveEnd) {
        let _ = self.0.send(Order::EndCurves(service.to_owned(), how));
    }
}

fn serve(mut writer: write::Writer, incoming: &mpsc::Receiver<Order>) {
    while let Ok(order) = incoming.recv() {
        match order {
            Order::Commit(batch, reply) => {
                let _ = reply.send(writer.commit(&batch));
                writer.clear_out();
                writer.tell_again();
            }
            Order::Facts(chunks) => {
                writer.keep(chunks);
                writer.clear_out();
            }
            Order::Tell(news) => writer.tell(news),
            Order::Curve(curve) => writer.keep_curve(&curve),
            Order::EndCurves(service, how) => writer.end_curves(&service, how),
            Order::Close(reply) => {
                writer.tell_again();
                writer.close();
                let _ = reply.send(());
                return;
            }
        }
    }
}
