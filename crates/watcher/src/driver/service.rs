//! One service at run time: its machine, and what is known around it.
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use failover_core::bound::Losses;
use failover_core::{
    Answer, AttemptId, CheckId, Failover, MeasuredBound, Published, Sample, ServerAnswer, SiteId,
    State, Timestamp,
};
use tokio::sync::{Notify, watch};

use super::step::Job;
use super::task::Task;
use super::{Alone, Works};
use crate::facts::Recorder;
use crate::journal::LoneRow;
use crate::lag::Lags;
use crate::observe::Heard;
use crate::probe::{self, Row, Voice};
use crate::setup::{Family, ServiceSetup};
use crate::translate::Found;
use crate::zone;

/// One service at run time.
#[derive(Debug)]
pub(crate) struct Service {
    pub(crate) setup: Arc<ServiceSetup>,
    pub(crate) machine: Failover,
    /// While another watcher leads: a machine with the state that all share, to be looked at only.
    pub(crate) shared: Option<Failover>,
    /// Moves made here alone of which the group does not know, oldest first.
    pub(crate) lone: Vec<LoneRow>,
    /// Set while this watcher moves the service alone; the machine is the one that does it.
    pub(crate) alone: Option<Alone>,
    /// Set while a leader has not taken up its lead: the commands that wait for it.
    pub(super) waits: Option<Vec<Job>>,
    /// Since when a follower has seen that a move is due.
    pub(crate) due: Option<Instant>,
    /// Since when vantages disagree about an active site.
    pub(crate) doubted: Option<Instant>,
    pub(crate) recorder: Recorder,
    /// When the machine was last told anything.
    pub(crate) stepped: Instant,
    /// The machine's time then.
    pub(crate) told: Option<Timestamp>,
    pub(crate) series: Vec<Series>,
    pub(crate) voices: BTreeMap<(SiteId, CheckId), Voice>,
    /// What the databases behind the sites have said; `None`: no check asks one.
    pub(crate) lags: Option<Lags>,
    /// What the machine was told of it, per site.
    pub(crate) lags_told: Vec<Option<Duration>>,
    /// What was measured here.
    pub(crate) lags_own: Vec<Option<Duration>>,
    /// What is done to the servers behind the sites.
    pub(crate) works: Works,
    /// What is lost on the paths to each site.
    pub(crate) losses: Vec<Losses>,
    /// What follows from it.
    pub(crate) bound: Option<MeasuredBound>,
    /// The providers, in the policy's order.
    pub(crate) places: Vec<Place>,
    /// Asks the world how far it has followed the latest move.
    pub(crate) following: Option<Task>,
}

/// One row of probes and the latest of them.
#[derive(Debug)]
pub(crate) struct Series {
    pub(crate) row: Row,
    pub(crate) what: String,
    pub(crate) samples: VecDeque<Sample>,
}

/// The service at one provider.
#[derive(Debug, Default)]
pub(crate) struct Place {
    /// The zone; `None` until it was looked up. Tasks wait for it.
    pub(crate) home: watch::Sender<Option<zone::Found>>,
    /// Counts what may have changed the provider. What was seen before the latest change is old.
    pub(crate) writes: Arc<AtomicU64>,
    /// Makes the patrol look at once.
    pub(crate) prod: Arc<Notify>,
    pub(crate) published: Vec<Published>,
    pub(crate) answers: BTreeMap<(String, SocketAddr), Vec<ServerAnswer>>,
    pub(crate) ttl_before: Option<u32>,
    pub(crate) publishing: Option<(AttemptId, Task)>,
    pub(crate) reading: Option<Task>,
    pub(crate) verifying: Option<Task>,
    pub(crate) patrol: Option<Task>,
}

impl Service {
    /// A service that goes on from `state`; `segments` counts the segments of all services' facts.
    pub(crate) fn new(
        at: usize,
        setup: Arc<ServiceSetup>,
        state: State,
        segments: Arc<AtomicU64>,
        works: Works,
    ) -> Self {
        let machine = Failover::new(setup.spec.policy.clone(), state);
        let rows = probe::rows(at, &setup);
        let mut families: BTreeMap<(SiteId, CheckId), Vec<Family>> = BTreeMap::new();
        for row in &rows {
            families.entry((row.site, row.check)).or_default().push(row.family);
        }
        let series = rows.into_iter().map(|row| {
            let alone = families[&(row.site, row.check)].len() == 1;
            let what = setup.spec.checks.get(row.check.index());
            let what = what.map(|check| probe::words(&check.kind)).unwrap_or_default();
            let suffix = if alone { "" } else { row.family.name() };
            let what = format!("{what} {suffix}").trim_end().to_owned();
            Series { row, what, samples: VecDeque::new() }
        });
        let series = series.collect();
        let voices = families.into_iter().map(|(key, all)| (key, Voice::new(all))).collect();
        let places = setup.providers.iter().map(|_| Place::default()).collect();
        let recorder = Recorder::new(setup.name(), segments);
        let sites = setup.spec.sites.len();
        let asks = |check: &health::Check| matches!(check.kind, health::Kind::Mariadb(_));
        let lags = setup.spec.checks.iter().any(asks);
        let lags = lags.then(|| Lags::new(sites, setup.policy().freshness));
        let lags_told = vec![None; sites];
        let losses = vec![Losses::new(setup.policy()); sites];
        Self {
            setup,
            machine,
            shared: None,
            lone: Vec::new(),
            alone: None,
            waits: None,
            due: None,
            doubted: None,
            recorder,
            stepped: Instant::now(),
            told: None,
            series,
            voices,
            lags,
            lags_own: lags_told.clone(),
            lags_told,
            works,
            losses,
            bound: None,
            places,
            following: None,
        }
    }
}

impl Place {
    /// What is seen from now on is seen after everything that was done so far.
    pub(crate) fn mark(&self) -> u64 {
        self.writes.load(Ordering::SeqCst)
    }

    pub(crate) fn changed(&self) {
        self.writes.fetch_add(1, Ordering::SeqCst);
    }

    /// The addresses that gave no answer when they were last asked.
    pub(crate) fn silent(&self) -> BTreeSet<SocketAddr> {
        let silent = |rows: &[ServerAnswer]| {
            rows.iter().any(|row| matches!(row.answer, Answer::Silent { .. }))
        };
        let all = self.answers.iter().filter(|(_, rows)| silent(rows));
        all.map(|((_, address), _)| *address).collect()
    }

    /// Whether a task is under way whose result the machine waits for.
    pub(crate) fn is_busy(&self) -> bool {
        self.publishing.is_some() || self.reading.is_some() || self.verifying.is_some()
    }

    /// Keeps what was heard, unless something newer is known of the same server.
    pub(crate) fn hear(&mut self, provider: &str, heard: Heard, at: Timestamp) {
        let Heard { server, address, elapsed, found, answer, .. } = heard;
        let known = self.answers.get(&(server.clone(), address));
        if known.is_some_and(|rows| rows.iter().any(|row| row.at > at)) {
            return;
        }
        let silent = matches!(answer, Answer::Silent { .. });
        let rows = found.into_iter().map(|(family, found)| {
            let Found { ttl, values, .. } = found.unwrap_or_default();
            ServerAnswer {
                provider: provider.to_owned(),
                server: server.clone(),
                address: address.to_string(),
                rtype: family.rtype().as_str().to_owned(),
                ttl,
                values,
                answer: answer.clone(),
                at,
                elapsed_ms: (!silent).then_some(elapsed.as_secs_f32() * 1000.0),
            }
        });
        let rows = rows.collect();
        self.answers.insert((server, address), rows);
    }
}
