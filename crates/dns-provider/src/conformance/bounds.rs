//! Checks of what must not be done, and of what is refused before any request.
use cloud_http::{Call, Effect, Error, Kind};

use super::ground::{Ground, ensure};
use crate::change::{Change, ChangeSet, Expect, Outcome, Report, Ticket};
use crate::name::Name;
use crate::provider::{Atomicity, Guard, Need};
use crate::record::{Key, RecordType, RrSet};
use crate::zone::{Visibility, Zone};

pub(super) async fn dry_run(ground: &Ground<'_>) -> Result<(), String> {
    let there = ground.a(&["192.0.2.1"])?;
    ground.create(&there).await?;
    let changes = vec![
        Change::put(ground.a(&["198.51.100.1"])?, Expect::Exactly(there.clone())),
        Change::put(ground.rrset("b", "A", &["192.0.2.2"])?, Expect::Absent),
    ];
    let report = ground.try_apply(changes, ground.call().dry_run()).await;
    let report = report.map_err(|error| error.to_string())?;
    let untried = report.outcomes.iter().all(|(_, outcome)| *outcome == Outcome::NotTried);
    ensure(untried && report.outcomes.len() == 2, || format!("{:?}", report.outcomes))?;
    ensure(report.pending.is_empty(), || "a dry run left a ticket".to_owned())?;
    ground.must_be(&there).await?;
    ground.must_be_gone(&ground.rrset("b", "A", &[])?.key).await
}

pub(super) async fn lease(ground: &Ground<'_>) -> Result<(), String> {
    let rrset = ground.a(&["192.0.2.1"])?;
    let call = ground.call().write_before(ground.clock.now());
    let result = ground.try_apply(vec![Change::put(rrset.clone(), Expect::Absent)], call).await;
    let kind = match &result {
        Err(error) => Some(error.failure.kind),
        Ok(report) => {
            let first = report.outcomes.first();
            first.and_then(|(_, outcome)| outcome.failure()).map(|failure| failure.kind)
        }
    };
    ensure(kind == Some(Kind::Expired), || format!("{result:?}"))?;
    ground.must_be_gone(&rrset.key).await
}

pub(super) async fn deadline(ground: &Ground<'_>) -> Result<(), String> {
    let late = Call::until(ground.clock.now());
    let rrset = ground.a(&["192.0.2.1"])?;
    timed_out("zones", ground.provider.zones(late).await)?;
    timed_out("rrsets", ground.provider.rrsets(ground.zone, late).await)?;
    timed_out("rrset", ground.provider.rrset(ground.zone, &rrset.key, late).await)?;
    let change = Change::put(rrset.clone(), Expect::Absent);
    timed_out("apply", ground.try_apply(vec![change.clone()], late).await)?;
    ground.must_be_gone(&rrset.key).await?;
    let report = ground.must_apply(vec![change]).await?;
    for ticket in &report.pending {
        let error = settle(ground, ticket, late).await?;
        let open = error.failure.effect == Effect::MaybeApplied;
        ensure(open, || "a wait that ends early leaves the effect unknown".to_owned())?;
    }
    Ok(())
}

async fn settle(ground: &Ground<'_>, ticket: &Ticket, late: Call) -> Result<Error, String> {
    match ground.provider.settle(ticket, late).await {
        Err(error) if error.failure.kind == Kind::Timeout => Ok(error),
        other => Err(format!("settle: {other:?} instead of a timeout")),
    }
}

fn timed_out<T: std::fmt::Debug>(what: &str, result: Result<T, Error>) -> Result<(), String> {
    match result {
        Err(error) if matches!(error.failure.kind, Kind::Timeout | Kind::Expired) => {
            let none = error.failure.effect == Effect::NotApplied;
            ensure(none, || format!("{what}: nothing was sent, yet the effect is unknown"))
        }
        other => Err(format!("{what}: {other:?} instead of a timeout")),
    }
}

pub(super) async fn ttl_floor(ground: &Ground<'_>) -> Result<(), String> {
    let Some(ttl) = ground.provider.capabilities().ttl_min.checked_sub(1) else { return Ok(()) };
    let rrset = RrSet { ttl, ..ground.a(&["192.0.2.1"])? };
    invalid(ground, vec![Change::put(rrset, Expect::Absent)]).await
}

pub(super) async fn too_many_values(ground: &Ground<'_>) -> Result<(), String> {
    let count = ground.provider.capabilities().values_max + 1;
    let address = |i: usize| format!("10.{}.{}.{}", (i >> 16) & 255, (i >> 8) & 255, i & 255);
    let values: Vec<String> = (0..count).map(address).collect();
    let values: Vec<&str> = values.iter().map(String::as_str).collect();
    invalid(ground, vec![Change::put(ground.a(&values)?, Expect::Absent)]).await
}

pub(super) async fn outside(ground: &Ground<'_>) -> Result<(), String> {
    let text = format!("not{}", ground.zone.name);
    let name = Name::parse(&text).map_err(|error| error.to_string())?;
    let rrset = RrSet::new(Key::new(name, RecordType::A), ground.ttl(), ["192.0.2.1"]);
    invalid(ground, vec![Change::put(rrset, Expect::Absent)]).await
}

pub(super) async fn twice(ground: &Ground<'_>) -> Result<(), String> {
    let change = Change::put(ground.a(&["192.0.2.1"])?, Expect::Any);
    invalid(ground, vec![change.clone(), change]).await
}

pub(super) async fn wrong_value(ground: &Ground<'_>) -> Result<(), String> {
    let rrset = ground.a(&["192.0.2.256"])?;
    invalid(ground, vec![Change::put(rrset, Expect::Absent)]).await
}

async fn invalid(ground: &Ground<'_>, changes: Vec<Change>) -> Result<(), String> {
    whole_refusal(Kind::Invalid, ground.try_apply(changes, ground.call()).await)
}

fn whole_refusal(kind: Kind, result: Result<Report, Error>) -> Result<(), String> {
    match result {
        Err(error) if error.failure.kind == kind => Ok(()),
        other => Err(format!("{other:?} instead of an error of kind {kind:?}")),
    }
}

pub(super) async fn promises(ground: &Ground<'_>) -> Result<(), String> {
    let can = ground.provider.capabilities();
    let desired = ground.a(&["192.0.2.1"])?;
    // A precondition and a change of TTL: what is hardest to promise.
    let old = RrSet { ttl: desired.ttl + 60, ..desired.clone() };
    let mut set = ground.set(vec![Change::put(desired, Expect::Exactly(old))]);
    for (atomicity, guard) in [(Atomicity::WholeSet, Guard::None), (Atomicity::None, Guard::Server)]
    {
        if can.atomicity >= atomicity && can.guard >= guard {
            continue;
        }
        set.need = Need { atomicity, guard };
        let result = ground.provider.apply(&set, ground.call()).await;
        whole_refusal(Kind::Unsupported, result)?;
    }
    Ok(())
}

pub(super) async fn private_zone(ground: &Ground<'_>) -> Result<(), String> {
    let zone = Zone { visibility: Visibility::Private, ..ground.zone.clone() };
    let change = Change::put(ground.a(&["192.0.2.1"])?, Expect::Any);
    let result = ground.provider.apply(&ChangeSet::new(zone, vec![change]), ground.call()).await;
    whole_refusal(Kind::Unsupported, result)
}

pub(super) async fn no_zone(ground: &Ground<'_>) -> Result<(), String> {
    let zone = Zone { id: format!("{}99", ground.zone.id), ..ground.zone.clone() };
    match ground.provider.rrsets(&zone, ground.call()).await {
        Err(error) if error.failure.kind == Kind::NotFound => Ok(()),
        other => Err(format!("{other:?} instead of an error of kind NotFound")),
    }
}
