//! `[resolvers]`: who is asked after a move how far the world has followed, and how politely.
use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;
use std::time::Duration;

use dns_provider::propagation::{PublicResolver, public_resolvers};
use watcher::ResolverCheck;

use super::{name, or};
use crate::config::file::{File, ResolverFile, ResolversFile};
use crate::config::nearest::nearest;
use crate::config::read::{Field, Reader};

/// More would not make the curve any smoother, only the list longer.
const RESOLVERS_MAX: usize = 128;
const PER_SECOND: RangeInclusive<u32> = 1..=100;
const QUESTIONS: RangeInclusive<u32> = 1..=500;
const LIMIT: RangeInclusive<Duration> = Duration::from_secs(60)..=Duration::from_secs(86_400);

pub fn resolvers(file: &File, reader: &mut Reader<'_>) -> ResolverCheck {
    let mut check = ResolverCheck::default();
    let section = file.resolvers.as_ref().map(|field| &field.value);
    let public = section.and_then(|section| section.public.as_ref());
    if or(public, !is_local(file)) {
        let without = section.map(|section| without(section, reader)).unwrap_or_default();
        let kept = public_resolvers().iter().filter(|one| !without.contains(one.name.as_ref()));
        check.resolvers = kept.cloned().collect();
    }
    let Some(section) = section else { return check };
    let mut taken = BTreeMap::new();
    for Field { value: own, at } in section.own.iter().flat_map(|list| &list.value) {
        let Some(name) = name(at, "name", own.name.as_ref(), &mut taken, reader) else { continue };
        if check.resolvers.iter().any(|known| known.name == name.as_str()) {
            let message = format!("\"{name}\" is on the built-in list; choose another name");
            reader.error(own.name.as_ref().map_or(at, |field| &field.at), message);
        }
        let why = "write address = \"192.0.2.53:53\"";
        let address = reader.need(at, "address", own.address.as_ref(), why);
        check.resolvers.extend(address.map(|address| resolver(name, own, address)));
    }
    if check.resolvers.len() > RESOLVERS_MAX
        && let Some(list) = &section.own
    {
        let count = check.resolvers.len();
        reader.error(&list.at, format!("{count} resolvers are too many; use {RESOLVERS_MAX}"));
    }
    check.per_second = within(section.per_second.as_ref(), check.per_second, PER_SECOND, reader);
    check.questions_max =
        within(section.questions_max.as_ref(), check.questions_max, QUESTIONS, reader);
    if let Some(field) = &section.limit {
        if !LIMIT.contains(&field.value) {
            reader.error(&field.at, "this must be from 1 min to 24 h; write \"15 min\"");
        }
        check.limit = field.value;
    }
    check
}

/// Whether all name servers are on this machine: then nobody else can know the names.
fn is_local(file: &File) -> bool {
    let providers: Vec<_> = file.providers.iter().flat_map(|list| &list.value).collect();
    let local = |servers: &Field<Vec<Field<crate::config::file::NameServerFile>>>| {
        let mut all = servers.value.iter().flat_map(|one| one.value.addresses.iter());
        all.all(|list| list.value.iter().all(|address| address.value.ip().is_loopback()))
    };
    let own = |provider: &&Field<crate::config::file::ProviderFile>| {
        provider.value.name_servers.as_ref().is_some_and(local)
    };
    !providers.is_empty() && providers.iter().all(own)
}

fn without(section: &ResolversFile, reader: &mut Reader<'_>) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for field in section.without.iter().flat_map(|list| &list.value) {
        let known = || public_resolvers().iter().map(|one| one.name.as_ref());
        if !known().any(|name| name == field.value) {
            let hint = nearest(&field.value, known());
            let hint = hint.map_or(String::new(), |name| format!("; did you mean \"{name}\"?"));
            let message = format!("\"{}\" is not on the built-in list{hint}", field.value);
            reader.error(&field.at, message);
        }
        names.insert(field.value.clone());
    }
    names
}

fn resolver(
    name: String,
    own: &ResolverFile,
    address: &Field<std::net::SocketAddr>,
) -> PublicResolver {
    PublicResolver {
        operator: or(own.operator.as_ref(), name.clone()).into(),
        name: name.into(),
        country: or(own.country.as_ref(), String::new()).into(),
        address: address.value,
    }
}

fn within(
    field: Option<&Field<u32>>,
    default: u32,
    range: RangeInclusive<u32>,
    reader: &mut Reader<'_>,
) -> u32 {
    let Some(field) = field else { return default };
    if !range.contains(&field.value) {
        let (least, most) = range.into_inner();
        reader.error(&field.at, format!("this must be from {least} to {most}; write {default}"));
    }
    field.value
}
