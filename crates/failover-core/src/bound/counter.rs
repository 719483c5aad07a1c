//! One check's counters as an automaton: which state follows a lost probe, which one a met probe.
use crate::policy::Fall;
use std::collections::BTreeMap;

/// Counters of more states are not enumerated.
const MOST_STATES: usize = 1 << 13;

/// How a check is judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Rules {
    pub(super) fall: Fall,
    pub(super) grey: u8,
    pub(super) rise: u8,
}

/// What a check has counted; the default is nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
struct State {
    down: bool,
    failures: u8,
    successes: u8,
    grey: u8,
    /// The newest outcome is the lowest bit, 1 for a failure.
    window: u64,
}

impl Rules {
    /// How many states there are for sure: the windows, or the grey counts between successes.
    fn at_least(&self) -> u64 {
        let windows = match self.fall {
            Fall::Window { of, failed } => super::window::states(failed, of),
            Fall::InARow(_) => 1,
        };
        let grey = u64::from(self.grey.saturating_sub(1)) * u64::from(self.rise.saturating_sub(1));
        windows.max(grey)
    }

    fn after(&self, state: State, lost: bool) -> State {
        if state.down { self.after_down(state, lost) } else { self.after_up(state, lost) }
    }

    fn after_down(&self, state: State, lost: bool) -> State {
        let successes = if lost { 0 } else { state.successes + 1 };
        if successes >= self.rise.max(1) {
            return State::default();
        }
        State { successes, ..state }
    }

    fn after_up(&self, state: State, lost: bool) -> State {
        let window = (state.window << 1) | u64::from(lost);
        let mut next = State { window, ..state };
        if lost {
            (next.failures, next.successes) = (state.failures.saturating_add(1), 0);
            next.grey = state.grey.saturating_add(1);
        } else {
            next.failures = 0;
            next.successes = state.successes.saturating_add(1);
            if next.successes >= self.rise {
                next.grey = 0;
            }
        }
        let enough = match self.fall {
            Fall::InARow(fall) => next.failures >= fall,
            Fall::Window { of, failed } => {
                (window & ones(of)).count_ones() >= u32::from(failed.max(1))
            }
        };
        if lost && (enough || (self.grey > 0 && next.grey >= self.grey)) {
            return State { down: true, ..State::default() };
        }
        self.relevant(next)
    }

    /// Without what can have no effect, so that there are few states.
    fn relevant(&self, mut state: State) -> State {
        match self.fall {
            Fall::InARow(_) => state.window = 0,
            Fall::Window { of, .. } => {
                (state.failures, state.window) = (0, state.window & ones(of.saturating_sub(1)));
            }
        }
        if self.grey == 0 {
            state.grey = 0;
        }
        if state.grey == 0 {
            state.successes = 0;
        }
        state
    }
}

fn ones(bits: u8) -> u64 {
    if bits >= 64 { u64::MAX } else { (1 << bits) - 1 }
}

/// All states of a check, numbered; 0 is the one in which nothing is counted.
#[derive(Debug)]
pub(super) struct Counters {
    /// What follows a met probe and a lost one.
    pub(super) after: Vec<[u16; 2]>,
    pub(super) down: Vec<bool>,
}

impl Counters {
    /// `None` if there are too many.
    pub(super) fn of(rules: &Rules) -> Option<Self> {
        if rules.at_least() > MOST_STATES as u64 {
            return None;
        }
        let mut states = vec![State::default()];
        let mut numbers = BTreeMap::from([(State::default(), 0_u16)]);
        let mut after = Vec::new();
        while let Some(&state) = states.get(after.len()) {
            let mut next = [0; 2];
            for (number, lost) in next.iter_mut().zip([false, true]) {
                let state = rules.after(state, lost);
                *number = match numbers.get(&state) {
                    Some(known) => *known,
                    None => {
                        let new = u16::try_from(states.len()).ok()?;
                        states.push(state);
                        numbers.insert(state, new);
                        new
                    }
                };
            }
            after.push(next);
            if states.len() > MOST_STATES {
                return None;
            }
        }
        Some(Self { after, down: states.iter().map(|state| state.down).collect() })
    }
}
