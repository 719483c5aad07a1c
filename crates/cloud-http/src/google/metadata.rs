//! Tokens from the metadata server that every machine at Google has.
use std::time::{Duration, Instant};

use async_trait::async_trait;
use bytes::Bytes;
use http::{Response, StatusCode};
use secrecy::SecretString;

use super::Wiring;
use super::cache::{Grant, TokenCache};
use super::oauth::{grant, lost, persist};
use crate::{Failure, Kind, Retry, TokenSource, encode, excerpt};

/// Looking the name up off Google's network can hang for half a minute, so nobody waits longer
/// than this to find out that there is no metadata server.
const PRESENCE: Duration = Duration::from_secs(3);

const FLAVOR: &str = "metadata-flavor";

/// The metadata server of a Google machine, as a source of tokens.
///
/// It hands out the same token until about five minutes before its end and renews it itself, so a
/// renewal may bring nothing new; then it is left in peace for some seconds.
#[derive(Debug)]
pub struct MetadataServer {
    host: String,
    scopes: String,
    wiring: Wiring,
    cache: TokenCache,
}

impl MetadataServer {
    /// Where it answers on Google's machines.
    pub const HOST: &str = "metadata.google.internal";

    /// The metadata server at its usual place, for the scopes the machine was given.
    pub fn new(wiring: Wiring) -> Self {
        let cache = TokenCache::of_shared_tokens();
        Self { host: Self::HOST.to_owned(), scopes: String::new(), wiring, cache }
    }

    /// The same server at another `host[:port]`, as in `GCE_METADATA_HOST`.
    #[must_use]
    pub fn at(self, host: impl Into<String>) -> Self {
        Self { host: host.into(), ..self }
    }

    /// The same server, asked for narrower tokens.
    #[must_use]
    pub fn scopes(self, scopes: &[&str]) -> Self {
        Self { scopes: scopes.join(","), ..self }
    }

    /// The project this machine is in. Fails within three seconds where there is no such server.
    pub async fn project_id(&self, deadline: Instant) -> Result<String, Failure> {
        let limit = deadline.min(self.wiring.clock.now() + PRESENCE);
        let response = self.get("project/project-id", limit).await?;
        Ok(String::from_utf8_lossy(response.body()).trim().to_owned())
    }

    async fn fetch(&self, deadline: Instant) -> Result<Grant, Failure> {
        let scopes = match self.scopes.as_str() {
            "" => String::new(),
            scopes => format!("?scopes={}", encode(scopes)),
        };
        let path = format!("instance/service-accounts/default/token{scopes}");
        let response = self.get(&path, deadline).await?;
        grant(response.body(), &self.place())
    }

    async fn get(&self, path: &str, deadline: Instant) -> Result<Response<Bytes>, Failure> {
        let place = self.place();
        let request = http::Request::get(format!("http://{}/computeMetadata/v1/{path}", self.host))
            .header(FLAVOR, "Google")
            .header(http::header::USER_AGENT, crate::USER_AGENT)
            .body(Bytes::new())
            .map_err(|_| {
                let text = format!("\"{}\" is not host[:port] of a metadata server", self.host);
                Failure::new(Kind::Invalid, text)
            })?;
        let send = self.wiring.transport.send(request, deadline);
        let response = send.await.map_err(|error| lost(&error, &place))?;
        let flavor = response.headers().get(FLAVOR);
        if flavor.is_none_or(|flavor| flavor != "Google") {
            let text = format!(
                "{place} answered without the header Metadata-Flavor: Google; this is some other \
                 server (a captive portal?)"
            );
            return Err(Failure::new(Kind::Protocol, text));
        }
        let status = response.status();
        if status == StatusCode::OK { Ok(response) } else { Err(refusal(&place, &response)) }
    }

    fn place(&self) -> String {
        format!("the metadata server {}", self.host)
    }
}

#[async_trait]
impl TokenSource for MetadataServer {
    async fn token(&self, deadline: Instant) -> Result<SecretString, Failure> {
        let fetch = |deadline| persist(&self.wiring, deadline, |limit| self.fetch(limit));
        self.cache.get(&*self.wiring.clock, deadline, fetch).await
    }

    fn invalidate(&self, stale: &SecretString) {
        self.cache.invalidate(stale);
    }
}

fn refusal(place: &str, response: &Response<Bytes>) -> Failure {
    let status = response.status();
    let told = format!("{place} answered {status}: \"{}\"", excerpt(response.body(), 160));
    match status.as_u16() {
        404 => {
            let text = format!("{told}: this machine has no service account attached");
            Failure::new(Kind::Auth, text)
        }
        408 | 500..=599 => Failure::new(Kind::Unavailable, told).retry(Retry::Later),
        429 => Failure::new(Kind::RateLimited, told).retry(Retry::Later),
        _ => Failure::new(Kind::Auth, told),
    }
}
