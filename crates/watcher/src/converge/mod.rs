//! How the world follows a move: name servers and resolvers are asked until they give the new answer.
//!
//! A task beside everything else. It holds no way to a machine: what it finds out goes into the
//! journal, and whoever looks reads it there.
mod agenda;
mod hearing;

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use dns_provider::Key;
use dns_provider::propagation::NameServer;
use failover_core::{Curve, CurveEnd, CurveProvider, CurveSource, MoveId, SiteSet, Timestamp};
use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;

use crate::journal::Curves;
use crate::resolvers::ResolverCheck;
use crate::setup::{ServiceSetup, Setup};
use agenda::{Agenda, Whom};
use hearing::Said;

/// What was found out is written this often, if it is news.
const KEEP_EVERY: Duration = Duration::from_secs(2);
/// The time for the asking is looked at this often.
const IDLE: Duration = Duration::from_secs(1);

/// Follows the world until all that answer give what is `wanted` (types and values, of one name), or
/// the time for it is used up, and tells `hear` whenever something was heard. `age` is how long ago
/// the move was decided. Returns the whole curve.
pub async fn follow(
    curve: Curve,
    wanted: &[(Key, BTreeSet<String>)],
    options: &ResolverCheck,
    age: Duration,
    mut hear: impl FnMut(&Curve),
) -> Curve {
    let now = Instant::now();
    let start = now.checked_sub(age).unwrap_or(now);
    let mut agenda = Agenda::of(&curve, options);
    let mut follower = Follower { curve, options };
    let mut asking = FuturesUnordered::new();
    let end = loop {
        if let Some(end) = follower.end(start, &agenda, asking.is_empty()) {
            break end;
        }
        let now = Instant::now();
        while let Some((whom, address)) = agenda.next(now) {
            asking.push(hearing::ask(wanted, whom, address, options.timeout));
        }
        let wake = agenda.due().unwrap_or(now + IDLE).min(now + IDLE);
        tokio::select! {
            Some((whom, said)) = asking.next() => {
                follower.hear(whom, said, start, &mut agenda);
                hear(&follower.curve);
            }
            () = tokio::time::sleep_until(wake.into()) => {}
        }
    };
    Curve { end: Some(end), ..follower.curve }
}

/// Follows one move for the journal's sake.
pub(crate) async fn follow_move(
    setup: Arc<Setup>,
    service: Arc<ServiceSetup>,
    sites: SiteSet,
    curve: Curve,
    book: Curves,
) {
    let wanted: Vec<_> = service
        .families
        .iter()
        .map(|family| {
            let set = service.wanted(sites, *family);
            (service.key(*family), set.into_iter().flat_map(|set| set.values).collect())
        })
        .collect();
    let age = setup.clock.now().since(curve.began);
    book.keep(curve.clone());
    let mut kept = Instant::now();
    let hear = |curve: &Curve| {
        if kept.elapsed() >= KEEP_EVERY {
            book.keep(curve.clone());
            kept = Instant::now();
        }
    };
    let curve = follow(curve, &wanted, &setup.options.resolvers, age, hear).await;
    say(&curve);
    book.keep(curve);
}

/// A curve of which nothing is known yet. `providers`: each by name, with the TTL that was published
/// there before, and its name servers.
pub fn new_curve(
    service: &str,
    (id, began): (MoveId, Timestamp),
    ttl: u32,
    providers: Vec<(String, u32, Vec<NameServer>)>,
    options: &ResolverCheck,
) -> Curve {
    let providers = providers.into_iter().map(|(name, ttl_before, servers)| CurveProvider {
        servers: servers.iter().flat_map(|server| of_server(&name, server)).collect(),
        name,
        ttl_before,
        published_ms: None,
    });
    let resolvers = options.resolvers.iter().map(|one| CurveSource {
        name: one.name.to_string(),
        operator: one.operator.to_string(),
        country: one.country.to_string(),
        address: one.address.to_string(),
        ..CurveSource::default()
    });
    Curve {
        service: service.to_owned(),
        id,
        began,
        ttl,
        providers: providers.collect(),
        resolvers: resolvers.collect(),
        asked_ms: 0,
        end: None,
    }
}

fn of_server(provider: &str, server: &NameServer) -> Vec<CurveSource> {
    let source = |address: &SocketAddr| CurveSource {
        name: server.name.clone(),
        operator: provider.to_owned(),
        address: address.to_string(),
        ..CurveSource::default()
    };
    server.addresses.iter().map(source).collect()
}

/// A curve while it is drawn.
struct Follower<'o> {
    curve: Curve,
    options: &'o ResolverCheck,
}

impl Follower<'_> {
    /// Why nothing more is asked, if so.
    fn end(&self, start: Instant, agenda: &Agenda, idle: bool) -> Option<CurveEnd> {
        let (new, answering) = self.curve.reached();
        let all_there = self.curve.published_ms().is_some() && new == answering;
        if agenda.is_done() && idle {
            return Some(if all_there && answering > 0 {
                CurveEnd::Converged
            } else {
                CurveEnd::Limit
            });
        }
        (start.elapsed() >= self.options.limit).then_some(CurveEnd::Limit)
    }

    fn hear(&mut self, whom: Whom, said: Said, start: Instant, agenda: &mut Agenda) {
        let ms = u64::try_from(start.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.curve.asked_ms = self.curve.asked_ms.max(ms);
        let Some(source) = source(&mut self.curve, whom) else { return };
        source.asked += 1;
        match said {
            Said::New { ttl } => {
                source.new_ms.get_or_insert(ms);
                source.new_ttl = source.new_ttl.max(ttl);
            }
            Said::Other { ttl } => {
                source.old_ms = Some(ms);
                source.old_ttl = source.old_ttl.max(ttl);
            }
            Said::Nothing(problem) => {
                source.errors += 1;
                source.problem = Some(problem);
            }
        }
        agenda.heard(whom, source, self.options);
        if let Whom::Server { provider, .. } = whom
            && let Some(provider) = self.curve.providers.get_mut(provider)
            && provider.published_ms.is_none()
        {
            let answering = provider.servers.iter().filter(|one| !agenda::is_silent(one));
            let all: Option<Vec<u64>> = answering.map(|one| one.new_ms).collect();
            provider.published_ms = all.and_then(|all| all.into_iter().max());
        }
        agenda.open(&self.curve);
    }
}

/// One sentence for the log.
fn say(curve: &Curve) {
    let (new, answering) = curve.reached();
    let (service, id) = (&curve.service, curve.id.0);
    let late = curve.extenders();
    let names: Vec<&str> = late.iter().map(|one| one.name.as_str()).collect();
    let named = match names.is_empty() {
        true => String::new(),
        false => format!("; they keep answers longer than they may: {}", names.join(", ")),
    };
    tracing::info!(
        "service {service}: move {id}: {new} of {answering} resolvers give the new answer{named}"
    );
}

fn source(curve: &mut Curve, whom: Whom) -> Option<&mut CurveSource> {
    match whom {
        Whom::Server { provider, place } => {
            curve.providers.get_mut(provider)?.servers.get_mut(place)
        }
        Whom::Resolver(place) => curve.resolvers.get_mut(place),
    }
}
