//! What this crate promises, seen from outside.
mod blueprint;
mod boot;
mod conformance;
mod emulated;
mod google;
mod hetzner;
mod memory;
mod script;
mod support;
