//! What the zone above says: the delegation, its glue, and the keys it vouches for.
use std::net::{IpAddr, SocketAddr};

use super::{Start, names};
use crate::doctor::facts::Parent;
use crate::doctor::wire;
use crate::name::Name;
use crate::propagation::{Asking, Look, NameServer, look};
use crate::record::{Key, RecordType};

/// So many of the parent's name servers are asked: all say the same.
const ENOUGH: usize = 3;

pub(super) async fn ask(start: &Start) -> Parent {
    let mut parent = Parent::default();
    let servers = match start.parent.is_empty() {
        false => {
            parent.zone = Some(above(start.zone.as_str()).unwrap_or_default().to_owned());
            start.parent.clone()
        }
        true => match find(start).await {
            Ok((zone, servers)) => {
                parent.zone = Some(zone);
                servers
            }
            Err(why) => {
                parent.problems.push(why);
                return parent;
            }
        },
    };
    let addresses = servers
        .iter()
        .flat_map(|server| server.addresses.iter().map(move |address| (&server.name, *address)));
    // IPv4 first: it is what this machine most probably has.
    let mut addresses: Vec<(&String, SocketAddr)> = addresses.collect();
    addresses.sort_by_key(|(_, address)| address.is_ipv6());
    let mut answered = 0;
    for (name, address) in addresses {
        if answered == ENOUGH {
            break;
        }
        parent.asked.push(format!("{name} ({address})"));
        match one(start, address, &mut parent).await {
            Ok(()) => answered += 1,
            Err(why) => parent.problems.push(format!("{name} ({address}): {why}")),
        }
    }
    if answered > 0 {
        // Some of several silent ones: that a machine has no IPv6 is no finding.
        parent.problems.retain(|problem| !problem.contains("unreachable"));
    }
    parent
}

async fn one(start: &Start, address: SocketAddr, parent: &mut Parent) -> Result<(), String> {
    let asking = Asking { recursion: false, tcp: false, dnssec: true, timeout: start.timeout };
    let key = |rtype: &str| Key::new(start.zone.clone(), RecordType::from(rtype.to_owned()));
    let delegation = whole(address, &key("NS"), asking).await?;
    if !matches!(delegation.rcode.as_str(), "NOERROR" | "NXDOMAIN") {
        return Err(format!("it answers {}", delegation.rcode));
    }
    let zone = start.zone.as_str();
    // A server of both zones answers for the child at once.
    let lines = delegation.authority.iter().chain(&delegation.answers);
    for line in lines.filter(|line| line.rtype == "NS" && line.owner == zone) {
        parent.name_servers.insert(line.value.trim_end_matches('.').to_owned());
        parent.ttl = Some(parent.ttl.map_or(line.ttl, |ttl| ttl.max(line.ttl)));
    }
    for line in &delegation.additional {
        if let Ok(address) = line.value.parse::<IpAddr>() {
            parent.glue.entry(line.owner.clone()).or_default().insert(address);
        }
    }
    let vouched = whole(address, &key("DS"), asking).await?;
    let lines = vouched.answers.iter().filter(|line| line.rtype == "DS" && line.owner == zone);
    parent.ds.extend(lines.filter_map(|line| wire::ds(&line.data)));
    Ok(())
}

/// Over TCP where it does not fit.
async fn whole(address: SocketAddr, key: &Key, asking: Asking) -> Result<Look, String> {
    let answer = look(address, key, asking).await?;
    match answer.truncated {
        true => look(address, key, Asking { tcp: true, ..asking }).await,
        false => Ok(answer),
    }
}

/// The nearest zone above, and its name servers, by way of the resolver.
async fn find(start: &Start) -> Result<(String, Vec<NameServer>), String> {
    let Some(resolver) = start.resolver else {
        return Err(
            "no resolver is known that could tell who answers for the zone above".to_owned()
        );
    };
    let asking = Asking { recursion: true, tcp: false, dnssec: false, timeout: start.timeout };
    let mut zone = start.zone.as_str();
    while let Some(parent) = above(zone) {
        zone = parent;
        let name = Name::parse(zone).map_err(|error| error.to_string())?;
        let answer = whole(resolver, &Key::new(name, RecordType::Ns), asking).await?;
        let lines = answer.answers.iter().filter(|line| line.rtype == "NS" && line.owner == zone);
        let mut servers = Vec::new();
        for line in lines.take(ENOUGH) {
            let name = line.value.trim_end_matches('.').to_owned();
            let addresses = names::addresses(start, &name).await;
            servers.push(NameServer { name, addresses });
        }
        if servers.iter().any(|server| !server.addresses.is_empty()) {
            return Ok((zone.to_owned(), servers));
        }
    }
    Err(format!("the resolver {resolver} does not know who answers for the zone above"))
}

fn above(zone: &str) -> Option<&str> {
    zone.split_once('.').map(|(_, rest)| rest)
}
