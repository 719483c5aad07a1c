//! Finding the facts out: the parent first, then every address of every name server.
mod names;
mod parent;
mod server;

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use futures_util::future::join_all;

use super::facts::{Facts, Provider};
use crate::name::Name;
use crate::propagation::NameServer;
use crate::record::Key;

/// Where to begin, and what to ask for.
#[derive(Clone, Debug)]
pub struct Start {
    /// The zone.
    pub zone: Name,
    /// RRsets that matter: those of the services.
    pub records: Vec<Key>,
    /// The providers with the name servers that are known to be theirs. Further ones that the
    /// delegation names are told apart by their domain.
    pub providers: Vec<(String, Vec<NameServer>)>,
    /// The parent zone's name servers, in place of those a resolver tells of.
    pub parent: Vec<NameServer>,
    /// A resolver: it finds the parent zone, and the addresses of names. Without one only what is
    /// given here, and the parent's glue, is known.
    pub resolver: Option<SocketAddr>,
    /// How long one answer may take.
    pub timeout: Duration,
}

/// Finds out what there is to know. Asks nobody for more than a dozen answers; changes nothing.
pub async fn ask(start: &Start) -> Facts {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
    let parent = parent::ask(start).await;
    let mut providers = start.providers.clone();
    let mut known: BTreeSet<String> =
        providers.iter().flat_map(|(_, servers)| servers).map(|one| one.name.clone()).collect();
    let new = located(start, &parent.name_servers, &known, &parent.glue).await;
    add(&mut providers, &mut known, new);
    let mut found = servers(start, &providers, now).await;
    // Name servers that only the zone itself names.
    let at_apex: BTreeSet<String> = found
        .iter()
        .flat_map(Provider::said)
        .flat_map(|said| said.name_servers.iter().cloned())
        .collect();
    let before = providers.clone();
    let new = located(start, &at_apex, &known, &parent.glue).await;
    add(&mut providers, &mut known, new);
    if providers != before {
        found = servers(start, &providers, now).await;
    }
    Facts { zone: start.zone.clone(), at: now, parent, providers: found }
}

async fn servers(
    start: &Start,
    providers: &[(String, Vec<NameServer>)],
    now: u64,
) -> Vec<Provider> {
    let each = providers.iter().map(async |(name, servers)| {
        let all = servers.iter().map(|one| server::ask(start, one, now));
        let servers = join_all(all).await.into_iter().flatten().collect();
        Provider { name: name.clone(), servers }
    });
    join_all(each).await.into_iter().filter(|provider| !provider.servers.is_empty()).collect()
}

/// The name servers among `names` that are not known yet, with their addresses.
async fn located(
    start: &Start,
    names: &BTreeSet<String>,
    known: &BTreeSet<String>,
    glue: &BTreeMap<String, BTreeSet<std::net::IpAddr>>,
) -> Vec<NameServer> {
    let unknown = names.iter().filter(|name| !known.contains(*name));
    let each = unknown.map(async |name| {
        let given = glue.get(name).into_iter().flatten();
        let mut addresses: Vec<SocketAddr> =
            given.map(|address| SocketAddr::new(*address, names::PORT)).collect();
        if addresses.is_empty() {
            addresses = names::addresses(start, name).await;
        }
        NameServer { name: name.clone(), addresses }
    });
    join_all(each).await
}

/// Puts each server to the provider of whose domain it is.
fn add(
    providers: &mut Vec<(String, Vec<NameServer>)>,
    known: &mut BTreeSet<String>,
    servers: Vec<NameServer>,
) {
    for server in servers {
        known.insert(server.name.clone());
        let domain = names::operator(&server.name);
        let same = |(name, all): &&mut (String, Vec<NameServer>)| {
            *name == domain || all.iter().any(|one| names::operator(&one.name) == domain)
        };
        match providers.iter_mut().find(same) {
            Some((_, all)) => all.push(server),
            None => providers.push((domain, vec![server])),
        }
    }
}
