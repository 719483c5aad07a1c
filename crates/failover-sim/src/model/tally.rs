//! Counts on the way of a search how often each promise was put to the test, and what was reached.
use failover_core::{Actor, Command, Event, Input, Mode, MoveKind, Output, Receipt};

use crate::property::{Property, Reached};
use crate::seen::{Seen, Truth};

/// Something that must be possible, or the promises would hold of a machine that does nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Feat {
    /// An automatic failover.
    Switch,
    /// A command that was refused.
    RefusedSwitch,
    /// A latch.
    Latch,
    /// A re-arm.
    Rearm,
    /// A repair.
    Repair,
    /// No site is up, and nothing is changed.
    AllDownHold,
    /// A way back by the policy.
    Failback,
    /// A provider that lags behind and is reported.
    Split,
    /// A foreign change that is reported.
    Drift,
    /// The circuit breaker trips.
    BudgetSpent,
    /// An old write lands at a provider that cannot know better.
    LateWrite,
    /// A process dies.
    Crash,
    /// A second epoch.
    SecondEpoch,
}

impl Feat {
    /// All of them.
    pub const ALL: [Self; 13] = [
        Self::Switch,
        Self::RefusedSwitch,
        Self::Latch,
        Self::Rearm,
        Self::Repair,
        Self::AllDownHold,
        Self::Failback,
        Self::Split,
        Self::Drift,
        Self::BudgetSpent,
        Self::LateWrite,
        Self::Crash,
        Self::SecondEpoch,
    ];
}

/// What was counted.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    evaluated: [u64; 32],
    reached: u32,
    named: Reached,
}

impl Tally {
    /// What S30 names.
    pub fn named(&self) -> Reached {
        self.named
    }

    /// A promise was put to the test.
    pub fn evaluated(&mut self, property: Property) {
        self.evaluated[property as usize] += 1;
    }

    /// How often that was.
    pub fn times(&self, property: Property) -> u64 {
        self.evaluated[property as usize]
    }

    /// Something was reached.
    pub fn reach(&mut self, feat: Feat) {
        self.reached |= 1 << feat as u8;
    }

    /// Whether it was.
    pub fn has_reached(&self, feat: Feat) -> bool {
        self.reached & (1 << feat as u8) != 0
    }

    /// Adds what another one has counted.
    pub fn add(&mut self, other: &Self) {
        for (mine, theirs) in self.evaluated.iter_mut().zip(&other.evaluated) {
            *mine += theirs;
        }
        self.reached |= other.reached;
        self.named = self.named.and(other.named);
    }

    /// Counts what the monitor is about to be shown: which promises have something to say of it.
    pub(super) fn count(&mut self, truth: &Truth, seen: &Seen<'_>) {
        self.named.see(seen);
        match seen {
            Seen::Stepped { input, outputs, machine, .. } => {
                self.evaluated(Property::S27);
                self.count_input(input);
                if matches!(machine.state().mode(), Mode::Disarmed { .. }) {
                    self.evaluated(Property::S20);
                }
                for output in *outputs {
                    self.count_output(output, machine.policy().spec().lag_max.is_some());
                }
            }
            Seen::Recorded { event, .. } => {
                self.evaluated(Property::S13);
                self.count_event(event);
            }
            Seen::Sent { .. } => {
                use Property::{S2, S13, S14, S17};
                [S2, S13, S14, S17].into_iter().for_each(|property| self.evaluated(property));
            }
            Seen::Landed { id, before, .. } => {
                self.evaluated(Property::S1);
                self.evaluated(Property::S3a);
                if before.generation > *id {
                    self.evaluated(Property::S3b);
                    self.reach(Feat::LateWrite);
                }
            }
            Seen::Crashed { .. } => self.reach(Feat::Crash),
            Seen::Restarted { .. } => self.evaluated(Property::S14),
            Seen::Passed { .. } if truth.alive.is_empty() => self.evaluated(Property::S9),
            Seen::Passed { .. } | Seen::Foreign { .. } => {}
        }
    }

    fn count_input(&mut self, input: &Input) {
        match input {
            Input::Isolated { isolated: true, .. } => self.evaluated(Property::S8),
            Input::Receipt { .. } => self.evaluated(Property::S15),
            Input::Operator { command: Command::Force { .. }, .. } => {
                self.evaluated(Property::S28);
            }
            _ => {}
        }
    }

    fn count_output(&mut self, output: &Output, lag: bool) {
        use Property::{S1, S5, S6, S7, S8, S10, S11, S18, S19, S22, S24, S26};
        match output {
            Output::Refused { command: Command::SwitchOver { .. }, .. } => {
                self.reach(Feat::RefusedSwitch);
            }
            Output::Record(Event::VerdictChanged { .. }) => self.evaluated(Property::S12),
            Output::Record(Event::MoveStarted { reason, who, .. }) => {
                self.evaluated(S1);
                if *who != Actor::machine() || *reason == MoveKind::Repair {
                    return;
                }
                [S5, S8, S11, S22, S26].into_iter().for_each(|property| self.evaluated(property));
                if lag {
                    self.evaluated(S19);
                }
                if *reason == MoveKind::Failover {
                    [S6, S7, S10, S24].into_iter().for_each(|property| self.evaluated(property));
                }
                if *reason == MoveKind::Failback {
                    self.evaluated(S18);
                }
            }
            Output::Record(Event::MoveAbandoned { .. }) => self.evaluated(Property::S4),
            _ => {}
        }
    }

    fn count_event(&mut self, event: &Event) {
        match event {
            Event::MoveStarted { reason, who, .. } => match reason {
                MoveKind::Failover => self.reach(Feat::Switch),
                MoveKind::Repair => self.reach(Feat::Repair),
                MoveKind::Failback if *who == Actor::machine() => self.reach(Feat::Failback),
                _ => {}
            },
            Event::Latched { .. } => self.reach(Feat::Latch),
            Event::Rearmed { .. } => self.reach(Feat::Rearm),
            Event::AllDown => self.reach(Feat::AllDownHold),
            Event::Split { .. } => {
                self.evaluated(Property::S17);
                self.reach(Feat::Split);
            }
            Event::DriftSeen { .. } => self.reach(Feat::Drift),
            Event::BudgetSpent { .. } => self.reach(Feat::BudgetSpent),
            Event::LeadershipTaken { epoch } if *epoch > 1 => self.reach(Feat::SecondEpoch),
            Event::AttemptEnded { receipt: Receipt::Unknown { .. }, .. } => {
                self.evaluated(Property::S15);
            }
            _ => {}
        }
    }
}
