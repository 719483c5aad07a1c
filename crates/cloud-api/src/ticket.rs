//! Work that a provider has begun: how to wait for it, after a restart too.
use serde::{Deserialize, Serialize};

use crate::server::{Moved, Server};

/// A wait that can be resumed after a restart: write it down before settling it.
///
/// It says what shall be in the end, not only which operation to look at, so that work of several
/// steps (stop, resize, start) goes on wherever it was interrupted. Forget it once it is settled:
/// much later its steps would be carried out again, on a server that meanwhile was switched off for
/// a reason.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Ticket {
    /// The provider's id.
    pub provider: String,
    /// What to wait for, opaque to everyone else. Holds no secret.
    pub operation: String,
}

impl Ticket {
    /// The ticket of `operation` at `provider`.
    pub fn new(provider: impl Into<String>, operation: impl Into<String>) -> Self {
        Self { provider: provider.into(), operation: operation.into() }
    }
}

/// What came of a creation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Creation {
    /// How the provider's methods want the new thing named.
    pub id: String,
    /// What to settle before it can be used; `None`: it can be used now.
    pub ticket: Option<Ticket>,
    /// It was there already, with the same name and owner: made by an earlier, interrupted attempt.
    /// Whether it is as wanted, reading it tells.
    pub adopted: bool,
}

impl Creation {
    /// A thing made just now.
    pub fn new(id: impl Into<String>, ticket: Option<Ticket>) -> Self {
        Self { id: id.into(), ticket, adopted: false }
    }

    /// A thing that was there already.
    pub fn adopted(id: impl Into<String>, ticket: Option<Ticket>) -> Self {
        Self { adopted: true, ..Self::new(id, ticket) }
    }
}

/// What is there after a ticket was settled.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Settled {
    /// The server the work was for, if it was for one and it exists.
    pub server: Option<Server>,
    /// Its public address is another one than before the work.
    pub moved: Option<Moved>,
}

impl Settled {
    /// The work was for `server`, which had no other address before.
    pub fn with(server: Option<Server>) -> Self {
        Self { server, moved: None }
    }
}
