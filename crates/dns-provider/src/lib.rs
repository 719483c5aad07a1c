//! Reads, plans and changes RRsets at any DNS provider.
#![deny(missing_docs)]
#![forbid(unsafe_code)]

mod change;
mod name;
mod provider;
mod record;
mod zone;

pub use change::{Change, ChangeSet, Expect, Outcome, Report, Ticket};
pub use cloud_http::{Call, Effect, Error, Failure, Kind, Retry};
pub use name::{Name, NameError};
pub use provider::{Atomicity, Capabilities, DnsProvider, Guard, Need};
pub use record::{Key, RecordType, RrSet};
pub use zone::{Visibility, Zone};
