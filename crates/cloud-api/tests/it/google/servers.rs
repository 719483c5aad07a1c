//! Making, listing, switching and resizing.
use cloud_api::{ComputeProvider, Effect, Kind, Power, Status};
use serde_json::json;

use super::{BASE, ZONE, at, client, error, failed, instance, operation, web};
use crate::script::Script;
use crate::support::{call, name, owner};

const ID: &str = "europe-west3-a/web-1";

fn instances(below: &str) -> String {
    format!("{ZONE}/instances{below}")
}

#[tokio::test]
async fn a_created_server_is_waited_for_by_its_operation_and_then_looked_at() {
    let script = Script::default();
    script
        .reply(&at("POST", &instances("?")), 200, operation("op-1", "RUNNING"))
        // Under load a wait comes back early.
        .reply(
            &at("POST", &format!("{ZONE}/operations/op-1/wait")),
            200,
            operation("op-1", "RUNNING"),
        )
        .reply(&at("POST", &format!("{ZONE}/operations/op-1/wait")), 200, operation("op-1", "DONE"))
        .reply(&at("GET", &instances("/web-1")), 200, instance("STAGING", "e2-small", None))
        .reply(
            &at("GET", &instances("/web-1")),
            200,
            instance("RUNNING", "e2-small", Some("203.0.113.9")),
        );
    let google = client(&script);
    let creation = google.create(&web(), call()).await.unwrap();
    assert_eq!((creation.id.as_str(), creation.adopted), (ID, false));
    let settled = google.settle(&creation.ticket.unwrap(), call()).await.unwrap();
    let server = settled.server.unwrap();
    assert_eq!(server.public_v4, Some("203.0.113.9".parse().unwrap()));
    assert_eq!(server.labels.get("role").map(String::as_str), Some("app"));
    assert!(server.belongs_to(&owner()));
    script.finished();
}

#[tokio::test]
async fn a_lost_answer_is_repeated_with_the_same_request_id() {
    let script = Script::default();
    script.lose(&at("POST", &instances("?"))).reply(
        &at("POST", &instances("?")),
        200,
        operation("op-1", "RUNNING"),
    );
    client(&script).create(&web(), call()).await.unwrap();
    let ids: Vec<String> = script
        .asked()
        .iter()
        .map(|asked| asked.path.split("requestId=").nth(1).unwrap_or_default().to_owned())
        .collect();
    assert_eq!(ids.len(), 2);
    assert_eq!(ids[0], ids[1]);
    assert_eq!(ids[0].len(), 36);
}

#[tokio::test]
async fn what_exists_is_adopted_by_its_owner_and_refused_to_others() {
    let script = Script::default();
    let exists = || error(409, "alreadyExists");
    script.reply(&at("POST", &instances("?")), 409, exists()).reply(
        &at("GET", &instances("/web-1")),
        200,
        instance("RUNNING", "e2-small", None),
    );
    let creation = client(&script).create(&web(), call()).await.unwrap();
    assert!(creation.adopted && creation.ticket.is_none());

    let mut foreign = instance("RUNNING", "e2-small", None);
    foreign["labels"] = json!({});
    script.reply(&at("POST", &instances("?")), 409, exists()).reply(
        &at("GET", &instances("/web-1")),
        200,
        foreign,
    );
    let failure = client(&script).create(&web(), call()).await.unwrap_err().failure;
    assert_eq!(failure.kind, Kind::AlreadyExists);
    assert!(failure.message.contains("nobody's"), "{failure}");
    script.finished();
}

#[tokio::test]
async fn a_stock_out_in_the_operation_names_other_zones() {
    let script = Script::default();
    let detail = json!({"errorInfo": {"reason": "resource_availability",
        "metadatas": {"zonesAvailable": "europe-west3-b,europe-west3-c"}}});
    let sold_out = json!({"code": "ZONE_RESOURCE_POOL_EXHAUSTED_WITH_DETAILS",
        "message": "The zone does not have enough resources", "errorDetails": [detail]});
    script.reply(&at("POST", &instances("?")), 200, operation("op-1", "RUNNING")).reply(
        &at("POST", &format!("{ZONE}/operations/op-1/wait")),
        200,
        failed("op-1", sold_out),
    );
    let google = client(&script);
    let ticket = google.create(&web(), call()).await.unwrap().ticket.unwrap();
    let failure = google.settle(&ticket, call()).await.unwrap_err().failure;
    assert_eq!((failure.kind, failure.effect), (Kind::NoCapacity, Effect::NotApplied));
    assert_eq!(failure.alternatives, ["europe-west3-b", "europe-west3-c"]);
    script.finished();
}

#[tokio::test]
async fn all_zones_are_listed_in_one_go_page_by_page() {
    let script = Script::default();
    let list = at("GET", "aggregated/instances");
    let mut other = instance("TERMINATED", "e2-small", None);
    other["name"] = json!("web-2");
    script
        .reply(
            &list,
            200,
            json!({"nextPageToken": "2", "items": {
            "zones/europe-west3-a": {"instances": [instance("RUNNING", "e2-small", None)]},
            "zones/us-east1-b": {"warning": {"code": "NO_RESULTS_ON_PAGE", "message": "none"}}}}),
        )
        // An empty page may have a successor.
        .reply(&list, 200, json!({"nextPageToken": "3"}))
        .reply(&list, 200, json!({"items": {"zones/europe-west3-b": {"instances": [other]}}}));
    let servers = client(&script).servers(Some(&owner()), call()).await.unwrap();
    let seen: Vec<_> = servers.iter().map(|s| (s.name.as_str(), s.status.clone())).collect();
    assert_eq!(seen, [("web-1", Status::Running), ("web-2", Status::Off)]);
    assert!(script.asked()[0].path.contains("filter=labels.schwenk-owner%3Dacme"));
    assert!(script.asked()[2].path.contains("pageToken=3"));
    script.finished();
}

#[tokio::test]
async fn graceful_and_hard_differ_and_local_disks_stop_neither() {
    for (power, verb, query) in [
        (Power::Shutdown, "/stop", "discardLocalSsd=true"),
        (Power::PowerOff, "/stop", "noGracefulShutdown=true"),
        (Power::Reset, "/reset", "requestId="),
    ] {
        let script = Script::default();
        script
            .reply(&at("GET", &instances("/web-1")), 200, instance("RUNNING", "e2-small", None))
            .reply(&at("POST", &instances(&format!("/web-1{verb}"))), 200, operation("op", "DONE"));
        client(&script).power(ID, power, call()).await.unwrap().unwrap();
        let path = script.asked()[1].path.clone();
        assert!(path.contains(query), "{power:?}: {path}");
        assert_eq!(path.contains("noGraceful"), power == Power::PowerOff);
        script.finished();
    }
}

#[tokio::test]
async fn a_resize_stops_resizes_starts_and_tells_of_the_new_address() {
    let script = Script::default();
    let wait = |name: &str| at("POST", &format!("{ZONE}/operations/{name}/wait"));
    let look = at("GET", &instances("/web-1"));
    script
        .reply(&look, 200, instance("RUNNING", "e2-small", Some("203.0.113.9")))
        .reply(
            &at("GET", &format!("{ZONE}/machineTypes/e2-medium")),
            200,
            json!({"name": "e2-medium", "guestCpus": 2, "memoryMb": 4096}),
        )
        .reply(&at("POST", &instances("/web-1/stop")), 200, operation("op-stop", "RUNNING"))
        .reply(&wait("op-stop"), 200, operation("op-stop", "DONE"))
        .reply(&look, 200, instance("TERMINATED", "e2-small", None))
        .reply(&at("POST", &instances("/web-1/setMachineType")), 200, operation("op-type", "DONE"))
        .reply(&wait("op-type"), 200, operation("op-type", "DONE"))
        .reply(&look, 200, instance("TERMINATED", "e2-medium", None))
        .reply(&at("POST", &instances("/web-1/start")), 200, operation("op-start", "RUNNING"))
        .reply(&wait("op-start"), 200, operation("op-start", "DONE"))
        .reply(&look, 200, instance("RUNNING", "e2-medium", Some("203.0.113.44")));
    let google = client(&script);
    let ticket = google.resize(ID, "e2-medium", call()).await.unwrap().unwrap();
    // Another process goes on with the ticket.
    let settled = client(&script).settle(&ticket, call()).await.unwrap();
    let moved = settled.moved.unwrap();
    assert_eq!(
        (moved.before, moved.after),
        ("203.0.113.9".parse().unwrap(), "203.0.113.44".parse().unwrap())
    );
    assert_eq!(
        script.body(&at("POST", &instances("/web-1/setMachineType"))),
        json!({"machineType": "zones/europe-west3-a/machineTypes/e2-medium"})
    );
    script.finished();
}

#[tokio::test]
async fn a_server_that_does_not_get_its_new_type_runs_again() {
    let script = Script::default();
    let look = at("GET", &instances("/web-1"));
    script
        .reply(&look, 200, instance("RUNNING", "e2-small", None))
        .reply(
            &at("GET", &format!("{ZONE}/machineTypes/e2-medium")),
            200,
            json!({"name": "e2-medium"}),
        )
        .reply(&at("POST", &instances("/web-1/stop")), 200, operation("op-stop", "DONE"))
        .reply(
            &at("POST", &format!("{ZONE}/operations/op-stop/wait")),
            200,
            operation("op-stop", "DONE"),
        )
        .reply(&look, 200, instance("TERMINATED", "e2-small", None))
        .reply(&at("POST", &instances("/web-1/setMachineType")), 400, error(400, "invalid"))
        .reply(&at("POST", &instances("/web-1/start")), 200, operation("op-start", "DONE"));
    let google = client(&script);
    let ticket = google.resize(ID, "e2-medium", call()).await.unwrap().unwrap();
    let failure = google.settle(&ticket, call()).await.unwrap_err().failure;
    assert_eq!(failure.kind, Kind::Invalid);
    assert!(failure.message.contains("started again with its old type"), "{failure}");
    script.finished();
}

#[tokio::test]
async fn an_unknown_type_is_named_before_anything_is_stopped() {
    let script = Script::default();
    let types = json!({"items": [{"name": "n1-standard-1"}, {"name": "e2-medium"}]});
    script
        .reply(&at("GET", &instances("/web-1")), 200, instance("RUNNING", "e2-small", None))
        .reply(&at("GET", &format!("{ZONE}/machineTypes/e2-huge")), 404, error(404, "notFound"))
        .reply(&at("GET", &format!("{ZONE}/machineTypes?")), 200, types);
    let failure = client(&script).resize(ID, "e2-huge", call()).await.unwrap_err().failure;
    assert!(failure.message.contains("there are e2-medium, n1-standard-1"), "{failure}");
    assert_eq!(script.count("POST"), 0);
    script.finished();
}

#[tokio::test]
async fn a_bad_name_or_id_is_refused_without_a_request() {
    let script = Script::default();
    let google = client(&script);
    for id in ["web-1", "a/b/c", "europe-west3-a/../x", "/web-1"] {
        let failure = google.server(id, call()).await.unwrap_err().failure;
        assert_eq!(failure.kind, Kind::Invalid, "{id}");
    }
    let mut spec = web();
    spec.tags = vec![name(&"t".repeat(60))];
    assert!(google.create(&spec, call()).await.is_err());
    assert!(script.asked().is_empty(), "{BASE}");
}
