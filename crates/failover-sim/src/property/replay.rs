//! The fold of the journal, held against the machines that claim to come from it.
use super::Property;
use super::broken::{Broken, Kept, ensure};
use crate::seen::Seen;
use failover_core::{Event, Output, State};

/// Keeps the fold of what was recorded, event by event. S25 and S14: a machine that leads goes on
/// from exactly that, and a restarted one is exactly that.
///
/// It is as large as a machine's durable memory, and a function of the events alone: a world that
/// keeps such a fold itself needs no second one among what it compares.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Replay {
    state: State,
}

impl Replay {
    /// Nothing recorded yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// The state after all that was recorded.
    pub fn state(&self) -> &State {
        &self.state
    }

    /// Takes one thing that happened into account.
    ///
    /// Steps are checked only if `leads`: a follower's memory is not that of the journal.
    pub fn see(&mut self, seen: &Seen<'_>, leads: bool) -> Result<(), Broken> {
        match *seen {
            Seen::Stepped { now, outputs, machine, .. } if leads => {
                self.after(outputs.iter(), now, machine.state())
            }
            Seen::Recorded { at, event, .. } => {
                self.state.apply(at, event);
                Ok(())
            }
            Seen::Restarted { machine, .. } => {
                ensure(*machine.state() == self.state, Property::S14, || {
                    "the restarted machine is not what the journal folds to".to_owned()
                })
            }
            _ => Ok(()),
        }
    }

    fn after<'a>(
        &self,
        outputs: impl Iterator<Item = &'a Output>,
        now: failover_core::Timestamp,
        found: &State,
    ) -> Kept {
        let events: Vec<&Event> = outputs
            .filter_map(|output| match output {
                Output::Record(event) => Some(event),
                _ => None,
            })
            .collect();
        let same = if events.is_empty() {
            *found == self.state
        } else {
            let mut ahead = self.state.clone();
            for event in events {
                ahead.apply(now, event);
            }
            *found == ahead
        };
        ensure(same, Property::S25, || {
            "the machine's memory is not the fold of what it has recorded".to_owned()
        })
    }
}
