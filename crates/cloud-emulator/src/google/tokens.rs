//! Access tokens: given out by the token endpoint and the metadata server, accepted by the API.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// All tokens given out so far, and the one that was configured.
pub(crate) struct Tokens {
    configured: String,
    lifetime: Duration,
    issued: Mutex<HashMap<String, Issued>>,
}

/// Who a token stands for and what it was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Grant {
    pub(crate) user: String,
    pub(crate) scopes: Vec<String>,
}

struct Issued {
    expires: Instant,
    grant: Grant,
}

/// Why a token is not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Rejected {
    Expired,
    Unknown,
}

impl Tokens {
    pub(crate) fn new(configured: String, lifetime: Duration) -> Self {
        Self { configured, lifetime, issued: Mutex::default() }
    }

    pub(crate) fn lifetime(&self) -> Duration {
        self.lifetime
    }

    /// A new token for `grant`.
    pub(crate) fn issue(&self, grant: Grant) -> String {
        const REMEMBERED: usize = 100_000;
        let token = format!("ya29.c.{}{}", random_text(), random_text());
        let mut issued = self.issued.lock().unwrap_or_else(PoisonError::into_inner);
        if issued.len() >= REMEMBERED {
            let now = Instant::now();
            issued.retain(|_, one| one.expires > now);
        }
        issued.insert(token.clone(), Issued { expires: Instant::now() + self.lifetime, grant });
        token
    }

    pub(crate) fn check(&self, token: &str) -> Result<Grant, Rejected> {
        if token == self.configured {
            return Ok(Grant {
                user: "owner@example.com".to_owned(),
                scopes: vec![scope::ALL.to_owned()],
            });
        }
        let issued = self.issued.lock().unwrap_or_else(PoisonError::into_inner);
        let one = issued.get(token).ok_or(Rejected::Unknown)?;
        if one.expires > Instant::now() { Ok(one.grant.clone()) } else { Err(Rejected::Expired) }
    }
}

impl Grant {
    /// Whether the scopes cover a call; a write needs more than a read.
    pub(crate) fn covers(&self, service: Service, write: bool) -> bool {
        let (both, read) = match service {
            Service::Dns => (scope::DNS, scope::DNS_READ),
            Service::Compute => (scope::COMPUTE, scope::COMPUTE_READ),
        };
        let enough: &[&str] =
            if write { &[scope::ALL, both] } else { &[scope::ALL, both, scope::ALL_READ, read] };
        self.scopes.iter().any(|scope| enough.contains(&scope.as_str()))
    }
}

/// One of the two APIs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Service {
    Dns,
    Compute,
}

impl Service {
    /// The host it has at Google.
    pub(crate) fn host(self) -> &'static str {
        match self {
            Self::Dns => "dns.googleapis.com",
            Self::Compute => "compute.googleapis.com",
        }
    }
}

/// The OAuth scopes the APIs know.
pub(crate) mod scope {
    pub(crate) const ALL: &str = "https://www.googleapis.com/auth/cloud-platform";
    pub(crate) const ALL_READ: &str = "https://www.googleapis.com/auth/cloud-platform.read-only";
    pub(crate) const DNS: &str = "https://www.googleapis.com/auth/ndev.clouddns.readwrite";
    pub(crate) const COMPUTE: &str = "https://www.googleapis.com/auth/compute";
    pub(crate) const COMPUTE_READ: &str = "https://www.googleapis.com/auth/compute.readonly";
    pub(crate) const DNS_READ: &str = "https://www.googleapis.com/auth/ndev.clouddns.readonly";
}

/// Sixteen hexadecimal digits nobody can guess from another token.
pub(crate) fn random_text() -> String {
    format!("{:016x}", super::operations::random_number())
}
