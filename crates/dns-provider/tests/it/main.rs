//! What this crate promises, seen from outside.
mod conformance;
mod fan_out;
mod hetzner;
mod memory;
mod name_server;
mod plan;
mod propagation;
mod support;
