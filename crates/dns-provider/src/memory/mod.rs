//! A provider that lives in memory: the reference for what the trait means, and a test double.
//!
//! It does exactly what its [`Capabilities`] say, so that a caller can be tried against a provider
//! that is atomic or not, that checks preconditions or not. [`Fault`]s make it fail on demand.
mod fault;
mod store;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use cloud_http::{Call, Clock, Error, Failure, Kind, Retry, SystemClock};

pub use fault::Fault;
use store::Store;

use crate::change::{ChangeSet, Outcome, Report, Ticket};
use crate::provider::{Atomicity, Capabilities, DnsProvider, Guard};
use crate::record::{Key, RrSet};
use crate::zone::Zone;

/// A DNS provider in memory. Share it as `Arc<MemoryDns>` to keep a hand on it.
///
/// ```
/// # use dns_provider::{MemoryDns, Name, RrSet, Zone};
/// let apex = Name::parse("example.com")?;
/// let app = RrSet::parse("app.example.com", "A", 60, &["192.0.2.1"])?;
/// let dns = MemoryDns::new("memory").with_zone(Zone::new("z1", apex, vec![]), vec![app]);
/// assert_eq!(dns.stored("z1").len(), 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct MemoryDns {
    id: String,
    capabilities: Capabilities,
    clock: Arc<dyn Clock>,
    tickets: bool,
    store: Mutex<Store>,
}

impl MemoryDns {
    /// A provider without zones: whole sets are atomic, preconditions are checked by the server,
    /// any TTL is taken, every change is published at once.
    pub fn new(id: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            capabilities: Capabilities::new(Atomicity::WholeSet, Guard::Server, 0),
            clock: Arc::new(SystemClock),
            tickets: false,
            store: Mutex::default(),
        }
    }

    /// The same provider with other promises and limits, which it keeps to.
    #[must_use]
    pub fn with_capabilities(self, capabilities: Capabilities) -> Self {
        Self { capabilities, ..self }
    }

    /// The same provider with another clock; deadlines are measured on it.
    #[must_use]
    pub fn with_clock(self, clock: Arc<dyn Clock>) -> Self {
        Self { clock, ..self }
    }

    /// The same provider, but every applied set leaves a ticket to settle.
    #[must_use]
    pub fn with_tickets(self) -> Self {
        Self { tickets: true, ..self }
    }

    /// The same provider with one more zone.
    #[must_use]
    pub fn with_zone(self, zone: Zone, rrsets: Vec<RrSet>) -> Self {
        let rrsets: BTreeMap<Key, RrSet> =
            rrsets.into_iter().map(|rrset| (rrset.key.clone(), rrset)).collect();
        self.lock().zones.insert(zone.id.clone(), (zone, rrsets));
        self
    }

    /// Makes the next operation that `fault` fits fail with it. Faults queue up.
    pub fn inject(&self, fault: Fault) {
        self.lock().faults.push(fault);
    }

    /// Takes back every fault that has not struck yet.
    pub fn clear_faults(&self) {
        self.lock().faults.clear();
    }

    /// What is stored in the zone with this id, sorted by key; nothing for an unknown zone.
    pub fn stored(&self, zone: &str) -> Vec<RrSet> {
        let store = self.lock();
        store
            .zones
            .get(zone)
            .map_or_else(Vec::new, |(_, rrsets)| rrsets.values().cloned().collect())
    }

    /// Another writer: puts `rrset` in place, whatever was there. Unknown zones are ignored.
    pub fn overwrite(&self, zone: &str, rrset: RrSet) {
        if let Some((_, rrsets)) = self.lock().zones.get_mut(zone) {
            rrsets.insert(rrset.key.clone(), rrset);
        }
    }

    /// Another writer: removes an RRset.
    pub fn erase(&self, zone: &str, key: &Key) {
        if let Some((_, rrsets)) = self.lock().zones.get_mut(zone) {
            rrsets.remove(key);
        }
    }

    /// How many RRsets this provider has changed on request so far.
    pub fn writes(&self) -> u64 {
        self.lock().writes
    }

    fn lock(&self) -> MutexGuard<'_, Store> {
        self.store.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn error(&self, operation: impl Into<String>, failure: Failure) -> Error {
        Error::new(&self.id, operation, failure)
    }

    /// Fails when the deadline has passed or a read fault is due.
    fn may_read(&self, operation: &str, call: Call) -> Result<(), Error> {
        if self.clock.now() >= call.deadline {
            let failure =
                Failure::new(Kind::Timeout, "the deadline has passed").retry(Retry::Later);
            return Err(self.error(operation, failure));
        }
        match self.lock().faults.take_read() {
            Some(failure) => Err(self.error(operation, failure)),
            None => Ok(()),
        }
    }

    fn may_write(&self, operation: &str, call: Call) -> Result<(), Error> {
        if call.dry_run || call.may_write(self.clock.now()) {
            return Ok(());
        }
        let failure = Failure::new(Kind::Expired, "no write may start any more");
        Err(self.error(operation, failure))
    }
}

#[async_trait]
impl DnsProvider for MemoryDns {
    fn id(&self) -> &str {
        &self.id
    }

    fn capabilities(&self) -> &Capabilities {
        &self.capabilities
    }

    async fn zones(&self, call: Call) -> Result<Vec<Zone>, Error> {
        self.may_read("list zones", call)?;
        Ok(self.lock().zones.values().map(|(zone, _)| zone.clone()).collect())
    }

    async fn rrsets(&self, zone: &Zone, call: Call) -> Result<Vec<RrSet>, Error> {
        let operation = format!("list RRsets of {}", zone.name);
        self.may_read(&operation, call)?;
        let store = self.lock();
        let rrsets = store.rrsets(zone).map_err(|failure| self.error(operation, failure))?;
        Ok(rrsets.values().cloned().collect())
    }

    async fn rrset(&self, zone: &Zone, key: &Key, call: Call) -> Result<Option<RrSet>, Error> {
        let operation = format!("read RRset {key}");
        self.may_read(&operation, call)?;
        let store = self.lock();
        let rrsets = store.rrsets(zone).map_err(|failure| self.error(operation, failure))?;
        Ok(rrsets.get(key).cloned())
    }

    async fn apply(&self, set: &ChangeSet, call: Call) -> Result<Report, Error> {
        let operation = format!("change {}", set.zone.name);
        let refuse = |failure| self.error(operation.clone(), failure);
        set.validate(&self.capabilities).map_err(refuse)?;
        if self.clock.now() >= call.deadline {
            let late = Failure::new(Kind::Timeout, "the deadline has passed").retry(Retry::Later);
            return Err(refuse(late));
        }
        self.may_write(&operation, call)?;
        let mut store = self.lock();
        if let Some(failure) = store.faults.take_apply() {
            return Err(refuse(failure));
        }
        let outcomes = store.apply(set, &self.capabilities, call.dry_run).map_err(refuse)?;
        let wrote = outcomes.iter().any(|(_, outcome)| *outcome == Outcome::Applied);
        let mut report = Report::new(&self.id, outcomes);
        if wrote && self.tickets {
            report.pending.push(Ticket::new(&self.id, store.open_ticket()));
        }
        Ok(report)
    }

    async fn settle(&self, ticket: &Ticket, call: Call) -> Result<(), Error> {
        let operation = format!("settle {}", ticket.operation);
        if self.clock.now() >= call.deadline {
            let failure = Failure::new(Kind::Timeout, "the deadline has passed").maybe_applied();
            return Err(self.error(operation, failure));
        }
        let result = self.lock().settle(&ticket.operation);
        result.map_err(|failure| self.error(operation, failure))
    }
}
