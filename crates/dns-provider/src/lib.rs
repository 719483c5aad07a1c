//! Reads, plans and changes RRsets at any DNS provider.
#![deny(missing_docs)]
#![forbid(unsafe_code)]

mod change;
pub mod conformance;
pub mod decorate;
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
