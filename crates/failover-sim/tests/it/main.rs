//! The world and the promises from outside.
mod bound;
#[cfg(feature = "model")]
mod model;
mod world;
