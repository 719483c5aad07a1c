//! The world and the promises from outside.
mod world;
