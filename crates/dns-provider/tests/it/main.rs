//! What this crate promises, seen from outside.
mod conformance;
mod decorate;
mod doctor;
mod fan_out;
mod google;
mod hetzner;
mod memory;
mod name_server;
mod plan;
mod propagation;
mod published;
mod spawned;
mod support;
