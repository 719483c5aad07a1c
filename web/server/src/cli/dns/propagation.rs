//! `schwenk dns propagation`: what every name server really answers.
use std::net::{IpAddr, SocketAddr};
use std::time::{Duration, Instant};

use clap::Args;
use dns_provider::propagation::{
    NameServer, Observation, PublicResolver, observe, public_resolvers, servers_of, survey,
};
use dns_provider::{Key, Name, RecordType};
use serde::Serialize;

use super::provider::ProviderArgs;
use super::watch;
use crate::cli::exit::{Exit, Failed};
use crate::cli::out::{Out, table};
use crate::config::duration;

/// Between two rounds with `--wait`.
const PACE: Duration = Duration::from_millis(500);

#[derive(Debug, Args)]
pub struct Question {
    /// The name to ask for.
    name: String,
    /// The type to ask for.
    #[arg(default_value = "A")]
    rtype: String,
    /// Every server must answer exactly these values; repeat for more. Default: all the same.
    #[arg(long, value_name = "VALUE")]
    pub(super) expect: Vec<String>,
    /// Ask this server, as name=address:port, in place of those of a provider; repeat for more.
    #[arg(long = "server", value_name = "SERVER", value_parser = server)]
    servers: Vec<NameServer>,
    /// Ask public resolvers as well; their answers do not count.
    #[arg(long)]
    pub(super) public: bool,
    /// Ask this resolver, as name=address or name=address:port; repeat for more. With --watch in
    /// place of the built-in list, unless --public is given, too.
    #[arg(long = "resolver", value_name = "RESOLVER", value_parser = resolver)]
    pub(super) resolvers: Vec<PublicResolver>,
    /// How long one answer may take.
    #[arg(long, default_value = "2 s", value_parser = duration::parse)]
    pub(super) timeout: Duration,
    /// Ask again until all agree, at most this long.
    #[arg(long, value_name = "DURATION", value_parser = duration::parse)]
    pub(super) wait: Option<Duration>,
    /// Ask name servers and public resolvers until all give the new answer (--expect, or what all
    /// name servers say), and draw how many do. At most 15 min, or as --wait says.
    #[arg(long)]
    watch: bool,
}

/// What one address answered.
#[derive(Debug, Serialize)]
struct Answered {
    provider: Option<String>,
    server: String,
    address: SocketAddr,
    authoritative: bool,
    rcode: Option<String>,
    ttl: Option<u32>,
    values: Vec<String>,
    elapsed_ms: f64,
    problem: Option<String>,
}

/// The whole picture.
#[derive(Debug, Serialize)]
struct Picture {
    name: String,
    rtype: String,
    converged: bool,
    authoritative: Vec<Answered>,
    public: Vec<Answered>,
}

pub async fn propagation(args: ProviderArgs, question: Question, out: Out) -> Result<Exit, Failed> {
    let name = Name::parse(&question.name).map_err(|error| Failed::input(error.to_string()))?;
    let key = Key::new(name, RecordType::from(question.rtype.clone()));
    let groups = groups(&args, &question, &key).await?;
    if question.watch {
        return watch::watch(&groups, &question, &key, out).await;
    }
    let end = Instant::now() + question.wait.unwrap_or_default();
    let picture = loop {
        let picture = look(&groups, &question, &key).await;
        if picture.converged || Instant::now() >= end {
            break picture;
        }
        tokio::time::sleep(PACE).await;
    };
    out.print(&picture, || text(&picture))?;
    if picture.converged {
        return Ok(Exit::Done);
    }
    Err(Failed::new(Exit::NotConverged, "not all name servers answer what they should"))
}

/// The servers to ask, with the provider they belong to.
async fn groups(
    args: &ProviderArgs,
    question: &Question,
    key: &Key,
) -> Result<Vec<(Option<String>, Vec<NameServer>)>, Failed> {
    if !question.servers.is_empty() {
        return Ok(vec![(None, question.servers.clone())]);
    }
    let mut groups = Vec::new();
    for chosen in args.providers().await? {
        let servers = match chosen.servers {
            Some(servers) => servers,
            None => {
                let zone = args.zone(chosen.client.as_ref(), Some(&key.name)).await?;
                servers_of(&zone).await.map_err(|why| Failed::new(Exit::Unreachable, why))?
            }
        };
        groups.push((Some(chosen.client.id().to_owned()), servers));
    }
    Ok(groups)
}

async fn look(
    groups: &[(Option<String>, Vec<NameServer>)],
    question: &Question,
    key: &Key,
) -> Picture {
    let mut authoritative = Vec::new();
    for (provider, servers) in groups {
        let seen = observe(servers, key, question.timeout).await;
        authoritative.extend(seen.into_iter().map(|one| answered(provider.clone(), one)));
        for unresolved in servers.iter().filter(|server| server.addresses.is_empty()) {
            tracing::warn!("{} has no address", unresolved.name);
        }
    }
    let mut resolvers = question.resolvers.clone();
    if question.public {
        resolvers.extend(public_resolvers().iter().cloned());
    }
    let public = survey(&resolvers, key, question.timeout).await;
    Picture {
        name: key.name.to_string(),
        rtype: key.rtype.to_string(),
        converged: agree(&authoritative, &question.expect),
        authoritative,
        public: public.into_iter().map(|one| answered(None, one)).collect(),
    }
}

/// Whether all answer with authority, the same, and what is expected if that was said.
fn agree(answers: &[Answered], expect: &[String]) -> bool {
    let mut expect = expect.to_vec();
    expect.sort();
    let Some(first) = answers.first() else { return false };
    let wanted = if expect.is_empty() { &first.values } else { &expect };
    answers.iter().all(|answer| {
        answer.problem.is_none()
            && answer.authoritative
            && answer.rcode == first.rcode
            && answer.values == *wanted
    })
}

/// What all servers answer alike and with authority, if they do.
pub(super) fn agreed(seen: &[Observation]) -> Option<&[String]> {
    let first = seen.first()?.reply.as_ref().ok()?;
    let same = |one: &Observation| {
        one.reply.as_ref().is_ok_and(|reply| {
            reply.authoritative && (&reply.rcode, &reply.values) == (&first.rcode, &first.values)
        })
    };
    (!first.values.is_empty() && seen.iter().all(same)).then_some(&first.values)
}

/// `name=address[:port]`.
pub(super) fn resolver(text: &str) -> Result<PublicResolver, String> {
    let wrong = || "write name=192.0.2.53 or name=192.0.2.53:53".to_owned();
    let (name, place) = text.split_once('=').ok_or_else(wrong)?;
    let address = match place.parse::<SocketAddr>() {
        Ok(address) => address,
        Err(_) => SocketAddr::new(place.parse::<IpAddr>().map_err(|_| wrong())?, 53),
    };
    if name.is_empty() {
        return Err(wrong());
    }
    let name = name.to_owned();
    Ok(PublicResolver {
        operator: name.clone().into(),
        name: name.into(),
        country: "".into(),
        address,
    })
}

fn answered(provider: Option<String>, seen: Observation) -> Answered {
    let Observation { server, address, elapsed, reply } = seen;
    let elapsed_ms = (elapsed.as_secs_f64() * 10_000.0).round() / 10.0;
    match reply {
        Ok(reply) => Answered {
            provider,
            server,
            address,
            authoritative: reply.authoritative,
            rcode: Some(reply.rcode),
            ttl: reply.ttl,
            values: reply.values,
            elapsed_ms,
            problem: None,
        },
        Err(problem) => Answered {
            provider,
            server,
            address,
            authoritative: false,
            rcode: None,
            ttl: None,
            values: Vec::new(),
            elapsed_ms,
            problem: Some(problem),
        },
    }
}

fn text(picture: &Picture) -> String {
    let row = |one: &Answered| {
        let said = match (&one.problem, &one.rcode) {
            (Some(problem), _) => problem.clone(),
            (None, Some(rcode)) if one.values.is_empty() => rcode.clone(),
            (None, _) => one.values.join(" "),
        };
        vec![
            one.provider.clone().unwrap_or_default(),
            one.server.clone(),
            one.address.to_string(),
            said,
            one.ttl.map_or(String::new(), |ttl| format!("TTL {ttl}")),
            format!("{} ms", one.elapsed_ms),
        ]
    };
    let all = picture.authoritative.iter().chain(&picture.public);
    let verdict = if picture.converged { "all agree" } else { "NOT CONVERGED" };
    table(&all.map(row).collect::<Vec<_>>())
        + &format!("{} {}: {verdict}\n", picture.name, picture.rtype)
}

/// `name=address:port`, or only an address with port.
fn server(text: &str) -> Result<NameServer, String> {
    let (name, address) = text.split_once('=').unwrap_or((text, text));
    let address: SocketAddr = address.parse().map_err(|_| "write name=192.0.2.53:53".to_owned())?;
    Ok(NameServer { name: name.to_owned(), addresses: vec![address] })
}
