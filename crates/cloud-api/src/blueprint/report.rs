//! What came of an application or of a destruction, and what there is afterwards.
use std::fmt;

use cloud_http::{Failure, Kind};
use serde::Serialize;

use super::seen::{Inventory, Seen};
use super::step::{Plan, Remark, Step, Thing};
use crate::name::Owner;

/// What came of one step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct StepResult {
    /// The step.
    pub step: Step,
    /// What came of it.
    pub outcome: Outcome,
}

/// How a step ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "outcome")]
#[non_exhaustive]
pub enum Outcome {
    /// It is so.
    Done {
        /// It was there already, from an interrupted attempt.
        adopted: bool,
        /// What else happened: "at europe-west2-b, since europe-west2-c has no capacity".
        note: Option<String>,
    },
    /// It is not so, or nobody knows.
    Failed {
        /// Why.
        failure: Failure,
        /// How to go on.
        advice: String,
    },
    /// It was not begun.
    Skipped {
        /// Why.
        reason: String,
    },
}

/// Something that carries the owner.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[non_exhaustive]
pub struct Existing {
    /// At which provider.
    pub provider: String,
    /// What it is.
    pub thing: Thing,
    /// Its name.
    pub name: String,
    /// How the provider names it; empty if that is not known.
    pub id: String,
    /// What it is like: "running, e2-medium at europe-west2-c, 35.246.85.138, 10.20.0.33".
    pub detail: String,
    /// Whether it was seen in the end. Otherwise it was there when the provider answered last, or
    /// was asked for and nobody knows what came of it.
    pub sure: bool,
}

/// What came of an application.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Report {
    /// What came of each step.
    pub results: Vec<StepResult>,
    /// Everything of the owner there is afterwards.
    pub there: Vec<Existing>,
    /// What is still to be done; empty when all is as wanted.
    pub left: Plan,
}

impl Report {
    /// Whether everything is as wanted.
    pub fn is_complete(&self) -> bool {
        self.left.is_empty() && self.failures().next().is_none()
    }

    /// The steps that failed.
    pub fn failures(&self) -> impl Iterator<Item = (&Step, &Failure, &str)> {
        self.results.iter().filter_map(|result| match &result.outcome {
            Outcome::Failed { failure, advice } => Some((&result.step, failure, advice.as_str())),
            _ => None,
        })
    }
}

/// Why nothing was begun.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Refused {
    /// The world, or the blueprint, is not what the plan was made from.
    #[error(
        "what is there, or the blueprint, is another one than when the plan {expected} was made; \
         look at the new plan {} first", .plan.fingerprint
    )]
    Changed {
        /// The fingerprint that was to be applied.
        expected: String,
        /// The plan as it is now.
        plan: Box<Plan>,
    },
    /// Something stands in the way.
    #[error("{}", lines(&.0.blocked))]
    Blocked(Box<Plan>),
    /// Providers did not answer.
    #[error("{}", unseen(.0))]
    Unseen(Vec<(String, Failure)>),
}

fn lines(remarks: &[Remark]) -> String {
    remarks.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

fn unseen(providers: &[(String, Failure)]) -> String {
    let line = |(id, failure): &(String, Failure)| format!("{id}: {failure}; {}", advice(failure));
    providers.iter().map(line).collect::<Vec<_>>().join("\n")
}

impl fmt::Display for Remark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(location) = &self.location {
            write!(f, "{location}: ")?;
        }
        write!(f, "{}: {}", self.about, self.message)
    }
}

/// How to go on after a failure.
pub(super) fn advice(failure: &Failure) -> String {
    let text = match failure.kind {
        Kind::NoCapacity => {
            "add places that have capacity, take another machine type, or wait; then apply again"
        }
        Kind::Quota => "ask the provider for a higher limit or want less; then apply again",
        Kind::RateLimited => "wait some minutes and apply again; it goes on where it stopped",
        Kind::Auth => "the credentials are not taken; correct them and apply again",
        Kind::Forbidden => {
            "the credentials may not do this; at Hetzner the token must be for reading and \
             writing, at Google the account needs the role Compute Admin. Then apply again"
        }
        Kind::Invalid | Kind::NotFound | Kind::Unsupported => {
            "the provider refuses this; correct the blueprint and apply again"
        }
        Kind::AlreadyExists => "something else has this name; rename it and apply again",
        _ => "apply again when the provider answers; it goes on where it stopped",
    };
    text.to_owned()
}

impl Seen {
    /// Everything that carries this owner.
    pub fn of(&self, owner: &Owner) -> Vec<Existing> {
        let mut all: Vec<Existing> = self
            .seen()
            .flat_map(|(provider, inventory)| listed(provider, inventory, owner))
            .collect();
        all.sort();
        all
    }
}

/// Everything that carries this owner at one provider.
pub(super) fn listed(provider: &str, all: &Inventory, owner: &Owner) -> Vec<Existing> {
    let ours = |theirs: &Option<String>| theirs.as_deref() == Some(owner.as_str());
    let one = |thing, name: &str, id: &str, detail: String| Existing {
        provider: provider.to_owned(),
        thing,
        name: name.to_owned(),
        id: id.to_owned(),
        detail,
        sure: true,
    };
    let mut list = Vec::new();
    for network in all.networks.iter().filter(|network| ours(&network.owner)) {
        let range = network.range.map_or_else(String::new, |range| range.to_string());
        list.push(one(Thing::Network, &network.name, &network.id, range));
        for subnet in &network.subnets {
            let detail = format!("{}, {}", subnet.range, subnet.region);
            list.push(one(Thing::Subnet, &subnet.name, &subnet.id, detail));
        }
    }
    for opening in all.openings.iter().filter(|opening| ours(&opening.owner)) {
        list.push(one(Thing::Opening, &opening.name, &opening.id, opening.sources.join(", ")));
    }
    for address in all.addresses.iter().filter(|address| ours(&address.owner)) {
        let ip = address.address.map_or_else(|| "pending".to_owned(), |ip| ip.to_string());
        let used = if address.server.is_some() { "in use" } else { "unused" };
        let detail = format!("{ip}, {}, {used}", address.region);
        list.push(one(Thing::Address, &address.name, &address.id, detail));
    }
    for key in all.keys.iter().flatten().filter(|key| ours(&key.owner)) {
        list.push(one(Thing::Key, &key.name, &key.id, String::new()));
    }
    for server in all.servers.iter().filter(|server| ours(&server.owner)) {
        let status = serde_json::to_value(&server.status).unwrap_or_default();
        let status = status.as_str().unwrap_or("unknown").to_owned();
        let public = server.public_v4.map(|ip| ip.to_string());
        let private = server.private.iter().map(|private| private.address.to_string());
        let where_ = format!("{} at {}", server.machine, server.place);
        let parts = [status, where_].into_iter().chain(public).chain(private);
        let detail = parts.collect::<Vec<_>>().join(", ");
        list.push(one(Thing::Server, &server.name, &server.id, detail));
    }
    list
}
