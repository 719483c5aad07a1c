//! The delegation: what the parent says, held against what the providers say.
use std::collections::BTreeSet;

use super::facts::{Facts, Provider};
use super::{Finding, list};

pub(super) fn examine(facts: &Facts) -> Vec<Finding> {
    let mut findings = Vec::new();
    let parent = &facts.parent;
    let zone = &facts.zone;
    if facts.providers.is_empty() {
        let finding = Finding::critical(
            "nothing_known",
            format!("No name server of {zone} is known, so that none could be examined."),
            "Name them with --server, or the providers with --config, or a resolver with --resolver",
        );
        findings.push(finding.with("zone", zone));
    }
    for problem in &parent.problems {
        let finding = Finding::warning(
            "parent_silent",
            format!("The parent zone could not be asked: {problem}."),
            "Run this again; if it stays so, the registry has trouble, or a firewall here stops it",
        );
        findings.push(finding.with("why", problem));
    }
    if parent.name_servers.is_empty() {
        if parent.zone.is_some() && parent.problems.len() < parent.asked.len() {
            let finding = Finding::critical(
                "not_delegated",
                format!("The parent zone does not delegate {zone}: nobody finds its name servers."),
                "Enter the name servers of all providers at the registrar",
            );
            findings.push(finding.with("zone", zone));
        } else {
            let finding = Finding::warning(
                "parent_unknown",
                format!("What the parent of {zone} says is not known; it was left out."),
                "Name its server with --parent, or a resolver that answers with --resolver",
            );
            findings.push(finding.with("zone", zone));
        }
        return findings;
    }
    findings.extend(facts.providers.iter().filter_map(|provider| missing(facts, provider)));
    findings.extend(strangers(facts));
    findings.extend(glue(facts));
    let all = facts.providers.iter().flat_map(Provider::names).collect::<BTreeSet<_>>();
    let told: BTreeSet<&str> = parent.name_servers.iter().map(String::as_str).collect();
    if told == all && facts.providers.len() > 1 {
        let names = facts.providers.iter().map(|provider| provider.name.as_str());
        let finding = Finding::good(
            "delegated",
            format!(
                "The parent delegates to all {} name servers of {}.",
                told.len(),
                list(names.clone())
            ),
        );
        findings.push(finding.with("count", told.len()).with_all("providers", names));
    }
    findings
}

/// Name servers of a provider that the parent does not know.
fn missing(facts: &Facts, provider: &Provider) -> Option<Finding> {
    let told = &facts.parent.name_servers;
    let names = provider.names();
    let missing: Vec<&str> = names.iter().copied().filter(|name| !told.contains(*name)).collect();
    if missing.is_empty() {
        return None;
    }
    let remedy = format!("Add {} at the registrar", list(&missing));
    let name = &provider.name;
    if missing.len() == names.len() {
        let text = format!(
            "The parent delegates to no name server of {name}: nobody asks it, and it saves nobody."
        );
        let finding = Finding::critical("provider_not_delegated", text, remedy);
        return Some(finding.with("provider", name).with_all("servers", missing));
    }
    let text = format!("The parent does not know {} of {name}.", list(&missing));
    let finding = Finding::warning("server_not_delegated", text, remedy);
    Some(finding.with("provider", name).with_all("servers", missing))
}

/// Name servers that the parent knows and no provider claims at its apex.
fn strangers(facts: &Facts) -> Option<Finding> {
    let at_apex: BTreeSet<&String> = facts
        .providers
        .iter()
        .flat_map(Provider::said)
        .flat_map(|said| &said.name_servers)
        .collect();
    if at_apex.is_empty() {
        return None;
    }
    let told = &facts.parent.name_servers;
    let strange: Vec<&str> =
        told.iter().filter(|name| !at_apex.contains(name)).map(String::as_str).collect();
    (!strange.is_empty()).then(|| {
        Finding::warning(
            "delegated_elsewhere",
            format!(
                "The parent also delegates to {}, which no provider lists at the zone's apex.",
                list(&strange)
            ),
            "Remove it at the registrar, or add it to the apex NS at every provider",
        )
        .with_all("servers", strange)
    })
}

/// Name servers inside the zone need addresses from the parent, and the same ones as in the zone.
fn glue(facts: &Facts) -> Vec<Finding> {
    let mut findings = Vec::new();
    let inside = |name: &&String| {
        let zone = facts.zone.as_str();
        name.strip_suffix(zone).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
    };
    for name in facts.parent.name_servers.iter().filter(inside) {
        let Some(glue) = facts.parent.glue.get(name).filter(|glue| !glue.is_empty()) else {
            let finding = Finding::critical(
                "glue_missing",
                format!("{name} lies inside the zone, and the parent gives no address of it."),
                "Register the name server's address (a host object) at the registrar",
            );
            findings.push(finding.with("server", name));
            continue;
        };
        let own: BTreeSet<_> = facts
            .providers
            .iter()
            .flat_map(|provider| &provider.servers)
            .filter(|server| server.name == *name)
            .filter_map(|server| Some(server.address?.ip()))
            .collect();
        if !own.is_empty() && own != *glue {
            let shown =
                |all: &BTreeSet<std::net::IpAddr>| list(all.iter().map(ToString::to_string));
            let finding = Finding::warning(
                "glue_differs",
                format!(
                    "The parent says that {name} is at {}, but it is at {}.",
                    shown(glue),
                    shown(&own)
                ),
                "Correct the name server's address at the registrar",
            );
            let finding = finding.with("server", name).with_all("told", glue);
            findings.push(finding.with_all("own", own));
        }
    }
    findings
}
