//! The world around the decision: what may happen to a service, and what must hold whatever does.
#![deny(missing_docs)]
#![forbid(unsafe_code)]

pub mod property;
mod seen;

pub use property::{Broken, Goals, Monitor, Property};
pub use seen::{Seen, Stored, Truth};
