//! The same observations to another policy, out of a journal.
use failover_core::Policy;
use failover_sim::replay::{Decision, Other, Stopwatch, WhatIf, rows};

use super::{Difference, Recording, Segment};
use crate::error::JournalError;
use crate::facts::Why;

impl Recording {
    /// Replays `segments` of one service, oldest first, and gives the same observations to
    /// `policy`, whose places are those of the recorded policy by name. The recorded side must
    /// replay identically: else there is a [`Difference`] in place of a result.
    pub fn what_if(
        &self,
        segments: &[Segment],
        policy: &Policy,
    ) -> Result<Result<WhatIf, Box<Difference>>, JournalError> {
        let mut stopwatch = Stopwatch::default();
        let mut recorded = Vec::new();
        let replay = self.replay(segments, &mut |seen| {
            stopwatch.see(seen.simulated());
            Decision::note(seen.simulated(), &mut recorded);
        })?;
        if let Some(difference) = replay.difference {
            return Ok(Err(Box::new(difference)));
        }
        let names = policy.spec().providers.iter().map(|provider| provider.name.clone());
        let measured = stopwatch.measured(names);
        let mut other: Option<Other> = None;
        for segment in segments {
            let begin = match self.checkpoint(segment)? {
                Ok(machine) => machine,
                // It was readable a moment ago.
                Err(_) => continue,
            };
            let other = other.get_or_insert_with(|| Other::new(policy, &begin, &measured));
            other.begin(segment.why == Why::Start, &begin);
            let mut before = begin;
            self.replay(std::slice::from_ref(segment), &mut |seen| {
                other.see(seen.step.now, &seen.step.fact, &before);
                before = seen.machine.clone();
            })?;
        }
        let other = other.map(|other| other.decisions().to_vec()).unwrap_or_default();
        let rows = rows(&recorded, &other);
        Ok(Ok(WhatIf { measured, rows, recorded, other }))
    }
}
