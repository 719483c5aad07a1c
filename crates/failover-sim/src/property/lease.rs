//! Leases: only the leader of the highest epoch records, and it acts only while its lease lasts.
use super::Property;
use super::broken::{Kept, ensure};
use super::monitor::{Monitor, Move, Step};
use failover_core::{Event, Output};

impl Monitor {
    /// Whether a watcher leads, and nobody with a higher epoch has taken over.
    pub(super) fn is_rightful(&self, watcher: usize) -> bool {
        let acts = self.watchers.get(watcher).and_then(|known| known.about.acts);
        acts.is_some_and(|epoch| epoch >= self.account.epoch)
    }

    /// S13: nothing that changes the world is asked for outside the lease.
    pub(super) fn acts_only_when_leading(&self, step: &Step<'_>) -> Kept {
        if self.watchers[step.watcher].about.acts.is_some() {
            return Ok(());
        }
        let acts = step.outputs.iter().find(|output| {
            matches!(
                output,
                Output::Record(_)
                    | Output::Publish { .. }
                    | Output::Fence { .. }
                    | Output::Start { .. }
            )
        });
        ensure(acts.is_none(), Property::S13, || format!("outside the lease: {acts:?}"))
    }

    /// S13: only the leader of the highest epoch records.
    pub(super) fn fenced_record(&self, watcher: usize, event: &Event) -> Kept {
        let acts = self.watchers[watcher].about.acts;
        let epoch = match event {
            Event::LeadershipTaken { epoch } => Some(*epoch),
            _ => acts,
        };
        let right = acts.is_some() && epoch == acts && self.is_rightful(watcher);
        ensure(right, Property::S13, || {
            format!(
                "recorded under epoch {acts:?}, while epoch {} leads: {event:?}",
                self.account.epoch
            )
        })
    }

    /// S13: a write leaves only under the leader's epoch.
    pub(super) fn fenced_write(&self, watcher: usize, epoch: u64) -> Kept {
        let acts = self.watchers[watcher].about.acts;
        let right = acts == Some(epoch) && self.is_rightful(watcher);
        ensure(right, Property::S13, || {
            format!(
                "sent under epoch {epoch} by a watcher that leads in {acts:?}; epoch {} leads",
                self.account.epoch
            )
        })
    }

    /// S13: two moves of one number are the same move: each new one has the next number.
    pub(super) fn numbered(&self, moved: &Move<'_>) -> Kept {
        let next = self.account.generation.next();
        ensure(moved.id == next, Property::S13, || {
            format!("a move has the number {}, the next one is {}", moved.id.0, next.0)
        })
    }
}
