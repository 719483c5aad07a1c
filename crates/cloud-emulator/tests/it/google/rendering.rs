//! `fields`, `prettyPrint`, `alt` and the parameters that are taken and ignored.

use serde_json::{Value, json};

use super::{Google, ZONE, refused, send};

#[tokio::test]
async fn answers_are_pretty_unless_that_is_switched_off() {
    let google = Google::start().await;
    let pretty = google.get("").await;
    assert!(pretty.text.starts_with("{\n  \""), "{}", pretty.text);
    let plain = google.get("?prettyPrint=false").await;
    assert!(!plain.text.contains('\n'));
    assert_eq!(plain.ok(), pretty.ok());
    let refusal = google.get("/managedZones/none?prettyPrint=false").await;
    assert!(!refusal.text.contains('\n'));
    assert_eq!(refusal.error(), refused(404, "notFound"));
}

#[tokio::test]
async fn a_mask_selects_members_at_any_depth() {
    let google = Google::start().await;
    let masked = async |fields: &str| {
        google.get(&format!("{ZONE}/rrsets?maxResults=1&fields={fields}")).await.ok()
    };
    let first = json!({ "name": "schwenk.example.", "type": "NS" });
    assert_eq!(masked("rrsets(name,type)").await, json!({ "rrsets": [first] }));
    assert_eq!(masked("rrsets/name").await, json!({ "rrsets": [{ "name": "schwenk.example." }] }));
    assert_eq!(masked("kind").await, json!({ "kind": "dns#resourceRecordSetsListResponse" }));
    assert!(masked("nextPageToken,kind").await["nextPageToken"].is_string());
    assert_eq!(masked("*").await.as_object().map(serde_json::Map::len), Some(3));
    assert_eq!(masked("rrsets/*").await["rrsets"][0]["type"], "NS");
    let whole = masked("rrsets/name,rrsets").await;
    assert_eq!(whole["rrsets"][0]["type"], "NS");
    let nested =
        google.get("?fields=quota(managedZones,whitelistedKeySpecs/keyType),id").await.ok();
    assert_eq!(nested["id"], "schwenk-demo");
    assert_eq!(nested["quota"]["whitelistedKeySpecs"][0], json!({ "keyType": "keySigning" }));
    assert_eq!(nested["quota"].as_object().map(serde_json::Map::len), Some(2));
}

#[tokio::test]
async fn a_mask_that_is_broken_or_names_nothing_is_refused() {
    let google = Google::start().await;
    let nested = "a(".repeat(100);
    for fields in
        ["rrsets(", "rrsets)", "rrsets/", ",", "rrsets,", "colour", "rrsets/colour", &nested]
    {
        let answer = google.get(&format!("{ZONE}/rrsets?fields={fields}")).await;
        assert_eq!(answer.error(), refused(400, "invalidParameter"), "{fields}");
        assert_eq!(answer.json()["error"]["errors"][0]["location"], "fields");
    }
    google.get(&format!("{ZONE}?fields=labels/anything")).await.ok();
}

#[tokio::test]
async fn json_is_the_only_format() {
    let google = Google::start().await;
    google.get("?alt=json").await.ok();
    for alt in ["media", "proto", "xml"] {
        let answer = google.get(&format!("?alt={alt}")).await;
        assert_eq!(answer.error(), refused(400, "invalidParameter"), "{alt}");
    }
}

#[tokio::test]
async fn other_parameters_change_nothing() {
    let google = Google::start().await;
    let plain = google.get(ZONE).await.ok();
    for query in [
        "$.xgafv=2",
        "%24.xgafv=1",
        "key=k",
        "quotaUser=u",
        "callback=f",
        "userIp=::1",
        "clientOperationId=op-1",
        "trace=email:x",
        "uploadType=media",
        "unknown",
    ] {
        assert_eq!(google.get(&format!("{ZONE}?{query}")).await.ok(), plain, "{query}");
    }
}

#[tokio::test]
async fn a_long_get_may_come_as_a_post() {
    let google = Google::start().await;
    let request = google
        .request(reqwest::Method::POST, &format!("{ZONE}/rrsets"))
        .header("X-HTTP-Method-Override", "GET")
        .header("Content-Type", "application/x-www-form-urlencoded")
        .body("name=app.schwenk.example.&fields=rrsets%2Fname");
    let expected: Value = json!({ "rrsets": [{ "name": "app.schwenk.example." }] });
    assert_eq!(send(request).await.ok(), expected);
}

#[tokio::test]
async fn the_front_ends_headers_are_there() {
    let google = Google::start().await;
    let answer = google.get("").await;
    for (name, value) in [("server", "ESF"), ("cache-control", "private")] {
        assert_eq!(answer.headers[name], value);
    }
    assert_eq!(answer.headers.get_all("vary").iter().count(), 3);
    assert!(answer.headers.contains_key("date"));
}
