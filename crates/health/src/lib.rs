//! Runs one check from here against one address and reports what happened.
//!
//! A [`Check`] describes the test, a [`Prober`] runs it once ([`Prober::probe`]) or again and again
//! with overlapping probes ([`Prober::watch`]), and an [`Outcome`] says what was found in words an
//! operator uses: *connection refused*, *timed out after 800 ms while connecting*, *status 503*,
//! *body lacks "dbworking"*.
//!
//! The address is always given: nothing is resolved, IPv4 and IPv6 are probed separately, and there
//! is no "happy eyeballs" that would hide which of them is broken. Every probe uses a fresh
//! connection. A certificate is judged *after* the handshake, so that an expired one can be named.
//!
//! The futures need a tokio runtime with IO and time enabled; nothing is spawned, except that a
//! database connection that is given up half-way takes its leave in the background. A MariaDB check
//! sets rustls's process-wide crypto provider if there is none: its client library takes no other.
//!
//! ```
//! use std::time::Duration;
//! use health::{Check, HttpCheck, Kind, Prober};
//!
//! # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
//! // Nobody listens on port 1.
//! let check = Check::new(Kind::Http(HttpCheck::get(1, "/")), Duration::from_secs(2));
//! let outcome = Prober::new().probe(&check, "127.0.0.1".parse().unwrap()).await;
//! assert_eq!(outcome.problem.unwrap().to_string(), "connection refused");
//! # });
//! ```
#![deny(missing_docs)]
#![forbid(unsafe_code)]

mod check;
mod connect;
mod database;
mod dns;
mod http;
mod icmp;
mod mariadb;
mod outcome;
mod pace;
mod prober;
mod stage;
mod tls;

pub use check::{Check, CheckError, DnsCheck, HttpCheck, Kind, TlsCheck};
pub use database::{
    Connection, Database, Failed, Gtid, Heartbeat, MariadbCheck, Password, Position, Replication,
};
pub use outcome::{Outcome, Problem, Warning};
pub use pace::{Pace, Report};
pub use prober::Prober;
