//! Whether the providers say the same: name servers, SOA, TTLs and the services' records.
use std::collections::{BTreeMap, BTreeSet};

use super::facts::{Answers, Facts, Provider};
use super::{Finding, list, span};
use crate::record::Key;

/// A failover takes as long as this for the last cache.
const TTL_MAX: u32 = 300;
/// A name that was missing for a moment stays so for this long.
const NEGATIVE_MAX: u32 = 900;

pub(super) fn examine(facts: &Facts) -> Vec<Finding> {
    let serving: Vec<&Provider> =
        facts.providers.iter().filter(|provider| provider.serves()).collect();
    let mut findings = within(&serving);
    findings.extend(apex(&serving));
    findings.extend(soa(&serving));
    findings.extend(records(&serving));
    findings.extend(caa(&serving));
    findings
}

/// What each provider says by the first of its servers that serves the zone.
fn first<'f, T>(
    serving: &[&'f Provider],
    what: impl Fn(&'f Answers) -> T,
) -> Vec<(&'f Provider, T)> {
    let one = |provider: &&'f Provider| Some((*provider, what(provider.said().next()?)));
    serving.iter().filter_map(one).collect()
}

/// "60 s at google, 300 s at hetzner".
fn at<T>(all: &[(&Provider, T)], show: impl Fn(&T) -> String) -> String {
    list(all.iter().map(|(provider, value)| format!("{} at {}", show(value), provider.name)))
}

/// The same for a list in any language: "google: 60 s".
fn each<T>(all: &[(&Provider, T)], show: impl Fn(&T) -> String) -> Vec<String> {
    all.iter().map(|(provider, value)| format!("{}: {}", provider.name, show(value))).collect()
}

fn differ<T: PartialEq>(all: &[(&Provider, T)]) -> bool {
    all.windows(2).any(|pair| pair[0].1 != pair[1].1)
}

/// The servers of one provider hold one zone; if they differ, it is being published.
fn within(serving: &[&Provider]) -> Vec<Finding> {
    let differs = |provider: &&&Provider| {
        let serial = |said: &Answers| said.soa.as_ref().map(|soa| soa.serial);
        let all: BTreeSet<_> = provider
            .said()
            .map(|said| (serial(said), &said.records))
            .map(|(serial, records)| {
                let values: Vec<_> =
                    records.iter().map(|one| (one.key.to_string(), &one.values, one.ttl)).collect();
                (serial, values)
            })
            .collect();
        all.len() > 1
    };
    let finding = |provider: &&Provider| {
        Finding::warning(
            "provider_out_of_step",
            format!("The name servers of {} do not answer the same.", provider.name),
            "Wait a minute and run this again; if it stays so, tell the provider",
        )
        .with("provider", &provider.name)
    };
    serving.iter().filter(differs).map(finding).collect()
}

/// Every provider must list the name servers of all.
fn apex(serving: &[&Provider]) -> Vec<Finding> {
    let mut findings = Vec::new();
    let sets = first(serving, |said| &said.name_servers);
    let mut union: BTreeSet<&str> =
        sets.iter().flat_map(|(_, set)| set.iter().map(String::as_str)).collect();
    union.extend(serving.iter().flat_map(|provider| provider.names()));
    for (provider, set) in &sets {
        let missing: Vec<&str> =
            union.iter().copied().filter(|name| !set.contains(*name)).collect();
        if missing.is_empty() {
            continue;
        }
        let finding = Finding::critical(
            "apex_ns_incomplete",
            format!(
                "{} does not list {} at the zone's apex: resolvers that asked it forget the others.",
                provider.name,
                list(&missing)
            ),
            format!("Add them to the NS RRset of the zone at {}", provider.name),
        );
        findings.push(finding.with("provider", &provider.name).with_all("servers", missing));
    }
    if findings.is_empty() && sets.len() > 1 {
        let text = format!("All providers list the same {} name servers.", union.len());
        findings.push(Finding::good("apex_ns_complete", text).with("count", union.len()));
    }
    let ttls = first(serving, |said| said.ns_ttl);
    if differ(&ttls) {
        let show = |ttl: &Option<u32>| ttl.map_or_else(|| "none".to_owned(), span);
        let shown = at(&ttls, show);
        let finding = Finding::note(
            "ns_ttl_differs",
            format!("The NS RRset has another TTL at each provider: {shown}. That does no harm."),
        );
        findings.push(finding.with_all("ttls", each(&ttls, |ttl| show(ttl).replace("none", "–"))));
    }
    findings
}

fn soa(serving: &[&Provider]) -> Vec<Finding> {
    let mut findings = Vec::new();
    let all: Vec<_> = first(serving, |said| said.soa.as_ref())
        .into_iter()
        .filter_map(|(provider, soa)| Some((provider, soa?)))
        .collect();
    let serials: Vec<_> = all.iter().map(|(provider, soa)| (*provider, soa.serial)).collect();
    let names: Vec<_> = all.iter().map(|(provider, soa)| (*provider, &soa.mname)).collect();
    let timers: Vec<_> = all.iter().map(|(provider, soa)| (*provider, soa.timers)).collect();
    if differ(&serials) || differ(&names) || differ(&timers) {
        let finding = Finding::note(
            "soa_differs",
            format!(
                "Each provider has an SOA of its own (serial {}; primary {}). With two primaries \
                 that is as it must be: they do not copy the zone from each other, so serial, \
                 primary and refresh mean nothing to anybody.",
                at(&serials, ToString::to_string),
                at(&names, |name| (*name).clone())
            ),
        );
        let finding = finding.with_all("serials", each(&serials, ToString::to_string));
        findings.push(finding.with_all("primaries", each(&names, |name| (*name).clone())));
    }
    let negative: Vec<_> =
        all.iter().map(|(provider, soa)| (*provider, soa.negative_ttl)).collect();
    if negative.iter().any(|(_, ttl)| *ttl > NEGATIVE_MAX) {
        let finding = Finding::note(
            "negative_ttl_long",
            format!(
                "That something is not there is remembered for {}: never remove the records of a \
                 service, not even for a moment.",
                at(&negative, |ttl| span(*ttl))
            ),
        );
        findings.push(finding.with_all("ttls", each(&negative, |ttl| span(*ttl))));
    }
    findings
}

fn records(serving: &[&Provider]) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut keys: BTreeSet<&Key> = BTreeSet::new();
    for provider in serving {
        keys.extend(provider.said().flat_map(|said| &said.records).map(|record| &record.key));
    }
    for key in keys {
        let found = first(serving, |said| said.records.iter().find(|record| record.key == *key));
        let values: Vec<_> = found
            .iter()
            .map(|(provider, record)| {
                (*provider, record.map(|record| record.values.clone()).unwrap_or_default())
            })
            .collect();
        if values.iter().all(|(_, values)| values.is_empty()) {
            continue;
        }
        if differ(&values) {
            let shown = at(&values, |values| match values.is_empty() {
                true => "nothing".to_owned(),
                false => list(values),
            });
            let finding = Finding::critical(
                "record_differs",
                format!("{key} is not the same everywhere: {shown}."),
                "Publish the same at all providers: `schwenk dns set`, or let the watcher repair it",
            );
            let every = each(&values, |values| match values.is_empty() {
                true => "–".to_owned(),
                false => values.iter().map(String::as_str).collect::<Vec<_>>().join(", "),
            });
            findings.push(finding.with("key", key).with_all("values", every));
            continue;
        }
        findings.extend(ttl(
            key,
            &found
                .iter()
                .map(|(provider, record)| {
                    (*provider, record.and_then(|record| record.ttl).unwrap_or(0))
                })
                .collect::<Vec<_>>(),
        ));
    }
    findings
}

fn ttl(key: &Key, ttls: &[(&Provider, u32)]) -> Vec<Finding> {
    let mut findings = Vec::new();
    if differ(ttls) {
        let finding = Finding::warning(
            "record_ttl_differs",
            format!(
                "{key} has another TTL at each provider ({}): caches follow a move as slowly as the \
                 longer one.",
                at(ttls, |ttl| span(*ttl))
            ),
            "Give it the same TTL everywhere; the watcher calls another TTL drift",
        );
        let every = each(ttls, |ttl| span(*ttl));
        findings.push(finding.with("key", key).with_all("ttls", every));
    }
    let longest = ttls.iter().map(|(_, ttl)| *ttl).max().unwrap_or(0);
    if longest > TTL_MAX {
        let finding = Finding::warning(
            "record_ttl_long",
            format!(
                "{key} has a TTL of {}: so long after a move people go to the old site.",
                span(longest)
            ),
            "60 s is what most providers allow; a move is only as quick as its TTL",
        );
        findings.push(finding.with("key", key).with("ttl", span(longest)));
    }
    findings
}

fn caa(serving: &[&Provider]) -> Option<Finding> {
    let all = first(serving, |said| &said.caa);
    let mut shown: BTreeMap<&str, String> = BTreeMap::new();
    for (provider, caa) in &all {
        let text = if caa.is_empty() { "none".to_owned() } else { list(caa.iter()) };
        shown.insert(&provider.name, text);
    }
    differ(&all).then(|| {
        let every =
            shown.iter().map(|(name, text)| format!("{name}: {}", text.replace("none", "–")));
        let every: Vec<String> = every.collect();
        let shown = list(shown.iter().map(|(name, text)| format!("{text} at {name}")));
        Finding::warning(
            "caa_differs",
            format!(
                "The CAA records differ ({shown}): whether a certificate is issued depends on whom \
                 the authority happens to ask."
            ),
            "Publish the same CAA RRset at all providers",
        )
        .with_all("values", every)
    })
}
