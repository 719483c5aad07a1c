//! `kill -9` at any moment: the next start ends the move and makes no second one.
use std::path::Path;
use std::time::{Duration, Instant};

use reqwest::Client;
use schwenk::http::auth::hash;
use serde_json::Value;

use crate::harness::{PATIENCE, json};
use crate::process::{Service, configure, emulator, run, schwenk};

pub const TOKEN: &str = "crash-tests-token";

/// A watcher of its own process, and how to talk to it.
pub struct Watcher {
    pub service: Service,
    client: Client,
}

impl Watcher {
    pub fn start(config: &Path, clouds: &Service) -> Self {
        let config = config.to_str().expect("text");
        let mut command = schwenk(&["run", "--json", "--log", "off", "--config", config]);
        let service = Service::start(command.env("HCLOUD_TOKEN", clouds.text("/tokens/hetzner")));
        let client = Client::builder().no_proxy().build().expect("a client");
        Self { service, client }
    }

    async fn get(&self, path: &str) -> Value {
        let url = format!("{}/api/v1{path}", self.service.text("/url"));
        let answer = self.client.get(url).bearer_auth(TOKEN).send().await.expect("an answer");
        assert_eq!(answer.status(), 200, "{path}");
        json(answer).await
    }

    /// Waits until the only service looks as wanted.
    pub async fn until(&self, what: &str, wanted: impl Fn(&Value) -> bool) {
        let started = Instant::now();
        loop {
            let snapshot = self.get("/snapshot").await;
            let view = &snapshot["services"][0]["view"];
            if wanted(view) {
                return;
            }
            assert!(started.elapsed() < PATIENCE, "never {what}: {view:#}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Kills the first site.
    pub async fn kills_site(&self, clouds: &Service) {
        let site = clouds.text("/sites/0/name");
        let body = serde_json::json!({ "fault": "site_killed", "site": site });
        let request =
            self.client.post(clouds.text("/fault")).header("content-type", "application/json");
        let set = request.body(body.to_string()).send().await.expect("an answer");
        assert!(set.status().is_success());
    }

    async fn moves(&self) -> usize {
        let events = self.get("/events?limit=1000").await;
        let events = events["events"].as_array().expect("a list");
        events.iter().filter(|record| record["event"]["kind"] == "move_started").count()
    }
}

pub fn ready(view: &Value) -> bool {
    let sites = view["sites"].as_array().expect("sites");
    sites.iter().all(|site| site["verdict"] == "up") && view["desired"] == 1
}

pub fn complete(view: &Value) -> bool {
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
    watcher.until("ready", ready).await;
    watcher.kills_site(&clouds).await;
    tokio::time::sleep(after).await;
    watcher.service.kill();
    let watcher = Watcher::start(&config, &clouds);
    watcher.until("moved", complete).await;
    assert!(converged(&config, &clouds), "killed {after:?} after the site");
    assert_eq!(watcher.moves().await, 1, "killed {after:?} after the site");
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
