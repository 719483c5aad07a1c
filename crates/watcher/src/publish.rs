//! One attempt to publish: read, change under the precondition of what was read, wait.
use std::time::Instant;

use cloud_http::{Call, Effect, Error, Failure, Kind};
use dns_provider::{Change, ChangeSet, Expect, Outcome, Report, RrSet};
use failover_core::{Receipt, SiteSet};
use futures_util::future::join_all;

use crate::handle::ProviderDiff;
use crate::setup::{Family, ServiceSetup, Setup};
use crate::spec::ProviderSpec;
use crate::translate::Found;
use crate::zone::Home;

/// What an attempt has found and done.
#[derive(Debug)]
pub(crate) struct Attempt {
    pub(crate) receipt: Receipt,
    /// The largest TTL that was stored before: how long caches may keep the old answer.
    pub(crate) ttl_before: Option<u32>,
}

/// Makes one provider store the targets of `sites`: A and AAAA in one change set. A family that
/// `sites` has no target of is removed; a family that no site of the service has is left alone.
pub(crate) async fn publish(
    setup: &Setup,
    service: &ServiceSetup,
    spec: &ProviderSpec,
    home: &Home,
    sites: SiteSet,
) -> Attempt {
    let deadline = Instant::now() + spec.call_timeout;
    let call = Call::until(deadline);
    setup.options.reached(service.name(), "publishing").await;
    let stored = match read(service, spec, home, call).await {
        Ok(stored) => stored,
        Err(message) => {
            let receipt = Receipt::Refused { message, changed: false };
            return Attempt { receipt, ttl_before: None };
        }
    };
    let ttl_before = stored.iter().flatten().map(|set| set.ttl).max();
    setup.options.reached(service.name(), "read").await;
    let receipt = match changes(service, &stored, sites) {
        Ok(changes) if changes.is_empty() => Receipt::AlreadySo,
        Ok(changes) => {
            let set = ChangeSet::new(home.zone.clone(), changes);
            apply(setup, service, spec, &set, call).await
        }
        Err(message) => Receipt::Refused { message, changed: false },
    };
    Attempt { receipt, ttl_before }
}

/// What is stored now, one entry per managed family.
pub(crate) async fn read(
    service: &ServiceSetup,
    spec: &ProviderSpec,
    home: &Home,
    call: Call,
) -> Result<Vec<Option<RrSet>>, String> {
    let keys: Vec<_> = service.families.iter().map(|family| service.key(*family)).collect();
    let reads = keys.iter().map(|key| spec.provider.rrset(&home.zone, key, call));
    let late = format!("{}: read {}: no answer in time", spec.name, service.spec.name);
    let all = tokio::time::timeout_at(call.deadline.into(), join_all(reads)).await;
    let all = all.map_err(|_| late)?;
    all.into_iter().collect::<Result<_, Error>>().map_err(|error| error.to_string())
}

/// What a move to `sites` would change at one provider.
pub(crate) async fn diff(
    service: &ServiceSetup,
    spec: &ProviderSpec,
    home: Result<&Home, &String>,
    sites: SiteSet,
) -> ProviderDiff {
    let deadline = Instant::now() + spec.call_timeout;
    let mut diff = ProviderDiff {
        provider: spec.name.clone(),
        remove: Vec::new(),
        add: Vec::new(),
        problem: None,
    };
    let stored = match home {
        Ok(home) => read(service, spec, home, Call::until(deadline)).await,
        Err(problem) => Err(problem.clone()),
    };
    match stored.and_then(|stored| Ok((changes(service, &stored, sites)?, stored))) {
        Ok((changes, stored)) => {
            let changed = |set: &RrSet| changes.iter().any(|change| change.key == set.key);
            diff.remove = stored.into_iter().flatten().filter(changed).collect();
            diff.add = changes.iter().filter_map(|change| change.desired.clone()).collect();
        }
        Err(problem) => diff.problem = Some(problem),
    }
    diff
}

fn changes(
    service: &ServiceSetup,
    stored: &[Option<RrSet>],
    sites: SiteSet,
) -> Result<Vec<Change>, String> {
    let mut changes = Vec::new();
    for (family, stored) in service.families.iter().zip(stored) {
        let key = service.key(*family);
        if stored.as_ref().is_some_and(|set| set.opaque.is_some()) {
            return Err(format!(
                "{key} is a routing policy, which is never overwritten: remove it"
            ));
        }
        let expect = stored.clone().map_or(Expect::Absent, Expect::Exactly);
        match service.wanted(sites, *family) {
            Some(wanted) if stored.as_ref().is_some_and(|set| same(set, &wanted, *family)) => {}
            Some(wanted) => changes.push(Change::put(wanted, expect)),
            None if stored.is_some() => changes.push(Change::remove(key, expect)),
            None => {}
        }
    }
    Ok(changes)
}

/// The same TTL and the same set of addresses, however they are written.
fn same(stored: &RrSet, wanted: &RrSet, family: Family) -> bool {
    let addresses = |set: &RrSet| -> Option<Vec<std::net::IpAddr>> {
        let mut all: Vec<_> = set.values.iter().map(|text| text.parse().ok()).collect();
        all.sort();
        all.dedup();
        all.into_iter().collect()
    };
    debug_assert_eq!(stored.key.rtype, family.rtype());
    stored.ttl == wanted.ttl && addresses(stored) == addresses(wanted)
}

async fn apply(
    setup: &Setup,
    service: &ServiceSetup,
    spec: &ProviderSpec,
    set: &ChangeSet,
    call: Call,
) -> Receipt {
    let applying = tokio::time::timeout_at(call.deadline.into(), spec.provider.apply(set, call));
    let report = match applying.await {
        Ok(Ok(report)) => report,
        Ok(Err(error)) => return failed(error.to_string(), &error.failure),
        Err(_) => {
            let message = format!("{}: change: no answer in {:?}", spec.name, spec.call_timeout);
            return Receipt::Unknown { message };
        }
    };
    setup.options.reached(service.name(), "applied").await;
    let receipt = judged(&report);
    let settled = settle(spec, &report, call).await;
    setup.options.reached(service.name(), "settled").await;
    match (receipt, settled) {
        (Receipt::Applied | Receipt::AlreadySo, Err(unsettled)) => unsettled,
        (receipt, _) => receipt,
    }
}

/// Waits for all operations of `report`.
async fn settle(spec: &ProviderSpec, report: &Report, call: Call) -> Result<(), Receipt> {
    let waits = report.pending.iter().map(|ticket| spec.provider.settle(ticket, call));
    let Ok(all) = tokio::time::timeout_at(call.deadline.into(), join_all(waits)).await else {
        let message = format!("{}: accepted, but not finished in time", spec.name);
        return Err(Receipt::Unknown { message });
    };
    match all.into_iter().find_map(Result::err) {
        // An operation that was accepted and then failed may have come half the way.
        Some(error) => Err(Receipt::Unknown { message: error.to_string() }),
        None => Ok(()),
    }
}

/// The receipt of a whole change set: one doubt, or half a change, makes it unknown.
fn judged(report: &Report) -> Receipt {
    let outcomes = || report.outcomes.iter().map(|(_, outcome)| outcome);
    let words = |failure: &Failure| format!("{}: {failure}", report.provider);
    let applied = outcomes().any(|outcome| matches!(outcome, Outcome::Applied));
    let doubt = outcomes().find_map(|outcome| match outcome {
        Outcome::Unknown(failure) => Some(failure),
        _ => None,
    });
    let refusal = outcomes().find_map(|outcome| match outcome {
        Outcome::Refused(failure) => Some(failure),
        _ => None,
    });
    match (doubt, refusal) {
        (Some(failure), _) => Receipt::Unknown { message: words(failure) },
        (None, Some(failure)) if applied => {
            Receipt::Unknown { message: format!("{} (another RRset was changed)", words(failure)) }
        }
        (None, Some(failure)) => failed(words(failure), failure),
        (None, None) if outcomes().any(|outcome| matches!(outcome, Outcome::NotTried)) => {
            let message = format!("{}: not everything was tried", report.provider);
            Receipt::Unknown { message }
        }
        (None, None) if applied => Receipt::Applied,
        (None, None) => Receipt::AlreadySo,
    }
}

fn failed(message: String, failure: &Failure) -> Receipt {
    match failure.effect {
        Effect::NotApplied => {
            let gone = matches!(failure.kind, Kind::Changed | Kind::AlreadyExists | Kind::NotFound);
            Receipt::Refused { message, changed: gone }
        }
        _ => Receipt::Unknown { message },
    }
}

/// What [`read`] found, for [`ServiceSetup::answer`].
pub(crate) fn found(stored: &[Option<RrSet>]) -> Vec<Found> {
    stored.iter().map(|set| Found::from(set.as_ref())).collect()
}
