//! What Prometheus is told.
use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use failover_core::{SiteId, View};
use reqwest::{Method, StatusCode};
use rustix::process::Signal;
use schwenk::metrics::list::{ALL, Kind};

use crate::harness::{PATIENCE, Running, VIEWER};
use crate::process::{Service, configure, emulator, schwenk};

/// One family as it was served: its kind, and the names of the labels of each sample.
#[derive(Debug, Default)]
pub struct Family {
    kind: String,
    help: String,
    labels: BTreeSet<Vec<String>>,
}

/// The families of a page, by name.
pub fn families(text: &str) -> BTreeMap<String, Family> {
    let mut families: BTreeMap<String, Family> = BTreeMap::new();
    let mut latest = String::new();
    for line in text.lines() {
        if let Some(rest) = line.strip_prefix("# HELP ") {
            let (name, help) = rest.split_once(' ').expect("a help");
            families.entry(name.to_owned()).or_default().help = help.to_owned();
        } else if let Some(rest) = line.strip_prefix("# TYPE ") {
            let (name, kind) = rest.split_once(' ').expect("a kind");
            families.entry(name.to_owned()).or_default().kind = kind.to_owned();
            latest = name.to_owned();
        } else {
            let (sample, _) = line.rsplit_once(' ').expect("a value");
            let (name, labels) = sample.split_once('{').unwrap_or((sample, ""));
            assert!(name.starts_with(&latest), "{line} does not belong to {latest}");
            // No value of a test's labels has a comma or an equals sign in it.
            let names = labels.split(',').filter_map(|pair| pair.split_once('='));
            let names = names.map(|(name, _)| name.to_owned()).filter(|name| name != "le");
            let family = families.get_mut(&latest).expect("it was opened");
            family.labels.insert(names.collect());
        }
    }
    families
}

/// The value of the first sample that begins so.
pub fn value(text: &str, begin: &str) -> Option<f64> {
    let line = text.lines().find(|line| line.starts_with(begin))?;
    line.rsplit_once(' ')?.1.parse().ok()
}

async fn page(running: &Running) -> String {
    let request = running.ask(Method::GET, "/metrics").bearer_auth(VIEWER);
    let answer = request.send().await.expect("an answer");
    assert_eq!(answer.status(), 200);
    assert_eq!(answer.headers()["content-type"], "text/plain; version=0.0.4; charset=utf-8");
    answer.text().await.expect("a text")
}

#[test]
fn the_documentation_lists_exactly_what_there_is() {
    let page = include_str!("../../../../docs/reference/metrics.md");
    let rows = page.lines().filter(|line| line.starts_with("| `"));
    let documented: Vec<Vec<String>> = rows
        .map(|row| row.trim_matches('|').split('|').map(|cell| cell.trim().to_owned()).collect())
        .collect();
    let listed = ALL.iter().map(|spec| {
        let labels: Vec<String> = spec.labels.iter().map(|label| format!("`{label}`")).collect();
        let labels = if labels.is_empty() { "none".to_owned() } else { labels.join(", ") };
        let name = format!("`{}`", spec.name);
        vec![name, spec.kind.name().to_owned(), labels, spec.help.to_owned()]
    });
    assert_eq!(documented, listed.collect::<Vec<_>>(), "docs/reference/metrics.md");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_listed_is_served_after_a_failover() {
    let running = Running::start().await;
    running.ready().await;
    running.fault("london-kill", true).await;
    running
        .until("moved", |view: &View| view.desired.contains(SiteId(1)) && view.open_move.is_none())
        .await;
    // No check of the demo asks a database.
    let absent = |name: &str| name.ends_with("lag_seconds");
    let wanted: BTreeSet<&str> =
        ALL.iter().map(|spec| spec.name).filter(|name| !absent(name)).collect();
    let started = Instant::now();
    let text = loop {
        let text = page(&running).await;
        let served = families(&text);
        let missing: Vec<_> = wanted.iter().filter(|name| !served.contains_key(**name)).collect();
        if missing.is_empty() {
            break text;
        }
        assert!(started.elapsed() < PATIENCE, "never served: {missing:?}");
        tokio::time::sleep(Duration::from_millis(200)).await;
    };
    for (name, family) in families(&text) {
        let spec = ALL.iter().find(|spec| spec.name == name);
        let spec = spec.unwrap_or_else(|| panic!("{name} is not in the list"));
        assert_eq!(family.kind, spec.kind.name(), "{name}");
        assert_eq!(family.help, spec.help, "{name}");
        let labels: Vec<String> = spec.labels.iter().map(|label| (*label).to_owned()).collect();
        assert_eq!(family.labels, BTreeSet::from([labels]), "{name}");
        assert_eq!(spec.kind == Kind::Counter, name.ends_with("_total"), "{name}");
    }
    assert_what_happened(&text);
    running.stop().await;
}

/// What a failover of the demo has left in the metrics.
fn assert_what_happened(text: &str) {
    let is = |begin: &str| value(text, begin).unwrap_or_else(|| panic!("no {begin} in {text}"));
    let sites = |site: &str, verdict: &str| {
        let labels = format!("{{service=\"app\",site=\"{site}\",verdict=\"{verdict}\"}}");
        is(&format!("schwenk_site_verdict{labels}"))
    };
    assert_eq!((sites("london", "down"), sites("london", "up")), (1.0, 0.0));
    assert_eq!((sites("falkenstein", "down"), sites("falkenstein", "up")), (0.0, 1.0));
    assert_eq!(is("schwenk_site_active{service=\"app\",site=\"falkenstein\"}"), 1.0);
    assert_eq!(is("schwenk_latched{service=\"app\"}"), 1.0);
    for stage in ["started", "completed"] {
        let labels = format!("{{service=\"app\",kind=\"failover\",stage=\"{stage}\"}}");
        assert_eq!(is(&format!("schwenk_moves_total{labels}")), 1.0);
    }
    assert_eq!(is("schwenk_move_duration_seconds_count"), 1.0);
    for provider in ["google", "hetzner"] {
        let labels = format!("{{service=\"app\",provider=\"{provider}\"");
        assert_eq!(is(&format!("schwenk_attempts_total{labels},outcome=\"applied\"}}")), 1.0);
        assert_eq!(is(&format!("schwenk_propagation_duration_seconds_count{labels}}}")), 1.0);
        let applied = format!("{{provider=\"{provider}\",operation=\"apply\",outcome=\"ok\"}}");
        assert_eq!(is(&format!("schwenk_api_calls_total{applied}")), 1.0);
    }
    let allowed = is("schwenk_api_rate_limit_requests{provider=\"hetzner\",api=\"dns\"}");
    let left = is("schwenk_api_rate_limit_remaining_requests{provider=\"hetzner\",api=\"dns\"}");
    assert!(left > 0.0 && left < allowed, "{left} of {allowed}");
    assert!(is("schwenk_probe_duration_seconds_count{service=\"app\",site=\"falkenstein\"") > 0.0);
    assert_eq!(is("schwenk_journal_writable"), 1.0);
    assert_eq!(is("schwenk_leader{service=\"app\"}"), 1.0);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_may_look_may_ask_and_nobody_else() {
    let running = Running::start().await;
    let status = async |token: Option<&str>| {
        let request = running.ask(Method::GET, "/metrics");
        let request = token.into_iter().fold(request, reqwest::RequestBuilder::bearer_auth);
        request.send().await.expect("an answer").status()
    };
    assert_eq!(status(None).await, StatusCode::UNAUTHORIZED);
    assert_eq!(status(Some("wrong")).await, StatusCode::UNAUTHORIZED);
    assert_eq!(status(Some(VIEWER)).await, StatusCode::OK);
    let posted = running.ask(Method::POST, "/metrics").bearer_auth(VIEWER).send().await;
    let posted = posted.expect("an answer");
    assert_eq!(posted.status(), StatusCode::METHOD_NOT_ALLOWED);
    running.stop().await;
}

/// The program with a door for Prometheus, and settings of its policy.
pub fn with_open_door(clouds: &Service, dir: &std::path::Path, policy: &str) -> Service {
    let path = configure(dir, clouds, &schwenk::http::auth::hash(VIEWER).expect("it hashes"));
    let text = std::fs::read_to_string(&path).expect("it was written");
    let text = text.replacen("[server]\n", "[server]\nmetrics_listen = \"127.0.0.1:0\"\n", 1);
    let text = text.replacen(
        "[[services.sites]]",
        &format!("[services.policy]\n{policy}\n[[services.sites]]"),
        1,
    );
    std::fs::write(&path, text).expect("it can be written");
    let config = path.to_str().expect("UTF-8");
    let mut command = schwenk(&["run", "--json", "--config", config]);
    command.env("HCLOUD_TOKEN", clouds.text("/tokens/hetzner"));
    let log = std::fs::File::create(dir.join("log")).expect("it can be written");
    Service::start(command.stderr(log))
}

async fn get(url: &str) -> reqwest::Response {
    let client = reqwest::Client::builder().no_proxy().build().expect("a client");
    client.get(url).timeout(PATIENCE).send().await.expect("an answer")
}

/// Asks until the page is as wanted.
pub async fn until(url: &str, what: &str, wanted: impl Fn(&str) -> bool) -> String {
    let started = Instant::now();
    loop {
        let text = get(url).await.text().await.expect("a text");
        if wanted(&text) {
            return text;
        }
        assert!(started.elapsed() < PATIENCE, "never {what}: {text}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn its_own_door_needs_no_login_and_opens_nothing_else() {
    let (clouds, dir) = (emulator(), tempfile::tempdir().expect("a directory"));
    let service = with_open_door(&clouds, dir.path(), "");
    let url = service.text("/metrics");
    let text = until(&url, "served", |text| text.contains("schwenk_build_info")).await;
    assert!(text.contains("schwenk_site_verdict{service=\"app\",site=\"one\""), "{text}");
    let other = url.replace("/metrics", "/api/v1/snapshot");
    assert_eq!(get(&other).await.status(), StatusCode::NOT_FOUND);
    assert_eq!(get(&url.replace("/metrics", "/")).await.status(), StatusCode::NOT_FOUND);
    let (code, _) = service.terminate();
    assert_eq!(code, Some(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_watcher_that_was_stopped_for_a_while_says_so() {
    let (clouds, dir) = (emulator(), tempfile::tempdir().expect("a directory"));
    let service = with_open_door(&clouds, dir.path(), "tick_gap_max = \"2 s\"");
    let url = service.text("/metrics");
    let up = "schwenk_site_verdict{service=\"app\",site=\"one\",verdict=\"up\"} 1";
    let before = until(&url, "up", |text| text.contains(up)).await;
    let gaps = |text: &str| value(text, "schwenk_tick_gaps_total{service=\"app\"}");
    let slept = |text: &str| value(text, "schwenk_tick_gap_seconds_total{service=\"app\"}");
    service.signal(Signal::STOP);
    tokio::time::sleep(Duration::from_secs(5)).await;
    service.signal(Signal::CONT);
    let after = until(&url, "noticed", |text| gaps(text) > gaps(&before)).await;
    assert!(slept(&after) > slept(&before).map(|seconds| seconds + 2.0), "{after}");
    let at = value(&after, "schwenk_tick_gap_timestamp_seconds{service=\"app\"}");
    assert!(at > value(&before, "schwenk_snapshot_timestamp_seconds"), "{after}");
    let log = std::fs::read_to_string(dir.path().join("log")).expect("a log");
    assert!(log.contains("this watcher did nothing for"), "{log}");
    until(&url, "up again", |text| text.contains(up)).await;
    service.terminate();
}
