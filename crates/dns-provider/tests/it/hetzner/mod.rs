//! The Hetzner client over the wire.
mod faults;
mod lost_answers;
mod reads;
mod refusals;
mod scripted;
mod spy;
mod waiting;
mod world;
mod writes;
