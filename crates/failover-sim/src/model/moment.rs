//! Everything there is at a moment: machines, journal, providers, what is on its way, faults left.
use std::hash::{Hash, Hasher};
use std::sync::Arc;
use std::time::Duration;

use failover_core::{
    AttemptId, Digest, Failover, Input, MoveId, Output, ProviderId, Receipt, SiteId, SiteSet,
    State, Timestamp, VantageId,
};

use super::action::Who;
use super::setup::{Left, Setup};
use crate::property::Monitor;
use crate::seen::{Stored, Truth};

/// Vantages and providers are few enough for arrays.
pub(super) const MOST: usize = 3;

/// A closed world at a moment.
#[derive(Clone, Debug)]
pub struct Moment {
    pub(super) setup: Arc<Setup>,
    pub(super) truth: Truth,
    pub(super) watchers: Vec<Watcher>,
    /// The fold of what was recorded, shared by all watchers.
    pub(super) journal: Arc<State>,
    pub(super) writable: bool,
    pub(super) lease: Lease,
    pub(super) vantages: [Vantage; MOST],
    /// Counts the writes that each provider has seen; a precondition compares it.
    pub(super) versions: [u16; MOST],
    pub(super) flying: Vec<Flying>,
    pub(super) lags: [Option<Duration>; MOST],
    pub(super) left: Left,
    pub(super) monitor: Monitor,
}

/// A watcher's process.
#[derive(Clone, Debug, Default)]
pub(super) struct Watcher {
    /// `None` while it is dead.
    pub(super) machine: Option<Arc<Failover>>,
    /// Facts on their way to the machine.
    pub(super) inbox: Vec<Input>,
    /// What is yet to be carried out, the next one last.
    pub(super) outbox: Vec<Output>,
    /// Facts that could not be recorded and must not be lost.
    pub(super) held: Vec<Input>,
    /// The epoch it believes to lead in.
    pub(super) epoch: u64,
    pub(super) asleep: bool,
    /// How far its clock is behind.
    pub(super) behind: Duration,
    /// When it took its latest step, by true time.
    pub(super) stepped: Timestamp,
    /// Providers looked at in this moment, one bit each.
    pub(super) looked: u8,
    /// Providers that the machine has asked to look at.
    pub(super) asked: u8,
    /// Providers last seen to store something that is not desired.
    pub(super) wrong: u8,
}

/// Who may act, for how long.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Lease {
    pub(super) holder: Option<u8>,
    pub(super) epoch: u64,
    pub(super) until: Timestamp,
}

/// What the world knows of a vantage.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Vantage {
    /// What it says is up, whatever it sees.
    pub(super) says: Option<SiteSet>,
    pub(super) mute: bool,
    pub(super) isolated: bool,
    /// It has reported in this moment.
    pub(super) reported: bool,
}

/// Something on its way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Flying {
    /// A write.
    Write(Write),
    /// A receipt that will come a second time.
    Echo { who: Who, provider: ProviderId, attempt: AttemptId, receipt: Receipt },
    /// A job of compute: starting a site, or stopping it.
    Job { who: Who, site: SiteId, start: bool },
}

/// A write on its way to a provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Write {
    pub(super) who: Who,
    pub(super) provider: ProviderId,
    pub(super) id: MoveId,
    pub(super) attempt: AttemptId,
    pub(super) sites: SiteSet,
    /// What the writer has read before.
    pub(super) read: (u16, SiteSet),
    /// When it left.
    pub(super) sent: Timestamp,
    /// Nobody waits for its receipt any more.
    pub(super) orphan: bool,
}

impl Moment {
    /// A world in which nothing has happened yet.
    pub(super) fn new(setup: &Arc<Setup>) -> Self {
        let spec = setup.policy.spec();
        let now = Timestamp::from_millis(1_000_000);
        let start = Stored { sites: SiteSet::one(SiteId(0)), generation: MoveId(0) };
        let truth = Truth {
            now,
            alive: setup.alive,
            partly: SiteSet::EMPTY,
            honest: (1 << spec.vantages.len()) - 1,
            stored: vec![start; spec.providers.len()],
            reachable: vec![true; spec.providers.len()],
        };
        let machine = Arc::new(setup.machine(&State::default()));
        // Who shares a lease says first thing that it does not lead.
        let mut first = if setup.leased() { vec![Input::LeadershipLost] } else { Vec::new() };
        let lag = spec.lag_max.map(|_| Duration::ZERO);
        if lag.is_some() {
            first.extend(setup.sites().map(|site| Input::Lag { site, lag }));
        }
        let watcher = || Watcher {
            machine: Some(Arc::clone(&machine)),
            inbox: first.clone(),
            stepped: now,
            ..Watcher::default()
        };
        Self {
            setup: Arc::clone(setup),
            truth,
            watchers: (0..setup.watchers).map(|_| watcher()).collect(),
            journal: Arc::new(State::default()),
            writable: true,
            lease: Lease::default(),
            vantages: [Vantage::default(); MOST],
            versions: [0; MOST],
            flying: Vec::new(),
            lags: [lag; MOST],
            left: setup.left,
            monitor: Monitor::new(&setup.policy, setup.goals),
        }
    }

    pub(super) fn vantage_ids(&self) -> impl Iterator<Item = VantageId> + use<> {
        let count = self.setup.policy.spec().vantages.len();
        (0..u8::try_from(count).unwrap_or(u8::MAX)).map(VantageId)
    }

    pub(super) fn provider_ids(&self) -> impl Iterator<Item = ProviderId> + use<> {
        (0..u8::try_from(self.truth.stored.len()).unwrap_or(u8::MAX)).map(ProviderId)
    }

    pub(super) fn whos(&self) -> impl Iterator<Item = Who> + use<> {
        (0..u8::try_from(self.watchers.len()).unwrap_or(u8::MAX)).map(Who)
    }

    /// The same for moments that differ only by a shift of time, or by which vantage is which.
    pub(super) fn fingerprint(&self) -> u64 {
        let now = self.truth.now;
        let mut digest = Digest::relative(now, self.setup.horizon);
        self.setup.number.hash(&mut digest);
        let truth = &self.truth;
        (truth.alive, &truth.stored, &truth.reachable).hash(&mut digest);
        (self.writable, self.lease, self.lags, self.left).hash(&mut digest);
        self.monitor.hash_recent(&mut digest);
        let mut waits = Digest::relative(now, self.setup.patience);
        self.monitor.hash_waits(&mut waits);
        waits.finish().hash(&mut digest);
        for flying in &self.flying {
            self.hash_flying(flying, &mut digest);
        }
        let vantages = self.setup.policy.spec().vantages.len();
        let named = self.names_vantages();
        let mut beside = [0; MOST];
        for (place, vantage) in self.vantages.iter().take(vantages).enumerate() {
            let mut one = Digest::relative(now, self.setup.horizon);
            vantage.hash(&mut one);
            let id = VantageId(u8::try_from(place).unwrap_or(u8::MAX));
            self.monitor.hash_vantage(id, &mut one);
            named.then_some(id).hash(&mut one);
            beside[place] = one.finish();
        }
        let beside = &mut beside[..vantages];
        let mut plain = self.watchers.len() > 1;
        for watcher in &self.watchers {
            plain |= watcher.machine.is_none() || !watcher.outbox.is_empty();
            watcher.hash_with(beside, &mut digest);
        }
        if plain {
            // Else the journal is what the machine has in its memory.
            self.journal.hash(&mut digest);
        }
        digest.finish()
    }

    /// Whether it matters which vantage is which: what waits for a watcher calls them by name, and
    /// two watchers mean the same one by a name.
    fn names_vantages(&self) -> bool {
        let waits = |w: &Watcher| !w.inbox.is_empty() || !w.outbox.is_empty() || !w.held.is_empty();
        self.watchers.len() > 1 || self.watchers.iter().any(waits)
    }

    fn hash_flying(&self, flying: &Flying, digest: &mut Digest) {
        match flying {
            Flying::Write(write) => {
                let (version, content) = write.read;
                // Only whether somebody has written since, not how often.
                let fresh = self.versions[write.provider.index()] == version;
                (write.who, write.provider, write.id, write.attempt, write.sites).hash(digest);
                (fresh, content, write.orphan).hash(digest);
                write.sent.hash(digest);
            }
            Flying::Echo { who, provider, attempt, receipt } => {
                (1u8, who, provider, attempt, receipt).hash(digest);
            }
            Flying::Job { who, site, start } => (2u8, who, site, start).hash(digest),
        }
    }
}

impl Watcher {
    fn hash_with(&self, beside: &mut [u64], digest: &mut Digest) {
        match &self.machine {
            Some(machine) => {
                machine.orbit(beside).hash(digest);
                // What the machine counts from is the moment of its latest step.
                self.stepped.hash(digest);
            }
            None => {
                // Nothing else tells the vantages apart.
                beside.sort_unstable();
                beside.hash(digest);
            }
        }
        (&self.inbox, &self.outbox, &self.held).hash(digest);
        (self.epoch, self.asleep, self.behind).hash(digest);
        (self.looked, self.asked, self.wrong).hash(digest);
    }
}

#[cfg(test)]
mod tests {
    use super::super::scope::{Letter, Size};
    use super::*;

    /// The same moment twice, but for which of two vantages is silent.
    fn silent_elsewhere(change: impl Fn(&mut Moment)) -> [u64; 2] {
        let setup = Letter::A.worlds(Size::Small).remove(0);
        let setup = Arc::new(setup);
        [0, 1].map(|place: usize| {
            let mut moment = Moment::new(&setup);
            moment.vantages[place].mute = true;
            change(&mut moment);
            moment.fingerprint()
        })
    }

    #[test]
    fn vantages_change_places_unseen_only_while_nobody_calls_them_by_name() {
        let [one, other] = silent_elsewhere(|_| {});
        assert_eq!(one, other);
        let vantage = VantageId(0);
        let [one, other] = silent_elsewhere(|moment| {
            moment.feed(Who(0), Input::Isolated { vantage, isolated: true });
        });
        assert_ne!(one, other);
        let [one, other] = silent_elsewhere(|moment| {
            let second = moment.watchers[0].clone();
            moment.watchers.push(second);
        });
        assert_ne!(one, other);
    }
}
