//! Locations from a blueprint: in memory, and at both emulated clouds.
mod emulated;
mod faulty;
mod killed;
mod memory;
mod yard;

use std::sync::Arc;
use std::time::Duration;

use cloud_api::SystemClock;
use cloud_api::blueprint::Terms;

/// Steps that take as long as a slow machine needs, and short pauses.
fn terms() -> Terms {
    let (patience, pause) = (Duration::from_secs(60), Duration::from_millis(10));
    Terms::new(Arc::new(SystemClock)).patience(patience, pause)
}
