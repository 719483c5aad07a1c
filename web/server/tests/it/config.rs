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

/// Of "open sesame".
const HASH: &str = "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$\
    oDhvDDQwQ5N3hNMBaUIXR4lpjB4mCtCD2oo0qTTVfGU";

fn parse(text: &str) -> Result<Config, Vec<Problem>> {
    let env = |name: &str| match name {
        "HCLOUD_TOKEN" => Some("secret".to_owned()),
        "HASH" => Some(HASH.to_owned()),
        _ => None,
    };
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

/// The entries of `mistakes.txt`: what is wrong, the text that is replaced, what stands there
/// instead, and the one message.
fn mistakes() -> impl Iterator<Item = [&'static str; 4]> {
    include_str!("mistakes.txt").split("\n== ").skip(1).map(|entry| {
        let (what, rest) = entry.split_once('\n').expect("a first line");
        let (line, rest) = rest.split_once("\n-- becomes\n").expect("what is replaced");
        let reported = "-- and is reported as\n";
        let (instead, message) = rest.split_once(reported).expect("a message");
        [what, line, instead.trim_end_matches('\n'), message.trim_end()]
    })
}

#[test]
fn every_mistake_has_its_own_message() {
    for [what, line, instead, message] in mistakes() {
        assert_eq!(messages(line, instead), [message], "{what}");
    }
}

#[test]
fn a_check_looks_at_what_its_kind_tells_or_at_what_the_file_says() {
    use failover_core::Layer::{Application, Database, Proxy};
    let checks = [
        ("kind = \"https\"", Application),
        ("kind = \"icmp\"", Proxy),
        ("kind = \"tcp\"\nport = 443", Proxy),
        ("kind = \"tcp\"\nport = 3306", Database),
        ("kind = \"http\"\nlayer = \"proxy\"", Proxy),
        ("kind = \"http\"\nlayer = \"database\"", Database),
    ];
    for (check, layer) in checks {
        let parsed = parse(&GOOD.replace("kind = \"http\"", check)).expect("a good file");
        assert_eq!(parsed.services[0].layers, [layer], "{check}");
    }
}

#[test]
fn no_mistake_hides_another() {
    let text = GOOD.replace("ttl = 60", "ttl = 5\npresett = 1").replace("path", "paht");
    let problems = parse(&text).expect_err("three mistakes");
    let lines: Vec<usize> = problems.iter().map(|problem| problem.place.line).collect();
    assert_eq!(lines, [2, 3, 19, 20], "{problems:?}");
}

#[test]
fn a_file_that_is_none_is_refused_without_reading_all_of_it() {
    let dir = tempfile::tempdir().expect("a directory");
    let path = dir.path().join("schwenk.toml");
    let refused = |text: &str| {
        std::fs::write(&path, text).expect("it can be written");
        config::load(&path, &|_| None).expect_err("it is none")
    };
    let huge = refused(&format!("# {}", "x".repeat(2 << 20)));
    assert!(huge[0].to_string().contains("more than 1 MiB"), "{huge:?}");
    let many: String = (0..50_000).map(|n| format!("key{n} = 1\n")).collect();
    assert_eq!(refused(&many).len(), 200, "more than anybody reads");
    assert_eq!(refused("").len(), 3, "journal, providers and services are missing");
}

#[test]
fn the_marks_of_other_systems_are_read_over() {
    for text in [format!("\u{feff}{GOOD}"), GOOD.replace('\n', "\r\n")] {
        assert_eq!(parse(&text).expect("it is right").services.len(), 1);
    }
}

#[test]
fn a_message_never_quotes_a_secret() {
    for line in ["token = \"env:HCLOUD_TOKEN\"", "project = \"acme\""] {
        for key in ["token", "credentials", "password_hash"] {
            let text = GOOD.replacen(line, &format!("{key} = \"s3cr3t-value\""), 1);
            let problems = parse(&text).expect_err("a secret in the file");
            let all = problems.iter().map(ToString::to_string).collect::<String>();
            assert!(!all.contains("s3cr3t"), "{all}");
        }
    }
}

#[test]
fn a_secret_that_everybody_can_read_gives_a_warning() {
    use std::os::unix::fs::PermissionsExt;
    let dir = tempfile::tempdir().expect("a directory");
    let path = dir.path().join("token");
    std::fs::write(&path, "secret\n").expect("it can be written");
    let read = |mode: u32| {
        let permissions = std::fs::Permissions::from_mode(mode);
        std::fs::set_permissions(&path, permissions).expect("it is ours");
        let text = GOOD.replace("env:HCLOUD_TOKEN", "file:token");
        let around = Surroundings { env: &|_| None, dir: dir.path() };
        config::parse("schwenk.toml", text, &around).expect("it is right").warnings
    };
    let open: Vec<String> = read(0o644).iter().map(ToString::to_string).collect();
    assert_eq!(open.len(), 1, "{open:?}");
    assert!(open[0].starts_with("schwenk.toml:13:9: providers[1].token: every user"), "{open:?}");
    assert!(read(0o600).is_empty());
}

#[test]
fn an_attempt_shorter_than_a_call_gives_a_warning() {
    let text = GOOD.replace("ttl = 60", "ttl = 60\npolicy = { attempt_timeout = \"20s\" }");
    let warnings = parse(&text).expect("it is right").warnings;
    assert_eq!(warnings.len(), 2, "one per provider: {warnings:?}");
    assert!(warnings[0].to_string().contains("services[0].policy.attempt_timeout: 20 s is not"));
}

/// What `gcloud auth application-default login` leaves behind.
const USER: &str = r#"{"type": "authorized_user", "client_id": "a", "client_secret": "b",
    "refresh_token": "c"}"#;

#[test]
fn a_key_file_of_google_that_cannot_be_used_is_refused_where_it_is_named() {
    let dir = tempfile::tempdir().expect("a directory");
    let refused = |json: &str| {
        std::fs::write(dir.path().join("google.json"), json).expect("it can be written");
        let text = GOOD.replace("project = \"acme\"", "credentials = \"file:google.json\"");
        let around = Surroundings { env: &|_| Some("x".to_owned()), dir: dir.path() };
        config::parse("schwenk.toml", text, &around).err().map(|all| all[0].to_string())
    };
    let place = "schwenk.toml:8:15: providers[0].credentials: file:google.json: ";
    for (json, message) in [
        ("{", "this is not JSON (it goes wrong at line 1, column "),
        ("{\"installed\": {}}", "this is an OAuth client id, not a credential"),
        ("{\"type\": \"service_account\"}", "the credentials lack the field \"private_key\""),
        ("{\"type\": \"external_account\"}", "credentials of type \"external_account\": workload"),
    ] {
        let problem = refused(json).expect("it is refused");
        assert!(problem.starts_with(&format!("{place}{message}")), "{problem}");
    }
    assert_eq!(refused(USER), None);
}

#[test]
fn the_example_of_the_documentation_is_right() {
    let text = include_str!("../../../../docs/start/schwenk.toml");
    let dir = tempfile::tempdir().expect("a directory");
    let mut text = text.to_owned();
    for (name, content) in [
        ("anna.hash", HASH),
        ("monitoring.hash", HASH),
        ("google.json", USER),
        ("smtp.password", "secret"),
        ("pagerduty.key", "secret"),
        ("heartbeat.url", "https://hc-ping.com/0123"),
    ] {
        std::fs::write(dir.path().join(name), content).expect("it can be written");
        text = text.replace(&format!("file:/etc/schwenk/{name}"), &format!("file:{name}"));
    }
    let env = |name: &str| (name == "HCLOUD_TOKEN").then(|| "secret".to_owned());
    let around = Surroundings { env: &env, dir: dir.path() };
    let config = config::parse("schwenk.toml", text, &around).expect("it is right");
    assert_eq!(config.services[0].policy.spec().hold_down.as_secs(), 600);
}

#[test]
fn the_good_file_is_good() {
    let config = parse(GOOD).expect("it is");
    assert_eq!(config.services[0].sites.len(), 2);
    assert!(config.warnings.is_empty());
}

#[test]
fn what_is_expected_of_the_network_is_read_as_people_write_it() {
    let expect = |section: &str| {
        let text = format!("[expect]\n{section}{GOOD}");
        parse(&text).expect("it is right").expect
    };
    let said = expect(
        "loss = \"2.5 %\"\ncorrelation = 0.3\nburst = 2\nfalse_failover = \"1000 years\"\n\
         detection = \"3 s\"\n",
    );
    assert_eq!((said.loss.rate(), said.loss.correlation(), said.loss.burst()), (0.025, 0.3, 2.0));
    assert_eq!(said.false_failover.as_secs(), 31_557_600_000);
    assert_eq!(said.detection.map(|time| time.as_secs()), Some(3));
    let other = expect("loss = 0.02\ncorrelation = 1\nfalse_failover = \"30 days\"\n");
    assert_eq!((other.loss.rate(), other.loss.correlation()), (0.02, 1.0));
    assert_eq!(other.false_failover.as_secs(), 30 * 86_400);
    let silent = expect("");
    assert_eq!((silent.loss.rate(), silent.loss.correlation()), (0.01, 0.1));
    assert_eq!((silent.false_failover.as_secs(), silent.detection), (315_576_000, None));
}

#[test]
fn the_world_is_asked_unless_it_cannot_know_and_as_politely_as_is_said() {
    let asked = |more: &str| {
        let config = parse(&GOOD.replacen("[journal]", &format!("{more}\n[journal]"), 1));
        config.expect("right").resolvers
    };
    let list = dns_provider::propagation::public_resolvers().len();
    assert_eq!(asked("").resolvers.len(), list);
    assert!(asked("[resolvers]\npublic = false").resolvers.is_empty());
    let own = "[resolvers]\nwithout = [\"quad9\"]\nper_second = 3\nquestions_max = 9\n\
               limit = \"5 min\"\n[[resolvers.own]]\nname = \"office\"\n\
               address = \"192.0.2.53:53\"\ncountry = \"DE\"";
    let check = asked(own);
    assert_eq!(check.resolvers.len(), list, "one left out, one more");
    assert_eq!((check.per_second, check.questions_max, check.limit.as_secs()), (3, 9, 300));
    let office = check.resolvers.last().expect("a resolver");
    assert_eq!((office.name.as_ref(), office.operator.as_ref()), ("office", "office"));
    // Name servers on this machine: nobody else can know the name.
    let servers = "name_servers = [{ name = \"ns1\", addresses = [\"127.0.0.1:5300\"] }]";
    let local = GOOD.replace("[[providers]]", &format!("[[providers]]\n{servers}"));
    assert!(parse(&local).expect("right").resolvers.resolvers.is_empty());
    let forced = local.replacen("[journal]", "[resolvers]\npublic = true\n[journal]", 1);
    assert_eq!(parse(&forced).expect("right").resolvers.resolvers.len(), list);
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

#[test]
fn a_fence_needs_to_know_the_servers_of_every_site() {
    let servers = "name = \"london\"\ncloud = \"hetzner\"\nservers = [\"acme-london-1\"]";
    let fenced = GOOD.replacen("name = \"london\"", servers, 1).replacen(
        "[[services.checks]]",
        "[services.policy]\nfence = \"before\"\n[[services.checks]]",
        1,
    );
    let problems = parse(&fenced).expect_err("falkenstein's servers are not named");
    let problems: Vec<String> = problems.iter().map(ToString::to_string).collect();
    assert_eq!(problems.len(), 1, "{problems:?}");
    assert!(problems[0].contains("those of \"falkenstein\" are not named"), "{problems:?}");
    let servers = "name = \"falkenstein\"\ncloud = \"hetzner\"\nservers = [\"acme-fsn-1\"]\n\
                   standby = \"cold\"";
    let config = parse(&fenced.replacen("name = \"falkenstein\"", servers, 1)).expect("right");
    let spec = config.services[0].policy.spec();
    assert_eq!(spec.fence, failover_core::Fence::Before);
    assert_eq!(spec.sites.iter().map(|site| site.cold).collect::<Vec<_>>(), [false, true]);
}

#[test]
fn a_group_of_watchers_gives_every_service_its_vantages() {
    let group = "vantage = \"lon\"\n[cluster]\nvantages = [\"fra\", \"lon\", \"zrh\"]\n\
                 endpoints = [\"https://10.0.0.1:2379\"]\nuser = \"schwenk\"\n\
                 password = \"env:HCLOUD_TOKEN\"\n";
    let config = parse(&format!("{group}{GOOD}")).expect("it is right");
    let policy = config.services[0].policy.spec();
    assert_eq!((policy.vantages.len(), policy.quorum), (3, 2));
    let cluster = config.cluster.expect("a group");
    assert_eq!((cluster.prefix.as_str(), cluster.lease.as_secs()), ("/schwenk", 5));
    assert!(cluster.user.is_some_and(|(name, _)| name == "schwenk"));
}
