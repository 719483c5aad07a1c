//! The zones an emulator starts with.

use serde_json::{Map, json};

use super::rdata;
use super::rrset::{RrSet, inside};
use super::world::World;
use super::zone_body::{Wanted, with_defaults};
use super::zones::build;
use crate::options::{SeedRrSet, SeedZone, plain_name};

/// Creates and publishes the zones. A record set Cloud DNS would not take is left out, with a
/// warning: the initial state is the operator's, and the rest of it is still useful.
pub(crate) fn plant(world: &World, seed: &[SeedZone]) {
    let created = world.clock.text();
    let mut zones = world.zones();
    for wanted in seed {
        let dns_name = format!("{}.", plain_name(&wanted.name));
        let mut settings = Map::new();
        settings.insert("description".to_owned(), json!(format!("Zone {dns_name}")));
        let named = Wanted {
            name: zone_name(&dns_name),
            settings: with_defaults(settings, false),
            dns_name,
            private: false,
        };
        let Ok(mut zone) = build(named, &zones, created.clone()) else {
            tracing::warn!(zone = wanted.name, "Cloud DNS would not host this zone; left out");
            continue;
        };
        for set in &wanted.rrsets {
            match read(set).filter(|set| inside(&set.name, &zone.dns_name)) {
                Some(set) => {
                    zone.rrsets.insert(set.key(), set);
                }
                None => tracing::warn!(name = set.name, rtype = set.rtype, "RRset left out"),
            }
        }
        zones.push(zone);
    }
    for zone in zones.iter() {
        world.publish_now(&zones, zone);
    }
}

fn read(set: &SeedRrSet) -> Option<RrSet> {
    let name = format!("{}.", plain_name(&set.name));
    let values: Option<Vec<_>> =
        set.values.iter().map(|value| rdata::checked(&set.rtype, value)).collect();
    Some(RrSet {
        name: Some(name).filter(|name| rdata::owner_fits(name))?,
        rtype: set.rtype.clone(),
        ttl: i32::try_from(set.ttl).ok()?,
        rrdatas: values.filter(|values| !values.is_empty())?,
        routing: None,
    })
}

/// `acme.test.` as a zone is usually named: `acme-test`.
fn zone_name(dns_name: &str) -> String {
    let name: String = dns_name
        .trim_end_matches('.')
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c } else { '-' })
        .collect();
    let name = name.trim_matches('-');
    let name = if name.starts_with(|c: char| c.is_ascii_lowercase()) {
        name.to_owned()
    } else {
        format!("zone-{name}")
    };
    name.chars().take(63).collect::<String>().trim_end_matches('-').to_owned()
}
