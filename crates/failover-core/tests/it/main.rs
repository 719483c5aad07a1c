//! The machine from outside: facts in, intents out.
mod bound;
mod digest;
mod failover;
mod happening;
#[cfg(feature = "mutants")]
mod mutants;
mod properties;
mod scenario;
mod world;
