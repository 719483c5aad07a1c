//! `schwenk dns get`.
use dns_provider::{Key, Name, RecordType, RrSet};
use serde::Serialize;

use super::failed;
use super::provider::ProviderArgs;
use crate::cli::exit::{Exit, Failed};
use crate::cli::out::Out;
use crate::http::lines;

/// What one provider stores.
#[derive(Debug, Serialize)]
struct Stored {
    provider: String,
    zone: String,
    zone_id: String,
    rrsets: Vec<RrSet>,
}

pub async fn get(
    args: ProviderArgs,
    name: Option<String>,
    rtype: Option<String>,
    out: Out,
) -> Result<Exit, Failed> {
    let parse = |name: String| Name::parse(&name).map_err(|e| Failed::input(e.to_string()));
    let name = name.map(parse).transpose()?;
    let rtype = rtype.map(RecordType::from);
    let mut all = Vec::new();
    for chosen in args.providers().await? {
        let client = chosen.client.as_ref();
        let zone = args.zone(client, name.as_ref()).await?;
        let rrsets = match (&name, &rtype) {
            (Some(name), Some(rtype)) => {
                let key = Key::new(name.clone(), rtype.clone());
                let found = client.rrset(&zone, &key, args.call()).await;
                found.map(|rrset| rrset.into_iter().collect())
            }
            _ => client.rrsets(&zone, args.call()).await,
        };
        let mut rrsets = rrsets.map_err(|error| failed(&error))?;
        rrsets.retain(|rrset| {
            name.as_ref().is_none_or(|name| *name == rrset.key.name)
                && rtype.as_ref().is_none_or(|rtype| *rtype == rrset.key.rtype)
        });
        let provider = client.id().to_owned();
        all.push(Stored { provider, zone: zone.name.to_string(), zone_id: zone.id, rrsets });
    }
    out.print(&all, || text(&all))?;
    Ok(Exit::Done)
}

fn text(all: &[Stored]) -> String {
    let each = all.iter().map(|stored| {
        let head = format!("; {} at {} ({})\n", stored.zone, stored.provider, stored.zone_id);
        let body = stored.rrsets.iter().flat_map(|rrset| match &rrset.opaque {
            Some(_) => vec![format!("; {} is more than plain values", rrset.key)],
            None => lines(rrset),
        });
        head + &body.map(|line| line + "\n").collect::<String>()
    });
    each.collect::<Vec<_>>().join("\n")
}
