//! Waiting until a change has been sent to Google's name servers, and finding the change of an
//! answer that was lost.
use std::time::Duration;

use cloud_http::{Call, Effect, Error, Failure, Kind, Request, Retry, encode};

use super::GoogleDns;
use super::wire::{self, Page, Stored};
use crate::change::{ChangeSet, Ticket};
use crate::record::RrSet;

/// How many of a zone's latest changes to look through for a lost one.
const LATEST: &str = "20";

impl GoogleDns {
    pub(super) async fn await_change(&self, ticket: &Ticket, call: Call) -> Result<(), Error> {
        let operation = format!("wait for change {}", ticket.operation);
        let (zone, id) = self.own(ticket).map_err(|failure| self.error(&operation, failure))?;
        let path = self.zone_path(zone, &format!("/changes/{}", encode(id)));
        let request = Request::read(&operation, path).urgent();
        let clock = self.client.clock();
        let mut pause = self.poll_first;
        loop {
            let at = clock.now() + pause;
            if at >= call.deadline {
                let text = "Google has not yet sent the change to its name servers";
                let failure = Failure::new(Kind::Timeout, text).retry(Retry::Later);
                return Err(self.error(&operation, failure.maybe_applied()));
            }
            clock.sleep_until(at).await;
            let change: wire::Change = match self.client.json(&request, call).await {
                Ok(change) => change,
                // That the wait failed says nothing about the change.
                Err(mut error) => {
                    error.failure.effect = Effect::MaybeApplied;
                    return Err(error);
                }
            };
            if change.status == "done" {
                return Ok(());
            }
            pause = longer(pause, self.poll_cap);
        }
    }

    /// Zone and change of a ticket of ours.
    fn own<'a>(&self, ticket: &'a Ticket) -> Result<(&'a str, &'a str), Failure> {
        let parts = ticket.operation.split_once('/');
        parts.filter(|_| ticket.provider == self.id).ok_or_else(|| {
            let text = format!(
                "the ticket {} of provider {} is not one of {}",
                ticket.operation, ticket.provider, self.id
            );
            Failure::new(Kind::Invalid, text)
        })
    }

    /// The ticket of the change that did what `set` says, if it is still pending. The latest
    /// pending one will do if ours is not to be found.
    pub(super) async fn find_ticket(&self, set: &ChangeSet, call: Call) -> Option<Ticket> {
        let operation = format!("list changes of {}", set.zone.name);
        let request = Request::read(operation, self.zone_path(&set.zone.id, "/changes"))
            .urgent()
            .query("sortBy", "changeSequence")
            .query("sortOrder", "descending")
            .query("maxResults", LATEST);
        let page: Page = match self.client.json(&request, call).await {
            Ok(page) => page,
            Err(error) => {
                tracing::warn!(%error, "the change was applied but its number is not known");
                return None;
            }
        };
        let ours = page.changes.iter().find(|change| is_of(change, set));
        let pending = || page.changes.iter().find(|change| change.status != "done");
        ours.or_else(pending).and_then(|change| self.ticket(set, change))
    }
}

/// Whether `change` did nothing but what `set` says.
fn is_of(change: &wire::Change, set: &ChangeSet) -> bool {
    let added: Option<Vec<RrSet>> = change.additions.iter().map(parse).collect();
    let gone: Option<Vec<RrSet>> = change.deletions.iter().map(parse).collect();
    let (Some(added), Some(gone)) = (added, gone) else { return false };
    let wanted = |rrset: &RrSet| {
        set.changes.iter().any(|c| c.desired.as_ref().is_some_and(|d| d.same_data(rrset)))
    };
    let touched = |rrset: &RrSet| set.changes.iter().any(|c| c.key == rrset.key);
    (!added.is_empty() || !gone.is_empty()) && added.iter().all(wanted) && gone.iter().all(touched)
}

fn parse(raw: &serde_json::Value) -> Option<RrSet> {
    Stored::parse(raw.clone()).ok().map(|stored| stored.rrset)
}

fn longer(pause: Duration, cap: Duration) -> Duration {
    (pause * 8 / 5).min(cap)
}
