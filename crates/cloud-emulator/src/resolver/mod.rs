//! Emulated public resolvers: they ask the emulated name servers, and keep what they heard as they
//! please.

mod cache;

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::authority::{Authority, Query, Received, Reply, Speaker, form_error, read, write};
use crate::door::{Passage, Rule};
use crate::fault::Faults;
use crate::options::ResolverOptions;
use cache::{Cache, Keeping};

const SERVFAIL: u16 = 2;
const REFUSED: u16 = 5;

/// One resolver. Clones share one cache.
#[derive(Clone)]
pub(crate) struct Resolver(Arc<Inner>);

struct Inner {
    options: ResolverOptions,
    faults: Faults,
    upstream: Vec<Authority>,
    /// Where the next question starts looking: name servers take turns.
    turn: AtomicUsize,
    cache: Mutex<Cache>,
}

impl Resolver {
    /// A resolver with an empty cache. `turn` is the place in `upstream` that is asked first.
    pub(crate) fn new(
        options: ResolverOptions,
        faults: Faults,
        upstream: Vec<Authority>,
        turn: usize,
    ) -> Self {
        let keeping = Keeping { floor: options.floor, hold: options.hold };
        let cache = Mutex::new(Cache::new(keeping));
        Self(Arc::new(Inner { options, faults, upstream, turn: AtomicUsize::new(turn), cache }))
    }

    fn reply(&self, query: &Query) -> Reply {
        if let Some(refusal) = query.refusal() {
            return refusal;
        }
        let Some(question) = query.question() else { return Reply::rcode(REFUSED) };
        if !query.head.recursion_desired {
            return Reply::rcode(REFUSED);
        }
        let key = (question.name.lower().to_string(), question.qtype);
        let now = Instant::now();
        let mut cache = self.0.cache.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = cache.get(&key, now) {
            return known;
        }
        let Some(mut reply) = self.ask(query) else { return Reply::rcode(SERVFAIL) };
        reply.authoritative = false;
        cache.put(key.clone(), reply.clone(), now);
        cache.get(&key, now).unwrap_or(reply)
    }

    /// The answer of the first name server that knows, starting with the one whose turn it is.
    fn ask(&self, query: &Query) -> Option<Reply> {
        let count = self.0.upstream.len();
        let turn = self.0.turn.fetch_add(1, Ordering::Relaxed);
        let all = (0..count).map(|place| &self.0.upstream[(turn + place) % count]);
        let mut answers = all.filter(|server| !server.down()).map(|server| server.reply(query));
        answers.find(|reply| reply.authoritative)
    }
}

impl Speaker for Resolver {
    fn answer(&self, message: &[u8], limit: Option<usize>) -> Option<Vec<u8>> {
        let query = match read(message) {
            Received::Rubbish => return None,
            Received::Malformed(header) => return Some(form_error(&header)),
            Received::Query(query) => query,
        };
        let reply = self.reply(&query);
        let mut bytes = write(&query, &reply, limit.unwrap_or_else(|| query.udp_limit()));
        // Recursion available.
        bytes[3] |= 0x80;
        Some(bytes)
    }

    fn faults(&self) -> &Faults {
        &self.0.faults
    }

    fn tcp(&self) -> Rule {
        let silent = self.0.options.silent;
        Arc::new(move |_| if silent { Passage::Silent } else { Passage::Open })
    }

    fn is_silent(&self) -> bool {
        self.0.options.silent
    }
}

/// How much of a duration is left, in whole seconds, rounded up as caches do.
fn seconds_left(until: Instant, now: Instant) -> u32 {
    let left = until.saturating_duration_since(now);
    let whole = left.as_secs() + u64::from(left > Duration::from_secs(left.as_secs()));
    u32::try_from(whole).unwrap_or(u32::MAX)
}
