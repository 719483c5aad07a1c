//! Each name server by itself: whether it answers, with authority, over both transports.
use super::facts::{Facts, Provider, Server};
use super::{Finding, list};

pub(super) fn examine(facts: &Facts) -> Vec<Finding> {
    let mut findings = Vec::new();
    for provider in &facts.providers {
        if !provider.servers.is_empty() && !provider.serves() {
            findings.push(whole(facts, provider));
        }
        for server in &provider.servers {
            findings.extend(one(facts, provider, server));
        }
    }
    let all: Vec<&Server> = facts.providers.iter().flat_map(|provider| &provider.servers).collect();
    let well = |server: &&Server| server.serves().is_some() && server.tcp.is_ok() && server.edns;
    if !all.is_empty() && all.iter().all(well) {
        let text = format!(
            "All {} name servers answer with authority, over UDP and TCP, with EDNS.",
            all.len()
        );
        findings.push(Finding::good("servers_answer", text).with("count", all.len()));
    }
    findings
}

/// A provider of which no server serves the zone.
fn whole(facts: &Facts, provider: &Provider) -> Finding {
    let (name, zone) = (&provider.name, &facts.zone);
    let lame = provider.servers.iter().any(|server| server.udp.is_ok());
    if lame {
        let text = format!(
            "No name server of {name} serves {zone}: it answers, but not with authority. Questions \
             that reach it are lost until the resolver tries the next one."
        );
        let remedy = format!("Create the zone at {name}, or take its name servers out");
        let finding = Finding::critical("provider_lame", text, remedy);
        return finding.with("provider", name).with("zone", zone);
    }
    let text = format!("No name server of {name} answers at all.");
    let remedy = format!("Look at {name}'s status, and whether a firewall here stops DNS");
    Finding::critical("provider_silent", text, remedy).with("provider", name)
}

fn one(facts: &Facts, provider: &Provider, server: &Server) -> Vec<Finding> {
    let mut findings = Vec::new();
    let Some(address) = server.address else {
        let finding = Finding::critical(
            "server_unresolved",
            format!("{} of {} has no address that could be found.", server.name, provider.name),
            "Correct its name at the registrar and at the zone's apex",
        );
        findings.push(finding.with("server", &server.name).with("provider", &provider.name));
        return findings;
    };
    let place = format!("{} ({address})", server.name);
    let rest_serves = provider.serves();
    match &server.udp {
        // If all are so, that was said of the provider.
        Err(why) if rest_serves => {
            let finding = Finding::warning(
                "server_silent",
                format!("{place} does not answer: {why}."),
                "Run this again; if it stays so, tell the provider, or look for a firewall here",
            );
            findings.push(finding.with("server", &place).with("why", why));
        }
        Ok(said) if rest_serves && server.serves().is_none() => {
            let how = match said.rcode.as_str() {
                "NOERROR" => "without authority".to_owned(),
                rcode => format!("with {rcode}"),
            };
            let finding = Finding::critical(
                "server_lame",
                format!("{place} does not serve {}: it answers {how}.", facts.zone),
                format!("Create the zone at {}, or take the server out", provider.name),
            );
            let finding = finding.with("server", &place).with("rcode", &said.rcode);
            findings.push(finding.with("zone", &facts.zone).with("provider", &provider.name));
        }
        _ => {}
    }
    if server.udp.is_ok() {
        if let Err(why) = &server.tcp {
            let why = why.trim_start_matches("over TCP: ");
            let finding = Finding::warning(
                "no_tcp",
                format!(
                    "{place} does not answer over TCP ({why}): answers that do not fit into a \
                     packet, such as signed ones, do not get through."
                ),
                "Open port 53 for TCP (RFC 7766), or tell the provider",
            );
            findings.push(finding.with("server", &place).with("why", why));
        }
        if !server.edns {
            let finding = Finding::warning(
                "no_edns",
                format!(
                    "{place} does not understand EDNS: no DNSSEC, and more questions over TCP."
                ),
                "Update the name server, or put it behind something that lets EDNS pass",
            );
            findings.push(finding.with("server", &place));
        }
    }
    findings
}

/// The names of providers, for a list in any language.
pub(super) fn all_names<'f>(providers: &[&'f Provider]) -> Vec<&'f str> {
    providers.iter().map(|provider| provider.name.as_str()).collect()
}

/// The names of providers, for a sentence.
pub(super) fn names<'f>(providers: impl IntoIterator<Item = &'f Provider>) -> String {
    list(providers.into_iter().map(|provider| provider.name.as_str()))
}
