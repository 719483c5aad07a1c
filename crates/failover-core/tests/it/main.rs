//! The machine from outside: facts in, intents out.
mod digest;
mod failover;
mod happening;
mod properties;
mod scenario;
mod world;
