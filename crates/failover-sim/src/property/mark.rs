//! How long something has been so, as far back as anybody looks.
use failover_core::Timestamp;
use std::time::Duration;

/// How long something has been so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Mark {
    /// It is not so.
    Not,
    /// For a while.
    Since(Timestamp),
    /// For so long that nothing of before is remembered by anybody.
    Long,
}

impl Mark {
    /// What was so when the world began has always been so.
    pub(super) fn first(so: bool) -> Self {
        if so { Self::Long } else { Self::Not }
    }

    /// Says whether it has begun or ended to be so.
    pub(super) fn update(&mut self, so: bool, now: Timestamp, memory: Duration) -> bool {
        let before = *self != Self::Not;
        *self = match *self {
            _ if !so => Self::Not,
            Self::Not => Self::Since(now),
            Self::Since(at) if now.since(at) >= memory => Self::Long,
            same => same,
        };
        before != so
    }
}
