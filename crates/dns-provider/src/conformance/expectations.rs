//! Checks of preconditions and of what happens together.
use cloud_http::{Effect, Kind, Retry};

use super::ground::{Ground, ensure};
use crate::change::{Change, Expect, Outcome};
use crate::provider::{Atomicity, Guard};
use crate::record::RrSet;

pub(super) async fn absent_refuses(ground: &Ground<'_>) -> Result<(), String> {
    let there = ground.a(&["192.0.2.1"])?;
    let change = Change::put(ground.a(&["198.51.100.1"])?, Expect::Absent);
    refused(ground, &there, change, &[Kind::AlreadyExists, Kind::Changed]).await
}

pub(super) async fn exactly_refuses_values(ground: &Ground<'_>) -> Result<(), String> {
    let there = ground.a(&["192.0.2.1"])?;
    let expect = Expect::Exactly(ground.a(&["192.0.2.9"])?);
    let change = Change::put(ground.a(&["198.51.100.1"])?, expect);
    refused(ground, &there, change, &[Kind::Changed]).await
}

pub(super) async fn exactly_refuses_ttl(ground: &Ground<'_>) -> Result<(), String> {
    let there = ground.a(&["192.0.2.1"])?;
    let expect = Expect::Exactly(RrSet { ttl: there.ttl + 60, ..there.clone() });
    let change = Change::put(ground.a(&["198.51.100.1"])?, expect);
    refused(ground, &there, change, &[Kind::Changed]).await
}

pub(super) async fn removal_obeys(ground: &Ground<'_>) -> Result<(), String> {
    let there = ground.a(&["192.0.2.1"])?;
    let expect = Expect::Exactly(ground.a(&["192.0.2.9"])?);
    refused(ground, &there, Change::remove(there.key.clone(), expect), &[Kind::Changed]).await
}

/// Creates `there` and checks that `change` is refused with one of `kinds` and changes nothing.
async fn refused(
    ground: &Ground<'_>,
    there: &RrSet,
    change: Change,
    kinds: &[Kind],
) -> Result<(), String> {
    if ground.provider.capabilities().guard == Guard::None {
        return Ok(());
    }
    ground.create(there).await?;
    let report = ground.apply(vec![change]).await?;
    one_refusal(report.outcomes.first().map(|(_, outcome)| outcome), kinds)?;
    ground.must_be(there).await
}

pub(super) async fn exactly_refuses_missing(ground: &Ground<'_>) -> Result<(), String> {
    if ground.provider.capabilities().guard == Guard::None {
        return Ok(());
    }
    let expect = Expect::Exactly(ground.a(&["192.0.2.1"])?);
    let desired = ground.a(&["198.51.100.1"])?;
    let report = ground.apply(vec![Change::put(desired.clone(), expect)]).await?;
    let outcome = report.outcomes.first().map(|(_, outcome)| outcome);
    one_refusal(outcome, &[Kind::Changed, Kind::NotFound])?;
    ground.must_be_gone(&desired.key).await
}

fn one_refusal(outcome: Option<&Outcome>, kinds: &[Kind]) -> Result<(), String> {
    let Some(Outcome::Refused(failure)) = outcome else {
        return Err(format!("{outcome:?} instead of a refusal"));
    };
    ensure(kinds.contains(&failure.kind), || format!("{:?} instead of {kinds:?}", failure.kind))?;
    ensure(failure.retry == Retry::AfterReread, || format!("retry is {:?}", failure.retry))?;
    ensure(failure.effect == Effect::NotApplied, || format!("effect is {:?}", failure.effect))
}

pub(super) async fn spelling_is_free(ground: &Ground<'_>) -> Result<(), String> {
    let there = ground.rrset("a", "AAAA", &["2001:db8::1", "2001:db8::2"])?;
    let spelled = ground.rrset("a", "AAAA", &["2001:DB8:0::2", "2001:db8:0:0::1"])?;
    let new = ground.rrset("a", "AAAA", &["2001:db8::3"])?;
    ground.create(&there).await?;
    ground.must_apply(vec![Change::put(new.clone(), Expect::Exactly(spelled))]).await?;
    ground.must_be(&new).await
}

/// A set of a good and a stale change: nothing of it happens where whole sets are atomic, all but
/// the stale change happens elsewhere.
pub(super) async fn atomicity(ground: &Ground<'_>) -> Result<(), String> {
    if ground.provider.capabilities().guard == Guard::None {
        return Ok(());
    }
    let there = ground.a(&["192.0.2.1"])?;
    ground.create(&there).await?;
    let stale = Change::put(ground.a(&["198.51.100.1"])?, Expect::Absent);
    let good = ground.rrset("b", "A", &["192.0.2.2"])?;
    let changes = vec![stale, Change::put(good.clone(), Expect::Absent)];
    let report = ground.apply(changes).await?;
    ground.settle(&report).await?;
    let [(_, Outcome::Refused(_)), (_, second)] = report.outcomes.as_slice() else {
        return Err(format!("{report:?}"));
    };
    ground.must_be(&there).await?;
    if ground.provider.capabilities().atomicity == Atomicity::WholeSet {
        ensure(*second == Outcome::NotTried, || format!("{second:?} instead of NotTried"))?;
        return ground.must_be_gone(&good.key).await;
    }
    ensure(*second == Outcome::Applied, || format!("{second:?} instead of Applied"))?;
    ground.must_be(&good).await
}
