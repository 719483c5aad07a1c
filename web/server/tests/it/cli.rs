//! The command line, run as a user runs it.
use std::path::Path;
use std::time::Duration;

use schwenk::http::auth::hash;
use serde_json::{Value, json};

use crate::process::{Said, Service, configure, emulator, run, run_with_input, schwenk};

/// A demo as a process, and commands sent to it.
struct Demo(Service);

impl Demo {
    fn start() -> Self {
        Self(Service::start(&mut schwenk(&["demo", "--json", "--port", "0"])))
    }

    fn run(&self, args: &[&str]) -> Said {
        let (url, token) = (self.0.text("/url"), self.0.text("/token"));
        run(schwenk(args).env("SCHWENK_URL", url).env("SCHWENK_TOKEN", token))
    }

    /// Runs a command again until it ends well.
    fn eventually(&self, args: &[&str]) -> Said {
        for _ in 0..600 {
            let said = self.run(args);
            if said.code == 0 {
                return said;
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        panic!("never well: {:?}", self.run(args));
    }
}

#[test]
fn a_command_line_that_is_none_is_told_as_json_if_json_is_wanted() {
    for args in
        [&["disarm", "--json"][..], &["--json", "nonsense"], &["emulate", "--json", "--site", "x"]]
    {
        let said = run(&mut schwenk(args));
        assert_eq!((said.code, said.out.as_str()), (2, ""), "{said:?}");
        let problem: Value = serde_json::from_str(&said.err).expect("one document");
        assert!(!problem["error"].as_str().expect("a text").is_empty(), "{said:?}");
    }
    let plain = run(&mut schwenk(&["nonsense"]));
    assert!(plain.code == 2 && plain.err.starts_with("error: unrecognized"), "{plain:?}");
    let help = run(&mut schwenk(&["--json", "--help"]));
    assert!(help.code == 0 && help.out.contains("Usage: schwenk"), "{help:?}");
}

#[test]
fn the_demo_obeys_its_operator() {
    let demo = Demo::start();
    let moved = demo.eventually(&[
        "switch",
        "app",
        "--to",
        "falkenstein",
        "--from",
        "london",
        "--yes",
        "--wait",
        "60 s",
        "--json",
    ]);
    assert_eq!(moved.json()["events"][0]["event"]["kind"], "move_started", "{moved:?}");
    let stale = demo.run(&["switch", "app", "--to", "london", "--from", "london", "--yes"]);
    assert_eq!(stale.code, 3, "{stale:?}");
    let nobody = demo.run(&["switch", "app", "--to", "london"]);
    assert_eq!(nobody.code, 2, "nobody is there to confirm: {nobody:?}");
    assert!(nobody.err.contains("+ app.schwenk.example. 60 IN A 127.0.10.1"), "{nobody:?}");
    for (args, said) in [
        (&["disarm", "--for", "1h"][..], "disarmed"),
        (&["arm"], "armed"),
        (&["maintenance", "london", "on", "--for", "30 min"], "maintenance_on"),
        (&["maintenance", "london", "off"], "maintenance_off"),
    ] {
        let answer = demo.run(&[args, &["--json"]].concat());
        assert_eq!(answer.code, 0, "{answer:?}");
        assert_eq!(answer.json()["events"][0]["event"]["kind"], said, "{answer:?}");
    }
    let rearm = demo.run(&["rearm", "app"]);
    assert_eq!(rearm.code, 3, "a switchover does not latch: {rearm:?}");
    for args in [
        &["arm", "other"][..],
        &["switch", "app", "--to", "mars", "--yes"],
        &["maintenance", "mars", "on"],
        &["disarm", "--for", "soon"],
        &["disarm"],
        &["frobnicate"],
    ] {
        let wrong = demo.run(args);
        assert_eq!(wrong.code, 2, "{args:?}: {wrong:?}");
    }
    assert_eq!(demo.0.terminate().0, Some(0));
}

#[test]
fn the_demo_shows_itself_to_people_and_programs() {
    let demo = Demo::start();
    let ready = |text: &str| text.matches("  up  ").count() == 2;
    let mut status = demo.run(&["status"]);
    for _ in 0..600 {
        if ready(&status.out) {
            break;
        }
        std::thread::sleep(Duration::from_millis(100));
        status = demo.run(&["status"]);
    }
    assert!(ready(&status.out), "{status:?}");
    assert!(status.out.starts_with("app (app.schwenk.example) is served from london, armed"));
    let json = demo.run(&["status", "app", "--json"]).json();
    assert_eq!(json["services"][0]["name"], "app.schwenk.example");
    let events = demo.run(&["events", "--json", "--limit", "2"]);
    let lines: Vec<Value> =
        events.out.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    assert!(lines.len() == 2 && lines[0]["seq"].as_u64() < lines[1]["seq"].as_u64(), "{events:?}");
    let mut follow = schwenk(&["events", "--follow", "--json", "--limit", "1"]);
    let follow = follow.env("SCHWENK_URL", demo.0.text("/url"));
    let mut follow = Service::start(follow.env("SCHWENK_TOKEN", demo.0.text("/token")));
    let before = follow.hello["seq"].as_u64();
    demo.run(&["disarm", "--for", "1h"]);
    let next = follow.line();
    assert!(next["seq"].as_u64() > before, "{next}");
    assert_eq!(next["event"]["kind"], "disarmed", "{next}");
    assert_eq!(follow.terminate().0, Some(0));
    let url = demo.0.text("/url");
    assert_eq!(run(schwenk(&["status", "--url", &url]).env("SCHWENK_TOKEN", "wrong")).code, 3);
    assert_eq!(run(&mut schwenk(&["status", "--url", &url])).code, 2, "no token");
    let (code, elapsed) = demo.0.terminate();
    assert_eq!(code, Some(0));
    assert!(elapsed < Duration::from_secs(5), "{elapsed:?}");
    let gone = run(schwenk(&["status", "--url", &url]).env("SCHWENK_TOKEN", "any"));
    assert_eq!(gone.code, 4, "{gone:?}");
}

#[test]
fn check_says_what_a_configuration_means_and_what_is_there() {
    let directory = tempfile::tempdir().expect("a directory");
    let clouds = emulator();
    let config = configure(directory.path(), &clouds, &hash("x").expect("it hashes"));
    let token = clouds.text("/tokens/hetzner_readonly");
    let check = |args: &[&str]| {
        let mut command = schwenk(&["check", "--config"]);
        run(command.arg(&config).args(args).env("HCLOUD_TOKEN", &token))
    };
    let said = check(&[]);
    assert_eq!(said.code, 0, "{said:?}");
    for line in [
        "service app: app.schwenk.example, TTL 60 s, preset fast",
        "hold_down",
        "refused",
        "% lost",
        "a false alarm every 5.8 days, ",
        "1 % lost, correlation 0.1",
        "warning: service app: a false failover every 5.8 days, if 1 % of the probes are lost",
        "what would help: another check of another kind (10.3 years)",
        "provider google: sees the zones schwenk.example",
        "app: publishes one",
        "The configuration is right. Nothing was changed.",
    ] {
        assert!(said.out.contains(line), "no \"{line}\" in {}", said.out);
    }
    let json = check(&["--json"]).json();
    let seen = &json["services"][0]["numbers"]["refused"];
    assert!(seen["expected_ms"].as_u64() < seen["worst_ms"].as_u64(), "{json}");
    assert_eq!(json["services"][0]["numbers"]["expected"]["correlation"], 0.1, "{json}");
    let warning = json["warnings"][0].as_str().expect("a warning");
    assert!(warning.contains("the target is 10.0 years"), "{json}");
    assert_eq!(json["providers"][1]["services"][0]["site"], "one", "{json}");
    assert!(!directory.path().join("journal.db").exists(), "a check leaves nothing behind");
    let offline = check(&["--offline", "--json"]).json();
    assert_eq!(offline["providers"], json!([]));
    drop(clouds);
    let down = check(&["--json", "--timeout", "1s"]);
    assert_eq!(down.code, 2, "{down:?}");
    assert!(down.err.contains("schwenk.toml:10:1: providers[0]: "), "{down:?}");
    assert!(down.err.contains("refused the connection"), "{down:?}");
}

#[test]
fn check_names_the_place_of_a_zone_that_is_not_there() {
    let directory = tempfile::tempdir().expect("a directory");
    let clouds = emulator();
    let config = configure(directory.path(), &clouds, &hash("x").expect("it hashes"));
    let text = std::fs::read_to_string(&config).expect("a file");
    let text = text.replace("app.schwenk.example", "app.other.example");
    std::fs::write(&config, text.replace("\"schwenk.example\"", "\"other.example\""))
        .expect("ours");
    let mut command = schwenk(&["check", "--config"]);
    let command = command.arg(&config).env("HCLOUD_TOKEN", clouds.text("/tokens/hetzner"));
    let said = run(command);
    assert_eq!(said.code, 2, "{said:?}");
    let line = |provider: &str| {
        format!("services[0].zone: not visible to the credentials of provider \"{provider}\"")
    };
    assert!(said.err.contains(&line("google")) && said.err.contains(&line("hetzner")), "{said:?}");
}

#[test]
fn a_wrong_configuration_is_refused_before_anything_happens() {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("bad.toml");
    std::fs::write(&path, "colour = 1\n[journal]\npath = 5\n").expect("it can be written");
    for command in ["run", "check"] {
        let said = run(schwenk(&[command, "--config"]).arg(&path));
        assert_eq!(said.code, 2, "{said:?}");
        let first = said.err.lines().next().expect("a line");
        assert!(
            first.ends_with(
                "colour: unknown key; known here: vantage, anchors, drift_interval, \
             expect, server, journal, providers, resolvers, services"
            ) || said.err.contains("colour: unknown key"),
            "{said:?}"
        );
        assert!(said.err.contains("bad.toml:3:8: journal.path: this is an integer"), "{said:?}");
    }
    let none = run(schwenk(&["run", "--config"]).arg(directory.path().join("none.toml")));
    assert_eq!(none.code, 2, "{none:?}");
    assert!(none.err.contains("cannot read this file"), "{none:?}");
}

/// Runs `schwenk dns` against the emulated Hetzner or Google.
fn dns(clouds: &Service, provider: &str, args: &[&str]) -> Said {
    let mut command = schwenk(&["dns"]);
    let endpoint = clouds.text(&format!("/{provider}"));
    command.args(args).args(["--provider", provider, "--endpoint", &endpoint, "--json"]);
    command.env("HCLOUD_TOKEN", clouds.text("/tokens/hetzner"));
    run(command.env("GOOGLE_APPLICATION_CREDENTIALS", clouds.text("/key_file")))
}

#[test]
fn records_are_read_planned_and_set_without_a_watcher() {
    let clouds = emulator();
    for provider in ["google", "hetzner"] {
        let got = dns(&clouds, provider, &["get", "app.schwenk.example", "A"]).json();
        assert_eq!(got[0]["rrsets"][0]["values"], json!([clouds.text("/sites/0/address")]));
        let all = dns(&clouds, provider, &["get", "--zone", "schwenk.example"]).json();
        assert!(all[0]["rrsets"].as_array().is_some_and(|rrsets| rrsets.len() >= 3), "{all}");
        let name = "www.schwenk.example";
        let plan = dns(&clouds, provider, &["plan", name, "A", "192.0.2.1", "--ttl", "90"]).json();
        assert_eq!(plan[0]["add"], json!([format!("{name}. 90 IN A 192.0.2.1")]), "{plan}");
        let none = dns(&clouds, provider, &["get", name, "A"]).json();
        assert_eq!(none[0]["rrsets"], json!([]), "a plan changes nothing");
        let unsure = dns(&clouds, provider, &["set", name, "A", "192.0.2.1"]);
        assert_eq!(unsure.code, 2, "{unsure:?}");
        let set = dns(&clouds, provider, &["set", name, "A", "192.0.2.1", "--ttl", "90", "--yes"]);
        assert_eq!(set.json()[0]["outcome"], "applied", "{set:?}");
        let again = dns(&clouds, provider, &["set", name, "A", "192.0.2.1", "--yes"]);
        assert_eq!((again.code, again.json()), (0, json!([])), "{again:?}");
        let gone = dns(&clouds, provider, &["set", name, "A", "--delete", "--yes"]);
        assert_eq!(gone.code, 0, "{gone:?}");
        let wrong = dns(&clouds, provider, &["set", name, "A", "not-an-address", "--yes"]);
        assert_eq!(wrong.code, 2, "{wrong:?}");
        let foreign = dns(&clouds, provider, &["get", "www.elsewhere.example"]);
        assert_eq!(foreign.code, 2, "{foreign:?}");
    }
    let floor = dns(
        &clouds,
        "hetzner",
        &["set", "a.schwenk.example", "A", "192.0.2.1", "--ttl", "5", "-y"],
    );
    assert_eq!(floor.code, 3, "below the floor: {floor:?}");
}

#[test]
fn propagation_tells_whether_all_name_servers_agree() {
    let clouds = emulator();
    let ask = |args: &[&str]| {
        let mut command = schwenk(&["dns", "propagation", "app.schwenk.example", "--json"]);
        for server in clouds.hello["dns"].as_array().expect("name servers") {
            let text = |key: &str| server[key].as_str().expect("text").to_owned();
            command.arg("--server").arg(format!("{}={}", text("server"), text("address")));
        }
        run(command.args(args))
    };
    let one = clouds.text("/sites/0/address");
    let agreed = ask(&["--expect", &one]);
    assert_eq!(agreed.code, 0, "{agreed:?}");
    assert_eq!(agreed.json()["authoritative"].as_array().map(Vec::len), Some(7), "{agreed:?}");
    assert_eq!(ask(&[]).code, 0, "all say the same");
    assert_eq!(ask(&["--expect", "192.0.2.1"]).code, 5);
    let name = "app.schwenk.example";
    dns(&clouds, "google", &["set", name, "A", "192.0.2.9", "--yes"]);
    let split = ask(&["--wait", "300ms"]);
    assert_eq!((split.code, &split.json()["converged"]), (5, &json!(false)), "{split:?}");
    dns(&clouds, "hetzner", &["set", name, "A", "192.0.2.9", "--yes"]);
    let waited = ask(&["--wait", "30s", "--expect", "192.0.2.9"]);
    assert_eq!(waited.code, 0, "{waited:?}");
    let silent = run(&mut schwenk(&[
        "dns",
        "propagation",
        name,
        "--server",
        "127.0.0.1:1",
        "--timeout",
        "500ms",
    ]));
    assert_eq!(silent.code, 5, "{silent:?}");
}

#[test]
fn a_provider_that_does_not_answer_is_unreachable() {
    let nowhere = "http://127.0.0.1:1";
    let mut command = schwenk(&["dns", "get", "a.example.com", "--provider", "hetzner"]);
    let said = run(command
        .args(["--call-timeout", "1s", "--endpoint", nowhere])
        .env("HCLOUD_TOKEN", "any"));
    assert_eq!(said.code, 4, "{said:?}");
    let none = run(&mut schwenk(&["dns", "get", "a.example.com", "--provider", "hetzner"]));
    assert_eq!(none.code, 2, "no token: {none:?}");
    let which = run(&mut schwenk(&["dns", "get", "a.example.com"]));
    assert_eq!(which.code, 2, "{which:?}");
    let adc = run(&mut schwenk(&["dns", "get", "a.example.com", "--provider", "google"]));
    assert_eq!(adc.code, 2, "{adc:?}");
    assert!(adc.err.contains("GOOGLE_APPLICATION_CREDENTIALS is not set"), "{adc:?}");
}

#[test]
fn passwords_are_hashed_from_standard_input_only() {
    let said = run_with_input(&mut schwenk(&["hash-password"]), "open sesame\n");
    assert_eq!(said.code, 0, "{said:?}");
    assert!(said.out.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{said:?}");
    let short = run_with_input(&mut schwenk(&["hash-password"]), "short\n");
    assert_eq!(short.code, 2, "{short:?}");
    let argument = run(&mut schwenk(&["hash-password", "open sesame"]));
    assert_eq!(argument.code, 2, "{argument:?}");
    let made = run(&mut schwenk(&["hash-password", "--generate", "--json"])).json();
    assert_eq!(made["token"].as_str().map(str::len), Some(43), "{made}");
}

#[test]
fn the_help_names_every_command_and_the_shells_complete_them() {
    let help = run(&mut schwenk(&["--help"]));
    assert_eq!(help.code, 0);
    let page = include_str!("../../../../docs/reference/cli.md");
    let commands = help.out.lines().skip_while(|line| *line != "Commands:").skip(1);
    let commands: Vec<&str> = commands
        .take_while(|line| !line.is_empty())
        .filter_map(|line| line.strip_prefix("  ")?.split(' ').next())
        .filter(|word| !word.is_empty() && *word != "help")
        .collect();
    assert!(commands.len() >= 14, "{commands:?}");
    for command in commands {
        assert!(page.contains(&format!("`schwenk {command}")), "docs lack {command}");
    }
    for shell in ["bash", "zsh", "fish"] {
        let script = run(&mut schwenk(&["completions", shell]));
        assert!(script.code == 0 && script.out.contains("propagation"), "{shell}");
    }
}

#[test]
fn an_emulator_can_be_told_everything() {
    let directory = tempfile::tempdir().expect("a directory");
    let key = directory.path().join("key.json");
    let clouds = Service::start(&mut schwenk(&[
        "emulate",
        "--json",
        "--hetzner-token",
        "tttttttttttttttt",
        "--project",
        "acme",
        "--zone",
        "test.example",
        "--key-file",
        key.to_str().expect("text"),
        "--site",
        "google/only=127.0.30.1",
    ]));
    assert_eq!(clouds.text("/tokens/hetzner"), "tttttttttttttttt");
    assert_eq!(clouds.text("/project"), "acme");
    assert_eq!(clouds.text("/zone/name"), "test.example");
    assert_eq!(clouds.text("/sites/0/address"), "127.0.30.1");
    assert!(Path::new(&clouds.text("/key_file")).exists());
    assert_eq!(clouds.terminate().0, Some(0));
    let empty = Service::start(&mut schwenk(&["emulate", "--json", "--empty"]));
    assert_eq!(empty.hello["zone"], Value::Null);
    let wrong = run(&mut schwenk(&["emulate", "--site", "nowhere"]));
    assert_eq!(wrong.code, 2, "{wrong:?}");
}
