//! What would break if a provider were lost.
use std::collections::BTreeSet;

use super::facts::{Facts, Provider};
use super::servers::{all_names, names};
use super::{Finding, span};

pub(super) fn examine(facts: &Facts) -> Vec<Finding> {
    let mut findings = Vec::new();
    if let [only] = facts.providers.as_slice() {
        let finding = Finding::warning(
            "single_provider",
            format!("All name servers belong to {}: with it, the zone is lost.", only.name),
            "Let a second provider answer for the zone as well",
        );
        findings.push(finding.with("provider", &only.name));
        return findings;
    }
    for lost in facts.providers.iter().filter(|provider| provider.serves()) {
        findings.push(without(facts, lost));
    }
    findings
}

fn without(facts: &Facts, lost: &Provider) -> Finding {
    let told = &facts.parent.name_servers;
    // Where the parent is not known it cannot be held against anybody.
    let delegated = |provider: &Provider| {
        told.is_empty() || provider.names().iter().any(|name| told.contains(*name))
    };
    let rest: Vec<&Provider> = facts
        .providers
        .iter()
        .filter(|provider| provider.name != lost.name && provider.serves() && delegated(provider))
        .collect();
    let (name, others) = (&lost.name, all_names(&rest));
    if rest.is_empty() {
        return Finding::critical(
            "loss_fatal",
            format!("If {name} is lost, nobody answers for {}.", facts.zone),
            "Make another provider serve the zone, and delegate to it",
        )
        .with("provider", name)
        .with("zone", &facts.zone);
    }
    let missing: BTreeSet<String> = lost
        .said()
        .flat_map(|said| &said.records)
        .filter(|record| !record.values.is_empty())
        .filter(|record| {
            let has = |said: &super::Answers| {
                said.records.iter().any(|one| one.key == record.key && !one.values.is_empty())
            };
            !rest.iter().all(|provider| provider.said().all(has))
        })
        .map(|record| record.key.to_string())
        .collect();
    if !missing.is_empty() {
        return Finding::critical(
            "loss_breaks_records",
            format!(
                "If {name} is lost, {} is lost with it: {} does not have it.",
                super::list(&missing),
                super::list(&others)
            ),
            "Publish it at every provider",
        )
        .with("provider", name)
        .with_all("records", missing)
        .with_all("others", others);
    }
    let vouched = |provider: &&&Provider| {
        let keys = provider.said().flat_map(|said| &said.signatures);
        keys.filter(|one| one.covers == "DNSKEY").any(|one| facts.parent.ds.contains(&one.by))
    };
    if !facts.parent.ds.is_empty() && !rest.iter().all(|provider| vouched(&provider)) {
        return Finding::critical(
            "loss_breaks_dnssec",
            format!(
                "If {name} is lost, only answers are left that resolvers refuse which check DNSSEC."
            ),
            "Sign at every provider with keys that the parent vouches for (RFC 8901)",
        )
        .with("provider", name);
    }
    survived(facts, name, &rest)
}

/// With `name` gone, `rest` still answer.
fn survived(facts: &Facts, name: &str, rest: &[&Provider]) -> Finding {
    let takes = facts.parent.ttl.map_or_else(String::new, |ttl| {
        format!(" Taking {name} out of the delegation would take {} to be heard of.", span(ttl))
    });
    let finding = Finding::good(
        "loss_survived",
        format!(
            "If {name} is lost, {} still answers. Resolvers that try {name} first lose a moment \
             for each question, until they have learnt it.{takes}",
            names(rest.iter().copied())
        ),
    )
    .with("provider", name)
    .with_all("others", all_names(rest));
    match facts.parent.ttl {
        Some(ttl) => finding.with("ttl", span(ttl)),
        None => finding,
    }
}
