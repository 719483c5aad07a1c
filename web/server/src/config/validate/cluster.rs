//! `[cluster]`: the watchers that share a lead, and the store between them.
use std::collections::BTreeMap;
use std::time::Duration;

use secrecy::SecretString;

use super::{name, or};
use crate::config::file::{ClusterFile, File};
use crate::config::model::Cluster;
use crate::config::problem::At;
use crate::config::read::{Field, Reader};
use crate::config::secret::Surroundings;

const LEASE: Duration = Duration::from_secs(5);
/// etcd counts leases in seconds and has a shortest of its own, which is two with its defaults.
const LEASE_MIN: Duration = Duration::from_secs(2);
const LEASE_MAX: Duration = Duration::from_secs(60);
/// Votes are counted in a byte, and far fewer make sense.
const VANTAGES_MAX: usize = 9;

/// `None`: there is none, or a problem was reported.
pub fn cluster(
    file: &File,
    vantage: &str,
    around: &Surroundings<'_>,
    reader: &mut Reader<'_>,
) -> Option<Cluster> {
    let Field { value: section, at } = file.cluster.as_ref()?;
    let vantages = vantages(section, at, vantage, reader);
    let endpoints = endpoints(section, at, reader);
    let prefix = prefix(section, reader);
    let lease = lease(section, reader);
    let ca = section.ca.as_ref().map(|field| around.text(field, reader));
    let identity =
        pair((section.certificate.as_ref(), "certificate"), (section.key.as_ref(), "key"), reader);
    let identity = identity.map(|(certificate, key)| {
        let (text, key) = (around.text(certificate, reader), around.secret(key, reader));
        Some((text?, key?))
    });
    let user =
        pair((section.user.as_ref(), "user"), (section.password.as_ref(), "password"), reader);
    let user: Option<Option<(String, SecretString)>> =
        user.map(|(user, password)| Some((user.value.clone(), around.secret(password, reader)?)));
    let (endpoints, vantages) = (endpoints?, vantages?);
    let certificates = ca.is_some() || identity.is_some();
    if let Some(field) = &section.endpoints
        && certificates
        && let Some(plain) = field.value.iter().find(|each| each.value.starts_with("http://"))
    {
        let message = format!(
            "\"{}\" is not encrypted, but certificates are given; write https",
            plain.value
        );
        reader.error(&plain.at, message);
    }
    Some(Cluster {
        place: reader.place(at),
        vantages,
        endpoints,
        prefix,
        lease,
        ca: ca.flatten(),
        identity: identity.flatten(),
        user: user.flatten(),
    })
}

fn vantages(
    section: &ClusterFile,
    at: &At,
    own: &str,
    reader: &mut Reader<'_>,
) -> Option<Vec<String>> {
    let why = "name the vantages of all watchers, such as [\"fra\", \"lon\", \"zrh\"]";
    let field = reader.need(at, "vantages", section.vantages.as_ref(), why)?;
    let mut taken = BTreeMap::new();
    let each = field.value.iter();
    let all: Vec<String> =
        each.filter_map(|one| name(at, "vantages", Some(one), &mut taken, reader)).collect();
    if !all.iter().any(|one| one == own) && !reader.is_broken(&field.at) {
        let message = format!(
            "\"{own}\" is not among them; write vantage = \"…\" at the top of the file with the one \
             of these that this watcher is, or add it"
        );
        reader.error(&field.at, message);
    } else if !(2..=VANTAGES_MAX).contains(&all.len()) && !reader.is_broken(&field.at) {
        let message = format!(
            "a group has 2 to {VANTAGES_MAX} vantages, best 3; for a watcher alone, remove [cluster]"
        );
        reader.error(&field.at, message);
    }
    Some(all)
}

fn endpoints(section: &ClusterFile, at: &At, reader: &mut Reader<'_>) -> Option<Vec<String>> {
    let why = "name the members of the etcd cluster, such as [\"https://10.0.0.1:2379\"]";
    let field = reader.need(at, "endpoints", section.endpoints.as_ref(), why)?;
    if field.value.is_empty() {
        reader.error(&field.at, why);
    }
    for Field { value, at } in &field.value {
        let rest = value.strip_prefix("https://").or_else(|| value.strip_prefix("http://"));
        let sound = rest.is_some_and(|rest| {
            !rest.is_empty() && !rest.contains(['/', '@', '?', '#']) && !rest.contains(' ')
        });
        if !sound {
            let message = "this is not the address of an etcd member; write \"https://host:2379\", \
                           without path and password";
            reader.error(at, message);
        }
    }
    Some(field.value.iter().map(|field| field.value.clone()).collect())
}

fn prefix(section: &ClusterFile, reader: &mut Reader<'_>) -> String {
    let prefix = or(section.prefix.as_ref(), "/schwenk".to_owned());
    if let Some(field) = &section.prefix {
        let bare = field.value.trim_end_matches('/');
        if bare.is_empty() || !bare.chars().all(|c| c.is_ascii_graphic()) {
            reader
                .error(&field.at, "this must be visible ASCII without spaces; write \"/schwenk\"");
        }
    }
    prefix
}

fn lease(section: &ClusterFile, reader: &mut Reader<'_>) -> Duration {
    let Some(field) = &section.lease else { return LEASE };
    let whole = field.value.subsec_nanos() == 0;
    if !whole || !(LEASE_MIN..=LEASE_MAX).contains(&field.value) {
        let message = "etcd counts leases in whole seconds; this must be from 2 s to 1 min, such as \
                       \"5 s\"";
        reader.error(&field.at, message);
        return LEASE;
    }
    field.value
}

/// Two settings that mean nothing without each other.
fn pair<'f>(
    (first, first_key): (Option<&'f Field<String>>, &str),
    (second, second_key): (Option<&'f Field<String>>, &str),
    reader: &mut Reader<'_>,
) -> Option<(&'f Field<String>, &'f Field<String>)> {
    let lone = |given: &str, missing: &str| {
        format!("it means nothing without {missing}; write both, or remove {given}")
    };
    match (first, second) {
        (Some(first), Some(second)) => return Some((first, second)),
        (Some(field), None) => reader.error(&field.at, lone(first_key, second_key)),
        (None, Some(field)) => reader.error(&field.at, lone(second_key, first_key)),
        (None, None) => {}
    }
    None
}
