//! Tickets: what to wait for, and what must be there afterwards.
use cloud_http::{Call, Error, Failure, Kind, Retry};
use serde::{Deserialize, Serialize};

use super::HetznerDns;
use crate::change::{Change, Expect, Ticket};
use crate::name::Name;
use crate::record::{Key, RrSet};
use crate::zone::Zone;

/// What a ticket says, as JSON.
#[derive(Debug, Serialize, Deserialize)]
struct Operation {
    /// The actions to wait for.
    actions: Vec<u64>,
    /// What to compare with afterwards.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    verify: Option<Verify>,
}

/// The look after a guarded change: has another writer been there at the same time?
#[derive(Debug, Serialize, Deserialize)]
struct Verify {
    zone: String,
    apex: Name,
    key: Key,
    desired: Option<RrSet>,
}

impl HetznerDns {
    /// The tickets of a change that started `actions`: one for each, the last one for the whole,
    /// with a look afterwards if `guard` and the change is a guarded one. Actions that have ended
    /// well already need none.
    pub(super) fn tickets(
        &self,
        zone: &Zone,
        change: &Change,
        actions: &[Started],
        guard: bool,
    ) -> Vec<Ticket> {
        let guarded = guard && matches!(change.expect, Expect::Exactly(_));
        let verify = guarded.then(|| Verify {
            zone: zone.id.clone(),
            apex: zone.name.clone(),
            key: change.key.clone(),
            desired: change.desired.clone(),
        });
        let open: Vec<u64> =
            actions.iter().filter(|action| !action.done).map(|action| action.id).collect();
        let mut operations: Vec<Operation> =
            open.iter().map(|id| Operation { actions: vec![*id], verify: None }).collect();
        if verify.is_some() && operations.is_empty() && !actions.is_empty() {
            operations.push(Operation { actions: Vec::new(), verify: None });
        }
        if let Some(last) = operations.last_mut() {
            *last = Operation { actions: open, verify };
        }
        let text = |operation: &Operation| serde_json::to_string(operation).ok();
        operations.iter().filter_map(text).map(|text| Ticket::new(&self.id, text)).collect()
    }

    pub(super) async fn settle_ticket(&self, ticket: &Ticket, call: Call) -> Result<(), Error> {
        let doing = "wait for a change";
        let operation: Operation = serde_json::from_str(&ticket.operation).map_err(|_| {
            let text = format!("\"{}\" is not a ticket of this provider", ticket.operation);
            self.error(doing, Failure::new(Kind::Invalid, text))
        })?;
        let all = operation.actions.iter().map(|id| self.actions.ended(&self.client, *id, call));
        let ended = futures_util::future::try_join_all(all).await;
        ended.map_err(|failure| self.error(doing, failure))?;
        let Some(verify) = operation.verify else { return Ok(()) };
        self.verify(&verify, call).await
    }

    async fn verify(&self, verify: &Verify, call: Call) -> Result<(), Error> {
        let Verify { zone, apex, key, desired } = verify;
        let zone = Zone::new(zone, apex.clone(), Vec::new());
        let doing = format!("look after the change of {key}");
        let stored = self.stored(&zone, key, call).await.map_err(|error| {
            let mut failure = error.failure.maybe_applied();
            if self.client.clock().now() >= call.deadline {
                failure.kind = Kind::Timeout;
            }
            self.error(&doing, failure)
        })?;
        let now = stored.map(|stored| stored.rrset);
        let same = match (&now, desired) {
            (None, None) => true,
            (Some(now), Some(desired)) => now.same_data(desired),
            _ => false,
        };
        if same {
            return Ok(());
        }
        let lines = |rrset: Option<&RrSet>| {
            rrset.map_or_else(|| "nothing".to_owned(), |rrset| rrset.lines().join(", "))
        };
        let (now, wanted) = (lines(now.as_ref()), lines(desired.as_ref()));
        let text = format!(
            "after the change of {key} there is {now} instead of {wanted}: somebody else wrote at \
             the same time"
        );
        let failure = Failure::new(Kind::Changed, text).retry(Retry::AfterReread).maybe_applied();
        Err(self.error(&doing, failure))
    }
}

/// An action that a write started.
#[derive(Clone, Copy, Debug)]
pub(super) struct Started {
    pub(super) id: u64,
    /// It had ended well when the write was answered.
    pub(super) done: bool,
}
