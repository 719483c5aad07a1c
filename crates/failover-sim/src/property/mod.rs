//! The thirty promises, S1 to S30, and the monitor that holds a world to them.
//!
//! [`Monitor::see`] checks what can be checked as it happens, [`Monitor::settled`] what holds once
//! faults have stopped. Beside it stand [`twice`] and [`Replay`] for purity (S25), [`compare_dry`]
//! for dry runs (S21), [`refuses_wrong_policies`] for configurations (S29), [`Reached`] for what
//! must be possible at all (S30) and [`Monitor::silence`] for whoever watches the watchers (S27).
mod account;
mod broken;
mod count;
mod dry;
mod goals;
mod human;
mod latch;
mod lease;
mod list;
mod mark;
mod monitor;
mod policies;
mod provider;
mod publish;
mod quorum;
mod reached;
mod replay;
mod restart;
mod rules;
#[cfg(test)]
mod tests;
mod time;
mod twice;
mod watcher;

pub use broken::Broken;
pub use dry::{Write, compare_dry};
pub use goals::Goals;
pub use list::{Kind, Property};
pub use monitor::Monitor;
pub use policies::refuses_wrong_policies;
pub use reached::Reached;
pub use replay::Replay;
pub use twice::twice;
