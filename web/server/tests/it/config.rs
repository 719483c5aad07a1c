//! Configuration files, good and bad.
use std::collections::BTreeSet;
use std::path::Path;

use schwenk::config::{self, Config, Problem, Surroundings};

const GOOD: &str = r#"
[journal]
path = "journal.db"

[[providers]]
id = "google"
kind = "google"
project = "acme"

[[providers]]
id = "hetzner"
kind = "hetzner"
token = "env:HCLOUD_TOKEN"

[[services]]
name = "app"
record = "app.example.com"
zone = "example.com"
ttl = 60

[[services.sites]]
name = "london"
addresses = ["203.0.113.5"]

[[services.sites]]
name = "falkenstein"
addresses = ["198.51.100.7"]

[[services.checks]]
kind = "http"
"#;

fn parse(text: &str) -> Result<Config, Vec<Problem>> {
    let env = |name: &str| (name == "HCLOUD_TOKEN").then(|| "secret".to_owned());
    let around = Surroundings { env: &env, dir: Path::new("/nonexistent") };
    config::parse("schwenk.toml", text.to_owned(), &around)
}

/// Replaces one line of the good file and returns what is reported.
fn messages(line: &str, instead: &str) -> Vec<String> {
    assert!(GOOD.contains(line), "the good file has no line {line}");
    let text = GOOD.replacen(line, instead, 1);
    let problems = parse(&text).expect_err("this file must not be accepted");
    problems.iter().map(ToString::to_string).collect()
}

/// One mistake, one message: the line to replace, what stands there instead, and the message.
const MISTAKES: &[(&str, &str, &str)] =
    &[("unknown key", "ttl = 60|ttl = 60\ninterval = \"2s\"", "")];

#[test]
fn every_mistake_has_its_own_message() {
    for (what, replacement, message) in MISTAKES {
        let (line, instead) = replacement.split_once('|').expect("a line and its replacement");
        assert_eq!(messages(line, instead), [*message], "{what}");
    }
}

#[test]
fn the_good_file_is_good() {
    let config = parse(GOOD).expect("it is");
    assert_eq!(config.services[0].sites.len(), 2);
    assert!(config.warnings.is_empty());
}

#[test]
fn every_key_is_documented() {
    let page = include_str!("../../../../docs/reference/config.md");
    let documented: BTreeSet<&str> = page
        .lines()
        .filter_map(|line| line.strip_prefix("| `")?.split_once('`'))
        .map(|(key, _)| key)
        .collect();
    let missing: Vec<_> =
        config::file::keys().into_iter().filter(|key| !documented.contains(key.as_str())).collect();
    assert!(missing.is_empty(), "docs/reference/config.md lacks {missing:?}");
}
