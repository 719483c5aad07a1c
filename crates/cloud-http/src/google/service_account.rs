//! Tokens for a service-account key: the JWT bearer grant at the key's own `token_uri`.
use std::time::Instant;

use async_trait::async_trait;
use http::{HeaderMap, HeaderValue};
use secrecy::SecretString;

use super::cache::TokenCache;
use super::oauth::{Ask, exchange};
use super::{ServiceAccountKey, Wiring};
use crate::{Failure, TokenSource};

/// Exchanges a service-account key for tokens and keeps them fresh.
#[derive(Debug)]
pub struct ServiceAccount {
    key: ServiceAccountKey,
    scopes: String,
    wiring: Wiring,
    cache: TokenCache,
}

impl ServiceAccount {
    /// Tokens of `key` that are good for `scopes`.
    pub fn new(key: ServiceAccountKey, scopes: &[&str], wiring: Wiring) -> Self {
        Self { key, scopes: scopes.join(" "), wiring, cache: TokenCache::of_new_tokens() }
    }
}

#[async_trait]
impl TokenSource for ServiceAccount {
    async fn token(&self, deadline: Instant) -> Result<SecretString, Failure> {
        let fetch = |deadline| async move {
            let assertion = self.key.assertion(&self.scopes, self.wiring.clock.wall())?;
            let grant_type = "urn:ietf:params:oauth:grant-type:jwt-bearer".into();
            let ask = Ask {
                token_uri: &self.key.token_uri,
                form: &[("grant_type", &grant_type), ("assertion", &assertion)],
                whose: &format!("the key of {}", self.key.client_email),
                remedy: "is the key deleted, or the account disabled? Create a new key if so",
            };
            exchange(&self.wiring, &ask, deadline).await
        };
        self.cache.get(&*self.wiring.clock, deadline, fetch).await
    }

    fn invalidate(&self, stale: &SecretString) {
        self.cache.invalidate(stale);
    }

    fn headers(&self) -> HeaderMap {
        user_project(self.key.quota_project_id.as_deref())
    }
}

/// The header that names the project whose quota a request counts against.
pub(super) fn user_project(project: Option<&str>) -> HeaderMap {
    let value = project.and_then(|project| HeaderValue::from_str(project).ok());
    value.into_iter().map(|v| (http::HeaderName::from_static("x-goog-user-project"), v)).collect()
}
