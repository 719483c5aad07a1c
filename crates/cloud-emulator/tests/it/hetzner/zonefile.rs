//! Zone files: export and import.

use serde_json::json;

use super::{Answer, Hetzner, RRSETS, records};

const IMPORT: &str = "/zones/schwenk.example/actions/import_zonefile";

const ESSENTIALS: &str = "\
@ IN SOA hydrogen.ns.hetzner.com. dns.hetzner.com. 2024010100 86400 10800 3600000 3600
@ 10800 IN NS hydrogen.ns.hetzner.com. ; first
@ IN 10800 NS oxygen.ns.hetzner.com.
@ 10800 NS helium.ns.hetzner.de.
";

async fn import(hetzner: &Hetzner, text: &str) -> Answer {
    hetzner.post(IMPORT, json!({ "zonefile": text })).await
}

async fn export(hetzner: &Hetzner) -> String {
    let answer = hetzner.get("/zones/schwenk.example/zonefile").await;
    answer.json["zonefile"].as_str().unwrap_or_default().to_owned()
}

#[tokio::test]
async fn an_export_has_origin_ttl_and_every_record_with_its_comment() {
    let hetzner = Hetzner::start().await;
    let body = json!({"records": [{"value": "127.0.10.1", "comment": "site one"}]});
    hetzner.post(&format!("{RRSETS}/app/A/actions/update_records"), body).await;
    let text = export(&hetzner).await;
    assert!(text.starts_with("$ORIGIN\tschwenk.example.\n$TTL\t3600\n\n@\tIN\tSOA\t"), "{text}");
    assert!(text.contains("@\t3600\tIN\tNS\tns-cloud-b1.googledomains.com.\n"), "{text}");
    assert!(text.contains("app\t60\tIN\tA\t127.0.10.1 ; site one\n"), "{text}");
}

#[tokio::test]
async fn what_was_exported_can_be_imported() {
    let hetzner = Hetzner::start().await;
    let add = format!("{RRSETS}/t/TXT/actions/add_records");
    hetzner.post(&add, records(&["\"a; b\" \"c (d\"", "\"e\\\"f\""])).await;
    let before = export(&hetzner).await;
    let imported = import(&hetzner, &before).await;
    assert_eq!(
        (imported.status, &imported.json["action"]["command"]),
        (201, &json!("import_zonefile"))
    );
    let without_soa = |text: &str| {
        text.lines().filter(|line| !line.contains("SOA")).collect::<Vec<_>>().join("\n")
    };
    assert_eq!(without_soa(&export(&hetzner).await), without_soa(&before));
}

#[tokio::test]
async fn an_import_replaces_everything_and_reads_the_usual_notations() {
    let hetzner = Hetzner::start().await;
    let text = format!(
        "$ORIGIN schwenk.example.\n$TTL 1h30m\n{ESSENTIALS}\
         www.schwenk.example. 120 IN A 192.0.2.1 ; comments go\n\
         \t\t120 IN A 192.0.2.2\n\
         multi IN TXT ( \"one\"\n  \"two\" ) ; done\n\
         MAIL in mx 10 www\n"
    );
    let imported = import(&hetzner, &text).await;
    assert_eq!(imported.status, 201, "{imported:?}");
    hetzner.get(&format!("{RRSETS}/app/A")).await.is_error(404, "not_found");
    assert_eq!(hetzner.get("/zones/schwenk.example").await.json["zone"]["ttl"], 5400);
    let www = hetzner.get(&format!("{RRSETS}/www/A")).await.json["rrset"].clone();
    assert_eq!((&www["ttl"], &www["records"][0]), (&json!(120), &json!({"value": "192.0.2.1"})));
    assert_eq!(hetzner.values("www/A").await, ["192.0.2.1", "192.0.2.2"]);
    assert_eq!(hetzner.values("multi/TXT").await, ["\"one\" \"two\""]);
    assert_eq!(hetzner.values("mail/MX").await, ["10 www"]);
    assert_eq!(hetzner.get(&format!("{RRSETS}/mail/MX")).await.json["rrset"]["ttl"], json!(null));
}

#[tokio::test]
async fn a_bad_zone_file_changes_nothing_and_the_refusal_names_the_line() {
    let hetzner = Hetzner::start().await;
    let before = export(&hetzner).await;
    for (text, complaint) in [
        (format!("{ESSENTIALS}a CH A 192.0.2.1"), "line 5: only class IN"),
        (format!("$ORIGIN other.example.\n{ESSENTIALS}"), "line 1: $ORIGIN"),
        (format!("$INCLUDE file\n{ESSENTIALS}"), "line 1: this directive"),
        (format!("{ESSENTIALS}a 5 A 192.0.2.1"), "line 5: the TTL"),
        (format!("{ESSENTIALS}a TXT \"open"), "line 5: a quoted string"),
        (format!("{ESSENTIALS}a TXT ( \"x\""), "a parenthesis is not closed"),
        (format!("{ESSENTIALS}a A"), "is missing"),
        (format!("{ESSENTIALS}a"), "line 5: a record type is missing"),
        (format!("{ESSENTIALS}a.other.example. A 192.0.2.1"), "must not end with a dot"),
        ("@ NS hydrogen.ns.hetzner.com.".to_owned(), "a SOA record must be present"),
        (ESSENTIALS.replace("helium", "neon"), "assigned NS helium.ns.hetzner.de."),
    ] {
        let answer = import(&hetzner, &text).await;
        answer.is_error(422, "invalid_input");
        assert!(answer.json.to_string().contains(complaint), "{text}: {answer:?}");
    }
    assert_eq!(export(&hetzner).await, before);
}

#[tokio::test]
async fn a_protected_rrset_keeps_a_zone_file_out() {
    let hetzner = Hetzner::start().await;
    let protect = format!("{RRSETS}/app/A/actions/change_protection");
    hetzner.post(&protect, json!({"change": true})).await;
    import(&hetzner, ESSENTIALS).await.is_error(423, "protected");
}

#[tokio::test]
async fn a_zone_is_created_from_a_file_that_has_neither_soa_nor_ns() {
    let hetzner = Hetzner::start().await;
    let text = "$ORIGIN\tfile.example.\n$TTL\t10800\n\n@\tIN\tA\t198.51.100.1 ; My web server\n";
    let body = json!({"name": "file.example", "mode": "primary", "zonefile": text});
    let created = hetzner.post("/zones", body.clone()).await;
    assert_eq!((created.status, &created.json["zone"]["record_count"]), (201, &json!(5)));
    assert_eq!(created.json["zone"]["ttl"], 10800);
    let mut both = body;
    both["name"] = json!("both.example");
    both["rrsets"] = json!([super::rrset("www", "A", &["192.0.2.1"])]);
    hetzner.post("/zones", both).await.refuses("rrsets");
}
