//! Operations in their three scopes, networks, and what is refused when.
use cloud_api::{ComputeProvider, Effect, Kind, NetworkSpec, SubnetSpec};
use serde_json::{Value, json};

use super::{BASE, ZONE, at, client, error};
use crate::script::Script;
use crate::support::{call, name, owner, range, short};

fn global(name: &str, status: &str) -> Value {
    json!({"name": name, "status": status})
}

fn regional(name: &str, status: &str) -> Value {
    let region = format!("https://www.googleapis.com{BASE}/regions/europe-west3");
    json!({"name": name, "status": status, "region": region})
}

#[tokio::test]
async fn networks_wait_globally_and_subnets_in_their_region() {
    let script = Script::default();
    script
        .reply(&at("POST", "global/networks?"), 200, global("op-net", "RUNNING"))
        .reply(&at("POST", "global/operations/op-net/wait"), 200, global("op-net", "DONE"))
        // A network made just now is not ready at once.
        .reply(
            &at("POST", "regions/europe-west3/subnetworks?"),
            400,
            error(400, "resourceNotReady"),
        )
        .reply(&at("POST", "regions/europe-west3/subnetworks?"), 200, regional("op-sub", "RUNNING"))
        .reply(
            &at("POST", "regions/europe-west3/operations/op-sub/wait"),
            200,
            regional("op-sub", "DONE"),
        );
    let google = client(&script);
    let networks = google.networks().unwrap();
    let spec = NetworkSpec::new(name("edge"), owner(), range("10.20.0.0/16"));
    let creation = networks.create_network(&spec, call()).await.unwrap();
    google.settle(&creation.ticket.unwrap(), call()).await.unwrap();
    let subnet =
        SubnetSpec::new("edge", name("web"), owner(), "europe-west3-a", range("10.20.0.0/24"));
    let creation = networks.create_subnet(&subnet, call()).await.unwrap();
    assert_eq!(creation.id, "europe-west3/web");
    google.settle(&creation.ticket.unwrap(), call()).await.unwrap();
    let body = script.body(&at("POST", "global/networks"));
    assert_eq!(body["autoCreateSubnetworks"], json!(false), "absent makes a legacy network");
    assert_eq!(body["description"], "schwenk-owner=acme");
    script.finished();
}

#[tokio::test]
async fn networks_are_shown_with_their_subnets_and_owners() {
    let script = Script::default();
    let link = |below: &str| format!("https://compute.googleapis.com{BASE}/{below}");
    script
        .reply(
            &at("GET", "global/networks"),
            200,
            json!({"items": [
            {"name": "edge", "description": "schwenk-owner=acme"},
            {"name": "default", "description": "Default network"}]}),
        )
        .reply(
            &at("GET", "aggregated/subnetworks"),
            200,
            json!({"items": {
            "regions/europe-west3": {"subnetworks": [{"name": "web", "ipCidrRange": "10.20.0.0/24",
                "network": link("global/networks/edge"), "region": link("regions/europe-west3")}]},
            "regions/us-east1": {"warning": {"code": "NO_RESULTS_ON_PAGE"}}}}),
        );
    let google = client(&script);
    let networks = google.networks().unwrap().networks(Some(&owner()), call()).await.unwrap();
    assert_eq!(networks.len(), 1);
    let subnet = &networks[0].subnets[0];
    assert_eq!((subnet.id.as_str(), subnet.range), ("europe-west3/web", range("10.20.0.0/24")));
    script.finished();
}

#[tokio::test]
async fn a_subnet_of_the_same_name_but_another_range_is_not_adopted() {
    let script = Script::default();
    let found = json!({"name": "web", "ipCidrRange": "10.99.0.0/24",
        "network": "global/networks/edge", "region": "regions/europe-west3"});
    script
        .reply(&at("POST", "regions/europe-west3/subnetworks?"), 409, error(409, "alreadyExists"))
        .reply(&at("GET", "regions/europe-west3/subnetworks/web"), 200, found);
    let google = client(&script);
    let spec =
        SubnetSpec::new("edge", name("web"), owner(), "europe-west3-a", range("10.20.0.0/24"));
    let failure =
        google.networks().unwrap().create_subnet(&spec, call()).await.unwrap_err().failure;
    assert_eq!(failure.kind, Kind::AlreadyExists);
    assert!(failure.message.contains("10.99.0.0/24 in network edge"), "{failure}");
    script.finished();
}

#[tokio::test]
async fn a_forgotten_operation_is_no_failure() {
    let script = Script::default();
    script
        .reply(
            &at("DELETE", &format!("{ZONE}/instances/web-1")),
            200,
            super::operation("op-1", "RUNNING"),
        )
        .reply(&at("POST", &format!("{ZONE}/operations/op-1/wait")), 404, error(404, "notFound"))
        .reply(&at("GET", &format!("{ZONE}/instances/web-1")), 404, error(404, "notFound"));
    let google = client(&script);
    let ticket = google.delete("europe-west3-a/web-1", call()).await.unwrap().unwrap();
    assert_eq!(google.settle(&ticket, call()).await.unwrap().server, None);
    script.finished();
}

#[tokio::test]
async fn an_operation_that_lasts_too_long_is_unknown_and_not_failed() {
    let script = Script::default();
    let wait = at("POST", &format!("{ZONE}/operations/op-1/wait"));
    script.reply(
        &at("DELETE", &format!("{ZONE}/instances/web-1")),
        200,
        super::operation("op-1", "RUNNING"),
    );
    for _ in 0..1000 {
        script.reply(&wait, 200, super::operation("op-1", "RUNNING"));
    }
    let google = client(&script);
    let ticket = google.delete("europe-west3-a/web-1", call()).await.unwrap().unwrap();
    let failure = google.settle(&ticket, short()).await.unwrap_err().failure;
    assert_eq!((failure.kind, failure.effect), (Kind::Timeout, Effect::MaybeApplied));
}

#[tokio::test]
async fn rates_come_as_403_and_are_waited_for_while_quotas_are_not() {
    let script = Script::default();
    let list = at("GET", "zones?");
    script.reply(&list, 403, error(403, "rateLimitExceeded")).reply(
        &list,
        200,
        json!({"items": [{"name": "europe-west3-a", "status": "UP"}]}),
    );
    let places = client(&script).places(call()).await.unwrap();
    assert_eq!(places[0].region, "europe-west3");
    script.reply(&list, 403, error(403, "quotaExceeded"));
    let failure = client(&script).places(call()).await.unwrap_err().failure;
    assert_eq!(failure.kind, Kind::Quota);
    script.finished();
}

#[tokio::test]
async fn the_token_is_in_no_message() {
    let script = Script::default();
    let echo = json!({"error": {"code": 400, "message": "bad ya29.secret-token-of-google",
        "errors": [{"reason": "invalid"}]}});
    script.reply(&at("GET", "zones?"), 400, echo);
    let google = client(&script);
    let error = google.places(call()).await.unwrap_err();
    assert!(!format!("{error} {error:?} {google:?}").contains("secret-token"), "{error}");
}
