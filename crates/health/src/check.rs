//! The description of a test: what is asked and what answer is good.
use std::fmt;
use std::ops::RangeInclusive;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::database::MariadbCheck;

/// One test of one address. What a check cannot say is not tested: see each kind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Check {
    /// What is asked.
    pub kind: Kind,
    /// How long the whole probe may take.
    pub timeout: Duration,
}

impl Check {
    /// A check of `kind` within `timeout`.
    pub fn new(kind: Kind, timeout: Duration) -> Self {
        Self { kind, timeout }
    }

    /// Whether this check can be sent at all. One that cannot says nothing about any site, so it is
    /// better found when it is set up than when it is needed.
    pub fn validate(&self) -> Result<(), CheckError> {
        match &self.kind {
            Kind::Icmp | Kind::Tcp { .. } => Ok(()),
            Kind::Http(check) => crate::http::validate(check),
            Kind::Tls(check) => crate::tls::validate(check.host.as_deref()),
            Kind::Dns(check) => crate::dns::validate(check),
            Kind::Mariadb(check) => crate::tls::validate(check.host.as_deref()),
        }
    }
}

/// Why a check cannot be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct CheckError {
    /// The field that is wrong: `path`, `host`, `method`, `name`, `rtype`.
    pub field: &'static str,
    /// What is wrong with it.
    pub message: String,
}

impl CheckError {
    pub(crate) fn new(field: &'static str, message: impl Into<String>) -> Self {
        Self { field, message: message.into() }
    }
}

impl fmt::Display for CheckError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.field, self.message)
    }
}

impl std::error::Error for CheckError {}

/// What is asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Kind {
    /// An ICMP or ICMPv6 echo (RFC 792, RFC 4443).
    Icmp,
    /// A TCP connection.
    Tcp {
        /// The port.
        port: u16,
    },
    /// An HTTP request over a fresh connection.
    Http(HttpCheck),
    /// A TLS handshake.
    Tls(TlsCheck),
    /// A DNS question to this address.
    Dns(DnsCheck),
    /// A session with a MariaDB server, over TLS.
    Mariadb(MariadbCheck),
}

/// An HTTP request and what its response must be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct HttpCheck {
    /// Whether TLS is used; the certificate must be valid for `host`.
    pub https: bool,
    /// The port.
    pub port: u16,
    /// The method, such as `GET`.
    pub method: String,
    /// Path and query.
    pub path: String,
    /// The `Host` header and the TLS server name; `None`: the address itself.
    pub host: Option<String>,
    /// The status codes that are good.
    pub status: Vec<RangeInclusive<u16>>,
    /// The body must contain each of these.
    pub contains: Vec<String>,
    /// The body must contain none of these.
    pub lacks: Vec<String>,
    /// At most this many bytes of the body are read.
    pub body_max: usize,
    /// Whether the certificate's chain and name are checked; off only for a site that the operator
    /// knows to use a private certificate.
    pub verify: bool,
    /// A certificate that expires within this time gives a warning.
    pub expiry_warning: Duration,
}

impl HttpCheck {
    /// `GET path` on `port`, any 2xx, at most 64 KiB of body.
    pub fn get(port: u16, path: impl Into<String>) -> Self {
        Self {
            https: false,
            port,
            method: "GET".to_owned(),
            path: path.into(),
            host: None,
            status: vec![200..=299],
            contains: Vec::new(),
            lacks: Vec::new(),
            body_max: 64 * 1024,
            verify: true,
            expiry_warning: Duration::from_secs(14 * 86_400),
        }
    }
}

/// A TLS handshake and what it must yield.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct TlsCheck {
    /// The port.
    pub port: u16,
    /// The server name (SNI); `None`: the address itself.
    pub host: Option<String>,
    /// Whether the certificate's chain and name are checked.
    pub verify: bool,
    /// A certificate that expires within this time gives a warning.
    pub expiry_warning: Duration,
}

impl TlsCheck {
    /// A verified handshake on `port` for `host`, warning 14 days before expiry.
    pub fn new(port: u16, host: Option<String>) -> Self {
        Self { port, host, verify: true, expiry_warning: Duration::from_secs(14 * 86_400) }
    }
}

/// A DNS question and what its answer must be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct DnsCheck {
    /// The port.
    pub port: u16,
    /// The name asked for.
    pub name: String,
    /// The type asked for, such as `A`.
    pub rtype: String,
    /// The answer must contain each of these values; empty: any answer with data.
    pub contains: Vec<String>,
    /// Whether the answer must be authoritative.
    pub authoritative: bool,
}

impl DnsCheck {
    /// Asks port 53 for `name` and `rtype`; any answer with data is good.
    pub fn new(name: impl Into<String>, rtype: impl Into<String>) -> Self {
        Self {
            port: 53,
            name: name.into(),
            rtype: rtype.into(),
            contains: Vec::new(),
            authoritative: false,
        }
    }
}
