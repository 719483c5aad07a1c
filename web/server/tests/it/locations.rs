//! `schwenk locations` as processes against the emulated clouds: the thesis's six servers.
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::Value;

use crate::process::{Said, Service, run, schwenk};

/// The emulated clouds, and a configuration with a blueprint for them.
pub struct Clouds {
    emulator: Service,
    pub dir: tempfile::TempDir,
}

impl Clouds {
    pub fn start() -> Self {
        let mut command = schwenk(&["emulate", "--json", "--empty"]);
        for (option, value) in [
            ("--action-delay", "1 ms"),
            ("--server-delay", "2 ms"),
            ("--boot-delay", "1 ms"),
            ("--rate-limit-per-hour", "1000000"),
        ] {
            command.args([option, value]);
        }
        let emulator = Service::start(&mut command);
        let clouds = Self { emulator, dir: tempfile::tempdir().expect("a directory") };
        clouds.write("schwenk.toml", &clouds.text("/google"), &clouds.text("/hetzner"), "1");
        clouds
    }

    pub fn text(&self, pointer: &str) -> String {
        self.emulator.text(pointer)
    }

    /// A configuration with the clouds at these addresses and so many application servers.
    pub fn write(&self, name: &str, google: &str, hetzner: &str, apps: &str) -> PathBuf {
        let text = include_str!("blueprint.toml")
            .replace("PROJECT", &self.text("/project"))
            .replace("KEY_FILE", &self.text("/key_file"))
            .replace("GOOGLE", google)
            .replace("HETZNER", hetzner)
            .replace("APPS", apps);
        let path = self.dir.path().join(name);
        std::fs::write(&path, text).expect("it can be written");
        path
    }

    pub fn command(&self, config: &Path, args: &[&str]) -> Command {
        let mut command = schwenk(&[&["locations"], args].concat());
        command.args(["--poll-every", "5 ms"]).arg("--config").arg(config);
        command.env("HCLOUD_TOKEN", self.text("/tokens/hetzner"));
        command
    }

    fn run(&self, args: &[&str]) -> Said {
        run(&mut self.command(&self.dir.path().join("schwenk.toml"), args))
    }

    /// The servers as the emulator's owner sees them.
    pub fn servers(&self) -> Vec<Value> {
        let url = self.text("/servers");
        let runtime = tokio::runtime::Runtime::new().expect("a runtime");
        let text = runtime.block_on(async {
            reqwest::get(&url).await.expect("an answer").text().await.expect("a text")
        });
        let seen: Value = serde_json::from_str(&text).expect("JSON");
        seen.as_array().expect("servers").clone()
    }
}

#[test]
fn six_servers_are_planned_applied_once_shown_and_destroyed() {
    let clouds = Clouds::start();
    let plan = clouds.run(&["plan"]);
    assert_eq!(plan.code, 0, "{plan:?}");
    for words in [
        "create  server   acme-london-db-1",
        "create  server   acme-falkenstein-haproxy-1",
        "EUR ",
        "google has no price list here",
        "to create. Fingerprint ",
    ] {
        assert!(plan.out.contains(words), "{words}: {}", plan.out);
    }
    let planned = clouds.run(&["plan", "--json"]).json();
    let fingerprint = planned["fingerprint"].as_str().expect("a fingerprint").to_owned();
    let stale = clouds.run(&["apply", "--fingerprint", "0123456789abcdef"]);
    assert_eq!(stale.code, 3, "{stale:?}");
    let nobody = clouds.run(&["apply"]);
    assert_eq!(nobody.code, 2, "nobody is there to confirm: {nobody:?}");
    assert!(clouds.servers().is_empty(), "nothing was made");

    let applied = clouds.run(&["apply", "--fingerprint", &fingerprint]);
    assert_eq!(applied.code, 0, "{applied:?}");
    assert!(applied.out.contains("server acme-london-db-1: made"), "{}", applied.out);
    assert_eq!(clouds.servers().len(), 6);
    let again = clouds.run(&["apply", "--yes", "--json"]);
    assert_eq!((again.code, &again.json()["results"]), (0, &serde_json::json!([])), "{again:?}");
    let shown = clouds.run(&["show", "--json"]).json();
    assert_eq!(shown["steps"], 0, "{shown}");
    let host = &shown["layout"]["locations"][1]["hosts"][0];
    assert!(host["public"].is_string() && host["private"] == "10.0.1.33", "{host}");

    let wrong = clouds.run(&["destroy", "--confirm", "other"]);
    assert_eq!((wrong.code, clouds.servers().len()), (3, 6), "{wrong:?}");
    let unasked = clouds.run(&["destroy"]);
    assert_eq!((unasked.code, clouds.servers().len()), (2, 6), "{unasked:?}");
    let destroyed = clouds.run(&["destroy", "--confirm", "acme"]);
    assert_eq!(destroyed.code, 0, "{destroyed:?}");
    assert!(destroyed.out.contains("nothing is left"), "{}", destroyed.out);
    assert!(clouds.servers().is_empty());
    let shown = clouds.run(&["show", "--json"]).json();
    assert_eq!(shown["there"], serde_json::json!([]), "not even an address: {shown}");
}

#[test]
fn a_surplus_server_is_marked_and_what_goes_wrong_has_an_exit_code() {
    let clouds = Clouds::start();
    let (google, hetzner) = (clouds.text("/google"), clouds.text("/hetzner"));
    let two = clouds.write("two.toml", &google, &hetzner, "2");
    let made = run(&mut clouds.command(&two, &["apply", "--yes"]));
    assert_eq!((made.code, clouds.servers().len()), (0, 8), "{made:?}");
    let plan = clouds.run(&["plan"]);
    assert!(plan.out.contains("DELETE  server   acme-london-app-2"), "{}", plan.out);
    assert!(plan.out.contains("4 TO DELETE"), "two servers and two addresses: {}", plan.out);
    assert_eq!(clouds.run(&["apply", "--yes"]).code, 0);
    assert_eq!(clouds.servers().len(), 6);

    // Nobody listens there.
    let away = clouds.write("away.toml", "http://127.0.0.1:9", &hetzner, "1");
    let mut command = clouds.command(&away, &["apply", "--yes", "--step-timeout", "2 s"]);
    let away = run(&mut command);
    assert_eq!(away.code, 4, "{away:?}");
    assert!(away.err.contains("google"), "{away:?}");
    let mut reader = clouds.command(&two, &["apply", "--yes"]);
    let refused = run(reader.env("HCLOUD_TOKEN", clouds.text("/tokens/hetzner_readonly")));
    assert_eq!(refused.code, 3, "{refused:?}");
    for words in
        ["FAILED: address acme-falkenstein-app-2", "token must be for reading and", "There is now:"]
    {
        assert!(refused.out.contains(words), "{words}: {}", refused.out);
    }
    assert!(!refused.out.contains(&clouds.text("/tokens/hetzner_readonly")));
}

#[test]
fn secrets_are_kept_once_for_nobody_else_and_scripts_follow_the_servers() {
    let clouds = Clouds::start();
    let (google, hetzner) = (clouds.text("/google"), clouds.text("/hetzner"));
    let config = |apps: &str| {
        let path = clouds.write("run.toml", &google, &hetzner, apps);
        let text = std::fs::read_to_string(&path).expect("it was written");
        let run = "secrets = \"secrets.toml\"\nservice = { host = \"shop.example.com\" }\n";
        let owner = "owner = \"acme\"\n";
        std::fs::write(&path, text.replace(owner, &format!("{owner}{run}"))).expect("written");
        path
    };
    let secrets = clouds.dir.path().join("secrets.toml");
    let with = |apps: &str, args: &[&str]| run(&mut clouds.command(&config(apps), args));

    assert_eq!(with("1", &["plan"]).code, 0);
    assert!(!secrets.exists(), "a plan writes nothing");
    let applied = with("1", &["apply", "--yes"]);
    assert_eq!(applied.code, 0, "{applied:?}");
    let mode = std::fs::metadata(&secrets).expect("they are kept").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let kept = std::fs::read_to_string(&secrets).expect("they can be read");
    let again = with("1", &["apply", "--yes", "--json"]);
    assert_eq!(again.json()["results"], serde_json::json!([]), "{again:?}");
    assert_eq!(std::fs::read_to_string(&secrets).expect("still there"), kept);
    let table: toml::Table = kept.parse().expect("TOML");
    let shown = format!("{applied:?}{again:?}{:?}", with("1", &["show", "--json"]));
    for (name, password) in table["passwords"].as_table().expect("passwords") {
        let password = password.as_str().expect("a text");
        assert!(password.len() > 16 && !shown.contains(password), "{name} is shown");
    }

    // A second application server: Google's servers get new scripts, Hetzner's are told about.
    let more = with("2", &["apply", "--yes"]);
    assert_eq!(more.code, 0, "{more:?}");
    let name = "acme-falkenstein-haproxy-1";
    let told = |said: &Said| said.out.contains(&format!("schwenk locations script {name}"));
    assert!(told(&more), "{}", more.out);
    let script = with("2", &["script", name]);
    assert!(script.out.starts_with("#!/bin/sh"), "{script:?}");
    assert_eq!(with("2", &["script", name, "--ran"]).code, 0);
    assert!(!told(&with("2", &["plan"])));
    assert_eq!(with("2", &["script", "acme-mars-db-1"]).code, 2);

    let open = std::fs::Permissions::from_mode(0o644);
    std::fs::set_permissions(&secrets, open).expect("it is ours");
    let refused = with("2", &["plan"]);
    assert!(refused.code == 2 && refused.err.contains("chmod 600"), "{refused:?}");
    let asked = with("2", &["destroy"]);
    assert!(asked.code == 2 && !asked.err.contains("chmod"), "only nobody confirms: {asked:?}");
    std::fs::remove_file(&secrets).expect("it is ours");
    let lost = with("2", &["apply", "--yes"]);
    assert!(lost.code == 2 && lost.err.contains("from a backup"), "{lost:?}");
    let open = std::fs::Permissions::from_mode(0o644);
    std::fs::write(&secrets, "damaged").expect("it is ours");
    std::fs::set_permissions(&secrets, open).expect("it is ours");
    let text = std::fs::read_to_string(clouds.dir.path().join("run.toml")).expect("it was written");
    let lacking = text.replace("service = { ", "service = { application = \"gone\", ");
    let lacking_path = clouds.dir.path().join("lacking.toml");
    std::fs::write(&lacking_path, lacking).expect("it can be written");
    let planned = run(&mut clouds.command(&lacking_path, &["plan"]));
    assert!(planned.code == 2 && planned.err.contains("gone"), "{planned:?}");
    let destroyed = run(&mut clouds.command(&lacking_path, &["destroy", "--confirm", "acme"]));
    assert_eq!(destroyed.code, 0, "that needs no secrets and no application: {destroyed:?}");
    assert!(clouds.servers().is_empty());
}

/// Passes requests on to a cloud and counts them; the one that is the last is carried out, but its
/// answer is kept back until the process that waits for it is dead.
async fn proxy(upstream: String, left: Arc<AtomicUsize>, dead: Arc<tokio::sync::Notify>) -> String {
    let client = reqwest::Client::new();
    let pass = move |request: axum::extract::Request| {
        let (client, upstream) = (client.clone(), upstream.clone());
        let (left, dead) = (left.clone(), dead.clone());
        async move {
            let (head, body) = request.into_parts();
            let body = axum::body::to_bytes(body, 1 << 20).await.expect("a body");
            let path = head.uri.path_and_query().expect("a path").as_str();
            let base = upstream.trim_end_matches("/v1");
            let mut headers = head.headers;
            headers.remove("host");
            let sent = client.request(head.method, format!("{base}{path}"));
            let answer = sent.headers(headers).body(body).send().await.expect("an answer");
            if left.fetch_sub(1, Ordering::SeqCst) == 1 {
                dead.notify_one();
                std::future::pending::<()>().await;
            }
            let mut reply = axum::response::Response::builder().status(answer.status());
            for (name, value) in answer.headers() {
                if name != "transfer-encoding" && name != "content-length" {
                    reply = reply.header(name, value);
                }
            }
            let body = answer.bytes().await.expect("a body");
            reply.body(axum::body::Body::from(body)).expect("a reply")
        }
    };
    let app = axum::Router::new().fallback(pass);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move { axum::serve(listener, app).await });
    format!("http://{address}")
}

/// Applies until the `last` request and kills the process there; whether it got that far.
async fn dies_at(clouds: &Clouds, last: usize) -> bool {
    let (left, dead) = (Arc::new(AtomicUsize::new(last)), Arc::new(tokio::sync::Notify::new()));
    let google = proxy(clouds.text("/google"), left.clone(), dead.clone()).await;
    let hetzner = proxy(clouds.text("/hetzner"), left.clone(), dead.clone()).await;
    let config = clouds.write("proxied.toml", &google, &format!("{hetzner}/v1"), "1");
    let mut command = clouds.command(&config, &["apply", "--yes"]);
    command.stdout(Stdio::null());
    let mut child =
        tokio::process::Command::from(command).kill_on_drop(true).spawn().expect("it starts");
    tokio::select! {
        status = child.wait() => {
            assert!(status.expect("it ends").success());
            false
        }
        () = dead.notified() => {
            // SIGKILL.
            child.kill().await.expect("it is ours");
            true
        }
    }
}

/// Side by side, each at clouds of its own: most of the time they wait for what the dead one has begun.
const LANES: usize = 6;

#[test]
fn killed_at_any_request_it_goes_on_to_the_same_end() {
    let ends: Vec<usize> = std::thread::scope(|scope| {
        let lanes: Vec<_> = (1..=LANES).map(|first| scope.spawn(move || killed(first))).collect();
        lanes.into_iter().map(|lane| lane.join().expect("a lane that ends well")).collect()
    });
    let first = ends.iter().min().expect("a lane");
    assert!(*first > 50, "six servers take more than {first} requests");
}

/// Kills at the request `first` and at each that is this lane's; the first that is never sent.
fn killed(first: usize) -> usize {
    let clouds = Clouds::start();
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let mut last = first;
    while runtime.block_on(dies_at(&clouds, last)) {
        let resumed = clouds.run(&["apply", "--yes", "--json"]);
        assert_eq!(resumed.code, 0, "after request {last}: {resumed:?}");
        let report = resumed.json();
        assert_eq!(report["left"]["steps"], serde_json::json!([]), "after request {last}");
        assert_eq!(clouds.servers().len(), 6, "after request {last}");
        let destroyed = clouds.run(&["destroy", "--confirm", "acme"]);
        assert_eq!(destroyed.code, 0, "after request {last}: {destroyed:?}");
        last += LANES;
    }
    last
}
