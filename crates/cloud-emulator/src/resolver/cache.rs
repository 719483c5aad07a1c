//! What a resolver remembers, and for how long: as long as the TTL says, or longer.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use super::seconds_left;
use crate::authority::Reply;

/// What an answer that has outlived its TTL shows (RFC 8767 section 5).
const STALE_TTL: u32 = 30;
/// Answers without any record and without SOA are kept so long.
const NOTHING: u32 = 5;

/// For how long answers are kept.
#[derive(Clone, Copy, Debug)]
pub(super) struct Keeping {
    /// A smaller TTL is replaced by this one.
    pub(super) floor: Duration,
    /// So much longer than its TTL an answer is still given.
    pub(super) hold: Duration,
}

/// Answers by name and type.
#[derive(Debug)]
pub(super) struct Cache {
    keeping: Keeping,
    known: BTreeMap<(String, u16), Known>,
}

#[derive(Debug)]
struct Known {
    reply: Reply,
    /// Until when its TTL allows it.
    until: Instant,
}

impl Cache {
    pub(super) fn new(keeping: Keeping) -> Self {
        Self { keeping, known: BTreeMap::new() }
    }

    /// What is remembered, with what is left of its TTL.
    pub(super) fn get(&mut self, key: &(String, u16), now: Instant) -> Option<Reply> {
        let known = self.known.get(key)?;
        if now >= known.until + self.keeping.hold {
            self.known.remove(key);
            return None;
        }
        let mut reply = known.reply.clone();
        let left = match seconds_left(known.until, now) {
            0 => STALE_TTL.min(ttl(&known.reply)),
            left => left,
        };
        for section in [&mut reply.answers, &mut reply.authority, &mut reply.additional] {
            section.iter_mut().for_each(|record| record.ttl = left);
        }
        Some(reply)
    }

    pub(super) fn put(&mut self, key: (String, u16), reply: Reply, now: Instant) {
        let life = Duration::from_secs(ttl(&reply).into()).max(self.keeping.floor);
        self.known.insert(key, Known { reply, until: now + life });
    }
}

/// For how long an answer may be kept: the smallest TTL in it, that of the SOA if there is nothing.
fn ttl(reply: &Reply) -> u32 {
    let records = if reply.answers.is_empty() { &reply.authority } else { &reply.answers };
    records.iter().map(|record| record.ttl).min().unwrap_or(NOTHING)
}
