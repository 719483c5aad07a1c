//! RRsets themselves: creation, labels, deletion and the rules for names, values and TTLs.

use serde_json::json;

use super::{Hetzner, RRSETS, records, rrset};

#[tokio::test]
async fn an_rrset_is_created_read_and_deleted() {
    let hetzner = Hetzner::start().await;
    let mut body = rrset("www", "A", &["192.0.2.1"]);
    body["records"][0]["comment"] = json!("fsn1");
    body["labels"] = json!({"a": "b"});
    let created = hetzner.post(RRSETS, body).await;
    assert_eq!((created.status, &created.json["action"]["command"]), (201, &json!("create_rrset")));
    let zone = hetzner.emulator.info().zone.clone().and_then(|zone| zone.hetzner);
    let expected = json!({
        "id": "www/A", "name": "www", "type": "A", "ttl": null, "labels": {"a": "b"},
        "protection": {"change": false}, "zone": zone.map(|zone| zone.id),
        "records": [{"value": "192.0.2.1", "comment": "fsn1"}],
    });
    assert_eq!(created.json["rrset"], expected);
    assert_eq!(hetzner.get(&format!("{RRSETS}/www/A")).await.json["rrset"], expected);
    let deleted = hetzner.delete(&format!("{RRSETS}/www/A")).await;
    assert_eq!((deleted.status, &deleted.json["action"]["command"]), (201, &json!("delete_rrset")));
    hetzner.get(&format!("{RRSETS}/www/A")).await.is_error(404, "not_found");
    hetzner.delete(&format!("{RRSETS}/www/A")).await.is_error(404, "not_found");
}

#[tokio::test]
async fn an_rrset_that_exists_is_a_uniqueness_error_and_not_a_conflict() {
    let hetzner = Hetzner::start().await;
    let again = hetzner.post(RRSETS, rrset("app", "A", &["192.0.2.1"])).await;
    again.is_error(409, "uniqueness_error");
    assert_eq!(hetzner.values("app/A").await, ["127.0.10.1"]);
}

#[tokio::test]
async fn put_changes_labels_and_refuses_records() {
    let hetzner = Hetzner::start().await;
    let path = format!("{RRSETS}/app/A");
    let labelled = hetzner.put(&path, json!({"labels": {"a": "b"}})).await;
    assert_eq!((labelled.status, &labelled.json["rrset"]["labels"]), (200, &json!({"a": "b"})));
    let refused = hetzner.put(&path, records(&["192.0.2.1"])).await;
    refused.is_error(422, "invalid_input");
    assert_eq!(refused.json["error"]["message"], "can't update records with this endpoint");
    assert_eq!(refused.json["error"]["details"], json!(null));
    hetzner.put(&path, json!({"name": "x"})).await.refuses("name");
    assert_eq!(hetzner.values("app/A").await, ["127.0.10.1"]);
}

#[tokio::test]
async fn names_are_relative_lower_case_and_without_the_zone() {
    let hetzner = Hetzner::start().await;
    for name in ["WWW", "www.", "www.schwenk.example", "schwenk.example", "", "a..b", "a b", "w*"] {
        hetzner.post(RRSETS, rrset(name, "A", &["192.0.2.1"])).await.refuses("name");
    }
    for name in ["@", "*", "*.sub", "_dmarc", "a.b.c", "xn--4bi"] {
        let created = hetzner.post(RRSETS, rrset(name, "A", &["192.0.2.1"])).await;
        assert_eq!(created.status, 201, "{name}: {created:?}");
    }
}

#[tokio::test]
async fn every_type_is_taken_in_presentation_format_and_nothing_else() {
    let digest = "e06d44b80b8f1d39a95c0b0d7c65d08458e880409bbc683457104237c7f8ec8d";
    let (ds, tlsa) = (format!("20326 8 2 {digest}"), format!("3 1 1 {digest}"));
    let values = [
        ("A", "192.0.2.1", "192.0.2.256"),
        ("AAAA", "2001:db8::1", "192.0.2.1"),
        ("CAA", "0 issue \"letsencrypt.org\"", "issue letsencrypt.org"),
        ("CNAME", "target.example.net.", "two words"),
        ("DS", &ds, "20326 8 2 zz"),
        ("HINFO", "\"PC\" \"Linux\"", "\"PC\""),
        ("HTTPS", "1 . alpn=\"h2,h3\"", "1"),
        ("MX", "10 mail", "mail"),
        ("NS", "ns1.example.net.", "a..b"),
        ("PTR", "host.example.net.", ""),
        ("RP", "admin txt", "admin"),
        ("SRV", "10 5 5060 sip", "10 5 sip"),
        ("SVCB", "1 svc.example.net. port=8443", "1 svc.example.net. port=x"),
        ("TLSA", &tlsa, "3 1 1 abc"),
        ("TXT", "\"a\\\"b\" \"c\\\\d\"", "unquoted"),
    ];
    let hetzner = Hetzner::start().await;
    for (rtype, right, wrong) in values {
        hetzner.post(RRSETS, rrset("t", rtype, &[wrong])).await.refuses("records");
        let created = hetzner.post(RRSETS, rrset("t", rtype, &[right])).await;
        assert_eq!(created.status, 201, "{rtype}: {created:?}");
        assert_eq!(hetzner.values(&format!("t/{rtype}")).await, [right]);
        assert_eq!(hetzner.delete(&format!("{RRSETS}/t/{rtype}")).await.status, 201);
    }
    hetzner.post(RRSETS, rrset("t", "ALIAS", &["x."])).await.refuses("type");
    hetzner.post(RRSETS, rrset("t", "a", &["192.0.2.1"])).await.refuses("type");
}

#[tokio::test]
async fn records_are_one_to_fifty_with_distinct_values() {
    let hetzner = Hetzner::start().await;
    let many =
        |number: usize| (0..number).map(|last| format!("192.0.2.{last}")).collect::<Vec<_>>();
    let post = async |values: &[String]| {
        let values: Vec<&str> = values.iter().map(String::as_str).collect();
        hetzner.post(RRSETS, rrset("many", "A", &values)).await
    };
    post(&many(0)).await.refuses("records");
    post(&many(51)).await.refuses("records");
    post(&["192.0.2.1".to_owned(), "192.0.2.1".to_owned()]).await.refuses("records");
    assert_eq!(post(&many(50)).await.status, 201);
    let spelled =
        hetzner.post(RRSETS, rrset("v6", "AAAA", &["2001:db8::1", "2001:DB8:0::1"])).await;
    spelled.refuses("records");
    let odd = json!({"name": "x", "type": "A", "records": [{"value": "192.0.2.1", "weight": 1}]});
    hetzner.post(RRSETS, odd).await.refuses("weight");
}

#[tokio::test]
async fn a_txt_string_has_at_most_255_bytes() {
    let hetzner = Hetzner::start().await;
    let of = |length: usize| format!("\"{}\"", "x".repeat(length));
    let long = hetzner.post(RRSETS, rrset("t", "TXT", &[&of(256)])).await;
    long.refuses("records");
    assert!(long.json.to_string().contains("a TXT string exceeds 255 characters"));
    assert_eq!(hetzner.post(RRSETS, rrset("t", "TXT", &[&of(255)])).await.status, 201);
}

#[tokio::test]
async fn a_cname_stands_alone() {
    let hetzner = Hetzner::start().await;
    let post =
        async |name, rtype, values: &[&str]| hetzner.post(RRSETS, rrset(name, rtype, values)).await;
    post("app", "CNAME", &["other"]).await.refuses("type");
    post("@", "CNAME", &["other"]).await.refuses("type");
    post("www", "CNAME", &["one", "two"]).await.refuses("records");
    assert_eq!(post("www", "CNAME", &["app"]).await.status, 201);
    post("www", "A", &["192.0.2.1"]).await.refuses("type");
    let added = format!("{RRSETS}/www/TXT/actions/add_records");
    hetzner.post(&added, records(&["\"x\""])).await.refuses("type");
}

#[tokio::test]
async fn a_soa_can_be_read_and_overwritten_but_neither_created_nor_deleted() {
    let hetzner = Hetzner::start().await;
    let soa = "hydrogen.ns.hetzner.com. me.schwenk.example. 1 86400 10800 3600000 300";
    hetzner.post(RRSETS, rrset("@", "SOA", &[soa])).await.refuses("type");
    hetzner.delete(&format!("{RRSETS}/@/SOA")).await.refuses("type");
    let path = format!("{RRSETS}/@/SOA/actions/set_records");
    assert_eq!(hetzner.post(&path, records(&[soa])).await.status, 201);
    let value = hetzner.values("@/SOA").await.remove(0);
    assert!(value.ends_with(" 86400 10800 3600000 300"), "{value}");
    assert!(value.contains("me.schwenk.example."), "{value}");
}
