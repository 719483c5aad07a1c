//! The program's own messages: as urgent as what they tell, with the same fields, without a secret.
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::harness::{PATIENCE, VIEWER};
use crate::process::{Service, configure, emulator, run, schwenk};

/// The lines of a log that was written as JSON.
fn lines(text: &str) -> Vec<Value> {
    let read =
        |line: &str| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
    text.lines().map(read).collect()
}

struct Logged {
    service: Service,
    clouds: Service,
    dir: tempfile::TempDir,
    hash: String,
}

impl Logged {
    /// A watcher whose configuration says how it logs, and what is said of it on the command line.
    fn start(section: &str, args: &[&str]) -> Self {
        let (clouds, dir) = (emulator(), tempfile::tempdir().expect("a directory"));
        let hash = schwenk::http::auth::hash(VIEWER).expect("it hashes");
        let path = configure(dir.path(), &clouds, &hash);
        let text = std::fs::read_to_string(&path).expect("it was written");
        std::fs::write(&path, format!("{section}\n{text}")).expect("it can be written");
        let config = path.to_str().expect("UTF-8");
        let mut command = schwenk(&[&["run", "--json", "--config", config], args].concat());
        command.env("HCLOUD_TOKEN", clouds.text("/tokens/hetzner"));
        let log = std::fs::File::create(dir.path().join("log")).expect("it can be written");
        let service = Service::start(command.stderr(log));
        Self { service, clouds, dir, hash }
    }

    fn text(&self) -> String {
        std::fs::read_to_string(self.dir.path().join("log")).expect("a log")
    }

    /// Waits for a line.
    fn until(&self, what: &str) -> String {
        let started = Instant::now();
        loop {
            let text = self.text();
            // The last line may be half written.
            let whole = text.rfind('\n').map_or("", |end| &text[..=end]);
            if whole.contains(what) {
                return whole.to_owned();
            }
            assert!(started.elapsed() < PATIENCE, "never {what}: {text}");
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// Kills the first site.
    async fn kills_site(&self) {
        let site = self.clouds.text("/sites/0/name");
        let body = serde_json::json!({ "fault": "site_killed", "site": site }).to_string();
        let client = reqwest::Client::builder().no_proxy().build().expect("a client");
        let request = client.post(self.clouds.text("/fault"));
        let request = request.header("content-type", "application/json").body(body);
        assert!(request.send().await.expect("an answer").status().is_success());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_is_logged_as_urgent_as_it_is_and_says_what_it_is_about() {
    let logged = Logged::start("[log]\nformat = \"json\"", &[]);
    logged.until("\"site\":\"two\"");
    logged.kills_site().await;
    let lines = lines(&logged.until("is complete"));
    let find = |what: &str, wanted: &dyn Fn(&Value) -> bool| {
        let found = lines.iter().find(|line| line["seq"].is_u64() && wanted(line));
        found.unwrap_or_else(|| panic!("no {what} in {lines:#?}"))
    };
    let up = find("verdict up", &|line| line["site"] == "two");
    assert_eq!((up["level"].as_str(), up["service"].as_str()), (Some("INFO"), Some("app")));
    let down = find("verdict down", &|line| line["site"] == "one" && line["level"] == "ERROR");
    assert!(down["message"].as_str().is_some_and(|text| text.contains("down")), "{down}");
    let moved = find("the move", &|line| line["move"] == 1 && line["level"] == "ERROR");
    assert!(moved.get("provider").is_none(), "{moved}");
    for provider in ["google", "hetzner"] {
        let attempt = find("an attempt", &|line| {
            line["provider"] == provider && line["attempt"].is_u64() && line["move"] == 1
        });
        assert_eq!(attempt["level"], "INFO", "{attempt}");
    }
    logged.service.terminate();
}

#[test]
fn the_command_line_comes_before_the_configuration() {
    let logged = Logged::start("[log]\nformat = \"json\"\nlevel = \"debug\"", &["--log", "error"]);
    std::thread::sleep(Duration::from_secs(1));
    let text = logged.text();
    assert!(!text.contains("\"INFO\"") && !text.contains("\"DEBUG\""), "{text}");
    logged.service.terminate();
    let text = run(&mut schwenk(&["demo", "--log-format", "yaml"])).err;
    assert!(text.contains("text") && text.contains("json"), "{text}");
}

#[test]
fn nothing_secret_is_logged_however_much_is() {
    let logged = Logged::start("[log]\nformat = \"json\"\nlevel = \"trace\"", &[]);
    logged.until("\"operation\":\"read_rrset\"");
    let url = logged.service.text("/url");
    let status =
        |token: &str| run(schwenk(&["status", "--url", &url]).env("SCHWENK_TOKEN", token)).code;
    assert_eq!(status(VIEWER), 0);
    assert_ne!(status("a-wrong-token"), 0);
    let key = std::fs::read_to_string(logged.clouds.text("/key_file")).expect("a key");
    let key: Value = serde_json::from_str(&key).expect("JSON");
    let private = key["private_key"].as_str().expect("a key").lines().nth(1).expect("a line");
    let text = logged.until("\"outcome\":\"ok\"");
    let hetzner = logged.clouds.text("/tokens/hetzner");
    for secret in [&*hetzner, private, VIEWER, "a-wrong-token", &logged.hash] {
        assert!(!text.contains(secret), "{secret} is in the log");
    }
    assert!(!text.to_lowercase().contains("bearer ey"), "an access token is in the log");
    logged.service.terminate();
}
