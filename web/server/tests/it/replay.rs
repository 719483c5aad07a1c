//! `schwenk replay`: an incident of a real watcher, once more and otherwise.
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::Connection;
use schwenk::http::auth::hash;
use serde_json::Value;

use crate::crash::{TOKEN, Watcher, complete, ready};
use crate::process::{Said, Service, configure, emulator, run, schwenk};

/// A watcher that has moved its service away from a site that was killed.
async fn incident(directory: &Path) -> (Watcher, Service, PathBuf) {
    let clouds = emulator();
    let config = configure(directory, &clouds, &hash(TOKEN).expect("it hashes"));
    let watcher = Watcher::start(&config, &clouds);
    watcher.until("ready", ready).await;
    watcher.kills_site(&clouds).await;
    watcher.until("moved", complete).await;
    (watcher, clouds, directory.join("journal.db"))
}

fn replay(journal: &Path, args: &[&str]) -> Said {
    let journal = journal.to_str().expect("text");
    run(&mut schwenk(&[&["replay", journal], args].concat()))
}

fn write(directory: &Path, text: &str) -> String {
    let path = directory.join("policy.toml");
    std::fs::write(&path, text).expect("it can be written");
    path.to_str().expect("text").to_owned()
}

/// The decision of this kind in a comparison.
fn decision<'v>(told: &'v Value, what: &str) -> &'v Value {
    let all = told["decisions"].as_array().expect("a list");
    all.iter().find(|row| row["decision"] == what).unwrap_or_else(|| panic!("no {what}: {told}"))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_recorded_incident_replays_identically_and_can_be_told_otherwise() {
    let directory = tempfile::tempdir().expect("a directory");
    let (watcher, clouds, journal) = incident(directory.path()).await;
    let beside = replay(&journal, &["--json"]);
    assert_eq!(beside.code, 0, "while it is recorded: {beside:?}");
    // A slower policy must have had the time to move too.
    tokio::time::sleep(Duration::from_secs(3)).await;
    assert_eq!(watcher.service.terminate().0, Some(0));
    assert_eq!(clouds.terminate().0, Some(0));

    let said = replay(&journal, &[]);
    assert_eq!(said.code, 0, "{said:?}");
    assert!(said.out.ends_with("identical at every step\n"), "{said:?}");
    assert!(said.out.contains("Failover from one to two"), "{said:?}");
    let told = replay(&journal, &["--json", "--move", "1", "--service", "app"]).json();
    assert_eq!((&told["identical"], &told["difference"]), (&Value::Bool(true), &Value::Null));
    let facts = told["facts"].as_u64().expect("a number");
    let steps = replay(&journal, &["--steps", "--json"]);
    assert_eq!(steps.out.lines().count() as u64, facts + 1, "{facts} facts");

    let same = write(directory.path(), "");
    let told = replay(&journal, &["--what-if", &same, "--json"]).json();
    assert_eq!(decision(&told, "failover to two")["later_ms"], 0, "{told}");
    let slower = write(directory.path(), "[policy]\nfall = 6\n");
    let told = replay(&journal, &["--what-if", &slower, "--json"]).json();
    let later = decision(&told, "failover to two")["later_ms"].as_i64();
    assert!(later.is_some_and(|later| later > 0), "{told}");
    let said = replay(&journal, &["--what-if", &slower]);
    assert!(said.out.contains(" s later.\n"), "{said:?}");
    assert!(said.out.contains("It would have moved as often: once."), "{said:?}");
    let never = write(directory.path(), "preset = \"careful\"\n[policy]\nfall = 60\ngrey = 0\n");
    let said = replay(&journal, &["--what-if", &never]);
    assert!(said.out.contains("It would never have moved; it has moved once."), "{said:?}");
    refusals(directory.path(), &journal);
    differences(&journal);
}

fn refusals(directory: &Path, journal: &Path) {
    let wrong = write(directory, "[policy]\nquorum = 2\nfal = 3\n");
    let said = replay(journal, &["--what-if", &wrong]);
    assert_eq!(said.code, 2, "{said:?}");
    assert!(said.err.contains("policy.toml:3:1: policy.fal: unknown key"), "{said:?}");
    let wrong = write(directory, "[policy]\nquorum = 2\n");
    let said = replay(journal, &["--what-if", &wrong]);
    assert_eq!(said.code, 2, "{said:?}");
    assert!(said.err.contains("policy.toml:2:10: policy.quorum: 2 is above"), "{said:?}");
    for args in [&["--move", "7"][..], &["--service", "other"], &["--from", "yesterday"]] {
        assert_eq!(replay(journal, args).code, 2, "{args:?}");
    }
    let none = replay(&directory.join("none.db"), &[]);
    assert_eq!(none.code, 1, "{none:?}");
    assert!(none.err.contains("none.db"), "{none:?}");
    assert!(!directory.join("none.db").exists());
}

/// Last: the journal is not the same afterwards.
fn differences(journal: &Path) {
    let other = Connection::open(journal).expect("a connection");
    let tampered = "UPDATE facts SET steps = CAST(x'02' || substr(steps, 2) AS BLOB) WHERE first =
        (SELECT min(first) FROM facts WHERE substr(steps, 1, 1) = x'01')";
    assert_eq!(other.execute(tampered, []).expect("changed"), 1);
    drop(other);
    let said = replay(journal, &[]);
    assert_eq!(said.code, 1, "{said:?}");
    assert!(said.out.contains("first difference: segment 1, fact "), "{said:?}");
    let told = run(&mut schwenk(&["replay", journal.to_str().expect("text"), "--json"]));
    assert_eq!(told.code, 1, "{told:?}");
    assert_eq!(told.json()["identical"], false, "{told:?}");
}
