//! Checks that what is written is what reads back.
use super::ground::{Ground, ensure};
use crate::change::{Change, Expect, Outcome};
use crate::record::RrSet;
use crate::text;

pub(super) async fn zone_is_listed(ground: &Ground<'_>) -> Result<(), String> {
    let zones = ground.provider.zones(ground.call()).await.map_err(|error| error.to_string())?;
    let listed = zones.iter().find(|zone| zone.id == ground.zone.id);
    ensure(listed.is_some_and(|zone| zone.name == ground.zone.name), || format!("{zones:?}"))
}

pub(super) async fn absent_reads_as_nothing(ground: &Ground<'_>) -> Result<(), String> {
    ground.must_be_gone(&ground.a(&[])?.key).await
}

pub(super) async fn created(ground: &Ground<'_>) -> Result<(), String> {
    let rrset = ground.a(&["192.0.2.1", "192.0.2.2"])?;
    ground.create(&rrset).await?;
    ground.must_be(&rrset).await?;
    let all = ground.provider.rrsets(ground.zone, ground.call()).await;
    let all = all.map_err(|error| error.to_string())?;
    let listed: Vec<&RrSet> = all.iter().filter(|listed| listed.key == rrset.key).collect();
    ensure(listed.len() == 1 && listed[0].same_data(&rrset), || format!("listed: {listed:?}"))
}

pub(super) async fn values_change(ground: &Ground<'_>) -> Result<(), String> {
    let old = ground.a(&["192.0.2.1"])?;
    replace(ground, &old, ground.a(&["198.51.100.1", "198.51.100.2"])?).await
}

pub(super) async fn ttl_changes(ground: &Ground<'_>) -> Result<(), String> {
    let old = ground.a(&["192.0.2.1"])?;
    replace(ground, &old, RrSet { ttl: old.ttl + 60, ..old.clone() }).await
}

pub(super) async fn both_change(ground: &Ground<'_>) -> Result<(), String> {
    let old = ground.a(&["192.0.2.1"])?;
    replace(ground, &old, RrSet { ttl: old.ttl + 60, ..ground.a(&["198.51.100.1"])? }).await
}

async fn replace(ground: &Ground<'_>, old: &RrSet, new: RrSet) -> Result<(), String> {
    ground.create(old).await?;
    ground.must_apply(vec![Change::put(new.clone(), Expect::Exactly(old.clone()))]).await?;
    ground.must_be(&new).await
}

pub(super) async fn removed(ground: &Ground<'_>) -> Result<(), String> {
    let rrset = ground.a(&["192.0.2.1"])?;
    ground.create(&rrset).await?;
    let key = rrset.key.clone();
    ground.must_apply(vec![Change::remove(key.clone(), Expect::Exactly(rrset))]).await?;
    ground.must_be_gone(&key).await
}

pub(super) async fn already_so(ground: &Ground<'_>) -> Result<(), String> {
    let rrset = ground.a(&["192.0.2.1", "192.0.2.2"])?;
    ground.create(&rrset).await?;
    let missing = ground.rrset("missing", "A", &[])?.key;
    let swapped = ground.a(&["192.0.2.2", "192.0.2.1"])?;
    let changes = [
        Change::put(rrset.clone(), Expect::Any),
        Change::put(swapped.clone(), Expect::Exactly(rrset.clone())),
        Change::put(swapped, Expect::Absent),
        Change::remove(missing, Expect::Any),
    ];
    for change in changes {
        let report = ground.apply(vec![change]).await?;
        let so = matches!(report.outcomes.as_slice(), [(_, Outcome::AlreadySo)]);
        ensure(so && report.pending.is_empty(), || format!("{report:?}"))?;
    }
    Ok(())
}

pub(super) async fn several(ground: &Ground<'_>) -> Result<(), String> {
    let old = ground.a(&["192.0.2.1"])?;
    ground.create(&old).await?;
    let new = ground.rrset("b", "AAAA", &["2001:db8::1"])?;
    let third = ground.rrset("c", "CNAME", &["www.example.net."])?;
    let key = old.key.clone();
    let report = ground
        .must_apply(vec![
            Change::remove(key.clone(), Expect::Exactly(old)),
            Change::put(new.clone(), Expect::Absent),
            Change::put(third.clone(), Expect::Absent),
        ])
        .await?;
    let keys: Vec<_> = report.outcomes.iter().map(|(key, _)| key).collect();
    let in_order = keys == [&key, &new.key, &third.key];
    ensure(in_order, || format!("the outcomes are not in the order of the set: {keys:?}"))?;
    ground.must_be_gone(&key).await?;
    ground.must_be(&new).await?;
    ground.must_be(&third).await
}

pub(super) async fn text_survives(ground: &Ground<'_>) -> Result<(), String> {
    let long = format!("v=1; say \"hi\" \\ {}", "x".repeat(300));
    let quoted = text::quote(long.as_bytes());
    let rrset = ground.rrset("t", "TXT", &[&quoted, r#""plain""#])?;
    ground.create(&rrset).await?;
    ground.must_be(&rrset).await
}

pub(super) async fn wildcard_survives(ground: &Ground<'_>) -> Result<(), String> {
    let rrset = ground.rrset("*", "A", &["192.0.2.1"])?;
    ground.create(&rrset).await?;
    ground.must_be(&rrset).await
}

pub(super) async fn many_values(ground: &Ground<'_>) -> Result<(), String> {
    let count = ground.provider.capabilities().values_max.min(50);
    let values: Vec<String> = (1..=count).map(|last| format!("192.0.2.{last}")).collect();
    let values: Vec<&str> = values.iter().map(String::as_str).collect();
    let rrset = ground.a(&values)?;
    ground.create(&rrset).await?;
    ground.must_be(&rrset).await
}

pub(super) async fn settled_twice(ground: &Ground<'_>) -> Result<(), String> {
    let change = Change::put(ground.a(&["192.0.2.1"])?, Expect::Absent);
    let report = ground.must_apply(vec![change]).await?;
    ground.settle(&report).await
}
