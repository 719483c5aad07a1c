//! Runs checks; keeps what several probes share.
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Instant;

use crate::check::{Check, Kind};
use crate::database::Database;
use crate::outcome::{Outcome, Problem, Warning};
use crate::stage::Stage;
use crate::tls::Trust;
use crate::{connect, dns, http, icmp, mariadb, tls};

/// Runs checks. Cheap to clone; clones share the root certificates, which are read from the
/// operating system when the first check needs them.
#[derive(Clone, Debug, Default)]
pub struct Prober {
    trust: Arc<Trust>,
}

impl Prober {
    /// A prober that trusts the operating system's root certificates.
    pub fn new() -> Self {
        Self::default()
    }

    /// A prober that also trusts these root certificates, each in DER.
    pub fn with_roots(roots: impl IntoIterator<Item = Vec<u8>>) -> Self {
        Self { trust: Arc::new(Trust::with_roots(roots)) }
    }

    /// Runs `check` once against `address`; ends by the check's timeout.
    ///
    /// Dropping the future closes its connection. A problem of this machine rather than of the site
    /// is reported as [`Problem::NotRun`].
    pub async fn probe(&self, check: &Check, address: IpAddr) -> Outcome {
        let started = Instant::now();
        let stage = Stage::default();
        // What a database said is worth having even if what follows fails.
        let mut database = None;
        let run = self.run(check, address, &stage, &mut database);
        let (problem, warnings) = match tokio::time::timeout(check.timeout, run).await {
            Ok(Ok(warnings)) => (None, warnings),
            Ok(Err(problem)) => (Some(problem), Vec::new()),
            Err(_) => {
                let doing = stage.doing().to_owned();
                (Some(Problem::TimedOut { doing, after: check.timeout }), Vec::new())
            }
        };
        Outcome { problem, elapsed: started.elapsed(), warnings, database }
    }

    async fn run(
        &self,
        check: &Check,
        address: IpAddr,
        stage: &Stage,
        database: &mut Option<Database>,
    ) -> Result<Vec<Warning>, Problem> {
        let timeout = check.timeout;
        match &check.kind {
            Kind::Icmp => icmp::echo(address, stage).await.map(|()| Vec::new()),
            Kind::Tcp { port } => connect::tcp(address, *port, stage).await.map(|_| Vec::new()),
            Kind::Http(http) => http::request(http, address, &self.trust, stage).await,
            Kind::Tls(tls) => {
                let stream = connect::tcp(address, tls.port, stage).await?;
                let host = tls.host.as_deref();
                let terms = tls::Terms { host, address, verify: tls.verify };
                let (_, seen) = tls::handshake(stream, &terms, &self.trust, stage).await?;
                seen.judge(tls.expiry_warning)
            }
            Kind::Dns(dns) => dns::ask(dns, address, stage).await.map(|()| Vec::new()),
            Kind::Mariadb(check) => mariadb::look(check, address, timeout, stage, database).await,
        }
    }
}
