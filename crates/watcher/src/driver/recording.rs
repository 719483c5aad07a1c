//! Recording what the machines are told: with the events it led to, or a little later.
use std::time::{Duration, Instant};

use failover_core::{Event, EventRecord, Failover, Input, Severity, Timestamp};

use super::Driver;
use crate::facts::{Chunk, Recorder, Undo};
use crate::journal::Retention;

/// When facts are written, and whether at all.
#[derive(Debug)]
pub(super) struct Recording {
    flush: Duration,
    /// When facts that led to nothing are written next; `None`: nothing is recorded.
    due: Option<Instant>,
    /// How often the journal has given up facts, as far as the recorders know.
    losses: u64,
}

impl Recording {
    pub(super) fn new(retention: &Retention) -> Self {
        let flush = retention.flush.max(Duration::from_millis(10));
        let wanted = !retention.quiet_for.is_zero();
        Self { flush, due: wanted.then(|| Instant::now() + flush), losses: 0 }
    }

    pub(super) fn due(&self) -> Option<Instant> {
        self.due
    }
}

/// The facts that go into the journal with a step.
#[derive(Debug)]
pub(super) struct Facts {
    pub(super) chunks: Vec<Chunk>,
    undo: Option<Undo>,
}

impl Facts {
    /// None are recorded of what leads to nothing in a machine of the group.
    pub(super) fn none() -> Self {
        Self { chunks: Vec::new(), undo: None }
    }

    /// The step was not taken after all: all facts but its own wait again.
    pub(super) fn undo(self, recorder: &mut Recorder) {
        recorder.put_back(self.chunks);
        if let Some(undo) = self.undo {
            recorder.undo(undo);
        }
    }
}

impl Driver {
    /// Notes the fact of the step that was just taken; `before` is the machine before it.
    pub(super) fn note_fact(
        &mut self,
        service: usize,
        now: Timestamp,
        fact: &Input,
        before: &Failover,
    ) -> Option<Undo> {
        self.recording.due?;
        if !self.leads() {
            // What a follower is told leads to nothing; whoever leads records it.
            return None;
        }
        let losses = self.journal.losses();
        if std::mem::replace(&mut self.recording.losses, losses) != losses {
            self.services.iter_mut().for_each(|service| service.recorder.lose());
        }
        let service = &mut self.services[service];
        service.recorder.note(now, fact, before, &service.machine, self.seq)
    }

    /// The latest fact has led to these records.
    pub(super) fn mark_fact(&mut self, service: usize, records: &[EventRecord]) {
        if records.iter().any(is_notable) {
            self.services[service].recorder.mark();
        }
    }

    /// The facts of one service up to the step that was just taken.
    pub(super) fn facts_of(&mut self, service: usize, undo: Option<Undo>) -> Facts {
        Facts { chunks: self.services[service].recorder.take(), undo }
    }

    /// The facts of all services that wait; events that are lost make them useless.
    pub(super) fn facts_of_all(&mut self, lost: bool) -> Vec<Vec<Chunk>> {
        let each = self.services.iter_mut().map(|service| {
            if lost {
                service.recorder.lose();
            }
            service.recorder.take()
        });
        each.collect()
    }

    pub(super) fn put_back_facts(&mut self, facts: Vec<Vec<Chunk>>) {
        for (service, chunks) in self.services.iter_mut().zip(facts) {
            service.recorder.put_back(chunks);
        }
    }

    /// Writes what has led to nothing, when it is due and the journal can be written.
    pub(super) fn keep_quiet_facts(&mut self, now: Instant) {
        if self.recording.due.is_none_or(|due| due > now) {
            return;
        }
        self.recording.due = Some(now + self.recording.flush);
        if self.trouble.is_none() {
            let facts = self.facts_of_all(false);
            self.journal.keep(facts.concat());
        }
    }

    /// All that is left to be written when the watcher ends.
    pub(super) fn last_facts(&mut self) -> Vec<Chunk> {
        if self.trouble.as_ref().is_some_and(|trouble| trouble.lost > 0) {
            return Vec::new();
        }
        self.services.iter_mut().flat_map(|service| service.recorder.take_last()).collect()
    }
}

/// What happened is worth looking at again later.
fn is_notable(record: &EventRecord) -> bool {
    let woke = record.severity == Severity::Critical;
    woke || matches!(record.event, Event::MoveStarted { .. })
}
