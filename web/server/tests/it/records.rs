//! Zones and records over HTTP: side by side, planned, changed at both clouds, examined.
use std::time::Instant;

use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{PATIENCE, Running, VIEWER, json};
use crate::schema;

const ZONE: &str = "schwenk.example";

fn change(name: &str, rtype: &str, values: &[&str]) -> Value {
    json!({
        "name": name, "type": rtype, "providers": ["google", "hetzner"], "ttl": 300,
        "values": values,
    })
}

fn wanted(changes: &[Value]) -> Value {
    json!({ "zone": ZONE, "changes": changes })
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

impl Running {
    async fn zone(&self, more: &str) -> Value {
        self.get(&format!("/records?zone={ZONE}&refresh=true{more}")).await
    }

    async fn planned(&self, wanted: &Value) -> Value {
        let response = self.post("/records/plan", wanted).await;
        assert_eq!(response.status(), 200, "{wanted}");
        json(response).await
    }

    /// Plans, applies and waits for the end.
    async fn changed(&self, wanted: &Value) -> Value {
        let plan = self.planned(wanted).await;
        self.applied(wanted, &plan).await
    }

    async fn applied(&self, wanted: &Value, plan: &Value) -> Value {
        assert_eq!(plan["allowed"], true, "{plan}");
        let mut wanted = wanted.clone();
        wanted["digest"] = plan["digest"].clone();
        let response = self.post("/records/apply", &wanted).await;
        assert_eq!(response.status(), 202, "{wanted}");
        let begun = json(response).await;
        let started = Instant::now();
        loop {
            let run = self.get(&format!("/records/runs/{}?wait=5", begun["id"])).await;
            if run["state"] != "running" {
                return run;
            }
            assert!(started.elapsed() < PATIENCE, "it does not end: {run}");
        }
    }

    async fn refused(&self, path: &str, wanted: &Value, status: u16) -> Value {
        let response = self.post(path, wanted).await;
        assert_eq!(response.status(), status, "{wanted}");
        json(response).await
    }
}

fn row<'z>(zone: &'z Value, name: &str, rtype: &str) -> Option<&'z Value> {
    let rows = zone["rows"].as_array().expect("rows");
    rows.iter().find(|row| row["name"] == name && row["type"] == rtype)
}

/// What each provider has: TTL and values.
fn cells(row: &Value) -> Vec<String> {
    let cells = row["cells"].as_array().expect("cells").iter();
    cells
        .map(|cell| match text(&cell["state"]) {
            "there" => {
                let values = cell["values"].as_array().expect("values").iter().map(text);
                format!("{} {}", cell["ttl"], values.collect::<Vec<_>>().join(" "))
            }
            other => other.to_owned(),
        })
        .collect()
}

async fn differs_and_is_undone(running: &Running, name: &str) {
    // Changed at one of them: they differ, and that is seen.
    let mut only = change(name, "A", &["192.0.2.11"]);
    only["providers"] = json!(["hetzner"]);
    let run = running.changed(&wanted(&[only])).await;
    assert_eq!(run["state"], "done", "{run}");
    let zone = running.zone("&differing=true").await;
    let differs = row(&zone, name, "A").expect("it differs");
    assert_eq!((&differs["differences"], &zone["differing"]), (&json!(["values"]), &zone["total"]));

    // What the answer offers as undo brings the former state back.
    let run = running.changed(&wanted(run["undo"].as_array().unwrap())).await;
    assert_eq!(run["state"], "done", "{run}");
    assert_eq!(row(&running.zone("").await, name, "A").unwrap()["agreement"], "same");
}

async fn is_removed(running: &Running, name: &str) {
    let gone =
        json!({ "name": name, "type": "A", "providers": ["google", "hetzner"], "remove": true });
    let plan = running.planned(&wanted(std::slice::from_ref(&gone))).await;
    assert_eq!(plan["dangers"], json!(["remove"]));
    let run = running.applied(&wanted(std::slice::from_ref(&gone)), &plan).await;
    assert_eq!(run["state"], "done", "{run}");
    assert!(row(&running.zone("").await, name, "A").is_none());
    let plan = running.planned(&wanted(std::slice::from_ref(&gone))).await;
    let mut again = wanted(&[gone]);
    again["digest"] = plan["digest"].clone();
    let problem = running.refused("/records/apply", &again, 409).await;
    assert_eq!(problem["type"], "already_so");
}

/// All of it, with who, what, before and after.
fn stands_in_the_journal(events: &Value) {
    let by_hand: Vec<&Value> = events["events"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|e| e["event"]["kind"] == "by_hand")
        .collect();
    assert_eq!(by_hand.len(), 8, "each change begins and ends: {by_hand:#?}");
    let first = by_hand[7];
    assert_eq!(
        text(&first["text"]),
        "demo-cli changes www.schwenk.example A at google and hetzner."
    );
    assert_eq!(
        (&first["event"]["who"], &first["event"]["before"]),
        (&json!("demo-cli"), &json!([]))
    );
    assert_eq!(first["event"]["after"][0], "google: www.schwenk.example. 300 IN A 192.0.2.10");
    assert!(text(&by_hand[6]["text"]).contains("done at google and hetzner"), "{}", by_hand[6]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_is_made_changed_removed_and_brought_back_at_both_clouds() {
    let running = Running::start().await;
    running.ready().await;
    let document = running.get("/openapi.json").await;
    let problems = &running.zone("").await["columns"];
    assert!(problems.as_array().unwrap().iter().all(|one| one["problem"].is_null()), "{problems}");
    let zones = running.get("/records/zones").await;
    assert_eq!(zones["zones"], json!([{ "name": ZONE, "providers": ["google", "hetzner"] }]));
    schema::check(&document, "Zones", &zones).unwrap();

    // Made.
    let name = "www.schwenk.example";
    let make = wanted(&[change(name, "A", &["192.0.2.10"])]);
    let plan = running.planned(&make).await;
    schema::check(&document, "RecordsPlan", &plan).unwrap();
    assert_eq!(plan["dangers"], json!([]));
    for provider in plan["providers"].as_array().unwrap() {
        assert_eq!(provider["add"], json!(["www.schwenk.example. 300 IN A 192.0.2.10"]), "{plan}");
        assert_eq!(provider["remove"], json!([]));
    }
    assert!(row(&running.zone("").await, name, "A").is_none(), "a plan changes nothing");
    let run = running.applied(&make, &plan).await;
    schema::check(&document, "RecordsRun", &run).unwrap();
    assert_eq!(run["state"], "done", "{run}");
    assert_eq!(text(&run["text"]), "www.schwenk.example A: done at google and hetzner.");
    let zone = running.zone("&text=www").await;
    schema::check(&document, "ZoneRecords", &zone).unwrap();
    assert_eq!(zone["total"], 1);
    let made = row(&zone, name, "A").expect("it is there");
    assert_eq!(
        (cells(made), &made["agreement"]),
        (vec!["300 192.0.2.10".to_owned(); 2], &json!("same"))
    );

    differs_and_is_undone(&running, name).await;
    is_removed(&running, name).await;
    let events = running.get("/events?limit=200").await;
    stands_in_the_journal(&events);
    schema::check(&document, "Events", &events).unwrap();
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cloud_that_is_down_is_a_state_of_its_column_and_never_half_a_change() {
    let running = Running::start().await;
    running.ready().await;
    let name = "split.schwenk.example";
    let make = wanted(&[change(name, "TXT", &["hello world"])]);
    let plan = running.planned(&make).await;
    running.fault("google-api-down", true).await;
    let zone = running.zone("").await;
    assert!(zone["columns"][0]["problem"].is_string(), "{zone}");
    assert!(zone["columns"][1]["problem"].is_null(), "{zone}");
    let app = row(&zone, "app.schwenk.example", "A").expect("hetzner has it");
    assert_eq!((&cells(app)[0], &app["agreement"]), (&"unread".to_owned(), &json!("unknown")));
    // What was planned with both is not begun with one.
    let mut both = make.clone();
    both["digest"] = plan["digest"].clone();
    let problem = running.refused("/records/apply", &both, 409).await;
    assert_eq!(problem["type"], "plan_refused", "{problem}");
    assert!(row(&running.zone("").await, name, "TXT").is_none());
    running.fault("google-api-down", false).await;

    // An API that reads and does not write: one has it, one has not, and that is said.
    running.fault("google-fail", true).await;
    running.fault("hetzner-fail", true).await;
    let run = running.changed(&make).await;
    let states: Vec<&str> =
        run["steps"].as_array().unwrap().iter().map(|step| text(&step["state"])).collect();
    assert!(run["state"] != "done" && run["state"] != "running", "{run}");
    for (step, state) in run["steps"].as_array().unwrap().iter().zip(states) {
        let why = text(&step["problem"]);
        assert!(state == "done" || !why.is_empty(), "nothing stays unexplained: {run}");
    }
    running.fault("google-fail", false).await;
    running.fault("hetzner-fail", false).await;
    let last = running.get("/events?limit=20").await["events"].clone();
    let last = last.as_array().unwrap().iter().find(|e| e["event"]["kind"] == "by_hand").cloned();
    let last = last.expect("its end is in the journal");
    assert_eq!((&last["event"]["failed"], &last["severity"]), (&json!(true), &json!("warning")));
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plan_holds_only_while_nobody_else_writes() {
    let running = Running::start().await;
    running.ready().await;
    let name = "race.schwenk.example";
    let mine = wanted(&[change(name, "A", &["192.0.2.1"])]);
    let plan = running.planned(&mine).await;
    running.changed(&wanted(&[change(name, "A", &["192.0.2.2"])])).await;
    let mut late = mine.clone();
    late["digest"] = plan["digest"].clone();
    let problem = running.refused("/records/apply", &late, 409).await;
    assert_eq!(problem["type"], "stale_plan", "{problem}");
    let zone = running.zone("").await;
    assert_eq!(cells(row(&zone, name, "A").unwrap()), ["300 192.0.2.2", "300 192.0.2.2"]);
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_services_move_and_what_keeps_a_zone_alive_is_protected() {
    let running = Running::start().await;
    running.ready().await;
    for protected in [
        change("app.schwenk.example", "A", &["192.0.2.1"]),
        change("app.schwenk.example", "CNAME", &["elsewhere.example"]),
        change("app.schwenk.example", "NS", &["ns.elsewhere.example"]),
    ] {
        let problem = running.refused("/records/plan", &wanted(&[protected]), 409).await;
        assert_eq!(problem["type"], "moved_by_service", "{problem}");
        assert!(text(&problem["detail"]).contains("use a switchover"), "{problem}");
    }
    let app = running.zone("&text=app.").await;
    assert_eq!(row(&app, "app.schwenk.example", "A").unwrap()["service"], "app");
    // The planner's own limits.
    let ns = change(ZONE, "NS", &["ns.elsewhere.example"]);
    let plan = running.planned(&wanted(std::slice::from_ref(&ns))).await;
    assert_eq!((&plan["allowed"], &plan["dangers"]), (&json!(false), &json!(["apex_ns"])));
    assert!(text(&plan["providers"][0]["problems"][0]).contains("is protected"), "{plan}");
    let mut open = wanted(&[ns]);
    open["apex_ns"] = json!(true);
    assert_eq!(running.planned(&open).await["providers"][1]["problems"], json!([]));
    let beside = change("www.schwenk.example", "CNAME", &["a.example"]);
    let both = wanted(&[beside, change("www.schwenk.example", "A", &["192.0.2.1"])]);
    let plan = running.planned(&both).await;
    assert!(text(&plan["providers"][0]["problems"][0]).contains("CNAME cannot stand"), "{plan}");
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nonsense_is_refused_with_the_field_named_and_a_viewer_changes_nothing() {
    let running = Running::start().await;
    running.ready().await;
    let good = || change("www.schwenk.example", "A", &["192.0.2.1"]);
    let with = |field: &str, value: Value| {
        let mut change = good();
        change[field] = value;
        wanted(&[change])
    };
    for (body, field) in [
        (json!({ "zone": "a..b", "changes": [good()] }), "zone: "),
        (wanted(&[]), "changes: "),
        (with("name", json!("www.other.example")), "changes[0].name: "),
        (with("name", json!("'; DROP TABLE events; --")), "changes[0].name: "),
        (with("type", json!("A\r\nX: y")), "changes[0].type: "),
        (with("values", json!(["192.0.2.1", "<script>"])), "changes[0].values[1]: "),
        (with("values", json!([])), "changes[0].values: "),
        (with("ttl", json!(4_000_000_000_u32)), "changes[0].ttl: "),
        (with("ttl", json!(-1)), "the body: "),
        (with("providers", json!(["aws"])), "changes[0].providers: "),
        (with("colour", json!("red")), "the body: "),
        (json!([]), "the body: "),
    ] {
        let problem = running.refused("/records/plan", &body, 400).await;
        assert!(text(&problem["detail"]).starts_with(field), "{problem}\n{body}");
    }
    let problem = running.refused("/records/apply", &wanted(&[good()]), 400).await;
    assert!(text(&problem["detail"]).starts_with("digest: "), "{problem}");
    for (path, status) in [
        ("/records", 400),
        ("/records?zone=a..b", 400),
        ("/records?zone=schwenk.example&limit=0", 400),
        ("/records?zone=schwenk.example&limit=501", 400),
        ("/records?zone=other.example", 404),
        ("/records/doctor?zone=other.example", 404),
        ("/records/runs/7", 404),
        ("/records/runs/x", 404),
    ] {
        let response = running.operator(Method::GET, path).send().await.expect("an answer");
        assert_eq!(response.status(), status, "{path}");
    }
    let path = format!("/records/check?zone={ZONE}");
    let checked =
        json(running.post(&path, &change("@", "AAAA", &["::1", "192.0.2.1"])).await).await;
    assert_eq!(checked["name"], Value::Null);
    assert_eq!(checked["values"], json!([null, "\"192.0.2.1\" is not an IPv6 address"]));
    // A viewer sees all of it and applies none of it.
    let viewer = |method: Method, path: &str| {
        running.ask(method, &format!("/api/v1{path}")).bearer_auth(VIEWER)
    };
    let seen = viewer(Method::GET, &format!("/records?zone={ZONE}")).send().await.unwrap();
    assert_eq!(seen.status(), 200);
    let body = wanted(&[good()]).to_string();
    let post = |path: &str| {
        viewer(Method::POST, path).header("content-type", "application/json").body(body.clone())
    };
    assert_eq!(post("/records/plan").send().await.unwrap().status(), 200);
    assert_eq!(post("/records/apply").send().await.unwrap().status(), 403);
    let nobody = running.ask(Method::GET, &format!("/api/v1/records?zone={ZONE}"));
    assert_eq!(nobody.send().await.unwrap().status(), 401);
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_doctor_examines_the_demos_zone_and_names_what_is_lost() {
    let running = Running::start().await;
    running.ready().await;
    let said = running.get(&format!("/records/doctor?zone={ZONE}")).await;
    let codes = |said: &Value, grade: &str| -> Vec<String> {
        let findings = said["findings"].as_array().expect("findings").iter();
        findings.filter(|f| f["grade"] == grade).map(|f| text(&f["code"]).to_owned()).collect()
    };
    assert_eq!(codes(&said, "critical"), [""; 0], "{said}");
    assert!(codes(&said, "good").contains(&"loss_survived".to_owned()), "{said}");
    // What other languages need stands beside each sentence.
    let findings = said["findings"].as_array().expect("findings");
    let delegated = findings.iter().find(|one| one["code"] == "delegated").expect("it is");
    assert_eq!(delegated["said"]["code"], "doctor.delegated");
    assert_eq!(delegated["said"]["with"]["providers"], json!(["google", "hetzner"]));
    running.stop().await;
}
