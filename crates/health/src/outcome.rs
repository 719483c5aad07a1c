//! What one probe found, in words an operator uses.
use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::database::Database;

/// What one probe found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Outcome {
    /// Why the check was not met; `None`: it was.
    pub problem: Option<Problem>,
    /// From the start of the probe to its end.
    pub elapsed: Duration,
    /// What is fine today and will not be soon.
    pub warnings: Vec<Warning>,
    /// What a database said of itself, whether or not that was well.
    #[serde(default)]
    pub database: Option<Database>,
}

impl Outcome {
    /// Whether the check was met.
    pub fn is_ok(&self) -> bool {
        self.problem.is_none()
    }
}

/// Why a check was not met. `Display` gives the operator's words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Problem {
    /// The connection was refused.
    Refused,
    /// Nothing answered in time; `doing` says what was being waited for.
    TimedOut {
        /// "connecting", "TLS handshake", "waiting for the response".
        doing: String,
        /// The check's timeout.
        after: Duration,
    },
    /// There is no route, or the network says the host is unreachable.
    Unreachable {
        /// What the network said.
        message: String,
    },
    /// The connection broke.
    Broken {
        /// How.
        message: String,
    },
    /// The status code is not among the good ones.
    Status {
        /// The code.
        code: u16,
    },
    /// The body lacks a text it must contain.
    BodyLacks {
        /// The text.
        text: String,
    },
    /// The body contains a text it must not contain.
    BodyContains {
        /// The text.
        text: String,
    },
    /// The TLS handshake or the certificate is not acceptable.
    Tls {
        /// Why.
        message: String,
    },
    /// The DNS answer is not the expected one.
    Dns {
        /// How it differs.
        message: String,
    },
    /// The database lets nobody in, or not this user.
    Database {
        /// In the operator's words, such as `access denied for user 'watch'`.
        message: String,
    },
    /// The database takes no writes.
    ReadOnly {
        /// How it was found out.
        message: String,
    },
    /// Replication is not as it must be; only if the check demands it.
    Replication {
        /// In the operator's words.
        message: String,
    },
    /// The answer is not what the protocol allows.
    Protocol {
        /// What is wrong.
        message: String,
    },
    /// This machine may not or cannot run the probe: says nothing about the site.
    NotRun {
        /// Why, and what to do about it.
        message: String,
    },
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused => f.write_str("connection refused"),
            Self::TimedOut { doing, after } => {
                write!(f, "timed out after {} while {doing}", span(*after))
            }
            Self::Unreachable { message } => write!(f, "unreachable: {message}"),
            Self::Broken { message } => write!(f, "connection broke: {message}"),
            Self::Status { code } => write!(f, "status {code}"),
            Self::BodyLacks { text } => write!(f, "body lacks \"{text}\""),
            Self::BodyContains { text } => write!(f, "body contains \"{text}\""),
            Self::Tls { message } => write!(f, "TLS: {message}"),
            Self::Dns { message } => write!(f, "DNS: {message}"),
            Self::Database { message } | Self::Replication { message } => f.write_str(message),
            Self::ReadOnly { message } => write!(f, "read only: {message}"),
            Self::Protocol { message } => write!(f, "protocol error: {message}"),
            Self::NotRun { message } => write!(f, "probe not run: {message}"),
        }
    }
}

/// Something that is fine today and will not be soon.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Warning {
    /// The certificate expires soon.
    CertificateExpires {
        /// Seconds from now.
        in_secs: u64,
    },
    /// Replication is not well, which does not keep the site from serving.
    Replication {
        /// In the operator's words.
        message: String,
    },
    /// The certificate was not checked, because the check says so.
    Unverified,
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::CertificateExpires { in_secs } => {
                write!(f, "certificate expires in {} days", in_secs / 86_400)
            }
            Self::Replication { message } => f.write_str(message),
            Self::Unverified => f.write_str("the certificate is not verified"),
        }
    }
}

/// "800 ms", "2 s".
fn span(time: Duration) -> String {
    let millis = time.as_millis();
    if millis > 0 && millis.is_multiple_of(1_000) {
        format!("{} s", millis / 1_000)
    } else {
        format!("{millis} ms")
    }
}
