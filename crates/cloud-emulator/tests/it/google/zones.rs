//! Managed zones: creating, addressing, changing and deleting them.

use std::time::Duration;

use cloud_emulator::Options;
use serde_json::{Value, json};

use super::{Google, ZONE, refused, set, until};

fn zone(name: &str, dns_name: &str) -> Value {
    json!({ "name": name, "dnsName": dns_name, "description": "made by a test" })
}

#[tokio::test]
async fn a_new_zone_has_a_number_as_text_name_servers_and_two_sets() {
    let google = Google::start().await;
    let made = google.post("/managedZones", &zone("acme-test", "acme.test.")).await.ok();
    assert_eq!((&made["kind"], &made["visibility"]), (&json!("dns#managedZone"), &json!("public")));
    assert_eq!(made["dnssecConfig"]["state"], "off");
    let id = made["id"].as_str().expect("text");
    assert!(id.parse::<u64>().is_ok(), "{id}");
    let servers: Vec<_> = (1..=4).map(|n| format!("ns-cloud-b{n}.googledomains.com.")).collect();
    assert_eq!(made["nameServers"], json!(servers));
    let time = made["creationTime"].as_str().expect("a time");
    assert!(time.ends_with('Z') && time.as_bytes()[19] == b'.', "{time}");
    let sets = google.get("/managedZones/acme-test/rrsets").await.ok();
    let types: Vec<_> =
        sets["rrsets"].as_array().expect("sets").iter().map(|set| &set["type"]).collect();
    assert_eq!(types, ["NS", "SOA"]);
    assert_eq!(sets["rrsets"][0]["ttl"], 21600);
    for key in ["acme-test", id] {
        assert_eq!(google.get(&format!("/managedZones/{key}")).await.ok(), made);
    }
}

#[tokio::test]
async fn name_dns_name_and_description_are_required() {
    let google = Google::start().await;
    for member in ["name", "dnsName", "description"] {
        let mut body = zone("acme-test", "acme.test.");
        body.as_object_mut().expect("an object").remove(member);
        let answer = google.post("/managedZones", &body).await;
        assert_eq!(answer.error(), refused(400, "required"));
        let path = format!("'entity.managedZone.{member}'");
        let expected = format!("The {path} parameter is required but was missing.");
        assert_eq!(answer.message(), expected);
    }
}

#[tokio::test]
async fn names_that_are_not_allowed_are_refused() {
    let google = Google::start().await;
    let long = "x".repeat(64);
    for name in ["Acme", "1acme", "acme-", "a.b", long.as_str()] {
        let answer = google.post("/managedZones", &zone(name, "acme.test.")).await;
        assert_eq!(answer.error(), refused(400, "invalid"), "{name}");
    }
    for dns_name in ["acme.test", "acme..test.", "-"] {
        let answer = google.post("/managedZones", &zone("acme", dns_name)).await;
        assert_eq!(answer.error(), refused(400, "invalid"), "{dns_name}");
    }
    for reserved in ["com.", "."] {
        let answer = google.post("/managedZones", &zone("acme", reserved)).await;
        assert_eq!(answer.error(), refused(400, "managedZoneDnsNameNotAvailable"), "{reserved}");
    }
    for (member, value) in [
        ("visibility", json!("secret")),
        ("labels", json!({ "Upper": "x" })),
        ("labels", json!({ "key": 1 })),
        ("dnssecConfig", json!({ "state": "maybe" })),
        ("description", json!(7)),
    ] {
        let mut body = zone("acme", "acme.test.");
        body[member] = value;
        assert_eq!(google.post("/managedZones", &body).await.error(), refused(400, "invalid"));
    }
}

#[tokio::test]
async fn the_name_is_taken_only_once_but_a_domain_may_have_several_zones() {
    let google = Google::start().await;
    let taken = google.post("/managedZones", &zone("schwenk-example", "acme.test.")).await;
    assert_eq!(taken.error(), refused(409, "alreadyExists"));
    let text = "The resource 'entity.managedZone' named 'schwenk-example' already exists";
    assert_eq!(taken.message(), text);
    let mut inside = zone("inside", "schwenk.example.");
    inside["visibility"] = json!("private");
    inside["privateVisibilityConfig"] =
        json!({ "networks": [{ "networkUrl": "projects/p/global/networks/default" }] });
    let inside = google.post("/managedZones", &inside).await.ok();
    assert_eq!(inside["nameServers"], json!(["ns-gcp-private.googledomains.com."]));
    let link = "https://www.googleapis.com/compute/v1/projects/p/global/networks/default";
    assert_eq!(inside["privateVisibilityConfig"]["networks"][0]["networkUrl"], link);
    let second = google.post("/managedZones", &zone("second", "schwenk.example.")).await.ok();
    assert_eq!(second["nameServers"][0], "ns-cloud-c1.googledomains.com.");
    let names = async |query: &str| {
        let list = google.get(&format!("/managedZones{query}")).await.ok();
        assert_eq!(list["kind"], "dns#managedZonesListResponse");
        let zones = list["managedZones"].as_array().expect("zones").clone();
        zones.iter().map(|zone| zone["name"].as_str().unwrap_or("").to_owned()).collect::<Vec<_>>()
    };
    let all = ["inside", "schwenk-example", "second"];
    assert_eq!(names("?dnsName=schwenk.example.").await, all);
    assert_eq!(names("?dnsName=other.example.").await, [""; 0]);
    assert_eq!(names("?maxResults=2").await, all[..2]);
}

#[tokio::test]
async fn a_zone_with_records_cannot_be_deleted_and_an_empty_one_can() {
    let google = Google::start().await;
    let full = google.delete(ZONE).await;
    assert_eq!(full.error(), refused(400, "containerNotEmpty"));
    let app = google.set("app.schwenk.example.", "A").await.ok();
    google.change(&[app], &[]).await.ok();
    let gone = google.delete(ZONE).await;
    assert_eq!((gone.status, gone.text.as_str()), (204, ""));
    let missing = google.get(ZONE).await;
    assert_eq!(missing.error(), refused(404, "notFound"));
    let text = "The 'parameters.managedZone' resource named 'schwenk-example' does not exist.";
    assert_eq!(missing.message(), text);
}

#[tokio::test]
async fn a_patch_merges_and_answers_an_operation() {
    let delay = Duration::from_millis(80);
    let google = Google::with(Options { change_delay: delay, ..Options::default() }).await;
    let path = format!("{ZONE}?clientOperationId=label-it");
    let body = json!({ "labels": { "env": "prod", "team": "net" } });
    let operation = google.patch(&path, &body).await.ok();
    assert_eq!(
        (&operation["kind"], &operation["id"]),
        (&json!("dns#operation"), &json!("label-it"))
    );
    assert_eq!((&operation["status"], &operation["type"]), (&json!("pending"), &json!("update")));
    assert!(operation["zoneContext"]["oldValue"]["labels"].is_null());
    assert_eq!(operation["zoneContext"]["newValue"]["labels"]["env"], "prod");
    until("done", async || {
        let path = format!("{ZONE}/operations/label-it");
        google.get(&path).await.ok()["status"] == "done"
    })
    .await;
    google.patch(ZONE, &json!({ "labels": { "env": null }, "description": "new" })).await.ok();
    let zone = google.get(ZONE).await.ok();
    assert_eq!(zone["labels"], json!({ "team": "net" }));
    assert_eq!(zone["description"], "new");
    let again = google.patch(&path, &body).await;
    assert_eq!(again.error(), refused(409, "alreadyExists"));
    let list = google.get(&format!("{ZONE}/operations")).await.ok();
    assert_eq!(list["kind"], "dns#managedZoneOperationsListResponse");
    assert_eq!(list["operations"].as_array().map(Vec::len), Some(2));
    let missing = google.get(&format!("{ZONE}/operations/none")).await;
    assert_eq!(missing.error(), refused(404, "notFound"));
}

#[tokio::test]
async fn an_update_replaces_what_is_not_fixed() {
    let google = Google::start().await;
    google.patch(ZONE, &json!({ "labels": { "env": "prod" } })).await.ok();
    let mut whole = zone("schwenk-example", "schwenk.example.");
    google.put(ZONE, &whole).await.ok();
    assert!(google.get(ZONE).await.ok()["labels"].is_null());
    whole["dnsName"] = json!("other.example.");
    assert_eq!(google.put(ZONE, &whole).await.error(), refused(400, "invalid"));
    for fixed in [json!({ "dnsName": "other.example." }), json!({ "visibility": "private" })] {
        assert_eq!(google.patch(ZONE, &fixed).await.error(), refused(400, "invalid"), "{fixed}");
    }
    let named = google.patch(&format!("{ZONE}?clientOperationId=No!"), &json!({})).await;
    assert_eq!(named.error(), refused(400, "invalid"));
}

#[tokio::test]
async fn the_project_tells_its_quota_in_numbers() {
    let google = Google::start().await;
    let project = google.get("").await.ok();
    assert_eq!(
        (&project["kind"], &project["quota"]["kind"]),
        (&json!("dns#project"), &json!("dns#quota"))
    );
    assert!(project["number"].as_str().is_some_and(|number| number.parse::<u64>().is_ok()));
    assert_eq!(project["quota"]["rrsetAdditionsPerChange"], json!(1000));
    assert_eq!(project["quota"]["totalRrdataSizePerChange"], json!(100_000));
    let number = project["number"].as_str().expect("a number");
    let token = &google.emulator.info().tokens.google;
    let url = google.url(&format!("/dns/v1/projects/{number}"));
    let by_number = super::send(google.http.get(url).bearer_auth(token)).await;
    assert_eq!(by_number.ok(), project);
    let url = google.url("/dns/v1/projects/somebody-elses");
    let foreign = super::send(google.http.get(url).bearer_auth(token)).await;
    assert_eq!(foreign.error(), refused(403, "forbidden"));
}

#[tokio::test]
async fn collections_without_content_are_empty_and_unknown_paths_are_not_found() {
    let google = Google::start().await;
    for (path, kind) in [
        (format!("{ZONE}/dnsKeys"), json!("dns#dnsKeysListResponse")),
        ("/policies".to_owned(), json!("dns#policiesListResponse")),
        ("/responsePolicies".to_owned(), Value::Null),
    ] {
        assert_eq!(google.get(&path).await.ok()["kind"], kind, "{path}");
    }
    for path in ["/nothing", "/managedZones/none", "/policies/none", "/managedZones/none/rrsets"] {
        assert_eq!(google.get(path).await.error(), refused(404, "notFound"), "{path}");
    }
    let made = google.post("/policies", &json!({ "name": "x" })).await;
    assert_eq!(made.error(), refused(501, "notImplemented"));
    let body = json!({ "permissions": ["dns.changes.create"] });
    let mine = google.post(&format!("{ZONE}:testIamPermissions"), &body).await.ok();
    assert_eq!(mine, body);
}

#[tokio::test]
async fn the_name_servers_follow_public_zones_only() {
    let google = Google::start().await;
    let mut inside = zone("inside", "inside.test.");
    inside["visibility"] = json!("private");
    google.post("/managedZones", &inside).await.ok();
    google.post("/managedZones", &zone("outside", "outside.test.")).await.ok();
    let address = set("www.outside.test.", "A", 60, &["203.0.113.1"]);
    google.post("/managedZones/outside/rrsets", &address).await.ok();
    let state = &google.emulator.info().state;
    until("published", async || {
        super::send(google.http.get(state)).await.text.contains("www.outside.test")
    })
    .await;
    let text = super::send(google.http.get(state)).await.text;
    assert!(text.contains("outside.test") && !text.contains("inside.test"), "{text}");
    google.delete("/managedZones/outside/rrsets/www.outside.test./A").await.ok();
    assert_eq!(google.delete("/managedZones/outside").await.status, 204);
    until("withdrawn", async || {
        !super::send(google.http.get(state)).await.text.contains("outside.test")
    })
    .await;
}
