//! Runs one check from here against one address and reports what happened.
#![deny(missing_docs)]
#![forbid(unsafe_code)]

mod check;
mod outcome;
mod pace;

pub use check::{Check, DnsCheck, HttpCheck, Kind, TlsCheck};
pub use outcome::{Outcome, Problem, Warning};
pub use pace::{Pace, Report};
