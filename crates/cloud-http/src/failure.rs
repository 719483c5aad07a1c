//! What can go wrong, as plain data with three independent answers: what, whether to try again,
//! and whether it may have happened all the same.
use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};

/// What went wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Kind {
    /// The credentials are wrong, expired or revoked.
    Auth,
    /// The credentials are fine but may not do this.
    Forbidden,
    /// The thing does not exist, or not for these credentials.
    NotFound,
    /// The thing exists already.
    AlreadyExists,
    /// The precondition did not hold: somebody else changed it meanwhile.
    Changed,
    /// The thing is locked by another operation, or protected.
    Busy,
    /// Too many requests.
    RateLimited,
    /// A quota is used up; waiting does not help.
    Quota,
    /// The vendor has no capacity for this here and now.
    NoCapacity,
    /// The request is wrong in itself.
    Invalid,
    /// This provider cannot do this.
    Unsupported,
    /// The provider does not answer, or answers that it is unwell.
    Unavailable,
    /// The deadline passed.
    Timeout,
    /// The lease ended before the write could start.
    Expired,
    /// The answer was not understood.
    Protocol,
}

/// Whether trying again can help.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Retry {
    /// No: a human must change something first.
    Never,
    /// Yes, with the caller's own back-off.
    Later,
    /// Yes, after this long.
    After(Duration),
    /// Yes, after reading the present state and deciding anew.
    AfterReread,
}

/// Whether the request may have taken effect in spite of the failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Effect {
    /// Certainly not.
    NotApplied,
    /// Unknown: read back before deciding anything.
    MaybeApplied,
}

/// A failure as data: goes unchanged into the journal, the API and the panel.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Failure {
    /// What went wrong.
    pub kind: Kind,
    /// Whether trying again can help.
    pub retry: Retry,
    /// Whether it may have taken effect.
    pub effect: Effect,
    /// The vendor's own code or reason, such as `conditionNotMet`.
    pub code: Option<String>,
    /// What to tell an operator; scrubbed of secrets.
    pub message: String,
    /// The vendor's correlation id, for a support request.
    pub request_id: Option<String>,
    /// Where the same might work: other zones or locations, when one has no capacity. Empty when
    /// the vendor names none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub alternatives: Vec<String>,
}

impl Failure {
    /// A failure that certainly changed nothing and that trying again will not mend.
    pub fn new(kind: Kind, message: impl Into<String>) -> Self {
        Self {
            kind,
            retry: Retry::Never,
            effect: Effect::NotApplied,
            code: None,
            message: message.into(),
            request_id: None,
            alternatives: Vec::new(),
        }
    }

    /// The same failure with another answer to "may I try again?".
    #[must_use]
    pub fn retry(self, retry: Retry) -> Self {
        Self { retry, ..self }
    }

    /// The same failure, which may have taken effect.
    #[must_use]
    pub fn maybe_applied(self) -> Self {
        Self { effect: Effect::MaybeApplied, ..self }
    }

    /// The same failure with the vendor's code.
    #[must_use]
    pub fn code(self, code: impl Into<String>) -> Self {
        Self { code: Some(code.into()), ..self }
    }

    /// The same failure with the places where the same might work.
    #[must_use]
    pub fn alternatives(self, alternatives: Vec<String>) -> Self {
        Self { alternatives, ..self }
    }

    /// The same failure with the vendor's correlation id.
    #[must_use]
    pub fn request_id(self, id: Option<String>) -> Self {
        Self { request_id: id, ..self }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        if let Some(code) = &self.code {
            write!(f, " ({code})")?;
        }
        if let Some(id) = &self.request_id {
            write!(f, " [request {id}]")?;
        }
        Ok(())
    }
}

/// A failed operation: who was asked, for what, and what went wrong.
#[derive(Debug, thiserror::Error)]
#[error("{provider}: {operation}: {failure}")]
#[non_exhaustive]
pub struct Error {
    /// The provider's id, as configured.
    pub provider: String,
    /// The operation, in words an operator uses: "read RRset app.example.com A".
    pub operation: String,
    /// What went wrong.
    pub failure: Failure,
    /// The cause, if there is one below.
    #[source]
    pub source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

impl Error {
    /// An error without a deeper cause.
    pub fn new(
        provider: impl Into<String>,
        operation: impl Into<String>,
        failure: Failure,
    ) -> Self {
        Self { provider: provider.into(), operation: operation.into(), failure, source: None }
    }
}
