//! The metadata server: the header both ways, its caching, its absence.
use std::sync::Arc;
use std::time::Duration;

use axum::response::Response;
use cloud_http::google::{MetadataServer, Wiring};
use cloud_http::{Backoff, Kind, Retry, TokenSource};
use secrecy::ExposeSecret;
use serde_json::json;

use crate::server::{Seen, Server, answer};
use crate::support::{SkipClock, later, transport};

const FLAVOR: (&str, &str) = ("metadata-flavor", "Google");

fn source(server: &Server, clock: &Arc<SkipClock>) -> MetadataServer {
    let backoff = Backoff::new(Duration::from_millis(1), Duration::from_millis(1), 3);
    let wiring = Wiring::new(transport()).with_clock(clock.clone()).with_backoff(backoff);
    MetadataServer::new(wiring).at(server.host())
}

fn token(name: &str, expires_in: u64) -> Response {
    let body = json!({"access_token": name, "expires_in": expires_in, "token_type": "Bearer"});
    answer(200, &[FLAVOR], &body.to_string())
}

fn well_behaved(seen: &Seen) -> Response {
    if seen.header("metadata-flavor") != "Google" {
        return answer(403, &[FLAVOR], "Missing Metadata-Flavor:Google header.");
    }
    match seen.target.as_str() {
        "/computeMetadata/v1/project/project-id" => answer(200, &[FLAVOR], "acme-prod\n"),
        path if path.starts_with("/computeMetadata/v1/instance/service-accounts/default/token") => {
            token("ya29.m", 3241)
        }
        _ => answer(404, &[FLAVOR], "not found"),
    }
}

#[tokio::test]
async fn a_token_and_the_project_come_with_the_right_header() {
    let server = Server::start(|_, seen| well_behaved(&seen)).await;
    let source = source(&server, &SkipClock::new()).scopes(&["https://a/b", "c"]);
    assert_eq!(source.token(later()).await.unwrap().expose_secret(), "ya29.m");
    assert_eq!(source.project_id(later()).await.unwrap(), "acme-prod");
    let path = "/computeMetadata/v1/instance/service-accounts/default/token";
    assert_eq!(server.seen()[0].target, format!("{path}?scopes=https%3A%2F%2Fa%2Fb%2Cc"));
}

#[tokio::test]
async fn another_server_at_that_place_is_not_trusted() {
    let server = Server::start(|_, _| answer(200, &[], "{\"access_token\": \"x\"}")).await;
    let failure = source(&server, &SkipClock::new()).token(later()).await.unwrap_err();
    assert_eq!(failure.kind, Kind::Protocol);
    assert!(failure.message.contains("captive portal"), "{failure}");
    assert_eq!(server.seen().len(), 1);
}

#[tokio::test]
async fn the_cached_token_of_the_server_does_not_make_us_spin() {
    let clock = SkipClock::new();
    let ends = 3241;
    let (now, start) = (clock.clone(), std::time::SystemTime::now());
    let server = Server::start(move |_, _| {
        use cloud_http::Clock;
        let passed = now.wall().duration_since(start).unwrap_or_default().as_secs();
        token("ya29.same", ends - passed.min(ends))
    })
    .await;
    let source = source(&server, &clock);
    source.token(clock.later()).await.unwrap();
    clock.skip(Duration::from_secs(ends - 200));
    for _ in 0..100 {
        source.token(clock.later()).await.unwrap();
    }
    assert_eq!(server.seen().len(), 2, "one renewal that brought nothing new, then peace");
    clock.skip(Duration::from_secs(10));
    for _ in 0..100 {
        source.token(clock.later()).await.unwrap();
    }
    assert_eq!(server.seen().len(), 3);
}

#[tokio::test]
async fn its_troubles_are_told_apart() {
    for (status, kind, retry, tries) in [
        (404, Kind::Auth, Retry::Never, 1),
        (403, Kind::Auth, Retry::Never, 1),
        (429, Kind::RateLimited, Retry::Later, 3),
        (503, Kind::Unavailable, Retry::Later, 3),
    ] {
        let server = Server::start(move |_, _| answer(status, &[FLAVOR], "told you")).await;
        let failure = source(&server, &SkipClock::new()).token(later()).await.unwrap_err();
        assert_eq!((failure.kind, failure.retry), (kind, retry), "{status}");
        assert_eq!(server.seen().len(), tries, "{status}");
        assert!(failure.message.contains("told you"), "{failure}");
    }
}

#[tokio::test]
async fn a_host_that_is_none_is_refused() {
    let server = Server::start(|_, seen| well_behaved(&seen)).await;
    let source = source(&server, &SkipClock::new()).at("not a host");
    let failure = source.token(later()).await.unwrap_err();
    assert_eq!(failure.kind, Kind::Invalid);
}
