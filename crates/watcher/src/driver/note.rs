//! What humans do beside the decision is written into the journal here, for whoever waits for that.
use failover_core::{Event, EventRecord, Severity};
use tokio::sync::oneshot;

use super::Driver;
use super::step::Writing;
use crate::error::{CommandError, JournalError};
use crate::handle::Deed;
use crate::journal::Batch;

pub(crate) type Reply = oneshot::Sender<Result<EventRecord, CommandError>>;

/// A deed on its way to the disk.
#[derive(Debug)]
pub(super) struct Note {
    record: EventRecord,
    reply: Reply,
}

impl Driver {
    /// Writes a deed into the journal here. It is in no shared log: each watcher's journal holds what
    /// was done through it.
    pub(super) fn note(&mut self, deed: Deed, reply: Reply) {
        if let Some(trouble) = &self.trouble {
            let _ = reply.send(Err(CommandError::Journal(trouble.problem.clone())));
            return;
        }
        let Deed { who, what, before, after, failed } = deed;
        let event = Event::ByHand { who, what: what.clone(), before, after, failed };
        self.seq += 1;
        let record = EventRecord {
            seq: self.seq,
            at: self.setup.clock.now(),
            service: String::new(),
            severity: event.severity(),
            text: what,
            event,
        };
        let batch = Batch { events: vec![record.clone()], ..Batch::default() };
        self.write(batch, Writing::Note(Box::new(Note { record, reply })));
    }

    /// The journal has answered.
    pub(super) fn noted(&mut self, note: Note, written: Result<(), JournalError>) {
        let Note { record, reply } = note;
        if let Err(error) = written {
            self.seq -= 1;
            let _ = reply.send(Err(CommandError::Journal(error.to_string())));
            return;
        }
        let (seq, text) = (record.seq, &record.text);
        match record.severity {
            Severity::Info => tracing::info!(seq, "{text}"),
            _ => tracing::warn!(seq, "{text}"),
        }
        self.recent.push_front(record.clone());
        self.recent.truncate(self.setup.options.recent);
        self.pictures.hurry();
        let _ = reply.send(Ok(record));
    }
}
