//! Checks of what must not happen.
use std::time::Duration;

use cloud_http::{Effect, Error, Kind};
use secrecy::SecretString;

use super::ground::{Ground, ensure, text};
use crate::server::{Power, ServerSpec, Status};
use crate::ticket::Ticket;

/// Asks for a server that cannot be; fails unless it is refused, at once or when settled.
async fn refused(ground: &Ground<'_>, spec: &ServerSpec) -> Result<Error, String> {
    let error = match ground.provider.create(spec, ground.call()).await {
        Err(error) => error,
        Ok(creation) => {
            let ticket = creation.ticket.ok_or("it was made")?;
            match ground.provider.settle(&ticket, ground.call()).await {
                Err(error) => error,
                Ok(settled) => return Err(format!("it was made: {settled:?}")),
            }
        }
    };
    let all = ground.provider.servers(Some(ground.owner()), ground.call()).await.map_err(text)?;
    ensure(all.is_empty(), || format!("{error}, and yet: {all:?}"))?;
    Ok(error)
}

fn is_kind(error: &Error, kinds: &[Kind]) -> Result<(), String> {
    ensure(kinds.contains(&error.failure.kind), || format!("{:?}: {error}", error.failure.kind))
}

pub(super) async fn no_machine(ground: &Ground<'_>) -> Result<(), String> {
    let spec = ServerSpec { machine: "no-such-machine".to_owned(), ..ground.spec()? };
    let error = refused(ground, &spec).await?;
    is_kind(&error, &[Kind::Invalid, Kind::NotFound])?;
    let server = ground.make(&ground.spec()?).await?;
    let resized = ground.provider.resize(&server.id, "no-such-machine", ground.call()).await;
    ensure(resized.is_err(), || format!("{resized:?}"))?;
    let now = ground.must_see(&server.id).await?;
    ensure(now.status == Status::Running, || format!("it was stopped for nothing: {now:?}"))
}

pub(super) async fn no_image(ground: &Ground<'_>) -> Result<(), String> {
    let spec = ServerSpec { image: "no-such-system-99".to_owned(), ..ground.spec()? };
    is_kind(&refused(ground, &spec).await?, &[Kind::Invalid, Kind::NotFound])
}

pub(super) async fn nowhere(ground: &Ground<'_>) -> Result<(), String> {
    let spec = ServerSpec { place: "nowhere-1-a".to_owned(), ..ground.spec()? };
    is_kind(&refused(ground, &spec).await?, &[Kind::Invalid, Kind::NotFound])
}

pub(super) async fn wrong(ground: &Ground<'_>) -> Result<(), String> {
    let most = ground.provider.rules().boot_script_bytes_max;
    let long = SecretString::from(format!("#!{}", "x".repeat(most)));
    for spec in [
        ServerSpec { boot_script: Some(long), ..ground.spec()? },
        ServerSpec { labels: [("Role".to_owned(), String::new())].into(), ..ground.spec()? },
        ServerSpec { place: "a/../b".to_owned(), ..ground.spec()? },
    ] {
        let error = refused(ground, &spec).await?;
        is_kind(&error, &[Kind::Invalid])?;
        ensure(error.failure.effect == Effect::NotApplied, || error.to_string())?;
    }
    Ok(())
}

pub(super) async fn dry_run(ground: &Ground<'_>) -> Result<(), String> {
    let server = ground.make(&ground.spec()?).await?;
    let (provider, dry) = (ground.provider, ground.call().dry_run());
    let off = provider.power(&server.id, Power::PowerOff, dry).await;
    let gone = provider.delete(&server.id, dry).await;
    for result in [off, gone] {
        match result {
            Err(error) if error.failure.kind == Kind::Unsupported => {}
            other => return Err(format!("{other:?}")),
        }
    }
    let now = ground.must_see(&server.id).await?;
    ensure(now.status == Status::Running, || format!("{now:?}"))
}

pub(super) async fn lease(ground: &Ground<'_>) -> Result<(), String> {
    let server = ground.make(&ground.spec()?).await?;
    let late = ground.call().write_before(ground.clock.now());
    match ground.provider.delete(&server.id, late).await {
        Err(error) if error.failure.kind == Kind::Expired => {}
        other => return Err(format!("{other:?}")),
    }
    ground.must_see(&server.id).await.map(drop)
}

pub(super) async fn deadline(ground: &Ground<'_>) -> Result<(), String> {
    let past = ground.clock.now().checked_sub(Duration::from_millis(1));
    let mut call = ground.call();
    call.deadline = past.ok_or("the clock has just begun")?;
    let created = ground.provider.create(&ground.spec()?, call).await.err();
    let listed = ground.provider.servers(None, call).await.err();
    for error in [created, listed] {
        let error = error.ok_or("it went ahead")?;
        ensure(error.failure.effect == Effect::NotApplied, || error.to_string())?;
    }
    let all = ground.provider.servers(Some(ground.owner()), ground.call()).await.map_err(text)?;
    ensure(all.is_empty(), || format!("{all:?}"))
}

pub(super) async fn foreign_ticket(ground: &Ground<'_>) -> Result<(), String> {
    for (provider, operation) in [("somebody", "{}"), (ground.provider.id(), "nonsense")] {
        let ticket = Ticket::new(provider, operation);
        match ground.provider.settle(&ticket, ground.call()).await {
            Err(error) if error.failure.kind == Kind::Invalid => {}
            other => return Err(format!("{other:?}")),
        }
    }
    Ok(())
}
