//! Who is calling: bearer tokens given out here, the configured one, or a self-signed JWT.

use axum::http::{HeaderMap, header};

use super::clock::Clock;
use super::error::ApiError;
use super::jwt;
use super::request::Query;
use super::tokens::{Grant, Rejected, Service, Tokens, scope};
use crate::fault::Cloud;
use crate::fault::Faults;
use crate::key::ServiceKey;

/// Decides about credentials.
pub(crate) struct Access {
    pub(crate) tokens: Tokens,
    pub(crate) key: ServiceKey,
    pub(crate) clock: Clock,
    pub(crate) faults: Faults,
}

/// The part of a request that says who is calling.
#[derive(Debug, Clone, Default)]
pub(crate) struct Credentials {
    /// The bearer token, if any.
    bearer: Option<String>,
    /// The `Host` header: self-signed tokens may name it as their audience.
    host: String,
}

impl Credentials {
    pub(crate) fn of(headers: &HeaderMap, query: &Query) -> Self {
        let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
        let bearer = text(header::AUTHORIZATION).and_then(bearer);
        let parameter = || query.given("access_token").or_else(|| query.given("oauth_token"));
        Self {
            bearer: bearer.or_else(|| parameter().map(str::to_owned)),
            host: text(header::HOST).unwrap_or_default().to_owned(),
        }
    }

    /// The same caller with another `Authorization` header, if there is one.
    pub(crate) fn or(&self, authorization: Option<&str>) -> Self {
        let mut own = self.clone();
        if let Some(token) = authorization.and_then(bearer) {
            own.bearer = Some(token);
        }
        own
    }
}

impl Access {
    /// The caller's address, if the credentials allow a call that writes or only reads.
    pub(crate) fn admit(
        &self,
        who: &Credentials,
        service: Service,
        write: bool,
    ) -> Result<String, ApiError> {
        let Some(token) = &who.bearer else {
            return Err(ApiError::unauthenticated("CREDENTIALS_MISSING"));
        };
        if self.faults.token_revoked(Cloud::Google) {
            return Err(ApiError::unauthenticated("ACCESS_TOKEN_EXPIRED"));
        }
        let grant = match self.tokens.check(token) {
            Ok(grant) => grant,
            Err(_) if jwt::looks_like_one(token) => self.self_signed(token, &who.host, service)?,
            Err(Rejected::Unknown) if !token.starts_with("ya29.") => {
                return Err(ApiError::unauthenticated("ACCESS_TOKEN_TYPE_UNSUPPORTED"));
            }
            Err(Rejected::Expired | Rejected::Unknown) => {
                return Err(ApiError::unauthenticated("ACCESS_TOKEN_EXPIRED"));
            }
        };
        if !grant.covers(service, write) {
            return Err(ApiError::scope());
        }
        if write && self.faults.read_only(Cloud::Google) {
            return Err(ApiError::forbidden(&grant.user));
        }
        Ok(grant.user)
    }

    /// A JWT signed by the service account itself: either for this service, or with scopes.
    fn self_signed(&self, token: &str, host: &str, service: Service) -> Result<Grant, ApiError> {
        let refused = |_| ApiError::unauthenticated("ACCESS_TOKEN_EXPIRED");
        let claims = jwt::claims(token, &self.key, self.clock.seconds()).map_err(refused)?;
        let subject = &claims["sub"];
        let own = subject.is_null() || *subject == claims["iss"];
        let user = self.key.client_email().to_owned();
        let scopes = match (claims["aud"].as_str(), claims["scope"].as_str()) {
            (Some(audience), None) if for_this_service(audience, host, service) => {
                vec![scope::ALL.to_owned()]
            }
            (None, Some(scopes)) => scopes.split_whitespace().map(str::to_owned).collect(),
            _ => return Err(ApiError::unauthenticated("ACCESS_TOKEN_TYPE_UNSUPPORTED")),
        };
        if own {
            Ok(Grant { user, scopes })
        } else {
            Err(ApiError::unauthenticated("ACCESS_TOKEN_TYPE_UNSUPPORTED"))
        }
    }
}

fn bearer(authorization: &str) -> Option<String> {
    let (kind, token) = authorization.trim().split_once(' ')?;
    kind.eq_ignore_ascii_case("bearer").then(|| token.trim().to_owned())
}

fn for_this_service(audience: &str, host: &str, service: Service) -> bool {
    let rest = audience.strip_prefix("https://").or_else(|| audience.strip_prefix("http://"));
    let named = rest.map(|rest| rest.split('/').next().unwrap_or(rest));
    named.is_some_and(|named| {
        named == service.host() || named == "www.googleapis.com" || named == host
    })
}
