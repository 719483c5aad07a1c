//! Telling people as an operator sees it: `schwenk notify`, the heartbeat, and what systemd hears.
use std::os::unix::net::UnixDatagram;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use schwenk::http::auth::hash;
use serde_json::Value;

use crate::harness::{PATIENCE, json};
use crate::process::{Said, Service, configure, emulator, run, schwenk};
use crate::receiver::{Answer, Receiver, ok, status};

const TOKEN: &str = "tests-token";

/// Emulated clouds and a configuration that is added to.
struct World {
    clouds: Service,
    dir: tempfile::TempDir,
    config: PathBuf,
}

impl World {
    fn start(sections: &str) -> Self {
        let clouds = emulator();
        let dir = tempfile::tempdir().expect("a directory");
        let config = configure(dir.path(), &clouds, &hash(TOKEN).expect("it hashes"));
        let text = std::fs::read_to_string(&config).expect("it was written");
        std::fs::write(&config, format!("{text}\n{sections}")).expect("it can be written");
        Self { clouds, dir, config }
    }

    /// The program with this configuration and the secrets it names.
    fn command(&self, args: &[&str]) -> std::process::Command {
        let config = self.config.to_str().expect("UTF-8");
        let mut command = schwenk(&[args, &["--config", config]].concat());
        command.env("HCLOUD_TOKEN", self.clouds.text("/tokens/hetzner"));
        command.env("HOOK_KEY", "hook-s3cr3t").env("PAGER_KEY", "pager-s3cr3t-0123456789");
        command
    }

    async fn run(&self, args: &[&str]) -> Said {
        let mut command = self.command(args);
        // The servers it talks to live on this runtime.
        tokio::task::spawn_blocking(move || run(&mut command)).await.expect("no panic")
    }
}

async fn until(what: &str, holds: impl AsyncFn() -> bool) {
    let started = Instant::now();
    while !holds().await {
        assert!(started.elapsed() < PATIENCE, "never: {what}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

fn sections(hook: &Receiver, pager: &Receiver) -> String {
    format!(
        r#"
[[notify]]
name = "hook"
kind = "webhook"
url = "{}/hook"
secret = "env:HOOK_KEY"

[[notify]]
name = "pager"
kind = "pagerduty"
routing_key = "env:PAGER_KEY"
endpoint = "{}"
least = "critical"
services = ["app"]
timeout = "2 s"
"#,
        hook.url, pager.url
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn a_test_message_goes_quietly_through_each_channel_and_says_what_came_of_it() {
    let (hook, pager) =
        (Receiver::start(vec![ok("")]).await, Receiver::start(vec![status(202, "{}")]).await);
    let world = World::start(&sections(&hook, &pager));
    let said = world.run(&["notify", "test"]).await;
    assert_eq!(said.code, 0, "{said:?}");
    let lines: Vec<&str> = said.out.lines().collect();
    assert!(lines[0].starts_with("hook   webhook    delivered in"), "{said:?}");
    assert!(lines[1].starts_with("pager  pagerduty  delivered in"), "{said:?}");
    let body = hook.seen()[0].json();
    assert_eq!((&body["kind"], &body["severity"]), (&"test".into(), &"info".into()));
    assert!(body["text"].as_str().expect("a text").contains("Nothing has happened"), "{body}");
    assert!(hook.seen()[0].header("x-schwenk-signature").starts_with("t="));
    let only = world.run(&["notify", "test", "--channel", "pager", "--json"]).await;
    assert_eq!(
        (&only.json()[0]["channel"], only.json()[0]["delivered"].as_bool()),
        (&"pager".into(), Some(true))
    );
    assert_eq!(hook.seen().len(), 1, "the other one was left alone");
    let wrong = world.run(&["notify", "test", "--channel", "pagr"]).await;
    assert_eq!(wrong.code, 2, "{wrong:?}");
    assert!(wrong.err.contains("did you mean \"pager\"?"), "{wrong:?}");
    let checked = world.run(&["check", "--offline"]).await;
    assert!(
        checked.out.contains("notify pager  pagerduty  what is critical of app"),
        "{checked:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_test_that_fails_says_why_without_any_secret() {
    let refuses = "key pager-s3cr3t-0123456789 is unknown";
    let (hook, pager) = (
        Receiver::start(vec![status(503, "come again")]).await,
        Receiver::start(vec![status(400, refuses)]).await,
    );
    let world = World::start(&sections(&hook, &pager));
    let said = world.run(&["notify", "test"]).await;
    assert_eq!(said.code, 3, "{said:?}");
    assert!(
        said.out.contains("NOT DELIVERED, to be tried again: answered 503: come again"),
        "{said:?}"
    );
    assert!(said.out.contains("REFUSED: answered 400: key [redacted] is unknown"), "{said:?}");
    let unwell = world.run(&["notify", "test", "--channel", "hook"]).await;
    assert_eq!(unwell.code, 4, "{unwell:?}");
    let hangs = Receiver::start(vec![Answer::Hang]).await;
    let world = World::start(&sections(&hook, &hangs));
    let said = world.run(&["notify", "test", "--channel", "pager"]).await;
    assert_eq!(said.code, 4, "{said:?}");
    assert!(said.out.contains("no answer from"), "{said:?}");
    let nobody = World::start("");
    let said = nobody.run(&["notify", "test"]).await;
    assert!(said.code == 2 && said.err.contains("add [[notify]]"), "{said:?}");
    let wrong = World::start("[[notify]]\nname = \"x\"\nkind = \"slack\"\nurl = \"env:HOOK_KEY\"");
    for args in [&["notify", "test"][..], &["check", "--offline"], &["run"]] {
        let said = wrong.run(args).await;
        assert_eq!(said.code, 2, "{said:?}");
        assert!(said.err.contains("notify[0]: this is not a URL"), "{said:?}");
        assert!(!said.err.contains("s3cr3t"), "{said:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_watcher_has_told_is_in_its_log() {
    let (hook, pager) =
        (Receiver::start(vec![ok("")]).await, Receiver::start(vec![status(503, "")]).await);
    let world = World::start(&sections(&hook, &pager));
    let mut command = world.command(&["run", "--json"]);
    let watching = tokio::task::spawn_blocking(move || Service::start(&mut command));
    let watching = watching.await.expect("it starts");
    let url = watching.text("/url");
    let ask = async |args: &[&str]| {
        let mut command = schwenk(args);
        command.env("SCHWENK_URL", &url).env("SCHWENK_TOKEN", TOKEN);
        tokio::task::spawn_blocking(move || run(&mut command)).await.expect("no panic")
    };
    until("disarmed", async || ask(&["disarm", "app", "--for", "1h"]).await.code == 0).await;
    until("it was told", async || {
        let log = ask(&["notify", "log"]).await;
        log.out.contains("hook: delivered, raised WARNING app: test disarmed the service")
    })
    .await;
    let log = ask(&["notify", "log", "--channel", "hook", "--json"]).await;
    let first: Value = log
        .out
        .lines()
        .next()
        .and_then(|line| serde_json::from_str(line).ok())
        .unwrap_or_else(|| panic!("{log:?}"));
    assert_eq!((&first["delivery"], &first["kind"]), (&"delivered".into(), &"raised".into()));
    let get = async |path: &str| {
        let client = reqwest::Client::builder().no_proxy().build().expect("a client");
        let request = client.get(format!("{url}/api/v1{path}")).bearer_auth(TOKEN);
        json(request.send().await.expect("an answer")).await
    };
    let answer = get("/notifications?limit=5").await;
    crate::schema::check(&get("/openapi.json").await, "Notifications", &answer)
        .expect("as the description says");
    assert_eq!(answer["channels"][1]["name"], "pager");
    let client = reqwest::Client::builder().no_proxy().build().expect("a client");
    let metrics = client.get(format!("{url}/metrics")).bearer_auth(TOKEN).send().await;
    let metrics = metrics.expect("an answer").text().await.expect("a text");
    let told =
        "schwenk_notifications_total{channel=\"hook\",kind=\"webhook\",outcome=\"delivered\"}";
    assert!(crate::metrics::value(&metrics, told) > Some(0.0), "{metrics}");
    let waiting = "schwenk_notifications_waiting{channel=\"hook\",kind=\"webhook\"}";
    assert_eq!(crate::metrics::value(&metrics, waiting), Some(0.0), "{metrics}");
    let nobody = ask(&["notify", "log", "--channel", "mail"]).await;
    assert_eq!(nobody.code, 2, "{nobody:?}");
    assert!(pager.seen().is_empty(), "a warning does not go to who wants what is critical");
    watching.terminate();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_dead_mans_switch_hears_of_a_watcher_that_works_and_its_silence_is_an_alert() {
    let answers = [vec![ok("OK"); 3], vec![status(500, ""); 4], vec![ok("OK")]].concat();
    let (hook, switch) = (Receiver::start(vec![ok("")]).await, Receiver::start(answers).await);
    let sections = format!(
        "{}\n[heartbeat]\nurl = \"env:PING_URL\"\nevery = \"1 s\"\n",
        sections(&hook, &hook)
    );
    let world = World::start(&sections);
    let mut command = world.command(&["run", "--json"]);
    command.env("PING_URL", format!("{}/ping/0123456789", switch.url));
    let watching = tokio::task::spawn_blocking(move || Service::start(&mut command));
    let watching = watching.await.expect("it starts");
    until("a ping of success", async || switch.seen().len() > 2).await;
    let seen = switch.seen();
    assert_eq!(seen[0].path, "/ping/0123456789/start");
    assert!(seen[1..].iter().any(|seen| seen.path == "/ping/0123456789"), "{seen:?}");
    let told = |kind: &str| {
        hook.seen().iter().any(|seen| {
            let body = seen.json();
            body["key"] == "here:heartbeat" && body["kind"] == kind
        })
    };
    until("the alert", async || told("raised")).await;
    until("the all-clear", async || told("over")).await;
    let all: String = hook.seen().iter().map(|seen| seen.body.clone()).collect();
    assert!(!all.contains("0123456789"), "the URL is a secret: {all}");
    watching.terminate();
}

/// What systemd would have heard so far.
fn heard(socket: &UnixDatagram, all: &mut String) {
    let mut buffer = [0; 4096];
    while let Ok(length) = socket.recv(&mut buffer) {
        all.push_str(&String::from_utf8_lossy(&buffer[..length]));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn systemd_hears_that_it_is_ready_how_it_is_that_it_lives_and_that_it_stops() {
    let world = World::start("");
    let path = world.dir.path().join("notify.sock");
    let socket = UnixDatagram::bind(&path).expect("a socket");
    socket.set_nonblocking(true).expect("it can be");
    let mut command = world.command(&["run", "--json"]);
    command.env("NOTIFY_SOCKET", Path::new(&path)).env("WATCHDOG_USEC", "1000000");
    let watching = tokio::task::spawn_blocking(move || Service::start(&mut command));
    let watching = watching.await.expect("it starts");
    let all = std::sync::Mutex::new(String::new());
    let says = |word: &str| {
        let mut all = all.lock().expect("not poisoned");
        heard(&socket, &mut all);
        all.contains(word)
    };
    until("ready", async || says("READY=1\n")).await;
    until("a sentence", async || says("STATUS=app from one (2 of 2 sites up)\n")).await;
    until("alive", async || says("WATCHDOG=1\n")).await;
    watching.terminate();
    until("stopping", async || says("STOPPING=1\n")).await;
}
