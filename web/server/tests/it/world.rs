//! What the command line says of the world's resolvers and of a zone's delegation.
use std::process::Command;

use serde_json::{Value, json};

use crate::process::{Said, Service, run, schwenk};

fn emulate(args: &[&str]) -> Service {
    Service::start(&mut schwenk(&[&["emulate", "--json"], args].concat()))
}

fn text(value: &Value) -> &str {
    value.as_str().expect("text")
}

/// `schwenk dns doctor` on the emulated zone, as somebody who knows where everything is.
fn doctor(clouds: &Service, args: &[&str]) -> Command {
    let mut command = schwenk(&["dns", "doctor", "schwenk.example"]);
    for server in clouds.hello["dns"].as_array().expect("name servers") {
        let [provider, name, address] =
            ["provider", "server", "address"].map(|key| text(&server[key]));
        command.arg("--server").arg(format!("{provider}/{name}={address}"));
    }
    let parent = &clouds.hello["parent"];
    let [name, address] = ["server", "address"].map(|key| text(&parent[key]));
    command.arg("--parent").arg(format!("{name}={address}"));
    command.args(["--record", "app.schwenk.example/A", "--timeout", "10 s"]).args(args);
    command
}

fn codes(said: &Said, grade: &str) -> Vec<String> {
    let findings = said.json()["findings"].as_array().expect("findings").clone();
    let some = findings.iter().filter(|finding| finding["grade"] == grade);
    some.map(|finding| text(&finding["code"]).to_owned()).collect()
}

#[test]
fn the_doctor_finds_the_emulated_zone_well_and_says_what_it_looked_at() {
    let clouds = emulate(&[]);
    let said = run(&mut doctor(&clouds, &[]));
    assert_eq!(said.code, 0, "{said:?}");
    assert!(said.out.contains("delegated by example, to 7 name servers"), "{said:?}");
    assert!(said.out.contains("If google is lost, hetzner still answers"), "{said:?}");
    assert!(said.out.trim_end().ends_with("All is well."), "{said:?}");
    let json = run(&mut doctor(&clouds, &["--json"]));
    assert_eq!(codes(&json, "critical"), [""; 0], "{json:?}");
    assert!(codes(&json, "good").contains(&"loss_survived".to_owned()), "{json:?}");
    assert_eq!(json.json()["facts"]["zone"], "schwenk.example");
}

#[test]
fn the_doctor_ends_with_six_when_something_is_critical_and_says_what_to_do() {
    let one = ["--delegate", "helium.ns.hetzner.de"];
    let clouds = emulate(&one);
    let said = run(&mut doctor(&clouds, &[]));
    assert_eq!(said.code, 6, "{said:?}");
    assert!(said.out.contains("CRITICAL  The parent delegates to no name server of google"));
    assert!(said.out.contains("→ Add ns-cloud-b1.googledomains.com"), "{said:?}");
    let json = run(&mut doctor(&clouds, &["--json"]));
    assert_eq!(codes(&json, "critical"), ["provider_not_delegated", "loss_fatal"], "{json:?}");
    assert_eq!(codes(&json, "warning"), ["server_not_delegated"], "{json:?}");
}

#[test]
fn the_doctor_is_strict_when_asked_and_refuses_what_makes_no_sense() {
    let keys = ["--sign", "google", "--no-ds"];
    let clouds = emulate(&keys);
    let json = run(&mut doctor(&clouds, &["--json"]));
    assert_eq!((json.code, codes(&json, "warning")), (0, vec!["dnssec_half".to_owned()]));
    assert_eq!(run(&mut doctor(&clouds, &["--strict"])).code, 6);
    let elsewhere = run(&mut doctor(&clouds, &["--record", "www.other.example"]));
    assert_eq!(elsewhere.code, 2, "{elsewhere:?}");
    assert!(elsewhere.err.contains("does not lie in schwenk.example"), "{elsewhere:?}");
    let wrong = run(&mut schwenk(&["dns", "doctor", "a..b"]));
    assert_eq!(wrong.code, 2, "{wrong:?}");
}

/// `schwenk dns propagation --watch` on the emulated name.
fn watch(clouds: &Service, args: &[&str]) -> Said {
    let mut command = schwenk(&["dns", "propagation", "app.schwenk.example", "--watch"]);
    for server in clouds.hello["dns"].as_array().expect("name servers") {
        let [name, address] = ["server", "address"].map(|key| text(&server[key]));
        command.arg("--server").arg(format!("{name}={address}"));
    }
    for resolver in clouds.hello["resolvers"].as_array().expect("resolvers") {
        let [name, address] = ["name", "address"].map(|key| text(&resolver[key]));
        command.arg("--resolver").arg(format!("{name}={address}"));
    }
    run(command.args(["--timeout", "10 s"]).args(args))
}

#[test]
fn the_curve_is_drawn_without_a_terminal_too_and_told_to_programs_line_by_line() {
    let clouds = emulate(&["--resolver", "plain", "--resolver", "low/floor=300s"]);
    let said = watch(&clouds, &[]);
    assert_eq!(said.code, 0, "{said:?}");
    assert!(said.out.contains("2 of 2 resolvers give the new answer; converged"), "{said:?}");
    assert!(said.out.contains("100 % ┤") && !said.out.contains('\u{1b}'), "{said:?}");
    assert!(said.out.contains("TTL extender: low (low) showed a TTL of 300 s"), "{said:?}");
    let json = watch(&clouds, &["--json"]);
    let lines: Vec<Value> =
        json.out.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    let last = lines.last().expect("a line");
    assert_eq!((&last["new"], &last["share"]), (&json!(2), &json!(1.0)), "{last}");
    assert_eq!(last["curve"]["end"], "converged", "{last}");
    assert!(lines[..lines.len() - 1].iter().all(|line| line["curve"].is_null()), "{json:?}");
}

#[test]
fn name_servers_that_do_not_change_end_in_five_and_no_cache_learns_the_old_answer_from_us() {
    let clouds = emulate(&["--resolver", "plain"]);
    let said = watch(&clouds, &["--expect", "192.0.2.77", "--wait", "2 s"]);
    assert_eq!(said.code, 5, "{said:?}");
    assert!(said.out.contains("none is asked before all name servers have changed"), "{said:?}");
    let never = "servers  not all name servers";
    assert!(said.out.contains(never), "{said:?}");
}

#[test]
fn the_demo_follows_its_moves_and_draws_them() {
    let demo = Service::start(&mut schwenk(&["demo", "--json", "--port", "0"]));
    let ask = |args: &[&str]| {
        let (url, token) = (demo.text("/url"), demo.text("/token"));
        run(schwenk(args).env("SCHWENK_URL", url).env("SCHWENK_TOKEN", token))
    };
    let eventually = |args: &[&str], wanted: &dyn Fn(&Said) -> bool| {
        for _ in 0..900 {
            let said = ask(args);
            if wanted(&said) {
                return said;
            }
            std::thread::sleep(std::time::Duration::from_millis(100));
        }
        panic!("never as wanted: {:?}", ask(args));
    };
    let none = ask(&["curve"]);
    assert_eq!(none.code, 2, "{none:?}");
    assert!(none.err.contains("nothing was moved yet"), "{none:?}");
    let to = ["switch", "app", "--to", "falkenstein", "--from", "london", "--yes"];
    eventually(&to, &|said| said.code == 0);
    let drawn = eventually(&["curve", "app"], &|said| said.out.contains("3 of 3 resolvers"));
    assert!(drawn.out.contains("app: move 1, decided "), "{drawn:?}");
    assert!(drawn.out.contains("google") && drawn.out.contains("all name servers after"));
    let json = ask(&["curve", "app", "--move", "1", "--json"]).json();
    assert_eq!((&json["new"], &json["answering"]), (&json!(3), &json!(3)), "{json}");
    assert_eq!(json["points"].as_array().map(Vec::len), Some(61), "{json}");
    let status = ask(&["status"]);
    assert!(status.out.contains("  move 1: 100 % after "), "{status:?}");
    assert_eq!(ask(&["curve", "other"]).code, 2);
}
