//! The terms of one call: until when it may run, and until when it may start to change something.
use std::time::Instant;

/// The terms under which one provider operation runs.
///
/// Every operation takes a `Call`, so that no caller can forget to bound it.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Call {
    /// No attempt, retry or wait goes on after this moment.
    pub deadline: Instant,
    /// No *mutating* request starts after this moment (the end of the leader's lease), and the
    /// request's own timeout is capped to it. `None`: only the deadline counts.
    pub write_before: Option<Instant>,
    /// Read everything, decide everything, send no mutating request.
    pub dry_run: bool,
}

impl Call {
    /// A call that may run and write until `deadline`.
    pub fn until(deadline: Instant) -> Self {
        Self { deadline, write_before: None, dry_run: false }
    }

    /// The same call, but no mutating request starts after `at`.
    #[must_use]
    pub fn write_before(self, at: Instant) -> Self {
        Self { write_before: Some(at), ..self }
    }

    /// The same call without any mutating request.
    #[must_use]
    pub fn dry_run(self) -> Self {
        Self { dry_run: true, ..self }
    }

    /// Whether a mutating request may still start at `now`.
    pub fn may_write(&self, now: Instant) -> bool {
        !self.dry_run && now < self.write_deadline()
    }

    /// The moment by which a mutating request must have ended.
    pub fn write_deadline(&self) -> Instant {
        self.write_before.map_or(self.deadline, |at| at.min(self.deadline))
    }
}
