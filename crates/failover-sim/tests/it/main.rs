//! The world and the promises from outside.
#[cfg(feature = "model")]
mod model;
mod world;
