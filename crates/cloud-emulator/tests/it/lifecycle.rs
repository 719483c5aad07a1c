//! Starting with everything given or nothing, describing itself, and stopping.

use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener};
use std::time::{Duration, Instant};

use cloud_emulator::{
    Emulator, Fault, Options, SeedRrSet, SeedZone, SiteOptions, StartError, State,
};
use serde_json::Value;
use tokio::io::AsyncReadExt;
use tokio::net::TcpStream;

use crate::quick::start;

/// A port that was free a moment ago.
fn free() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.local_addr().expect("an address").port()
}

/// Starts an emulator on given ports; other ones, if somebody was faster.
async fn start_on(ports: impl Fn() -> Options) -> Emulator {
    for _ in 0..10 {
        match Emulator::start(ports()).await {
            Ok(emulator) => return emulator,
            Err(StartError::Bind { .. }) => {}
            Err(error) => panic!("{error}"),
        }
    }
    panic!("ten times somebody else took the port");
}

#[tokio::test]
async fn it_describes_itself_in_one_line_of_json() {
    let emulator = Emulator::start(Options::default()).await.expect("an emulator");
    let line = serde_json::to_string(emulator.info()).expect("JSON");
    assert!(!line.contains('\n'));
    let info: Value = serde_json::from_str(&line).expect("JSON");
    let text = |pointer: &str| info.pointer(pointer).and_then(Value::as_str).unwrap_or_default();
    assert!(text("/hetzner").starts_with("http://127.0.0.1:") && text("/hetzner").ends_with("/v1"));
    assert_eq!(text("/google_token_uri"), format!("{}token", text("/google")));
    assert_eq!(text("/tokens/hetzner").len(), 64);
    assert!(text("/tokens/hetzner").bytes().all(|byte| byte.is_ascii_alphanumeric()));
    assert_ne!(text("/tokens/hetzner"), text("/tokens/hetzner_readonly"));
    assert_eq!(
        (text("/zone/name"), text("/zone/google/name")),
        ("schwenk.example", "schwenk-example")
    );
    assert!(text("/zone/google/id").parse::<u64>().is_ok());
    assert!(info["zone"]["hetzner"]["id"].is_u64());
    assert_eq!(info["dns"].as_array().map(Vec::len), Some(7));
    for server in info["dns"].as_array().into_iter().flatten() {
        assert!(server["address"].as_str().is_some_and(|text| text.parse::<SocketAddr>().is_ok()));
        assert_eq!(server["ttl"], 60);
    }
    assert_eq!(text("/sites/0/url"), format!("http://127.0.10.1:{}/", info["sites"][0]["port"]));
    assert!(text("/fault").ends_with("/_fault"));
    let key: Value = serde_json::from_slice(&std::fs::read(text("/key_file")).expect("a key file"))
        .expect("JSON");
    assert_eq!(key["token_uri"], text("/google_token_uri"));
}

#[tokio::test]
async fn ports_tokens_project_and_zone_can_be_given() {
    let given = std::cell::Cell::new((0, 0));
    let emulator = start_on(|| {
        given.set((free(), free()));
        Options {
            hetzner_port: given.get().0,
            google_port: given.get().1,
            hetzner_token: Some("t".repeat(64)),
            google_access_token: Some("ya29.given".to_owned()),
            project: "other-project".to_owned(),
            zone: "given.example.".to_owned(),
            ..Options::default()
        }
    })
    .await;
    let (hetzner, google) = given.get();
    let info = emulator.info();
    assert_eq!(info.hetzner, format!("http://127.0.0.1:{hetzner}/v1"));
    assert_eq!(info.google, format!("http://127.0.0.1:{google}/"));
    assert_eq!((info.tokens.hetzner.len(), info.tokens.google.as_str()), (64, "ya29.given"));
    assert_eq!(info.project, "other-project");
    assert_eq!(info.zone.as_ref().map(|zone| zone.name.as_str()), Some("given.example"));
}

#[tokio::test]
async fn a_key_file_is_written_kept_and_given_the_new_token_uri() {
    let directory = tempfile::tempdir().expect("a directory");
    let key_file = directory.path().join("key.json");
    let options = || Options { key_file: Some(key_file.clone()), ..Options::default() };
    let read = || -> Value {
        serde_json::from_slice(&std::fs::read(&key_file).expect("a key file")).expect("JSON")
    };
    let first = Emulator::start(options()).await.expect("an emulator");
    let before = read();
    assert_eq!(before["token_uri"], first.info().google_token_uri.as_str());
    first.stop().await;
    let second = Emulator::start(options()).await.expect("an emulator");
    let after = read();
    assert_eq!(after["private_key"], before["private_key"]);
    assert_eq!(after["token_uri"], second.info().google_token_uri.as_str());
    assert_eq!(second.info().key_file, key_file);
}

#[tokio::test]
async fn a_key_file_that_is_none_is_an_error_that_names_it() {
    let directory = tempfile::tempdir().expect("a directory");
    let key_file = directory.path().join("key.json");
    std::fs::write(&key_file, "{}").expect("to write");
    let started = Emulator::start(Options { key_file: Some(key_file), ..Options::default() }).await;
    let error = started.err().expect("no emulator");
    assert!(
        matches!(error, StartError::Key(_)) && error.to_string().contains("key.json"),
        "{error}"
    );
}

#[tokio::test]
async fn it_can_start_empty() {
    let emulator = start(Options { empty: true, ..Options::default() }).await;
    let info = emulator.info();
    assert!(info.zone.is_none());
    assert_eq!(info.dns.len(), 7);
    assert!(info.dns.iter().all(|server| server.ttl.is_none()));
    let zones = reqwest::Client::new().get(format!("{}/zones", info.hetzner));
    let zones = zones.bearer_auth(&info.tokens.hetzner).send().await.expect("an answer");
    let text = zones.text().await.expect("a body");
    assert!(text.contains("\"zones\":[]"), "{text}");
}

#[tokio::test]
async fn an_initial_state_that_cannot_be_is_refused_by_name() {
    let set = |name: &str, rtype: &str, ttl, value: &str| SeedRrSet {
        name: name.to_owned(),
        rtype: rtype.to_owned(),
        ttl,
        values: vec![value.to_owned()],
    };
    for (zone, rrset, complaint) in [
        ("www.zone.example", set("www.zone.example", "A", 60, "192.0.2.1"), "subdomains"),
        ("zone.example", set("other.example", "A", 60, "192.0.2.1"), "not inside the zone"),
        ("zone.example", set("zone.example", "A", 30, "192.0.2.1"), "TTL 30"),
        ("zone.example", set("zone.example", "A", 60, "x"), "not an IPv4 address"),
        ("zone.example", set("zone.example", "BOGUS", 60, "x"), "must be one of"),
    ] {
        let zone = SeedZone { name: zone.to_owned(), rrsets: vec![rrset] };
        let state = State { google: Vec::new(), hetzner: vec![zone] };
        let started = Emulator::start(Options { state: Some(state), ..Options::default() }).await;
        let error = started.err().expect("no emulator").to_string();
        assert!(error.contains(complaint) && error.contains("at Hetzner"), "{error}");
    }
}

#[tokio::test]
async fn a_port_that_is_taken_is_an_error_that_names_its_user() {
    let taken = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = taken.local_addr().expect("an address").port();
    let started = Emulator::start(Options { hetzner_port: port, ..Options::default() }).await;
    let error = started.err().expect("no emulator").to_string();
    assert!(error.contains("Hetzner's API") && error.contains(&format!(":{port}")), "{error}");
    let site = SiteOptions {
        name: "mine".to_owned(),
        address: IpAddr::V4(Ipv4Addr::new(203, 0, 113, 1)),
        port: 0,
        cloud: None,
    };
    let started = Emulator::start(Options { sites: vec![site], ..Options::default() }).await;
    let error = started.err().expect("no emulator").to_string();
    assert!(error.contains("site \"mine\"") && error.contains("203.0.113.1"), "{error}");
}

#[tokio::test]
async fn stopping_is_prompt_frees_the_ports_and_cuts_who_is_still_there() {
    let emulator = Emulator::start(Options::default()).await.expect("an emulator");
    let info = emulator.info().clone();
    emulator.faults().set(Fault::ActionHang { cloud: cloud_emulator::Cloud::Hetzner });
    emulator.faults().set(Fault::SiteBlackHole { site: "one".to_owned() });
    let site = SocketAddr::new(info.sites[0].address, info.sites[0].port);
    let mut open = TcpStream::connect(site).await.expect("a connection");
    let started = Instant::now();
    emulator.stop().await;
    let cut = tokio::time::timeout(Duration::from_secs(10), open.read_u8()).await;
    assert!(cut.expect("in time").is_err());
    assert!(started.elapsed() < Duration::from_secs(5), "{:?}", started.elapsed());
    drop(open);
    assert!(TcpStream::connect(site).await.is_err());
    assert!(!info.key_file.exists());
}

#[tokio::test]
async fn one_can_be_started_where_another_was() {
    let http = reqwest::Client::new();
    for _ in 0..10 {
        let first = start(Options::default()).await;
        let url = format!("{}/zones", first.info().hetzner);
        assert_eq!(http.get(&url).send().await.expect("an answer").status(), 401);
        let hetzner_port = reqwest::Url::parse(&url).expect("a URL").port().expect("a port");
        first.stop().await;
        let second = Emulator::start(Options { hetzner_port, ..Options::default() }).await;
        match second {
            Ok(_running) => {
                assert_eq!(http.get(&url).send().await.expect("an answer").status(), 401);
                return;
            }
            // Another test may have been given the port in between.
            Err(error) => assert!(matches!(error, StartError::Bind { .. }), "{error}"),
        }
    }
    panic!("ten times somebody else took the port");
}
