//! A snapshot as JSON without what changes all the time.
use std::sync::Arc;

use failover_core::bound::SiteLosses;
use failover_core::{
    AlertView, CheckFacts, CheckId, ClusterView, EventRecord, MeasuredBound, Published,
    SampleSeries, ServerAnswer, ServiceSnapshot, SiteFacts, SiteId, Snapshot, Timestamp, VantageId,
    View,
};
use serde::Serialize;
use serde_json::Value;

/// A snapshot as [`Teller`](super::Teller) compares it; made once for all who listen.
#[derive(Debug)]
pub struct Picture {
    pub(super) snapshot: Arc<Snapshot>,
    pub(super) rest: Value,
    pub(super) services: Vec<Value>,
}

impl Picture {
    /// The picture of a snapshot.
    ///
    /// # Errors
    ///
    /// If the snapshot has no JSON form.
    pub fn of(snapshot: Arc<Snapshot>) -> serde_json::Result<Self> {
        let rest = serde_json::to_value(Rest::of(&snapshot))?;
        let services = snapshot.services.iter().map(|service| {
            let mut shown = serde_json::to_value(Shown::of(service))?;
            if let Some(view) = shown.get_mut("view").and_then(Value::as_object_mut) {
                view.remove("now");
            }
            Ok(shown)
        });
        let services = services.collect::<serde_json::Result<_>>()?;
        Ok(Self { snapshot, rest, services })
    }

    /// The number of the snapshot.
    pub fn number(&self) -> u64 {
        self.snapshot.number
    }
}

/// A [`Snapshot`] without `number`, `at` and `services`.
#[derive(Serialize)]
struct Rest<'a> {
    started: Timestamp,
    version: &'a str,
    vantage: &'a str,
    journal_problem: &'a Option<String>,
    alerts: &'a [AlertView],
    cluster: &'a Option<ClusterView>,
    recent: &'a [EventRecord],
}

impl<'a> Rest<'a> {
    fn of(snapshot: &'a Snapshot) -> Self {
        // Taken apart, so that a new field does not compile until it is sent.
        let Snapshot {
            number: _,
            at: _,
            services: _,
            started,
            version,
            vantage,
            journal_problem,
            alerts,
            cluster,
            recent,
        } = snapshot;
        Self { started: *started, version, vantage, journal_problem, alerts, cluster, recent }
    }
}

/// A [`ServiceSnapshot`] without samples.
#[derive(Serialize)]
struct Shown<'a> {
    view: &'a View,
    name: &'a str,
    ttl: u32,
    sites: &'a [SiteFacts],
    checks: &'a [CheckFacts],
    series: Vec<Series<'a>>,
    published: &'a [Published],
    answers: &'a [ServerAnswer],
    converged_at: Option<Timestamp>,
    losses: &'a [Option<SiteLosses>],
    false_failover: Option<MeasuredBound>,
}

impl<'a> Shown<'a> {
    fn of(service: &'a ServiceSnapshot) -> Self {
        let ServiceSnapshot {
            view,
            name,
            ttl,
            sites,
            checks,
            series,
            published,
            answers,
            converged_at,
            losses,
            false_failover,
        } = service;
        let series = series.iter().map(Series::of).collect();
        let (ttl, converged_at, false_failover) = (*ttl, *converged_at, *false_failover);
        Self {
            view,
            name,
            ttl,
            sites,
            checks,
            series,
            published,
            answers,
            converged_at,
            losses,
            false_failover,
        }
    }
}

/// A [`SampleSeries`] without samples.
#[derive(Serialize)]
struct Series<'a> {
    vantage: VantageId,
    site: SiteId,
    check: CheckId,
    what: &'a str,
    samples: [(); 0],
}

impl<'a> Series<'a> {
    fn of(series: &'a SampleSeries) -> Self {
        let SampleSeries { vantage, site, check, what, samples: _ } = series;
        Self { vantage: *vantage, site: *site, check: *check, what, samples: [] }
    }
}
