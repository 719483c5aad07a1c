//! Servers, private networks, firewalls and addresses at any cloud.
//!
//! [`ComputeProvider`] makes, shows, turns on and off, resizes and removes servers; what only some vendors
//! have is in groups such as [`Networks`] and [`Pricing`]. Work goes on after a call has returned:
//! a [`Ticket`] says what to wait for and what shall be in the end, and can be settled after a
//! restart. Nothing is kept on this side: what belongs to an [`Owner`] carries a label that says
//! so, and making the same thing twice finds the first one.
//!
//! [`GoogleCompute`] and [`HetznerCloud`] are the vendors, [`MemoryCloud`] is the reference,
//! [`conformance`] puts any of them to the test.
//!
//! ```
//! use std::time::{Duration, Instant};
//!
//! use cloud_api::{Call, ComputeProvider, MemoryCloud, Name, Owner, Power, ServerSpec, Status};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # tokio::runtime::Builder::new_current_thread().enable_time().build()?.block_on(async {
//! // In memory; a vendor's client is used in the same way.
//! let cloud = MemoryCloud::new("memory");
//! let owner = Owner::parse("acme")?;
//! let spec =
//!     ServerSpec::new(Name::parse("web-1")?, owner.clone(), "north-a", "small", "debian-12");
//!
//! // Everything has a deadline.
//! let call = Call::until(Instant::now() + Duration::from_secs(60));
//! let creation = cloud.create(&spec, call).await?;
//! if let Some(ticket) = &creation.ticket {
//!     cloud.settle(ticket, call).await?;
//! }
//!
//! // The same again finds the server that is there.
//! assert!(cloud.create(&spec, call).await?.adopted);
//!
//! if let Some(ticket) = cloud.power(&creation.id, Power::Shutdown, call).await? {
//!     let settled = cloud.settle(&ticket, call).await?;
//!     assert_eq!(settled.server.map(|server| server.status), Some(Status::Off));
//! }
//! # Ok(())
//! # })
//! # }
//! ```
#![deny(missing_docs)]
#![forbid(unsafe_code)]

mod address;
pub mod blueprint;
pub mod boot;
pub mod conformance;
mod forward;
pub mod google;
pub mod hetzner;
mod key;
mod labels;
mod layout;
pub mod memory;
mod name;
mod network;
mod opening;
mod place;
mod price;
mod provider;
mod range;
mod server;
mod ticket;
mod validate;

pub use address::{Address, AddressSpec};
pub use cloud_http::{Call, Clock, Effect, Error, Failure, Kind, Retry, SystemClock};
pub use google::{GoogleCompute, GoogleComputeBuilder};
pub use hetzner::{HetznerCloud, HetznerCloudBuilder};
pub use key::{SshKey, StoredKey};
pub use labels::OWNER_LABEL;
pub use layout::{Host, Layout, Location, Role};
pub use memory::MemoryCloud;
pub use name::{NAME_CHARS_MAX, Name, NameError, OWNER_CHARS_MAX, Owner};
pub use network::{Network, NetworkSpec, Subnet, SubnetSpec};
pub use opening::{Opening, OpeningSpec, Protocol, Traffic};
pub use place::{Architecture, Image, Machine, Place};
pub use price::{Amount, AmountError, Price, Priced, Prices};
pub use provider::{
    Addresses, BootData, ComputeProvider, Console, Keys, Networks, Openings, Output, Pricing, Rules,
};
pub use range::{Range, RangeError};
pub use server::{Attachment, Moved, Power, PrivateAddress, PublicV4, Server, ServerSpec, Status};
pub use ticket::{Creation, Settled, Ticket};
