//! A small hand-made world: what a test does not say does not happen.
use crate::property::watcher::Among;
use crate::property::{Broken, Goals, Monitor};
use crate::seen::{Seen, Stored, Truth};
use failover_core::{
    Actor, Answer, AttemptId, CheckId, Command, Event, Evidence, Failover, Fall, Input, MoveId,
    MoveKind, Output, Policy, PolicySpec, ProviderId, ProviderPolicy, Receipt, SiteId, SiteSet,
    State, Timestamp, VantageId, Verdict, Vote,
};
use std::sync::Arc;
use std::time::Duration;

pub(super) const LONDON: SiteSet = SiteSet::one(SiteId(0));
pub(super) const PARIS: SiteSet = SiteSet::one(SiteId(1));
pub(super) const GUARDED: ProviderId = ProviderId(0);
pub(super) const BLIND: ProviderId = ProviderId(1);

/// What is shown to a monitor, one thing after the other.
pub(super) struct Trace {
    pub(super) policy: Policy,
    pub(super) monitor: Monitor,
    pub(super) truth: Truth,
    pub(super) state: State,
    /// What a vantage says of a site, if not the truth.
    pub(super) says: [[Option<bool>; 2]; 3],
    /// Vantages that report nothing.
    pub(super) mute: [bool; 3],
    /// Sites that nobody probes.
    pub(super) unwatched: SiteSet,
    /// The epoch that writes are sent under.
    pub(super) epoch: u64,
    now: u64,
    broken: Option<Broken>,
}

pub(super) fn secs(count: u64) -> Duration {
    Duration::from_secs(count)
}

pub(super) fn machine() -> Actor {
    Actor::machine()
}

pub(super) fn anna() -> Actor {
    Actor("anna".to_owned())
}

/// Two sites, three vantages, two providers: two outcomes in a row count.
pub(super) fn spec() -> PolicySpec {
    let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    let provider = |name: &str, guarded| ProviderPolicy { name: name.to_owned(), guarded };
    let providers = vec![provider("guarded", true), provider("blind", false)];
    let mut spec =
        PolicySpec::fast("shop", names(&["london", "paris"]), names(&["a", "b", "c"]), providers);
    spec.checks[0].interval = secs(1);
    spec.checks[0].fast_interval = secs(1);
    spec.checks[0].timeout = secs(1);
    (spec.fall, spec.rise, spec.grey) = (Fall::InARow(2), 2, 0);
    (spec.freshness, spec.candidate_up_for) = (secs(5), secs(4));
    (spec.hold_down, spec.moves_max, spec.moves_window) = (secs(30), 2, secs(600));
    (spec.attempt_timeout, spec.retry_min, spec.retry_max) = (secs(5), secs(1), secs(4));
    (spec.split_after, spec.pause_max, spec.tick_gap_max) = (secs(20), secs(3600), secs(10));
    spec
}

impl Trace {
    pub(super) fn new() -> Self {
        Self::with(|_| {})
    }

    /// A service that has adopted London and is watched by one watcher.
    pub(super) fn with(change: impl FnOnce(&mut PolicySpec)) -> Self {
        let mut spec = spec();
        change(&mut spec);
        let policy = Policy::new(spec.clone()).expect("a valid policy");
        let goals = Goals::of(&policy, secs(1), secs(1));
        let stored = Stored { sites: LONDON, generation: MoveId(0) };
        let truth = Truth {
            now: Timestamp::default(),
            alive: SiteSet::first(2),
            partly: SiteSet::EMPTY,
            honest: 0b111,
            stored: vec![stored; 2],
            reachable: vec![true; 2],
        };
        let mut trace = Self {
            monitor: Monitor::new(&policy, goals),
            policy,
            truth,
            state: State::default(),
            says: [[None; 2]; 3],
            mute: [false; 3],
            unwatched: SiteSet::EMPTY,
            epoch: 0,
            now: 1_000_000,
            broken: None,
        };
        trace.pass(0);
        let adopted = Event::PolicyAdopted { policy: Arc::new(spec) };
        trace.go(vec![Output::Record(adopted), Output::Record(Event::Adopted { sites: LONDON })]);
        trace
    }

    /// The first promise that was broken.
    pub(super) fn end(self) -> Result<(), Broken> {
        self.broken.map_or(Ok(()), Err)
    }

    /// What another look at the same world has found.
    pub(super) fn also(&mut self, kept: Result<(), Broken>) {
        if self.broken.is_none() {
            self.broken = kept.err();
        }
    }

    pub(super) fn stamp(&self) -> Timestamp {
        Timestamp::from_millis(self.now)
    }

    pub(super) fn see(&mut self, seen: &Seen<'_>) {
        if self.broken.is_none() {
            self.broken = self.monitor.see(&self.truth, seen).err();
        }
    }

    /// Time passes, and nothing else.
    pub(super) fn pass(&mut self, millis: u64) {
        self.now += millis;
        self.truth.now = self.stamp();
        let now = self.stamp();
        self.see(&Seen::Passed { now });
    }

    /// A fact and what the machine says to it, carried out in order.
    pub(super) fn step(&mut self, input: Input, outputs: Vec<Output>) {
        let machine = self.machine_after(&outputs);
        self.step_as(&machine, &input, &outputs);
        for output in &outputs {
            match output {
                Output::Record(event) => self.record(event),
                Output::Publish { id, attempt, provider, sites } => {
                    self.send(*provider, *id, *attempt, *sites);
                }
                _ => {}
            }
        }
    }

    pub(super) fn step_as(&mut self, machine: &Failover, input: &Input, outputs: &[Output]) {
        let now = self.stamp();
        self.see(&Seen::Stepped { watcher: 0, now, input, outputs, machine });
    }

    pub(super) fn record(&mut self, event: &Event) {
        let at = self.stamp();
        self.state.apply(at, event);
        self.see(&Seen::Recorded { watcher: 0, at, event });
    }

    pub(super) fn send(
        &mut self,
        provider: ProviderId,
        id: MoveId,
        attempt: AttemptId,
        sites: SiteSet,
    ) {
        let epoch = self.epoch;
        self.see(&Seen::Sent { watcher: 0, epoch, provider, id, attempt, sites });
    }

    /// A moment later the machine says something of its own accord.
    pub(super) fn go(&mut self, outputs: Vec<Output>) {
        self.pass(1);
        self.step(Input::Tick, outputs);
    }

    pub(super) fn command(&mut self, command: Command, outputs: Vec<Output>) {
        self.pass(1);
        self.step(Input::Operator { who: anna(), command }, outputs);
    }

    /// A machine that remembers what these outputs record, and says nothing itself.
    pub(super) fn machine_after(&self, outputs: &[Output]) -> Failover {
        let mut state = self.state.clone();
        for output in outputs {
            if let Output::Record(event) = output {
                state.apply(self.stamp(), event);
            }
        }
        let mut machine = Failover::new(self.policy.clone(), state);
        machine.step(self.stamp(), Input::LeadershipLost);
        machine
    }

    /// One probe from everywhere of everything each second.
    pub(super) fn watch(&mut self, seconds: u64) {
        for _ in 0..seconds {
            self.pass(1000);
            self.step(Input::Tick, Vec::new());
            self.probe();
        }
    }

    pub(super) fn probe(&mut self) {
        for (vantage, says) in (0u8..).zip(self.says) {
            for (site, says) in (0u8..).zip(says) {
                if self.mute[usize::from(vantage)] || self.unwatched.contains(SiteId(site)) {
                    continue;
                }
                let (vantage, site, check) = (VantageId(vantage), SiteId(site), CheckId(0));
                let ok = says.unwrap_or(self.truth.alive.contains(site));
                let at = self.stamp();
                self.step(Input::Probed { vantage, site, check, ok, at }, Vec::new());
            }
        }
    }

    /// The votes as they are, and since when the target has been up.
    pub(super) fn evidence(&self, to: SiteSet) -> Evidence {
        let watcher = &self.monitor.watchers[0];
        let (rules, now) = (&self.monitor.rules, self.stamp());
        let mut votes = Vec::new();
        for site in SiteSet::first(2).iter() {
            for vantage in (0..3).map(VantageId) {
                let verdict = watcher.counts.vote(rules, now, (vantage, site), Among::Fresh);
                let (since, failed) = (now, Vec::new());
                votes.push(Vote { vantage, site, verdict, since, reported: now, failed });
            }
        }
        let candidate_up_since = to.single().and_then(|site| watcher.up_since(site));
        Evidence { votes, candidate_up_since, lag_ms: Some(0) }
    }

    /// The beginning of a move: its event, and an attempt at each provider.
    pub(super) fn begin(&self, id: u64, reason: MoveKind, to: SiteSet, who: Actor) -> Vec<Output> {
        let (evidence, from) = (self.evidence(to), self.state.desired());
        let mut outputs = vec![Output::Record(Event::MoveStarted {
            id: MoveId(id),
            reason,
            from,
            to,
            who,
            evidence,
        })];
        for provider in [GUARDED, BLIND] {
            outputs.extend(attempt(id, provider, to));
        }
        outputs
    }

    /// The machine moves.
    pub(super) fn moves(&mut self, id: u64, reason: MoveKind, to: SiteSet) {
        let outputs = self.begin(id, reason, to, machine());
        self.go(outputs);
    }

    /// A human forces a move, and it is done.
    pub(super) fn forced(&mut self, id: u64, (from, to): (u8, u8)) {
        let (from, to) = (SiteId(from), SiteId(to));
        let outputs = self.begin(id, MoveKind::Forced, SiteSet::one(to), anna());
        self.command(Command::Force { from, to }, outputs);
        self.finish(id, SiteSet::one(to));
    }

    /// All that a move has sent lands, is acknowledged and is answered by all name servers.
    pub(super) fn finish(&mut self, id: u64, sites: SiteSet) {
        for provider in [GUARDED, BLIND] {
            self.land(provider, id, sites);
            self.ends(id, provider, Receipt::Applied);
            let verified = Event::Verified { id: MoveId(id), provider };
            let answer = Answer::Sites(sites);
            self.step(Input::Answered { provider, answer }, vec![Output::Record(verified)]);
        }
        self.go(vec![Output::Record(Event::MoveCompleted { id: MoveId(id) })]);
    }

    pub(super) fn ends(&mut self, id: u64, provider: ProviderId, receipt: Receipt) {
        let number = number(id, provider);
        let input = Input::Receipt { attempt: number, provider, receipt: receipt.clone() };
        let ended = Event::AttemptEnded { id: MoveId(id), attempt: number, provider, receipt };
        self.step(input, vec![Output::Record(ended)]);
    }

    pub(super) fn land(&mut self, provider: ProviderId, id: u64, sites: SiteSet) {
        let before = self.truth.stored[provider.index()];
        let id = MoveId(id);
        self.truth.stored[provider.index()] = Stored { sites, generation: id };
        self.see(&Seen::Landed { provider, id, sites, before });
    }

    /// London dies and everybody has noticed.
    pub(super) fn london_dies(&mut self) {
        self.watch(6);
        self.truth.alive = PARIS;
        self.watch(3);
    }

    /// London has died, and all is in Paris.
    pub(super) fn fail_over(&mut self) {
        self.london_dies();
        self.moves(1, MoveKind::Failover, PARIS);
        self.finish(1, PARIS);
    }

    pub(super) fn verdict(&mut self, site: u8, to: Verdict) {
        let (site, from, evidence) = (SiteId(site), Verdict::Unknown, Evidence::default());
        self.go(vec![Output::Record(Event::VerdictChanged { site, from, to, evidence })]);
    }
}

pub(super) fn number(id: u64, provider: ProviderId) -> AttemptId {
    AttemptId(id * 10 + u64::from(provider.0))
}

pub(super) fn attempt(id: u64, provider: ProviderId, sites: SiteSet) -> [Output; 2] {
    let (id, attempt) = (MoveId(id), number(id, provider));
    [
        Output::Record(Event::AttemptStarted { id, attempt, provider }),
        Output::Publish { id, attempt, provider, sites },
    ]
}
