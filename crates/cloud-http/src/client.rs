//! A client of one vendor's JSON API: token, pacing, deadline, retry and failures as data.
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use bytes::Bytes;
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, LOCATION, USER_AGENT};
use http::{HeaderValue, Response};
use secrecy::{ExposeSecret, SecretString};
use serde::de::DeserializeOwned;

use crate::backoff::jitter;
use crate::{
    Backoff, Call, Clock, Effect, Error, Failure, Kind, Pacer, Request, Retry, SystemClock,
    TokenSource, Transport, TransportError, TransportErrorKind, date, excerpt, lenient, scrub,
};

/// What a vendor's error answers mean.
pub trait Vendor: std::fmt::Debug + Send + Sync {
    /// Turns a response with a status of 400 or more into a failure. `wall` is the local time of
    /// day, for naming a wrong clock.
    ///
    /// The client itself adds what is the same everywhere: `Retry-After`, "may have been applied"
    /// after a server error in a write, and the removal of the token from the message.
    fn failure(&self, response: &Response<Bytes>, wall: SystemTime) -> Failure;

    /// What to tell an operator whose request was answered with a redirect.
    fn redirect_advice(&self) -> &str {
        "check the base URL"
    }
}

/// Sends requests to one vendor with one set of credentials.
///
/// * Each attempt asks for a token, waits for the [`Pacer`] and then for the answer, all within
///   the call's deadline. Its own time limit is [`attempt_timeout`](Self::attempt_timeout).
/// * A request that changes something is never started after [`Call::write_before`] and gets at
///   most three quarters of the time left, so that a lost answer can still be read back.
/// * It is repeated when the failure says so and nothing has been changed, or the request is
///   declared repeatable. Between attempts: the server's `Retry-After`, else the back-off.
/// * A 401 forces one new token and one more attempt.
/// * Redirects are refused. A token in a message is masked.
///
/// Dropping a future before the request was sent changes nothing; later the effect is unknown.
#[derive(Clone, Debug)]
pub struct Client {
    provider: String,
    base: String,
    transport: Arc<dyn Transport>,
    tokens: Arc<dyn TokenSource>,
    vendor: Arc<dyn Vendor>,
    clock: Arc<dyn Clock>,
    pacer: Arc<Pacer>,
    backoff: Backoff,
    attempt_timeout: Duration,
    user_agent: String,
}

/// What one attempt came to, when not to an answer.
struct Miss {
    failure: Failure,
    /// The token a 401 refused.
    refused: Option<SecretString>,
}

impl From<Failure> for Miss {
    fn from(failure: Failure) -> Self {
        Self { failure, refused: None }
    }
}

impl Client {
    /// A client for the API at `base` (such as `https://api.hetzner.cloud/v1`), with the system's
    /// clock, no pacing and the default back-off. `provider` names it in errors.
    pub fn new(
        provider: impl Into<String>,
        base: &str,
        transport: Arc<dyn Transport>,
        tokens: Arc<dyn TokenSource>,
        vendor: Arc<dyn Vendor>,
    ) -> Self {
        Self {
            provider: provider.into(),
            base: base.trim_end_matches('/').to_owned(),
            transport,
            tokens,
            vendor,
            clock: Arc::new(SystemClock),
            pacer: Arc::new(Pacer::unlimited()),
            backoff: Backoff::default(),
            attempt_timeout: Duration::from_secs(10),
            user_agent: crate::USER_AGENT.to_owned(),
        }
    }

    /// The same client with another clock.
    #[must_use]
    pub fn with_clock(self, clock: Arc<dyn Clock>) -> Self {
        Self { clock, ..self }
    }

    /// The same client, paced. Clients with the same credentials share one pacer.
    #[must_use]
    pub fn with_pacer(self, pacer: Arc<Pacer>) -> Self {
        Self { pacer, ..self }
    }

    /// The same client with another back-off.
    #[must_use]
    pub fn with_backoff(self, backoff: Backoff) -> Self {
        Self { backoff, ..self }
    }

    /// The same client with another time limit for one attempt; the default is 10 s.
    #[must_use]
    pub fn attempt_timeout(self, attempt_timeout: Duration) -> Self {
        Self { attempt_timeout, ..self }
    }

    /// The same client with another `User-Agent`; the default is [`crate::USER_AGENT`].
    #[must_use]
    pub fn user_agent(self, user_agent: impl Into<String>) -> Self {
        Self { user_agent: user_agent.into(), ..self }
    }

    /// The name this client has in errors.
    pub fn provider(&self) -> &str {
        &self.provider
    }

    /// The clock deadlines are measured on.
    pub fn clock(&self) -> &dyn Clock {
        &*self.clock
    }

    /// A failure of this client's provider as an error.
    pub fn error(&self, operation: impl Into<String>, failure: Failure) -> Error {
        Error::new(&self.provider, operation, failure)
    }

    /// Sends `request` and returns the answer, whose status is 200 to 299.
    pub async fn send(&self, request: &Request, call: Call) -> Result<Response<Bytes>, Error> {
        self.exchange(request, call).await.map_err(|f| self.error(&request.operation, f))
    }

    /// Sends `request` and reads the answer's JSON, in which a `null` counts as missing (see
    /// [`lenient`]). An answer that is not understood is a [`Kind::Protocol`] failure, and leaves
    /// a write's effect unknown.
    pub async fn json<T: DeserializeOwned>(
        &self,
        request: &Request,
        call: Call,
    ) -> Result<T, Error> {
        let response = self.send(request, call).await?;
        lenient::from_slice(response.body()).map_err(|why| {
            let body = excerpt(response.body(), 120);
            let text = format!("the answer was not understood: {why}; it begins \"{body}\"");
            let failure = after_write(request, Failure::new(Kind::Protocol, text));
            self.error(&request.operation, failure)
        })
    }

    async fn exchange(&self, request: &Request, call: Call) -> Result<Response<Bytes>, Failure> {
        let mut retries = 0;
        let mut renewed = false;
        let mut maybe_applied = false;
        loop {
            let Miss { mut failure, refused } = match self.attempt(request, call).await {
                Ok(response) => return Ok(response),
                Err(miss) => miss,
            };
            maybe_applied |= failure.effect == Effect::MaybeApplied;
            if maybe_applied {
                failure = failure.maybe_applied();
            }
            if let Some(stale) = refused.filter(|_| !renewed) {
                renewed = true;
                if self.renew(&stale, call).await? {
                    continue;
                }
            }
            let Some(at) = self.next_attempt(request, call, &failure, retries) else {
                return Err(conclude(failure, retries));
            };
            tracing::debug!(provider = self.provider, operation = request.operation, retries,
                %failure, "trying again");
            self.clock.sleep_until(at).await;
            retries += 1;
        }
    }

    /// Whether there is another token than the one refused.
    async fn renew(&self, stale: &SecretString, call: Call) -> Result<bool, Failure> {
        self.tokens.invalidate(stale);
        let fresh = self.tokens.token(call.deadline).await?;
        Ok(fresh.expose_secret() != stale.expose_secret())
    }

    /// When to try again, if at all.
    fn next_attempt(
        &self,
        request: &Request,
        call: Call,
        failure: &Failure,
        retries: u32,
    ) -> Option<Instant> {
        let pause = match failure.retry {
            Retry::Later => self.backoff.pause(retries),
            // Everyone else was told the same moment.
            Retry::After(wait) => wait.saturating_add(jitter(self.backoff.first.min(wait))),
            Retry::Never | Retry::AfterReread => return None,
        };
        let harmless = request.repeatable || failure.effect == Effect::NotApplied;
        if request.once || !harmless || retries + 1 >= self.backoff.attempts_max {
            return None;
        }
        let limit = if request.writes { call.write_deadline() } else { call.deadline };
        self.clock.now().checked_add(pause).filter(|at| *at < limit)
    }

    async fn attempt(&self, request: &Request, call: Call) -> Result<Response<Bytes>, Miss> {
        let token = self.tokens.token(call.deadline).await?;
        let limit = if request.writes { call.write_deadline() } else { call.deadline };
        self.pacer.acquire(self.clock(), request.urgent, limit).await?;
        let wire = self.wire(request, &token)?;
        let deadline = self.admit(request, call)?;
        let sent = self.clock.now();
        let response = match self.transport.send(wire, deadline).await {
            Ok(response) => response,
            Err(error) => {
                let failure = lost(request, &error);
                return Err(self.masked(failure, &token).into());
            }
        };
        let status = response.status();
        tracing::debug!(provider = self.provider, operation = request.operation,
            status = status.as_u16(), took = ?self.clock.now().saturating_duration_since(sent));
        self.pacer.observe(self.clock(), response.headers());
        if status.is_success() {
            return Ok(response);
        }
        let failure = self.refusal(request, &response);
        if failure.kind == Kind::RateLimited {
            self.pacer.drain(self.clock());
        }
        let refused = (status == http::StatusCode::UNAUTHORIZED).then(|| token.clone());
        Err(Miss { failure: self.masked(failure, &token), refused })
    }

    /// The moment by which an attempt that starts now must have ended, or why it must not start.
    fn admit(&self, request: &Request, call: Call) -> Result<Instant, Failure> {
        let now = self.clock.now();
        if now >= call.deadline {
            return Err(Failure::new(Kind::Timeout, "the deadline passed before the request"));
        }
        let own = now + self.attempt_timeout;
        if !request.writes {
            return Ok(own.min(call.deadline));
        }
        if call.dry_run {
            return Err(Failure::new(Kind::Unsupported, "a dry run changes nothing; not sent"));
        }
        if !call.may_write(now) {
            let text = "the time in which changes are allowed ended before the request; not sent";
            return Err(Failure::new(Kind::Expired, text));
        }
        let leaves_time = now + (call.deadline - now) * 3 / 4;
        Ok(own.min(leaves_time).min(call.write_deadline()))
    }

    fn wire(
        &self,
        request: &Request,
        token: &SecretString,
    ) -> Result<http::Request<Bytes>, Failure> {
        let wrong = |why: String| Failure::new(Kind::Invalid, why);
        let bearer = format!("Bearer {}", token.expose_secret());
        let mut bearer = HeaderValue::try_from(bearer).map_err(|_| {
            let text = "the token holds a character that cannot stand in a header (a line break?)";
            Failure::new(Kind::Auth, text)
        })?;
        bearer.set_sensitive(true);
        let mut wire = http::Request::builder()
            .method(&request.method)
            .uri(format!("{}{}", self.base, request.path))
            .header(USER_AGENT, &self.user_agent)
            .header(ACCEPT, "application/json")
            .header(AUTHORIZATION, bearer);
        for (name, value) in &self.tokens.headers() {
            wire = wire.header(name, value);
        }
        let body = match &request.body {
            None => Bytes::new(),
            Some(json) => {
                wire = wire.header(CONTENT_TYPE, "application/json");
                serde_json::to_vec(json).map_err(|e| wrong(e.to_string()))?.into()
            }
        };
        wire.body(body).map_err(|why| wrong(format!("the request cannot be made: {why}")))
    }

    fn refusal(&self, request: &Request, response: &Response<Bytes>) -> Failure {
        let status = response.status();
        if status.is_redirection() {
            return redirected(response, self.vendor.redirect_advice());
        }
        let wall = self.clock.wall();
        let mut failure = self.vendor.failure(response, wall);
        if let (Retry::Later, Some(wait)) =
            (failure.retry, date::retry_after(response.headers(), wall))
        {
            failure.retry = Retry::After(wait);
        }
        if status.is_server_error() || status == http::StatusCode::REQUEST_TIMEOUT {
            failure = after_write(request, failure);
        }
        failure
    }

    fn masked(&self, mut failure: Failure, token: &SecretString) -> Failure {
        failure.message = scrub(&failure.message, token);
        failure.code = failure.code.map(|code| scrub(&code, token));
        failure
    }
}

/// A write whose request reached the server and whose answer says nothing about its effect.
fn after_write(request: &Request, failure: Failure) -> Failure {
    if request.writes { failure.maybe_applied() } else { failure }
}

fn lost(request: &Request, error: &TransportError) -> Failure {
    let (kind, retry) = match error.kind {
        TransportErrorKind::Connect | TransportErrorKind::Interrupted => {
            (Kind::Unavailable, Retry::Later)
        }
        TransportErrorKind::Timeout => (Kind::Timeout, Retry::Later),
        TransportErrorKind::Request => (Kind::Invalid, Retry::Never),
        TransportErrorKind::Response => (Kind::Protocol, Retry::Never),
    };
    let failure = Failure::new(kind, &error.message).retry(retry);
    if error.maybe_sent() { after_write(request, failure) } else { failure }
}

fn redirected(response: &Response<Bytes>, advice: &str) -> Failure {
    let to = response.headers().get(LOCATION).and_then(|to| to.to_str().ok());
    let to = to.and_then(|to| to.parse::<http::Uri>().ok());
    let host = to.as_ref().and_then(http::Uri::host).unwrap_or("an unnamed place");
    let text = format!(
        "the server answered {} with a redirect to {host}; redirects are not followed, since one \
         would hand over the token: {advice}",
        response.status().as_u16()
    );
    Failure::new(Kind::Protocol, text)
}

fn conclude(mut failure: Failure, retries: u32) -> Failure {
    if retries > 0 {
        failure.message = format!("{}, after {} attempts", failure.message, retries + 1);
    }
    failure
}
