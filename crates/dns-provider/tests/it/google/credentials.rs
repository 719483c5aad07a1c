//! Every kind of credentials, against the real token endpoint and metadata server.
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use cloud_http::google::{Credentials, SCOPE_DNS, Surroundings, Wiring, application_default};
use cloud_http::{Backoff, TokenSource};
use dns_provider::{DnsProvider, GoogleDns, Kind};
use serde_json::json;

use super::world::{World, app_key};
use crate::support::call;

/// An environment with one variable, and the real files.
struct Place(&'static str, String);

impl Surroundings for Place {
    fn variable(&self, name: &str) -> Option<String> {
        (name == self.0).then(|| self.1.clone())
    }

    fn read(&self, path: &Path) -> io::Result<String> {
        std::fs::read_to_string(path)
    }
}

fn wiring(world: &World) -> Wiring {
    let backoff = Backoff::new(Duration::from_millis(5), Duration::from_millis(5), 3);
    Wiring::new(world.tap.clone()).with_backoff(backoff)
}

async fn found(world: &World, place: Place) -> Credentials {
    let deadline = Instant::now() + Duration::from_secs(60);
    application_default(&place, &[SCOPE_DNS], &wiring(world), deadline).await.unwrap()
}

fn dns(world: &World, tokens: Arc<dyn TokenSource>) -> GoogleDns {
    let info = world.emulator.info();
    GoogleDns::builder(&info.project, tokens, world.tap.clone())
        .endpoint(&info.google)
        .backoff(Backoff::new(Duration::from_millis(5), Duration::from_millis(5), 3))
        .build()
}

#[tokio::test]
async fn a_key_file_a_login_and_the_metadata_server_all_open_the_zone() {
    let world = World::new().await;
    let info = world.emulator.info().clone();
    let named = "GOOGLE_APPLICATION_CREDENTIALS";
    for place in [
        Place(named, info.key_file.display().to_string()),
        Place(named, info.user_file.display().to_string()),
        Place("GCE_METADATA_HOST", info.metadata.clone()),
    ] {
        let which = place.1.clone();
        let credentials = found(&world, place).await;
        let dns = dns(&world, credentials.tokens);
        let rrset = dns.rrset(&world.zone, &app_key(), call()).await;
        assert!(rrset.unwrap_or_else(|e| panic!("{which}: {e}")).is_some());
    }
}

#[tokio::test]
async fn the_project_comes_with_the_key_or_the_machine() {
    let world = World::new().await;
    let info = world.emulator.info().clone();
    for place in [
        Place("GOOGLE_APPLICATION_CREDENTIALS", info.key_file.display().to_string()),
        Place("GCE_METADATA_HOST", info.metadata.clone()),
    ] {
        assert_eq!(found(&world, place).await.project.unwrap().id, info.project);
    }
}

#[tokio::test]
async fn a_token_revoked_in_mid_life_is_replaced_once() {
    let world = World::new().await;
    let key = world.emulator.info().key_file.display().to_string();
    let credentials = found(&world, Place("GOOGLE_APPLICATION_CREDENTIALS", key)).await;
    let dns = dns(&world, credentials.tokens);
    dns.rrset(&world.zone, &app_key(), call()).await.unwrap();
    world.tap.forget();
    world.tap.answer(
        "GET",
        401,
        json!({"error": {"code": 401, "message": "m", "errors": [{"reason": "authError"}]}}),
    );
    assert!(dns.rrset(&world.zone, &app_key(), call()).await.unwrap().is_some());
    let methods: Vec<String> = world.tap.sent().into_iter().map(|sent| sent.method).collect();
    assert_eq!(methods, ["GET", "POST", "GET"], "refused, new token, done");
}

#[tokio::test]
async fn tokens_that_are_never_accepted_end_in_one_error() {
    let world = World::new().await;
    let key = world.emulator.info().key_file.display().to_string();
    let credentials = found(&world, Place("GOOGLE_APPLICATION_CREDENTIALS", key)).await;
    let dns = dns(&world, credentials.tokens);
    let refused =
        json!({"error": {"code": 401, "message": "m", "errors": [{"reason": "authError"}]}});
    for _ in 0..5 {
        world.tap.answer("GET", 401, &refused);
    }
    let error = dns.rrset(&world.zone, &app_key(), call()).await.unwrap_err();
    assert_eq!(error.failure.kind, Kind::Auth);
    assert_eq!((world.tap.count("GET"), world.tap.count("POST")), (2, 2));
}

#[tokio::test]
async fn a_wrong_clock_is_named_in_the_error() {
    let world = World::new().await;
    world.fault(json!({"fault": "clock_skew", "seconds": -5000}));
    let key = world.emulator.info().key_file.display().to_string();
    let credentials = found(&world, Place("GOOGLE_APPLICATION_CREDENTIALS", key)).await;
    let error =
        dns(&world, credentials.tokens).rrset(&world.zone, &app_key(), call()).await.unwrap_err();
    assert_eq!(error.failure.kind, Kind::Auth);
    let text = error.to_string();
    assert!(
        text.contains("this machine's clock is") && text.contains("ahead of Google's"),
        "{text}"
    );
}
