//! A provider that never changes anything.
use async_trait::async_trait;
use cloud_http::{Call, Error};

use crate::change::{ChangeSet, Report, Ticket};
use crate::provider::{Capabilities, DnsProvider};
use crate::record::{Key, RrSet};
use crate::zone::Zone;

/// Turns every `apply` into a dry run: everything is read and decided, nothing is changed.
#[derive(Clone, Debug)]
pub struct DryRun<P> {
    inner: P,
}

impl<P: DnsProvider> DryRun<P> {
    /// `inner`, unable to change anything.
    pub fn new(inner: P) -> Self {
        Self { inner }
    }
}

#[async_trait]
impl<P: DnsProvider> DnsProvider for DryRun<P> {
    fn id(&self) -> &str {
        self.inner.id()
    }

    fn capabilities(&self) -> &Capabilities {
        self.inner.capabilities()
    }

    async fn zones(&self, call: Call) -> Result<Vec<Zone>, Error> {
        self.inner.zones(call).await
    }

    async fn rrsets(&self, zone: &Zone, call: Call) -> Result<Vec<RrSet>, Error> {
        self.inner.rrsets(zone, call).await
    }

    async fn rrset(&self, zone: &Zone, key: &Key, call: Call) -> Result<Option<RrSet>, Error> {
        self.inner.rrset(zone, key, call).await
    }

    async fn apply(&self, set: &ChangeSet, call: Call) -> Result<Report, Error> {
        self.inner.apply(set, call.dry_run()).await
    }

    async fn settle(&self, ticket: &Ticket, call: Call) -> Result<(), Error> {
        self.inner.settle(ticket, call).await
    }
}
