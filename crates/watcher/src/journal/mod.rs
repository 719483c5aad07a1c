//! The journal: what happened, durable before anything is done about it.
//!
//! One SQLite file (WAL, `synchronous=FULL`), one writing thread, one writer per file.
mod open;
mod read;
mod schema;
#[cfg(test)]
mod tests;
mod write;

use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::thread;

use failover_core::{Actor, Command, EventRecord, State, Timestamp};
use tokio::sync::oneshot;

use crate::error::JournalError;

pub(crate) use open::{Terms, open};
pub(crate) use read::read_events;

/// All that one step leaves behind; written as a whole or not at all.
#[derive(Clone, Debug, Default)]
pub(crate) struct Batch {
    /// The events, numbered.
    pub(crate) events: Vec<EventRecord>,
    /// The state after them, by service.
    pub(crate) states: Vec<(String, Timestamp, State)>,
    /// What was commanded.
    pub(crate) audit: Vec<Audit>,
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

enum Order {
    Commit(Batch, oneshot::Sender<Result<(), JournalError>>),
    Close(oneshot::Sender<()>),
}

/// The writing thread of one journal file.
#[derive(Debug)]
pub(crate) struct Journal {
    path: PathBuf,
    orders: mpsc::Sender<Order>,
}

impl Journal {
    /// Moves `writer` to a thread of its own.
    pub(crate) fn start(path: &Path, writer: write::Writer) -> Result<Self, JournalError> {
        let (orders, incoming) = mpsc::channel();
        let failed = |error: std::io::Error| JournalError::Io {
            path: path.to_owned(),
            message: format!("its thread cannot be started: {error}"),
        };
        thread::Builder::new()
            .name("journal".to_owned())
            .spawn(move || serve(writer, &incoming))
            .map_err(failed)?;
        Ok(Self { path: path.to_owned(), orders })
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

    /// Empties the write-ahead log into the file and gives the lock back.
    pub(crate) async fn close(self) {
        let (reply, closed) = oneshot::channel();
        if self.orders.send(Order::Close(reply)).is_ok() {
            let _ = closed.await;
        }
    }
}

fn serve(mut writer: write::Writer, incoming: &mpsc::Receiver<Order>) {
    while let Ok(order) = incoming.recv() {
        match order {
            Order::Commit(batch, reply) => {
                let _ = reply.send(writer.commit(&batch));
            }
            Order::Close(reply) => {
                writer.close();
                let _ = reply.send(());
                return;
            }
        }
    }
}
