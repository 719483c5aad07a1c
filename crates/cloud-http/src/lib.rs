//! What the clients of all clouds share: transport, time, deadlines, failures as data, retry,
//! pacing, token sources and redaction.
//!
//! A provider crate describes *what* a vendor's call means; this crate knows *how* a call is made.
//! It spawns nothing, reads no environment and no files, and installs no global. The network is
//! reached only through [`Transport`], the time only through [`Clock`]: an embedder, a test or a
//! browser supplies its own.
#![deny(missing_docs)]
#![forbid(unsafe_code)]

mod call;
mod clock;
mod failure;
mod transport;

pub use call::Call;
pub use clock::{Clock, SystemClock};
pub use failure::{Effect, Error, Failure, Kind, Retry};
pub use transport::{Transport, TransportError, TransportErrorKind};
