//! What name servers answer: a round of questions, and asking until all of them agree.
use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use dns_provider::propagation::{self, NameServer, Reply};
use failover_core::{Answer, SiteSet};
use futures_util::StreamExt;
use futures_util::future::join_all;
use futures_util::stream::FuturesUnordered;

use crate::options::Options;
use crate::setup::{Family, ServiceSetup};
use crate::translate::Found;

/// What one address of one name server answers, all managed families together.
#[derive(Clone, Debug)]
pub(crate) struct Heard {
    pub(crate) server: String,
    pub(crate) address: SocketAddr,
    /// When it was asked.
    pub(crate) asked: Instant,
    pub(crate) elapsed: Duration,
    /// Per family; `None` without an answer.
    pub(crate) found: Vec<(Family, Option<Found>)>,
    pub(crate) answer: Answer,
}

/// Asks every address of every server once.
pub(crate) async fn round(
    service: &ServiceSetup,
    servers: &[NameServer],
    patience: Duration,
) -> Vec<Heard> {
    let asked = addresses(servers).map(|(server, at)| ask(service, server, at, patience));
    join_all(asked).await
}

/// Asks every address again and again until all answer `sites`, and tells `hear` of each answer.
///
/// Addresses that do not answer at all hold this up for [`Options::silent_patience`], those in
/// `silent` (they were so before the move) not at all; but somebody must answer. Returns then, or
/// never.
pub(crate) async fn until_all_answer(
    service: &ServiceSetup,
    servers: &[NameServer],
    sites: SiteSet,
    silent: &BTreeSet<SocketAddr>,
    options: &Options,
    mut hear: impl FnMut(Heard),
) {
    let wanted = Answer::Sites(sites);
    let start = Instant::now();
    let patience = options.query_timeout;
    let mut asking = FuturesUnordered::new();
    for (server, address) in addresses(servers) {
        asking.push(after(
            Duration::ZERO,
            options.verify_first,
            service,
            server,
            address,
            patience,
        ));
    }
    // What is still missing, and whether it is missing because nothing answers.
    let mut missing: BTreeMap<(String, SocketAddr), bool> =
        addresses(servers).map(|(server, at)| ((server.to_owned(), at), false)).collect();
    let mut agreed = false;
    while let Some((pause, heard)) = asking.next().await {
        let (place, address) = ((heard.server.clone(), heard.address), heard.address);
        if heard.answer == wanted {
            missing.remove(&place);
            agreed = true;
        } else {
            missing.insert(place, matches!(heard.answer, Answer::Silent { .. }));
            let next = (pause * 3 / 2).min(options.verify_max);
            let server = servers.iter().find(|server| server.name == heard.server);
            if let Some(server) = server {
                asking.push(after(pause, next, service, &server.name, address, patience));
            }
        }
        hear(heard);
        let late = start.elapsed() >= options.silent_patience;
        let excused = |((_, at), quiet): (&(String, SocketAddr), &bool)| {
            *quiet && (late || silent.contains(at))
        };
        if agreed && missing.iter().all(excused) {
            return;
        }
    }
    // No address at all: nothing can ever agree.
    std::future::pending::<()>().await;
}

async fn after(
    wait: Duration,
    next: Duration,
    service: &ServiceSetup,
    server: &str,
    address: SocketAddr,
    patience: Duration,
) -> (Duration, Heard) {
    tokio::time::sleep(wait).await;
    (next, ask(service, server, address, patience).await)
}

async fn ask(
    service: &ServiceSetup,
    server: &str,
    address: SocketAddr,
    patience: Duration,
) -> Heard {
    let start = Instant::now();
    let keys: Vec<_> = service.families.iter().map(|family| service.key(*family)).collect();
    let replies = keys.iter().map(|key| propagation::ask(address, key, false, patience));
    let replies = join_all(replies).await;
    let answer = judged(service, &replies);
    let found = service.families.iter().zip(replies).map(|(family, reply)| {
        let found = reply.ok().filter(answers_the_question).map(|reply| found(&reply));
        (*family, found)
    });
    let (found, server) = (found.collect(), server.to_owned());
    Heard { server, address, asked: start, elapsed: start.elapsed(), found, answer }
}

fn judged(service: &ServiceSetup, replies: &[Result<Reply, String>]) -> Answer {
    for reply in replies {
        match reply {
            Err(text) => return Answer::Silent { text: text.clone() },
            Ok(reply) if !answers_the_question(reply) => {
                return Answer::Silent { text: format!("it answers {}", reply.rcode) };
            }
            Ok(_) => {}
        }
    }
    let replies: Vec<&Reply> = replies.iter().flatten().collect();
    if replies.iter().any(|reply| !reply.authoritative) {
        let text = "an answer without authority: it does not serve the zone".to_owned();
        return Answer::Foreign { text };
    }
    let found: Vec<Found> = replies.into_iter().map(found).collect();
    service.answer(&found)
}

/// `SERVFAIL`, `REFUSED` and the like say nothing about the name.
fn answers_the_question(reply: &Reply) -> bool {
    matches!(reply.rcode.as_str(), "NOERROR" | "NXDOMAIN")
}

fn found(reply: &Reply) -> Found {
    Found { ttl: reply.ttl, values: reply.values.clone(), opaque: false }
}

fn addresses(servers: &[NameServer]) -> impl Iterator<Item = (&str, SocketAddr)> {
    servers.iter().flat_map(|server| {
        server.addresses.iter().map(move |address| (server.name.as_str(), *address))
    })
}
