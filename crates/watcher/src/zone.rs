//! Finding the zones and their name servers, as often as it takes.
use std::sync::Arc;
use std::time::{Duration, Instant};

use cloud_http::Call;
use dns_provider::propagation::{self, NameServer};
use dns_provider::{Visibility, Zone};
use failover_core::ProviderId;
use tokio::sync::{mpsc, watch};

use crate::driver::Fact;
use crate::setup::Setup;
use crate::spec::{ProviderSpec, ZoneRef};

/// First pause after a failed look-up; doubles up to [`PAUSE_MAX`].
const PAUSE_MIN: Duration = Duration::from_millis(500);
const PAUSE_MAX: Duration = Duration::from_secs(15);
/// Name servers can change: they are looked up again this often.
const REFRESH: Duration = Duration::from_secs(900);

/// A zone, and where it is answered.
#[derive(Debug)]
pub(crate) struct Home {
    pub(crate) zone: Zone,
    pub(crate) servers: Vec<NameServer>,
    /// Why `servers` is empty.
    pub(crate) problem: Option<String>,
}

/// A service's zone at one provider, or why it is not known.
pub(crate) type Found = Result<Arc<Home>, String>;

/// Waits until the zone was looked up, well or not.
pub(crate) async fn known(
    mut home: watch::Receiver<Option<Found>>,
    spec: &ProviderSpec,
) -> Result<Arc<Home>, String> {
    let looked_up = home.wait_for(Option::is_some);
    let found = match tokio::time::timeout(spec.call_timeout, looked_up).await {
        Ok(Ok(found)) => found.clone(),
        _ => None,
    };
    let found = found.unwrap_or_else(|| Err("it has not been looked up yet".to_owned()));
    found.map_err(|problem| format!("{}: the zone is not known: {problem}", spec.name))
}

/// Looks up the zones that services have at `provider` (a place in the set-up), again and again.
pub(crate) async fn look_up(setup: Arc<Setup>, provider: usize, facts: mpsc::Sender<Fact>) {
    let mut pause = PAUSE_MIN;
    loop {
        let all_well = round(&setup, provider, &facts).await;
        if all_well {
            pause = PAUSE_MIN;
            tokio::time::sleep(REFRESH).await;
        } else {
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(PAUSE_MAX);
        }
    }
}

async fn round(setup: &Setup, provider: usize, facts: &mpsc::Sender<Fact>) -> bool {
    let spec = &setup.providers[provider];
    let deadline = Instant::now() + spec.call_timeout;
    let reading = spec.provider.zones(Call::until(deadline));
    let zones = match tokio::time::timeout_at(deadline.into(), reading).await {
        Ok(Ok(zones)) => Ok(zones),
        Ok(Err(error)) => Err(error.to_string()),
        Err(_) => Err(format!(
            "{}: list zones: no answer in {}",
            spec.name,
            failover_core::span(spec.call_timeout)
        )),
    };
    let mut all_well = true;
    let mut homes: Vec<(Zone, Arc<Home>)> = Vec::new();
    for (service, place, wanted) in wanted(setup, provider) {
        let zone = zones.as_ref().map_err(Clone::clone).and_then(|zones| pick(zones, wanted));
        let found = match zone {
            Ok(zone) => {
                let known = homes.iter().find(|(known, _)| *known == zone);
                let home = match known {
                    Some((_, home)) => home.clone(),
                    None => Arc::new(home(zone.clone(), spec.servers.clone()).await),
                };
                homes.push((zone, home.clone()));
                Ok(home)
            }
            Err(problem) => Err(problem),
        };
        all_well &= found.as_ref().is_ok_and(|home| home.problem.is_none());
        if facts.send(Fact::Zone { service, provider: place, found }).await.is_err() {
            return true;
        }
    }
    all_well
}

/// Who has a zone at `provider`: service, place in its policy, reference.
fn wanted(setup: &Setup, provider: usize) -> impl Iterator<Item = (usize, ProviderId, &ZoneRef)> {
    setup.services.iter().enumerate().flat_map(move |(service, one)| {
        let places = (0..).map(ProviderId).zip(&one.providers).zip(&one.spec.zones);
        places
            .filter(move |((_, at), _)| **at == provider)
            .map(move |((place, _), zone)| (service, place, zone))
    })
}

fn pick(zones: &[Zone], wanted: &ZoneRef) -> Result<Zone, String> {
    let matching: Vec<&Zone> = zones
        .iter()
        .filter(|zone| match wanted {
            ZoneRef::Id(id) => zone.id == *id,
            ZoneRef::Name(name) => zone.name == *name && zone.visibility == Visibility::Public,
        })
        .collect();
    let text = match wanted {
        ZoneRef::Id(id) => format!("zone with id {id}"),
        ZoneRef::Name(name) => format!("public zone {name}"),
    };
    match matching.as_slice() {
        [one] if one.visibility == Visibility::Public => Ok((*one).clone()),
        [one] => Err(format!("zone {} ({}) is private: the world never sees it", one.id, one.name)),
        [] => {
            let seen: Vec<&str> = zones.iter().map(|zone| zone.name.as_str()).collect();
            let seen = if seen.is_empty() { "none".to_owned() } else { seen.join(", ") };
            Err(format!("no {text} is visible to these credentials (visible: {seen})"))
        }
        several => {
            let ids: Vec<&str> = several.iter().map(|zone| zone.id.as_str()).collect();
            Err(format!("more than one {text}: name one of the ids {}", ids.join(", ")))
        }
    }
}

async fn home(zone: Zone, servers: Option<Vec<NameServer>>) -> Home {
    if let Some(servers) = servers {
        return Home { zone, servers, problem: None };
    }
    match propagation::servers_of(&zone).await {
        Ok(servers) => Home { zone, servers, problem: None },
        Err(problem) => {
            let problem = format!("name servers of {}: {problem}", zone.name);
            Home { zone, servers: Vec::new(), problem: Some(problem) }
        }
    }
}

#[cfg(test)]
mod tests {
    use dns_provider::Name;

    use super::*;

    fn zone(id: &str, name: &str) -> Zone {
        Zone::new(id, Name::parse(name).expect("a name"), Vec::new())
    }

    #[test]
    fn a_private_twin_does_not_make_a_name_ambiguous() {
        let mut twin = zone("2", "example.com");
        twin.visibility = Visibility::Private;
        let zones = [zone("1", "example.com"), twin];
        let wanted = ZoneRef::Name(Name::parse("example.com").expect("a name"));
        assert_eq!(pick(&zones, &wanted).expect("one").id, "1");
    }

    #[test]
    fn a_private_zone_is_refused_even_by_its_id() {
        let mut inner = zone("7", "corp.example.com");
        inner.visibility = Visibility::Private;
        let problem = pick(&[inner], &ZoneRef::Id("7".to_owned())).expect_err("private");
        assert!(problem.contains("is private"), "{problem}");
    }

    #[test]
    fn two_public_zones_of_one_name_need_an_id() {
        let zones = [zone("1", "example.com"), zone("2", "example.com")];
        let wanted = ZoneRef::Name(Name::parse("example.com").expect("a name"));
        let problem = pick(&zones, &wanted).expect_err("ambiguous");
        assert!(problem.contains("1, 2"), "{problem}");
        assert_eq!(pick(&zones, &ZoneRef::Id("2".to_owned())).expect("one").id, "2");
    }

    #[test]
    fn a_zone_that_is_not_there_is_named_with_those_that_are() {
        let zones = [zone("1", "example.com")];
        let wanted = ZoneRef::Name(Name::parse("example.org").expect("a name"));
        let problem = pick(&zones, &wanted).expect_err("not there");
        assert!(problem.contains("example.org") && problem.contains("example.com"), "{problem}");
    }
}
