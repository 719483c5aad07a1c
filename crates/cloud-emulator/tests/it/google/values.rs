//! What Cloud DNS takes as names, types, TTLs and record data.

use serde_json::json;

use super::{Google, ZONE, refused, set};

const NAME: &str = "t.schwenk.example.";

#[tokio::test]
async fn every_record_type_takes_its_own_notation() {
    let google = Google::start().await;
    let hash = "ab".repeat(32);
    for (rtype, value) in [
        ("A", "203.0.113.1"),
        ("AAAA", "2001:db8::1"),
        ("CAA", "0 issue \"letsencrypt.org\""),
        ("CNAME", "other.example."),
        ("DS", &format!("1 8 2 {hash}")),
        ("HTTPS", "1 . alpn=h2,h3"),
        ("MX", "10 mail.example."),
        ("MX", "0 ."),
        ("NAPTR", "100 10 \"u\" \"E2U+sip\" \"!^.*$!sip:x@example.com!\" ."),
        ("NS", "ns.example."),
        ("PTR", "host.example."),
        ("SPF", "\"v=spf1 -all\""),
        ("SRV", "1 2 443 host.example."),
        ("SSHFP", &format!("4 2 {hash}")),
        ("SVCB", "1 host.example. port=53"),
        ("TLSA", &format!("3 1 1 {hash}")),
        ("TXT", "\"one\" \"two \\\"quoted\\\"\""),
    ] {
        let made = google.post(&format!("{ZONE}/rrsets"), &set(NAME, rtype, 60, &[value])).await;
        assert_eq!(made.ok()["rrdatas"], json!([value]), "{rtype}");
        google.delete(&format!("{ZONE}/rrsets/{NAME}/{rtype}")).await.ok();
    }
}

#[tokio::test]
async fn broken_record_data_is_named_in_the_answer() {
    let google = Google::start().await;
    for (rtype, value) in [
        ("A", "203.0.113"),
        ("A", "2001:db8::1"),
        ("AAAA", "203.0.113.1"),
        ("CNAME", "other.example"),
        ("CNAME", "a..b."),
        ("MX", "mail.example."),
        ("MX", "10 mail.example"),
        ("NS", "ns.example"),
        ("SRV", "1 2 host.example."),
        ("CAA", "0 issue"),
        ("DS", "1 8 2 xyz"),
        ("SSHFP", "4 2 zz"),
        ("TXT", "\"open"),
        ("TXT", ""),
    ] {
        let answer = google.change(&[], &[set(NAME, rtype, 60, &[value])]).await;
        assert_eq!(answer.error(), refused(400, "invalid"), "{rtype} {value}");
        let path = format!("'entity.change.additions[{NAME}][{rtype}].rrdata[0]'");
        assert_eq!(answer.message(), format!("Invalid value for {path}: '{value}'"));
    }
}

#[tokio::test]
async fn a_set_without_data_is_refused_in_googles_words() {
    let google = Google::start().await;
    let answer = google.change(&[], &[set(NAME, "A", 60, &[])]).await;
    let path = "'entity.change.additions[t.schwenk.example.][A].rrdata'";
    assert_eq!(answer.error(), refused(400, "invalid"));
    assert_eq!(answer.message(), format!("Invalid value for {path}: '<empty>'"));
}

#[tokio::test]
async fn names_must_be_absolute_well_formed_and_in_the_zone() {
    let google = Google::start().await;
    let long = format!("{}.schwenk.example.", "x".repeat(64));
    for name in [
        "www.schwenk.example",
        "www.other.example.",
        "a..schwenk.example.",
        "a.*.schwenk.example.",
        "xschwenk.example.",
        "a b.schwenk.example.",
        long.as_str(),
    ] {
        let answer = google.change(&[], &[set(name, "A", 60, &["203.0.113.1"])]).await;
        assert_eq!(answer.error(), refused(400, "invalid"), "{name}");
        assert!(answer.message().contains("'entity.change.additions[0].name'"), "{name}");
    }
    for name in ["*.schwenk.example.", "_acme.schwenk.example.", "UPPER.Schwenk.Example."] {
        google.change(&[], &[set(name, "A", 60, &["203.0.113.1"])]).await.ok();
    }
    assert_eq!(google.set("upper.schwenk.example.", "A").await.status, 200);
}

#[tokio::test]
async fn types_and_ttls_are_checked() {
    let google = Google::start().await;
    let unknown = google.change(&[], &[set(NAME, "BOGUS", 60, &["x"])]).await;
    assert_eq!(unknown.error(), refused(400, "invalid"));
    for ttl in [json!(-1), json!(2_147_483_648_u32), json!("soon"), json!(1.5), json!(true)] {
        let mut body = set(NAME, "A", 60, &["203.0.113.1"]);
        body["ttl"] = ttl.clone();
        assert_eq!(google.change(&[], &[body]).await.error(), refused(400, "invalid"), "{ttl}");
    }
    google.change(&[], &[set(NAME, "A", 2_147_483_647, &["203.0.113.1"])]).await.ok();
}

#[tokio::test]
async fn unquoted_text_is_split_at_blanks() {
    let google = Google::start().await;
    google.change(&[], &[set(NAME, "TXT", 60, &["v=spf1 -all"])]).await.ok();
    let stored = google.set(NAME, "TXT").await.ok();
    assert_eq!(stored["rrdatas"], json!(["\"v=spf1\" \"-all\""]));
}

#[tokio::test]
async fn several_broken_members_are_all_reported() {
    let google = Google::start().await;
    let bad = [
        set(NAME, "A", 60, &["x", "203.0.113.1", "y"]),
        set("elsewhere.test.", "A", 60, &["203.0.113.1"]),
    ];
    let answer = google.change(&[], &bad).await;
    assert_eq!(answer.error(), refused(400, "invalid"));
    let count = answer.json()["error"]["errors"].as_array().map(Vec::len);
    assert_eq!(count, Some(3), "{}", answer.text);
}

#[tokio::test]
async fn a_wildcard_of_name_servers_and_a_ninth_name_server_are_refused() {
    let google = Google::start().await;
    let wild = set("*.schwenk.example.", "NS", 60, &["ns.example."]);
    assert_eq!(google.change(&[], &[wild]).await.error(), refused(400, "wildcardNotAllowed"));
    let servers: Vec<String> = (0..9).map(|n| format!("ns{n}.example.")).collect();
    let servers: Vec<&str> = servers.iter().map(String::as_str).collect();
    let nine = google.change(&[], &[set("sub.schwenk.example.", "NS", 60, &servers)]).await;
    assert_eq!(nine.error(), refused(403, "quotaExceeded"));
    google.change(&[], &[set("sub.schwenk.example.", "NS", 60, &servers[..8])]).await.ok();
}

#[tokio::test]
async fn a_body_that_is_not_the_right_json_is_the_callers_fault() {
    let google = Google::start().await;
    let path = format!("{ZONE}/changes");
    let raw =
        |text: &'static str| super::send(google.request(reqwest::Method::POST, &path).body(text));
    for text in ["{", "[]", "nonsense"] {
        assert_eq!(raw(text).await.error(), refused(400, "parseError"), "{text}");
    }
    for text in [
        r#"{"additions": "x"}"#,
        r#"{"additions": [{"name": 1, "type": "A"}]}"#,
        r#"{"additions": [{"name": "t.schwenk.example.", "type": "A", "rrdatas": "1.2.3.4"}]}"#,
        r#"{"additions": [null]}"#,
        r#"{"additions": [7]}"#,
    ] {
        let answer = raw(text).await;
        assert_eq!(answer.status, 400, "{text}: {}", answer.text);
        answer.error();
    }
}
