//! Checks of private networks.
use cloud_http::Kind;

use super::ground::{Ground, ensure, name, range, text};
use crate::network::NetworkSpec;
use crate::server::Attachment;

pub(super) async fn made(ground: &Ground<'_>) -> Result<(), String> {
    let Some(networks) = ground.provider.networks() else { return Ok(()) };
    let (network, subnet) = ground.network(networks).await?;
    let all = networks.networks(Some(ground.owner()), ground.call()).await.map_err(text)?;
    let found = all.iter().find(|listed| listed.id == network);
    let found = found.ok_or_else(|| format!("it is not listed: {all:?}"))?;
    let ranges: Vec<_> = found.subnets.iter().map(|s| (s.id.clone(), s.range)).collect();
    ensure(ranges == [(subnet.clone(), range("10.213.4.0/24")?)], || format!("{ranges:?}"))?;
    let ticket = networks.delete_subnet(&subnet, ground.call()).await.map_err(text)?;
    ground.finish(ticket).await?;
    let again = networks.delete_subnet(&subnet, ground.call()).await.map_err(text)?;
    ensure(again.is_none(), || format!("deleted twice: {again:?}"))?;
    let ticket = networks.delete_network(&network, ground.call()).await.map_err(text)?;
    ground.finish(ticket).await?;
    let all = networks.networks(Some(ground.owner()), ground.call()).await.map_err(text)?;
    ensure(all.is_empty(), || format!("still there: {all:?}"))
}

pub(super) async fn adopted(ground: &Ground<'_>) -> Result<(), String> {
    let Some(networks) = ground.provider.networks() else { return Ok(()) };
    let (network, subnet) = ground.network(networks).await?;
    let outer = range("10.213.0.0/16")?;
    let spec = NetworkSpec::new(name("conformance-net")?, ground.owner().clone(), outer);
    let again = networks.create_network(&spec, ground.call()).await.map_err(text)?;
    ensure(again.adopted && again.id == network, || format!("{again:?}"))?;
    let spec = ground.subnet_of(&network, range("10.213.4.0/24")?)?;
    let again = networks.create_subnet(&spec, ground.call()).await.map_err(text)?;
    ensure(again.adopted && again.id == subnet, || format!("{again:?}"))
}

pub(super) async fn attached(ground: &Ground<'_>) -> Result<(), String> {
    let Some(networks) = ground.provider.networks() else { return Ok(()) };
    let (network, subnet) = ground.network(networks).await?;
    let wanted = range("10.213.4.0/24")?.nth(77).ok_or("there is no such address")?;
    let mut spec = ground.spec()?;
    spec.attachments = vec![Attachment::new(&network, &subnet).address(wanted)];
    let server = ground.make(&spec).await?;
    let right = server.private.len() == 1
        && server.private[0].network == network
        && server.private[0].address == wanted;
    ensure(right, || format!("{server:?}"))
}

pub(super) async fn in_use(ground: &Ground<'_>) -> Result<(), String> {
    let Some(networks) = ground.provider.networks() else { return Ok(()) };
    let (network, subnet) = ground.network(networks).await?;
    let mut spec = ground.spec()?;
    spec.attachments = vec![Attachment::new(&network, &subnet)];
    ground.make(&spec).await?;
    let refused = match networks.delete_subnet(&subnet, ground.call()).await {
        Err(error) => Some(error),
        Ok(Some(ticket)) => ground.provider.settle(&ticket, ground.call()).await.err(),
        Ok(None) => None,
    };
    match refused {
        Some(error) if error.failure.kind == Kind::Busy => Ok(()),
        other => Err(format!("{other:?}")),
    }
}
