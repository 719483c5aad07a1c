//! What the clients of all clouds share: transport, time, deadlines, failures as data, retry,
//! pacing, token sources and redaction.
//!
//! A provider crate describes *what* a vendor's call means; this crate knows *how* a call is made.
//! It spawns nothing, reads no environment and no files, and installs no global. The network is
//! reached only through [`Transport`], the time only through [`Clock`]: an embedder, a test or a
//! browser supplies its own. [`HttpTransport`] is the one for real networks.
#![deny(missing_docs)]
#![forbid(unsafe_code)]

mod backoff;
mod call;
mod client;
mod clock;
mod connect_limit;
mod date;
mod failure;
pub mod google;
pub mod hetzner;
mod http_transport;
pub mod lenient;
mod pacer;
mod redact;
mod request;
mod token;
mod transport;

pub use backoff::Backoff;
pub use call::Call;
pub use client::{Client, Vendor};
pub use clock::{Clock, SystemClock};
pub use date::{clock_skew, retry_after};
pub use failure::{Effect, Error, Failure, Kind, Retry};
pub use http_transport::{HttpOptions, HttpOptionsError, HttpTransport};
pub use pacer::{Pacer, Rate};
pub use redact::{excerpt, scrub};
pub use request::{Request, encode};
pub use token::{StaticToken, TokenSource};
pub use transport::{Transport, TransportError, TransportErrorKind};

/// The `User-Agent` of requests that name no other.
pub const USER_AGENT: &str = concat!("schwenk/", env!("CARGO_PKG_VERSION"));
