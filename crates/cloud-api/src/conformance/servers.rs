//! Checks of servers: making, switching, resizing, removing.
use std::collections::BTreeMap;

use cloud_http::Kind;

use super::ground::{Ground, ensure, name, text};
use crate::name::Owner;
use crate::server::{Power, Server, Status};
use crate::ticket::Ticket;

pub(super) async fn created(ground: &Ground<'_>) -> Result<(), String> {
    let mut spec = ground.spec()?;
    spec.tags.push(name("front")?);
    spec.labels.insert("role".to_owned(), "app".to_owned());
    let server = ground.make(&spec).await?;
    let right = server.name == spec.name.as_str()
        && server.place == spec.place
        && server.machine == spec.machine
        && server.belongs_to(&spec.owner)
        && server.tags == ["front"]
        && server.labels == spec.labels
        && server.public_v4.is_some();
    ensure(right, || format!("{server:?}"))
}

pub(super) async fn owned(ground: &Ground<'_>) -> Result<(), String> {
    let server = ground.make(&ground.spec()?).await?;
    let listed = |servers: Vec<Server>| servers.iter().any(|listed| listed.id == server.id);
    let provider = ground.provider;
    let ours = provider.servers(Some(ground.owner()), ground.call()).await.map_err(text)?;
    ensure(listed(ours), || "it is not listed for its owner".to_owned())?;
    let other = Owner::parse("somebody-else").map_err(|error| error.to_string())?;
    let theirs = provider.servers(Some(&other), ground.call()).await.map_err(text)?;
    ensure(!listed(theirs), || "it is listed for somebody else".to_owned())?;
    let all = provider.servers(None, ground.call()).await.map_err(text)?;
    ensure(listed(all), || "it is not listed for everybody".to_owned())
}

pub(super) async fn adopted(ground: &Ground<'_>) -> Result<(), String> {
    let spec = ground.spec()?;
    let first = ground.provider.create(&spec, ground.call()).await.map_err(text)?;
    // While it is being made, and after that.
    for _ in 0..2 {
        let again = ground.provider.create(&spec, ground.call()).await.map_err(text)?;
        ensure(again.adopted && again.id == first.id, || format!("{again:?}"))?;
        ground.finish(again.ticket).await?;
        let server = ground.must_see(&first.id).await?;
        ensure(server.status == Status::Running, || format!("{server:?}"))?;
    }
    ground.finish(first.ticket).await?;
    let all = ground.provider.servers(Some(ground.owner()), ground.call()).await;
    let count = all.map_err(text)?.len();
    ensure(count == 1, || format!("there are {count} servers"))
}

pub(super) async fn taken(ground: &Ground<'_>) -> Result<(), String> {
    let mut spec = ground.spec()?;
    ground.make(&spec).await?;
    spec.owner = Owner::parse("somebody-else").map_err(|error| error.to_string())?;
    match ground.provider.create(&spec, ground.call()).await {
        Err(error) if error.failure.kind == Kind::AlreadyExists => Ok(()),
        other => Err(format!("{other:?}")),
    }
}

async fn switch(ground: &Ground<'_>, id: &str, power: Power) -> Result<Option<Server>, String> {
    let ticket = ground.provider.power(id, power, ground.call()).await.map_err(text)?;
    let ticket = ticket.ok_or_else(|| format!("{power:?}: there was nothing to do"))?;
    Ok(ground.settle(&ticket).await?.server)
}

async fn nothing_to_do(ground: &Ground<'_>, id: &str, power: Power) -> Result<(), String> {
    let ticket = ground.provider.power(id, power, ground.call()).await.map_err(text)?;
    ensure(ticket.is_none(), || format!("{power:?}: {ticket:?}"))
}

pub(super) async fn off_and_on(ground: &Ground<'_>) -> Result<(), String> {
    let before = ground.make(&ground.spec()?).await?;
    nothing_to_do(ground, &before.id, Power::Start).await?;
    let off = switch(ground, &before.id, Power::Shutdown).await?;
    ensure(off.as_ref().is_some_and(|s| s.status == Status::Off), || format!("{off:?}"))?;
    nothing_to_do(ground, &before.id, Power::Shutdown).await?;
    nothing_to_do(ground, &before.id, Power::PowerOff).await?;
    let on = switch(ground, &before.id, Power::Start).await?;
    let on = on.ok_or("nothing was said about the server")?;
    ensure(on.status == Status::Running && on.public_v4.is_some(), || format!("{on:?}"))?;
    let keeps = ground.provider.rules().keeps_address;
    let moved = on.moved_since(before.public_v4);
    ensure(!(keeps && moved.is_some()), || format!("the address is not kept: {moved:?}"))
}

pub(super) async fn hard(ground: &Ground<'_>) -> Result<(), String> {
    let server = ground.make(&ground.spec()?).await?;
    for power in [Power::Reset, Power::Reboot] {
        let on = switch(ground, &server.id, power).await?;
        let runs = on.as_ref().is_some_and(|server| server.status == Status::Running);
        ensure(runs, || format!("{power:?}: {on:?}"))?;
    }
    let off = switch(ground, &server.id, Power::PowerOff).await?;
    ensure(off.as_ref().is_some_and(|s| s.status == Status::Off), || format!("{off:?}"))?;
    for power in [Power::Reset, Power::Reboot] {
        let refused = ground.provider.power(&server.id, power, ground.call()).await;
        ensure(refused.is_err(), || format!("{power:?} of a server that is off: {refused:?}"))?;
    }
    Ok(())
}

pub(super) async fn resized(ground: &Ground<'_>) -> Result<(), String> {
    let server = ground.make(&ground.spec()?).await?;
    let [small, large] = &ground.setting.machines;
    let none = ground.provider.resize(&server.id, small, ground.call()).await.map_err(text)?;
    ensure(none.is_none(), || format!("{none:?}"))?;
    let ticket = ground.provider.resize(&server.id, large, ground.call()).await.map_err(text)?;
    let settled = ground.finish(ticket).await?;
    let now = settled.server.ok_or("nothing was said about the server")?;
    ensure(now.machine == *large && now.status == Status::Running, || format!("{now:?}"))?;
    let moved = now.moved_since(server.public_v4);
    ensure(settled.moved == moved, || format!("{moved:?} was not told of: {:?}", settled.moved))
}

pub(super) async fn resized_off(ground: &Ground<'_>) -> Result<(), String> {
    let server = ground.make(&ground.spec()?).await?;
    switch(ground, &server.id, Power::PowerOff).await?;
    let large = &ground.setting.machines[1];
    let ticket = ground.provider.resize(&server.id, large, ground.call()).await.map_err(text)?;
    ground.finish(ticket).await?;
    let now = ground.must_see(&server.id).await?;
    ensure(now.machine == *large && now.status == Status::Off, || format!("{now:?}"))
}

pub(super) async fn relabelled(ground: &Ground<'_>) -> Result<(), String> {
    let mut spec = ground.spec()?;
    spec.tags.push(name("front")?);
    spec.labels.insert("role".to_owned(), "app".to_owned());
    let server = ground.make(&spec).await?;
    let labels = BTreeMap::from([("role".to_owned(), "db".to_owned()), ("x".into(), "".into())]);
    for changes in [true, false] {
        let relabelled = ground.provider.relabel(&server.id, &labels, ground.call()).await;
        let ticket = relabelled.map_err(text)?;
        ensure(changes || ticket.is_none(), || format!("a second time: {ticket:?}"))?;
        ground.finish(ticket).await?;
    }
    let now = ground.must_see(&server.id).await?;
    let right = now.labels == labels && now.tags == ["front"] && now.belongs_to(&spec.owner);
    ensure(right, || format!("{now:?}"))
}

pub(super) async fn deleted(ground: &Ground<'_>) -> Result<(), String> {
    let server = ground.make(&ground.spec()?).await?;
    let ticket = ground.provider.delete(&server.id, ground.call()).await.map_err(text)?;
    ensure(ticket.is_some(), || "there is nothing to wait for".to_owned())?;
    let settled = ground.finish(ticket).await?;
    ensure(settled.server.is_none(), || format!("{settled:?}"))?;
    let now = ground.provider.server(&server.id, ground.call()).await.map_err(text)?;
    ensure(now.is_none(), || format!("{now:?}"))?;
    let again = ground.provider.delete(&server.id, ground.call()).await.map_err(text)?;
    ensure(again.is_none(), || format!("{again:?}"))
}

pub(super) async fn settled_twice(ground: &Ground<'_>) -> Result<(), String> {
    let creation = ground.provider.create(&ground.spec()?, ground.call()).await.map_err(text)?;
    let ticket = creation.ticket.ok_or("there is nothing to wait for")?;
    let json = serde_json::to_string(&ticket).map_err(|error| error.to_string())?;
    let back: Ticket = serde_json::from_str(&json).map_err(|error| error.to_string())?;
    for ticket in [&back, &ticket] {
        let settled = ground.settle(ticket).await?;
        let runs = settled.server.as_ref().is_some_and(|s| s.status == Status::Running);
        ensure(runs, || format!("{settled:?}"))?;
    }
    Ok(())
}

pub(super) async fn missing(ground: &Ground<'_>) -> Result<(), String> {
    // The id of a server that was.
    let server = ground.make(&ground.spec()?).await?;
    let ticket = ground.provider.delete(&server.id, ground.call()).await.map_err(text)?;
    ground.finish(ticket).await?;
    let provider = ground.provider;
    let started = provider.power(&server.id, Power::Start, ground.call()).await;
    let resized = provider.resize(&server.id, &ground.setting.machines[1], ground.call()).await;
    for result in [started, resized] {
        match result {
            Err(error) if error.failure.kind == Kind::NotFound => {}
            other => return Err(format!("{other:?}")),
        }
    }
    Ok(())
}
