//! One step: decide, record, and only then act.
//!
//! If the record cannot be written, the machine is put back to where it stood, is told that there
//! is no journal, and is told the same fact again: facts stay true whatever the disk does. From
//! then on it decides nothing that reaches outside; what it notices is kept in memory and written
//! as soon as the disk takes it.
use std::collections::VecDeque;
use std::time::{Duration, Instant};

use failover_core::{
    Actor, Command, EventRecord, Failover, Input, Output, Refusal, State, Timestamp,
};
use tokio::sync::oneshot;

use super::Driver;
use super::note::Note;
use super::recording::Facts;
use super::settle::Settling;
use super::task::Task;
use crate::cluster::Undecided;
use crate::error::{CommandError, JournalError, RunError};
use crate::facts::Chunk;
use crate::journal::{Audit, Batch, Written};
use crate::telling::{Desk, News};

/// Events kept while the journal cannot be written; the oldest are given up beyond that.
const BACKLOG_MAX: usize = 4096;
/// Pauses between two tries to write the journal.
const RETRY_MIN: Duration = Duration::from_millis(500);
const RETRY_MAX: Duration = Duration::from_secs(5);

pub(crate) type Reply = oneshot::Sender<Result<Vec<EventRecord>, CommandError>>;

/// A fact on its way into a machine.
#[derive(Debug)]
pub(crate) struct Job {
    pub(crate) service: usize,
    pub(crate) input: Input,
    /// Who waits for the outcome of a command.
    pub(crate) reply: Option<Reply>,
}

impl Job {
    pub(crate) fn of(service: usize, input: Input) -> Self {
        Self { service, input, reply: None }
    }
}

/// What the journal is busy with.
#[derive(Debug)]
pub(crate) struct Pending {
    written: Awaited,
    pub(crate) since: Instant,
    what: Writing,
}

impl Pending {
    /// Waits until it is durable or certainly is not.
    pub(super) async fn written(&mut self) {
        match &mut self.written {
            Awaited::Journal(written) => drop(written.await),
            Awaited::Log(answer, _) => drop(answer.await),
        }
    }

    /// The machine of `service` as it was before the step that is not durable yet.
    pub(crate) fn before(&self, service: usize) -> Option<&Failover> {
        match &self.what {
            Writing::Step(step) | Writing::Alone(step) if step.taken.service == service => {
                Some(&step.before)
            }
            Writing::Decision(decided) if decided.step.taken.service == service => {
                Some(&decided.step.before)
            }
            _ => None,
        }
    }
}

/// Who has to answer before the step is durable.
#[derive(Debug)]
enum Awaited {
    Journal(Written),
    /// The shared log; the task that writes into it ends with this.
    Log(oneshot::Receiver<Result<u64, Undecided>>, #[allow(dead_code)] Task),
}

/// The answer.
#[derive(Debug)]
pub(super) enum Answered {
    Journal(Result<(), JournalError>),
    Log(Result<u64, Undecided>),
}

#[derive(Debug)]
pub(super) enum Writing {
    Step(Box<Step>),
    /// A step that is taken alone.
    Alone(Box<Step>),
    /// A step that is to be in the shared log.
    Decision(Box<Decided>),
    /// A move made alone that is to be in the shared log.
    Settling(Box<Settling>),
    /// The backlog, and the facts that led to it, by service.
    Recovery(Vec<Vec<Chunk>>),
    /// What somebody does beside the decision.
    Note(Box<Note>),
}

/// A step that was taken and is not durable yet.
#[derive(Debug)]
pub(super) struct Step {
    pub(super) job: Job,
    pub(super) before: Failover,
    pub(super) taken: Taken,
    pub(super) facts: Facts,
    pub(super) audit: Option<Audit>,
    /// Who was told what before it.
    pub(super) desk: Option<Desk>,
}

/// A step on its way into the shared log, with the state after it.
#[derive(Debug)]
pub(super) struct Decided {
    pub(super) step: Step,
    pub(super) at: Timestamp,
    pub(super) state: State,
}

/// What a step has brought.
#[derive(Debug)]
pub(crate) struct Taken {
    pub(crate) service: usize,
    pub(crate) outputs: Vec<Output>,
    pub(crate) records: Vec<EventRecord>,
    /// What people are told of it.
    pub(crate) news: News,
}

/// The journal cannot be written.
#[derive(Debug)]
pub(crate) struct Trouble {
    /// In words an operator uses.
    pub(crate) problem: String,
    pub(crate) retry_at: Instant,
    pause: Duration,
    events: VecDeque<EventRecord>,
    audit: VecDeque<Audit>,
    /// What people were told meanwhile.
    news: News,
    /// Receipts, at most one per open attempt.
    held: Vec<Job>,
    /// Events given up.
    pub(super) lost: u64,
}

impl Driver {
    /// Takes one step. Without a record it is carried out at once; otherwise it is pending.
    pub(super) async fn step(&mut self, job: Job) {
        if let (Some(trouble), Input::Receipt { .. }) = (&mut self.trouble, &job.input) {
            // It could not be recorded now, and the provider will not say it twice.
            trouble.held.push(job);
            return;
        }
        if self.services.get(job.service).is_some_and(|service| service.alone.is_some()) {
            return self.step_alone(job).await;
        }
        let Some(job) = self.waits(job) else { return };
        let now = self.setup.clock.now();
        let Some(service) = self.services.get_mut(job.service) else { return };
        service.notices(now, &job.input, &self.setup.counts, job.service);
        let before = service.machine.clone();
        service.stepped = Instant::now();
        let outputs = service.machine.step(now, job.input.clone());
        let undo = self.note_fact(job.service, now, &job.input, &before);
        let records = self.records(job.service, now, &outputs);
        self.mark_fact(job.service, &records);
        let audit = self.audit(&job, now, &outputs);
        let desk = (!records.is_empty()).then(|| self.desk.clone());
        let news = self.news_of(job.service, &records);
        let taken = Taken { service: job.service, outputs, records, news };
        if taken.records.is_empty() && audit.is_none() {
            self.carry_out(taken, job.reply);
            return;
        }
        let name = self.services[job.service].setup.clone();
        self.setup.options.reached(name.name(), "decided").await;
        if let Some(trouble) = &mut self.trouble {
            trouble.keep(&taken.records, audit, &taken.news);
            self.carry_out(taken, job.reply);
            return;
        }
        let facts = self.facts_of(job.service, undo);
        if self.seated.is_some() {
            if taken.records.is_empty() {
                // A command that was refused; nothing was decided.
                self.keep_mirror(Batch { audit: audit.into_iter().collect(), ..Batch::default() });
                self.journal.keep(facts.chunks);
                self.carry_out(taken, job.reply);
            } else {
                self.decide(Step { job, before, taken, facts, audit, desk }, now);
            }
            return;
        }
        let state = self.services[job.service].machine.state().clone();
        let batch = Batch {
            events: taken.records.clone(),
            states: vec![(name.name().to_owned(), now, state)],
            audit: audit.into_iter().collect(),
            news: taken.news.clone(),
            facts: facts.chunks.clone(),
            ..Batch::default()
        };
        let step = Step { job, before, taken, facts, audit: None, desk };
        let what = Writing::Step(Box::new(step));
        self.write(batch, what);
    }

    /// Writes a step that is taken alone.
    pub(super) fn write_alone(&mut self, batch: Batch, step: Step) {
        self.write(batch, Writing::Alone(Box::new(step)));
    }

    pub(super) fn write(&mut self, batch: Batch, what: Writing) {
        let written = Awaited::Journal(self.journal.commit(batch));
        self.setup.counts.writes();
        self.pending = Some(Pending { written, since: Instant::now(), what });
    }

    /// Waits for the shared log; `task` writes into it.
    pub(super) fn await_log(
        &mut self,
        answer: oneshot::Receiver<Result<u64, Undecided>>,
        task: Task,
        decided: Decided,
    ) {
        let what = Writing::Decision(Box::new(decided));
        let written = Awaited::Log(answer, task);
        self.pending = Some(Pending { written, since: Instant::now(), what });
    }

    /// The same, for a move that was made alone.
    pub(super) fn await_settling(
        &mut self,
        answer: oneshot::Receiver<Result<u64, Undecided>>,
        task: Task,
        settling: Settling,
    ) {
        let (written, what) = (Awaited::Log(answer, task), Writing::Settling(Box::new(settling)));
        self.pending = Some(Pending { written, since: Instant::now(), what });
    }

    /// The journal has answered.
    pub(super) async fn written(&mut self, result: Option<Answered>) -> Result<(), RunError> {
        let Some(pending) = self.pending.take() else { return Ok(()) };
        if let Some(Answered::Journal(result)) = &result {
            self.setup.counts.written(result.is_ok());
        }
        let Some(result) = result else {
            return Err(RunError::Journal(format!("{}: no answer", self.journal.path().display())));
        };
        let result = match (pending.what, result) {
            (Writing::Decision(decided), Answered::Log(Ok(revision))) => {
                self.decided(*decided, revision).await;
                return Ok(());
            }
            (Writing::Decision(decided), Answered::Log(Err(why))) => {
                self.undecided(decided.step, &why);
                return Ok(());
            }
            (Writing::Settling(settling), Answered::Log(result)) => {
                self.settled(*settling, result);
                return Ok(());
            }
            (what, Answered::Journal(result)) => (what, result),
            // Each waits for its own.
            (_, Answered::Log(_)) => return Ok(()),
        };
        match result {
            (Writing::Decision(_) | Writing::Settling(_), _) => {}
            (Writing::Alone(step), Ok(())) => self.moved_alone(*step).await,
            (Writing::Alone(step), Err(error)) => self.undo_alone(*step, &error),
            (Writing::Step(step), Ok(())) => {
                let name = self.services[step.taken.service].setup.clone();
                self.setup.options.reached(name.name(), "recorded").await;
                self.carry_out(step.taken, step.job.reply);
            }
            (Writing::Step(step), Err(error)) => self.undo(*step, &error),
            (Writing::Note(note), result) => self.noted(*note, result),
            (Writing::Recovery(_), Ok(())) => self.recovered(),
            (Writing::Recovery(facts), Err(error)) => {
                self.put_back_facts(facts);
                if let Some(trouble) = &mut self.trouble {
                    trouble.again(&error);
                }
            }
        }
        Ok(())
    }

    /// Nothing of the step is durable, so none of it may be seen outside.
    fn undo(&mut self, step: Step, error: &JournalError) {
        let Step { job, before, taken, facts, desk, .. } = step;
        self.services[taken.service].machine = before;
        facts.undo(&mut self.services[taken.service].recorder);
        self.seq -= taken.records.len() as u64;
        if let Some(desk) = desk {
            self.desk = desk;
        }
        let trouble = Trouble::new(error);
        let problem = trouble.problem.clone();
        self.trouble = Some(trouble);
        self.journal_is_lost(&problem);
        // That the journal works is a fact no more, whoever is yet to be told.
        self.queue.retain(|job| !matches!(job.input, Input::Journal { .. }));
        if !matches!(job.input, Input::Journal { .. }) {
            self.queue.push_front(job);
        }
        for service in (0..self.services.len()).rev() {
            self.queue.push_front(Job::of(service, Input::Journal { writable: false }));
        }
        self.pictures.hurry();
    }

    /// Tries to write what was kept, when its time has come.
    pub(super) fn recover(&mut self, now: Instant) {
        let Some(trouble) = &self.trouble else { return };
        if trouble.retry_at > now {
            return;
        }
        let lost = trouble.lost > 0;
        let mut batch = self.backlog(trouble);
        let facts = self.facts_of_all(lost);
        batch.facts = facts.concat();
        self.write(batch, Writing::Recovery(facts));
    }

    /// Everything that is not in the journal, with the states after it.
    pub(super) fn backlog(&self, trouble: &Trouble) -> Batch {
        let at = self.setup.clock.now();
        let states = self
            .services
            .iter()
            .map(|service| (service.setup.name().to_owned(), at, service.machine.state().clone()));
        Batch {
            events: trouble.events.iter().cloned().collect(),
            states: states.collect(),
            audit: trouble.audit.iter().cloned().collect(),
            news: trouble.news.clone(),
            ..Batch::default()
        }
    }

    fn recovered(&mut self) {
        let Some(trouble) = self.trouble.take() else { return };
        let (kept, lost) = (trouble.events.len(), trouble.lost);
        self.journal_is_back(kept, lost);
        for service in 0..self.services.len() {
            self.queue.push_back(Job::of(service, Input::Journal { writable: true }));
        }
        self.queue.extend(trouble.held);
        self.pictures.hurry();
    }

    pub(super) fn records(
        &mut self,
        service: usize,
        at: Timestamp,
        outputs: &[Output],
    ) -> Vec<EventRecord> {
        let setup = &self.services[service].setup;
        let mut records = Vec::new();
        for output in outputs {
            let Output::Record(event) = output else { continue };
            self.seq += 1;
            records.push(EventRecord {
                seq: self.seq,
                at,
                service: setup.name().to_owned(),
                severity: event.severity(),
                text: event.text(setup.policy()),
                event: event.clone(),
            });
        }
        records
    }

    pub(super) fn audit(&self, job: &Job, at: Timestamp, outputs: &[Output]) -> Option<Audit> {
        let Input::Operator { who, command } = &job.input else { return None };
        let setup = &self.services[job.service].setup;
        let outcome = match refusal(outputs) {
            Some(refusal) => format!("refused: {}", refusal.text(setup.policy())),
            None => "obeyed".to_owned(),
        };
        let (who, command): (Actor, Command) = (who.clone(), command.clone());
        Some(Audit { at, service: setup.name().to_owned(), who, command, outcome })
    }

    /// What became of a command, for whoever gave it.
    pub(super) fn outcome(&self, taken: &Taken) -> Result<Vec<EventRecord>, CommandError> {
        let setup = &self.services[taken.service].setup;
        match (refusal(&taken.outputs), &self.trouble) {
            (Some(Refusal::NoJournal), Some(trouble)) => {
                Err(CommandError::Journal(trouble.problem.clone()))
            }
            (Some(refusal), _) => {
                let text = refusal.text(setup.policy());
                Err(CommandError::Refused(refusal.clone(), text))
            }
            (None, _) => Ok(taken.records.clone()),
        }
    }
}

impl Trouble {
    pub(crate) fn new(error: &JournalError) -> Self {
        Self {
            problem: error.to_string(),
            retry_at: Instant::now() + RETRY_MIN,
            pause: RETRY_MIN,
            events: VecDeque::new(),
            audit: VecDeque::new(),
            news: News::default(),
            held: Vec::new(),
            lost: 0,
        }
    }

    fn again(&mut self, error: &JournalError) {
        self.problem = error.to_string();
        self.pause = (self.pause * 2).min(RETRY_MAX);
        self.retry_at = Instant::now() + self.pause;
    }

    /// Events that wait for the disk.
    pub(super) fn waiting(&self) -> usize {
        self.events.len()
    }

    /// What people are told although it is in no journal.
    pub(super) fn keep_news(&mut self, news: &News) {
        self.news.merge(news.clone());
        let told = self.news.notifications.len();
        self.news.notifications.drain(..told.saturating_sub(BACKLOG_MAX));
    }

    fn keep(&mut self, records: &[EventRecord], audit: Option<Audit>, news: &News) {
        self.keep_news(news);
        self.events.extend(records.iter().cloned());
        self.audit.extend(audit);
        while self.events.len() > BACKLOG_MAX {
            self.events.pop_front();
            self.lost += 1;
        }
        while self.audit.len() > BACKLOG_MAX {
            self.audit.pop_front();
        }
    }
}

/// The journal's answer; `None` if its thread is gone. Waits for ever when nothing is written.
pub(super) async fn written(pending: &mut Option<Pending>) -> Option<Answered> {
    match pending.as_mut().map(|pending| &mut pending.written) {
        Some(Awaited::Journal(written)) => written.await.ok().map(Answered::Journal),
        Some(Awaited::Log(answer, _)) => answer.await.ok().map(Answered::Log),
        None => std::future::pending().await,
    }
}

fn refusal(outputs: &[Output]) -> Option<&Refusal> {
    outputs.iter().find_map(|output| match output {
        Output::Refused { refusal, .. } => Some(refusal),
        _ => None,
    })
}
