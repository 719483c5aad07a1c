//! What has been reached at all: a promise about something that never happens is worth nothing.
use super::Property;
use super::broken::{Broken, ensure};
use crate::seen::Seen;
use failover_core::{Event, MoveKind, Output};

/// Which of the things that S30 names have happened. It is kept outside of the monitor, so that two
/// worlds that differ only in their past count as one; merge what several worlds have reached.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Reached(u8);

impl Reached {
    /// The names of the things, in the order of the bits.
    pub const NAMES: [&'static str; 6] =
        ["switch", "refused switch", "latch", "re-arm", "repair", "all-down hold"];

    /// Nothing yet.
    pub const fn new() -> Self {
        Self(0)
    }

    /// Takes one thing that happened into account.
    pub fn see(&mut self, seen: &Seen<'_>) {
        match *seen {
            Seen::Recorded { event, .. } => self.0 |= recorded(event),
            Seen::Stepped { outputs, .. } if holds(outputs) => self.0 |= 1 << 5,
            _ => {}
        }
    }

    /// What either has reached.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// S30: each of them has happened.
    pub fn all(self) -> Result<(), Broken> {
        let missing = self.missing();
        ensure(missing.is_empty(), Property::S30, || format!("never reached: {missing:?}"))
    }

    /// The names of what was not reached.
    pub fn missing(self) -> Vec<&'static str> {
        let missing = |(bit, _): &(usize, &&str)| self.0 & (1 << bit) == 0;
        Self::NAMES.iter().enumerate().filter(missing).map(|(_, name)| *name).collect()
    }
}

fn recorded(event: &Event) -> u8 {
    match event {
        Event::MoveStarted { reason: MoveKind::Repair, .. } => 1 << 4,
        Event::MoveStarted { .. } => 1,
        Event::CommandRefused { .. } | Event::Held { .. } => 1 << 1,
        Event::Latched { .. } => 1 << 2,
        Event::Rearmed { .. } => 1 << 3,
        _ => 0,
    }
}

/// No site is up any more, and nothing is changed.
fn holds(outputs: &[Output]) -> bool {
    let all_down = outputs.iter().any(|output| matches!(output, Output::Record(Event::AllDown)));
    let moves = |output: &Output| matches!(output, Output::Record(Event::MoveStarted { .. }));
    all_down && !outputs.iter().any(moves)
}
