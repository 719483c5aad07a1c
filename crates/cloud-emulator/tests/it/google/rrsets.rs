//! The verbs on single record sets, and listing them.

use serde_json::json;

use super::{Google, ZONE, refused, set};

const WWW: &str = "www.schwenk.example.";

#[tokio::test]
async fn a_set_is_created_read_patched_and_deleted() {
    let google = Google::start().await;
    let sets = format!("{ZONE}/rrsets");
    let made = google.post(&sets, &set(WWW, "A", 60, &["203.0.113.1"])).await.ok();
    assert_eq!(made["kind"], "dns#resourceRecordSet");
    let again = google.post(&sets, &set(WWW, "A", 60, &["203.0.113.2"])).await;
    assert_eq!(again.error(), refused(409, "alreadyExists"));
    let text = "The resource 'entity.rrset' named 'www.schwenk.example. (A)' already exists";
    assert_eq!(again.message(), text);
    let one = format!("{sets}/{WWW}/A");
    assert_eq!(google.get(&one).await.ok(), made);
    let patched = google.patch(&one, &json!({ "ttl": 90 })).await.ok();
    assert_eq!((&patched["ttl"], &patched["rrdatas"]), (&json!(90), &json!(["203.0.113.1"])));
    let patched = google.patch(&one, &json!({ "rrdatas": ["203.0.113.3"] })).await.ok();
    assert_eq!((&patched["ttl"], &patched["rrdatas"]), (&json!(90), &json!(["203.0.113.3"])));
    assert_eq!(google.delete(&one).await.ok(), json!({}));
    for gone in [google.get(&one).await, google.delete(&one).await] {
        assert_eq!(gone.error(), refused(404, "notFound"));
    }
}

#[tokio::test]
async fn each_write_to_a_set_is_a_change() {
    let google = Google::start().await;
    google.post(&format!("{ZONE}/rrsets"), &set(WWW, "A", 60, &["203.0.113.1"])).await.ok();
    google.delete(&format!("{ZONE}/rrsets/{WWW}/A")).await.ok();
    let list = google.get(&format!("{ZONE}/changes")).await.ok();
    assert_eq!(list["changes"][1]["additions"][0]["name"], WWW);
    assert_eq!(list["changes"][2]["deletions"][0]["name"], WWW);
}

#[tokio::test]
async fn a_wildcard_can_be_addressed_raw_or_escaped() {
    let google = Google::start().await;
    let wild = set("*.schwenk.example.", "A", 60, &["203.0.113.1"]);
    google.post(&format!("{ZONE}/rrsets"), &wild).await.ok();
    for path in ["*.schwenk.example.", "%2A.schwenk.example.", "%2a.schwenk.example%2E"] {
        assert_eq!(google.set(path, "A").await.ok()["name"], "*.schwenk.example.");
    }
}

#[tokio::test]
async fn the_apex_cannot_lose_its_name_servers_by_this_door_either() {
    let google = Google::start().await;
    let answer = google.delete(&format!("{ZONE}/rrsets/schwenk.example./NS")).await;
    assert_eq!(answer.error(), refused(400, "invalidZoneApex"));
}

#[tokio::test]
async fn sets_are_listed_parents_first() {
    let google = Google::start().await;
    for name in ["b.schwenk.example.", "x.a.schwenk.example.", "a.schwenk.example."] {
        google.change(&[], &[set(name, "A", 60, &["203.0.113.1"])]).await.ok();
    }
    let expected = [
        "schwenk.example. NS",
        "schwenk.example. SOA",
        "a.schwenk.example. A",
        "x.a.schwenk.example. A",
        "app.schwenk.example. A",
        "b.schwenk.example. A",
    ];
    assert_eq!(google.titles("").await, expected);
}

#[tokio::test]
async fn name_and_type_select_and_exclude_a_filter() {
    let google = Google::start().await;
    google.change(&[], &[set("app.schwenk.example.", "TXT", 60, &["\"x\""])]).await.ok();
    let app = ["app.schwenk.example. A", "app.schwenk.example. TXT"];
    assert_eq!(google.titles("?name=app.schwenk.example.").await, app);
    assert_eq!(google.titles("?name=app.schwenk.example.&type=TXT").await, app[1..]);
    assert_eq!(google.titles("?name=no.schwenk.example.").await, [""; 0]);
    let typed = google.get(&format!("{ZONE}/rrsets?type=A")).await;
    assert_eq!(typed.error(), refused(400, "required"));
    let both = google.get(&format!("{ZONE}/rrsets?name=a.b.&filter=name%3D%22a.b.%22")).await;
    assert_eq!(both.error(), refused(400, "invalid"));
}

#[tokio::test]
async fn filters_know_name_type_and_suffix() {
    let google = Google::start().await;
    for (name, rtype, value) in
        [("a.b.schwenk.example.", "A", "203.0.113.1"), ("xb.schwenk.example.", "TXT", "\"x\"")]
    {
        google.change(&[], &[set(name, rtype, 60, &[value])]).await.ok();
    }
    let filtered = async |filter: &str| {
        let encoded: String = filter.bytes().map(|byte| format!("%{byte:02X}")).collect();
        google.titles(&format!("?filter={encoded}")).await
    };
    assert_eq!(filtered(r#"name="a.b.schwenk.example.""#).await, ["a.b.schwenk.example. A"]);
    assert_eq!(
        filtered(r#"name = "schwenk.example." AND type = "SOA""#).await,
        ["schwenk.example. SOA"]
    );
    assert_eq!(
        filtered(r#"name=has_suffix("b.schwenk.example.")"#).await,
        ["a.b.schwenk.example. A"]
    );
    assert_eq!(
        filtered(r#"name=has_suffix("schwenk.example.") AND type="TXT""#).await,
        ["xb.schwenk.example. TXT"]
    );
    assert_eq!(filtered(r#"name="no.schwenk.example.""#).await, [""; 0]);
    for wrong in ["name=", "type=%22A%22", "colour=%22red%22", "name%3D%22open", "%22%22"] {
        let answer = google.get(&format!("{ZONE}/rrsets?filter={wrong}")).await;
        assert_eq!(answer.error(), refused(400, "invalid"), "{wrong}");
    }
}

#[tokio::test]
async fn pages_join_to_the_whole_list_even_if_it_changes_in_between() {
    let google = Google::start().await;
    let sets: Vec<_> = (10..30)
        .map(|n| set(&format!("n{n}.schwenk.example."), "A", 60, &["203.0.113.1"]))
        .collect();
    google.change(&[], &sets).await.ok();
    let whole = google.titles("").await;
    let (mut seen, mut token) = (Vec::new(), String::new());
    loop {
        let page = google.get(&format!("{ZONE}/rrsets?maxResults=4&pageToken={token}")).await.ok();
        assert_eq!(page["kind"], "dns#resourceRecordSetsListResponse");
        for set in page["rrsets"].as_array().expect("sets") {
            seen.push(format!("{} {}", set["name"], set["type"]).replace('"', ""));
        }
        if seen.len() == 4 {
            google.change(std::slice::from_ref(&sets[19]), &[]).await.ok();
        }
        match page["nextPageToken"].as_str() {
            Some(next) => token = next.to_owned(),
            None => break,
        }
    }
    assert_eq!(seen, whole[..whole.len() - 1]);
    for wrong in ["?maxResults=0", "?maxResults=-1", "?maxResults=x", "?pageToken=!"] {
        let answer = google.get(&format!("{ZONE}/rrsets{wrong}")).await;
        assert_eq!(answer.error(), refused(400, "invalid"), "{wrong}");
    }
}

#[tokio::test]
async fn a_long_list_comes_in_pages_without_being_asked() {
    let google = Google::start().await;
    let sets: Vec<_> = (0..120)
        .map(|n| set(&format!("n{n}.schwenk.example."), "A", 60, &["203.0.113.1"]))
        .collect();
    google.change(&[], &sets).await.ok();
    let page = google.get(&format!("{ZONE}/rrsets")).await.ok();
    assert_eq!(page["rrsets"].as_array().map(Vec::len), Some(100));
    assert!(page["nextPageToken"].is_string());
}
