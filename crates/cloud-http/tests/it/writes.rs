//! Requests that change something: when they start, when they are repeated, and what is known
//! about their effect afterwards.
use std::sync::Arc;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use cloud_http::{
    Backoff, Call, Client, Clock, Effect, Failure, Kind, Request, TokenSource, Transport,
    TransportError, TransportErrorKind,
};
use http::Method;
use secrecy::{ExposeSecret, SecretString};
use std::sync::Mutex;

use crate::server::{Server, answer};
use crate::support::{PlainVendor, SkipClock, call, client, static_token, transport};

fn write() -> Request {
    Request::write("change the thing", Method::PUT, "/thing")
}

#[tokio::test]
async fn a_write_is_not_repeated_after_a_server_error_and_may_have_been_applied() {
    for status in [408, 500, 502, 503, 504] {
        let server = Server::start(move |_, _| answer(status, &[], "unwell")).await;
        let error = client(&server.url).send(&write(), call()).await.unwrap_err();
        assert_eq!(server.seen().len(), 1, "{status}");
        assert_eq!(error.failure.effect, Effect::MaybeApplied, "{status}");
    }
}

#[tokio::test]
async fn a_write_refused_for_haste_is_repeated_and_certainly_not_applied() {
    let server = Server::start(|n, _| answer(if n < 2 { 429 } else { 200 }, &[], "")).await;
    client(&server.url).send(&write(), call()).await.unwrap();
    assert_eq!(server.seen().len(), 3);
    let server = Server::start(|_, _| answer(429, &[], "no")).await;
    let error = client(&server.url).send(&write(), call()).await.unwrap_err();
    assert_eq!(error.failure.effect, Effect::NotApplied);
    assert_eq!(server.seen().len(), 10);
}

#[tokio::test]
async fn a_repeatable_write_is_repeated_and_an_unclear_attempt_is_not_forgotten() {
    let server = Server::start(|n, _| match n {
        0 => answer(500, &[], "unwell"),
        _ => answer(412, &[], "somebody else was here"),
    })
    .await;
    let error = client(&server.url).send(&write().repeatable(), call()).await.unwrap_err();
    assert_eq!(server.seen().len(), 2);
    assert_eq!((error.failure.kind, error.failure.effect), (Kind::Changed, Effect::MaybeApplied));
}

#[tokio::test]
async fn a_refusal_leaves_no_doubt_about_the_effect() {
    let server = Server::start(|_, _| answer(412, &[], "no")).await;
    let error = client(&server.url).send(&write(), call()).await.unwrap_err();
    assert_eq!(error.failure.effect, Effect::NotApplied);
}

#[tokio::test]
async fn no_write_starts_after_the_lease() {
    let server = Server::start(|_, _| answer(200, &[], "")).await;
    let ended = call().write_before(Instant::now());
    let error = client(&server.url).send(&write(), ended).await.unwrap_err();
    assert_eq!((error.failure.kind, error.failure.effect), (Kind::Expired, Effect::NotApplied));
    assert_eq!(server.seen().len(), 0);
    let read = Request::read("read the thing", "/thing");
    client(&server.url).send(&read, ended).await.unwrap();
}

#[tokio::test]
async fn no_write_is_repeated_after_the_lease() {
    let clock = SkipClock::new();
    let server = Server::start(|_, _| answer(429, &[("retry-after", "10")], "no")).await;
    let lease = call().write_before(clock.now() + Duration::from_secs(15));
    let client = client(&server.url).with_clock(clock);
    let error = client.send(&write(), lease).await.unwrap_err();
    assert_eq!(error.failure.kind, Kind::RateLimited);
    assert_eq!(server.seen().len(), 2);
}

#[tokio::test]
async fn a_write_under_way_is_given_up_when_the_lease_ends() {
    let sent: Arc<Mutex<Vec<Instant>>> = Arc::default();
    let stub = Arc::new(Silent { sent: Arc::clone(&sent), kind: TransportErrorKind::Timeout });
    let client = Client::new("acme", "https://x", stub, static_token(), Arc::new(PlainVendor));
    let end = Instant::now() + Duration::from_secs(5);
    let error = client.send(&write(), call().write_before(end)).await.unwrap_err();
    assert_eq!((error.failure.kind, error.failure.effect), (Kind::Timeout, Effect::MaybeApplied));
    assert_eq!(*sent.lock().unwrap(), [end]);
}

#[tokio::test]
async fn a_write_without_an_answer_leaves_time_to_read_back() {
    let sent: Arc<Mutex<Vec<Instant>>> = Arc::default();
    let stub = Arc::new(Silent { sent: Arc::clone(&sent), kind: TransportErrorKind::Timeout });
    let clock = SkipClock::new();
    let start = clock.now();
    let call = Call::until(start + Duration::from_secs(40));
    let client = Client::new("acme", "https://x", stub, static_token(), Arc::new(PlainVendor))
        .with_clock(clock)
        .attempt_timeout(Duration::from_secs(3600));
    let error = client.send(&write(), call).await.unwrap_err();
    assert_eq!((error.failure.kind, error.failure.effect), (Kind::Timeout, Effect::MaybeApplied));
    assert_eq!(*sent.lock().unwrap(), [start + Duration::from_secs(30)]);
}

#[tokio::test]
async fn the_kind_of_loss_says_whether_a_write_may_have_been_applied() {
    use TransportErrorKind::{Connect, Interrupted, Request as Bad, Response, Timeout};
    for (kind, effect, failure) in [
        (Connect, Effect::NotApplied, Kind::Unavailable),
        (Interrupted, Effect::MaybeApplied, Kind::Unavailable),
        (Timeout, Effect::MaybeApplied, Kind::Timeout),
        (Bad, Effect::NotApplied, Kind::Invalid),
        (Response, Effect::MaybeApplied, Kind::Protocol),
    ] {
        let stub = Arc::new(Silent { sent: Arc::default(), kind });
        let client = Client::new("acme", "https://x", stub, static_token(), Arc::new(PlainVendor))
            .with_backoff(Backoff::new(Duration::ZERO, Duration::ZERO, 2));
        let error = client.send(&write(), call()).await.unwrap_err();
        assert_eq!((error.failure.kind, error.failure.effect), (failure, effect), "{kind:?}");
        let read = Request::read("read", "/");
        let error = client.send(&read, call()).await.unwrap_err();
        assert_eq!(error.failure.effect, Effect::NotApplied, "{kind:?}");
    }
}

#[tokio::test]
async fn a_dry_run_sends_no_write() {
    let server = Server::start(|_, _| answer(200, &[], "")).await;
    let error = client(&server.url).send(&write(), call().dry_run()).await.unwrap_err();
    assert!(error.to_string().contains("dry run"), "{error}");
    assert_eq!(server.seen().len(), 0);
}

#[tokio::test]
async fn a_401_forces_one_new_token_and_one_more_attempt() {
    let server = Server::start(|_, seen| {
        let new = seen.header("authorization") == "Bearer token-number-2";
        answer(if new { 200 } else { 401 }, &[], "no")
    })
    .await;
    let tokens = Arc::new(Counted::default());
    client_with(&server.url, &tokens).send(&write(), call()).await.unwrap();
    assert_eq!(server.seen().len(), 2);
}

#[tokio::test]
async fn a_second_401_is_final() {
    let server = Server::start(|_, _| answer(401, &[], "no")).await;
    let tokens = Arc::new(Counted::default());
    let error = client_with(&server.url, &tokens).send(&write(), call()).await.unwrap_err();
    assert_eq!((error.failure.kind, error.failure.effect), (Kind::Auth, Effect::NotApplied));
    assert_eq!(server.seen().len(), 2);
}

#[tokio::test]
async fn a_401_is_final_at_once_when_there_is_no_other_token() {
    let server = Server::start(|_, _| answer(401, &[], "no")).await;
    client(&server.url).send(&write(), call()).await.unwrap_err();
    assert_eq!(server.seen().len(), 1);
}

fn client_with(url: &str, tokens: &Arc<Counted>) -> Client {
    let tokens: Arc<dyn TokenSource> = tokens.clone();
    Client::new("acme", url, transport(), tokens, Arc::new(PlainVendor))
        .attempt_timeout(Duration::from_secs(60))
}

/// Hands out `token-number-1` until it is invalidated, then `token-number-2`, and so on.
#[derive(Debug, Default)]
struct Counted(Mutex<u32>);

#[async_trait]
impl TokenSource for Counted {
    async fn token(&self, _deadline: Instant) -> Result<SecretString, Failure> {
        Ok(format!("token-number-{}", *self.0.lock().unwrap() + 1).into())
    }

    fn invalidate(&self, stale: &SecretString) {
        let mut count = self.0.lock().unwrap();
        assert_eq!(stale.expose_secret(), format!("token-number-{}", *count + 1));
        *count += 1;
    }
}

/// Never answers, in a way of its own, and remembers until when it might have taken.
#[derive(Debug)]
struct Silent {
    sent: Arc<Mutex<Vec<Instant>>>,
    kind: TransportErrorKind,
}

#[async_trait]
impl Transport for Silent {
    async fn send(
        &self,
        request: http::Request<bytes::Bytes>,
        deadline: Instant,
    ) -> Result<http::Response<bytes::Bytes>, TransportError> {
        assert!(request.headers()["authorization"].is_sensitive());
        self.sent.lock().unwrap().push(deadline);
        Err(TransportError::new(self.kind, "nothing came back"))
    }
}
