//! Carrying out a plan: round after round, until nothing is left or something fails.
mod by_hand;
mod ground;
mod machine;
mod round;
mod servers;

use std::sync::Arc;

use cloud_http::Effect;

use super::attempt::Terms;
use super::event::Observer;
use super::model::Blueprint;
use super::plan::plan;
use super::report::{Existing, Outcome, Refused, Report, StepResult, listed};
use super::scripts::Scripts;
use super::seen::{Clouds, Seen, see};
use super::step::{Action, Plan};
use crate::provider::ComputeProvider;
use round::Round;
pub(super) use round::STOPPED;

/// The most rounds of one application. The second one brings scripts up to date after a server had
/// to go to another place; a third one would be a surprise.
const ROUNDS_MAX: usize = 4;

/// A blueprint and all that is needed to make it so.
pub struct Job<'a> {
    pub(super) blueprint: &'a Blueprint,
    pub(super) clouds: &'a Clouds,
    pub(super) scripts: &'a dyn Scripts,
    pub(super) terms: Terms,
    pub(super) observer: &'a dyn Observer,
}

impl<'a> Job<'a> {
    /// What is to be made so, where, with which boot scripts, on which terms, and who watches.
    pub fn new(
        blueprint: &'a Blueprint,
        clouds: &'a Clouds,
        scripts: &'a dyn Scripts,
        terms: Terms,
        observer: &'a dyn Observer,
    ) -> Self {
        Self { blueprint, clouds, scripts, terms, observer }
    }

    /// Looks at all providers.
    pub async fn see(&self) -> Seen {
        see(self.blueprint, self.clouds, self.terms.call()).await
    }

    /// Looks at all providers and says what would have to be done. Changes nothing.
    pub async fn plan(&self) -> Plan {
        plan(self.blueprint, &self.see().await, self.scripts)
    }

    /// Makes it so, as far as possible. With the `fingerprint` of a [`Plan`], only if that would
    /// still be the plan.
    ///
    /// Location by location at the same time: network, subnet and opening, addresses, keys; then,
    /// when all addresses are known, the new servers by role; then changes of servers that are
    /// there, one at a time everywhere; in the end what is not wanted any more goes. A server for
    /// which a place has no capacity is tried in the next one. Where a step fails, the rest of its
    /// location is left out, and nothing is changed or removed.
    ///
    /// Dropping the future leaves what has been made; applying again goes on.
    pub async fn apply(&self, fingerprint: Option<&str>) -> Result<Report, Refused> {
        let mut seen = self.see().await;
        let unseen: Vec<_> =
            seen.unseen().map(|(id, failure)| (id.to_owned(), failure.clone())).collect();
        if !unseen.is_empty() {
            return Err(Refused::Unseen(unseen));
        }
        let mut left = plan(self.blueprint, &seen, self.scripts);
        if let Some(expected) = fingerprint.filter(|expected| *expected != left.fingerprint) {
            let (expected, plan) = (expected.to_owned(), Box::new(left));
            return Err(Refused::Changed { expected, plan });
        }
        if !left.blocked.is_empty() {
            return Err(Refused::Blocked(Box::new(left)));
        }
        let mut results = Vec::new();
        let mut last_seen = seen.clone();
        for _ in 0..ROUNDS_MAX {
            if left.steps.is_empty() {
                break;
            }
            let round = Round::new(self, &seen, &left).carry_out().await;
            let failed = round.iter().any(|result| !matches!(result.outcome, Outcome::Done { .. }));
            results.extend(round);
            seen = self.see().await;
            left = plan(self.blueprint, &seen, self.scripts);
            if failed || !left.blocked.is_empty() || self.observer.stops() {
                break;
            }
            last_seen = seen.clone();
        }
        let there = self.there(&seen, &last_seen, &results);
        Ok(Report { results, there, left })
    }

    /// Everything of the owner, and of a provider that does not answer what was there before.
    fn there(&self, now: &Seen, before: &Seen, results: &[StepResult]) -> Vec<Existing> {
        let mut there = now.of(&self.blueprint.owner);
        for (id, _) in now.unseen() {
            let earlier = before
                .at(id)
                .into_iter()
                .flat_map(|inventory| listed(id, inventory, &self.blueprint.owner));
            let mut unsure: Vec<Existing> = earlier.collect();
            for StepResult { step, outcome } in results {
                let perhaps = match outcome {
                    Outcome::Done { .. } => true,
                    Outcome::Failed { failure, .. } => failure.effect == Effect::MaybeApplied,
                    Outcome::Skipped { .. } => false,
                };
                let known = |one: &Existing| one.thing == step.thing && one.name == step.name;
                let made = matches!(step.action, Action::Create | Action::Adopt);
                if step.provider == id && made && perhaps && !unsure.iter().any(known) {
                    unsure.push(Existing {
                        provider: id.to_owned(),
                        thing: step.thing,
                        name: step.name.clone(),
                        id: step.id.clone().unwrap_or_default(),
                        detail: step.detail.clone(),
                        sure: false,
                    });
                }
            }
            there.extend(unsure.into_iter().map(|one| Existing { sure: false, ..one }));
        }
        there
    }

    /// A provider that was seen, so it is there.
    pub(super) fn cloud(&self, id: &str) -> Option<&Arc<dyn ComputeProvider>> {
        self.clouds.get(id)
    }
}
