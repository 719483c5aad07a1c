//! The zones an emulator starts with.

use serde_json::{Map, json};

use super::rdata;
use super::rrset::{RrSet, inside};
use super::world::World;
use super::zone_body::{Wanted, with_defaults};
use super::zones::build;
use crate::options::{SeedRrSet, SeedZone, plain_name};

/// Creates and publishes the zones; the error says which of them Cloud DNS would not take, and why.
pub(crate) fn plant(world: &World, seed: &[SeedZone]) -> Result<(), String> {
    let created = world.clock.text();
    let mut zones = world.zones();
    for wanted in seed {
        let dns_name = format!("{}.", plain_name(&wanted.name));
        if !rdata::name_fits(&dns_name) {
            return Err(format!("zone \"{}\" at Google: not a domain name", wanted.name));
        }
        let mut settings = Map::new();
        settings.insert("description".to_owned(), json!(format!("Zone {dns_name}")));
        let named = Wanted {
            name: zone_name(&dns_name),
            settings: with_defaults(settings, false),
            dns_name,
            private: false,
        };
        let mut zone = build(named, &zones, created.clone())
            .map_err(|error| format!("zone \"{}\" at Google: {}", wanted.name, error.message()))?;
        for set in &wanted.rrsets {
            let set = read(set, &zone.dns_name)
                .map_err(|why| format!("{} {} at Google: {why}", set.name, set.rtype))?;
            zone.rrsets.insert(set.key(), set);
        }
        zones.push(zone);
    }
    for zone in zones.iter() {
        world.publish_now(&zones, zone);
    }
    Ok(())
}

fn read(set: &SeedRrSet, zone: &str) -> Result<RrSet, String> {
    let name = format!("{}.", plain_name(&set.name));
    if !rdata::owner_fits(&name) || !inside(&name, zone) {
        return Err(format!("the name is not in the zone {zone}"));
    }
    if set.values.is_empty() {
        return Err("there are no values".to_owned());
    }
    let value = |value: &String| {
        let refused = || format!("the value \"{value}\" is not one of type {}", set.rtype);
        rdata::checked(&set.rtype, value).ok_or_else(refused)
    };
    Ok(RrSet {
        name,
        rtype: set.rtype.clone(),
        ttl: i32::try_from(set.ttl).map_err(|_| format!("the TTL {} is too long", set.ttl))?,
        rrdatas: set.values.iter().map(value).collect::<Result<_, _>>()?,
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
