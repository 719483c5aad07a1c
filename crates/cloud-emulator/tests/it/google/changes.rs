//! `changes.create`: exact deletions in order, all or nothing, and a zone that stays a zone.

use std::time::Duration;

use cloud_emulator::{Cloud, Fault, Options};
use serde_json::{Value, json};

use super::{Google, ZONE, refused, set, until};

const WWW: &str = "www.schwenk.example.";

#[tokio::test]
async fn a_change_gets_the_next_number_and_is_done_after_a_while() {
    let delay = Duration::from_millis(80);
    let google = Google::with(Options { change_delay: delay, ..Options::default() }).await;
    let change = google.change(&[], &[set(WWW, "A", 30, &["203.0.113.1"])]).await.ok();
    assert_eq!(change["kind"], "dns#change");
    assert_eq!((&change["id"], &change["status"]), (&json!("1"), &json!("pending")));
    assert_eq!(change["additions"][0]["rrdatas"], json!(["203.0.113.1"]));
    assert!(change["deletions"].is_null());
    until("done", async || google.get(&format!("{ZONE}/changes/1")).await.ok()["status"] == "done")
        .await;
}

#[tokio::test]
async fn start_times_have_milliseconds_and_a_z() {
    let google = Google::start().await;
    let change = google.get(&format!("{ZONE}/changes/0")).await.ok();
    let time = change["startTime"].as_str().expect("a time");
    assert_eq!((time.len(), &time[19..20], &time[23..]), (24, ".", "Z"), "{time}");
}

#[tokio::test]
async fn change_zero_made_the_zone_and_is_done() {
    let google = Google::start().await;
    let change = google.get(&format!("{ZONE}/changes/0")).await.ok();
    assert_eq!(change["status"], "done");
    let types: Vec<_> =
        change["additions"].as_array().expect("sets").iter().map(|set| &set["type"]).collect();
    assert_eq!(types, ["NS", "SOA"]);
}

#[tokio::test]
async fn a_deletion_must_match_name_type_ttl_and_values_in_order() {
    let google = Google::start().await;
    let stored = set(WWW, "A", 30, &["203.0.113.1", "203.0.113.2"]);
    google.change(&[], std::slice::from_ref(&stored)).await.ok();
    for other in [
        set(WWW, "A", 30, &["203.0.113.2", "203.0.113.1"]),
        set(WWW, "A", 31, &["203.0.113.1", "203.0.113.2"]),
        set(WWW, "A", 30, &["203.0.113.1"]),
    ] {
        let answer = google.change(&[other], &[]).await;
        assert_eq!(answer.error(), refused(412, "conditionNotMet"));
        let path = "'entity.change.deletions[www.schwenk.example.][A]'";
        assert_eq!(answer.message(), format!("Precondition not met for {path}"));
        assert_eq!(answer.json()["error"]["status"], "FAILED_PRECONDITION");
    }
    google.change(&[stored], &[]).await.ok();
    assert_eq!(google.set(WWW, "A").await.status, 404);
}

#[tokio::test]
async fn quoting_of_text_is_part_of_the_value() {
    let google = Google::start().await;
    google.change(&[], &[set(WWW, "TXT", 30, &["\"one two\""])]).await.ok();
    for other in ["\"one\" \"two\"", "one two"] {
        let answer = google.change(&[set(WWW, "TXT", 30, &[other])], &[]).await;
        assert_eq!(answer.error(), refused(412, "conditionNotMet"), "{other}");
    }
    google.change(&[set(WWW, "TXT", 30, &["\"one two\""])], &[]).await.ok();
}

#[tokio::test]
async fn deleting_what_is_not_there_is_not_found() {
    let google = Google::start().await;
    let answer = google.change(&[set(WWW, "A", 30, &["203.0.113.1"])], &[]).await;
    assert_eq!(answer.error(), refused(404, "notFound"));
    assert!(answer.message().contains("named 'www.schwenk.example. (A)' does not exist."));
}

#[tokio::test]
async fn adding_what_is_there_conflicts_unless_the_same_change_deletes_it() {
    let google = Google::start().await;
    let (old, new) = (set(WWW, "A", 30, &["203.0.113.1"]), set(WWW, "A", 30, &["198.51.100.7"]));
    google.change(&[], std::slice::from_ref(&old)).await.ok();
    let answer = google.change(&[], std::slice::from_ref(&new)).await;
    assert_eq!(answer.error(), refused(409, "alreadyExists"));
    assert!(answer.message().ends_with("named 'www.schwenk.example. (A)' already exists"));
    google.change(&[old], &[new]).await.ok();
    assert_eq!(google.set(WWW, "A").await.ok()["rrdatas"], json!(["198.51.100.7"]));
}

#[tokio::test]
async fn one_bad_member_spoils_the_whole_change() {
    let google = Google::start().await;
    let before = google.titles("").await;
    let good = set("good.schwenk.example.", "A", 30, &["203.0.113.1"]);
    let app = set("app.schwenk.example.", "A", 60, &["203.0.113.99"]);
    assert_eq!(google.change(&[], &[good.clone(), app.clone()]).await.status, 409);
    assert_eq!(google.change(std::slice::from_ref(&app), &[good]).await.status, 412);
    assert_eq!(google.titles("").await, before);
    assert_eq!(google.get(&format!("{ZONE}/changes/1")).await.status, 404);
}

#[tokio::test]
async fn every_unmet_precondition_has_its_own_entry() {
    let google = Google::start().await;
    let stale = set("app.schwenk.example.", "A", 61, &["203.0.113.1"]);
    let missing = set(WWW, "A", 30, &["203.0.113.1"]);
    let answer = google.change(&[stale, missing], &[]).await;
    assert_eq!(answer.error(), refused(412, "conditionNotMet"));
    let errors = answer.json()["error"]["errors"].clone();
    let reasons: Vec<_> =
        errors.as_array().expect("entries").iter().map(|entry| &entry["reason"]).collect();
    assert_eq!(reasons, ["conditionNotMet", "notFound"]);
}

#[tokio::test]
async fn an_empty_change_is_required_to_have_something() {
    let google = Google::start().await;
    let path = format!("{ZONE}/changes");
    for body in [json!({}), json!({ "additions": [], "deletions": [] })] {
        let answer = google.post(&path, &body).await;
        assert_eq!(answer.error(), refused(400, "required"));
        let expected = "The 'entity.change' parameter is required but was missing.";
        assert_eq!(answer.message(), expected);
    }
}

#[tokio::test]
async fn exceeding_limits_names_every_dimension() {
    let google = Google::start().await;
    let long = format!("\"{}\"", "x".repeat(99));
    let sets: Vec<Value> =
        (0..1001).map(|n| set(&format!("n{n}.schwenk.example."), "TXT", 30, &[&long])).collect();
    let answer = google.change(&sets, &sets).await;
    assert_eq!(answer.error(), refused(403, "quotaExceeded"));
    let errors = answer.json()["error"]["errors"].clone();
    let messages: Vec<_> = errors
        .as_array()
        .expect("entries")
        .iter()
        .map(|entry| entry["message"].as_str().unwrap_or(""))
        .collect();
    let expected = ["additions per change", "deletions per change", "total rrdata size per change"]
        .map(|what| format!("The change would exceed quota for {what}."));
    assert_eq!(messages, expected);
    assert_eq!(google.change(&[], &sets[..1000]).await.error(), refused(403, "quotaExceeded"));
    let short: Vec<Value> = (0..1000)
        .map(|n| set(&format!("n{n}.schwenk.example."), "A", 30, &["203.0.113.1"]))
        .collect();
    google.change(&[], &short).await.ok();
}

#[tokio::test]
async fn the_apex_keeps_its_ns_and_soa_but_they_can_be_replaced() {
    let google = Google::start().await;
    for rtype in ["NS", "SOA"] {
        let stored = google.set("schwenk.example.", rtype).await.ok();
        let answer = google.change(std::slice::from_ref(&stored), &[]).await;
        assert_eq!(answer.error(), refused(400, "invalidZoneApex"));
        assert!(
            answer
                .message()
                .contains(&format!("exactly one resource record set of type '{rtype}'"))
        );
        let mut replaced = stored.clone();
        replaced["ttl"] = json!(3600);
        google.change(&[stored], &[replaced]).await.ok();
    }
    let elsewhere = set(WWW, "SOA", 60, &["a.example. b.example. 1 2 3 4 5"]);
    assert_eq!(google.change(&[], &[elsewhere]).await.error(), refused(400, "invalidZoneApex"));
}

#[tokio::test]
async fn the_serial_is_never_touched() {
    let google = Google::start().await;
    let before = google.set("schwenk.example.", "SOA").await.ok();
    google.change(&[], &[set(WWW, "A", 30, &["203.0.113.1"])]).await.ok();
    assert_eq!(google.set("schwenk.example.", "SOA").await.ok(), before);
    let expected = "cloud-dns-hostmaster.google.com. 1 21600 3600 259200 300";
    assert!(before["rrdatas"][0].as_str().expect("a value").ends_with(expected));
}

#[tokio::test]
async fn a_cname_tolerates_nothing_beside_it() {
    let google = Google::start().await;
    let cname = set("app.schwenk.example.", "CNAME", 30, &["other.example."]);
    let answer = google.change(&[], std::slice::from_ref(&cname)).await;
    assert_eq!(answer.error(), refused(400, "cnameResourceRecordSetConflict"));
    let apex = set("schwenk.example.", "CNAME", 30, &["other.example."]);
    let answer = google.change(&[], &[apex]).await;
    assert_eq!(answer.error(), refused(400, "recordTypeDisallowedAtZoneApex"));
    let two = set(WWW, "CNAME", 30, &["a.example.", "b.example."]);
    assert_eq!(google.change(&[], &[two]).await.error(), refused(400, "invalidRecordCount"));
    let app = google.set("app.schwenk.example.", "A").await.ok();
    google.change(&[app], &[cname]).await.ok();
    let address = set("app.schwenk.example.", "A", 30, &["203.0.113.1"]);
    let answer = google.change(&[], &[address]).await;
    assert_eq!(answer.error(), refused(400, "cnameResourceRecordSetConflict"));
}

#[tokio::test]
async fn numbers_may_come_as_text_and_a_missing_ttl_is_zero() {
    let google = Google::start().await;
    let mut text = set(WWW, "A", 0, &["203.0.113.1"]);
    text["ttl"] = json!("300");
    google.change(&[], &[text]).await.ok();
    let stored = google.set(WWW, "A").await.ok();
    assert_eq!(stored["ttl"], json!(300));
    google.change(&[stored], &[]).await.ok();
    let bare = json!({ "name": WWW, "type": "A", "rrdatas": ["203.0.113.1"] });
    google.change(&[], &[bare]).await.ok();
    assert_eq!(google.set(WWW, "A").await.ok()["ttl"], json!(0));
}

#[tokio::test]
async fn a_routing_policy_is_kept_and_deleted_only_by_the_same_policy() {
    let google = Google::start().await;
    let policy = |weight: f64| {
        json!({ "name": WWW, "type": "A", "ttl": 5, "routingPolicy": { "wrr": { "items": [
            { "weight": weight, "rrdatas": ["203.0.113.1"] },
            { "weight": 1, "rrdatas": ["203.0.113.2"] },
        ]}}})
    };
    google.change(&[], &[policy(0.5)]).await.ok();
    let stored = google.set(WWW, "A").await.ok();
    assert_eq!(stored["routingPolicy"]["wrr"]["items"][0]["weight"], json!(0.5));
    assert_eq!(stored["routingPolicy"]["kind"], "dns#rRSetRoutingPolicy");
    let answer = google.change(&[policy(0.6)], &[]).await;
    assert_eq!(answer.error(), refused(412, "conditionNotMet"));
    google.change(&[stored], &[]).await.ok();
    google.change(&[], &[policy(0.5)]).await.ok();
    let mut text = policy(0.5);
    text["routingPolicy"]["wrr"]["items"][0]["weight"] = json!("0.5");
    google.change(&[text], &[]).await.ok();
}

#[tokio::test]
async fn changes_are_listed_in_either_order() {
    let google = Google::start().await;
    google.change(&[], &[set(WWW, "A", 30, &["203.0.113.1"])]).await.ok();
    google.change(&[], &[set(WWW, "AAAA", 30, &["2001:db8::1"])]).await.ok();
    let ids = async |query: &str| {
        let list = google.get(&format!("{ZONE}/changes{query}")).await.ok();
        assert_eq!(list["kind"], "dns#changesListResponse");
        let changes = list["changes"].as_array().expect("changes").clone();
        changes.iter().map(|one| one["id"].as_str().unwrap_or("").to_owned()).collect::<String>()
    };
    assert_eq!(ids("").await, "012");
    assert_eq!(ids("?sortBy=changeSequence&sortOrder=ascending").await, "012");
    assert_eq!(ids("?sortBy=changeSequence&sortOrder=descending").await, "210");
    assert_eq!(ids("?sortOrder=descending&maxResults=2").await, "21");
    for wrong in ["?sortBy=name", "?sortOrder=up"] {
        let answer = google.get(&format!("{ZONE}/changes{wrong}")).await;
        assert_eq!(answer.error(), refused(400, "invalid"));
    }
    let missing = google.get(&format!("{ZONE}/changes/17")).await;
    assert_eq!(missing.error(), refused(404, "notFound"));
    assert!(missing.message().contains("'parameters.changeId'"));
}

#[tokio::test]
async fn a_hanging_change_ends_when_it_is_let_go_and_a_failing_one_changes_nothing() {
    let google = Google::start().await;
    let faults = google.emulator.faults();
    let hang = Fault::ActionHang { cloud: Cloud::Google };
    faults.set(hang.clone());
    let change = google.change(&[], &[set(WWW, "A", 30, &["203.0.113.1"])]).await.ok();
    assert_eq!(change["status"], "pending");
    let status = async || google.get(&format!("{ZONE}/changes/1")).await.ok()["status"].clone();
    assert_eq!(status().await, "pending");
    faults.clear(&hang);
    until("done", async || status().await == "done").await;
    faults.set(Fault::ActionError { cloud: Cloud::Google, count: 1 });
    let failed = google.change(&[], &[set(WWW, "TXT", 30, &["\"x\""])]).await;
    assert_eq!(failed.error(), refused(500, "backendError"));
    assert_eq!(google.set(WWW, "TXT").await.status, 404);
}
