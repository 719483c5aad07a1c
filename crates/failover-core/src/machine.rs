//! The machine: one door in, intents out.
use crate::input::Input;
use crate::output::Output;
use crate::policy::Policy;
use crate::state::State;
use crate::time::Timestamp;
use crate::view::View;

/// The decision of one service.
#[derive(Clone, Debug)]
pub struct Failover {
    policy: Policy,
    state: State,
}

/// Why the machine wants to be woken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Why {
    /// A vantage's report goes stale.
    Stale,
    /// The candidate will have been up for long enough.
    CandidateReady,
    /// The hold-down ends.
    HoldDownEnds,
    /// A move leaves the window of the circuit breaker.
    BudgetReturns,
    /// The latch lifts by itself.
    LatchEnds,
    /// A pause ends.
    PauseEnds,
    /// A maintenance ends.
    MaintenanceEnds,
    /// The preferred site will have been stable for long enough.
    FailbackDue,
    /// A failed provider is tried again.
    Retry,
    /// An attempt has gone without receipt for too long.
    AttemptTimeout,
    /// Providers will have differed for long enough to tell people.
    SplitAlarm,
    /// The lease ends.
    LeaseEnds,
}

impl Failover {
    /// A machine that goes on from `state` (a fresh one: `State::default()`).
    pub fn new(policy: Policy, state: State) -> Self {
        Self { policy, state }
    }

    /// The only door: one fact in, the consequences out.
    pub fn step(&mut self, now: Timestamp, input: Input) -> Vec<Output> {
        let _ = (now, input);
        Vec::new()
    }

    /// When to call `step(Tick)` next at the latest, and why.
    pub fn deadline(&self) -> Option<(Timestamp, Why)> {
        None
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
        View::empty(self.policy.spec().service.clone(), now)
    }
}
