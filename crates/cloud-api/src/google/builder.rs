//! How a [`GoogleCompute`] is put together.
use std::sync::Arc;
use std::time::Duration;

use cloud_http::{Backoff, Client, Clock, Pacer, Rate, SystemClock, TokenSource, Transport};

use super::GoogleCompute;
use super::problem::ComputeErrors;
use crate::provider::Rules;

/// How long Google holds back the answer to a wait, and a little more.
const WAIT: Duration = Duration::from_secs(130);

/// Builds a [`GoogleCompute`]; everything has a default except what [`GoogleCompute::builder`]
/// takes.
#[derive(Debug)]
pub struct GoogleComputeBuilder {
    id: String,
    project: String,
    tokens: Arc<dyn TokenSource>,
    transport: Arc<dyn Transport>,
    endpoint: String,
    clock: Arc<dyn Clock>,
    pacer: Arc<Pacer>,
    backoff: Backoff,
    attempt_timeout: Duration,
    user_agent: String,
    poll_first: Duration,
    poll_cap: Duration,
    page_size: Option<u32>,
    disk_type: String,
}

impl GoogleComputeBuilder {
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
            endpoint: GoogleCompute::ENDPOINT.to_owned(),
            clock: Arc::new(SystemClock),
            // Well below the default of 1500 requests a minute and region:
            // https://cloud.google.com/compute/api-quota
            pacer: Arc::new(Pacer::new(Rate::new(100, 10.0).reserve(20))),
            backoff: Backoff::default(),
            attempt_timeout: Duration::from_secs(10),
            user_agent: cloud_http::USER_AGENT.to_owned(),
            poll_first: Duration::from_millis(500),
            poll_cap: Duration::from_secs(5),
            page_size: None,
            disk_type: "pd-balanced".to_owned(),
        }
    }

    /// The provider's id; the default is `google`.
    #[must_use]
    pub fn id(self, id: impl Into<String>) -> Self {
        Self { id: id.into(), ..self }
    }

    /// Another base URL, for a proxy or an emulator; the default is [`GoogleCompute::ENDPOINT`].
    #[must_use]
    pub fn endpoint(self, endpoint: impl Into<String>) -> Self {
        Self { endpoint: endpoint.into(), ..self }
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

    /// Another time limit for one HTTP request; the default is 10 s. Waits may take longer.
    #[must_use]
    pub fn attempt_timeout(self, attempt_timeout: Duration) -> Self {
        Self { attempt_timeout, ..self }
    }

    /// Another `User-Agent`.
    #[must_use]
    pub fn user_agent(self, user_agent: impl Into<String>) -> Self {
        Self { user_agent: user_agent.into(), ..self }
    }

    /// How soon a server is looked at again while something happens to it, and at the latest; the
    /// default is 0.5 s, growing to 5 s.
    #[must_use]
    pub fn polling(self, first: Duration, cap: Duration) -> Self {
        Self { poll_first: first, poll_cap: cap, ..self }
    }

    /// How many items to ask for per page; by default the server decides (500).
    #[must_use]
    pub fn page_size(self, page_size: u32) -> Self {
        Self { page_size: Some(page_size), ..self }
    }

    /// Another type for the disks of new servers; the default is `pd-balanced`. Google's own
    /// default depends on the machine type, and some types take only `hyperdisk-balanced`.
    #[must_use]
    pub fn disk_type(self, disk_type: impl Into<String>) -> Self {
        Self { disk_type: disk_type.into(), ..self }
    }

    /// The client. Sends nothing.
    pub fn build(self) -> GoogleCompute {
        let vendor = Arc::new(ComputeErrors);
        let client = Client::new(&self.id, &self.endpoint, self.transport, self.tokens, vendor)
            .with_clock(self.clock)
            .with_pacer(self.pacer)
            .with_backoff(self.backoff)
            .attempt_timeout(self.attempt_timeout)
            .user_agent(self.user_agent);
        GoogleCompute {
            id: self.id,
            project: self.project,
            waiting: client.clone().attempt_timeout(WAIT),
            client,
            rules: rules(),
            poll_first: self.poll_first,
            poll_cap: self.poll_cap,
            page_size: self.page_size,
            disk_type: self.disk_type,
        }
    }
}

/// <https://cloud.google.com/compute/docs/metadata/overview#custom_limits>,
/// <https://cloud.google.com/vpc/docs/subnets#manually_created_subnet_ip_ranges>,
/// <https://cloud.google.com/vpc/docs/add-remove-network-tags#restrictions>
fn rules() -> Rules {
    Rules {
        boot_script_bytes_max: 256 * 1024,
        network_prefix_max: None,
        subnet_prefix_max: 29,
        attachments_max: 8,
        // One more is the owner's.
        tags_max: 63,
        disks: true,
        boots_every_time: true,
        keeps_address: false,
    }
}
