//! The one task that holds the machines: facts in, one step at a time, intents out.
//!
//! Everything that waits runs in other tasks and comes back as a [`Fact`]. A step whose outputs
//! contain a record is written to the journal first; until the disk has answered, no other step is
//! taken and nothing is carried out.
mod account;
mod alerts;
mod alone;
mod effects;
mod facts;
mod following;
mod gate;
mod group;
mod in_hand;
mod lead;
mod losses;
mod mirror;
mod note;
mod peers;
mod picture;
mod policies;
mod power;
mod recording;
mod service;
mod settle;
mod shared_power;
mod step;
mod task;
mod telling;

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};

use dns_provider::RrSet;
use failover_core::{
    Actor, AttemptId, Command, EventRecord, Input, MeasuredBound, ProviderId, SiteId, SiteSet,
    Snapshot, Timestamp,
};
use tokio::sync::{mpsc, watch};

use crate::alert::{Alert, Alerts};
use crate::cluster::News;
use crate::error::{JournalError, RunError};
use crate::handle::Request;
use crate::journal::{Batch, Journal, Told};
use crate::observe::Heard;
use crate::probe::Row;
use crate::publish::Attempt;
use crate::pulse::Pulse;
use crate::setup::Setup;
use crate::telling::{Courier, DeliveryCounts, Desk, Sender};
use crate::{anchors, probe, zone};

pub(crate) use alone::Alone;
pub(crate) use gate::Gate;
pub(crate) use group::Seated;
pub(crate) use power::Works;
pub(crate) use service::Service;
use step::{Job, Pending, Trouble};
use task::Task;

/// What other tasks have found out.
#[derive(Debug)]
pub(crate) enum Fact {
    /// A probe has ended.
    Probe { row: Row, report: health::Report },
    /// An attempt to publish has ended.
    Attempt { service: usize, provider: ProviderId, attempt: AttemptId, ended: Attempt },
    /// What a provider stores, one entry per managed family.
    Stored { service: usize, provider: ProviderId, mark: u64, stored: Stored, read_back: bool },
    /// What name servers answer; `tell`: all of them, so that the machine may judge.
    Heard { service: usize, provider: ProviderId, mark: u64, heard: Vec<Heard>, tell: bool },
    /// All name servers answer these sites.
    Verified { service: usize, provider: ProviderId, mark: u64, sites: SiteSet },
    /// A zone was looked up.
    Zone { service: usize, provider: ProviderId, found: zone::Found },
    /// Whether this vantage is cut off.
    Isolated(bool),
    /// The bound that follows from the measured losses was reckoned.
    Bound { service: usize, bound: Option<MeasuredBound> },
    /// A change of power has ended.
    Powered { service: usize, site: SiteId, id: u64, ok: bool },
    /// A condition lasts from now on, or lasts in other words.
    Raised(Alert),
    /// The condition of this key is over.
    Over { key: String, text: String },
    /// What the group of watchers has to say.
    Cluster(Box<News>),
    /// A command that another watcher has passed on.
    Command { service: String, who: Actor, command: Command, reply: step::Reply },
    /// The journal has followed the shared log, or why it has not.
    Mirrored(Option<String>),
    /// The group has been told of the move of this id that was made here alone.
    Handed(String),
}

pub(crate) type Stored = Result<Vec<Option<RrSet>>, String>;

/// Facts that wait for the driver; probes beyond are dropped, everything else waits.
const FACTS_MAX: usize = 1024;
/// A machine is told the time at least this often.
const TICK: Duration = Duration::from_secs(1);
/// Between two ticks of one machine, whatever it asks for.
const TICK_MIN: Duration = Duration::from_millis(5);

/// How long the last write, the last notification and the closing of the journal may take, each.
const LAST_WRITE: Duration = Duration::from_millis(250);

/// The driver, ready to run.
#[derive(Debug)]
pub(crate) struct Driver {
    setup: Arc<Setup>,
    services: Vec<Service>,
    journal: Journal,
    /// The number of the latest event.
    seq: u64,
    /// The number of the latest change of power.
    power_changes: u64,
    /// The latest events, newest first.
    recent: VecDeque<EventRecord>,
    /// What lasts and is no event.
    alerts: Alerts,
    /// Set when this watcher is one of several.
    seated: Option<Seated>,
    requests: mpsc::Receiver<Request>,
    facts: (mpsc::Sender<Fact>, mpsc::Receiver<Fact>),
    snapshots: watch::Sender<Arc<Snapshot>>,
    /// Who is told what.
    desk: Desk,
    /// The queues of the channels.
    senders: Vec<Sender>,
    /// Those who deliver, until they begin.
    couriers: Vec<Courier>,
    deliveries: Vec<Task>,
    /// Alerts of an earlier watcher have been looked at.
    settled: bool,
    pulse: Pulse,
    /// Steps to be taken, in order.
    queue: VecDeque<Job>,
    /// The step whose record is being written.
    pending: Option<Pending>,
    /// Set while the journal cannot be written.
    trouble: Option<Trouble>,
    recording: recording::Recording,
    /// Set once shutdown was asked for: when patience ends.
    ending: Option<Instant>,
    started: Timestamp,
    pictures: picture::Pictures,
    /// Curves to go on with.
    unfinished: Vec<failover_core::Curve>,
    reckoning: losses::Reckoning,
    /// Probing, zones, anchors, plans.
    tasks: Vec<Task>,
}

/// What the journal remembers beside the states.
#[derive(Debug)]
pub(crate) struct Memory {
    /// The number of the latest event.
    pub(crate) seq: u64,
    /// The number of the latest change of power.
    pub(crate) power_changes: u64,
    /// The latest events, newest first.
    pub(crate) recent: Vec<EventRecord>,
    /// What people were told.
    pub(crate) told: Told,
    /// Curves that an earlier watcher was still drawing.
    pub(crate) unfinished: Vec<failover_core::Curve>,
    /// Why the journal cannot be written for now.
    pub(crate) problem: Option<JournalError>,
}

impl Driver {
    pub(crate) fn new(
        setup: Arc<Setup>,
        services: Vec<Service>,
        journal: Journal,
        memory: Memory,
        (deliveries, pulse): (DeliveryCounts, Pulse),
        requests: mpsc::Receiver<Request>,
        seated: Option<Seated>,
    ) -> (Self, watch::Receiver<Arc<Snapshot>>) {
        let started = setup.clock.now();
        let recording = recording::Recording::new(&setup.options.retention);
        let reckoning = losses::Reckoning::new(setup.options.reckon_interval);
        let (snapshots, mut pictures) = watch::channel(Arc::new(picture::empty(&setup)));
        let (sender, facts) = mpsc::channel(FACTS_MAX);
        let start = telling::Start::new(&setup, &journal, memory.told, &deliveries, &sender);
        let mut driver = Self {
            setup,
            services,
            journal,
            seq: memory.seq,
            power_changes: memory.power_changes,
            recent: memory.recent.into(),
            alerts: Alerts::default(),
            seated,
            requests,
            facts: (sender, facts),
            snapshots,
            desk: start.desk,
            senders: start.senders,
            couriers: start.couriers,
            deliveries: Vec::new(),
            settled: false,
            pulse,
            queue: VecDeque::new(),
            pending: None,
            trouble: None,
            recording,
            ending: None,
            started,
            pictures: picture::Pictures::new(),
            unfinished: memory.unfinished,
            reckoning,
            tasks: Vec::new(),
        };
        // Of several watchers, each has a journal that only follows the one they share.
        if let (Some(error), None) = (&memory.problem, &driver.seated) {
            driver.trouble = Some(Trouble::new(error));
            driver.journal_is_lost(&error.to_string());
        }
        driver.publish_picture_first();
        pictures.mark_unchanged();
        (driver, pictures)
    }

    /// Runs until `shutdown`, and then as long as an open move needs, within the grace.
    pub(crate) async fn run(mut self, shutdown: impl Future<Output = ()>) -> Result<(), RunError> {
        let mut shutdown = std::pin::pin!(shutdown);
        self.start();
        loop {
            self.pulse.beat();
            loop {
                while self.pending.is_none()
                    && let Some(job) = self.queue.pop_front()
                {
                    self.step(job).await;
                }
                self.reconcile();
                if self.pending.is_some() || self.queue.is_empty() {
                    break;
                }
            }
            if self.has_ended() {
                return self.end().await;
            }
            let idle = self.pending.is_none();
            let running = self.ending.is_none();
            let wake = self.next_wake();
            tokio::select! {
                written = step::written(&mut self.pending), if !idle => {
                    self.written(written).await?;
                }
                Some(fact) = self.facts.1.recv(), if idle => self.take_in(fact),
                Some(request) = self.requests.recv(), if idle && running => self.obey(request),
                () = tokio::time::sleep_until(wake.into()) => self.wake(),
                () = &mut shutdown, if running => self.begin_to_end(),
            }
        }
    }

    fn start(&mut self) {
        let (setup, facts) = (&self.setup, &self.facts.0);
        let couriers = std::mem::take(&mut self.couriers).into_iter();
        self.deliveries = couriers.map(|courier| Task::spawn(courier.run())).collect();
        self.tasks.push(Task::spawn(anchors::watch(setup.clone(), facts.clone())));
        for provider in 0..setup.providers.len() {
            self.tasks.push(Task::spawn(zone::look_up(setup.clone(), provider, facts.clone())));
        }
        for series in self.services.iter().flat_map(|service| &service.series) {
            let watching = probe::watch(setup.clone(), series.row.clone(), facts.clone());
            self.tasks.push(Task::spawn(watching));
        }
        let writable = self.trouble.is_none();
        self.join_group();
        for service in 0..self.services.len() {
            if !self.leads() {
                self.queue.push_back(Job::of(service, Input::LeadershipLost));
            }
            self.queue.push_back(Job::of(service, Input::Journal { writable }));
            self.takes_up_move(service);
        }
        let unfinished = std::mem::take(&mut self.unfinished);
        self.resume_following(unfinished);
        if !self.leads() {
            // What is done from here alone goes on until the group knows of it.
            let all = 0..self.services.len();
            let others: Vec<usize> =
                all.filter(|place| self.services[*place].lone.is_empty()).collect();
            others.into_iter().for_each(|place| self.yield_power(place));
        } else if writable {
            self.resume_power();
        }
    }

    /// What is due now: ticks, a snapshot, another try to write the journal.
    fn wake(&mut self) {
        let now = Instant::now();
        if self.pending.is_none() {
            for service in 0..self.services.len() {
                self.tell_lags(service);
                self.look_after_servers(service);
                let wanted = self.ending.is_none() || self.has_open_move(service);
                if wanted && self.tick_due(&self.services[service]) <= now {
                    self.queue.push_back(Job::of(service, Input::Tick));
                }
            }
            self.recover(now);
            self.tell_of_oneself();
            self.look_after_peers();
            self.keep_quiet_facts(now);
            self.tell_in_time();
            self.note_told();
        }
        self.reckon_bounds(now);
        if self.pictures.due() <= now {
            self.publish_picture();
        }
    }

    fn next_wake(&self) -> Instant {
        let mut wake = self.pictures.due().min(self.reckoning.due());
        if self.pending.is_none() {
            let ticks = self.services.iter().map(|service| self.tick_due(service));
            wake = ticks.fold(wake, Instant::min);
            wake = self.trouble.iter().map(|trouble| trouble.retry_at).fold(wake, Instant::min);
            wake = self.recording.due().into_iter().fold(wake, Instant::min);
        }
        self.ending.map_or(wake, |end| wake.min(end))
    }

    fn tick_due(&self, service: &Service) -> Instant {
        // A fraction of the gap that would make the machine think that it was asleep.
        let regular = TICK.min(service.setup.policy().tick_gap_max / 4).max(TICK_MIN);
        let regular = service.stepped + regular;
        let asked = service.machine.deadline().map(|(at, _)| self.setup.clock.instant(at));
        asked.map_or(regular, |at| regular.min(at.max(service.stepped + TICK_MIN)))
    }

    /// From now on nothing new is decided; what is open may go on for a while.
    fn begin_to_end(&mut self) {
        self.ending = Some(Instant::now() + self.setup.options.grace);
        self.requests.close();
        self.tasks.clear();
        for place in self.services.iter_mut().flat_map(|service| &mut service.places) {
            place.patrol = None;
        }
    }

    fn has_ended(&self) -> bool {
        let Some(end) = self.ending else { return false };
        let busy = (0..self.services.len()).any(|service| {
            let mut places = self.services[service].places.iter();
            self.has_open_move(service) && places.any(service::Place::is_busy)
        });
        Instant::now() >= end || (self.pending.is_none() && self.queue.is_empty() && !busy)
    }

    /// The last that is done: what is still running is handed over to the next watcher by the
    /// journal, which is closed so that its file alone is complete.
    async fn end(mut self) -> Result<(), RunError> {
        self.publish_picture();
        for place in self.services.iter_mut().flat_map(|service| &mut service.places) {
            (place.publishing, place.reading, place.verifying) = (None, None, None);
        }
        if let Some(mut pending) = self.pending.take() {
            let _ = tokio::time::timeout(LAST_WRITE, pending.written()).await;
        }
        self.last_mirror().await;
        if let Some(seated) = &mut self.seated {
            let _ = tokio::time::timeout(LAST_WRITE, seated.leave()).await;
        }
        let facts = self.last_facts();
        if let Some(trouble) = &self.trouble {
            let last = Batch { facts, ..self.backlog(trouble) };
            let last = self.journal.commit(last);
            let written = tokio::time::timeout(LAST_WRITE, last).await;
            if !matches!(written, Ok(Ok(Ok(())))) {
                tracing::error!("events are lost: {}", trouble.problem);
            }
        } else {
            self.journal.keep(facts);
        }
        // What is not delivered by then is in the journal.
        self.senders.clear();
        let ends = self.deliveries.iter_mut().map(|delivery| delivery.ends_within(LAST_WRITE));
        futures_util::future::join_all(ends).await;
        self.deliveries.clear();
        let _ = tokio::time::timeout(LAST_WRITE, self.journal.close()).await;
        Ok(())
    }
}
