//! A provider that is not asked too often.
use std::sync::Arc;

use async_trait::async_trait;
use cloud_http::{Call, Clock, Error, Kind, Pacer, SystemClock};

use crate::change::{ChangeSet, Report, Ticket};
use crate::provider::{Capabilities, DnsProvider};
use crate::record::{Key, RrSet};
use crate::zone::Zone;

/// Takes one place of a [`Pacer`] for every operation and waits for it, at most until the deadline.
///
/// `apply` and `settle` may use what the pacer keeps for writes. An operation that ends in
/// `RateLimited` empties the pacer.
#[derive(Clone, Debug)]
pub struct Paced<P> {
    inner: P,
    pacer: Arc<Pacer>,
    clock: Arc<dyn Clock>,
}

impl<P: DnsProvider> Paced<P> {
    /// `inner`, asked no more often than `pacer` allows.
    pub fn new(inner: P, pacer: Arc<Pacer>) -> Self {
        Self { inner, pacer, clock: Arc::new(SystemClock) }
    }

    /// The same with another clock.
    #[must_use]
    pub fn with_clock(self, clock: Arc<dyn Clock>) -> Self {
        Self { clock, ..self }
    }

    async fn admit(&self, operation: &str, write: bool, call: Call) -> Result<(), Error> {
        let limit = if write { call.write_deadline() } else { call.deadline };
        let admitted = self.pacer.acquire(&*self.clock, write, limit).await;
        admitted.map_err(|failure| Error::new(self.inner.id(), operation, failure))
    }

    fn learn<T>(&self, result: Result<T, Error>) -> Result<T, Error> {
        if result.as_ref().is_err_and(|error| error.failure.kind == Kind::RateLimited) {
            self.pacer.drain(&*self.clock);
        }
        result
    }
}

#[async_trait]
impl<P: DnsProvider> DnsProvider for Paced<P> {
    fn id(&self) -> &str {
        self.inner.id()
    }

    fn capabilities(&self) -> &Capabilities {
        self.inner.capabilities()
    }

    async fn zones(&self, call: Call) -> Result<Vec<Zone>, Error> {
        self.admit("list zones", false, call).await?;
        self.learn(self.inner.zones(call).await)
    }

    async fn rrsets(&self, zone: &Zone, call: Call) -> Result<Vec<RrSet>, Error> {
        self.admit("list RRsets", false, call).await?;
        self.learn(self.inner.rrsets(zone, call).await)
    }

    async fn rrset(&self, zone: &Zone, key: &Key, call: Call) -> Result<Option<RrSet>, Error> {
        self.admit("read an RRset", false, call).await?;
        self.learn(self.inner.rrset(zone, key, call).await)
    }

    async fn apply(&self, set: &ChangeSet, call: Call) -> Result<Report, Error> {
        self.admit("change a zone", true, call).await?;
        self.learn(self.inner.apply(set, call).await)
    }

    async fn settle(&self, ticket: &Ticket, call: Call) -> Result<(), Error> {
        // A wait is no write: it goes on after the lease.
        let all_the_time = Call::until(call.deadline);
        let admitted = self.admit("wait for a change", true, all_the_time).await;
        admitted.map_err(|mut error| {
            error.failure = error.failure.maybe_applied();
            error
        })?;
        self.learn(self.inner.settle(ticket, call).await)
    }
}
