//! Leading in turns: what the simulator's watchers do, with a real store.
//!
//! Whoever takes the lead builds its machines from the shared log before it says so to them, and a
//! machine that has lost it is told in the one order in which it wants to record nothing.
use std::collections::VecDeque;

use failover_core::{Failover, Input, State, Timestamp};
use tokio::sync::oneshot;

use super::Driver;
use super::gate::Gate;
use super::step::{Decided, Job, Step};
use crate::cluster::{Decision, Log, Term, Undecided};
use crate::error::CommandError;
use crate::journal::Batch;

impl Driver {
    /// This watcher leads from now on, and goes on where the log ends.
    pub(super) fn lead(&mut self, term: Term, log: Log) {
        if self.seated.is_none() || self.ending.is_some() || !term.holds() {
            term.finish();
            return;
        }
        let latest = latest(&log);
        self.setup.clock.catch_up(latest);
        let states: Vec<Option<State>> = self
            .services
            .iter()
            .map(|service| {
                let shared = log.states.get(service.setup.name());
                shared.map(|(_, shared)| shared.state.clone())
            })
            .collect();
        let revisions = log.states.iter().map(|(name, (revision, _))| (name.clone(), *revision));
        let (revisions, number) = (revisions.collect(), log.number());
        let power = log.power.clone();
        self.mirror(log);
        let Some(seated) = &mut self.seated else { return };
        (seated.revisions, seated.number) = (revisions, number);
        tracing::warn!("{} leads from now on (epoch {})", seated.group.vantage, term.epoch);
        seated.term = Some(term);
        // What waited was for the machines before; a human's word is for whoever leads.
        let commands: VecDeque<Job> =
            self.queue.drain(..).filter(|job| job.reply.is_some()).collect();
        for (service, state) in states.into_iter().enumerate() {
            // A service of which the log knows nothing goes on from this watcher's own journal.
            let state = state.unwrap_or_else(|| self.agreed(service).clone());
            self.rebuild(service, state);
        }
        self.queue.extend(commands);
        self.take_over_power(power);
        self.tell_what_is_in_hand();
        self.pictures.hurry();
    }

    /// Another machine for a service; nothing that was under way for the one before is for it.
    pub(super) fn rebuild(&mut self, place: usize, state: State) {
        let service = &mut self.services[place];
        service.recorder.interrupt();
        service.machine = Failover::new(service.setup.spec.policy.clone(), state);
        service.shared = None;
        service.lags_told.fill(None);
        service.let_go();
        service.places.iter().for_each(|provider| provider.prod.notify_one());
        self.queue.push_back(Job::of(place, Input::LeadershipLost));
        self.queue.push_back(Job::of(place, Input::Journal { writable: true }));
        for input in self.isolation(place) {
            self.queue.push_back(Job::of(place, input));
        }
        self.tell_lags(place);
        // Told of it as soon as it is known what was done alone.
        self.services[place].waits.get_or_insert_default();
    }

    /// The lease was prolonged.
    pub(super) fn prolonged(&mut self) {
        let Some(input) = self.leadership() else { return };
        for service in 0..self.services.len() {
            if self.services[service].waits.is_none() {
                self.queue.push_back(Job::of(service, input.clone()));
            }
        }
    }

    pub(super) fn leadership(&self) -> Option<Input> {
        let term = self.seated.as_ref()?.term.as_ref()?;
        let until = self.setup.clock.stamp(term.until().at);
        term.holds().then_some(Input::Leadership { epoch: term.epoch, until })
    }

    /// This watcher does not lead any more. Told at once that it does not, a machine would want to
    /// record that, too; without a journal it hears of it without a word.
    pub(super) fn lose_lead(&mut self) {
        let Some(seated) = &mut self.seated else { return };
        let Some(term) = seated.term.take() else { return };
        term.finish();
        seated.group.calls.send_replace(());
        let vantage = seated.group.vantage.clone();
        self.send_back_waiting();
        tracing::warn!("{vantage} does not lead any more (epoch {})", term.epoch);
        for place in (0..self.services.len()).rev() {
            let service = &mut self.services[place];
            service.recorder.interrupt();
            service.let_go();
            let [broken, works] = [false, true].map(|writable| Input::Journal { writable });
            for input in [works, Input::LeadershipLost, broken] {
                self.queue.push_front(Job::of(place, input));
            }
            self.yield_power(place);
        }
        self.pictures.hurry();
    }

    /// What writes have to pass; `None`: nothing may be written.
    pub(super) fn gate(&self) -> Option<Gate> {
        match &self.seated {
            None => Some(Gate::open()),
            Some(seated) => seated.term.clone().map(Gate::within),
        }
    }

    /// Puts a step into the shared log. Nothing of it has happened before it is there.
    pub(super) fn decide(&mut self, step: Step, now: Timestamp) {
        let setup = self.services[step.taken.service].setup.clone();
        let state = self.services[step.taken.service].machine.state().clone();
        let Some((seated, term)) =
            self.seated.as_ref().and_then(|seated| Some((seated, seated.term.clone()?)))
        else {
            tracing::error!("service {}: a follower has nothing to record", setup.name());
            self.undecided(step, &Undecided::Superseded);
            return;
        };
        let numbered = step.taken.records.iter().zip(seated.number + 1..);
        let events = numbered
            .map(|(record, number)| failover_core::EventRecord { seq: number, ..record.clone() });
        let decision = Decision {
            service: setup.name().to_owned(),
            at: now,
            state: state.clone(),
            events: events.collect(),
            after: seated.revisions.get(setup.name()).copied().unwrap_or(0),
            number: seated.number + step.taken.records.len() as u64,
            lone: None,
            adopts: false,
        };
        let group = seated.group.clone();
        let (reply, written) = oneshot::channel();
        let task = super::task::Task::spawn(async move {
            let _ = reply.send(group.decide(&term, &decision).await);
        });
        self.await_log(written, task, Decided { step, at: now, state });
    }

    /// The log has it: the journal here follows, and the step is carried out.
    pub(super) async fn decided(&mut self, decided: Decided, revision: u64) {
        let Decided { step, at, state } = decided;
        let setup = self.services[step.taken.service].setup.clone();
        self.setup.options.reached(setup.name(), "recorded").await;
        let Some(seated) = &mut self.seated else { return };
        seated.number += step.taken.records.len() as u64;
        seated.revisions.insert(setup.name().to_owned(), revision);
        let number = seated.number;
        let batch = Batch {
            events: step.taken.records.clone(),
            states: vec![(setup.name().to_owned(), at, state)],
            audit: step.audit.into_iter().collect(),
            news: step.taken.news.clone(),
            mirrored: seated.mirror.reached(number),
            ..Batch::default()
        };
        self.keep_mirror(batch);
        self.journal.keep(step.facts.chunks);
        self.carry_out(step.taken, step.job.reply);
    }

    /// The log does not have it, or nobody knows: the step was not taken, and the term is over.
    pub(super) fn undecided(&mut self, step: Step, why: &Undecided) {
        let Step { job, before, taken, facts, desk, .. } = step;
        self.services[taken.service].machine = before;
        if let Some(desk) = desk {
            self.desk = desk;
        }
        facts.undo(&mut self.services[taken.service].recorder);
        self.seq -= taken.records.len() as u64;
        let text = match why {
            Undecided::Superseded => {
                "nothing was changed: another watcher leads by now; give the command again"
                    .to_owned()
            }
            Undecided::Unknown(problem) => format!(
                "whether it was obeyed is not known, because the shared store was not reached in time \
                 ({problem}): look before you repeat it"
            ),
        };
        tracing::warn!("a step was not taken: {why:?}");
        if let Some(reply) = job.reply {
            let _ = reply.send(Err(CommandError::Elsewhere(text)));
        }
        self.lose_lead();
    }
}

/// The latest moment in the log.
fn latest(log: &Log) -> Timestamp {
    let states = log.states.values().map(|(_, shared)| shared.at);
    let events = log.events.iter().map(|record| record.at);
    states.chain(events).max().unwrap_or_default()
}
