//! Hetzner DNS in the Hetzner Cloud API (<https://docs.hetzner.cloud/reference/cloud#dns>), not the
//! DNS Console API that was switched off in 2026.
//!
//! One call changes one RRset, the API has no precondition but "create only", and an existing
//! RRset's values and TTL are two calls. So the promises are weak, and they are published as weak:
//! see [`HetznerDns`].
mod builder;
mod read;
mod send;
mod settle;
mod stored;
mod wire;
mod write;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use cloud_http::hetzner::Actions;
use cloud_http::{Backoff, Call, Client, Error, Failure, Kind, Retry, Transport};
use futures_util::FutureExt;
use secrecy::SecretString;

pub use builder::HetznerDnsBuilder;
use wire::WireZone;

use crate::change::{ChangeSet, Report, Ticket};
use crate::provider::{Capabilities, DnsProvider};
use crate::record::{Key, RrSet};
use crate::zone::Zone;

/// The zones of one Hetzner Cloud project.
///
/// * **What is atomic:** nothing in general, since values and TTL of an existing RRset are changed
///   by two calls, values first. A set in which every change creates, removes, or expects exactly
///   an RRset with the TTL it shall keep, is atomic per RRset, and may be demanded to be.
/// * **Who guards:** this client reads, compares and writes; another writer can slip in between.
///   `Expect::Exactly` is read again when its ticket is settled, and another writer's traces are
///   reported as `Kind::Changed`. Only creation (`Expect::Absent`) is checked by the server; a set
///   of nothing else may demand `Guard::Server`.
/// * The changes of a set are made one after the other; one that is refused does not stop the rest,
///   unless the rest would fare the same (token refused, API down, no time left).
/// * After a lost answer the RRset is read back: if it is as desired, the change counts as applied;
///   if it is as before, the same is sent again; in the end it may be unknown. If the values were
///   changed and the TTL could not be, the outcome is unknown too and says so.
/// * At most one set per zone is in flight.
/// * A ticket is settled when Hetzner's action has ended. Waiting calls share their polls, at most
///   25 actions each.
/// * An RRset without a TTL of its own has the zone's. Comments and labels survive a change of
///   values, as far as the value survives.
#[derive(Debug)]
pub struct HetznerDns {
    id: String,
    /// If not empty, only these are looked at.
    explicit: Vec<String>,
    client: Client,
    capabilities: Capabilities,
    backoff: Backoff,
    actions: Actions,
    /// One lock per zone id.
    turns: Mutex<HashMap<String, Arc<tokio::sync::Mutex<()>>>>,
}

impl HetznerDns {
    /// Where the API answers.
    pub const ENDPOINT: &str = "https://api.hetzner.cloud/v1";

    /// Starts building a client for the project `token` belongs to.
    pub fn builder(token: SecretString, transport: Arc<dyn Transport>) -> HetznerDnsBuilder {
        HetznerDnsBuilder::new(token, transport)
    }

    fn error(&self, operation: &str, failure: Failure) -> Error {
        self.client.error(operation, failure)
    }

    /// Waits until no other set of the zone is in flight: overlapping actions lock a zone.
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
impl DnsProvider for HetznerDns {
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
        let named = self.explicit.iter().map(|zone| self.get_zone(zone, call));
        let zones = futures_util::future::try_join_all(named).await?;
        Ok(zones.into_iter().filter_map(WireZone::zone).collect())
    }

    async fn rrsets(&self, zone: &Zone, call: Call) -> Result<Vec<RrSet>, Error> {
        self.list_rrsets(zone, call).await
    }

    async fn rrset(&self, zone: &Zone, key: &Key, call: Call) -> Result<Option<RrSet>, Error> {
        Ok(self.stored(zone, key, call).await?.map(|stored| stored.rrset))
    }

    async fn apply(&self, set: &ChangeSet, call: Call) -> Result<Report, Error> {
        self.apply_set(set, call).await
    }

    async fn settle(&self, ticket: &Ticket, call: Call) -> Result<(), Error> {
        self.settle_ticket(ticket, call).await
    }
}
