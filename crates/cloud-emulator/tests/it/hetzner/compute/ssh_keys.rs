//! SSH keys.

use cloud_emulator::{Cloud, Fault};
use serde_json::json;

use super::{KEY, instant};

#[tokio::test]
async fn a_key_has_the_fingerprint_ssh_keygen_tells_and_is_there_once() {
    let hetzner = instant().await;
    let made = hetzner.post("/ssh_keys", json!({"name": "ops", "public_key": KEY})).await;
    assert_eq!(made.status, 201, "{made:?}");
    let fingerprint = "0f:a2:0a:d7:38:3e:65:45:08:6b:63:84:1c:ff:dc:ba";
    assert_eq!(made.json["ssh_key"]["fingerprint"], fingerprint);
    let commented = format!("{KEY} somebody@else");
    let again = hetzner.post("/ssh_keys", json!({"name": "two", "public_key": commented})).await;
    again.is_error(409, "uniqueness_error");
    assert_eq!(again.json["error"]["details"]["fields"][0]["name"], "public_key");
    let other = KEY.replace("Hh8", "Hh9").replace("scHR4f", "scHR4e");
    let named = hetzner.post("/ssh_keys", json!({"name": "ops", "public_key": other})).await;
    named.is_error(409, "uniqueness_error");
    assert_eq!(named.json["error"]["details"]["fields"][0]["name"], "name");
    let found = hetzner.get(&format!("/ssh_keys?fingerprint={fingerprint}")).await;
    assert_eq!(found.ids("ssh_keys").len(), 1);
    let path = format!("/ssh_keys/{}", made.json["ssh_key"]["id"]);
    assert_eq!(hetzner.put(&path, json!({"name": "new"})).await.json["ssh_key"]["name"], "new");
    assert_eq!(hetzner.delete(&path).await.status, 204);
    hetzner.get(&path).await.is_error(404, "not_found");
}

#[tokio::test]
async fn what_is_no_key_is_refused_and_so_is_one_the_cloud_does_not_like() {
    let hetzner = instant().await;
    let no_key =
        hetzner.post("/ssh_keys", json!({"name": "x", "public_key": "ssh-rsa AAAA"})).await;
    no_key.refuses("public_key");
    hetzner.emulator.faults().set(Fault::SshKeyRefused { cloud: Cloud::Hetzner });
    hetzner.post("/ssh_keys", json!({"name": "x", "public_key": KEY})).await.refuses("public_key");
}
