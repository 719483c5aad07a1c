//! A promise that was broken, with everything that is needed to see it again.
use std::fmt;
use std::time::Duration;

use failover_core::{Event, Mode, Timestamp};

use super::World;
use crate::property::{Broken, Goals, Property};
use crate::script::Script;

/// What went wrong in a world.
#[derive(Clone, Debug)]
pub struct Failure {
    /// The seed of the world.
    pub seed: u64,
    /// What was done to it until then; playing it again ends in the same failure.
    pub script: Box<Script>,
    /// When, by true time.
    pub moment: Timestamp,
    /// Since when the world existed.
    pub age: Duration,
    /// The promise.
    pub property: Property,
    /// What happened instead; empty without the feature `explained`.
    pub text: String,
    /// The latest events of the journal, oldest first, each with its time since the beginning; none
    /// without the feature `explained`.
    pub events: Vec<String>,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { seed, age, property, text, .. } = self;
        writeln!(
            f,
            "{} ({}) is broken after {age:?}, seed {seed}",
            property.id(),
            property.name()
        )?;
        writeln!(f, "  promised: {}", property.sentence())?;
        writeln!(f, "  instead:  {text}")?;
        self.events.iter().try_for_each(|event| writeln!(f, "  {event}"))
    }
}

impl std::error::Error for Failure {}

impl World {
    pub(super) fn failure(&self, broken: Broken) -> Failure {
        let spec = self.policy.spec();
        let line = |(_, at, event): &(u64, Timestamp, Event)| {
            let at = at.as_millis().saturating_sub(super::BEGIN);
            format!("{:>5}.{:03}s {}", at / 1_000, at % 1_000, event.text(spec))
        };
        let events: Vec<String> = if cfg!(feature = "explained") {
            self.journal.recent.iter().map(line).collect()
        } else {
            Vec::new()
        };
        Failure {
            seed: self.seed,
            script: Box::new(self.script()),
            moment: self.stamp(),
            age: self.age(),
            property: broken.property,
            text: broken.text,
            events,
        }
    }

    /// What was done to this world so far, to be played again.
    pub fn script(&self) -> Script {
        Script {
            spec: self.policy.spec().clone(),
            setup: self.setup.clone(),
            seed: self.seed,
            steps: self.done.clone(),
            length: self.age(),
        }
    }

    /// Lets a world in which nothing is wrong any more come to rest: a move that has just begun is
    /// waited for, a few times at most, because each may give rise to another one, and so is the
    /// next look after a pause that has just ended.
    ///
    /// # Errors
    ///
    /// The promise that is broken although nothing stands against it any more.
    pub fn come_to_rest(&mut self) -> Result<(), Failure> {
        let look = self.setup.look.max(self.setup.look_blind);
        let patience = Goals::of(&self.policy, look, self.setup.call_timeout).repair;
        for _ in 0..4 {
            let view = self.machine().view(self.stamp());
            let armed = match view.mode {
                Mode::Armed { since, .. } => Some(since),
                _ => None,
            };
            let latest = armed.max(view.open_move.map(|open| open.since));
            let Some(passed) = latest.map(|since| self.stamp().since(since)) else { break };
            if passed >= patience {
                break;
            }
            self.advance(patience - passed)?;
        }
        let settled = self.guard.monitor.settled(&self.guard.truth, self.machine());
        settled.map_err(|broken| self.failure(broken))
    }
}
