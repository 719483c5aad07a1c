//! Google Cloud DNS v1 (<https://cloud.google.com/dns/docs/reference/rest/v1>).
//!
//! The strongest of all promises: a change set is one transaction, and the server itself checks
//! every precondition, because a deletion must equal what it stores, TTL and order included. So a
//! deletion always carries the object just read, never one rebuilt from our model.
mod builder;
mod read;
mod settle;
mod wire;
mod write;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use cloud_http::{Backoff, Call, Client, Error, Failure, Kind, Retry, encode};
use futures_util::FutureExt;

pub use builder::GoogleDnsBuilder;
use read::Hurry;

use crate::change::{ChangeSet, Report, Ticket};
use crate::provider::{Capabilities, DnsProvider};
use crate::record::{Key, RrSet};
use crate::zone::Zone;

/// The public zones of one Google Cloud project.
///
/// * **What is atomic:** the whole set. **Who guards:** the server.
/// * An RRset with a routing policy is read as opaque and never changed.
/// * After a lost answer the RRsets are read back: if they are as desired, the change counts as
///   applied; if they are as before, it is sent again, which is safe since it is a
///   compare-and-swap; in the end it may be unknown.
/// * At most one change per zone is in flight.
/// * A ticket is settled when Google has sent the change to its name servers. They may still
///   answer the old data for some seconds: see [`propagation`](crate::propagation).
/// * [`Zone::id`] is the zone's short name (`gcloud dns managed-zones list`), or whatever
///   [`GoogleDnsBuilder::zone`] was given.
#[derive(Debug)]
pub struct GoogleDns {
    id: String,
    project: String,
    /// If not empty, only these are looked at, and the right to list zones is not needed.
    explicit: Vec<String>,
    client: Client,
    capabilities: Capabilities,
    backoff: Backoff,
    poll_first: Duration,
    poll_cap: Duration,
    page_size: Option<u32>,
    /// One lock per zone id.
    turns: Mutex<HashMap<String, Arc<tokio::sync::Mutex<()>>>>,
}

impl GoogleDns {
    /// Where the API answers.
    pub const ENDPOINT: &str = "https://dns.googleapis.com/";

    /// Starts building a client for the zones of `project`.
    pub fn builder(
        project: impl Into<String>,
        tokens: Arc<dyn cloud_http::TokenSource>,
        transport: Arc<dyn cloud_http::Transport>,
    ) -> GoogleDnsBuilder {
        GoogleDnsBuilder::new(project.into(), tokens, transport)
    }

    /// The path of something in the project; `below` is encoded already.
    fn path(&self, below: &str) -> String {
        format!("/dns/v1/projects/{}{below}?prettyPrint=false", encode(&self.project))
    }

    /// The path of something in a zone.
    fn zone_path(&self, zone: &str, below: &str) -> String {
        self.path(&format!("/managedZones/{}{below}", encode(zone)))
    }

    fn error(&self, operation: &str, failure: Failure) -> Error {
        self.client.error(operation, failure)
    }

    /// Waits until no other change of the zone is in flight.
    async fn turn(
        &self,
        zone: &str,
        call: Call,
    ) -> Result<tokio::sync::OwnedMutexGuard<()>, Failure> {
        let lock = {
            let mut turns = self.turns.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(turns.entry(zone.to_owned()).or_default())
        };
        let clock = self.client.clock();
        futures_util::select_biased! {
            turn = lock.lock_owned().fuse() => Ok(turn),
            () = clock.sleep_until(call.deadline).fuse() => {
                let text = "another change of this zone was in flight until the deadline";
                Err(Failure::new(Kind::Timeout, text).retry(Retry::Later))
            }
        }
    }
}

#[async_trait]
impl DnsProvider for GoogleDns {
    fn id(&self) -> &str {
        &self.id
    }

    fn capabilities(&self) -> &Capabilities {
        &self.capabilities
    }

    async fn zones(&self, call: Call) -> Result<Vec<Zone>, Error> {
        if self.explicit.is_empty() {
            return self.list_zones(call).await;
        }
        let one = |id| self.get_zone(id, call);
        futures_util::future::try_join_all(self.explicit.iter().map(|id| one(id))).await
    }

    async fn rrsets(&self, zone: &Zone, call: Call) -> Result<Vec<RrSet>, Error> {
        let stored = self.all_stored(zone, Hurry::Idle, call).await?;
        Ok(stored.into_iter().map(|stored| stored.rrset).collect())
    }

    async fn rrset(&self, zone: &Zone, key: &Key, call: Call) -> Result<Option<RrSet>, Error> {
        Ok(self.stored(&zone.id, key, Hurry::Idle, call).await?.map(|stored| stored.rrset))
    }

    async fn apply(&self, set: &ChangeSet, call: Call) -> Result<Report, Error> {
        self.apply_set(set, call).await
    }

    async fn settle(&self, ticket: &Ticket, call: Call) -> Result<(), Error> {
        self.await_change(ticket, call).await
    }
}
