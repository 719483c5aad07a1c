//! One attempt to publish: read, change under the precondition of what was read, wait.
use std::time::Instant;

use cloud_http::{Call, Effect, Error, Failure, Kind};
use dns_provider::{Change, ChangeSet, Expect, Outcome, Report, RrSet};
use failover_core::{Receipt, SiteSet};
use futures_util::future::join_all;

use crate::driver::Gate;
use crate::handle::ProviderDiff;
use crate::options::Options;
use crate::setup::{Family, ServiceSetup};
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
    options: &Options,
    service: &ServiceSetup,
    spec: &ProviderSpec,
    home: &Home,
    sites: SiteSet,
    gate: &Gate,
) -> Attempt {
    let deadline = Instant::now() + spec.call_timeout;
    let call = Call::until(deadline);
    options.reached(service.name(), "publishing").await;
    let stored = match read(service, spec, home, call).await {
        Ok(stored) => stored,
        Err(message) => {
            let receipt = Receipt::Refused { message, changed: false };
            return Attempt { receipt, ttl_before: None };
        }
    };
    let ttl_before = stored.iter().flatten().map(|set| set.ttl).max();
    options.reached(service.name(), "read").await;
    let receipt = match changes(service, &stored, sites) {
        Ok(changes) if changes.is_empty() => Receipt::AlreadySo,
        Ok(changes) => {
            let set = ChangeSet::new(home.zone.clone(), changes);
            // As late as can be: the process may have been stopped since.
            match gate.call(call) {
                Some(call) => apply(options, service, spec, &set, call).await,
                None => {
                    let message = "the lease has ended, another watcher goes on".to_owned();
                    Receipt::Refused { message, changed: false }
                }
            }
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
    options: &Options,
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
            let message = format!(
                "{}: change: no answer in {}",
                spec.name,
                failover_core::span(spec.call_timeout)
            );
            return Receipt::Unknown { message };
        }
    };
    options.reached(service.name(), "applied").await;
    let receipt = judged(&report);
    let settled = settle(spec, &report, call).await;
    options.reached(service.name(), "settled").await;
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
    stored.iter().map(Found::from).collect()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use dns_provider::memory::Fault;
    use dns_provider::{MemoryDns, Zone};
    use failover_core::SiteId;

    use super::*;
    use crate::options::Options;
    use crate::sample::{self, rrset};

    const ONE: [(&str, &[&str]); 2] = [("A", &["192.0.2.1"]), ("AAAA", &["2001:db8::1"])];

    async fn to(site: u8, spec: &ProviderSpec, zone: &Zone) -> Attempt {
        let home = Home { zone: zone.clone(), servers: Vec::new(), problem: None };
        let sites = SiteSet::one(SiteId(site));
        publish(&Options::default(), &sample::service(), spec, &home, sites, &Gate::open()).await
    }

    fn stored(memory: &Arc<MemoryDns>) -> Vec<(String, Vec<String>)> {
        let all = memory.stored("z1").into_iter();
        all.map(|set| (set.key.rtype.to_string(), set.values)).collect()
    }

    #[tokio::test]
    async fn both_families_are_published_together() {
        let (memory, spec, zone) = sample::provider(&ONE);
        let attempt = to(1, &spec, &zone).await;
        assert_eq!(attempt.receipt, Receipt::Applied);
        assert_eq!(attempt.ttl_before, Some(sample::TTL));
        let values = |text: &str| vec![text.to_owned()];
        let expected =
            [("A".to_owned(), values("192.0.2.2")), ("AAAA".to_owned(), values("2001:db8::2"))];
        assert_eq!(stored(&memory), expected);
    }

    #[tokio::test]
    async fn a_family_that_the_new_site_has_not_is_removed() {
        let (memory, spec, zone) = sample::provider(&ONE);
        assert_eq!(to(2, &spec, &zone).await.receipt, Receipt::Applied);
        let kinds: Vec<String> = stored(&memory).into_iter().map(|(rtype, _)| rtype).collect();
        assert_eq!(kinds, ["A"]);
    }

    #[tokio::test]
    async fn what_is_so_already_is_not_written_again() {
        let (memory, spec, zone) = sample::provider(&ONE);
        assert_eq!(to(0, &spec, &zone).await.receipt, Receipt::AlreadySo);
        assert_eq!(memory.writes(), 0);
    }

    #[tokio::test]
    async fn another_ttl_alone_is_corrected() {
        let (memory, spec, zone) = sample::provider(&ONE);
        memory.overwrite("z1", rrset("A", 300, &["192.0.2.1"]));
        let attempt = to(0, &spec, &zone).await;
        assert_eq!(attempt.receipt, Receipt::Applied);
        assert_eq!(attempt.ttl_before, Some(300), "caches may keep the old answer that long");
        assert_eq!(memory.writes(), 1);
    }

    #[tokio::test]
    async fn a_routing_policy_is_never_overwritten() {
        let (memory, spec, zone) = sample::provider(&ONE);
        let mut policy = rrset("A", 60, &["192.0.2.1"]);
        policy.opaque = Some("{}".to_owned());
        memory.overwrite("z1", policy.clone());
        let Receipt::Refused { message, changed: false } = to(1, &spec, &zone).await.receipt else {
            panic!("not refused");
        };
        assert!(message.contains("routing policy"), "{message}");
        assert_eq!(memory.stored("z1").first(), Some(&policy));
    }

    #[tokio::test]
    async fn a_failure_that_may_have_been_applied_is_unknown() {
        let (memory, spec, zone) = sample::provider(&ONE);
        let lost = Failure::new(Kind::Timeout, "the answer was lost").maybe_applied();
        memory.inject(Fault::Apply(lost));
        let Receipt::Unknown { message } = to(1, &spec, &zone).await.receipt else {
            panic!("not unknown");
        };
        assert!(message.contains("the answer was lost"), "{message}");
    }

    #[tokio::test]
    async fn an_api_that_cannot_be_read_refuses_without_a_write() {
        let (memory, spec, zone) = sample::provider(&ONE);
        memory.inject(Fault::Read(Failure::new(Kind::Unavailable, "status 503")));
        let Receipt::Refused { message, changed: false } = to(1, &spec, &zone).await.receipt else {
            panic!("not refused");
        };
        assert!(message.contains("503"), "{message}");
        assert_eq!(memory.writes(), 0);
    }

    #[test]
    fn half_a_change_is_unknown_in_whatever_order_it_is_reported() {
        let key = |rtype| rrset(rtype, 60, &[if rtype == "A" { "192.0.2.1" } else { "::1" }]).key;
        let refused = || Outcome::Refused(Failure::new(Kind::Busy, "locked"));
        let halves = [
            [(key("A"), Outcome::Applied), (key("AAAA"), refused())],
            [(key("A"), refused()), (key("AAAA"), Outcome::Applied)],
        ];
        for outcomes in halves {
            let report = Report::new("memory", outcomes.to_vec());
            assert!(matches!(judged(&report), Receipt::Unknown { .. }), "{report:?}");
        }
        let report = Report::new("memory", vec![(key("A"), refused()), (key("AAAA"), refused())]);
        assert!(matches!(judged(&report), Receipt::Refused { changed: false, .. }));
    }

    #[tokio::test]
    async fn a_plan_names_what_goes_and_what_comes_and_changes_nothing() {
        let (memory, spec, zone) = sample::provider(&ONE);
        let home = Home { zone, servers: Vec::new(), problem: None };
        let sites = SiteSet::one(SiteId(2));
        let diff = diff(&sample::service(), &spec, Ok(&home), sites).await;
        assert_eq!(diff.remove.len(), 2);
        assert_eq!(diff.add, [rrset("A", 60, &["192.0.2.3", "192.0.2.4"])]);
        assert_eq!(diff.problem, None);
        assert_eq!(memory.writes(), 0);
    }
}
