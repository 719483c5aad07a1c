//! `kill -9` at any moment: the next start ends the move and makes no second one.
use std::path::Path;
use std::time::{Duration, Instant};

use schwenk::http::auth::hash;
use serde_json::{Value, json};

use crate::harness::PATIENCE;
use crate::process::{Service, configure, emulator, run, schwenk};

const TOKEN: &str = "crash-tests-token";

/// A watcher of its own process, and how to talk to it.
struct Watcher {
    service: Service,
    url: String,
}

impl Watcher {
    fn start(config: &Path, clouds: &Service) -> Self {
        let config = config.to_str().expect("text");
        let mut command = schwenk(&["run", "--json", "--log", "error", "--config", config]);
        let service = Service::start(command.env("HCLOUD_TOKEN", clouds.text("/tokens/hetzner")));
        let url = service.text("/url");
        Self { service, url }
    }

    fn ask(&self, args: &[&str]) -> Value {
        let mut command = schwenk(args);
        let command = command.args(["--json", "--url", &self.url]).env("SCHWENK_TOKEN", TOKEN);
        let said = run(command);
        assert_eq!(said.code, 0, "{said:?}");
        let lines: Result<Vec<Value>, _> = said.out.lines().map(serde_json::from_str).collect();
        Value::Array(lines.expect("JSON"))
    }

    /// Waits until the only service looks as wanted.
    fn until(&self, what: &str, wanted: impl Fn(&Value) -> bool) {
        let started = Instant::now();
        loop {
            let status = self.ask(&["status"]);
            let view = &status[0]["services"][0]["view"];
            if wanted(view) {
                return;
            }
            assert!(started.elapsed() < PATIENCE, "never {what}: {view:#}");
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    fn moves(&self) -> usize {
        let events = self.ask(&["events", "--limit", "1000"]);
        let events = events.as_array().expect("a list");
        events.iter().filter(|record| record["event"]["kind"] == "move_started").count()
    }
}

fn ready(view: &Value) -> bool {
    let sites = view["sites"].as_array().expect("sites");
    sites.iter().all(|site| site["verdict"] == "up") && view["desired"] == 1
}

fn complete(view: &Value) -> bool {
    view["open_move"].is_null() && view["desired"] == 2 && view["last_move"]["completed"].is_u64()
}

/// All name servers answer the second site.
fn converged(config: &Path, clouds: &Service) -> bool {
    let (config, two) = (config.to_str().expect("text"), clouds.text("/sites/1/address"));
    let args = ["dns", "propagation", "-c", config, "--expect", &two, "app.schwenk.example"];
    let said = run(schwenk(&args).env("HCLOUD_TOKEN", clouds.text("/tokens/hetzner")));
    said.code == 0
}

/// Kills the site, kills the watcher `after` that, starts it again and looks.
async fn survive(after: Duration) {
    let directory = tempfile::tempdir().expect("a directory");
    let clouds = emulator();
    let config = configure(directory.path(), &clouds, &hash(TOKEN).expect("it hashes"));
    let watcher = Watcher::start(&config, &clouds);
    watcher.until("ready", ready);
    let body = json!({ "fault": "site_killed", "site": clouds.text("/sites/0/name") });
    let client = reqwest::Client::builder().no_proxy().build().expect("a client");
    let request = client.post(clouds.text("/fault")).header("content-type", "application/json");
    let set = request.body(body.to_string()).send().await.expect("an answer");
    assert!(set.status().is_success());
    tokio::time::sleep(after).await;
    watcher.service.kill();
    let watcher = Watcher::start(&config, &clouds);
    watcher.until("moved", complete);
    assert!(converged(&config, &clouds), "killed {after:?} after the site");
    assert_eq!(watcher.moves(), 1, "killed {after:?} after the site");
    let (code, elapsed) = watcher.service.terminate();
    assert_eq!(code, Some(0));
    assert!(elapsed < Duration::from_secs(5), "{elapsed:?}");
    assert_eq!(clouds.terminate().0, Some(0));
}

/// Before the decision, around it, while the providers are being changed, and after the end: where
/// exactly a kill falls differs from run to run, what comes of it must not.
#[tokio::test(flavor = "multi_thread")]
async fn a_watcher_killed_during_a_move_ends_it_once() {
    let moments = [0, 500, 700, 850, 1000, 2500].map(Duration::from_millis);
    let tasks = moments.map(|after| tokio::spawn(survive(after)));
    for task in tasks {
        task.await.expect("it survives");
    }
}
