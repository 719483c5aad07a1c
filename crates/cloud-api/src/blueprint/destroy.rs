//! Removing all that carries an owner, what half-done attempts have left too.
use std::collections::BTreeMap;

use cloud_http::{Error, Failure, Kind};
use futures_util::future::join_all;
use serde::Serialize;

use super::apply::STOPPED;
use super::attempt::{Request, Terms};
use super::event::{Event, Happened, Observer};
use super::report::{Existing, Outcome, StepResult, advice, listed};
use super::seen::{Clouds, kept, said};
use super::step::{Action, Step, Thing};
use crate::name::Owner;
use crate::provider::ComputeProvider;
use crate::ticket::Ticket;

/// The most looks at what is left: what was still being made at the first is shown at the next.
const LOOKS_MAX: usize = 6;

/// What goes together: what uses something before what is used.
const PHASES: [&[Thing]; 4] = [
    &[Thing::Server],
    &[Thing::Opening, Thing::Address, Thing::Key],
    &[Thing::Subnet],
    &[Thing::Network],
];

/// What came of a destruction.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Destroyed {
    /// What came of each removal.
    pub results: Vec<StepResult>,
    /// What carries the owner still, as far as the providers answer.
    pub left: Vec<Existing>,
    /// The providers that did not answer in the end: what they have is not known.
    pub unseen: BTreeMap<String, Failure>,
}

impl Destroyed {
    /// Whether nothing is left.
    pub fn is_complete(&self) -> bool {
        self.left.is_empty() && self.unseen.is_empty()
    }
}

/// Removes everything that carries `owner` at these providers, all of them at the same time.
///
/// What has another owner or none stays. One provider's failure does not hold up the others.
pub async fn destroy(
    owner: &Owner,
    clouds: &Clouds,
    terms: &Terms,
    observer: &dyn Observer,
) -> Destroyed {
    let each: Vec<_> = clouds
        .iter()
        .map(|(id, cloud)| Destruction { owner, id, cloud: cloud.as_ref(), terms, observer })
        .map(Destruction::carry_out)
        .collect();
    let mut all = Destroyed::default();
    for (id, (results, left)) in clouds.keys().zip(join_all(each).await) {
        all.results.extend(results);
        match left {
            Ok(left) => all.left.extend(left),
            Err(failure) => {
                all.unseen.insert(id.clone(), failure);
            }
        }
    }
    all
}

/// The destruction at one provider.
struct Destruction<'a> {
    owner: &'a Owner,
    id: &'a str,
    cloud: &'a dyn ComputeProvider,
    terms: &'a Terms,
    observer: &'a dyn Observer,
}

impl Destruction<'_> {
    async fn carry_out(self) -> (Vec<StepResult>, Result<Vec<Existing>, Failure>) {
        let mut results: Vec<StepResult> = Vec::new();
        let mut quiet = false;
        for _ in 0..LOOKS_MAX {
            let left = match self.left().await {
                Ok(left) => left,
                Err(failure) => return (results, Err(failure)),
            };
            // What a dead application has asked for may be shown a moment later.
            if left.is_empty() && quiet {
                return (results, Ok(left));
            }
            quiet = left.is_empty();
            if quiet {
                self.terms.rest(self.terms.call().deadline).await;
                continue;
            }
            if results.iter().any(is_hopeless) {
                return (results, Ok(left));
            }
            if self.observer.stops() {
                return (results, Ok(left));
            }
            let round = self.round(&left).await;
            // Whatever is tried again counts as it ends.
            results.retain(|one| matches!(one.outcome, Outcome::Done { .. }));
            results.extend(round);
        }
        (results, self.left().await)
    }

    async fn left(&self) -> Result<Vec<Existing>, Failure> {
        let seen = kept(self.cloud, Some(self.owner), self.terms.call()).await;
        let seen = seen.map_err(|error| said(&error))?;
        Ok(listed(self.id, &seen, self.owner))
    }

    async fn round(&self, left: &[Existing]) -> Vec<StepResult> {
        let mut results: Vec<StepResult> = Vec::new();
        for things in PHASES {
            let work = left.iter().filter(|one| things.contains(&one.thing));
            results.extend(join_all(work.map(|one| self.remove(one))).await);
            if results.iter().any(|one| matches!(one.outcome, Outcome::Failed { .. })) {
                break;
            }
        }
        results
    }

    async fn remove(&self, one: &Existing) -> StepResult {
        let step = Step {
            action: Action::Delete,
            thing: one.thing,
            provider: one.provider.clone(),
            location: None,
            name: one.name.clone(),
            detail: one.detail.clone(),
            reason: format!("it is {}'s", self.owner),
            id: Some(one.id.clone()),
        };
        let tell = |happened| self.observer.event(&Event { step: step.clone(), happened });
        if self.observer.stops() {
            let outcome = Outcome::Skipped { reason: STOPPED.to_owned() };
            tell(Happened::Ended(outcome.clone()));
            return StepResult { step, outcome };
        }
        tell(Happened::Begun);
        let outcome = match remove(self.cloud, one.thing, &one.id, self.terms).await {
            Ok(()) => Outcome::Done { adopted: false, note: None },
            Err(error) => {
                let failure = said(&error);
                let advice = advice(&failure);
                Outcome::Failed { failure, advice }
            }
        };
        tell(Happened::Ended(outcome.clone()));
        StepResult { step, outcome }
    }
}

/// Whether a removal failed for another reason than that something shown late is in the way.
fn is_hopeless(result: &StepResult) -> bool {
    match &result.outcome {
        Outcome::Failed { failure, .. } => failure.kind != Kind::Busy,
        _ => false,
    }
}

/// Removes one thing and waits until it is gone. One that is gone already is fine.
pub(super) async fn remove(
    cloud: &dyn ComputeProvider,
    thing: Thing,
    id: &str,
    terms: &Terms,
) -> Result<(), Error> {
    let call = terms.call();
    let nothing = || -> Request<'_, Option<Ticket>> { Box::pin(async { Ok(None) }) };
    let removed = |call| -> Request<'_, Option<Ticket>> {
        match thing {
            Thing::Server => cloud.delete(id, call),
            Thing::Opening => match cloud.openings() {
                Some(group) => group.close(id, call),
                None => nothing(),
            },
            Thing::Address => match cloud.addresses() {
                Some(group) => group.release(id, call),
                None => nothing(),
            },
            Thing::Key => match cloud.keys() {
                Some(group) => Box::pin(async move { group.forget(id, call).await.map(|_| None) }),
                None => nothing(),
            },
            Thing::Subnet => match cloud.networks() {
                Some(group) => group.delete_subnet(id, call),
                None => nothing(),
            },
            Thing::Network => match cloud.networks() {
                Some(group) => group.delete_network(id, call),
                None => nothing(),
            },
        }
    };
    let ticket = terms.again(call, removed).await?;
    match terms.settled(cloud, ticket.as_ref(), call).await {
        Err(error) if error.failure.kind == Kind::NotFound => Ok(()),
        other => other.map(|_| ()),
    }
}
