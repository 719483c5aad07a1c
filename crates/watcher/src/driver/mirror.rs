//! The journal here follows the shared log, so that it can be read and gone on from without a store.
use std::collections::{BTreeMap, VecDeque};

use failover_core::{EventRecord, Failover, Input, Severity};

use super::task::Task;
use super::{Driver, Fact};
use crate::alert::Alert;
use crate::cluster::Log;
use crate::journal::Batch;

/// The key of the alert that this journal does not follow.
const MIRROR: &str = "mirror";
/// Between two tries to write.
const PAUSE: std::time::Duration = std::time::Duration::from_millis(500);

/// How far the journal here has followed.
#[derive(Debug, Default)]
pub(crate) struct Mirror {
    /// The log that is followed.
    log: Option<String>,
    /// The number of the latest event of each log that was ever followed.
    numbers: BTreeMap<String, u64>,
    /// What is to be written, in order; the first one is being written.
    waiting: VecDeque<Batch>,
    writing: Option<Task>,
    pub(super) problem: Option<String>,
}

impl Mirror {
    pub(crate) fn new(numbers: BTreeMap<String, u64>) -> Self {
        Self { numbers, ..Self::default() }
    }

    fn number(&self) -> u64 {
        self.log.as_ref().and_then(|log| self.numbers.get(log)).copied().unwrap_or(0)
    }

    /// The log was followed up to this event; what the journal is to remember of that.
    pub(super) fn reached(&mut self, number: u64) -> Option<(String, u64)> {
        let log = self.log.clone()?;
        self.numbers.insert(log.clone(), number);
        Some((log, number))
    }
}

impl Driver {
    /// Takes in what is new in the log.
    pub(super) fn mirror(&mut self, log: Log) {
        let leads = self.leads();
        if self.seated.as_ref().is_some_and(|seated| leads && log.number() > seated.number) {
            // The log has gone on without this watcher, which heard of that before it noticed.
            self.lose_lead();
        }
        let Some(seated) = &mut self.seated else { return };
        if log.id.is_some() && seated.mirror.log != log.id {
            // Another log knows nothing of the moves of the one before.
            seated.lone.clear();
            seated.mirror.log.clone_from(&log.id);
        }
        let known = seated.mirror.number();
        let number = log.number();
        let first = log.events.iter().map(|record| record.seq).find(|number| *number > known);
        if let Some(first) = first.filter(|first| known > 0 && *first > known + 1) {
            tracing::warn!(
                "the shared log has forgotten its events {} to {}",
                known + 1,
                first - 1
            );
        }
        for (id, (revision, lone)) in log.lone {
            if seated.lone.get(&id).is_none_or(|(known, _)| *known < revision) {
                seated.lone.insert(id, (revision, lone));
            }
        }
        let here = |record: &EventRecord| {
            // What was done here alone is in the journal here.
            let origin = log.origins.get(&record.seq);
            origin.is_some_and(|origin| seated.own.contains(origin))
        };
        let news = |record: &EventRecord| record.seq > known && !here(record);
        let news: Vec<EventRecord> = log.events.into_iter().filter(news).collect();
        let mut events = Vec::new();
        let mut numbers = Vec::new();
        for record in news {
            self.seq += 1;
            // Of what was done alone people were told where it was done.
            numbers.push((!log.origins.contains_key(&record.seq)).then_some(record.seq));
            events.push(EventRecord { seq: self.seq, ..record });
        }
        let mut states = Vec::new();
        for (name, (_, shared)) in log.states {
            let place = self.services.iter().position(|one| one.setup.name() == name);
            if let Some(place) = place.filter(|_| !self.leads()) {
                self.show_shared(place, shared.state.clone());
            }
            // What was followed already is in the journal here, and nothing older may replace it.
            if shared.number > known {
                states.push((name, shared.at, shared.state));
            }
        }
        for (number, record) in numbers.into_iter().zip(&events) {
            self.remember_of_others(record);
            self.overhear(number, record);
        }
        let Some(seated) = &mut self.seated else { return };
        if let Some(told) = log.told {
            seated.in_hand.reached(told);
        }
        let mirrored = seated.mirror.reached(number.max(known));
        if !events.is_empty() || !states.is_empty() {
            self.keep_mirror(Batch { events, states, mirrored, ..Batch::default() });
            self.pictures.hurry();
        }
        self.look_after_lone_moves();
    }

    /// What people are shown while another watcher leads; it decides nothing.
    fn show_shared(&mut self, place: usize, state: failover_core::State) {
        let now = self.setup.clock.now();
        let service = &mut self.services[place];
        let mut machine = Failover::new(service.setup.spec.policy.clone(), state);
        machine.step(now, Input::LeadershipLost);
        service.shared = Some(machine);
    }

    /// Writes a batch after those before it, however often it takes.
    pub(super) fn keep_mirror(&mut self, batch: Batch) {
        let Some(seated) = &mut self.seated else { return };
        seated.mirror.waiting.push_back(batch);
        if seated.mirror.writing.is_none() {
            self.write_mirror(false);
        }
    }

    fn write_mirror(&mut self, again: bool) {
        let Some(seated) = &mut self.seated else { return };
        let Some(batch) = seated.mirror.waiting.front() else {
            seated.mirror.writing = None;
            return;
        };
        let (batch, facts, journal) = (batch.clone(), self.facts.0.clone(), self.journal.clone());
        seated.mirror.writing = Some(Task::spawn(async move {
            if again {
                tokio::time::sleep(PAUSE).await;
            }
            let problem = match journal.commit(batch).await {
                Ok(Ok(())) => None,
                Ok(Err(error)) => Some(error.to_string()),
                Err(_) => Some("its thread has ended".to_owned()),
            };
            let _ = facts.send(Fact::Mirrored(problem)).await;
        }));
    }

    /// A batch was written, or was not.
    pub(super) fn mirrored(&mut self, problem: Option<String>) {
        let Some(seated) = &mut self.seated else { return };
        seated.mirror.problem.clone_from(&problem);
        match problem {
            None => {
                seated.mirror.waiting.pop_front();
                self.write_mirror(false);
                self.clear(MIRROR, "The journal here follows the shared log again.");
            }
            Some(problem) => {
                self.write_mirror(true);
                let text = format!(
                    "The journal here does not follow the shared log, which goes on: {problem}."
                );
                self.raise(Alert::new(MIRROR, Severity::Warning, text));
            }
        }
    }

    /// The last that is written before this watcher ends.
    pub(super) async fn last_mirror(&mut self) {
        let Some(seated) = &mut self.seated else { return };
        // The one that is being written may be written already; the others certainly are not.
        let mut waiting = std::mem::take(&mut seated.mirror.waiting);
        if let Some(mut writing) = seated.mirror.writing.take() {
            writing.ends_within(super::LAST_WRITE).await;
            waiting.pop_front();
        }
        for batch in waiting {
            let _ = tokio::time::timeout(super::LAST_WRITE, self.journal.commit(batch)).await;
        }
    }
}
