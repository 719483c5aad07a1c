//! How a [`HetznerCloud`] is put together.
use std::sync::Arc;
use std::time::Duration;

use cloud_http::hetzner::{Actions, HetznerErrors};
use cloud_http::{
    Backoff, Client, Clock, Error, Failure, Kind, Pacer, Rate, StaticToken, SystemClock, Transport,
};
use secrecy::{ExposeSecret, SecretString};

use super::HetznerCloud;
use crate::provider::Rules;

/// The requests per hour that a project starts with; they come back one per second.
const PER_HOUR: u32 = 3600;

/// The requests kept for writes, and for the reads that belong to them.
const RESERVE: u32 = 20;

/// Builds a [`HetznerCloud`]; everything has a default except what [`HetznerCloud::builder`] takes.
#[derive(Debug)]
pub struct HetznerCloudBuilder {
    id: String,
    token: SecretString,
    transport: Arc<dyn Transport>,
    endpoint: String,
    clock: Arc<dyn Clock>,
    pacer: Arc<Pacer>,
    backoff: Backoff,
    attempt_timeout: Duration,
    user_agent: String,
    poll_first: Duration,
    poll_cap: Duration,
}

impl HetznerCloudBuilder {
    pub(super) fn new(token: SecretString, transport: Arc<dyn Transport>) -> Self {
        let per_second = f64::from(PER_HOUR) / 3600.0;
        Self {
            id: "hetzner".to_owned(),
            token,
            transport,
            endpoint: HetznerCloud::ENDPOINT.to_owned(),
            clock: Arc::new(SystemClock),
            pacer: Arc::new(Pacer::new(Rate::new(PER_HOUR, per_second).reserve(RESERVE))),
            // What is locked is free again within seconds: no use in waiting a minute.
            backoff: Backoff::new(Duration::from_secs(1), Duration::from_secs(5), 20),
            attempt_timeout: Duration::from_secs(10),
            user_agent: cloud_http::USER_AGENT.to_owned(),
            poll_first: Duration::from_millis(500),
            poll_cap: Duration::from_secs(5),
        }
    }

    /// The provider's id; the default is `hetzner`.
    #[must_use]
    pub fn id(self, id: impl Into<String>) -> Self {
        Self { id: id.into(), ..self }
    }

    /// Another base URL, for a proxy or an emulator; the default is [`HetznerCloud::ENDPOINT`].
    #[must_use]
    pub fn endpoint(self, endpoint: impl Into<String>) -> Self {
        Self { endpoint: endpoint.into(), ..self }
    }

    /// Another clock.
    #[must_use]
    pub fn clock(self, clock: Arc<dyn Clock>) -> Self {
        Self { clock, ..self }
    }

    /// Another pace; the default is 3600 requests an hour, corrected by the server's headers. Share
    /// it between all clients of one project, that of its DNS zones too: they draw on one
    /// allowance.
    #[must_use]
    pub fn pacer(self, pacer: Arc<Pacer>) -> Self {
        Self { pacer, ..self }
    }

    /// Another back-off between attempts; the default is 1 s doubling to 5 s.
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

    /// How soon a running action or a changing server is looked at again, and at the latest; the
    /// default is 0.5 s, growing to 5 s.
    #[must_use]
    pub fn polling(self, first: Duration, cap: Duration) -> Self {
        Self { poll_first: first, poll_cap: cap, ..self }
    }

    /// The client. Sends nothing; fails when the token is empty.
    pub fn build(self) -> Result<HetznerCloud, Error> {
        if self.token.expose_secret().trim().is_empty() {
            let failure = Failure::new(Kind::Auth, "the token is empty");
            return Err(Error::new(&self.id, "set up the client", failure));
        }
        let vendor = Arc::new(HetznerErrors::for_token(&self.token, "the servers are"));
        let tokens = Arc::new(StaticToken::new(self.token));
        let client = Client::new(&self.id, &self.endpoint, self.transport, tokens, vendor)
            .with_clock(self.clock)
            .with_pacer(self.pacer)
            .with_backoff(self.backoff)
            .attempt_timeout(self.attempt_timeout)
            .user_agent(self.user_agent);
        Ok(HetznerCloud {
            id: self.id,
            client,
            rules: rules(),
            actions: Actions::new(self.poll_first, self.poll_cap),
            backoff: self.backoff,
            poll_first: self.poll_first,
            poll_cap: self.poll_cap,
        })
    }
}

/// <https://docs.hetzner.cloud/reference/cloud#servers-create-a-server>,
/// <https://docs.hetzner.com/cloud/networks/faq>
fn rules() -> Rules {
    Rules {
        boot_script_bytes_max: 32 * 1024,
        network_prefix_max: Some(24),
        subnet_prefix_max: 30,
        attachments_max: 3,
        tags_max: 32,
        disks: false,
        boots_every_time: false,
        // A primary address stays assigned while the server is off.
        keeps_address: true,
    }
}
