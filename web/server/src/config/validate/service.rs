//! `[[services]]`: a name, the places that can serve it, and when to move it.
use std::collections::BTreeMap;
use std::net::IpAddr;

use dns_provider::Name;
use failover_core::{CheckPolicy, Layer, Policy, Preset, ProviderPolicy};

use super::provider::Declared;
use super::{check, name, policy, servers};
use crate::config::duration::show;
use crate::config::file::{File, ServiceFile, SiteFile};
use crate::config::model::{Service, Site};
use crate::config::nearest::nearest;
use crate::config::problem::At;
use crate::config::read::{Field, Reader};
use crate::config::secret::Surroundings;

/// RFC 2181 section 8.
const TTL_MAX: u32 = 2_147_483_647;

/// What every service of the file can refer to.
#[derive(Clone, Copy)]
struct Around<'a> {
    vantages: &'a [String],
    providers: &'a [Declared],
    secrets: &'a Surroundings<'a>,
}

pub fn services(
    file: &File,
    vantages: &[String],
    providers: &[Declared],
    secrets: &Surroundings<'_>,
    reader: &mut Reader<'_>,
) -> Vec<Service> {
    let why = "write a [[services]] section for each name to keep reachable";
    let Some(list) = reader.need(&file.at, "services", file.services.as_ref(), why) else {
        return Vec::new();
    };
    if list.value.is_empty() && !reader.is_broken(&list.at) {
        reader.error(&list.at, format!("there is nothing to watch; {why}"));
    }
    let around = Around { vantages, providers, secrets };
    let mut names = BTreeMap::new();
    let mut records = BTreeMap::new();
    let each = list.value.iter().filter_map(|Field { value: service, at }| {
        unique_record(service, &mut records, reader);
        let name = name(at, "name", service.name.as_ref(), &mut names, reader);
        self::service(service, at, name, around, reader)
    });
    each.collect()
}

/// Two services that publish the same name would undo each other's moves for ever.
fn unique_record(file: &ServiceFile, taken: &mut BTreeMap<String, At>, reader: &mut Reader<'_>) {
    let Some(field) = &file.record else { return };
    let Ok(record) = Name::parse(&field.value) else { return };
    if let Some(first) = taken.get(record.as_str()) {
        let message = format!("\"{record}\" is published by {} already; remove one", first.key);
        reader.error(&field.at, message);
    } else {
        taken.insert(record.as_str().to_owned(), field.at.clone());
    }
}

fn service(
    file: &ServiceFile,
    at: &At,
    name: Option<String>,
    around: Around<'_>,
    reader: &mut Reader<'_>,
) -> Option<Service> {
    let preset = policy::preset(file.preset.as_ref(), reader);
    let zone = domain(at, "zone", file.zone.as_ref(), reader);
    let record = domain(at, "record", file.record.as_ref(), reader);
    if let (Some(zone), Some(record), Some(field)) = (&zone, &record, &file.record)
        && !record.is_in(zone)
    {
        let message = format!("\"{record}\" is not in the zone \"{zone}\"; write a name below it");
        reader.error(&field.at, message);
    }
    let members = members(file, at, around.providers, reader);
    let ttl = ttl(file, at, &members, reader);
    let sites = sites(file, at, around.providers, reader);
    let checks = checks(file, at, preset, around.secrets, reader);
    let zone_ids = zone_ids(file, &members, reader);
    let layers = checks.iter().map(|(_, _, layer)| *layer).collect();
    let (counts, runs): (Vec<_>, Vec<_>) =
        checks.into_iter().map(|(count, run, _)| (count, run)).unzip();
    let drafted = policy::Draft {
        service: name.clone().unwrap_or_default(),
        vantages: around.vantages.to_vec(),
        sites: sites.iter().map(|site| (site.name.clone(), servers::is_cold(site))).collect(),
        checks: counts,
        providers: members.iter().map(|d| provider_policy(d)).collect(),
    };
    let policy = policy::policy(drafted, preset, file.policy.as_ref(), at, reader);
    if let Some(policy) = &policy {
        patience(policy, &members, at, reader);
        servers::fit(policy, &sites, at, reader);
        known_lag(policy, &runs, file, at, reader);
    }
    let place = file.zone.as_ref().map_or(at, |field| &field.at);
    Some(Service {
        place: reader.place(place),
        policy: name.and(policy)?,
        preset: preset.name().to_owned(),
        record: record?,
        zone: zone?,
        ttl: ttl?,
        sites,
        checks: runs.into_iter().collect::<Option<_>>()?,
        layers,
        zone_ids,
    })
}

/// An attempt that is given up while it still runs is read back in vain.
fn patience(policy: &Policy, members: &[&Declared], at: &At, reader: &mut Reader<'_>) {
    let attempt = policy.spec().attempt_timeout;
    for member in members.iter().filter(|member| member.call_timeout >= attempt) {
        let message = format!(
            "{} is not longer than the call_timeout of provider \"{}\" ({}); write a longer one",
            show(attempt),
            member.id,
            show(member.call_timeout)
        );
        reader.warning(&at.join("policy").join("attempt_timeout"), message);
    }
}

/// A lag that nobody measures is unknown, and that counts as too large: no move would ever be made.
fn known_lag(
    policy: &Policy,
    checks: &[Option<health::Check>],
    file: &ServiceFile,
    at: &At,
    reader: &mut Reader<'_>,
) {
    // A check that is wrong may be the one that measures.
    if checks.iter().any(Option::is_none) {
        return;
    }
    let measures = |check: &health::Check| matches!(check.kind, health::Kind::Mariadb(_));
    let measured = checks.iter().flatten().filter(|check| measures(check)).count();
    let place = |file: &ServiceFile| {
        file.policy.as_ref().and_then(|p| p.value.lag_max.as_ref()).map(|field| field.at.clone())
    };
    match (policy.spec().lag_max, measured) {
        (Some(_), 0) => {
            let message = "nobody would know the lag, and an unknown one counts as too large; add \
                           a check of kind \"mariadb\", or remove this line";
            let at = place(file).unwrap_or_else(|| at.join("policy").join("lag_max"));
            reader.error(&at, message);
        }
        (None, 1..) => {
            let message = "a database is watched, but no lag of it stands against a move; write \
                           lag_max = \"5s\" or what you can afford to lose";
            reader.warning(&at.join("policy").join("lag_max"), message);
        }
        _ => {}
    }
}

fn provider_policy(declared: &Declared) -> ProviderPolicy {
    ProviderPolicy { name: declared.id.clone(), guarded: declared.guarded }
}

fn domain(
    section: &At,
    key: &str,
    field: Option<&Field<String>>,
    reader: &mut Reader<'_>,
) -> Option<Name> {
    let example = if key == "zone" { "\"example.com\"" } else { "\"app.example.com\"" };
    let field = reader.need(section, key, field, &format!("write one such as {example}"))?;
    let parsed = Name::parse(&field.value);
    parsed
        .map_err(|error| reader.error(&field.at, format!("{error}; write one such as {example}")))
        .ok()
}

/// The providers that are authoritative for the service's zone, in their order.
fn members<'d>(
    file: &ServiceFile,
    at: &At,
    declared: &'d [Declared],
    reader: &mut Reader<'_>,
) -> Vec<&'d Declared> {
    let Some(list) = &file.providers else { return declared.iter().collect() };
    let mut members: Vec<&Declared> = Vec::new();
    for Field { value: id, at } in &list.value {
        match declared.iter().find(|provider| &provider.id == id) {
            Some(found) if members.iter().any(|member| member.id == found.id) => {
                reader.error(at, format!("\"{id}\" stands here twice; remove one"));
            }
            Some(found) => members.push(found),
            None => {
                let ids = declared.iter().map(|provider| provider.id.as_str());
                let hint = match nearest(id, ids.clone()) {
                    Some(near) => format!("did you mean \"{near}\"?"),
                    None => format!("there are: {}", ids.collect::<Vec<_>>().join(", ")),
                };
                reader.error(at, format!("there is no provider \"{id}\"; {hint}"));
            }
        }
    }
    if list.value.is_empty() {
        let message = "no provider would publish this service; name one, or remove the key for all";
        reader.error(&at.join("providers"), message);
    }
    members
}

fn ttl(file: &ServiceFile, at: &At, members: &[&Declared], reader: &mut Reader<'_>) -> Option<u32> {
    let why = "write the TTL in seconds, such as 60; every cache may keep the old answer that long";
    let field = reader.need(at, "ttl", file.ttl.as_ref(), why)?;
    let floor = members.iter().max_by_key(|provider| provider.ttl_min)?;
    if field.value < floor.ttl_min {
        let (id, least) = (&floor.id, floor.ttl_min);
        let message = format!(
            "{} is below the smallest TTL of provider \"{id}\" ({least}); write {least} or more",
            field.value
        );
        reader.error(&field.at, message);
        return None;
    }
    if field.value > TTL_MAX {
        let message = format!("{} is above the largest TTL there is ({TTL_MAX})", field.value);
        reader.error(&field.at, format!("{message}; write one such as 60"));
        return None;
    }
    if field.value > 3600 {
        let message = format!(
            "a cache may keep the dead site's address for {} s after a move; consider 60",
            field.value
        );
        reader.warning(&field.at, message);
    }
    Some(field.value)
}

fn sites(
    file: &ServiceFile,
    at: &At,
    providers: &[Declared],
    reader: &mut Reader<'_>,
) -> Vec<Site> {
    let why = "write a [[services.sites]] section for each place, the preferred one first";
    let Some(list) = reader.need(at, "sites", file.sites.as_ref(), why) else { return Vec::new() };
    let mut names = BTreeMap::new();
    let mut addresses = BTreeMap::new();
    let mut sites = Vec::new();
    for Field { value: site, at } in &list.value {
        let name = name(at, "name", site.name.as_ref(), &mut names, reader);
        let why = "write the addresses people are sent to: [\"203.0.113.5\"]";
        let given = reader.need(at, "addresses", site.addresses.as_ref(), why);
        let servers = servers::servers(site, at, providers, reader);
        let targets = self::addresses(site, &mut addresses, reader);
        if let (Some(name), Some(_)) = (name, given) {
            let location = site.location.as_ref().map_or_else(|| name.clone(), |l| l.value.clone());
            sites.push(Site { name, location, addresses: targets, servers });
        }
    }
    sites
}

fn addresses(
    site: &SiteFile,
    taken: &mut BTreeMap<String, At>,
    reader: &mut Reader<'_>,
) -> Vec<IpAddr> {
    let Some(list) = &site.addresses else { return Vec::new() };
    if list.value.is_empty() && !reader.is_broken(&list.at) {
        reader.error(&list.at, "a site needs at least one address to send people to");
    }
    let mut targets = Vec::new();
    for Field { value: address, at } in &list.value {
        if let Some(why) = unreachable(*address) {
            reader.error(at, format!("{address} {why}; write the site's own"));
        } else if let Some(first) = taken.get(&address.to_string()) {
            let message = format!("{address} is at {} already; two sites need two", first.key);
            reader.error(at, message);
        } else {
            taken.insert(address.to_string(), at.clone());
            targets.push(*address);
        }
    }
    targets
}

/// Why nobody could reach a site at this address.
fn unreachable(address: IpAddr) -> Option<&'static str> {
    match address {
        IpAddr::V4(v4) if v4.is_broadcast() => Some("is the broadcast address"),
        IpAddr::V4(v4) if v4.is_link_local() => Some("is reached on its own link only"),
        IpAddr::V6(v6) if v6.is_unicast_link_local() => Some("is reached on its own link only"),
        IpAddr::V6(v6) if v6.to_ipv4_mapped().is_some() => {
            Some("is an IPv4 address in IPv6 notation and means nothing in an AAAA record")
        }
        _ if address.is_unspecified() || address.is_multicast() => {
            Some("cannot be reached by anybody")
        }
        _ => None,
    }
}

fn checks(
    file: &ServiceFile,
    at: &At,
    preset: Preset,
    secrets: &Surroundings<'_>,
    reader: &mut Reader<'_>,
) -> Vec<(CheckPolicy, Option<health::Check>, Layer)> {
    let why = "write a [[services.checks]] section, such as kind = \"http\"";
    let Some(list) = reader.need(at, "checks", file.checks.as_ref(), why) else {
        return Vec::new();
    };
    if list.value.is_empty() && !reader.is_broken(&list.at) {
        reader.error(&list.at, format!("nothing would be tested; {why}"));
    }
    let mut names = BTreeMap::new();
    let each = list.value.iter().enumerate().map(|(place, Field { value: check, at })| {
        // A service with one check of a kind need not give it a name.
        let kind = check
            .kind
            .as_ref()
            .map(|kind| Field { value: kind.value.word().to_owned(), at: at.join("name") });
        let given = check.name.as_ref().or(kind.as_ref());
        let name = given.and_then(|_| name(at, "name", given, &mut names, reader));
        // A check without a usable name still has a place in the policy's list.
        let name = name.unwrap_or_else(|| format!("check-{place}"));
        let (policy, run) = check::check(check, at, name, preset, secrets, reader);
        let layer = check::layer(check, run.as_ref(), reader);
        (policy, run, layer)
    });
    each.collect()
}

fn zone_ids(
    file: &ServiceFile,
    members: &[&Declared],
    reader: &mut Reader<'_>,
) -> Vec<Option<String>> {
    let Some(table) = &file.zone_ids else { return vec![None; members.len()] };
    for (id, field) in &table.value {
        if !members.iter().any(|member| &member.id == id) {
            let message = format!("\"{id}\" is not a provider of this service; remove the line");
            reader.error(&field.at, message);
        }
    }
    members.iter().map(|member| table.value.get(&member.id).map(|id| id.value.clone())).collect()
}
