//! The token endpoint: one form posted, one token or an OAuth-shaped error back (RFC 6749
//! sections 5.1 and 5.2).
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::header::{ACCEPT, CONTENT_TYPE, USER_AGENT};
use http::{Response, StatusCode};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde_json::Value;

use super::Wiring;
use super::cache::Grant;
use crate::{
    Failure, Kind, Retry, TransportError, TransportErrorKind, clock_skew, encode, excerpt, scrub,
};

/// The longest one attempt may take.
const ATTEMPT: Duration = Duration::from_secs(10);

/// What to assume of a token that does not say how long it lives.
const SHORT_LIFE: Duration = Duration::from_secs(300);

/// Error codes that mean "try again" whatever the status (as in google-auth for Python).
const PASSING: [&str; 3] = ["internal_failure", "server_error", "temporarily_unavailable"];

/// A form to post for a token.
pub(super) struct Ask<'a> {
    pub(super) token_uri: &'a str,
    pub(super) form: &'a [(&'a str, &'a SecretString)],
    /// Whose credentials these are, for messages: "the key of dns@acme.iam.gserviceaccount.com".
    pub(super) whose: &'a str,
    /// What an operator should do when the credentials are refused.
    pub(super) remedy: &'a str,
}

/// Gets a token, trying again while that can help and the deadline allows it.
pub(super) async fn exchange(
    wiring: &Wiring,
    ask: &Ask<'_>,
    deadline: Instant,
) -> Result<Grant, Failure> {
    persist(wiring, deadline, |limit| attempt(wiring, ask, limit)).await
}

/// Repeats `attempt`, which gets its own deadline, with pauses as the wiring says.
pub(super) async fn persist<F, R>(
    wiring: &Wiring,
    deadline: Instant,
    attempt: F,
) -> Result<Grant, Failure>
where
    F: Fn(Instant) -> R,
    R: Future<Output = Result<Grant, Failure>>,
{
    let mut retry = 0;
    loop {
        let now = wiring.clock.now();
        if now >= deadline {
            let text = "the deadline passed before a token was asked for";
            return Err(Failure::new(Kind::Timeout, text).retry(Retry::Later));
        }
        let failure = match attempt(deadline.min(now + ATTEMPT)).await {
            Ok(grant) => return Ok(grant),
            Err(failure) => failure,
        };
        let pause = match failure.retry {
            Retry::Later => wiring.backoff.pause(retry),
            Retry::After(wait) => wait,
            Retry::Never | Retry::AfterReread => return Err(failure),
        };
        let at = wiring.clock.now().checked_add(pause).filter(|at| *at < deadline);
        let Some(at) = at.filter(|_| retry + 1 < wiring.backoff.attempts_max) else {
            return Err(failure);
        };
        wiring.clock.sleep_until(at).await;
        retry += 1;
    }
}

/// The failure of a token request that got no answer. A grant asked for twice does no harm, so it
/// never counts as applied.
pub(super) fn lost(error: &TransportError, where_from: &str) -> Failure {
    let (kind, retry) = match error.kind {
        TransportErrorKind::Connect | TransportErrorKind::Interrupted => {
            (Kind::Unavailable, Retry::Later)
        }
        TransportErrorKind::Timeout => (Kind::Timeout, Retry::Later),
        TransportErrorKind::Request => (Kind::Invalid, Retry::Never),
        TransportErrorKind::Response => (Kind::Protocol, Retry::Never),
    };
    Failure::new(kind, format!("no token from {where_from}: {error}")).retry(retry)
}

/// Reads `{"access_token": …, "expires_in": …}`; some services send the number as text.
pub(super) fn grant(body: &[u8], where_from: &str) -> Result<Grant, Failure> {
    #[derive(Deserialize)]
    struct Wire {
        access_token: String,
        #[serde(default)]
        expires_in: Value,
    }
    // The error of serde_json may quote the body, which may hold a token.
    let wire: Wire = serde_json::from_slice(body).map_err(|_| {
        let text = format!("{where_from} answered 200 without an access_token");
        Failure::new(Kind::Protocol, text)
    })?;
    let seconds = match &wire.expires_in {
        Value::Number(number) => number.as_f64(),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    };
    let lifetime = seconds.and_then(|s: f64| Duration::try_from_secs_f64(s).ok());
    // A day is beyond anything Google grants; more would only overflow something.
    let lifetime = lifetime.unwrap_or(SHORT_LIFE).min(Duration::from_secs(86_400));
    Ok(Grant { token: wire.access_token.into(), lifetime })
}

async fn attempt(wiring: &Wiring, ask: &Ask<'_>, deadline: Instant) -> Result<Grant, Failure> {
    let place = place(ask.token_uri);
    let pairs = ask.form.iter().map(|(k, v)| format!("{k}={}", encode(v.expose_secret())));
    let request = http::Request::post(ask.token_uri)
        .header(USER_AGENT, crate::USER_AGENT)
        .header(ACCEPT, "application/json")
        .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(Bytes::from(pairs.collect::<Vec<_>>().join("&")))
        .map_err(|_| Failure::new(Kind::Invalid, "the token_uri of the credentials is no URL"))?;
    let response = wiring.transport.send(request, deadline).await.map_err(|e| lost(&e, &place))?;
    if response.status() == StatusCode::OK {
        return grant(response.body(), &place);
    }
    let mut failure = refusal(wiring, ask, &place, &response);
    for (_, secret) in ask.form {
        failure.message = scrub(&failure.message, secret);
    }
    Err(failure)
}

fn refusal(wiring: &Wiring, ask: &Ask<'_>, place: &str, response: &Response<Bytes>) -> Failure {
    let status = response.status();
    let (code, description) = oauth_error(response.body());
    let told = match (&code, &description) {
        (Some(code), Some(text)) => format!("{code}: {text}"),
        (Some(text), None) | (None, Some(text)) => text.clone(),
        (None, None) => format!("HTTP {status}: \"{}\"", excerpt(response.body(), 160)),
    };
    let passing = matches!(status.as_u16(), 408 | 429 | 500 | 502 | 503 | 504)
        || code.as_deref().is_some_and(|code| PASSING.contains(&code));
    let mut failure = if passing {
        let text = format!("{place} is unwell ({told})");
        let wall = wiring.clock.wall();
        let retry = crate::retry_after(response.headers(), wall).map_or(Retry::Later, Retry::After);
        let limited = status == StatusCode::TOO_MANY_REQUESTS;
        let kind = if limited { Kind::RateLimited } else { Kind::Unavailable };
        Failure::new(kind, text).retry(retry)
    } else if status.is_redirection() {
        let text = format!("{place} answered with a redirect; it is not followed: check token_uri");
        Failure::new(Kind::Protocol, text)
    } else {
        let skew = clock_skew(response.headers(), wiring.clock.wall(), "Google's");
        let remedy = skew.unwrap_or_else(|| ask.remedy.to_owned());
        let text = format!("{place} refused {} ({told}): {remedy}", ask.whose);
        Failure::new(Kind::Auth, text)
    };
    failure.code = code;
    failure
}

/// The code and the description of an error answer: OAuth's shape, or that of Google's APIs.
fn oauth_error(body: &[u8]) -> (Option<String>, Option<String>) {
    let json: Value = serde_json::from_slice(body).unwrap_or_default();
    let text = |value: &Value| value.as_str().map(|s| excerpt(s.as_bytes(), 300));
    match &json["error"] {
        Value::Object(error) => {
            let field = |name| error.get(name).and_then(text);
            (field("status"), field("message"))
        }
        code => (text(code), text(&json["error_description"])),
    }
}

/// Host and port of a token endpoint, for messages.
fn place(uri: &str) -> String {
    let parsed = uri.parse::<http::Uri>().ok();
    let host = parsed.as_ref().and_then(http::Uri::authority).map(http::uri::Authority::as_str);
    host.map_or_else(
        || "the token endpoint".to_owned(),
        |host| format!("the token endpoint {host}"),
    )
}
