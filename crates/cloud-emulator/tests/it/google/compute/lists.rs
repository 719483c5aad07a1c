//! Lists, of a zone and of all; filters, pages, fields.

use serde_json::{Value, json};

use super::{Google, ZONE, instant, refused, wish};

async fn with_instances() -> Google {
    let google = instant().await;
    google.network().await;
    for place in 0..5 {
        let role = if place % 2 == 0 { "app" } else { "db" };
        let zone = if place < 4 { "a" } else { "b" };
        let more = json!({
            "labels": {"role": role},
            "machineType": format!("zones/europe-west3-{zone}/machineTypes/e2-small"),
        });
        let path = format!("/zones/europe-west3-{zone}/instances");
        google.made(&path, wish(&format!("s{place}"), more)).await;
    }
    google
}

fn names(list: &Value) -> Vec<String> {
    let items = list["items"].as_array().cloned().unwrap_or_default();
    items.iter().map(|item| item["name"].as_str().unwrap_or("?").to_owned()).collect()
}

#[tokio::test]
async fn filters_by_label_and_name_select() {
    let google = with_instances().await;
    for (filter, wanted) in [
        ("labels.role = app", vec!["s0", "s2"]),
        ("labels.role:*", vec!["s0", "s1", "s2", "s3"]),
        ("name = s1", vec!["s1"]),
        ("name eq s[0]", vec![]),
        ("(labels.role = app) (name != s0)", vec!["s2"]),
        ("name = s1 OR name = s3", vec!["s1", "s3"]),
        ("status = TERMINATED", vec![]),
    ] {
        let query = filter.replace(' ', "%20").replace('=', "%3D");
        let list = google.look(&format!("{ZONE}/instances?filter={query}")).await.ok();
        assert_eq!(names(&list), wanted, "{filter}");
    }
    let wrong = google.look(&format!("{ZONE}/instances?filter=name")).await;
    assert_eq!(wrong.error(), refused(400, "invalid"));
}

#[tokio::test]
async fn pages_follow_each_other() {
    let google = with_instances().await;
    let mut found = Vec::new();
    let mut token = String::new();
    loop {
        let path = format!("{ZONE}/instances?maxResults=3&pageToken={token}");
        let page = google.look(&path).await.ok();
        assert!(names(&page).len() <= 3);
        found.extend(names(&page));
        match page["nextPageToken"].as_str() {
            Some(next) => token = next.to_owned(),
            None => break,
        }
    }
    assert_eq!(found, ["s0", "s1", "s2", "s3"]);
    assert_eq!(google.look(&format!("{ZONE}/instances?maxResults=501")).await.status, 400);
    assert_eq!(google.look(&format!("{ZONE}/instances?pageToken=%21")).await.status, 400);
    assert_eq!(google.look(&format!("{ZONE}/instances?orderBy=size")).await.status, 400);
}

#[tokio::test]
async fn the_aggregated_list_has_every_zone_with_items_or_a_warning() {
    let google = with_instances().await;
    let list = google.look("/aggregated/instances").await.ok();
    assert_eq!(list["kind"], "compute#instanceAggregatedList");
    let zones = google.look("/zones").await.ok()["items"].as_array().unwrap().len();
    let items = list["items"].as_object().unwrap();
    assert_eq!(items.len(), zones);
    assert_eq!(items["zones/europe-west3-a"]["instances"].as_array().unwrap().len(), 4);
    assert_eq!(items["zones/europe-west3-b"]["instances"].as_array().unwrap().len(), 1);
    assert_eq!(items["zones/us-east1-b"]["warning"]["code"], "NO_RESULTS_ON_PAGE");
    let page = google.look("/aggregated/instances?maxResults=4").await.ok();
    let token = page["nextPageToken"].as_str().expect("there is more");
    let rest = google.look(&format!("/aggregated/instances?pageToken={token}")).await.ok();
    assert!(rest["items"]["zones/europe-west3-a"].get("warning").is_some());
    assert_eq!(rest["items"]["zones/europe-west3-b"]["instances"][0]["name"], "s4");
    for collection in ["machineTypes", "disks", "subnetworks", "addresses", "operations"] {
        google.look(&format!("/aggregated/{collection}")).await.ok();
    }
    assert_eq!(google.look("/aggregated/nothing").await.status, 404);
}

#[tokio::test]
async fn only_the_wanted_fields_are_answered() {
    let google = with_instances().await;
    let list = google.look(&format!("{ZONE}/instances?fields=items(name,status),kind")).await.ok();
    assert_eq!(list["items"][0], json!({"name": "s0", "status": "RUNNING"}));
    assert!(list.get("selfLink").is_none() && list.get("kind").is_some());
    let all = google.look("/aggregated/instances?fields=items/*/instances/name").await.ok();
    assert_eq!(all["items"]["zones/europe-west3-b"], json!({"instances": [{"name": "s4"}]}));
}
