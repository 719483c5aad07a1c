//! Checks of what only some providers have.
use std::net::IpAddr;

use secrecy::SecretString;

use super::ground::{Ground, ensure, name, text};
use crate::address::AddressSpec;
use crate::key::SshKey;
use crate::opening::{OpeningSpec, Protocol, Traffic};
use crate::server::PublicV4;

/// A key for nothing: its secret half was never kept.
const KEY: &str = "ssh-ed25519 \
     AAAAC3NzaC1lZDI1NTE5AAAAIMl9cz8yWvYzS7cCYQmM5yqO3gE0kR2dWmH1vJ6uB4tX conformance";

fn key(called: &str) -> Result<SshKey, String> {
    Ok(SshKey::new(name(called)?, "ops", KEY))
}

pub(super) async fn openings(ground: &Ground<'_>) -> Result<(), String> {
    let Some(openings) = ground.provider.openings() else { return Ok(()) };
    let network = match ground.provider.networks() {
        Some(networks) => ground.network(networks).await?.0,
        None => "none".to_owned(),
    };
    let owner = ground.owner().clone();
    let mut spec = OpeningSpec::everything(name("conformance-opening")?, owner, network);
    spec.traffic = vec![Traffic::port(Protocol::Tcp, 443), Traffic::all(Protocol::Icmp)];
    let creation = openings.open(&spec, ground.call()).await.map_err(text)?;
    let id = ground.done(creation).await?;
    let all = openings.openings(Some(ground.owner()), ground.call()).await.map_err(text)?;
    let same = all.len() == 1
        && all[0].id == id
        && all[0].traffic == spec.traffic
        && all[0].sources == spec.sources;
    ensure(same, || format!("{all:?}"))?;
    let again = openings.open(&spec, ground.call()).await.map_err(text)?;
    ensure(again.adopted && again.id == id, || format!("{again:?}"))?;
    // In use it can be closed too.
    ground.make(&ground.spec()?).await?;
    let ticket = openings.close(&id, ground.call()).await.map_err(text)?;
    ground.finish(ticket).await?;
    let again = openings.close(&id, ground.call()).await.map_err(text)?;
    ensure(again.is_none(), || format!("closed twice: {again:?}"))
}

pub(super) async fn addresses(ground: &Ground<'_>) -> Result<(), String> {
    let Some(addresses) = ground.provider.addresses() else { return Ok(()) };
    let (owner, place) = (ground.owner().clone(), &ground.setting.place);
    let spec = AddressSpec::new(name("conformance-address")?, owner, place);
    let creation = addresses.reserve(&spec, ground.call()).await.map_err(text)?;
    let id = ground.done(creation).await?;
    let again = addresses.reserve(&spec, ground.call()).await.map_err(text)?;
    ensure(again.adopted && again.id == id, || format!("{again:?}"))?;
    let mut server = ground.spec()?;
    server.public_v4 = PublicV4::Reserved(id.clone());
    let server = ground.make(&server).await?;
    let all = addresses.addresses(Some(ground.owner()), ground.call()).await.map_err(text)?;
    let used = all.len() == 1
        && all[0].server.as_deref() == Some(&server.id)
        && all[0].address == server.public_v4.map(IpAddr::V4)
        && server.public_v4.is_some();
    ensure(used, || format!("{all:?} and {server:?}"))?;
    let in_use = match addresses.release(&id, ground.call()).await {
        Err(_) => true,
        Ok(Some(ticket)) => ground.provider.settle(&ticket, ground.call()).await.is_err(),
        Ok(None) => false,
    };
    ensure(in_use, || "it was given back while a server used it".to_owned())?;
    let ticket = ground.provider.delete(&server.id, ground.call()).await.map_err(text)?;
    ground.finish(ticket).await?;
    let all = addresses.addresses(Some(ground.owner()), ground.call()).await.map_err(text)?;
    ensure(all.len() == 1 && all[0].server.is_none(), || format!("not kept: {all:?}"))?;
    let ticket = addresses.release(&id, ground.call()).await.map_err(text)?;
    ground.finish(ticket).await?;
    let again = addresses.release(&id, ground.call()).await.map_err(text)?;
    ensure(again.is_none(), || format!("given back twice: {again:?}"))
}

pub(super) async fn keys(ground: &Ground<'_>) -> Result<(), String> {
    let Some(keys) = ground.provider.keys() else { return Ok(()) };
    let first = keys.keep(&key("conformance-key")?, ground.owner(), ground.call()).await;
    let first = first.map_err(text)?;
    // The same key under another name is the same key.
    let second = keys.keep(&key("conformance-other")?, ground.owner(), ground.call()).await;
    let second = second.map_err(text)?;
    ensure(first.id == second.id, || format!("{first:?} and {second:?}"))?;
    let all = keys.keys(Some(ground.owner()), ground.call()).await.map_err(text)?;
    ensure(all.len() == 1 && all[0].id == first.id, || format!("{all:?}"))?;
    let forgotten = keys.forget(&first.id, ground.call()).await.map_err(text)?;
    let again = keys.forget(&first.id, ground.call()).await.map_err(text)?;
    ensure(forgotten && !again, || format!("{forgotten} and then {again}"))
}

pub(super) async fn server_keys(ground: &Ground<'_>) -> Result<(), String> {
    let mut spec = ground.spec()?;
    spec.ssh_keys.push(key("conformance-key")?);
    spec.boot_script = Some(SecretString::from("#!/bin/sh\ntrue\n"));
    ground.make(&spec).await.map(drop)
}

pub(super) async fn boot_data(ground: &Ground<'_>) -> Result<(), String> {
    let Some(boot) = ground.provider.boot_data() else { return Ok(()) };
    let server = ground.make(&ground.spec()?).await?;
    let script = SecretString::from("#!/bin/sh\necho again\n");
    let ticket = boot.set_boot_script(&server.id, &script, ground.call()).await.map_err(text)?;
    ground.finish(ticket).await?;
    let keys = [key("conformance-key")?];
    let ticket = boot.set_ssh_keys(&server.id, &keys, ground.call()).await.map_err(text)?;
    ground.finish(ticket).await?;
    let bad = SecretString::from("echo no interpreter");
    let refused = boot.set_boot_script(&server.id, &bad, ground.call()).await;
    ensure(refused.is_err(), || format!("{refused:?}"))
}

pub(super) async fn console(ground: &Ground<'_>) -> Result<(), String> {
    let Some(console) = ground.provider.console() else { return Ok(()) };
    let server = ground.make(&ground.spec()?).await?;
    let first = console.output(&server.id, 0, ground.call()).await.map_err(text)?;
    ensure(first.next >= first.start, || format!("{first:?}"))?;
    let rest = console.output(&server.id, first.next, ground.call()).await.map_err(text)?;
    ensure(rest.start >= first.next, || format!("{first:?}, then {rest:?}"))
}
