//! Resolvers and the people behind them: caches with floors, extenders and pins.
use failover_core::SiteSet;

use super::World;
use super::provider::Content;
use super::queue::Happens;
use super::setup::{Setup, millis};
use crate::random::Random;

/// A resolver that is asked for the name all the time.
#[derive(Debug)]
pub(super) struct Resolver {
    /// The shortest time that it keeps an answer.
    floor: u64,
    /// It keeps answers for so many hundredths of their TTL.
    extends: u64,
    /// So many of a thousand of its people keep what they had for `pin` longer.
    pinned: u64,
    pin: u64,
    answer: Content,
    /// What it said before, and when that changed.
    before: Content,
    changed: u64,
    random: Random,
}

/// What people are told at a moment, in thousandths of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct People {
    /// Those that are sent where they shall be.
    pub desired: u32,
    /// Those that are sent to no site that serves.
    pub astray: u32,
}

impl Resolver {
    /// Of a hundred, 23 have a floor of 5 s, 5 one of 60 s, and 9 keep answers for longer than they
    /// may; a tenth of the people have a browser that pins for a minute.
    pub(super) fn new(seed: u64, place: u64) -> Self {
        let mut random = Random::of(seed, 3_000 + place);
        let floor = match random.below(100) {
            0..23 => 5_000,
            23..28 => 60_000,
            _ => 0,
        };
        let extends = if random.below(100) < 9 { random.between(150, 400) } else { 100 };
        let content = Content::Sites(SiteSet::EMPTY);
        let (pinned, pin) = (100, 60_000);
        Self { floor, extends, pinned, pin, answer: content, before: content, changed: 0, random }
    }
}

impl World {
    /// In the beginning a resolver knows what the first provider answers.
    pub(super) fn refetch_first(&mut self, number: u16) {
        let answer = self.providers.first().map(|provider| provider.content);
        if let (Some(resolver), Some(answer)) =
            (self.resolvers.get_mut(usize::from(number)), answer)
        {
            (resolver.answer, resolver.before) = (answer, answer);
        }
    }

    /// A resolver's answer has expired: it asks one of all the name servers.
    pub(super) fn refetch(&mut self, number: u16) {
        let ttl = ttl(&self.setup);
        let Some(resolver) = self.resolvers.get_mut(usize::from(number)) else { return };
        let providers = self.providers.len() as u64;
        let mut heard = None;
        // A name server that is silent is given up for another one.
        for _ in 0..3 {
            let place = usize::try_from(resolver.random.below(providers)).unwrap_or(0);
            let provider = &self.providers[place];
            if !provider.manner.silent {
                heard = Some(resolver.random.pick(&provider.servers).1);
                break;
            }
        }
        let wait = match heard {
            Some(answer) => {
                if answer != resolver.answer {
                    (resolver.before, resolver.changed) = (resolver.answer, self.now);
                    resolver.answer = answer;
                }
                (ttl.max(resolver.floor) * resolver.extends / 100).max(1_000)
            }
            // Stale is better than nothing.
            None => 5_000,
        };
        self.queue.plan(self.now + wait, Happens::Refetch { resolver: number });
    }

    /// What people are told now.
    pub fn people(&self) -> People {
        let desired = self.journal.state.desired();
        let mut people = People::default();
        let mut count = |content: Content, share: u64| {
            let share = u32::try_from(share).unwrap_or(0);
            let sites = content.sites();
            people.desired += if sites == desired { share } else { 0 };
            let serves = sites.iter().any(|site| self.guard.truth.alive.contains(site));
            people.astray += if serves { 0 } else { share };
        };
        for resolver in &self.resolvers {
            let pins = self.now < resolver.changed + resolver.pin;
            let pinned = if pins { resolver.pinned } else { 0 };
            count(resolver.before, pinned);
            count(resolver.answer, 1_000 - pinned);
        }
        let all = u32::try_from(self.resolvers.len().max(1)).unwrap_or(u32::MAX);
        People { desired: people.desired / all, astray: people.astray / all }
    }
}

fn ttl(setup: &Setup) -> u64 {
    millis(setup.ttl)
}
