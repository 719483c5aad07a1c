//! What Prometheus itself says: of the metrics, of the alerts, and after scraping them.
use std::collections::BTreeSet;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use schwenk::metrics::list::{ALL, Kind};
use serde_json::Value;

use crate::harness::PATIENCE;
use crate::metrics::{until, with_open_door};
use crate::process::emulator;

/// Whether Prometheus is there (`cargo xtask test` looks and says so in
/// `SCHWENK_TEST_PROMETHEUS`). Without it a test is left out and says so, but never in CI.
fn is_there() -> bool {
    let there = std::env::var_os("SCHWENK_TEST_PROMETHEUS").is_some();
    let in_ci = std::env::var("CI").is_ok_and(|value| value == "true");
    assert!(there || !in_ci, "CI must have prometheus");
    if !there {
        eprintln!("left out: SCHWENK_TEST_PROMETHEUS is not set");
    }
    there
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/operating/prometheus")
}

fn promtool(args: &[&str], input: &str) {
    let mut command = Command::new("promtool");
    command.args(args).current_dir(folder());
    let command = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("promtool starts");
    let mut stdin = child.stdin.take().expect("it is piped");
    stdin.write_all(input.as_bytes()).expect("it reads");
    drop(stdin);
    let output = child.wait_with_output().expect("it ends");
    let said = [output.stdout, output.stderr].concat();
    let said = String::from_utf8_lossy(&said);
    assert!(output.status.success(), "promtool {args:?}: {said}");
    assert!(args != ["check", "metrics"] || said.trim().is_empty(), "promtool: {said}");
}

/// The names of metrics that a text asks for.
fn asked(text: &str) -> BTreeSet<String> {
    let words = text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_'));
    let ours = words.filter(|word| word.starts_with("schwenk_") || word.starts_with("process_"));
    ours.map(str::to_owned).collect()
}

fn exists(name: &str) -> bool {
    ALL.iter().any(|spec| match spec.kind {
        Kind::Histogram => {
            let part = name.strip_prefix(spec.name);
            part.is_some_and(|part| ["_bucket", "_sum", "_count"].contains(&part))
        }
        _ => spec.name == name,
    })
}

/// All texts below `key` anywhere in a document.
fn texts<'v>(value: &'v Value, key: &str, found: &mut Vec<&'v str>) {
    match value {
        Value::Object(fields) => {
            for (name, field) in fields {
                found.extend(field.as_str().filter(|_| name == key));
                texts(field, key, found);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| texts(item, key, found)),
        _ => {}
    }
}

#[test]
fn the_dashboard_and_the_alerts_ask_only_for_what_there_is() {
    let read = |name: &str| std::fs::read_to_string(folder().join(name)).expect("it is there");
    let dashboard: Value = serde_json::from_str(&read("dashboard.json")).expect("JSON");
    let mut queries = Vec::new();
    texts(&dashboard, "expr", &mut queries);
    texts(&dashboard, "query", &mut queries);
    assert!(queries.len() > 20, "{queries:?}");
    let rules = read("alerts.yml");
    let rules: Vec<&str> =
        rules.lines().filter_map(|line| line.split_once("expr: ")).map(|(_, e)| e).collect();
    assert!(rules.len() > 20, "{rules:?}");
    for query in queries.into_iter().chain(rules) {
        for name in asked(query) {
            assert!(exists(&name), "{name} does not exist: {query}");
        }
    }
}

#[test]
fn every_alert_has_a_test_in_which_it_fires() {
    let read = |name: &str| std::fs::read_to_string(folder().join(name)).expect("it is there");
    let (rules, tests) = (read("alerts.yml"), read("alerts-test.yml"));
    let fires = |name: &str| {
        let all = tests.split("alertname: ").skip(1);
        let mut named = all.filter(|rest| rest.lines().next() == Some(name));
        // What is expected follows the name, before the next one.
        named.any(|rest| rest.lines().nth(1).is_some_and(|line| line.trim() == "exp_alerts:"))
    };
    let names = rules.lines().filter_map(|line| line.trim().strip_prefix("- alert: "));
    let silent: Vec<&str> = names.filter(|name| !fires(name)).collect();
    assert!(silent.is_empty(), "never seen to fire: {silent:?}");
}

#[test]
fn the_alerts_are_right_and_fire_when_they_should() {
    if is_there() {
        promtool(&["check", "rules", "alerts.yml"], "");
        promtool(&["test", "rules", "alerts-test.yml"], "");
    }
}

/// A Prometheus that ends with its test.
struct Prometheus(Child);

impl Drop for Prometheus {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

async fn query(port: u16, query: &str) -> Value {
    let client = reqwest::Client::builder().no_proxy().build().expect("a client");
    let url = format!("http://127.0.0.1:{port}/api/v1/query");
    let body = format!("query={}", cloud_http::encode(query));
    let request = client.post(url).timeout(PATIENCE).body(body);
    let request = request.header("content-type", "application/x-www-form-urlencoded");
    let Ok(answer) = request.send().await else { return Value::Null };
    serde_json::from_slice(&answer.bytes().await.unwrap_or_default()).unwrap_or_default()
}

#[tokio::test(flavor = "multi_thread")]
async fn prometheus_finds_nothing_wrong_and_scrapes_it() {
    if !is_there() {
        return;
    }
    let (clouds, dir) = (emulator(), tempfile::tempdir().expect("a directory"));
    let service = with_open_door(&clouds, dir.path(), "");
    let url = service.text("/metrics");
    let up = "schwenk_site_verdict{service=\"app\",site=\"one\",verdict=\"up\"} 1";
    let text = until(&url, "up", |text| text.contains(up)).await;
    promtool(&["check", "metrics"], &text);
    let port = std::net::TcpListener::bind("127.0.0.1:0").and_then(|free| free.local_addr());
    let port = port.expect("a free port").port();
    let target = url.trim_start_matches("http://").trim_end_matches("/metrics");
    let config = format!(
        "global: {{ scrape_interval: 1s, evaluation_interval: 1s }}\n\
         rule_files: ['{}']\n\
         scrape_configs:\n  - job_name: schwenk\n    static_configs: [ {{ targets: ['{target}'] }} ]\n",
        folder().join("alerts.yml").display()
    );
    let file = dir.path().join("prometheus.yml");
    std::fs::write(&file, config).expect("it can be written");
    let log = std::fs::File::create(dir.path().join("prometheus.log")).expect("a log");
    let mut command = Command::new("prometheus");
    command.arg(format!("--config.file={}", file.display()));
    command.arg(format!("--storage.tsdb.path={}", dir.path().join("data").display()));
    command.arg(format!("--web.listen-address=127.0.0.1:{port}"));
    let child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(log).spawn();
    let prometheus = Prometheus(child.expect("it starts"));
    let started = Instant::now();
    let wanted = "schwenk_site_verdict{verdict=\"up\", site=\"one\"} == 1";
    loop {
        let answer = query(port, wanted).await;
        if answer.pointer("/data/result/0/metric/service").is_some_and(|name| name == "app") {
            break;
        }
        let log = || std::fs::read_to_string(dir.path().join("prometheus.log"));
        assert!(started.elapsed() < PATIENCE, "{answer}: {}", log().unwrap_or_default());
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    // It went well in itself, too: nothing of the page was refused.
    let up = query(port, "min(up)").await;
    assert_eq!(up.pointer("/data/result/0/value/1"), Some(&Value::from("1")), "{up}");
    drop(prometheus);
    service.terminate();
}
