//! The clouds' servers and the blueprint over HTTP: shown, turned off and on, planned, applied, removed.
use std::time::{Duration, Instant};

use reqwest::{Method, Response};
use serde_json::{Value, json};

use crate::harness::{PATIENCE, Running, VIEWER, json};
use crate::schema;

async fn refused(response: Response, status: u16, kind: &str) {
    let got = response.status().as_u16();
    let problem = json(response).await;
    assert_eq!((got, &problem["type"]), (status, &json!(kind)), "{problem}");
    assert!(problem["detail"].as_str().is_some_and(|detail| !detail.is_empty()), "{problem}");
}

/// Asks until the answer is as wanted.
async fn until(
    running: &Running,
    path: &str,
    what: &str,
    wanted: impl Fn(&Value) -> bool,
) -> Value {
    let started = Instant::now();
    loop {
        let answer = running.get(path).await;
        if wanted(&answer) {
            return answer;
        }
        assert!(started.elapsed() < PATIENCE, "never {what}: {answer:#}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

fn servers(seen: &Value) -> Vec<&Value> {
    let clouds = seen["clouds"].as_array().expect("clouds");
    clouds.iter().flat_map(|cloud| cloud["servers"].as_array().expect("servers")).collect()
}

fn server<'v>(seen: &'v Value, name: &str) -> &'v Value {
    let found = servers(seen).into_iter().find(|server| server["name"] == name);
    found.unwrap_or_else(|| panic!("no {name}: {seen:#}"))
}

/// Waits until the demo has made its servers.
async fn settled(running: &Running) -> Value {
    let there = |seen: &Value| {
        let all = servers(seen);
        all.len() == 7 && all.iter().all(|one| one["state"] == "running")
    };
    until(running, "/locations?fresh=true", "settled", there).await
}

/// Waits for the end of the present work.
async fn ended(running: &Running) -> Value {
    let over = |answer: &Value| answer["job"]["ended"].is_u64();
    until(running, "/locations/job", "ended", over).await["job"].clone()
}

fn power(server: &Value, provider: &str, act: &str) -> Value {
    json!({ "provider": provider, "server": server["id"], "name": server["name"], "do": act })
}

#[tokio::test(flavor = "multi_thread")]
async fn both_clouds_are_shown_with_whose_their_servers_are_and_a_silent_one_says_so() {
    let running = Running::start().await;
    running.ready().await;
    let seen = settled(&running).await;
    let document = running.get("/openapi.json").await;
    let check = |name: &str, value: &Value| {
        schema::check(&document, name, value).unwrap_or_else(|wrong| panic!("{wrong}"));
    };
    check("Locations", &seen);
    let london = server(&seen, "demo-london-haproxy-1");
    assert_eq!((&london["whose"], &london["role"]), (&json!("own"), &json!("haproxy")), "{london}");
    let serving = json!([{ "service": "app", "site": "london", "active": true }]);
    assert_eq!(london["serves"], serving, "{london}");
    assert_eq!(london["monthly"], Value::Null, "Google's prices are not known");
    let other = server(&seen, "demo-falkenstein-db-1");
    assert_eq!(other["serves"][0]["active"], false, "{other}");
    assert_eq!(other["monthly"], "3.49", "{other}");
    let foreign = server(&seen, "old-shop");
    assert_eq!((&foreign["whose"], &foreign["serves"]), (&json!("foreign"), &json!([])));
    let [google, hetzner] = [&seen["clouds"][0], &seen["clouds"][1]];
    assert_eq!((&google["currency"], &google["monthly"]), (&Value::Null, &Value::Null));
    assert!(google["unpriced"].as_array().is_some_and(|list| list.len() == 2), "{google}");
    assert_eq!(hetzner["currency"], "EUR", "{hetzner}");
    assert!(hetzner["networks"].as_array().is_some_and(|list| !list.is_empty()), "{hetzner}");
    let machines = running.get("/locations/machines?provider=hetzner&place=fsn1").await;
    check("MachineTypes", &machines);
    let types = machines["machines"].as_array().expect("types");
    assert!(types.iter().any(|one| one["name"] == "cx33"), "{machines}");

    for path in ["/locations", "/locations/plan", "/locations/job", "/configuration"] {
        let path = format!("/api/v1{path}");
        let nobody = running.ask(Method::GET, &path).send().await.expect("an answer");
        assert_eq!(nobody.status(), 401, "{path}");
        let viewer = running.ask(Method::GET, &path).bearer_auth(VIEWER).send().await;
        assert_eq!(viewer.expect("an answer").status(), 200, "{path}");
    }
    let get = |path: &'static str| running.operator(Method::GET, path).send();
    let answer = get("/locations?colour=red").await.expect("an answer");
    refused(answer, 400, "bad_request").await;
    let answer = get("/locations/machines?provider=mars&place=x").await.expect("an answer");
    refused(answer, 404, "unknown_provider").await;
    let answer = get("/locations/machines?provider=hetzner&place=mars").await.expect("an answer");
    refused(answer, 404, "unknown_place").await;

    running.fault("google-api-down", true).await;
    let silent = |seen: &Value| seen["clouds"][0]["problem"].is_string();
    let seen = until(&running, "/locations?fresh=true", "silent", silent).await;
    assert_eq!(seen["clouds"][0]["servers"], json!([]), "{seen}");
    assert_eq!(seen["clouds"][1]["problem"], Value::Null, "{seen}");
    assert_eq!(server(&seen, "demo-falkenstein-db-1")["state"], "running");
    let plan = running.get("/locations/plan").await;
    check("BlueprintPlan", &plan);
    assert_eq!(plan["blocked"][0]["provider"], "google", "{plan}");
    running.stop().await;
}

async fn strangers_and_nonsense_are_refused(running: &Running, standby: &Value) {
    let path = "/locations/power";
    let wrong =
        json!({ "provider": "hetzner", "server": standby["id"], "name": "web-1", "do": "reset" });
    refused(running.post(path, &wrong).await, 409, "other_server").await;
    let unknown =
        json!({ "provider": "hetzner", "server": "4711", "name": "web-1", "do": "reset" });
    refused(running.post(path, &unknown).await, 404, "unknown_server").await;
    let mars = json!({ "provider": "mars", "server": "1", "name": "web-1", "do": "reset" });
    refused(running.post(path, &mars).await, 404, "unknown_provider").await;
    for body in [json!({}), json!({ "do": "explode" }), json!([]), json!(null)] {
        refused(running.post(path, &body).await, 400, "bad_request").await;
    }
    refused(running.post("/locations/stop", &json!({})).await, 409, "no_job").await;
    let body = power(standby, "hetzner", "shutdown");
    let viewer = running.ask(Method::POST, "/api/v1/locations/power").bearer_auth(VIEWER);
    let viewer = viewer.header("content-type", "application/json").body(body.to_string()).send();
    refused(viewer.await.expect("an answer"), 403, "wrong_role").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_is_turned_off_and_on_and_everything_is_written_down() {
    let running = Running::start().await;
    running.ready().await;
    let seen = settled(&running).await;
    let path = "/locations/power";
    let standby = server(&seen, "demo-falkenstein-app-1");
    strangers_and_nonsense_are_refused(&running, standby).await;

    let body = power(standby, "hetzner", "shutdown");
    let begun = running.post(path, &body).await;
    assert_eq!(begun.status(), 200);
    let begun = json(begun).await;
    let document = running.get("/openapi.json").await;
    schema::check(&document, "LatestJob", &begun).unwrap_or_else(|wrong| panic!("{wrong}"));
    let job = ended(&running).await;
    assert_eq!((&job["state"], &job["who"]), (&json!("done"), &json!("demo-cli")), "{job}");
    assert_eq!(job["steps"][0]["state"], "done", "{job}");
    let off = |seen: &Value| server(seen, "demo-falkenstein-app-1")["state"] == "off";
    until(&running, "/locations?fresh=true", "off", off).await;
    let events = running.get("/events?limit=10").await;
    schema::check(&document, "Events", &events).unwrap_or_else(|wrong| panic!("{wrong}"));
    let told: Vec<&str> = events["events"]
        .as_array()
        .expect("events")
        .iter()
        .filter(|record| record["event"]["kind"] == "by_hand")
        .filter_map(|record| record["text"].as_str())
        .collect();
    assert!(told[0].contains("this is done: shut down demo-falkenstein-app-1"), "{told:?}");
    assert!(told[1].starts_with("demo-cli begins at the clouds: shut down"), "{told:?}");
    let again = running.post(path, &body).await;
    assert_eq!(again.status(), 200, "what is so already is no error");
    assert_eq!(ended(&running).await["state"], "done");

    let foreign = server(&seen, "old-shop");
    let body = power(foreign, "hetzner", "power_off");
    refused(running.post(path, &body).await, 409, "foreign_server").await;
    let mut body = body;
    body["foreign"] = json!(true);
    assert_eq!(running.post(path, &body).await.status(), 200);
    assert_eq!(ended(&running).await["state"], "done");

    let resize = json!({
        "provider": "hetzner", "server": standby["id"], "name": standby["name"], "machine": "cx33"
    });
    assert_eq!(running.post("/locations/resize", &resize).await.status(), 200);
    assert_eq!(ended(&running).await["state"], "done");
    let larger = |seen: &Value| server(seen, "demo-falkenstein-app-1")["machine"] == "cx33";
    until(&running, "/locations?fresh=true", "larger", larger).await;
    let mut nonsense = resize;
    nonsense["machine"] = json!("no-such-type");
    assert_eq!(running.post("/locations/resize", &nonsense).await.status(), 200);
    let job = ended(&running).await;
    assert_eq!(job["state"], "failed", "{job}");
    assert!(job["advice"].is_string() && job["steps"][0]["advice"].is_string(), "{job}");

    running.fault("hetzner-hang", true).await;
    let hangs = power(server(&seen, "demo-falkenstein-db-1"), "hetzner", "reset");
    assert_eq!(running.post(path, &hangs).await.status(), 200);
    refused(running.post(path, &hangs).await, 409, "job_running").await;
    refused(running.post("/locations/stop", &json!({})).await, 409, "not_stoppable").await;
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_blueprint_is_planned_stopped_applied_and_removed_but_nothing_of_others() {
    let running = Running::start().await;
    running.ready().await;
    settled(&running).await;
    let document = running.get("/openapi.json").await;
    let plan = running.get("/locations/plan").await;
    schema::check(&document, "BlueprintPlan", &plan).unwrap_or_else(|wrong| panic!("{wrong}"));
    let steps = plan["steps"].as_array().expect("steps");
    let names: Vec<&Value> = steps.iter().map(|step| &step["name"]).collect();
    assert_eq!(names, ["demo-london-app-2", "demo-london-app-2"], "an address and a server");
    assert_eq!((&plan["before"]["complete"], &plan["deletions"]), (&json!(false), &json!(0)));
    let kept = plan["kept"].as_array().expect("a list");
    assert!(kept.contains(&json!("server demo-london-app-1")), "{plan}");

    let apply = |fingerprint: &Value| json!({ "fingerprint": fingerprint });
    let path = "/locations/apply";
    refused(running.post(path, &json!({})).await, 400, "bad_request").await;
    refused(running.post(path, &apply(&json!("0123"))).await, 409, "plan_changed").await;

    // Every request takes two seconds: there is time to stop it before its first step.
    running.fault("google-slow", true).await;
    assert_eq!(running.post(path, &apply(&plan["fingerprint"])).await.status(), 200);
    let stopping = json(running.post("/locations/stop", &json!({})).await).await;
    assert_eq!(stopping["job"]["state"], "stopping", "{stopping}");
    let job = ended(&running).await;
    assert_eq!(job["state"], "stopped", "{job}");
    assert_eq!(job["steps"][1]["state"], "skipped", "{job}");
    running.fault("google-slow", false).await;

    let plan = running.get("/locations/plan").await;
    let begun = running.post(path, &apply(&plan["fingerprint"])).await;
    assert_eq!(begun.status(), 200);
    let job = ended(&running).await;
    assert_eq!(job["state"], "done", "{job}");
    let states: Vec<&Value> =
        job["steps"].as_array().expect("steps").iter().map(|step| &step["state"]).collect();
    assert!(states.iter().all(|state| **state == "done"), "{job}");
    let there = |seen: &Value| servers(seen).iter().any(|one| one["name"] == "demo-london-app-2");
    until(&running, "/locations?fresh=true", "made", there).await;
    refused(running.post(path, &apply(&plan["fingerprint"])).await, 409, "plan_changed").await;
    let plan = running.get("/locations/plan").await;
    assert_eq!(plan["steps"], json!([]), "{plan}");
    refused(running.post(path, &apply(&plan["fingerprint"])).await, 409, "nothing_to_do").await;

    let path = "/locations/destroy";
    refused(running.post(path, &json!({ "owner": "acme" })).await, 409, "not_typed").await;
    assert_eq!(running.post(path, &json!({ "owner": "demo" })).await.status(), 200);
    let job = ended(&running).await;
    assert_eq!(job["state"], "done", "{job}");
    let only = |seen: &Value| servers(seen).len() == 1;
    let seen = until(&running, "/locations?fresh=true", "removed", only).await;
    assert_eq!(server(&seen, "old-shop")["state"], "running");
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_configuration_is_shown_whole_with_its_origins_and_without_a_secret() {
    let running = Running::start().await;
    let shown = running.get("/configuration").await;
    let document = running.get("/openapi.json").await;
    schema::check(&document, "Configuration", &shown).unwrap_or_else(|wrong| panic!("{wrong}"));
    let text = shown.to_string();
    let file =
        std::fs::read_to_string(shown["file"].as_str().expect("a file")).expect("it is there");
    let token = &running.world.info().tokens.hetzner;
    assert!(!text.contains(token.as_str()) && !text.contains("argon2id"), "a secret is shown");
    let settings: Vec<&Value> = shown["sections"]
        .as_array()
        .expect("sections")
        .iter()
        .flat_map(|section| section["settings"].as_array().expect("settings"))
        .collect();
    let setting = |key: &str| {
        let found = settings.iter().find(|setting| setting["key"] == key);
        *found.unwrap_or_else(|| panic!("no {key}: {text}"))
    };
    let token = setting("providers[1].token");
    assert_eq!(
        (&token["secret"], &token["value"]),
        (&json!(true), &json!("kept in the file hetzner.token"))
    );
    let hash = setting("server.users[0].password_hash");
    assert_eq!(hash["value"], "kept in the configuration file", "{hash}");
    let typed = setting("services[0].policy.hold_down");
    let line = typed["line"].as_u64().expect("it was typed");
    let line = file.lines().nth(usize::try_from(line).expect("a line") - 1).expect("the line");
    assert!(line.contains("hold_down") && typed["value"] == "\"10 s\"", "{typed}: {line}");
    let preset = setting("services[0].policy.latch");
    assert_eq!((&preset["line"], &preset["from"]), (&Value::Null, &json!("preset fast")));
    // Whatever was typed is there, and nothing twice.
    let lines: Vec<u64> = settings.iter().filter_map(|setting| setting["line"].as_u64()).collect();
    let keys = file.lines().filter(|line| line.contains(" = ") && !line.starts_with(' ')).count();
    assert!(lines.len() >= keys, "{} of {keys} are shown: {text}", lines.len());
    let mut names: Vec<&str> = settings.iter().filter_map(|one| one["key"].as_str()).collect();
    names.sort_unstable();
    assert!(names.windows(2).all(|pair| pair[0] != pair[1]), "{names:?}");
    let told = shown["consequences"][0]["lines"].to_string();
    assert!(told.contains("black hole") && told.contains("a false alarm every"), "{told}");

    let reached = running.get("/configuration/providers").await;
    schema::check(&document, "Reached", &reached).unwrap_or_else(|wrong| panic!("{wrong}"));
    assert_eq!(reached["providers"][0]["zones"], json!(["schwenk.example"]), "{reached}");
    assert!(reached["providers"][1]["servers"].is_u64(), "{reached}");
    running.stop().await;
}
