//! A provider whose every operation is told to somebody.
use std::fmt::Debug;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use async_trait::async_trait;
use cloud_http::{Call, Clock, Error, Failure, Kind, SystemClock};
use serde::{Deserialize, Serialize};

use crate::change::{ChangeSet, Report, Ticket};
use crate::provider::{Capabilities, DnsProvider};
use crate::record::{Key, RrSet};
use crate::zone::Zone;

/// Hears of every operation after it has ended. Must not block: the operation waits for it.
pub trait Observer: Debug + Send + Sync {
    /// An operation has ended, or was dropped by its caller.
    fn observed(&self, observed: &Observed);
}

/// One operation of a provider.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Observed {
    /// The provider's id.
    pub provider: String,
    /// When it began, by the time of day.
    pub began: SystemTime,
    /// How long it took.
    pub took: Duration,
    /// Whether it was a dry run.
    pub dry_run: bool,
    /// What was asked for.
    pub asked: Asked,
    /// What came of it. An operation dropped before its end is a timeout of unknown effect.
    pub answer: Result<Answer, Failure>,
}

/// What was asked of a provider.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Asked {
    /// All zones.
    Zones,
    /// All RRsets of the zone with this id.
    RrSets(String),
    /// One RRset of the zone with this id.
    RrSet(String, Key),
    /// A change.
    Apply(ChangeSet),
    /// The end of an operation.
    Settle(Ticket),
}

/// What a provider answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Answer {
    /// So many zones.
    Zones(usize),
    /// So many RRsets.
    RrSets(usize),
    /// This RRset, or none.
    RrSet(Option<RrSet>),
    /// This report.
    Applied(Report),
    /// It has ended well.
    Settled,
}

/// Tells an [`Observer`] of every operation of `P`. Secrets are in none of it.
#[derive(Clone, Debug)]
pub struct Recorded<P> {
    inner: P,
    observer: Arc<dyn Observer>,
    clock: Arc<dyn Clock>,
}

impl<P: DnsProvider> Recorded<P> {
    /// `inner`, observed.
    pub fn new(inner: P, observer: Arc<dyn Observer>) -> Self {
        Self { inner, observer, clock: Arc::new(SystemClock) }
    }

    /// The same with another clock.
    #[must_use]
    pub fn with_clock(self, clock: Arc<dyn Clock>) -> Self {
        Self { clock, ..self }
    }

    fn watch(&self, asked: Asked, call: Call) -> Watch<'_> {
        let (began, start) = (self.clock.wall(), self.clock.now());
        let (provider, observer, clock) = (self.inner.id(), &*self.observer, &*self.clock);
        let dry_run = call.dry_run;
        Watch { provider, observer, clock, began, start, dry_run, asked: Some(asked) }
    }
}

/// One operation under way; tells the observer when it is dropped before its end.
struct Watch<'a> {
    provider: &'a str,
    observer: &'a dyn Observer,
    clock: &'a dyn Clock,
    began: SystemTime,
    start: Instant,
    dry_run: bool,
    asked: Option<Asked>,
}

impl Watch<'_> {
    fn end<T>(
        mut self,
        result: Result<T, Error>,
        answer: impl FnOnce(&T) -> Answer,
    ) -> Result<T, Error> {
        let told = match &result {
            Ok(done) => Ok(answer(done)),
            Err(error) => Err(error.failure.clone()),
        };
        self.tell(told);
        result
    }

    fn tell(&mut self, answer: Result<Answer, Failure>) {
        let Some(asked) = self.asked.take() else { return };
        self.observer.observed(&Observed {
            provider: self.provider.to_owned(),
            began: self.began,
            took: self.clock.now().saturating_duration_since(self.start),
            dry_run: self.dry_run,
            asked,
            answer,
        });
    }
}

impl Drop for Watch<'_> {
    fn drop(&mut self) {
        let dropped = Failure::new(Kind::Timeout, "given up by the caller before it ended");
        self.tell(Err(dropped.maybe_applied()));
    }
}

#[async_trait]
impl<P: DnsProvider> DnsProvider for Recorded<P> {
    fn id(&self) -> &str {
        self.inner.id()
    }

    fn capabilities(&self) -> &Capabilities {
        self.inner.capabilities()
    }

    async fn zones(&self, call: Call) -> Result<Vec<Zone>, Error> {
        let watch = self.watch(Asked::Zones, call);
        watch.end(self.inner.zones(call).await, |zones| Answer::Zones(zones.len()))
    }

    async fn rrsets(&self, zone: &Zone, call: Call) -> Result<Vec<RrSet>, Error> {
        let watch = self.watch(Asked::RrSets(zone.id.clone()), call);
        watch.end(self.inner.rrsets(zone, call).await, |rrsets| Answer::RrSets(rrsets.len()))
    }

    async fn rrset(&self, zone: &Zone, key: &Key, call: Call) -> Result<Option<RrSet>, Error> {
        let watch = self.watch(Asked::RrSet(zone.id.clone(), key.clone()), call);
        watch.end(self.inner.rrset(zone, key, call).await, |rrset| Answer::RrSet(rrset.clone()))
    }

    async fn apply(&self, set: &ChangeSet, call: Call) -> Result<Report, Error> {
        let watch = self.watch(Asked::Apply(set.clone()), call);
        watch.end(self.inner.apply(set, call).await, |report| Answer::Applied(report.clone()))
    }

    async fn settle(&self, ticket: &Ticket, call: Call) -> Result<(), Error> {
        let watch = self.watch(Asked::Settle(ticket.clone()), call);
        watch.end(self.inner.settle(ticket, call).await, |()| Answer::Settled)
    }
}
