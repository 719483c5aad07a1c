//! Staying below a rate limit.
use std::sync::Arc;
use std::time::{Duration, Instant};

use cloud_http::{Call, Clock, Kind, Pacer, Rate, Request, Retry};
use http::HeaderMap;

use crate::server::{Server, answer};
use crate::support::{SkipClock, client, later};

fn headers(limit: &str, remaining: &str) -> HeaderMap {
    let mut headers = HeaderMap::new();
    headers.insert("ratelimit-limit", limit.parse().unwrap());
    headers.insert("ratelimit-remaining", remaining.parse().unwrap());
    headers.insert("ratelimit-reset", "4000000000".parse().unwrap());
    headers
}

async fn spend(pacer: &Pacer, clock: &SkipClock, write: bool, times: usize) {
    for _ in 0..times {
        pacer.acquire(clock, write, later() + Duration::from_secs(1 << 20)).await.unwrap();
    }
}

fn waited(clock: &SkipClock) -> f64 {
    clock.slept().iter().sum::<Duration>().as_secs_f64()
}

#[tokio::test]
async fn a_burst_is_free_and_what_follows_waits_for_its_turn() {
    let (clock, pacer) = (SkipClock::new(), Pacer::new(Rate::new(10, 2.0)));
    spend(&pacer, &clock, false, 10).await;
    assert_eq!(waited(&clock), 0.0);
    spend(&pacer, &clock, false, 10).await;
    assert!((waited(&clock) - 5.0).abs() < 0.1, "{}", waited(&clock));
}

#[tokio::test]
async fn reads_leave_the_reserve_to_writes() {
    let (clock, pacer) = (SkipClock::new(), Pacer::new(Rate::new(10, 1.0).reserve(4)));
    spend(&pacer, &clock, false, 6).await;
    assert_eq!(waited(&clock), 0.0);
    let soon = clock.now() + Duration::from_millis(500);
    let failure = pacer.acquire(&*clock, false, soon).await.unwrap_err();
    assert_eq!(failure.kind, Kind::RateLimited);
    assert!(matches!(failure.retry, Retry::After(wait) if wait > Duration::from_millis(500)));
    spend(&pacer, &clock, true, 4).await;
    assert_eq!(waited(&clock), 0.0);
}

#[tokio::test]
async fn the_servers_count_is_believed_when_it_is_lower() {
    let (clock, pacer) = (SkipClock::new(), Pacer::new(Rate::new(3600, 1.0)));
    pacer.observe(&*clock, &headers("3600", "2"));
    spend(&pacer, &clock, true, 2).await;
    assert_eq!(waited(&clock), 0.0);
    spend(&pacer, &clock, true, 1).await;
    // One second for one request; not until the bucket is full, as RateLimit-Reset has it.
    assert!((0.9..1.1).contains(&waited(&clock)), "{}", waited(&clock));
    pacer.observe(&*clock, &headers("3600", "3000"));
    spend(&pacer, &clock, true, 1).await;
    assert!(waited(&clock) > 1.9, "an answer overtaken by another one does not refill the bucket");
}

#[tokio::test]
async fn a_higher_limit_refills_faster() {
    let (clock, pacer) = (SkipClock::new(), Pacer::new(Rate::new(3600, 1.0)));
    pacer.observe(&*clock, &headers("36000", "0"));
    spend(&pacer, &clock, true, 10).await;
    assert!((0.9..1.1).contains(&waited(&clock)), "{}", waited(&clock));
}

#[tokio::test]
async fn rubbish_in_the_headers_changes_nothing() {
    let (clock, pacer) = (SkipClock::new(), Pacer::new(Rate::new(5, 1.0)));
    for (limit, remaining) in [("0", "x"), ("-1", ""), ("many", "-7")] {
        pacer.observe(&*clock, &headers(limit, remaining));
    }
    spend(&pacer, &clock, true, 5).await;
    assert_eq!(waited(&clock), 0.0);
}

#[tokio::test]
async fn a_pacer_without_a_rate_and_one_that_never_refills_do_not_panic() {
    let clock = SkipClock::new();
    spend(&Pacer::unlimited(), &clock, false, 100).await;
    let pacer = Pacer::new(Rate::new(1, 0.0));
    spend(&pacer, &clock, true, 1).await;
    let failure = pacer.acquire(&*clock, true, later()).await.unwrap_err();
    assert_eq!(failure.kind, Kind::RateLimited);
}

#[tokio::test]
async fn a_429_empties_the_bucket_for_everyone_who_shares_it() {
    let clock = SkipClock::new();
    let pacer = Arc::new(Pacer::new(Rate::new(100, 0.1)));
    let server = Server::start(|_, _| answer(429, &[], "no")).await;
    let client = client(&server.url).with_clock(clock.clone()).with_pacer(Arc::clone(&pacer));
    let call = Call::until(Instant::now() + Duration::from_secs(5));
    let error = client.send(&Request::read("read", "/"), call).await.unwrap_err();
    assert_eq!(error.failure.kind, Kind::RateLimited);
    assert_eq!(server.seen().len(), 1);
    let failure = pacer.acquire(&*clock, true, call.deadline).await.unwrap_err();
    assert_eq!(failure.kind, Kind::RateLimited);
}
