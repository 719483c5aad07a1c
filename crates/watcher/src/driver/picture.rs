//! The snapshot: made on change, not too often, and at least so often.
use std::sync::Arc;
use std::time::{Duration, Instant};

use failover_core::bound::Losses;
use failover_core::{
    SampleSeries, ServiceSnapshot, SiteFacts, SiteView, Snapshot, Timestamp, View,
};

use super::Driver;
use super::service::Service;
use crate::setup::{ServiceSetup, Setup};

/// Between two snapshots when something was decided.
const HURRY: Duration = Duration::from_millis(20);
/// Between two snapshots when something was measured.
const SOON: Duration = Duration::from_millis(200);
/// A journal that needs longer than this for one write is a problem worth showing.
const SLOW: Duration = Duration::from_secs(2);

/// When the next snapshot is due.
#[derive(Debug)]
pub(super) struct Pictures {
    number: u64,
    latest: Instant,
    due: Instant,
}

impl Pictures {
    pub(super) fn new() -> Self {
        let now = Instant::now();
        Self { number: 0, latest: now, due: now }
    }

    pub(super) fn due(&self) -> Instant {
        self.due
    }

    /// Something was decided.
    pub(super) fn hurry(&mut self) {
        self.due = self.due.min(self.latest + HURRY);
    }

    /// Something was measured.
    pub(super) fn soon(&mut self) {
        self.due = self.due.min(self.latest + SOON);
    }
}

impl Driver {
    pub(super) fn publish_picture(&mut self) {
        let now = Instant::now();
        self.pictures.number += 1;
        self.pictures.latest = now;
        self.pictures.due = now + self.setup.options.snapshot_interval;
        let picture = self.picture();
        self.account_for_journal();
        self.snapshots.send_replace(Arc::new(picture));
    }

    /// The one that is there before the watcher runs.
    pub(super) fn publish_picture_first(&self) {
        self.snapshots.send_replace(Arc::new(self.picture()));
    }

    fn picture(&self) -> Snapshot {
        let at = self.setup.clock.now();
        let slow = self.pending.as_ref().map(|pending| pending.since.elapsed());
        let slow = slow.filter(|since| *since > SLOW).map(|since| {
            let path = self.journal.path().display();
            format!("journal {path}: a write has not ended for {} s", since.as_secs())
        });
        let services = self.services.iter().enumerate().map(|(place, service)| {
            // A step that is not durable has not been taken, as far as anybody can see.
            let before = self.pending.as_ref().and_then(|pending| pending.before(place));
            let view = before.unwrap_or(&service.machine).view(at);
            service.picture(service.with_others(view, at))
        });
        let problem = self.trouble.as_ref().map(|trouble| trouble.problem.clone());
        Snapshot {
            number: self.pictures.number,
            at,
            started: self.started,
            version: self.setup.version.clone(),
            vantage: self.setup.vantage.clone(),
            journal_problem: problem.or(slow),
            alerts: self.alerts.shown(),
            cluster: self.picture_of_group(),
            services: services.collect(),
            recent: self.recent.iter().cloned().collect(),
        }
    }
}

impl Service {
    fn picture(&self, view: View) -> ServiceSnapshot {
        let published = self.places.iter().flat_map(|place| place.published.clone()).collect();
        let answers =
            self.places.iter().flat_map(|place| place.answers.values().flatten().cloned());
        ServiceSnapshot {
            name: self.setup.spec.name.to_string(),
            ttl: self.setup.spec.ttl,
            sites: facts(&self.setup),
            checks: self.setup.spec.check_facts(),
            series: self.series_shown(),
            published,
            answers: answers.collect(),
            converged_at: self.converged_at(&view),
            losses: self.losses.iter().map(Losses::measured).collect(),
            false_failover: self.bound,
            view,
        }
    }

    /// What this watcher sees by itself, with the state that all share, or with the one it makes alone.
    fn with_others(&self, own: View, at: Timestamp) -> View {
        let (seen, agreed) = match (&self.alone, &self.shared) {
            (Some(alone), _) => (alone.witness.view(at), own),
            (None, Some(shared)) => (own, shared.view(at)),
            (None, None) => return own,
        };
        let sites = seen.sites.into_iter().zip(&agreed.sites).map(|(seen, agreed)| SiteView {
            active: agreed.active,
            maintenance: agreed.maintenance.clone(),
            ..seen
        });
        let sites = sites.collect();
        let same = seen.desired == agreed.desired && seen.open_move == agreed.open_move;
        let next = if same { seen.next } else { agreed.next.clone() };
        View { sites, next, ..agreed }
    }

    fn series_shown(&self) -> Vec<SampleSeries> {
        let vantage = self.setup.vantage;
        let shown = self.series.iter().map(|series| SampleSeries {
            vantage,
            site: series.row.site,
            check: series.row.check,
            what: series.what.clone(),
            samples: series.samples.iter().cloned().collect(),
        });
        shown.collect()
    }

    /// Caches may keep the old answer for as long as it said when it was last handed out.
    fn converged_at(&self, view: &View) -> Option<Timestamp> {
        let completed = view.last_move.as_ref()?.completed?;
        if view.open_move.is_some() {
            return None;
        }
        let before = self.places.iter().filter_map(|place| place.ttl_before).max();
        let ttl = before.unwrap_or(0).max(self.setup.spec.ttl);
        Some(completed.plus(Duration::from_secs(ttl.into())))
    }
}

fn facts(setup: &ServiceSetup) -> Vec<SiteFacts> {
    let sites = setup.spec.sites.iter().map(|site| SiteFacts {
        name: site.name.clone(),
        location: site.location.clone(),
        addresses: site.targets.iter().map(ToString::to_string).collect(),
    });
    sites.collect()
}

/// A snapshot of nothing, to be replaced at once.
pub(super) fn empty(setup: &Setup) -> Snapshot {
    let at = setup.clock.now();
    Snapshot {
        number: 0,
        at,
        started: at,
        version: setup.version.clone(),
        vantage: setup.vantage.clone(),
        journal_problem: None,
        alerts: Vec::new(),
        cluster: None,
        services: Vec::new(),
        recent: Vec::new(),
    }
}
