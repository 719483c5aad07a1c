//! A move that an operator orders at one watcher while the store is away.
//!
//! It is made by a machine of its own that goes on from the state this watcher knows, is fenced by
//! nothing but the order, and is disarmed for everything else: it hears of no probe and moves nothing
//! by itself. What it does is in the journal here first. As soon as the store is reached nothing more
//! is done, and the group is told.
use std::time::{Duration, Instant};

use failover_core::{Actor, Command, Event, Failover, Input, Output, SiteId};

use super::Driver;
use super::gate::Gate;
use super::service::Service;
use super::step::{Job, Reply, Step, Taken};
use crate::cluster::{Base, LoneMove, Standing, random_id};
use crate::error::{CommandError, JournalError};
use crate::journal::{Batch, LoneRow, Stage};

/// Between two tries to write.
const PAUSE: Duration = Duration::from_millis(500);

/// What a service that is moved from here alone has beside its machine.
#[derive(Debug)]
pub(crate) struct Alone {
    /// The machine that counts votes, meanwhile.
    pub(super) witness: Failover,
    /// Set while the journal cannot be written: until when nothing is tried, and what must not be
    /// lost.
    stuck: Option<(Instant, Vec<Job>)>,
}

impl Driver {
    /// Moves a service from here, although nobody else can be told.
    pub(super) fn command_alone(
        &mut self,
        place: usize,
        who: Actor,
        (from, to): (SiteId, SiteId),
        reply: Reply,
    ) {
        let command = Command::Force { from, to };
        if let Some(seated) = &self.seated {
            if seated.is_member() {
                let text = "the watchers' shared store is reached: give the order without it being for \
                            this watcher alone, and the one that leads obeys it";
                drop(reply.send(Err(CommandError::NotAlone(text.to_owned()))));
                return;
            }
            if !seated.tried {
                let text = "this watcher has only just begun and does not know yet whether the shared \
                            store is reached: give the order again in a moment";
                drop(reply.send(Err(CommandError::NotAlone(text.to_owned()))));
                return;
            }
            self.begin_alone(place, &who);
        }
        let input = Input::Operator { who, command };
        self.queue.push_back(Job { service: place, input, reply: Some(reply) });
    }

    /// Lets a machine of its own go on from what is known, unless there is one.
    fn begin_alone(&mut self, place: usize, who: &Actor) {
        if self.services[place].alone.is_some() {
            return;
        }
        let now = self.setup.clock.now();
        let latest = self.services[place].lone.last().map(|row| row.state.clone());
        let mut state = latest.unwrap_or_else(|| self.agreed(place).clone());
        let base = Base::of(&state);
        // Not an event: the group never hears of it, and it ends with the machine.
        state.apply(now, &Event::Disarmed { who: Actor::machine(), until: None });
        let service = self.services[place].setup.name().to_owned();
        let row = LoneRow {
            id: random_id(),
            service,
            at: now,
            who: who.clone(),
            base,
            state,
            events: Vec::new(),
            stage: Stage::Acting,
        };
        if let Some(seated) = &mut self.seated {
            seated.own.insert(row.id.clone());
        }
        self.services[place].lone.push(row);
        self.act_alone(place);
    }

    fn act_alone(&mut self, place: usize) {
        let service = &mut self.services[place];
        let Some(row) = service.lone.last() else { return };
        let machine = Failover::new(service.setup.spec.policy.clone(), row.state.clone());
        let witness = std::mem::replace(&mut service.machine, machine);
        service.alone = Some(Alone { witness, stuck: None });
        self.pictures.hurry();
    }

    /// The store is not reached: what was being done from here goes on.
    pub(super) fn resume_alone(&mut self) {
        for place in 0..self.services.len() {
            let service = &self.services[place];
            let acting = service.lone.last().is_some_and(|row| row.stage == Stage::Acting);
            if acting && service.alone.is_none() {
                self.act_alone(place);
                self.takes_up_move(place);
                self.resume_power_of(place);
                self.queue.push_back(Job::of(place, Input::Tick));
            }
        }
        self.look_after_lone_moves();
    }

    /// The store is reached: nothing more is done from here.
    pub(super) fn stop_alone(&mut self, place: usize) {
        let service = &mut self.services[place];
        if let Some(alone) = service.alone.take() {
            service.machine = alone.witness;
            service.let_go();
            self.yield_power(place);
        }
        for row in &mut self.services[place].lone {
            row.stage = Stage::Handing;
        }
        self.pictures.hurry();
    }

    /// What writes of a service have to pass; `None`: nothing may be written.
    pub(super) fn gate_of(&self, place: usize) -> Option<Gate> {
        if self.services[place].alone.is_some() { Some(Gate::open()) } else { self.gate() }
    }

    /// One step of a machine that moves alone.
    pub(super) async fn step_alone(&mut self, job: Job) {
        let now = self.setup.clock.now();
        let service = &mut self.services[job.service];
        service.notices(now, &job.input, &self.setup.counts, job.service);
        service.stepped = Instant::now();
        let Some(alone) = &mut service.alone else { return };
        let seen = matches!(
            job.input,
            Input::Probed { .. } | Input::Isolated { .. } | Input::Lag { .. } | Input::Tick
        );
        if seen {
            // It follows, so that it asks for nothing.
            drop(alone.witness.step(now, job.input.clone()));
            if job.input != Input::Tick {
                return;
            }
        }
        if !self.is_unstuck(&job) {
            self.stick(job);
            return;
        }
        let service = &mut self.services[job.service];
        let before = service.machine.clone();
        let outputs = service.machine.step(now, job.input.clone());
        if outputs.iter().any(|output| matches!(output, Output::Refused { .. })) {
            self.refuse_alone(job, before, outputs, now);
            return;
        }
        let records = self.records(job.service, now, &outputs);
        let audit = self.audit(&job, now, &outputs);
        let desk = Some(self.desk.clone());
        let news = self.news_of(job.service, &records);
        let taken = Taken { service: job.service, outputs, records, news };
        if taken.records.is_empty() {
            self.carry_out(taken, job.reply);
            return;
        }
        let setup = self.services[job.service].setup.clone();
        self.setup.options.reached(setup.name(), "decided").await;
        let facts = super::recording::Facts::none();
        let service = &self.services[job.service];
        let Some(row) = service.lone.last() else { return };
        let row = LoneRow { state: service.machine.state().clone(), ..row.clone() };
        let batch = Batch {
            events: taken.records.clone(),
            audit: audit.into_iter().collect(),
            news: taken.news.clone(),
            lone: Some(Box::new(row)),
            ..Batch::default()
        };
        self.write_alone(batch, Step { job, before, taken, facts, audit: None, desk });
    }

    /// It is in the journal here.
    pub(super) async fn moved_alone(&mut self, step: Step) {
        let setup = self.services[step.taken.service].setup.clone();
        self.setup.options.reached(setup.name(), "recorded").await;
        let service = &mut self.services[step.taken.service];
        let state = service.machine.state().clone();
        if let Some(row) = service.lone.last_mut() {
            row.events.extend(step.taken.records.iter().cloned());
            row.state = state;
        }
        self.carry_out(step.taken, step.job.reply);
        self.look_after_lone_moves();
    }

    /// Nothing of the step is durable, so none of it may be seen outside.
    pub(super) fn undo_alone(&mut self, step: Step, error: &JournalError) {
        let Step { job, before, taken, desk, .. } = step;
        self.seq -= taken.records.len() as u64;
        self.desk = desk.unwrap_or_else(|| self.desk.clone());
        self.services[taken.service].machine = before;
        tracing::error!("a step was not taken: {error}");
        let place = job.service;
        if let Some(reply) = job.reply {
            let _ = reply.send(Err(CommandError::Journal(error.to_string())));
            self.end_unused(place);
            return;
        }
        if let Some(alone) = &mut self.services[place].alone {
            alone.stuck = Some((Instant::now() + PAUSE, Vec::new()));
            self.stick(job);
        }
    }

    fn is_unstuck(&mut self, job: &Job) -> bool {
        let Some(alone) = &mut self.services[job.service].alone else { return false };
        let over = alone.stuck.take_if(|(until, _)| *until <= Instant::now());
        self.queue.extend(over.into_iter().flat_map(|(_, jobs)| jobs));
        self.services[job.service].alone.as_ref().is_some_and(|alone| alone.stuck.is_none())
    }

    /// Keeps what nobody says twice until the journal can be written.
    fn stick(&mut self, job: Job) {
        if let Some(reply) = job.reply {
            let text = "it could not be written a moment ago; give the order again".to_owned();
            let _ = reply.send(Err(CommandError::Journal(text)));
        } else if matches!(
            job.input,
            Input::Receipt { .. } | Input::Fenced { .. } | Input::Started { .. }
        ) && let Some((_, jobs)) =
            self.services[job.service].alone.as_mut().and_then(|alone| alone.stuck.as_mut())
        {
            jobs.push(job);
        }
    }

    /// A refused order changes nothing, and there is nothing to tell the group.
    fn refuse_alone(
        &mut self,
        job: Job,
        before: Failover,
        outputs: Vec<Output>,
        now: failover_core::Timestamp,
    ) {
        let audit = self.audit(&job, now, &outputs).into_iter().collect();
        drop(self.journal.commit(Batch { audit, ..Batch::default() }));
        self.services[job.service].machine = before;
        let outputs = outputs.into_iter().filter(|one| matches!(one, Output::Refused { .. }));
        let taken = Taken {
            service: job.service,
            outputs: outputs.collect(),
            records: Vec::new(),
            news: crate::telling::News::default(),
        };
        let outcome = self.outcome(&taken);
        if let Some(reply) = job.reply {
            let _ = reply.send(outcome);
        }
        self.end_unused(job.service);
    }

    /// A machine that was begun for an order that came to nothing.
    fn end_unused(&mut self, place: usize) {
        let service = &mut self.services[place];
        if service.lone.last().is_some_and(|row| row.events.is_empty()) {
            service.lone.pop();
            if let Some(alone) = service.alone.take() {
                service.machine = alone.witness;
            }
        }
    }
}

impl Service {
    /// The machine that has seen what was probed.
    pub(super) fn seeing(&self) -> &Failover {
        self.alone.as_ref().map_or(&self.machine, |alone| &alone.witness)
    }

    /// Nothing that is under way at the providers goes on.
    pub(super) fn let_go(&mut self) {
        for provider in &mut self.places {
            (provider.publishing, provider.reading, provider.verifying) = (None, None, None);
            provider.changed();
        }
    }
}

impl LoneRow {
    /// As the group is told of it.
    pub(super) fn told(&self, vantage: &str) -> LoneMove {
        LoneMove {
            id: self.id.clone(),
            service: self.service.clone(),
            vantage: vantage.to_owned(),
            who: self.who.0.clone(),
            at: self.at,
            base: self.base,
            to: self.state.desired(),
            events: self.events.clone(),
            standing: Standing::Open,
        }
    }
}
