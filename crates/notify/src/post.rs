//! One HTTP request to a service that tells people, and what its answer means.
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use cloud_http::{
    Clock, Failure, Kind, Retry, SystemClock, Transport, TransportErrorKind, excerpt, retry_after,
    scrub,
};
use http::header::{CONTENT_TYPE, LOCATION};
use http::{HeaderValue, Method, Request, Response, StatusCode};
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;

/// How much of an answer is shown to an operator.
const SHOWN: usize = 160;

/// Sends requests and reads what services of this sort answer alike.
#[derive(Clone, Debug)]
pub(crate) struct Post {
    transport: Arc<dyn Transport>,
    clock: Arc<dyn Clock>,
    /// What must not stand in any text.
    secrets: Vec<SecretString>,
}

impl Post {
    pub(crate) fn new(transport: Arc<dyn Transport>, secrets: Vec<SecretString>) -> Self {
        Self { transport, clock: Arc::new(SystemClock), secrets }
    }

    /// Sends `body` as JSON. `url` is not shown to anybody.
    pub(crate) async fn json(
        &self,
        method: Method,
        url: &str,
        token: Option<&SecretString>,
        body: &Value,
        deadline: Instant,
    ) -> Result<Response<Bytes>, Failure> {
        let request =
            Request::builder().method(method).uri(url).header(CONTENT_TYPE, "application/json");
        let request = match token {
            Some(token) => request.header(http::header::AUTHORIZATION, bearer(token)?),
            None => request,
        };
        self.send(request, body.to_string().into(), deadline).await
    }

    /// Sends a request as it is.
    pub(crate) async fn send(
        &self,
        request: http::request::Builder,
        body: Bytes,
        deadline: Instant,
    ) -> Result<Response<Bytes>, Failure> {
        // The cause could quote the URL, and some URLs are secrets.
        let request = request.body(body).map_err(|_| {
            Failure::new(Kind::Invalid, "the request cannot be made: the URL is none")
        })?;
        let sent = self.transport.send(request, deadline).await;
        let answer = sent.map_err(|error| {
            let (kind, retry) = match error.kind {
                TransportErrorKind::Timeout => (Kind::Timeout, Retry::Later),
                TransportErrorKind::Request => (Kind::Invalid, Retry::Never),
                TransportErrorKind::Response => (Kind::Protocol, Retry::Later),
                _ => (Kind::Unavailable, Retry::Later),
            };
            let failure = Failure::new(kind, self.clean(&error.message)).retry(retry);
            if error.maybe_sent() { failure.maybe_applied() } else { failure }
        })?;
        if answer.status().is_success() { Ok(answer) } else { Err(self.refusal(&answer)) }
    }

    fn refusal(&self, answer: &Response<Bytes>) -> Failure {
        let status = answer.status();
        let wait = self.wait(answer);
        let (kind, retry) = match status {
            StatusCode::TOO_MANY_REQUESTS => (Kind::RateLimited, Retry::Later),
            StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_EARLY => (Kind::Timeout, Retry::Later),
            StatusCode::UNAUTHORIZED => (Kind::Auth, Retry::Never),
            StatusCode::FORBIDDEN => (Kind::Forbidden, Retry::Never),
            StatusCode::NOT_FOUND | StatusCode::GONE => (Kind::NotFound, Retry::Never),
            status if status.is_server_error() => (Kind::Unavailable, Retry::Later),
            status if status.is_redirection() => (Kind::Protocol, Retry::Never),
            _ => (Kind::Invalid, Retry::Never),
        };
        let retry = match (retry, wait) {
            (Retry::Later, Some(wait)) => Retry::After(wait),
            (retry, _) => retry,
        };
        let said = self.clean(&excerpt(answer.body(), SHOWN));
        let mut text = format!("answered {}", status.as_u16());
        if status.is_redirection() {
            let to = answer.headers().get(LOCATION).and_then(|to| to.to_str().ok());
            let to = to.and_then(|to| to.parse::<http::Uri>().ok());
            let host = to.as_ref().and_then(http::Uri::host).unwrap_or("an unnamed place");
            text = format!("{text}, a redirect to {host}; write the URL it ends at");
        } else if !said.is_empty() {
            text = format!("{text}: {said}");
        }
        let failure = Failure::new(kind, text).retry(retry);
        if status.is_server_error() { failure.maybe_applied() } else { failure }
    }

    /// How long to wait: the header, or what Matrix and Telegram write into the body.
    fn wait(&self, answer: &Response<Bytes>) -> Option<Duration> {
        let header = retry_after(answer.headers(), self.clock.wall());
        header.or_else(|| {
            let body: Value = serde_json::from_slice(answer.body()).ok()?;
            let seconds = body["parameters"]["retry_after"].as_u64().map(Duration::from_secs);
            seconds.or_else(|| body["retry_after_ms"].as_u64().map(Duration::from_millis))
        })
    }

    fn clean(&self, text: &str) -> String {
        self.secrets.iter().fold(text.to_owned(), |text, secret| scrub(&text, secret))
    }
}

/// The URL that a secret is, if it is one.
pub(crate) fn url_in(secret: &SecretString) -> Option<http::Uri> {
    let uri: http::Uri = secret.expose_secret().parse().ok()?;
    (uri.scheme().is_some() && uri.host().is_some()).then_some(uri)
}

/// A part of a URL at least this long may be the secret in it.
const PART: usize = 8;

/// What must not be shown of a URL that is a secret: an answer may quote all of its path, or the one
/// part that counts.
pub(crate) fn secrets_of(uri: &http::Uri) -> Vec<SecretString> {
    let whole = uri.path_and_query().map_or("", |path| path.as_str()).trim_matches('/');
    let parts = whole.split(['/', '?', '&', '=']).filter(|part| part.len() >= PART);
    // The whole first: without it, a part that is left over would still be told from its neighbours.
    let all = [whole].into_iter().chain(parts).filter(|part| !part.is_empty());
    all.map(|part| SecretString::from(part.to_owned())).collect()
}

/// The header of a token.
pub(crate) fn bearer(token: &SecretString) -> Result<HeaderValue, Failure> {
    let value = HeaderValue::try_from(format!("Bearer {}", token.expose_secret()));
    let mut value = value.map_err(|_| {
        Failure::new(Kind::Auth, "the token holds a character that cannot stand in a header")
    })?;
    value.set_sensitive(true);
    Ok(value)
}

/// The beginning of `text`, at most `max` characters.
pub(crate) fn cut(text: &str, max: usize) -> String {
    if text.chars().count() <= max {
        return text.to_owned();
    }
    let kept: String = text.chars().take(max.saturating_sub(1)).collect();
    format!("{kept}…")
}
