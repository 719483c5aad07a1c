//! The machine: one door in, intents out.
#[cfg(feature = "serde")]
mod checkpoint;
mod clockwork;
mod command;
mod decide;
mod digest;
mod drift;
mod jobs;
mod orbit;
mod publish;
mod show;
mod verdict;
mod wish;

use crate::command::Actor;
use crate::event::{Event, Severity};
use crate::input::Input;
use crate::mutant::{Faults, Mutant};
use crate::output::Output;
use crate::policy::Policy;
use crate::state::State;
use crate::time::Timestamp;
use crate::view::{Blocker, View};
use std::sync::Arc;

pub use clockwork::Why;

use drift::Said;
use publish::ProviderRun;
use verdict::Votes;

/// The decision of one service.
///
/// With the feature `serde` it is also a checkpoint: read back, it goes on as if nothing had been,
/// with what it has seen of the world. A watcher restarts from the journal instead; see
/// [`Failover::new`].
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "checkpoint::Checkpoint"))]
pub struct Failover {
    policy: Policy,
    state: State,
    /// What is only remembered until the next restart.
    run: Run,
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Faults::is_none"))]
    faults: Faults,
}

/// The volatile part of the machine.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
struct Run {
    /// The latest moment the machine has seen; it never goes back.
    now: Timestamp,
    /// Whether there was a step before.
    stepped: bool,
    /// The policy in `state` is this one.
    policy_told: bool,
    votes: Votes,
    providers: Vec<ProviderRun>,
    said: Vec<Said>,
    leadership: Leader,
    /// The highest epoch heard of, recorded or not.
    epoch: u64,
    /// That this watcher leads was recorded.
    lead_told: bool,
    journal: bool,
    /// After a gap the machine looks again until this moment before it acts.
    woken_until: Option<Timestamp>,
    /// Fences and starts under way or done, per site.
    fences: Vec<Job>,
    starts: Vec<Job>,
    lags: Vec<Option<u64>>,
    /// What was last said to stand against a move that is due.
    held: Vec<Blocker>,
    /// Nothing can happen by itself before this moment.
    quiet_until: Timestamp,
}

/// Something asked of compute.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
enum Job {
    #[default]
    None,
    Running(Timestamp),
    Done(Timestamp),
    Failed(Timestamp),
}

/// Whether this watcher may act.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
enum Leader {
    /// Nobody has told otherwise: a single watcher.
    Sole,
    Leading {
        epoch: u64,
        until: Timestamp,
    },
    Following,
}

impl Failover {
    /// A machine that goes on from `state` (a fresh one: `State::default()`).
    ///
    /// It has seen no probe yet, whatever the state says, and it leads until
    /// [`Input::Leadership`] or [`Input::LeadershipLost`] says otherwise.
    pub fn new(policy: Policy, mut state: State) -> Self {
        let spec = policy.spec();
        let policy_told = state.share(policy.shared());
        let run = Run {
            // Not the journal's last moment: the clock may have been ahead then, and a machine
            // that waits for time to catch up sees nothing.
            now: Timestamp::from_millis(0),
            stepped: false,
            policy_told,
            votes: Votes::new(spec),
            providers: spec.providers.iter().map(|_| ProviderRun::default()).collect(),
            said: spec.providers.iter().map(|_| Said::default()).collect(),
            leadership: Leader::Sole,
            epoch: state.epoch,
            lead_told: true,
            journal: true,
            woken_until: None,
            fences: vec![Job::None; spec.sites.len()],
            starts: vec![Job::None; spec.sites.len()],
            lags: vec![None; spec.sites.len()],
            held: Vec::new(),
            quiet_until: Timestamp::from_millis(0),
        };
        Self { policy, state, run, faults: Faults::default() }
    }

    /// The only door: one fact in, the consequences out.
    ///
    /// `now` never goes back: an earlier moment than the latest one counts as that one. Outputs
    /// are to be carried out in order, and nothing after a [`Output::Record`] before it is durable.
    pub fn step(&mut self, now: Timestamp, input: Input) -> Vec<Output> {
        let now = self.advance(now);
        if self.is_quiet(now, &input) {
            return Vec::new();
        }
        let mut out = Vec::new();
        // What says whether anything may be recorded has to be heard before anything is, even the
        // policy: it may be the first thing after a start.
        let of_permission = matches!(
            input,
            Input::Journal { .. } | Input::Leadership { .. } | Input::LeadershipLost
        );
        if !of_permission {
            self.catch_up(now, &mut out);
        }
        self.take(now, input, &mut out);
        // It may just have become possible to record something.
        self.catch_up(now, &mut out);
        self.expire(now, &mut out);
        self.judge(now, &mut out);
        self.act(now, &mut out);
        self.run.quiet_until = self.next_wake(now).map_or(now, |(at, _)| at);
        out
    }

    /// When to call `step(Tick)` next at the latest, and why.
    pub fn deadline(&self) -> Option<(Timestamp, Why)> {
        self.next_wake(self.run.now)
    }

    /// What must survive a restart.
    pub fn state(&self) -> &State {
        &self.state
    }

    /// The policy.
    pub fn policy(&self) -> &Policy {
        &self.policy
    }

    /// What people and programs are shown.
    pub fn view(&self, now: Timestamp) -> View {
        self.show(now.max(self.run.now))
    }

    fn advance(&mut self, now: Timestamp) -> Timestamp {
        let now = now.max(self.run.now);
        let gap_max = self.policy.spec().tick_gap_max;
        let gap = self.run.stepped && now.since(self.run.now) > gap_max;
        if gap && !self.errs(Mutant::SleepsUnnoticed) {
            // Asleep meanwhile: what was known is old, and time itself is suspect.
            self.run.votes.forget();
            self.run.woken_until = Some(now.plus(self.policy.spec().candidate_up_for));
            self.run.quiet_until = now;
        }
        (self.run.now, self.run.stepped) = (now, true);
        now
    }

    /// Most steps are probes that change nothing; they must cost nothing.
    fn is_quiet(&mut self, now: Timestamp, input: &Input) -> bool {
        let Input::Probed { vantage, site, check, ok, at } = input else { return false };
        let spec = self.policy.spec();
        let place = (*vantage, *site, *check);
        let changed = self.run.votes.count(spec, now, place, *ok, *at, self.faults);
        !changed && now < self.run.quiet_until && self.run.policy_told
    }

    /// Decides and does what is due. The end of a move can make way for another one.
    fn act(&mut self, now: Timestamp, out: &mut Vec<Output>) {
        if !self.may_act(now) {
            return;
        }
        let open = self.state.open_move.is_some();
        self.decide(now, out);
        self.fence(now, out);
        self.drive(now, out);
        if open && self.state.open_move.is_none() {
            self.decide(now, out);
            self.fence(now, out);
            self.drive(now, out);
        }
    }

    /// Records what must be known before anything else is: until then the places in the state are
    /// those of another policy.
    fn catch_up(&mut self, now: Timestamp, out: &mut Vec<Output>) {
        if !self.may_act(now) {
            return;
        }
        if !self.run.policy_told {
            let policy = Arc::clone(self.policy.shared());
            self.record(now, out, Event::PolicyAdopted { policy });
            self.run.policy_told = true;
        }
        if let (false, Leader::Leading { epoch, .. }) = (self.run.lead_told, self.run.leadership) {
            self.record(now, out, Event::LeadershipTaken { epoch });
            self.run.lead_told = true;
        }
    }

    fn take(&mut self, now: Timestamp, input: Input, out: &mut Vec<Output>) {
        match input {
            // Probes were counted in `is_quiet`.
            Input::Tick | Input::Probed { .. } => {}
            Input::Receipt { attempt, provider, receipt } => {
                self.take_receipt(now, attempt, provider, receipt, out);
            }
            Input::Answered { provider, answer } => self.take_answered(now, provider, answer, out),
            Input::Stored { provider, answer } => self.take_stored(now, provider, answer, out),
            Input::Fenced { site, ok } => self.end_fence(now, site, ok, out),
            Input::Started { site, ok } => self.end_start(now, site, ok, out),
            Input::Leadership { epoch, until } => self.lead(epoch, until),
            Input::LeadershipLost => self.follow(now, out),
            Input::Operator { who, command } => self.obey(now, who, command, out),
            Input::Isolated { vantage, isolated } => {
                if self.run.votes.isolate(vantage, isolated) {
                    let event = if isolated {
                        Event::VantageIsolated { vantage }
                    } else {
                        Event::VantageBack { vantage }
                    };
                    self.tell(now, out, event);
                }
            }
            Input::Lag { site, lag } => {
                if let Some(known) = self.run.lags.get_mut(site.index()) {
                    *known = lag.map(|lag| u64::try_from(lag.as_millis()).unwrap_or(u64::MAX));
                }
            }
            Input::Journal { writable } => self.run.journal = writable,
        }
    }

    /// Whether anything may be recorded or changed at all.
    fn may_act(&self, now: Timestamp) -> bool {
        self.run.journal && self.leads(now)
    }

    fn leads(&self, now: Timestamp) -> bool {
        match self.run.leadership {
            Leader::Sole => true,
            Leader::Leading { until, .. } => now < until || self.errs(Mutant::UnfencedWrite),
            Leader::Following => false,
        }
    }

    fn lead(&mut self, epoch: u64, until: Timestamp) {
        if epoch < self.run.epoch && !self.errs(Mutant::UnfencedWrite) {
            // An older lease than one already seen: somebody else leads by now.
            self.run.leadership = Leader::Following;
            return;
        }
        let taken = !matches!(self.run.leadership, Leader::Leading { epoch: e, .. } if e == epoch);
        (self.run.leadership, self.run.epoch) = (Leader::Leading { epoch, until }, epoch);
        if taken {
            self.run.lead_told = false;
            self.resume();
        }
    }

    fn follow(&mut self, now: Timestamp, out: &mut Vec<Output>) {
        if let Leader::Leading { epoch, .. } = self.run.leadership {
            self.tell(now, out, Event::LeadershipLost { epoch });
        }
        self.run.leadership = Leader::Following;
    }

    /// Records an event if anything may be recorded.
    fn tell(&mut self, now: Timestamp, out: &mut Vec<Output>, event: Event) {
        if self.may_act(now) {
            self.record(now, out, event);
        }
    }

    /// Applies an event and asks for it to be written.
    fn note(&mut self, now: Timestamp, out: &mut Vec<Output>, event: Event) {
        self.state.apply(now, &event);
        out.push(Output::Record(event));
    }

    /// The same, and people are told of what they should know.
    fn record(&mut self, now: Timestamp, out: &mut Vec<Output>, event: Event) {
        self.note(now, out, event.clone());
        let severity = event.severity();
        let all_clear = matches!(
            event,
            Event::MoveCompleted { .. }
                | Event::AllDownOver
                | Event::Healed { .. }
                | Event::DriftGone { .. }
        );
        if severity >= Severity::Warning || all_clear {
            out.push(Output::Notify { severity, event });
        }
    }

    /// Whether this machine was built with that fault; see the feature `mutants`.
    fn errs(&self, mutant: Mutant) -> bool {
        self.faults.errs(mutant)
    }

    #[cfg(feature = "mutants")]
    pub(crate) fn set_faults(&mut self, faults: Faults) {
        self.faults = faults;
        if self.errs(Mutant::ForgetsOnRestart) {
            self.state.latched = None;
            self.state.automatic.clear();
        }
    }

    fn machine() -> Actor {
        Actor::machine()
    }
}
