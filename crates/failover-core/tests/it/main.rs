//! The machine from outside: facts in, intents out.
mod failover;
mod properties;
mod world;
