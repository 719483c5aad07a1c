//! Keys, certificates and passwords.
use std::time::{Duration, SystemTime};

use cloud_api::Role;
use cloud_api::boot::{BootError, Secrets, files};

use super::programs::{Root, are_there, program, run};
use super::sample::{Sample, full, host, six};

const DAY: Duration = Duration::from_secs(24 * 3600);

#[test]
fn certificates_name_the_server_and_all_its_addresses_and_nobody_else() {
    if !are_there() {
        return;
    }
    let sample = Sample::new("six servers", six(), full());
    let root = Root::of(&sample.files("db-one"));
    let (ca, cert) = (root.at("/etc/schwenk/ca.pem"), root.at("/etc/mysql/schwenk/cert.pem"));
    let verify = |more: &[&str]| {
        let mut openssl = program("openssl");
        run(openssl.args(["verify", "-x509_strict", "-CAfile"]).arg(&ca).args(more).arg(&cert))
    };
    for good in [
        ["-verify_hostname", "db-one"],
        ["-verify_ip", "203.0.113.7"],
        ["-verify_ip", "10.154.0.7"],
        ["-purpose", "sslserver"],
        ["-purpose", "sslclient"],
    ] {
        verify(&good).unwrap_or_else(|complaint| panic!("{good:?}: {complaint}"));
    }
    for bad in [["-verify_hostname", "db-two"], ["-verify_ip", "198.51.100.3"]] {
        assert!(verify(&bad).is_err(), "{bad:?}");
    }
    // Of another authority of the same name.
    let other = Sample::new("others", six(), full());
    root.put("/etc/schwenk/ca.pem", other.secrets.authority().as_bytes());
    assert!(verify(&[]).is_err());
}

#[test]
fn stored_secrets_come_back_and_give_the_same_files() {
    let sample = Sample::new("six servers", six(), full());
    let stored = serde_json::to_string(&sample.secrets).expect("stored");
    let secrets: Secrets = serde_json::from_str(&stored).expect("read");
    for host in sample.hosts() {
        let again = files(&sample.layout, &sample.settings, &secrets, &host).expect("files");
        for (one, two) in sample.files(&host).iter().zip(again) {
            assert!(one.content() == two.content(), "{}", one.path);
        }
    }
}

#[test]
fn no_secret_is_shown_by_debug() {
    let sample = Sample::new("six servers", six(), full());
    let stored = serde_json::to_value(&sample.secrets).expect("stored");
    let mut hidden: Vec<String> =
        stored["passwords"].as_object().expect("passwords").values().map(text).collect();
    hidden.extend(["acme_key", "tsig"].map(|name| text(&stored[name])));
    hidden.push(text(&stored["authority"]["key"]));
    hidden.extend(stored["hosts"].as_object().expect("hosts").values().map(|it| text(&it["key"])));
    assert!(hidden.len() > 10 && hidden.iter().all(|secret| secret.len() >= 32));
    let mut shown = format!("{:?} {:?}", sample.secrets, sample.settings);
    for host in sample.hosts() {
        shown += &format!("{:?}", sample.files(&host));
    }
    for secret in hidden {
        let line = secret.lines().nth(1).unwrap_or(&secret);
        assert!(!shown.contains(line));
    }
}

fn text(value: &serde_json::Value) -> String {
    value.as_str().expect("a text").to_owned()
}

#[test]
fn completing_changes_nothing_until_something_is_missing() {
    let mut sample = Sample::new("six servers", six(), full());
    let now = SystemTime::now();
    let before = sample.text("db-one", "/etc/schwenk/db/accounts.sql");
    let Sample { layout, settings, secrets, .. } = &mut sample;
    assert_eq!(secrets.complete(layout, settings, now), Ok(vec![]));
    assert_eq!(secrets.complete(layout, settings, now + DAY * 480), Ok(vec![]));

    layout.locations[0].hosts.push(host("app-b", Role::App, "203.0.113.9", "10.154.0.9"));
    let error = files(layout, settings, secrets, "app-b").expect_err("no certificate");
    assert_eq!(error, BootError::Secrets("app-b".into()));
    assert_eq!(secrets.complete(layout, settings, now), Ok(vec!["app-b".into()]));
    assert!(files(layout, settings, secrets, "app-b").is_ok());

    // Another address needs another certificate.
    layout.locations[1].hosts[1].public = Some("198.51.100.99".parse().expect("an address"));
    assert!(files(layout, settings, secrets, "app-two").is_err());
    assert_eq!(secrets.complete(layout, settings, now), Ok(vec!["app-two".into()]));

    layout.locations[0].hosts.pop();
    assert_eq!(secrets.complete(layout, settings, now), Ok(vec![]));
    assert_eq!(before, sample.text("db-one", "/etc/schwenk/db/accounts.sql"));
}

#[test]
fn certificates_are_made_anew_before_they_end_and_old_ones_stay_good() {
    if !are_there() {
        return;
    }
    let mut sample = Sample::new("six servers", six(), full());
    let old = Root::of(&sample.files("app-one"));
    // A third of ten years before the authority ends: everything is made anew, with its old key.
    let later = SystemTime::now() + DAY * 2500;
    let Sample { layout, settings, secrets, .. } = &mut sample;
    let changed = secrets.complete(layout, settings, later).expect("completed");
    assert_eq!(changed.len(), 6);
    let (cert, ca) = (old.at("/etc/schwenk/host.pem"), secrets.authority().to_owned());
    old.put("/etc/schwenk/ca.pem", ca.as_bytes());
    let mut openssl = program("openssl");
    let verify = openssl.args(["verify", "-no_check_time", "-CAfile"]);
    run(verify.arg(old.at("/etc/schwenk/ca.pem")).arg(&cert)).expect("still good");
}
