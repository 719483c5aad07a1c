//! One round: all steps of one plan.
use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::{Mutex, MutexGuard, PoisonError};

use cloud_http::Error;
use futures_util::future::{join, join_all};

use super::Job;
use crate::blueprint::event::{Event, Happened};
use crate::blueprint::model::LocationSpec;
use crate::blueprint::names;
use crate::blueprint::report::{Outcome, StepResult, advice};
use crate::blueprint::seen::{Inventory, Seen, said};
use crate::blueprint::step::{Action, Plan, Step, Thing};
use crate::layout::Layout;
use crate::provider::ComputeProvider;

/// Why a step was left out that somebody did not want to wait for.
pub(in crate::blueprint) const STOPPED: &str = "it was stopped before this";

/// The steps of one plan while they are carried out.
pub(super) struct Round<'a> {
    pub(super) job: &'a Job<'a>,
    pub(super) seen: &'a Seen,
    plan: &'a Plan,
    state: Mutex<State>,
}

/// What is found out on the way.
#[derive(Debug, Default)]
struct State {
    outcomes: Vec<Option<Outcome>>,
    /// Network and subnet by location.
    wires: BTreeMap<String, (String, String)>,
    /// Reserved addresses by name.
    addresses: BTreeMap<String, Reserved>,
}

/// An address that is reserved for a server.
#[derive(Clone, Debug)]
pub(super) struct Reserved {
    pub id: String,
    pub region: String,
    pub address: Ipv4Addr,
}

/// What a step that went well has to say.
#[derive(Debug, Default)]
pub(super) struct Done {
    pub adopted: bool,
    pub note: Option<String>,
}

impl<'a> Round<'a> {
    pub(super) fn new(job: &'a Job<'a>, seen: &'a Seen, plan: &'a Plan) -> Self {
        let owner = &job.blueprint.owner;
        let mut state =
            State { outcomes: plan.steps.iter().map(|_| None).collect(), ..State::default() };
        for (_, inventory) in seen.seen() {
            let ours = |theirs: &Option<String>| theirs.as_deref() == Some(owner.as_str());
            for address in inventory.addresses.iter().filter(|address| ours(&address.owner)) {
                if let Some(IpAddr::V4(v4)) = address.address {
                    let (id, region) = (address.id.clone(), address.region.clone());
                    let reserved = Reserved { id, region, address: v4 };
                    state.addresses.insert(address.name.clone(), reserved);
                }
            }
        }
        for location in &job.blueprint.locations {
            let Ok(name) = names::ground(owner, &location.name) else { continue };
            let networks = seen.at(&location.provider).into_iter().flat_map(|all| &all.networks);
            let network = networks.into_iter().find(|one| one.name == name.as_str());
            let subnet = network.and_then(|network| {
                network.subnets.iter().find(|subnet| subnet.range == location.range)
            });
            if let (Some(network), Some(subnet)) = (network, subnet) {
                let wires = (network.id.clone(), subnet.id.clone());
                state.wires.insert(location.name.to_string(), wires);
            }
        }
        Self { job, seen, plan, state: Mutex::new(state) }
    }

    /// Carries out all steps and says what came of each.
    pub(super) async fn carry_out(self) -> Vec<StepResult> {
        let locations = &self.job.blueprint.locations;
        let grounds = join_all(locations.iter().map(|location| self.ground(location)));
        join(grounds, self.keys()).await;
        let missing = self.missing_addresses();
        if missing.is_empty() {
            join_all(locations.iter().map(|location| self.servers(location))).await;
        } else {
            let text = format!("boot scripts name all addresses, and {missing} has none yet");
            self.skip(|step| step.thing == Thing::Server && step.action != Action::Delete, &text);
        }
        if self.job.observer.stops() {
            self.skip(|_| true, STOPPED);
        }
        let is_new = |step: &Step| matches!(step.action, Action::Create | Action::Adopt);
        if self.all_well(is_new) {
            self.changes().await;
        }
        if self.all_well(|step| step.action != Action::Delete) {
            self.surplus().await;
        }
        if self.job.observer.stops() {
            self.skip(|_| true, STOPPED);
        }
        let text = "something failed, so what is there is left as it is";
        self.skip(|step| !is_new(step), text);
        self.skip(|_| true, "an earlier step of its location failed");
        let outcomes = std::mem::take(&mut self.state().outcomes);
        let steps = self.plan.steps.iter().cloned().zip(outcomes);
        steps.filter_map(|(step, outcome)| Some(StepResult { step, outcome: outcome? })).collect()
    }

    /// The steps that fit, with their numbers.
    pub(super) fn steps(&self, fits: impl Fn(&Step) -> bool) -> Vec<(usize, &'a Step)> {
        self.plan.steps.iter().enumerate().filter(|(_, step)| fits(step)).collect()
    }

    /// The step that does this to a thing of a location, if there is one.
    pub(super) fn making(
        &self,
        location: &LocationSpec,
        thing: Thing,
        name: &str,
    ) -> Option<(usize, &'a Step)> {
        let found = self.steps(|step| {
            step.thing == thing
                && step.name == name
                && step.location.as_deref() == Some(location.name.as_str())
                && matches!(step.action, Action::Create | Action::Adopt)
        });
        found.into_iter().next()
    }

    /// Carries out one step; whether it went well.
    pub(super) async fn run(
        &self,
        (number, step): (usize, &Step),
        work: impl Future<Output = Result<Done, Error>>,
    ) -> bool {
        if self.job.observer.stops() {
            self.end(number, step, Outcome::Skipped { reason: STOPPED.to_owned() });
            return false;
        }
        self.tell(step, Happened::Begun);
        let outcome = match work.await {
            Ok(Done { adopted, note }) => Outcome::Done { adopted, note },
            Err(error) => {
                let failure = said(&error);
                let advice = advice(&failure);
                Outcome::Failed { failure, advice }
            }
        };
        let well = matches!(outcome, Outcome::Done { .. });
        self.end(number, step, outcome);
        well
    }

    fn skip(&self, fits: impl Fn(&Step) -> bool, reason: &str) {
        for (number, step) in self.steps(fits) {
            if self.state().outcomes[number].is_none() {
                let reason = reason.to_owned();
                self.end(number, step, Outcome::Skipped { reason });
            }
        }
    }

    fn end(&self, number: usize, step: &Step, outcome: Outcome) {
        self.tell(step, Happened::Ended(outcome.clone()));
        self.state().outcomes[number] = Some(outcome);
    }

    pub(super) fn tell(&self, step: &Step, happened: Happened) {
        self.job.observer.event(&Event { step: step.clone(), happened });
    }

    /// Whether all steps that fit went well.
    fn all_well(&self, fits: impl Fn(&Step) -> bool) -> bool {
        let state = self.state();
        let mut all = state.outcomes.iter().zip(&self.plan.steps).filter(|(_, step)| fits(step));
        all.all(|(outcome, _)| matches!(outcome, Some(Outcome::Done { .. })))
    }

    fn missing_addresses(&self) -> String {
        let wanted = self.job.blueprint.wanted();
        let state = self.state();
        let missing = wanted.iter().map(|one| one.name.as_str());
        let missing: Vec<&str> =
            missing.filter(|name| !state.addresses.contains_key(*name)).collect();
        missing.join(", ")
    }

    /// All servers with their addresses, as far as they are known now.
    pub(super) fn layout(&self) -> Layout {
        let state = self.state();
        self.job.blueprint.layout(|name| Some(state.addresses.get(name.as_str())?.address))
    }

    pub(super) fn address(&self, name: &str) -> Option<Reserved> {
        self.state().addresses.get(name).cloned()
    }

    pub(super) fn keep_address(&self, name: &str, reserved: Reserved) {
        self.state().addresses.insert(name.to_owned(), reserved);
    }

    pub(super) fn wires(&self, location: &LocationSpec) -> Option<(String, String)> {
        self.state().wires.get(location.name.as_str()).cloned()
    }

    pub(super) fn keep_wires(&self, location: &LocationSpec, network: &str, subnet: &str) {
        let wires = (network.to_owned(), subnet.to_owned());
        self.state().wires.insert(location.name.to_string(), wires);
    }

    /// Client and inventory of a provider.
    pub(super) fn at(&self, id: &str) -> Option<(&'a dyn ComputeProvider, &'a Inventory)> {
        Some((self.job.cloud(id)?.as_ref(), self.seen.at(id)?))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
