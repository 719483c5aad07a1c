//! A DNS provider as it is: what it stores, what its name servers answer, how its API fares.
use std::time::Duration;

use failover_core::{Answer, MoveId, ProviderId, SiteSet, Timestamp};

use super::World;
use super::fault::{Foreign, ProviderTrouble};
use super::queue::Happens;
use super::setup::{Setup, millis};
use crate::random::Random;
use crate::seen::{Seen, Stored};

/// What an RRset is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Content {
    /// The targets of these sites.
    Sites(SiteSet),
    /// Something that nobody configured.
    Other,
    /// Nothing.
    Nothing,
}

impl Content {
    pub(super) fn answer(self) -> Answer {
        match self {
            Self::Sites(sites) => Answer::Sites(sites),
            Self::Other => Answer::Foreign { text: "203.0.113.66 (TTL 60)".to_owned() },
            Self::Nothing => Answer::Foreign { text: "nothing".to_owned() },
        }
    }

    pub(super) fn sites(self) -> SiteSet {
        match self {
            Self::Sites(sites) => sites,
            Self::Other | Self::Nothing => SiteSet::EMPTY,
        }
    }
}

impl From<Foreign> for Content {
    fn from(foreign: Foreign) -> Self {
        match foreign {
            Foreign::Sites(sites) => Self::Sites(sites),
            Foreign::Other => Self::Other,
            Foreign::Nothing => Self::Nothing,
        }
    }
}

/// One provider.
#[derive(Debug)]
pub(super) struct Provider {
    pub(super) content: Content,
    /// How often anybody has written.
    pub(super) version: u64,
    /// What each name server answers, and since which version.
    pub(super) servers: Vec<(u64, Content)>,
    pub(super) manner: Manner,
    pub(super) random: Random,
    /// The newest generation that was ever stored.
    pub(super) highest: MoveId,
}

/// How a provider fares.
#[derive(Clone, Debug)]
pub(super) struct Manner {
    pub(super) errs: u16,
    pub(super) doubts: u16,
    pub(super) stalls: (u16, u64),
    pub(super) delay: u64,
    pub(super) down: bool,
    pub(super) publication: u64,
    pub(super) silent: bool,
}

impl Manner {
    pub(super) fn of(setup: &Setup) -> Self {
        Self {
            errs: 0,
            doubts: 0,
            stalls: (0, 0),
            delay: millis(setup.call),
            down: false,
            publication: millis(setup.publication),
            silent: false,
        }
    }

    fn change(&mut self, trouble: ProviderTrouble) {
        match trouble {
            ProviderTrouble::Errs(per_mille) => self.errs = per_mille,
            ProviderTrouble::Doubts(per_mille) => self.doubts = per_mille,
            ProviderTrouble::Stalls(per_mille, time) => self.stalls = (per_mille, millis(time)),
            ProviderTrouble::Delays(time) => self.delay = millis(time),
            ProviderTrouble::Down(down) => self.down = down,
            ProviderTrouble::Publishes(time) => self.publication = millis(time),
            ProviderTrouble::Silent(silent) => self.silent = silent,
        }
    }

    /// Whether every call ends well and in time.
    pub(super) fn works(&self, setup: &Setup) -> bool {
        let quick = self.delay <= millis(setup.call_timeout) / 4;
        let serves = !self.silent && self.publication <= millis(setup.call_timeout);
        !self.down && self.errs + self.doubts + self.stalls.0 == 0 && quick && serves
    }
}

impl Provider {
    pub(super) fn new(setup: &Setup, seed: u64, place: u64) -> Self {
        let content = Content::Sites(SiteSet::one(failover_core::SiteId(0)));
        Self {
            content,
            version: 0,
            servers: vec![(0, content); usize::from(setup.servers)],
            manner: Manner::of(setup),
            random: Random::of(seed, 2_000 + place),
            highest: MoveId(0),
        }
    }
}

impl World {
    pub(super) fn trouble_provider(&mut self, provider: ProviderId, trouble: ProviderTrouble) {
        if let Some(known) = self.providers.get_mut(provider.index()) {
            known.manner.change(trouble);
        }
    }

    /// One of our own writes happens.
    pub(super) fn land(&mut self, provider: ProviderId, id: MoveId, sites: SiteSet) {
        let place = provider.index();
        let before = self.guard.truth.stored[place];
        self.guard.truth.stored[place] = Stored { sites, generation: id };
        self.put(provider, Content::Sites(sites));
        self.guard.see(&Seen::Landed { provider, id, sites, before });
        self.tally.landed += 1;
        self.tally.empties += u64::from(sites.is_empty());
        let highest = self.providers[place].highest;
        self.providers[place].highest = highest.max(id);
        if id < highest {
            let guarded = self.policy.spec().providers[place].guarded;
            self.measure_regression(provider, guarded);
        }
        self.measure_stored(provider);
    }

    /// Somebody else writes.
    pub(super) fn foreign(&mut self, provider: ProviderId, foreign: Foreign) {
        let place = provider.index();
        if place >= self.providers.len() {
            return;
        }
        let content = Content::from(foreign);
        self.guard.truth.stored[place] = Stored { sites: content.sites(), generation: MoveId(0) };
        self.put(provider, content);
        self.guard.see(&Seen::Foreign { provider });
        self.tally.foreign += 1;
        self.measure_foreign(provider);
        self.measure_stored(provider);
    }

    fn put(&mut self, provider: ProviderId, content: Content) {
        let known = &mut self.providers[provider.index()];
        known.content = content;
        known.version += 1;
        let (version, slowest) = (known.version, known.manner.publication);
        for server in 0..known.servers.len() {
            let server = u8::try_from(server).unwrap_or(u8::MAX);
            let at = self.now + known.random.between(slowest / 8, slowest);
            self.queue.plan(at, Happens::Serves { provider, server, version, content });
        }
    }

    pub(super) fn serve(
        &mut self,
        provider: ProviderId,
        server: u8,
        version: u64,
        content: Content,
    ) {
        let servers = &mut self.providers[provider.index()].servers;
        let known = &mut servers[usize::from(server)];
        if known.0 < version {
            *known = (version, content);
        }
    }

    /// What the name servers of a provider answer, seen together; the worst of it.
    pub(super) fn asked(&self, provider: ProviderId, desired: SiteSet) -> Answer {
        let known = &self.providers[provider.index()];
        if known.manner.silent {
            return Answer::Silent { text: "no answer in 1 s".to_owned() };
        }
        let rank = |content: &Content| match content {
            Content::Sites(sites) if *sites == desired => 0,
            Content::Sites(_) => 1,
            Content::Other | Content::Nothing => 2,
        };
        let worst = known.servers.iter().map(|(_, content)| *content).max_by_key(rank);
        worst.unwrap_or(Content::Nothing).answer()
    }

    pub(super) fn stamp(&self) -> Timestamp {
        Timestamp::from_millis(self.now)
    }

    pub(super) fn after(&self, time: Duration) -> u64 {
        self.now.saturating_add(millis(time))
    }
}
