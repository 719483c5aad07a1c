//! What came of a world so far: what people noticed, and how soon the machine did.
use failover_core::{Event, MoveKind, Verdict};
use failover_sim::People;

/// What came of it; times are milliseconds since the world began.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// The first thing that was done.
    pub trouble: Option<u64>,
    /// A site was first known to be down after it.
    pub detected: Option<u64>,
    /// The first move after it began.
    pub began: Option<u64>,
    /// The latest move was complete everywhere.
    pub everywhere: Option<u64>,
    /// Everybody was sent where they shall be after the latest move.
    pub converged: Option<u64>,
    /// From when on how many of a thousand people were sent to no site that serves.
    pub astray: Vec<(u64, u32)>,
    /// The most of a thousand.
    pub peak: u32,
    /// How long anybody was.
    pub astray_ms: u64,
    /// When people were counted last.
    pub(super) sampled: u64,
}

impl Outcome {
    /// Something was done at `at`.
    pub fn touched(&mut self, at: u64) {
        self.trouble.get_or_insert(at);
    }

    /// The journal has a new line.
    pub fn recorded(&mut self, at: u64, event: &Event) {
        match event {
            Event::VerdictChanged { to: Verdict::Down, .. } if self.trouble.is_some() => {
                self.detected.get_or_insert(at);
            }
            Event::MoveStarted { reason, .. } if *reason != MoveKind::Repair => {
                self.began.get_or_insert(at);
                (self.everywhere, self.converged) = (None, None);
            }
            Event::MoveCompleted { .. } if self.began.is_some() => self.everywhere = Some(at),
            _ => {}
        }
    }

    /// How people fare at `at`.
    pub fn sample(&mut self, at: u64, people: People) {
        let before = self.astray.last().map_or(0, |(_, share)| *share);
        if before > 0 {
            self.astray_ms += at.saturating_sub(self.sampled);
        }
        self.sampled = at;
        if people.astray != before {
            self.astray.push((at, people.astray));
        }
        self.peak = self.peak.max(people.astray);
        if self.everywhere.is_some() && people.desired >= 1_000 {
            self.converged.get_or_insert(at);
        }
    }

    /// Whether anybody is sent astray now.
    pub fn is_out(&self) -> bool {
        self.astray.last().is_some_and(|(_, share)| *share > 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use failover_core::MoveId;

    #[test]
    fn an_outage_is_as_long_as_anybody_is_sent_astray() {
        let mut outcome = Outcome::default();
        outcome.touched(1_000);
        for (at, astray, desired) in
            [(1_000, 0, 1_000), (1_250, 1_000, 1_000), (1_500, 400, 600), (2_000, 0, 1_000)]
        {
            outcome.sample(at, People { desired, astray });
        }
        assert_eq!((outcome.peak, outcome.astray_ms), (1_000, 750));
        assert_eq!(outcome.astray, [(1_250, 1_000), (1_500, 400), (2_000, 0)]);
        assert!(!outcome.is_out() && outcome.converged.is_none());
        outcome.began = Some(1_300);
        outcome.recorded(2_100, &Event::MoveCompleted { id: MoveId(1) });
        outcome.sample(2_250, People { desired: 1_000, astray: 0 });
        assert_eq!((outcome.everywhere, outcome.converged), (Some(2_100), Some(2_250)));
    }
}
