//! Fingerprints: what was changed meanwhile is not overwritten.

use serde_json::{Value, json};

use super::{ZONE, instant, refused, wish};

#[tokio::test]
async fn labels_metadata_and_tags_want_the_present_fingerprint() {
    let google = instant().await;
    google.network().await;
    google.made(&format!("{ZONE}/instances"), wish("a", json!({}))).await;
    let path = format!("{ZONE}/instances/a");
    let items = json!([{"key": "k", "value": "v"}]);
    for (verb, pointer, member, content) in [
        ("setLabels", "/labelFingerprint", "labelFingerprint", json!({"labels": {"a": "b"}})),
        ("setMetadata", "/metadata/fingerprint", "fingerprint", json!({ "items": items })),
        ("setTags", "/tags/fingerprint", "fingerprint", json!({"items": ["web"]})),
    ] {
        let present = google.see("a").await.pointer(pointer).cloned().expect("a fingerprint");
        let with = |fingerprint: &Value| {
            let mut body = content.clone();
            body[member] = fingerprint.clone();
            body
        };
        let url = format!("{path}/{verb}");
        for wrong in [Value::Null, json!("AAAAAAAAAAA=")] {
            let answer = google.make(&url, with(&wrong)).await;
            assert_eq!(answer.error(), refused(412, "conditionNotMet"), "{verb}");
        }
        google.made(&url, with(&present)).await;
        let answer = google.make(&url, with(&present)).await;
        assert_eq!(answer.error(), refused(412, "conditionNotMet"), "{verb} is stale now");
    }
    let instance = google.see("a").await;
    assert_eq!(instance["labels"], json!({"a": "b"}));
    assert_eq!(instance["metadata"]["items"], items);
    assert_eq!(instance["tags"]["items"], json!(["web"]));
}

#[tokio::test]
async fn the_projects_metadata_is_set_and_seen() {
    let google = instant().await;
    let project = google.look("").await.ok();
    assert_eq!(
        (&project["kind"], &project["name"]),
        (&json!("compute#project"), &json!("schwenk-demo"))
    );
    let fingerprint = project["commonInstanceMetadata"]["fingerprint"].clone();
    let items = json!([{"key": "ssh-keys", "value": "ops:ssh-ed25519 AAAA ops"}]);
    let body = json!({"fingerprint": fingerprint, "items": items});
    let operation = google.made("/setCommonInstanceMetadata", body.clone()).await;
    assert!(
        operation["targetLink"]
            .as_str()
            .is_some_and(|link| link.ends_with("/projects/schwenk-demo"))
    );
    assert_eq!(google.look("").await.ok()["commonInstanceMetadata"]["items"], items);
    let stale = google.make("/setCommonInstanceMetadata", body).await;
    assert_eq!(stale.error(), refused(412, "conditionNotMet"));
}
