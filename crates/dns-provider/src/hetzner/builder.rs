//! How a [`HetznerDns`] is put together.
use std::sync::{Arc, Mutex};
use std::time::Duration;

use cloud_http::hetzner::{Actions, HetznerErrors};
use cloud_http::{
    Backoff, Client, Clock, Error, Failure, Kind, Pacer, Rate, StaticToken, SystemClock, Transport,
};
use secrecy::{ExposeSecret, SecretString};

use super::HetznerDns;
use crate::provider::{Atomicity, Capabilities, Guard};
use crate::record::RecordType;

/// The requests per hour that a project starts with; they come back one per second.
const PER_HOUR: u32 = 3600;

/// The requests kept for writes, and for the reads that belong to them.
const RESERVE: u32 = 20;

/// The record types of the API.
const TYPES: [&str; 16] = [
    "A", "AAAA", "CAA", "CNAME", "DS", "HINFO", "HTTPS", "MX", "NS", "PTR", "RP", "SOA", "SRV",
    "SVCB", "TLSA", "TXT",
];

/// Builds a [`HetznerDns`]; everything has a default except what [`HetznerDns::builder`] takes.
#[derive(Debug)]
pub struct HetznerDnsBuilder {
    id: String,
    token: SecretString,
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
}

impl HetznerDnsBuilder {
    pub(super) fn new(token: SecretString, transport: Arc<dyn Transport>) -> Self {
        let per_second = f64::from(PER_HOUR) / 3600.0;
        Self {
            id: "hetzner".to_owned(),
            token,
            transport,
            endpoint: HetznerDns::ENDPOINT.to_owned(),
            zones: Vec::new(),
            clock: Arc::new(SystemClock),
            pacer: Arc::new(Pacer::new(Rate::new(PER_HOUR, per_second).reserve(RESERVE))),
            // A locked zone is free again within seconds: no use in waiting a minute.
            backoff: Backoff::new(Duration::from_secs(1), Duration::from_secs(5), 20),
            attempt_timeout: Duration::from_secs(10),
            user_agent: cloud_http::USER_AGENT.to_owned(),
            poll_first: Duration::from_millis(300),
            poll_cap: Duration::from_secs(5),
        }
    }

    /// The provider's id; the default is `hetzner`.
    #[must_use]
    pub fn id(self, id: impl Into<String>) -> Self {
        Self { id: id.into(), ..self }
    }

    /// Another base URL, for a proxy or an emulator; the default is [`HetznerDns::ENDPOINT`].
    #[must_use]
    pub fn endpoint(self, endpoint: impl Into<String>) -> Self {
        Self { endpoint: endpoint.into(), ..self }
    }

    /// Names a zone, by its number or its name. With at least one, the project's zones are never
    /// listed; several can be named.
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

    /// Another pace; the default is 3600 requests an hour, corrected by the server's headers. Share
    /// it between all clients of one project: they draw on one allowance.
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

    /// How soon a running action is looked at again, and at the latest; the default is 0.3 s,
    /// growing to 5 s.
    #[must_use]
    pub fn polling(self, first: Duration, cap: Duration) -> Self {
        Self { poll_first: first, poll_cap: cap, ..self }
    }

    /// The client. Sends nothing; fails when the endpoint is that of the old DNS Console or the
    /// token is empty.
    pub fn build(self) -> Result<HetznerDns, Error> {
        let refuse = |kind, text: &str| {
            Err(Error::new(&self.id, "set up the client", Failure::new(kind, text)))
        };
        if is_legacy(&self.endpoint) {
            return refuse(
                Kind::Invalid,
                "dns.hetzner.com was the DNS Console API, which is switched off; zones have moved \
                 to the Cloud API: use https://api.hetzner.cloud/v1 and a Cloud API token of the \
                 project the zone is in",
            );
        }
        if self.token.expose_secret().trim().is_empty() {
            return refuse(Kind::Auth, "the token is empty");
        }
        let vendor = Arc::new(HetznerErrors::for_token(&self.token, "the zone is"));
        let tokens = Arc::new(StaticToken::new(self.token));
        let client = Client::new(&self.id, &self.endpoint, self.transport, tokens, vendor)
            .with_clock(self.clock)
            .with_pacer(self.pacer)
            .with_backoff(self.backoff)
            .attempt_timeout(self.attempt_timeout)
            .user_agent(self.user_agent);
        Ok(HetznerDns {
            id: self.id,
            explicit: self.zones,
            client,
            capabilities: capabilities(),
            backoff: self.backoff,
            actions: Actions::new(self.poll_first, self.poll_cap),
            turns: Mutex::default(),
        })
    }
}

fn capabilities() -> Capabilities {
    let mut can = Capabilities::new(Atomicity::None, Guard::ReadThenWrite, 60);
    can.values_max = 50;
    let types = TYPES.iter().map(|name| RecordType::from((*name).to_owned()));
    can.types = Some(types.collect());
    can
}

/// Whether `endpoint` is on the host of the DNS Console API.
fn is_legacy(endpoint: &str) -> bool {
    let rest = endpoint.split_once("://").map_or(endpoint, |(_, rest)| rest);
    let host = rest.split(['/', ':', '?']).next().unwrap_or(rest);
    host.eq_ignore_ascii_case("dns.hetzner.com")
}
