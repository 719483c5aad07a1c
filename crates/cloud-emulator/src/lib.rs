//! Both clouds on loopback: wire protocols, token endpoint, authoritative DNS, toy sites, faults.

#![deny(missing_docs)]
#![forbid(unsafe_code)]

mod authority;
mod cidr;
mod control;
mod credentials;
mod door;
mod emulator;
mod fault;
mod google;
mod hetzner;
mod info;
mod key;
mod machine;
mod metadata;
mod oauth;
mod options;
mod parent;
mod resolver;
mod site;
mod start;

pub use emulator::{Emulator, StartError};
pub use fault::{Cloud, Fault, Faults};
pub use info::{
    GoogleZone, HetznerZone, Info, NameServer, ParentInfo, ResolverInfo, SiteInfo, Tokens, ZoneInfo,
};
pub use options::{
    Delegation, Dnssec, Options, ResolverOptions, SeedRrSet, SeedZone, SiteOptions, State,
};
