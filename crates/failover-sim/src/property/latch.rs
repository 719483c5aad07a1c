//! What keeps automation from going to and fro: latch, distance, budget, the gated way back, data.
use super::Property;
use super::account::by_machine;
use super::broken::{Kept, ensure};
use super::monitor::{Monitor, Move};
use failover_core::{Command, Event, Failback, Latch, MoveKind};

impl Monitor {
    /// S10: after an automatic failover there is no other one until somebody re-arms or the stated
    /// time has passed.
    pub(super) fn latch_holds(&self, moved: &Move<'_>) -> Kept {
        let free = moved.reason == MoveKind::Failback || self.account.latched.is_none();
        ensure(free, Property::S10, || format!("move {} begins while latched", moved.id.0))
    }

    /// S10: each re-arming is somebody's command, or the end of the stated time.
    pub(super) fn rearmed_rightly(&self, watcher: usize, event: &Event) -> Kept {
        let Event::Rearmed { who } = event else { return Ok(()) };
        let about = &self.watchers[watcher].about;
        let right = if by_machine(who) {
            match (self.rules.spec().latch, self.account.latched) {
                (Latch::For(time), Some(since)) => about.now.since(since) >= time,
                _ => false,
            }
        } else {
            about.asked == Some(Command::Rearm)
        };
        ensure(right, Property::S10, || format!("re-armed by {}, unasked", who.0))
    }

    /// S11: automatic moves keep their distance and their budget per window.
    pub(super) fn within_budget(&self, moved: &Move<'_>) -> Kept {
        let now = self.watchers[moved.watcher].about.now;
        let against = self.account.in_the_way(&self.rules, now);
        ensure(against.is_none(), Property::S11, || {
            format!("automatic move {} begins {}", moved.id.0, against.unwrap_or_default())
        })
    }

    /// S18: the way back is taken by a human, or by a policy that asks for a stable site.
    pub(super) fn way_back(&self, moved: &Move<'_>) -> Kept {
        if moved.reason != MoveKind::Failback {
            return Ok(());
        }
        let Failback::Auto { stable_for } = self.rules.spec().failback else {
            return ensure(false, Property::S18, || {
                "the machine goes back although the policy leaves that to humans".to_owned()
            });
        };
        ensure(!self.account.by_human, Property::S18, || {
            "the machine goes back from where a human has put the service".to_owned()
        })?;
        let watcher = &self.watchers[moved.watcher];
        let up_for = moved.to.single().and_then(|site| watcher.up_since(site));
        let up_for = up_for.map(|since| watcher.about.now.since(since));
        ensure(up_for.is_some_and(|up| up >= stable_for), Property::S18, || {
            format!("the machine goes back to a site that has been up for {up_for:?} only")
        })?;
        let better = moved.to.iter().next() < moved.from.iter().next();
        ensure(better, Property::S18, || "the way back leads to a worse site".to_owned())
    }

    /// S19: no automatic move goes to a site whose database lags too far, or nobody knows how far.
    pub(super) fn data_safe(&self, moved: &Move<'_>) -> Kept {
        let gated = matches!(moved.reason, MoveKind::Failover | MoveKind::Failback);
        let (Some(most), true) = (self.rules.spec().lag_max, gated) else { return Ok(()) };
        let lags = &self.watchers[moved.watcher].about.lags;
        for site in moved.to.iter() {
            let lag = lags.get(site.index()).copied().flatten();
            let close = lag.is_some_and(|lag| u128::from(lag) <= most.as_millis());
            ensure(close, Property::S19, || {
                format!("the database of site {} lags {lag:?} ms, and yet it is chosen", site.0)
            })?;
        }
        Ok(())
    }
}
