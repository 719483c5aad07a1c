//! Until when this watcher may act: measured with its own monotonic clock, never with another's.
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::watch;

use crate::clock::slept;

/// What the clock of suspensions may be off by.
const JITTER: Duration = Duration::from_millis(200);

/// A moment that a suspension cannot hide behind.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Moment {
    at: Instant,
    slept: Duration,
}

impl Moment {
    pub(crate) fn now() -> Self {
        Self { at: Instant::now(), slept: slept() }
    }
}

/// The end of a lease as its holder counts it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Until {
    pub(crate) at: Instant,
    slept: Duration,
    over: bool,
}

impl Until {
    /// `length` after the moment at which it was asked for: the store counts from later.
    pub(crate) fn after(asked: Moment, length: Duration) -> Self {
        Self { at: asked.at + length, slept: asked.slept, over: false }
    }

    pub(crate) fn holds(&self) -> bool {
        self.holds_at(Instant::now(), slept())
    }

    fn holds_at(&self, now: Instant, slept: Duration) -> bool {
        !self.over && now < self.at && slept <= self.slept + JITTER
    }
}

/// A time as leader. It ends once and never begins again; a new one has another epoch.
#[derive(Clone, Debug)]
pub(crate) struct Term {
    pub(crate) epoch: u64,
    /// The revision that made the holder's key: whoever else leads has made another.
    pub(crate) created: u64,
    until: Arc<watch::Sender<Until>>,
}

impl Term {
    pub(crate) fn new(epoch: u64, created: u64, until: Until) -> Self {
        Self { epoch, created, until: Arc::new(watch::channel(until).0) }
    }

    pub(crate) fn until(&self) -> Until {
        *self.until.borrow()
    }

    /// Whether it holds now. To be asked right before anything outside is changed.
    pub(crate) fn holds(&self) -> bool {
        self.until().holds()
    }

    /// Moves the end further away, unless it has come; says whether it could.
    pub(crate) fn prolong(&self, until: Until) -> bool {
        self.until.send_if_modified(|known| {
            let holds = known.holds() && until.holds();
            if holds {
                *known = until;
            }
            holds
        })
    }

    /// From now on it does not hold, whatever the store says.
    pub(crate) fn finish(&self) {
        self.until.send_modify(|until| until.over = true);
    }

    pub(crate) fn is_over(&self) -> bool {
        self.until().over
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn in_a_minute() -> Until {
        Until::after(Moment::now(), Duration::from_secs(60))
    }

    #[test]
    fn a_term_that_was_finished_is_not_prolonged() {
        let term = Term::new(1, 1, in_a_minute());
        assert!(term.holds() && term.prolong(in_a_minute()));
        term.finish();
        assert!(!term.prolong(in_a_minute()) && !term.holds());
    }

    #[test]
    fn a_term_whose_end_has_come_is_not_prolonged() {
        let term = Term::new(1, 1, Until::after(Moment::now(), Duration::ZERO));
        assert!(!term.prolong(in_a_minute()) && !term.holds());
    }

    #[test]
    fn a_lease_does_not_hold_after_the_machine_was_suspended() {
        let until = in_a_minute();
        let now = Instant::now();
        assert!(until.holds_at(now, until.slept));
        assert!(!until.holds_at(now, until.slept + Duration::from_secs(3600)));
    }
}
