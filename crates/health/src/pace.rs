//! Overlapped probing: the next probe starts on time even if the last one still waits.
use std::time::{Duration, Instant};

use crate::outcome::Outcome;

/// How often to probe.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace {
    /// From the start of one probe to the start of the next.
    pub interval: Duration,
    /// The same while the latest finished probe has failed.
    pub fast_interval: Duration,
}

/// One finished probe.
#[derive(Clone, Debug)]
pub struct Report {
    /// When it was started.
    pub started: Instant,
    /// What it found.
    pub outcome: Outcome,
}
