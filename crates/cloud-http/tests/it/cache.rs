//! Keeping a token fresh: one renewal for all, and the old token while that fails.
use std::sync::Arc;
use std::time::{Duration, Instant};

use cloud_http::google::{ServiceAccount, ServiceAccountKey, Wiring};
use cloud_http::{Backoff, Clock, Kind, SystemClock, TokenSource};
use futures_util::future::join_all;
use secrecy::ExposeSecret;
use serde_json::json;

use crate::server::{Server, answer};
use crate::service_account::{granted, key_file};
use crate::support::{SkipClock, later, millis, transport};

fn account(server: &Server, clock: Arc<dyn Clock>) -> Arc<ServiceAccount> {
    let key = ServiceAccountKey::from_json(&key_file(&server.url).to_string()).unwrap();
    let backoff = Backoff::new(Duration::from_millis(1), Duration::from_millis(1), 1);
    let wiring = Wiring::new(transport()).with_clock(clock).with_backoff(backoff);
    Arc::new(ServiceAccount::new(key, &["s"], wiring))
}

async fn token(account: &ServiceAccount) -> String {
    token_by(account, later()).await
}

async fn token_by(account: &ServiceAccount, deadline: Instant) -> String {
    account.token(deadline).await.unwrap().expose_secret().to_owned()
}

/// Grants `ya29.0`, `ya29.1`, … for an hour each.
async fn generous() -> Server {
    Server::start(|n, _| granted(&format!("ya29.{n}"), json!(3600))).await
}

#[tokio::test]
async fn fifty_callers_make_one_request() {
    let hold = Duration::from_millis(100);
    let server = Server::start_slow(move |n, _| (hold, granted(&n.to_string(), json!(3600)))).await;
    let account = account(&server, Arc::new(SystemClock));
    let tokens = join_all((0..50).map(|_| token(&account))).await;
    assert!(tokens.iter().all(|token| token == "0"), "{tokens:?}");
    assert_eq!(server.seen().len(), 1);
}

#[tokio::test]
async fn those_who_waited_share_the_failure() {
    let hold = Duration::from_millis(100);
    let refused = json!({"error": "invalid_grant"}).to_string();
    let server = Server::start_slow(move |_, _| (hold, answer(400, &[], &refused))).await;
    let account = account(&server, Arc::new(SystemClock));
    let results = join_all((0..50).map(|_| account.token(later()))).await;
    assert!(results.iter().all(Result::is_err));
    assert_eq!(server.seen().len(), 1);
    account.token(later()).await.unwrap_err();
    assert_eq!(server.seen().len(), 2, "a later caller asks anew");
}

#[tokio::test]
async fn a_token_is_renewed_in_its_last_four_minutes() {
    let (server, clock) = (generous().await, SkipClock::new());
    let account = account(&server, clock.clone());
    assert_eq!(token_by(&account, clock.later()).await, "ya29.0");
    clock.skip(Duration::from_secs(3600 - 241));
    assert_eq!(token_by(&account, clock.later()).await, "ya29.0");
    clock.skip(Duration::from_secs(32));
    assert_eq!(token_by(&account, clock.later()).await, "ya29.1");
    assert_eq!(server.seen().len(), 2);
}

#[tokio::test]
async fn the_old_token_is_served_while_renewing_fails_and_the_server_is_left_in_peace() {
    let clock = SkipClock::new();
    let server = Server::start(|n, _| match n {
        0 => granted("old", json!(3600)),
        1 => answer(503, &[], "unwell"),
        _ => granted("new", json!(3600)),
    })
    .await;
    let account = account(&server, clock.clone());
    token_by(&account, clock.later()).await;
    clock.skip(Duration::from_secs(3500));
    for _ in 0..20 {
        assert_eq!(token_by(&account, clock.later()).await, "old");
    }
    assert_eq!(server.seen().len(), 2);
    clock.skip(Duration::from_secs(10));
    assert_eq!(token_by(&account, clock.later()).await, "new");
}

#[tokio::test]
async fn an_expired_token_is_never_served() {
    let clock = SkipClock::new();
    let server = Server::start(|n, _| match n {
        0 => granted("old", json!(3600)),
        _ => answer(503, &[], "unwell"),
    })
    .await;
    let account = account(&server, clock.clone());
    token_by(&account, clock.later()).await;
    clock.skip(Duration::from_secs(3595));
    let failure = account.token(clock.later()).await.unwrap_err();
    assert_eq!(failure.kind, Kind::Unavailable);
}

#[tokio::test]
async fn a_caller_with_a_good_token_does_not_wait_for_somebody_elses_renewal() {
    let clock = SkipClock::new();
    let server = Server::start_slow(move |n, _| {
        let hold = if n == 0 { 0 } else { 3600 };
        (Duration::from_secs(hold), granted("old", json!(3600)))
    })
    .await;
    let account = account(&server, clock.clone());
    token_by(&account, clock.later()).await;
    clock.skip(Duration::from_secs(3500));
    let deadline = clock.later();
    let renewing = tokio::spawn({
        let account = Arc::clone(&account);
        async move { account.token(deadline).await }
    });
    while server.seen().len() < 2 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    assert_eq!(token_by(&account, deadline).await, "old");
    renewing.abort();
}

#[tokio::test]
async fn a_caller_in_the_queue_keeps_its_deadline() {
    let hold = Duration::from_secs(3600);
    let server = Server::start_slow(move |_, _| (hold, granted("x", json!(3600)))).await;
    let account = account(&server, Arc::new(SystemClock));
    let first = tokio::spawn({
        let account = Arc::clone(&account);
        async move { account.token(later()).await }
    });
    while server.seen().is_empty() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let failure = account.token(millis(Instant::now(), 50)).await.unwrap_err();
    assert_eq!(failure.kind, Kind::Timeout);
    first.abort();
}

#[tokio::test]
async fn a_renewal_given_up_half_way_is_taken_over() {
    let server = Server::start_slow(move |n, _| {
        let hold = if n == 0 { 3600 } else { 0 };
        (Duration::from_secs(hold), granted(&n.to_string(), json!(3600)))
    })
    .await;
    let account = account(&server, Arc::new(SystemClock));
    let impatient = tokio::spawn({
        let account = Arc::clone(&account);
        async move { account.token(later()).await }
    });
    while server.seen().is_empty() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    impatient.abort();
    assert!(impatient.await.is_err());
    assert_eq!(token(&account).await, "1");
}

#[tokio::test]
async fn invalidating_forgets_that_token_only() {
    let (server, clock) = (generous().await, SkipClock::new());
    let account = account(&server, clock);
    let first = account.token(later()).await.unwrap();
    account.invalidate(&first);
    assert_eq!(token(&account).await, "ya29.1");
    account.invalidate(&first);
    assert_eq!(token(&account).await, "ya29.1");
    assert_eq!(server.seen().len(), 2);
}
