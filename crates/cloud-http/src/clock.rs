//! Time as something the embedder supplies.
use std::fmt::Debug;
use std::time::{Instant, SystemTime};

use async_trait::async_trait;

/// Where a client gets the time from and how it waits.
#[async_trait]
pub trait Clock: Debug + Send + Sync {
    /// The monotonic time; deadlines are measured on it.
    fn now(&self) -> Instant;
    /// The time of day; tokens are dated with it.
    fn wall(&self) -> SystemTime;
    /// Returns at `at`, or at once when `at` has passed. Dropping the future cancels the wait.
    async fn sleep_until(&self, at: Instant);
}

/// The operating system's clocks, waiting on the ambient tokio runtime.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

#[async_trait]
impl Clock for SystemClock {
    fn now(&self) -> Instant {
        Instant::now()
    }

    fn wall(&self) -> SystemTime {
        SystemTime::now()
    }

    async fn sleep_until(&self, at: Instant) {
        tokio::time::sleep_until(at.into()).await;
    }
}
