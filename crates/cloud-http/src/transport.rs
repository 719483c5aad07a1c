//! One request, one response: the only way to the network.
use std::fmt::Debug;
use std::time::Instant;

use async_trait::async_trait;
use bytes::Bytes;

/// Sends one HTTP request. Redirects are never followed: one would resend the token.
#[async_trait]
pub trait Transport: Debug + Send + Sync {
    /// Sends `request` and returns the whole response, or fails by `deadline`.
    ///
    /// A response with any status is `Ok`. Dropping the future after the request was sent leaves
    /// unknown whether the server acted on it.
    async fn send(
        &self,
        request: http::Request<Bytes>,
        deadline: Instant,
    ) -> Result<http::Response<Bytes>, TransportError>;
}

/// Why no response came back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TransportErrorKind {
    /// No connection: the request was certainly not sent.
    Connect,
    /// The deadline passed after the request may have been sent.
    Timeout,
    /// The connection broke after the request may have been sent.
    Interrupted,
    /// The request could not be made (bad URL, body too large).
    Request,
    /// The response was larger than allowed or not HTTP.
    Response,
}

/// No response came back. The message holds neither URL nor credentials.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
#[non_exhaustive]
pub struct TransportError {
    /// Why.
    pub kind: TransportErrorKind,
    /// In words an operator uses: "connection refused", "timed out after 5 s".
    pub message: String,
    /// The cause below.
    #[source]
    pub source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

impl TransportError {
    /// An error without a deeper cause.
    pub fn new(kind: TransportErrorKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), source: None }
    }

    /// Whether the server may have acted on the request.
    pub fn maybe_sent(&self) -> bool {
        !matches!(self.kind, TransportErrorKind::Connect | TransportErrorKind::Request)
    }
}
