//! Labels and metadata by fingerprint, the console, addresses and images.
use std::collections::BTreeMap;

use cloud_api::{AddressSpec, ComputeProvider, PublicV4};
use secrecy::SecretString;
use serde_json::json;

use super::{ZONE, at, client, error, instance, operation, web};
use crate::script::Script;
use crate::support::{call, name, owner};

const ID: &str = "europe-west3-a/web-1";

#[tokio::test]
async fn labels_are_changed_by_fingerprint_and_again_when_somebody_was_faster() {
    let script = Script::default();
    let look = at("GET", &format!("{ZONE}/instances/web-1"));
    let set = at("POST", &format!("{ZONE}/instances/web-1/setLabels"));
    let mut newer = instance("RUNNING", "e2-small", None);
    newer["labelFingerprint"] = json!("bGFiZWwy");
    script
        .reply(&look, 200, instance("RUNNING", "e2-small", None))
        .reply(&set, 412, error(412, "conditionNotMet"))
        .reply(&look, 200, newer)
        .reply(&set, 200, operation("op", "DONE"));
    let labels = BTreeMap::from([("role".to_owned(), "db".to_owned())]);
    client(&script).relabel(ID, &labels, call()).await.unwrap().unwrap();
    let bodies: Vec<_> = script.asked().into_iter().map(|asked| asked.body).collect();
    assert_eq!(bodies[1]["labelFingerprint"], "bGFiZWwx");
    assert_eq!(
        bodies[3],
        json!({"labelFingerprint": "bGFiZWwy",
        "labels": {"role": "db", "schwenk-owner": "acme"}})
    );
    script.finished();
}

#[tokio::test]
async fn a_new_boot_script_leaves_the_other_metadata_alone() {
    let script = Script::default();
    let look = at("GET", &format!("{ZONE}/instances/web-1"));
    let set = at("POST", &format!("{ZONE}/instances/web-1/setMetadata"));
    script
        .reply(&look, 200, instance("RUNNING", "e2-small", None))
        .reply(&set, 200, operation("op", "DONE"))
        .reply(&look, 200, instance("RUNNING", "e2-small", None));
    let google = client(&script);
    let boot = google.boot_data().unwrap();
    let new = SecretString::from("#!/bin/sh\nnew\n");
    assert!(boot.set_boot_script(ID, &new, call()).await.unwrap().is_some());
    assert_eq!(
        script.body(&set),
        json!({"fingerprint": "bWV0YTE=", "items": [
        {"key": "foreign", "value": "kept"},
        {"key": "startup-script", "value": "#!/bin/sh\nnew\n"}]})
    );
    let old = SecretString::from("#!/bin/sh\nold\n");
    assert!(boot.set_boot_script(ID, &old, call()).await.unwrap().is_none());
    script.finished();
}

#[tokio::test]
async fn the_console_is_read_from_where_it_was() {
    let script = Script::default();
    script.reply(
        &at("GET", &format!("{ZONE}/instances/web-1/serialPort")),
        200,
        json!({"contents": "hello\n", "start": "100", "next": "106"}),
    );
    let google = client(&script);
    let output = google.console().unwrap().output(ID, 40, call()).await.unwrap();
    assert_eq!((output.start, output.next, output.text.as_str()), (100, 106, "hello\n"));
    assert!(script.asked()[0].path.contains("port=1&start=40"));
}

#[tokio::test]
async fn a_reserved_address_is_given_by_number_and_only_in_its_region() {
    let script = Script::default();
    let region = "https://www.googleapis.com/compute/v1/projects/p/regions/europe-west3";
    let address = json!({"name": "web", "region": region, "address": "203.0.113.10",
        "status": "RESERVED", "labels": {"schwenk-owner": "acme"}});
    script.reply(&at("GET", "regions/europe-west3/addresses/web"), 200, address).reply(
        &at("POST", &format!("{ZONE}/instances?")),
        200,
        operation("op", "RUNNING"),
    );
    let google = client(&script);
    let mut spec = web();
    spec.public_v4 = PublicV4::Reserved("europe-west3/web".to_owned());
    google.create(&spec, call()).await.unwrap();
    let body = script.body(&at("POST", &format!("{ZONE}/instances")));
    assert_eq!(body["networkInterfaces"][0]["accessConfigs"][0]["natIP"], "203.0.113.10");
    spec.public_v4 = PublicV4::Reserved("us-east1/web".to_owned());
    let failure = google.create(&spec, call()).await.unwrap_err().failure;
    assert!(failure.message.contains("cannot be used in europe-west3"), "{failure}");
    script.finished();
}

#[tokio::test]
async fn addresses_say_who_uses_them() {
    let script = Script::default();
    let region = "https://www.googleapis.com/compute/v1/projects/p/regions/europe-west3";
    let user = "https://www.googleapis.com/compute/v1/projects/p/zones/europe-west3-a/instances/w";
    script
        .reply(&at("POST", "regions/europe-west3/addresses?"), 409, error(409, "alreadyExists"))
        .reply(
            &at("GET", "regions/europe-west3/addresses/web"),
            200,
            json!({"name": "web",
            "region": region, "labels": {"schwenk-owner": "acme"}}),
        )
        .reply(
            &at("GET", "aggregated/addresses"),
            200,
            json!({"items": {
            "regions/europe-west3": {"addresses": [{"name": "web", "region": region,
                "address": "203.0.113.10", "users": [user], "labels": {"schwenk-owner": "acme"}}]},
            "global": {"addresses": [{"name": "lb", "address": "203.0.113.99"}]}}}),
        );
    let google = client(&script);
    let addresses = google.addresses().unwrap();
    let spec = AddressSpec::new(name("web"), owner(), "europe-west3-a");
    assert!(addresses.reserve(&spec, call()).await.unwrap().adopted);
    let all = addresses.addresses(None, call()).await.unwrap();
    assert_eq!(all.len(), 1, "a global address is none for a server");
    assert_eq!(all[0].server.as_deref(), Some("europe-west3-a/w"));
    script.finished();
}

#[tokio::test]
async fn a_bare_image_is_the_newest_of_its_family() {
    let script = Script::default();
    let family = "GET /compute/v1/projects/debian-cloud/global/images/family/debian-12";
    script
        .reply(family, 200, json!({"name": "debian-12-v20261101", "architecture": "X86_64"}))
        .reply(
            "GET /compute/v1/projects/debian-cloud/global/images/family/debian-99",
            404,
            error(404, "notFound"),
        );
    let google = client(&script);
    assert!(google.image("debian-12", call()).await.unwrap().is_some());
    assert!(google.image("debian-99", call()).await.unwrap().is_none());
    assert!(google.image("../secret", call()).await.is_err());
    script.finished();
}
