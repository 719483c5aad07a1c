//! Both clouds on loopback: wire protocols, token endpoint, authoritative DNS, toy sites, faults.

#![deny(missing_docs)]
#![forbid(unsafe_code)]

mod authority;
mod door;
mod fault;
mod google;
mod key;
mod metadata;
mod oauth;
mod options;

pub use fault::{Cloud, Fault, Faults};
pub use options::{Options, SeedRrSet, SeedZone, SiteOptions, State};
