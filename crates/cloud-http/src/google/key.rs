//! A service-account key, as Google's console hands it out.
use std::fmt;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::crypto::aws_lc;
use jsonwebtoken::{Algorithm, EncodingKey};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};

use super::TOKEN_URI;
use super::credentials::{optional, required, typed};
use crate::{Failure, Kind};

/// How long an assertion is good for; Google allows at most an hour.
const LIFETIME: Duration = Duration::from_secs(3600);

/// How far an assertion is dated back, for clocks that differ a little.
const BACKDATED: Duration = Duration::from_secs(10);

/// A service account's private key and what belongs to it. `Debug` does not print the key.
#[derive(Clone)]
pub struct ServiceAccountKey {
    /// The account: `dns@acme.iam.gserviceaccount.com`.
    pub client_email: String,
    /// Where the key is exchanged for a token.
    pub token_uri: String,
    /// The account's own project, if the file names it. Zones may be in another one.
    pub project_id: Option<String>,
    /// Which of the account's keys this is.
    pub private_key_id: Option<String>,
    /// The project whose quota requests count against, if it is another one.
    pub quota_project_id: Option<String>,
    key: EncodingKey,
}

impl ServiceAccountKey {
    /// Reads a key file's JSON. Old files without `project_id` or `token_uri` are accepted; any
    /// other `type` than `service_account` is refused by name.
    pub fn from_json(text: &str) -> Result<Self, Failure> {
        let (kind, json) = typed(text)?;
        if kind != "service_account" {
            let text = format!(
                "this is a credential of type \"{kind}\"; a service-account key is needed here \
                 (type \"service_account\")"
            );
            return Err(Failure::new(Kind::Invalid, text));
        }
        Self::from_value(&json)
    }

    pub(super) fn from_value(json: &Value) -> Result<Self, Failure> {
        let pem = SecretString::from(required(json, "private_key")?);
        let bad = |_| {
            let text = "the private_key of the service-account key is not an RSA key in PEM form \
                        (were its line breaks \\n escaped twice?)";
            Failure::new(Kind::Invalid, text)
        };
        let key = EncodingKey::from_rsa_pem(pem.expose_secret().as_bytes()).map_err(bad)?;
        let key = Self {
            client_email: required(json, "client_email")?,
            token_uri: optional(json, "token_uri").unwrap_or_else(|| TOKEN_URI.to_owned()),
            project_id: optional(json, "project_id"),
            private_key_id: optional(json, "private_key_id"),
            quota_project_id: optional(json, "quota_project_id"),
            key,
        };
        // A key that cannot sign should be told now, not in the first failover.
        key.sign("probe").map_err(bad)?;
        Ok(key)
    }

    /// A signed statement by the account that it wants a token for `scopes` (RFC 7523 section 3).
    pub(super) fn assertion(
        &self,
        scopes: &str,
        wall: SystemTime,
    ) -> Result<SecretString, Failure> {
        let now = wall.duration_since(UNIX_EPOCH).map_err(|_| {
            Failure::new(Kind::Auth, "this machine's clock stands before 1970: set it")
        })?;
        let issued = now.saturating_sub(BACKDATED).as_secs();
        let mut header = json!({ "alg": "RS256", "typ": "JWT" });
        if let Some(id) = &self.private_key_id {
            header["kid"] = json!(id);
        }
        let claims = json!({
            "iss": self.client_email,
            "scope": scopes,
            "aud": self.token_uri,
            "iat": issued,
            "exp": issued + LIFETIME.as_secs(),
        });
        let part = |json: Value| URL_SAFE_NO_PAD.encode(json.to_string());
        let message = format!("{}.{}", part(header), part(claims));
        let signature = self.sign(&message).map_err(|_| {
            Failure::new(Kind::Auth, "the service-account key does not sign: is it damaged?")
        })?;
        Ok(format!("{message}.{signature}").into())
    }

    /// The RS256 signature of `message`, base64url.
    ///
    /// The provider is named here: the crate's default panics when some other dependency switches
    /// on its other cryptography too.
    fn sign(&self, message: &str) -> Result<String, jsonwebtoken::errors::Error> {
        let signer = (aws_lc::DEFAULT_PROVIDER.signer_factory)(&Algorithm::RS256, &self.key)?;
        let signature = signer.try_sign(message.as_bytes()).map_err(|_| {
            jsonwebtoken::errors::new_error(jsonwebtoken::errors::ErrorKind::InvalidRsaKey(
                "it does not sign".to_owned(),
            ))
        })?;
        Ok(URL_SAFE_NO_PAD.encode(signature))
    }
}

impl fmt::Debug for ServiceAccountKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ServiceAccountKey")
            .field("client_email", &self.client_email)
            .field("token_uri", &self.token_uri)
            .field("project_id", &self.project_id)
            .finish_non_exhaustive()
    }
}
