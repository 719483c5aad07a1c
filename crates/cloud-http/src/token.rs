//! Where a client gets its bearer token from.
use std::fmt::Debug;
use std::time::Instant;

use async_trait::async_trait;
use secrecy::SecretString;

use crate::Failure;

/// Supplies bearer tokens, fetching and renewing them as it must.
#[async_trait]
pub trait TokenSource: Debug + Send + Sync {
    /// A token that is valid now, or why there is none by `deadline`.
    async fn token(&self, deadline: Instant) -> Result<SecretString, Failure>;

    /// Forgets `stale`, which a server has just refused. Does nothing when another token has
    /// taken its place meanwhile.
    fn invalidate(&self, stale: &SecretString);

    /// What else every request must carry, such as Google's `x-goog-user-project`.
    fn headers(&self) -> http::HeaderMap {
        http::HeaderMap::new()
    }
}

/// One token for ever, such as a Hetzner project's.
#[derive(Clone, Debug)]
pub struct StaticToken(SecretString);

impl StaticToken {
    /// The source of `token`.
    pub fn new(token: SecretString) -> Self {
        Self(token)
    }
}

#[async_trait]
impl TokenSource for StaticToken {
    async fn token(&self, _deadline: Instant) -> Result<SecretString, Failure> {
        Ok(self.0.clone())
    }

    fn invalidate(&self, _stale: &SecretString) {}
}
