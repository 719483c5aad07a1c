//! The same observations to another policy.
//!
//! Probes, isolation, lag, leadership, commands and the passing of time are given as they were
//! recorded. What the recorded world answered to the recorded machine cannot be: another policy
//! asks for other things. Stand-ins answer instead; see [`super::provider`].
use std::fmt;
use std::time::Duration;

use failover_core::{
    Answer, Event, Failover, Input, MoveId, MoveKind, Output, Policy, PolicySpec, ProviderId,
    SiteId, SiteSet, Timestamp, Verdict,
};

use super::compare::Row;
use super::places::Places;
use super::provider::StandIns;
use super::{Measured, Seen};

/// Between two ticks that were not recorded.
const TICK_MIN: Duration = Duration::from_millis(5);

/// What another policy would have made of a recording.
#[derive(Clone, Debug)]
pub struct WhatIf {
    /// How long the recorded providers took; the stand-ins take as long.
    pub measured: Vec<Measured>,
    /// What was decided, and what would have been.
    pub rows: Vec<Row>,
    /// What was decided.
    pub recorded: Vec<Decision>,
    /// What would have been.
    pub other: Vec<Decision>,
}

/// Something that was decided, or would have been.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// When.
    pub at: Timestamp,
    /// What, the same on both sides.
    pub what: Decided,
    /// Whether a move begins.
    pub begins_move: bool,
}

/// What can be decided; as a text, in the fewest words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decided {
    /// A site counts as up, or as down.
    Verdict {
        /// Its name.
        site: String,
        /// Whether it is up.
        up: bool,
    },
    /// A move begins.
    Move {
        /// Why.
        reason: MoveKind,
        /// To which sites.
        to: Vec<String>,
    },
    /// A move is complete.
    Completed,
    /// A move is given up.
    Abandoned,
    /// A move is due and not made.
    Held,
    /// No site is up.
    AllDown,
    /// Some site is up again.
    AllDownOver,
    /// Too many moves: the service disarms itself.
    BudgetSpent,
    /// The service stays where it is.
    Latched,
    /// A provider says what was not published.
    DriftSeen,
    /// A command is refused.
    Refused,
}

impl fmt::Display for Decided {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = match self {
            Self::Verdict { site, up: true } => return write!(f, "{site} is up"),
            Self::Verdict { site, up: false } => return write!(f, "{site} is down"),
            Self::Move { reason, to } => {
                let kind = match reason {
                    MoveKind::Failover => "failover",
                    MoveKind::Switchover => "switchover",
                    MoveKind::Forced => "forced move",
                    MoveKind::Failback => "failback",
                    MoveKind::Membership => "new answer",
                    MoveKind::Repair => "repair",
                    _ => "move",
                };
                return write!(f, "{kind} to {}", to.join(" and "));
            }
            Self::Completed => "move complete",
            Self::Abandoned => "move given up",
            Self::Held => "a move is held back",
            Self::AllDown => "no site is up",
            Self::AllDownOver => "some site is up again",
            Self::BudgetSpent => "too many moves: disarmed",
            Self::Latched => "latched",
            Self::DriftSeen => "drift is seen",
            Self::Refused => "a command is refused",
        };
        f.write_str(text)
    }
}

/// The other policy's machine and its world.
#[derive(Debug)]
pub struct Other {
    machine: Failover,
    providers: StandIns,
    places: Places,
    now: Timestamp,
    decisions: Vec<Decision>,
}

impl Other {
    /// Goes on from the state of the recorded machine, with providers as slow as the recorded.
    pub fn new(policy: &Policy, begin: &Failover, measured: &[Measured]) -> Self {
        let places = Places::between(begin.policy().spec(), policy.spec());
        // The state's places are those of the policy in it, which may be an older one.
        let known = begin.state().policy().unwrap_or(begin.policy().spec());
        let stored = Places::between(known, policy.spec()).sites(begin.state().desired());
        let stored = (!stored.is_empty()).then_some(stored);
        Self {
            machine: Failover::new(policy.clone(), begin.state().clone()),
            providers: StandIns::new(measured, stored),
            places,
            now: Timestamp::default(),
            decisions: Vec::new(),
        }
    }

    /// The recorded watcher was started, or goes on, with the machine `begin`.
    pub fn begin(&mut self, started: bool, begin: &Failover) {
        self.places = Places::between(begin.policy().spec(), self.machine.policy().spec());
        if started {
            let (policy, state) = (self.machine.policy().clone(), self.machine.state().clone());
            self.machine = Failover::new(policy, state);
            self.providers.forget();
            self.now = Timestamp::default();
        }
    }

    /// Takes one recorded step; `before` is the recorded machine before it.
    pub fn see(&mut self, now: Timestamp, fact: &Input, before: &Failover) {
        self.pass(now, before);
        let fact = match fact {
            Input::Stored { provider, answer } => self
                .seen(*provider, answer, before)
                .map(|(provider, answer)| Input::Stored { provider, answer }),
            Input::Answered { provider, answer } => self
                .seen(*provider, answer, before)
                .map(|(provider, answer)| Input::Answered { provider, answer }),
            other => self.places.fact(other, self.open_move()),
        };
        if let Some(fact) = fact {
            self.step(now, fact);
        }
    }

    /// What is said in place of what was seen at a recorded provider.
    fn seen(
        &mut self,
        provider: ProviderId,
        answer: &Answer,
        before: &Failover,
    ) -> Option<(ProviderId, Answer)> {
        let own = match answer {
            Answer::Sites(sites) => is_own(*sites, before),
            _ => false,
        };
        let (provider, answer) = (self.places.provider(provider)?, self.places.answer(answer));
        let said = self.providers.seen(provider, answer, own)?;
        (!self.providers.is_writing(provider)).then_some((provider, said))
    }

    /// What happens by itself until `now`: answers come, and the machine is woken when it asked,
    /// unless the recorded one had asked for an earlier moment: then the watcher was late.
    fn pass(&mut self, now: Timestamp, recorded: &Failover) {
        let late = recorded.deadline().map(|(at, _)| at);
        let gap = now.since(self.now);
        let gap_max = self.machine.policy().spec().tick_gap_max;
        // A watcher that was asleep heard nothing meanwhile.
        let awake = self.now != Timestamp::default() && gap <= gap_max;
        while awake && self.pass_once(now, late) {}
        self.now = self.now.max(now);
    }

    /// The next answer or tick that is due by `now`; says whether there was one.
    fn pass_once(&mut self, now: Timestamp, late: Option<Timestamp>) -> bool {
        let wake = self.machine.deadline().map(|(at, _)| at.max(self.now.plus(TICK_MIN)));
        let wake = wake.filter(|wake| late.is_none_or(|late| *wake < late));
        let answer = self.providers.next().map(|at| at.max(self.now));
        match (wake, answer) {
            (wake, Some(at)) if at <= now && wake.is_none_or(|wake| at <= wake) => {
                if let Some(fact) = self.providers.answer() {
                    self.step(at, fact);
                }
            }
            (Some(at), _) if at < now => self.step(at, Input::Tick),
            _ => return false,
        }
        true
    }

    fn step(&mut self, now: Timestamp, fact: Input) {
        self.now = now;
        let outputs = self.machine.step(now, fact);
        outputs.iter().for_each(|output| self.providers.ask(now, output));
        note(now, &outputs, self.machine.policy().spec(), &mut self.decisions);
    }

    fn open_move(&self) -> Option<MoveId> {
        self.machine.view(self.now).open_move.map(|open| open.id)
    }

    /// What it has decided so far.
    pub fn decisions(&self) -> &[Decision] {
        &self.decisions
    }

    /// The other machine.
    pub fn machine(&self) -> &Failover {
        &self.machine
    }
}

/// Whether these are sites the machine has published or is about to.
fn is_own(sites: SiteSet, machine: &Failover) -> bool {
    let state = machine.state();
    let open = || machine.view(Timestamp::default()).open_move;
    state.desired().is_empty()
        || state.desired() == sites
        || open().is_some_and(|m| m.from == sites)
}

impl Decision {
    /// Keeps what of a recorded step's events is a decision.
    pub fn note(seen: Seen<'_>, decisions: &mut Vec<Self>) {
        note(seen.now, seen.outputs, seen.machine.policy().spec(), decisions);
    }
}

fn note(now: Timestamp, outputs: &[Output], spec: &PolicySpec, decisions: &mut Vec<Decision>) {
    for output in outputs {
        let Output::Record(event) = output else { continue };
        let Some(what) = what(event, spec) else { continue };
        let begins_move = matches!(event, Event::MoveStarted { .. });
        decisions.push(Decision { at: now, what, begins_move });
    }
}

fn what(event: &Event, spec: &PolicySpec) -> Option<Decided> {
    let site = |at: SiteId| {
        spec.sites.get(at.index()).map_or_else(|| "a site".to_owned(), |site| site.name.clone())
    };
    Some(match event {
        Event::VerdictChanged { to: Verdict::Unknown, .. } => return None,
        Event::VerdictChanged { site: at, to, .. } => {
            Decided::Verdict { site: site(*at), up: *to == Verdict::Up }
        }
        Event::MoveStarted { reason, to, .. } => {
            Decided::Move { reason: *reason, to: to.iter().map(site).collect() }
        }
        Event::MoveCompleted { .. } => Decided::Completed,
        Event::MoveAbandoned { .. } => Decided::Abandoned,
        Event::Held { .. } => Decided::Held,
        Event::AllDown => Decided::AllDown,
        Event::AllDownOver => Decided::AllDownOver,
        Event::BudgetSpent { .. } => Decided::BudgetSpent,
        Event::Latched { .. } => Decided::Latched,
        Event::DriftSeen { .. } => Decided::DriftSeen,
        Event::CommandRefused { .. } => Decided::Refused,
        _ => return None,
    })
}
