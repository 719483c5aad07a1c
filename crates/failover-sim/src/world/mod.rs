//! A whole world around the decision, made of a seed: it runs as fast as it can, and the same way
//! every time.
mod call;
mod clock;
mod effects;
mod failure;
mod fault;
mod inject;
mod life;
mod measure;
mod picture;
mod probing;
mod provider;
mod queue;
mod resolver;
mod setup;
mod tally;
mod watcher;

use std::hash::{Hash, Hasher};
use std::time::Duration;

use failover_core::{
    Digest, Failover, Policy, Require, SiteId, SiteSet, State, Timestamp, VantageId,
};

use crate::property::{Broken, Goals, Monitor};
use crate::random::Random;
use crate::seen::{Seen, Stored, Truth};

pub use failure::Failure;
pub use fault::{
    Compute, Disk, Fault, Foreign, Order, ProviderTrouble, Serves, VantageTrouble, WatcherTrouble,
};
pub use resolver::People;
pub use setup::Setup;
pub use tally::Tally;

pub(crate) use setup::millis;

use call::Calls;
use clock::Clock;
use life::Lease;
use measure::Wrong;
use probing::{Row, Site, Vantage};
use provider::{Manner, Provider};
use queue::{Happens, Queue};
use resolver::Resolver;
use watcher::{Journal, Watcher};

/// The moment at which every world begins: the first of January 2026.
const BEGIN: u64 = 1_767_225_600_000;
/// The truth is told, and measured, this often.
const SECOND: u64 = 1_000;

/// A world: one service, its sites, vantages, providers, resolvers and watchers.
///
/// It has no clock but its own and no chance but its seed: the same policy, setup, seed and faults
/// give the same world, natively and in a browser. See the [crate](crate) for an example.
pub struct World {
    policy: Policy,
    setup: Setup,
    seed: u64,
    now: u64,
    queue: Queue,
    guard: Guard,
    sites: Vec<Site>,
    vantages: Vec<Vantage>,
    rows: Vec<Row>,
    groups: Vec<u16>,
    providers: Vec<Provider>,
    resolvers: Vec<Resolver>,
    watchers: Vec<Watcher>,
    calls: Calls,
    journal: Journal,
    lease: Lease,
    compute: Compute,
    /// For what belongs to nobody in particular.
    chance: Random,
    tally: Tally,
    wrong: Vec<Wrong>,
    moved_at: u64,
    /// What was done to it, and when.
    done: Vec<(Duration, Fault)>,
}

/// The truth, and who holds the world to its promises.
struct Guard {
    truth: Truth,
    monitor: Monitor,
    broken: Option<Broken>,
}

impl Guard {
    fn see(&mut self, seen: &Seen<'_>) {
        if self.broken.is_none()
            && let Err(broken) = self.monitor.see(&self.truth, seen)
        {
            self.broken = Some(broken);
        }
    }
}

impl World {
    /// A world in which all is well and the first site is published everywhere, with its watchers
    /// just started.
    pub fn new(policy: Policy, setup: Setup, seed: u64) -> Self {
        let spec = policy.spec();
        let (sites, checks) = (spec.sites.len(), spec.checks.len());
        let lag = spec.lag_max.map(|_| Duration::ZERO);
        let site = |cold| Site { serves: vec![Serves::Well; checks], lag, off: cold, cold };
        let look = setup.look.max(setup.look_blind);
        let goals = Goals::of(&policy, look, setup.call_timeout);
        let stored = Stored { sites: SiteSet::one(SiteId(0)), ..Stored::default() };
        let truth = Truth {
            now: Timestamp::from_millis(BEGIN),
            alive: SiteSet::EMPTY,
            partly: SiteSet::EMPTY,
            honest: 0,
            stored: vec![stored; spec.providers.len()],
            reachable: vec![true; spec.providers.len()],
        };
        let guard = Guard { truth, monitor: Monitor::new(&policy, goals), broken: None };
        let vantages = spec.vantages.len();
        let groups = setup.groups.iter().map(|group| usize::from(*group) + 1).max().unwrap_or(0);
        let providers = 0..spec.providers.len() as u64;
        let clock = Clock::new(BEGIN, BEGIN, 0);
        let watcher = |at: u8| {
            let home = (usize::from(at) < vantages).then_some(VantageId(at));
            Watcher::new(Failover::new(policy.clone(), State::default()), clock, home)
        };
        let mut world = Self {
            seed,
            now: BEGIN,
            queue: Queue::default(),
            guard,
            sites: spec.sites.iter().map(|known| site(known.cold)).collect(),
            vantages: (0..vantages).map(|at| Vantage::new(&setup, seed, at, sites)).collect(),
            rows: Vec::new(),
            groups: vec![0; groups],
            wrong: vec![Wrong::default(); spec.providers.len()],
            providers: providers.map(|at| Provider::new(&setup, seed, at)).collect(),
            resolvers: (0..u64::from(setup.resolvers)).map(|at| Resolver::new(seed, at)).collect(),
            watchers: (0..setup.watchers.max(1)).map(watcher).collect(),
            calls: Calls::default(),
            journal: Journal::new(),
            lease: Lease::default(),
            compute: Compute::Works,
            chance: Random::of(seed, 0),
            tally: Tally::default(),
            moved_at: BEGIN,
            done: Vec::new(),
            policy,
            setup,
        };
        world.begin();
        world
    }

    fn begin(&mut self) {
        self.begin_to_probe();
        for resolver in 0..self.resolvers.len() {
            let resolver = u16::try_from(resolver).unwrap_or(u16::MAX);
            let at = self.now + self.chance.below(millis(self.setup.ttl));
            self.queue.plan(at, Happens::Refetch { resolver });
            self.refetch_first(resolver);
        }
        self.queue.plan(self.now + SECOND, Happens::Passed);
        for watcher in 0..self.watchers.len() {
            self.start(watcher);
        }
        self.refresh_truth();
    }

    /// Lets time pass.
    ///
    /// # Errors
    ///
    /// The first promise that was broken, with all that is needed to see it again. The world goes
    /// no further then.
    pub fn advance(&mut self, time: Duration) -> Result<(), Failure> {
        let end = self.after(time);
        while self.guard.broken.is_none() {
            let Some((at, what)) = self.queue.next(end) else { break };
            self.now = self.now.max(at);
            self.guard.truth.now = self.stamp();
            self.happen(what);
        }
        if let Some(broken) = self.guard.broken.clone() {
            return Err(self.failure(broken));
        }
        self.now = end;
        self.guard.truth.now = self.stamp();
        self.tally.millis = self.now - BEGIN;
        Ok(())
    }

    fn happen(&mut self, what: Happens) {
        match what {
            Happens::Probe { row } => self.probe(row),
            Happens::Ended { row, at, ok } => self.ended(row, at, ok),
            Happens::Heard { watcher, row, at, ok } => self.hear(watcher.into(), row, at, ok),
            Happens::Anchored { vantage } => self.anchored(vantage),
            Happens::Wake { watcher } => self.wake(watcher.into()),
            Happens::Written { watcher, life } => self.written(watcher.into(), life),
            Happens::Recover { watcher, life } => self.recover(watcher.into(), life),
            Happens::Arrives { call, fate } => self.arrives(call, fate),
            Happens::Replies { call, reply } => self.replies(call, reply),
            Happens::GivesUp { call } => self.gives_up(call),
            Happens::Patrol { watcher, provider, token } => self.patrol(watcher, provider, token),
            Happens::Verify { .. } => self.verify(what),
            Happens::Serves { provider, server, version, content } => {
                self.serve(provider, server, version, content);
            }
            Happens::Refetch { resolver } => self.refetch(resolver),
            Happens::Campaign { watcher, life } => self.campaign(watcher.into(), life),
            Happens::Returns { watcher, life } => self.returns(watcher.into(), life),
            Happens::Computed { watcher, life, site, stop } => {
                self.computed(watcher.into(), life, site, stop);
            }
            Happens::Passed => {
                self.queue.plan(self.now + SECOND, Happens::Passed);
                self.refresh_truth();
                self.measure_second();
                let now = self.stamp();
                self.guard.see(&Seen::Passed { now });
            }
        }
    }

    /// How the world really is, worked out anew.
    fn refresh_truth(&mut self) {
        let needed = match self.policy.spec().require {
            Require::Any => 1,
            Require::AtLeast(count) => usize::from(count),
            _ => self.policy.spec().checks.len(),
        };
        let alive = self.site_ids().filter(|site| self.sites[site.index()].is_alive());
        let alive: SiteSet = alive.collect();
        let partly = self
            .site_ids()
            .filter(|site| !alive.contains(*site) && !self.sites[site.index()].is_dead(needed));
        let partly: SiteSet = partly.collect();
        self.guard.truth.partly = partly;
        let honest = (0..self.vantages.len()).filter(|at| self.is_honest(*at));
        let honest = honest.fold(0, |bits, at| bits | 1 << at);
        let cut = (0..self.watchers.len()).any(|watcher| self.is_cut(watcher));
        // What does not arrive at every watcher does not arrive.
        let honest = if cut { 0 } else { honest };
        (self.guard.truth.alive, self.guard.truth.honest) = (alive, honest);
        for (place, provider) in self.providers.iter().enumerate() {
            let reachable = provider.manner.works(&self.setup) && !cut;
            self.guard.truth.reachable[place] = reachable;
        }
    }

    fn site_ids(&self) -> impl Iterator<Item = SiteId> + use<> {
        (0..u8::try_from(self.sites.len()).unwrap_or(u8::MAX)).map(SiteId)
    }

    /// The moment, by true time.
    pub fn now(&self) -> Timestamp {
        self.stamp()
    }

    /// How long this world has existed.
    pub fn age(&self) -> Duration {
        Duration::from_millis(self.now - BEGIN)
    }

    /// The seed it was made of.
    pub fn seed(&self) -> u64 {
        self.seed
    }

    /// The policy.
    pub fn policy(&self) -> &Policy {
        &self.policy
    }

    /// How it is built.
    pub fn setup(&self) -> &Setup {
        &self.setup
    }

    /// How it really is, which no watcher can see.
    pub fn truth(&self) -> &Truth {
        &self.guard.truth
    }

    /// The machine of the watcher that leads.
    pub fn machine(&self) -> &Failover {
        &self.watchers[self.leader()].machine
    }

    /// What is in the journal, folded.
    pub fn journal(&self) -> &State {
        &self.journal.state
    }

    /// What has been counted so far.
    pub fn tally(&self) -> &Tally {
        &self.tally
    }

    /// What was done to it, and when.
    pub fn done(&self) -> &[(Duration, Fault)] {
        &self.done
    }

    /// A number that stands for all that has happened: the same for the same policy, setup, seed and
    /// faults, on every platform.
    pub fn digest(&self) -> u64 {
        let mut digest = Digest::new();
        (self.now, self.queue.planned(), self.seed).hash(&mut digest);
        self.guard.truth.hash(&mut digest);
        for watcher in &self.watchers {
            (watcher.machine.digest(), watcher.life).hash(&mut digest);
        }
        for provider in &self.providers {
            (provider.version, &provider.servers, &provider.random).hash(&mut digest);
        }
        self.journal.state.hash(&mut digest);
        self.tally.hash(&mut digest);
        self.chance.hash(&mut digest);
        digest.finish()
    }
}
