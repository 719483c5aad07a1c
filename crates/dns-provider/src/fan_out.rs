//! The same work at several providers at once.
use std::sync::Arc;

use cloud_http::{Call, Error, Failure, Kind};
use futures_util::future::join_all;

use crate::change::{ChangeSet, Report, Ticket};
use crate::provider::DnsProvider;
use crate::record::{Key, RrSet};
use crate::zone::Zone;

/// Several providers, asked at the same time. Each has its own result: none waits for another's
/// failure, and none hides another's.
#[derive(Clone, Debug)]
pub struct FanOut {
    members: Vec<Arc<dyn DnsProvider>>,
}

/// What came of one provider's share.
#[derive(Debug)]
#[non_exhaustive]
pub struct Share<T> {
    /// The provider's id.
    pub provider: String,
    /// What it said.
    pub result: Result<T, Error>,
}

impl FanOut {
    /// All of `members`, in this order. Each needs an id of its own.
    pub fn new(members: Vec<Arc<dyn DnsProvider>>) -> Self {
        Self { members }
    }

    /// The members, in order.
    pub fn members(&self) -> &[Arc<dyn DnsProvider>] {
        &self.members
    }

    /// The member with this id.
    pub fn member(&self, id: &str) -> Option<&Arc<dyn DnsProvider>> {
        self.members.iter().find(|member| member.id() == id)
    }

    /// The zones of every member: one share per member, in order.
    pub async fn zones(&self, call: Call) -> Vec<Share<Vec<Zone>>> {
        join_all(
            self.members.iter().map(async |member| share(member.id(), member.zones(call).await)),
        )
        .await
    }

    /// One RRset at several providers: one share per pair, in order. The zone is each provider's
    /// own.
    pub async fn rrset(
        &self,
        zones: &[(String, Zone)],
        key: &Key,
        call: Call,
    ) -> Vec<Share<Option<RrSet>>> {
        join_all(zones.iter().map(async |(id, zone)| match self.known(id, "read") {
            Ok(member) => share(id, member.rrset(zone, key, call).await),
            Err(error) => share(id, Err(error)),
        }))
        .await
    }

    /// Applies one set per provider: one share per pair, in order.
    pub async fn apply(&self, sets: &[(String, ChangeSet)], call: Call) -> Vec<Share<Report>> {
        join_all(sets.iter().map(async |(id, set)| match self.known(id, "change") {
            Ok(member) => share(id, member.apply(set, call).await),
            Err(error) => share(id, Err(error)),
        }))
        .await
    }

    /// Waits for every ticket: one share per ticket, in order.
    pub async fn settle(&self, tickets: &[Ticket], call: Call) -> Vec<Share<()>> {
        join_all(tickets.iter().map(async |ticket| {
            let id = &ticket.provider;
            match self.known(id, "settle") {
                Ok(member) => share(id, member.settle(ticket, call).await),
                Err(error) => share(id, Err(error)),
            }
        }))
        .await
    }

    fn known(&self, id: &str, operation: &str) -> Result<&Arc<dyn DnsProvider>, Error> {
        self.member(id).ok_or_else(|| {
            let known: Vec<&str> = self.members.iter().map(DnsProvider::id).collect();
            let message = format!("there is no provider {id}; there are: {}", known.join(", "));
            Error::new(id, operation, Failure::new(Kind::Invalid, message))
        })
    }
}

fn share<T>(provider: &str, result: Result<T, Error>) -> Share<T> {
    Share { provider: provider.to_owned(), result }
}
