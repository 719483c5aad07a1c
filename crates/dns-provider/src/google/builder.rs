//! How a [`GoogleDns`] is put together.
use std::sync::{Arc, Mutex};
use std::time::Duration;

use cloud_http::google::GoogleErrors;
use cloud_http::{Backoff, Client, Clock, Pacer, Rate, SystemClock, TokenSource, Transport};

use super::GoogleDns;
use crate::provider::{Atomicity, Capabilities, Guard};

/// Builds a [`GoogleDns`]; everything has a default except what
/// [`GoogleDns::builder`] takes.
#[derive(Debug)]
pub struct GoogleDnsBuilder {
    id: String,
    project: String,
    tokens: Arc<dyn TokenSource>,
    transport: Arc<dyn Transport>,
    endpoint: String,
    zones: Vec<String>,
    clock: Arc<dyn Clock>,
    pacer: Arc<Pacer>,
    backoff: Backoff,
    attempt_timeout: Duration,
    user_agent: String,
    poll_first: Duration,
    poll_cap: Duration,
    page_size: Option<u32>,
}

impl GoogleDnsBuilder {
    pub(super) fn new(
        project: String,
        tokens: Arc<dyn TokenSource>,
        transport: Arc<dyn Transport>,
    ) -> Self {
        Self {
            id: "google".to_owned(),
            project,
            tokens,
            transport,
            endpoint: GoogleDns::ENDPOINT.to_owned(),
            zones: Vec::new(),
            clock: Arc::new(SystemClock),
            // Google publishes no number for "requests per minute per user" of Cloud DNS; this is
            // far more than Schwenk needs and far less than anyone was seen to be refused at.
            pacer: Arc::new(Pacer::new(Rate::new(100, 10.0).reserve(20))),
            backoff: Backoff::default(),
            attempt_timeout: Duration::from_secs(10),
            user_agent: cloud_http::USER_AGENT.to_owned(),
            poll_first: Duration::from_millis(100),
            poll_cap: Duration::from_secs(3),
            page_size: None,
        }
    }

    /// The provider's id; the default is `google`.
    #[must_use]
    pub fn id(self, id: impl Into<String>) -> Self {
        Self { id: id.into(), ..self }
    }

    /// Another base URL, for a proxy or an emulator; the default is [`GoogleDns::ENDPOINT`].
    #[must_use]
    pub fn endpoint(self, endpoint: impl Into<String>) -> Self {
        Self { endpoint: endpoint.into(), ..self }
    }

    /// Names a zone, by its short name or its number. With at least one, the project's zones are
    /// never listed and no right to do so is needed; several can be named.
    #[must_use]
    pub fn zone(mut self, zone: impl Into<String>) -> Self {
        self.zones.push(zone.into());
        self
    }

    /// Another clock.
    #[must_use]
    pub fn clock(self, clock: Arc<dyn Clock>) -> Self {
        Self { clock, ..self }
    }

    /// Another pace; the default is 10 requests a second. Share it between clients with the same
    /// credentials.
    #[must_use]
    pub fn pacer(self, pacer: Arc<Pacer>) -> Self {
        Self { pacer, ..self }
    }

    /// Another back-off between attempts.
    #[must_use]
    pub fn backoff(self, backoff: Backoff) -> Self {
        Self { backoff, ..self }
    }

    /// Another time limit for one HTTP request; the default is 10 s.
    #[must_use]
    pub fn attempt_timeout(self, attempt_timeout: Duration) -> Self {
        Self { attempt_timeout, ..self }
    }

    /// Another `User-Agent`.
    #[must_use]
    pub fn user_agent(self, user_agent: impl Into<String>) -> Self {
        Self { user_agent: user_agent.into(), ..self }
    }

    /// How soon a pending change is looked at again, and at the latest; the default is 0.1 s,
    /// growing to 3 s.
    #[must_use]
    pub fn polling(self, first: Duration, cap: Duration) -> Self {
        Self { poll_first: first, poll_cap: cap, ..self }
    }

    /// How many items to ask for per page; by default the server decides.
    #[must_use]
    pub fn page_size(self, page_size: u32) -> Self {
        Self { page_size: Some(page_size), ..self }
    }

    /// The client. Sends nothing.
    pub fn build(self) -> GoogleDns {
        let vendor = Arc::new(GoogleErrors);
        let client = Client::new(&self.id, &self.endpoint, self.transport, self.tokens, vendor)
            .with_clock(self.clock)
            .with_pacer(self.pacer)
            .with_backoff(self.backoff)
            .attempt_timeout(self.attempt_timeout)
            .user_agent(self.user_agent);
        GoogleDns {
            id: self.id,
            project: self.project,
            explicit: self.zones,
            client,
            // The limits are the documented defaults of a project:
            // https://cloud.google.com/dns/quotas
            capabilities: Capabilities::new(Atomicity::WholeSet, Guard::Server, 0),
            backoff: self.backoff,
            poll_first: self.poll_first,
            poll_cap: self.poll_cap,
            page_size: self.page_size,
            turns: Mutex::default(),
        }
    }
}
