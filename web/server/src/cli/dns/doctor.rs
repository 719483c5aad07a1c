//! `schwenk dns doctor`: what is wrong with a zone's delegation, and what would break.
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use clap::Args;
use dns_provider::doctor::{self, Facts, Finding, Grade, Provider, Server, Start};
use dns_provider::propagation::{NameServer, servers_of};
use dns_provider::{DnsProvider, Key, Name, RecordType};
use serde::Serialize;

use super::provider::ProviderArgs;
use crate::cli::exit::{Exit, Failed};
use crate::cli::out::{Out, table};
use crate::config::duration;
use crate::records::doctor::system_resolver;

#[derive(Debug, Args)]
pub struct Question {
    /// The zone.
    #[arg(value_name = "ZONE")]
    apex: String,
    /// A name that matters, with A and AAAA, or as NAME/TYPE; repeat for more. Default: the services
    /// of the configuration.
    #[arg(long = "record", value_name = "NAME")]
    records: Vec<String>,
    /// A name server, as PROVIDER/NAME=ADDRESS:PORT, in place of what the delegation says; repeat
    /// for more.
    #[arg(long = "server", value_name = "SERVER", value_parser = server)]
    servers: Vec<(String, NameServer)>,
    /// A name server of the zone above, as NAME=ADDRESS:PORT. Default: found by the resolver.
    #[arg(long, value_name = "SERVER", value_parser = named)]
    parent: Vec<NameServer>,
    /// The resolver that finds names, as ADDRESS or ADDRESS:PORT. Default: the system's.
    #[arg(long, value_name = "ADDRESS", value_parser = place)]
    resolver: Option<SocketAddr>,
    /// How long one answer may take.
    #[arg(long, default_value = "3 s", value_parser = duration::parse)]
    timeout: Duration,
    /// End with 6 on warnings, too.
    #[arg(long)]
    strict: bool,
}

/// The whole report.
#[derive(Debug, Serialize)]
struct Report<'f> {
    findings: &'f [Finding],
    facts: &'f Facts,
}

pub async fn doctor(args: ProviderArgs, question: Question, out: Out) -> Result<Exit, Failed> {
    let zone = Name::parse(&question.apex).map_err(|error| Failed::input(error.to_string()))?;
    let start = Start {
        records: records(&args, &question, &zone)?,
        providers: providers(&args, &question, &zone).await?,
        parent: question.parent.clone(),
        resolver: question.resolver.or_else(system_resolver),
        timeout: question.timeout,
        zone,
    };
    let facts = doctor::ask(&start).await;
    let findings = doctor::examine(&facts);
    let worst = findings.iter().map(|finding| finding.grade).max();
    out.print(&Report { findings: &findings, facts: &facts }, || text(&facts, &findings))?;
    let limit = if question.strict { Grade::Warning } else { Grade::Critical };
    match worst {
        Some(worst) if worst >= limit => Ok(Exit::Ill),
        _ => Ok(Exit::Done),
    }
}

fn records(args: &ProviderArgs, question: &Question, zone: &Name) -> Result<Vec<Key>, Failed> {
    if question.records.is_empty() {
        return args.records(zone);
    }
    let mut keys = Vec::new();
    for text in &question.records {
        let (name, types) = match text.split_once('/') {
            Some((name, rtype)) => (name, vec![RecordType::from(rtype.to_owned())]),
            None => (text.as_str(), vec![RecordType::A, RecordType::Aaaa]),
        };
        let name = Name::parse(name).map_err(|error| Failed::input(error.to_string()))?;
        if !name.is_in(zone) {
            return Err(Failed::input(format!("--record {name} does not lie in {zone}")));
        }
        keys.extend(types.into_iter().map(|rtype| Key::new(name.clone(), rtype)));
    }
    Ok(keys)
}

/// The name servers that are known: as was said, or as the providers say.
async fn providers(
    args: &ProviderArgs,
    question: &Question,
    zone: &Name,
) -> Result<Vec<(String, Vec<NameServer>)>, Failed> {
    let mut providers: Vec<(String, Vec<NameServer>)> = Vec::new();
    for (provider, server) in &question.servers {
        match providers.iter_mut().find(|(known, _)| known == provider) {
            Some((_, servers)) => servers.push(server.clone()),
            None => providers.push((provider.clone(), vec![server.clone()])),
        }
    }
    if !providers.is_empty() || !args.is_given() {
        return Ok(providers);
    }
    for chosen in args.providers().await? {
        let id = chosen.client.id().to_owned();
        let found = match chosen.servers {
            Some(servers) => Ok(servers),
            None => listed(args, chosen.client.as_ref(), zone).await,
        };
        match found {
            Ok(servers) => providers.push((id, servers)),
            // A provider that is down is when one wants to know the rest.
            Err(why) => tracing::error!("{id}: its name servers are not known: {why}"),
        }
    }
    Ok(providers)
}

/// The name servers that a provider lists for the zone, with their addresses.
async fn listed(
    args: &ProviderArgs,
    client: &dyn DnsProvider,
    zone: &Name,
) -> Result<Vec<NameServer>, String> {
    let zone = args.zone(client, Some(zone)).await.map_err(|failed| failed.message)?;
    servers_of(&zone).await
}

/// `PROVIDER/NAME=ADDRESS:PORT`.
fn server(text: &str) -> Result<(String, NameServer), String> {
    let wrong = || "write provider/ns1.example.net=192.0.2.53:53".to_owned();
    let (provider, rest) = text.split_once('/').ok_or_else(wrong)?;
    Ok((provider.to_owned(), named(rest).map_err(|_| wrong())?))
}

/// `NAME=ADDRESS:PORT`.
fn named(text: &str) -> Result<NameServer, String> {
    let wrong = || "write ns1.example.net=192.0.2.53:53".to_owned();
    let (name, address) = text.split_once('=').ok_or_else(wrong)?;
    let name = Name::parse(name).map_err(|error| error.to_string())?.to_string();
    Ok(NameServer { name, addresses: vec![place(address).map_err(|_| wrong())?] })
}

/// `ADDRESS[:PORT]`.
fn place(text: &str) -> Result<SocketAddr, String> {
    let address = || text.parse::<IpAddr>().map(|address| SocketAddr::new(address, 53));
    text.parse().or_else(|_| address()).map_err(|_| "write 192.0.2.53 or 192.0.2.53:53".to_owned())
}

fn text(facts: &Facts, findings: &[Finding]) -> String {
    let mut text = format!("{}\n", facts.zone);
    let parent = match &facts.parent.zone {
        Some(zone) => format!("delegated by {}", if zone.is_empty() { "the root" } else { zone }),
        None => "the zone above is not known".to_owned(),
    };
    text += &format!("  {parent}, to {} name servers\n", facts.parent.name_servers.len());
    let rows: Vec<Vec<String>> =
        facts.providers.iter().flat_map(|provider| rows(facts, provider)).collect();
    text += &table(&rows);
    text += "\n";
    for finding in findings {
        let mark = match finding.grade {
            Grade::Good => "good",
            Grade::Note => "note",
            Grade::Warning => "WARNING",
            Grade::Critical => "CRITICAL",
        };
        text += &format!("{mark:<8}  {}\n", finding.text);
        if !finding.remedy.is_empty() {
            text += &format!("          → {}.\n", finding.remedy);
        }
    }
    text += "\n";
    text + &verdict(findings)
}

fn rows(facts: &Facts, provider: &Provider) -> Vec<Vec<String>> {
    let row = |server: &Server| {
        let yes = |is: bool, word: &str| if is { word.to_owned() } else { format!("no {word}") };
        let address = server.address.map_or_else(|| "no address".to_owned(), |at| at.to_string());
        let said = match (&server.udp, server.serves()) {
            (Err(_), _) => "no answer".to_owned(),
            (Ok(_), Some(said)) => said
                .soa
                .as_ref()
                .map_or("no SOA".to_owned(), |soa| format!("serial {}", soa.serial)),
            (Ok(said), None) => format!("LAME: {}", said.rcode),
        };
        vec![
            format!("  {}", provider.name),
            server.name.clone(),
            address,
            said,
            yes(server.tcp.is_ok(), "TCP"),
            yes(server.edns, "EDNS"),
            yes(facts.parent.name_servers.contains(&server.name), "delegation"),
        ]
    };
    provider.servers.iter().map(row).collect()
}

fn verdict(findings: &[Finding]) -> String {
    let count = |grade| findings.iter().filter(|finding| finding.grade == grade).count();
    match (count(Grade::Critical), count(Grade::Warning)) {
        (0, 0) => "All is well.".to_owned(),
        (critical, warnings) => format!("{critical} critical, {warnings} warnings."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn servers_are_written_with_provider_name_and_address() {
        let (provider, found) = server("one/ns1.example.net=192.0.2.1:5353").expect("a server");
        assert_eq!((provider.as_str(), found.name.as_str()), ("one", "ns1.example.net"));
        assert_eq!(found.addresses, [([192, 0, 2, 1], 5353).into()]);
        assert!(server("ns1.example.net=192.0.2.1").is_err());
        assert!(named("ns1=nowhere").is_err());
        assert_eq!(place("2001:db8::1").expect("an address").port(), 53);
    }
}
