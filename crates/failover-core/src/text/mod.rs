//! What the machine says, in English, with names instead of places.
//!
//! Events, refusals and blockers are sentences; commands, answers and reasons are phrases that fit
//! into one. A place outside the policy is given by its number ("site 9"): old journals are read
//! with the policy of their time, but a text is no reason to fail.

mod blocker;
mod command;
mod event;
mod evidence;
mod moment;
mod moved;
mod names;
#[cfg(test)]
mod tests;
mod words;

pub use moment::span;
