//! What the configured credentials can see, and what stands there now. Only reads.
use std::sync::Arc;
use std::time::{Duration, Instant};

use dns_provider::{Call, DnsProvider, Key, RecordType, RrSet, Zone, lookup};
use futures_util::future::join_all;
use serde::Serialize;

use crate::compose;
use crate::config::{Config, Problem, Provider, Service, Site};
use crate::http::lines;
use crate::metrics::Calls;

/// What one provider shows.
#[derive(Debug, Serialize)]
pub struct Looked {
    provider: String,
    /// The zones the credentials see.
    zones: Vec<Zone>,
    /// The services published there.
    services: Vec<Stored>,
}

/// What stands there for one service.
#[derive(Debug, Serialize)]
struct Stored {
    service: String,
    /// Zone-file lines.
    now: Vec<String>,
    /// The site whose addresses these are.
    site: Option<String>,
    /// What would go and come if the watcher published the preferred site.
    plan: Option<Change>,
}

/// Zone-file lines.
#[derive(Debug, Serialize)]
struct Change {
    remove: Vec<String>,
    add: Vec<String>,
}

/// Asks every provider at once; returns what they show and what is wrong, place by place.
pub async fn look(config: &Config, patience: Duration) -> (Vec<Looked>, Vec<String>) {
    let each = config.providers.iter().map(async |provider| {
        match compose::provider(provider, Vec::new(), &Calls::default()).await {
            Ok(client) => one(config, provider, client, patience).await,
            Err(message) => (None, vec![provider.place.problem(message)]),
        }
    });
    let (mut looked, mut problems) = (Vec::new(), Vec::new());
    for (found, wrong) in join_all(each).await {
        looked.extend(found);
        problems.extend(wrong);
    }
    problems.sort();
    (looked, problems.iter().map(ToString::to_string).collect())
}

async fn one(
    config: &Config,
    provider: &Provider,
    client: Arc<dyn DnsProvider>,
    patience: Duration,
) -> (Option<Looked>, Vec<Problem>) {
    let call = || Call::until(Instant::now() + patience);
    let zones = match client.zones(call()).await {
        Ok(zones) => zones,
        Err(error) => return (None, vec![provider.place.problem(error.failure.to_string())]),
    };
    let (mut services, mut problems) = (Vec::new(), Vec::new());
    for service in &config.services {
        let members = service.policy.spec().providers.iter();
        let Some(member) = members.map(|m| &m.name).position(|name| *name == provider.id) else {
            continue;
        };
        let zone = match service.zone_ids.get(member).and_then(Option::as_ref) {
            Some(id) => lookup::find_zone_by_id(client.as_ref(), id, call()).await,
            None => lookup::find_zone(client.as_ref(), &service.record, call()).await,
        };
        match zone {
            Ok(zone) if zone.name != service.zone => {
                let (id, name) = (&provider.id, &zone.name);
                let message =
                    format!("at {id}, {} lies in the zone {name}; write that", service.record);
                problems.push(service.place.problem(message));
            }
            Ok(zone) => match stored(service, &zone, client.as_ref(), call()).await {
                Ok(stored) => services.push(stored),
                Err(failure) => problems.push(service.place.problem(failure)),
            },
            Err(error) => {
                let message = format!(
                    "not visible to the credentials of provider \"{}\": {}; give them access to \
                     the zone, or correct the name",
                    provider.id, error.failure
                );
                problems.push(service.place.problem(message));
            }
        }
    }
    (Some(Looked { provider: provider.id.clone(), zones, services }), problems)
}

async fn stored(
    service: &Service,
    zone: &Zone,
    client: &dyn DnsProvider,
    call: Call,
) -> Result<Stored, String> {
    let mut now = Vec::new();
    for rtype in [RecordType::A, RecordType::Aaaa] {
        let key = Key::new(service.record.clone(), rtype);
        let rrset = client.rrset(zone, &key, call).await;
        now.extend(rrset.map_err(|error| error.to_string())?);
    }
    let same = |site: &&Site| same(&now, &wanted(service, site));
    let active = service.sites.iter().find(same);
    let plan = match (active, service.sites.first()) {
        (None, Some(preferred)) => {
            let wanted = wanted(service, preferred);
            let lines_of = |sets: &[RrSet]| sets.iter().flat_map(lines).collect();
            Some(Change { remove: lines_of(&now), add: lines_of(&wanted) })
        }
        _ => None,
    };
    Ok(Stored {
        service: service.policy.spec().service.clone(),
        now: now.iter().flat_map(lines).collect(),
        site: active.map(|site| site.name.clone()),
        plan,
    })
}

/// What would stand there if `site` were active.
fn wanted(service: &Service, site: &Site) -> Vec<RrSet> {
    let of = |v4: bool| site.addresses.iter().filter(move |address| address.is_ipv4() == v4);
    [(RecordType::A, true), (RecordType::Aaaa, false)]
        .into_iter()
        .filter(|(_, v4)| of(*v4).next().is_some())
        .map(|(rtype, v4)| {
            let key = Key::new(service.record.clone(), rtype);
            RrSet::new(key, service.ttl, of(v4).map(ToString::to_string))
        })
        .collect()
}

/// Whether two lists of RRsets say the same, TTL included.
fn same(now: &[RrSet], wanted: &[RrSet]) -> bool {
    now.len() == wanted.len()
        && wanted
            .iter()
            .all(|want| now.iter().any(|there| there.key == want.key && there.same_data(want)))
}

/// One provider for people.
pub fn describe(looked: &Looked) -> String {
    let zones: Vec<String> =
        looked.zones.iter().map(|zone| format!("{} ({})", zone.name, zone.id)).collect();
    let zones = if zones.is_empty() { "none".to_owned() } else { zones.join(", ") };
    let mut text = format!("provider {}: sees the zones {zones}\n", looked.provider);
    for stored in &looked.services {
        let active = match &stored.site {
            Some(site) => format!("publishes {site}"),
            None => {
                "publishes no site's answer; the preferred site's would be this change".to_owned()
            }
        };
        text += &format!("  {}: {active}\n", stored.service);
        let none = Vec::new();
        let (remove, add) = match &stored.plan {
            Some(change) => (&change.remove, &change.add),
            None => (&none, &none),
        };
        if stored.plan.is_none() {
            text += &stored.now.iter().map(|line| format!("      {line}\n")).collect::<String>();
        }
        text += &remove.iter().map(|line| format!("    - {line}\n")).collect::<String>();
        text += &add.iter().map(|line| format!("    + {line}\n")).collect::<String>();
    }
    text + "\n"
}
