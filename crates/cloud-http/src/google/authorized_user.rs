//! Tokens for a user's refresh token, as `gcloud auth application-default login` stores it.
use std::fmt;
use std::time::Instant;

use async_trait::async_trait;
use http::HeaderMap;
use secrecy::SecretString;
use serde_json::Value;

use super::cache::TokenCache;
use super::credentials::{optional, required, typed};
use super::oauth::{Ask, exchange};
use super::service_account::user_project;
use super::{TOKEN_URI, Wiring};
use crate::{Failure, Kind, TokenSource};

/// A user's refresh token and what belongs to it. `Debug` prints no secret.
#[derive(Clone)]
pub struct UserCredentials {
    /// The project whose quota requests count against.
    pub quota_project_id: Option<String>,
    /// Where the refresh token is exchanged.
    pub token_uri: String,
    client_id: SecretString,
    client_secret: SecretString,
    refresh_token: SecretString,
}

impl UserCredentials {
    /// Reads the JSON of an `authorized_user` file.
    pub fn from_json(text: &str) -> Result<Self, Failure> {
        let (kind, json) = typed(text)?;
        if kind != "authorized_user" {
            let text = format!("this is a credential of type \"{kind}\", not \"authorized_user\"");
            return Err(Failure::new(Kind::Invalid, text));
        }
        Self::from_value(&json)
    }

    pub(super) fn from_value(json: &Value) -> Result<Self, Failure> {
        let secret = |name| required(json, name).map(SecretString::from);
        Ok(Self {
            quota_project_id: optional(json, "quota_project_id"),
            token_uri: optional(json, "token_uri").unwrap_or_else(|| TOKEN_URI.to_owned()),
            client_id: secret("client_id")?,
            client_secret: secret("client_secret")?,
            refresh_token: secret("refresh_token")?,
        })
    }
}

impl fmt::Debug for UserCredentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UserCredentials")
            .field("quota_project_id", &self.quota_project_id)
            .field("token_uri", &self.token_uri)
            .finish_non_exhaustive()
    }
}

/// Exchanges a user's refresh token for access tokens and keeps them fresh. Its scopes were fixed
/// when the user logged in.
#[derive(Debug)]
pub struct AuthorizedUser {
    user: UserCredentials,
    wiring: Wiring,
    cache: TokenCache,
}

impl AuthorizedUser {
    /// Tokens of `user`.
    pub fn new(user: UserCredentials, wiring: Wiring) -> Self {
        Self { user, wiring, cache: TokenCache::of_new_tokens() }
    }
}

#[async_trait]
impl TokenSource for AuthorizedUser {
    async fn token(&self, deadline: Instant) -> Result<SecretString, Failure> {
        let fetch = |deadline| async move {
            let grant_type = "refresh_token".into();
            let ask = Ask {
                token_uri: &self.user.token_uri,
                form: &[
                    ("grant_type", &grant_type),
                    ("client_id", &self.user.client_id),
                    ("client_secret", &self.user.client_secret),
                    ("refresh_token", &self.user.refresh_token),
                ],
                whose: "the user's refresh token",
                remedy: "log in again with `gcloud auth application-default login`",
            };
            exchange(&self.wiring, &ask, deadline).await
        };
        self.cache.get(&*self.wiring.clock, deadline, fetch).await
    }

    fn invalidate(&self, stale: &SecretString) {
        self.cache.invalidate(stale);
    }

    fn headers(&self) -> HeaderMap {
        user_project(self.user.quota_project_id.as_deref())
    }
}
