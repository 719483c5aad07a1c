//! Reads, plans and changes RRsets at any DNS provider.
//!
//! The unit is the [`RrSet`]: all records of one name and type. A [`Change`] says what shall be
//! there and what it expects to find; [`plan::plan`] makes changes out of what is there and what is
//! wanted; [`DnsProvider::apply`] carries them out and says for each what became of it, which can
//! be that nobody knows; [`DnsProvider::settle`] waits until the provider has finished;
//! [`propagation`] asks the name servers themselves, and [`doctor`] says what is wrong with a zone's
//! delegation.
//!
//! [`GoogleDns`] and [`HetznerDns`] are the vendors, [`MemoryDns`] is the reference. What they can
//! promise differs, and [`Capabilities`] say so before any request. [`FanOut`] does the same at
//! several at once, [`side_by_side`] compares
//! what they have, [`decorate`] adds to any of them, [`conformance`] puts any of them to the test.
//!
//! ```
//! use std::time::{Duration, Instant};
//!
//! use dns_provider::plan::{SafetyLimits, Scope, plan};
//! use dns_provider::{Call, DnsProvider, MemoryDns, Name, RrSet, Zone, lookup};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # tokio::runtime::Builder::new_current_thread().enable_time().build()?.block_on(async {
//! // In memory; a vendor's client is used in the same way.
//! let zone = Zone::new("z1", Name::parse("example.com")?, vec![]);
//! let app = RrSet::parse("app.example.com", "A", 60, &["192.0.2.1"])?;
//! let provider = MemoryDns::new("memory").with_zone(zone, vec![app.clone()]);
//!
//! // Everything has a deadline.
//! let call = Call::until(Instant::now() + Duration::from_secs(10));
//! let zone = lookup::find_zone(&provider, &app.key.name, call).await?;
//! let now = provider.rrsets(&zone, call).await?;
//!
//! let want = [RrSet::parse("app.example.com", "A", 60, &["198.51.100.1"])?];
//! let can = provider.capabilities();
//! let set = plan(&zone, &now, &want, &Scope::of(&want), can, &SafetyLimits::default())?;
//!
//! // A dry run reads and decides everything and changes nothing.
//! provider.apply(&set, call.dry_run()).await?;
//! assert_eq!(provider.rrset(&zone, &app.key, call).await?, Some(app.clone()));
//!
//! let report = provider.apply(&set, call).await?;
//! assert!(report.outcomes.iter().all(|(_, outcome)| outcome.is_done()));
//! for ticket in &report.pending {
//!     provider.settle(ticket, call).await?;
//! }
//! assert_eq!(provider.rrset(&zone, &app.key, call).await?.as_ref(), Some(&want[0]));
//! # Ok(())
//! # })
//! # }
//! ```
#![deny(missing_docs)]
#![forbid(unsafe_code)]

mod change;
pub mod conformance;
pub mod decorate;
pub mod doctor;
pub mod fan_out;
pub mod google;
pub mod hetzner;
mod lines;
pub mod lookup;
pub mod memory;
mod name;
pub mod plan;
pub mod propagation;
mod provider;
mod record;
pub mod side_by_side;
pub mod text;
mod validate;
mod value;
mod zone;

pub use change::{Change, ChangeSet, Expect, Outcome, Report, Ticket};
pub use cloud_http::{Call, Clock, Effect, Error, Failure, Kind, Retry, SystemClock};
pub use fan_out::{FanOut, Share};
pub use google::GoogleDns;
pub use hetzner::{HetznerDns, HetznerDnsBuilder};
pub use lines::RrSetError;
pub use memory::MemoryDns;
pub use name::{Name, NameError};
pub use provider::{Atomicity, Capabilities, DnsProvider, Guard, Need};
pub use record::{Key, RecordType, RrSet};
pub use zone::{Visibility, Zone};
