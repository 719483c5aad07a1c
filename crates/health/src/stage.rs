//! What a probe is doing right now, so that a timeout can say what was waited for.
use std::sync::atomic::{AtomicU8, Ordering};

/// A probe's steps, in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Step {
    Connecting,
    Handshaking,
    AwaitingResponse,
    ReadingBody,
    AwaitingEcho,
    AwaitingAnswer,
    Entering,
    Asking,
    Writing,
}

const STEPS: [(Step, &str); 9] = [
    (Step::Connecting, "connecting"),
    (Step::Handshaking, "waiting for the TLS handshake"),
    (Step::AwaitingResponse, "waiting for the response"),
    (Step::ReadingBody, "reading the body"),
    (Step::AwaitingEcho, "waiting for the echo"),
    (Step::AwaitingAnswer, "waiting for the answer"),
    (Step::Entering, "connecting and logging in"),
    (Step::Asking, "waiting for what the database says of itself"),
    (Step::Writing, "waiting for the database to take a write"),
];

/// The step a probe has reached; readable after the probe was dropped half-way.
#[derive(Debug, Default)]
pub(crate) struct Stage(AtomicU8);

impl Stage {
    pub(crate) fn enter(&self, step: Step) {
        self.0.store(step as u8, Ordering::Relaxed);
    }

    /// In words that follow "timed out while".
    pub(crate) fn doing(&self) -> &'static str {
        STEPS[usize::from(self.0.load(Ordering::Relaxed)) % STEPS.len()].1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_step_stands_at_its_own_place() {
        for (place, (step, _)) in STEPS.iter().enumerate() {
            assert_eq!(place, *step as usize);
        }
    }
}
