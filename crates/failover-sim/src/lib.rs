//! The world around the decision: what may happen to a service, and what must hold whatever does.
#![deny(missing_docs)]
#![forbid(unsafe_code)]

#[cfg(feature = "model")]
pub mod model;
pub mod property;
mod random;
mod script;
mod seen;
mod shrink;
mod story;
mod world;

pub use property::{Broken, Goals, Monitor, Property};
pub use random::Random;
pub use script::Script;
pub use seen::{Seen, Stored, Truth};
pub use shrink::shrink;
pub use story::Mix;
pub use world::{
    Compute, Disk, Failure, Fault, Foreign, Order, People, ProviderTrouble, Serves, Setup, Tally,
    VantageTrouble, WatcherTrouble, World,
};
