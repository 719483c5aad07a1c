//! The doctor against emulated name servers and an emulated parent: every way a zone can be ill.
use std::net::SocketAddr;
use std::time::Duration;

use cloud_emulator::{
    Cloud, Delegation, Dnssec, Emulator, Fault, Options, SeedRrSet, SeedZone, State,
};
use dns_provider::doctor::{Facts, Finding, Grade, Start, ask, examine};
use dns_provider::propagation::NameServer;

use crate::support::{key, name};

const ZONE: &str = "schwenk.example";
const PATIENT: Duration = Duration::from_secs(10);
/// Long enough to believe that no answer comes, on a machine that is not too busy.
const SILENCE: Duration = Duration::from_secs(2);

fn google() -> Vec<String> {
    (1..=4).map(|at| format!("ns-cloud-b{at}.googledomains.com.")).collect()
}

fn hetzner() -> Vec<String> {
    ["helium.ns.hetzner.de.", "hydrogen.ns.hetzner.com.", "oxygen.ns.hetzner.com."]
        .map(str::to_owned)
        .to_vec()
}

fn set(name: &str, rtype: &str, ttl: u32, values: Vec<String>) -> SeedRrSet {
    SeedRrSet { name: name.to_owned(), rtype: rtype.to_owned(), ttl, values }
}

fn zone(servers: Vec<String>, ttl: u32, address: &str) -> SeedZone {
    let app = set("app.schwenk.example", "A", ttl, vec![address.to_owned()]);
    let rrsets = vec![set(ZONE, "NS", 3600, servers), app];
    SeedZone { name: ZONE.to_owned(), rrsets }
}

fn servers(emulator: &Emulator, cloud: Cloud) -> Vec<NameServer> {
    let own = emulator.info().dns.iter().filter(|server| server.provider == cloud);
    let named = own.map(|server| {
        let address: SocketAddr = server.address.parse().unwrap();
        NameServer { name: server.server.clone(), addresses: vec![address] }
    });
    named.collect()
}

async fn start(options: Options) -> (Emulator, Start) {
    let emulator = Emulator::start(options).await.unwrap();
    let parent = emulator.info().parent.clone().unwrap();
    let start = Start {
        zone: name(ZONE),
        records: vec![key("app.schwenk.example", "A")],
        providers: vec![
            ("google".to_owned(), servers(&emulator, Cloud::Google)),
            ("hetzner".to_owned(), servers(&emulator, Cloud::Hetzner)),
        ],
        parent: vec![NameServer {
            name: parent.server,
            addresses: vec![parent.address.parse().unwrap()],
        }],
        resolver: None,
        timeout: PATIENT,
    };
    (emulator, start)
}

/// The codes of what is bad, each once, in the doctor's order.
fn bad(findings: &[Finding]) -> Vec<&'static str> {
    let bad = findings.iter().filter(|finding| finding.grade > Grade::Note);
    let mut codes: Vec<&str> = bad.map(|finding| finding.code).collect();
    codes.dedup();
    codes
}

async fn examined(options: Options) -> (Facts, Vec<Finding>) {
    let (_emulator, start) = start(options).await;
    let facts = ask(&start).await;
    let findings = examine(&facts);
    (facts, findings)
}

#[tokio::test]
async fn the_emulated_zone_is_well_and_either_provider_may_be_lost() {
    let (facts, findings) = examined(Options::default()).await;
    assert_eq!(bad(&findings), [""; 0], "{findings:#?}");
    for code in ["delegated", "servers_answer", "apex_ns_complete", "loss_survived", "dnssec_off"] {
        assert!(findings.iter().any(|finding| finding.code == code), "{code}: {findings:#?}");
    }
    assert_eq!(facts.parent.zone.as_deref(), Some("example"));
    assert_eq!((facts.parent.name_servers.len(), facts.parent.ttl), (7, Some(86_400)));
    let records: Vec<_> = facts
        .providers
        .iter()
        .flat_map(dns_provider::doctor::Provider::said)
        .flat_map(|said| &said.records)
        .collect();
    assert_eq!(records.len(), 7);
    assert!(records.iter().all(|one| one.ttl == Some(60) && one.values.len() == 1));
}

#[tokio::test]
async fn a_delegation_to_one_provider_only_is_found() {
    let delegation = Delegation { name_servers: Some(google()), ..Delegation::default() };
    let (_, findings) = examined(Options { delegation, ..Options::default() }).await;
    assert_eq!(bad(&findings), ["provider_not_delegated", "loss_fatal"], "{findings:#?}");
}

#[tokio::test]
async fn an_apex_that_forgets_the_other_provider_and_ttls_that_differ_are_found() {
    let both = [google(), hetzner()].concat();
    let state = State {
        google: vec![zone(google(), 300, "127.0.10.1")],
        hetzner: vec![zone(both, 60, "127.0.10.1")],
    };
    let (_, findings) = examined(Options { state: Some(state), ..Options::default() }).await;
    assert_eq!(bad(&findings), ["apex_ns_incomplete", "record_ttl_differs"], "{findings:#?}");
    assert!(findings[0].text.contains("helium.ns.hetzner.de"), "{findings:#?}");
}

#[tokio::test]
async fn records_that_differ_are_found() {
    let both = || [google(), hetzner()].concat();
    let state = State {
        google: vec![zone(both(), 60, "127.0.10.1")],
        hetzner: vec![zone(both(), 60, "127.0.20.1")],
    };
    let (_, findings) = examined(Options { state: Some(state), ..Options::default() }).await;
    assert_eq!(bad(&findings), ["record_differs"], "{findings:#?}");
}

#[tokio::test]
async fn servers_that_are_lame_silent_or_old_are_found() {
    let (emulator, start) = start(Options::default()).await;
    let cloud = Cloud::Hetzner;
    for (fault, found) in [
        (Fault::DnsLame { cloud }, &["provider_lame", "loss_fatal"][..]),
        (Fault::DnsNoEdns { cloud }, &["no_edns"]),
    ] {
        emulator.faults().set(fault.clone());
        let findings = examine(&ask(&start).await);
        assert_eq!(bad(&findings), found, "{findings:#?}");
        emulator.faults().clear(&fault);
    }
    // What is silent is waited for, so not for too long; what answers does so at once.
    let start = Start { timeout: SILENCE, ..start };
    for (fault, found) in
        [(Fault::DnsTcpSilent { cloud }, "no_tcp"), (Fault::DnsDown { cloud }, "provider_silent")]
    {
        emulator.faults().set(fault.clone());
        emulator.faults().settled().await;
        let findings = examine(&ask(&start).await);
        assert!(bad(&findings).contains(&found), "{found}: {findings:#?}");
        emulator.faults().clear(&fault);
    }
}

fn signed(separate_keys: bool, signers: Vec<Cloud>, ds: Option<Vec<Cloud>>) -> Options {
    let dnssec = Dnssec { signers, separate_keys, expired: Vec::new() };
    let delegation = Delegation { ds, ..Delegation::default() };
    Options { dnssec, delegation, ..Options::default() }
}

#[tokio::test]
async fn dnssec_at_two_providers_is_well_only_as_rfc_8901_says() {
    let both = || vec![Cloud::Google, Cloud::Hetzner];
    let (facts, findings) = examined(signed(false, both(), None)).await;
    assert_eq!(bad(&findings), [""; 0], "{findings:#?}");
    assert!(findings.iter().any(|finding| finding.code == "dnssec_good"), "{findings:#?}");
    assert_eq!(facts.parent.ds.len(), 2);

    let (_, findings) = examined(signed(true, both(), None)).await;
    assert_eq!(bad(&findings), ["dnssec_keys_apart"], "{findings:#?}");
    let only_google = || Some(vec![Cloud::Google]);
    let (_, findings) = examined(signed(false, both(), only_google())).await;
    assert_eq!(bad(&findings), ["dnssec_not_vouched", "loss_breaks_dnssec"], "{findings:#?}");
    let (_, findings) = examined(signed(false, vec![Cloud::Google], None)).await;
    assert_eq!(bad(&findings), ["dnssec_unsigned", "loss_breaks_dnssec"], "{findings:#?}");
    let (_, findings) = examined(signed(false, vec![Cloud::Google], Some(Vec::new()))).await;
    assert_eq!(bad(&findings), ["dnssec_half"], "{findings:#?}");

    let mut options = signed(false, both(), None);
    options.dnssec.expired = vec![Cloud::Hetzner];
    let (_, findings) = examined(options).await;
    assert_eq!(bad(&findings), ["dnssec_expired"], "{findings:#?}");
}

#[tokio::test]
async fn glue_of_name_servers_inside_the_zone_is_compared_with_the_truth() {
    let inside = "ns.schwenk.example";
    let both = [google(), hetzner(), vec![format!("{inside}.")]].concat();
    let delegation = |address: &str| Delegation {
        name_servers: Some(both.clone()),
        glue: vec![(inside.to_owned(), address.parse().unwrap())],
        ..Delegation::default()
    };
    let state = State {
        google: vec![zone(both.clone(), 60, "127.0.10.1")],
        hetzner: vec![zone(both.clone(), 60, "127.0.10.1")],
    };
    for (address, found) in [("127.0.0.1", None), ("127.0.0.9", Some("glue_differs"))] {
        let options = Options {
            state: Some(state.clone()),
            delegation: delegation(address),
            ..Options::default()
        };
        let (_emulator, mut start) = start(options).await;
        let own = start.providers[0].1[0].addresses.clone();
        start.providers[0].1.push(NameServer { name: inside.to_owned(), addresses: own });
        let findings = examine(&ask(&start).await);
        assert_eq!(bad(&findings), Vec::from_iter(found), "{findings:#?}");
    }
}

#[tokio::test]
async fn without_parent_or_resolver_the_rest_is_examined_all_the_same() {
    let (_emulator, mut start) = start(Options::default()).await;
    start.parent.clear();
    let findings = examine(&ask(&start).await);
    assert_eq!(bad(&findings), ["parent_silent", "parent_unknown"], "{findings:#?}");
    assert!(findings.iter().any(|finding| finding.code == "loss_survived"));
}

#[tokio::test]
async fn a_resolver_finds_the_parent_and_says_so_when_it_cannot_be_reached() {
    let resolver = cloud_emulator::ResolverOptions {
        name: "plain".to_owned(),
        ..cloud_emulator::ResolverOptions::default()
    };
    let options = Options { resolvers: vec![resolver], ..Options::default() };
    let (emulator, mut start) = start(options).await;
    start.parent.clear();
    start.timeout = SILENCE;
    start.resolver = Some(emulator.info().resolvers[0].address.parse().unwrap());
    let facts = ask(&start).await;
    assert_eq!(facts.parent.zone.as_deref(), Some("example"));
    // The resolver knows the name server and its address, but port 53 there is not the emulator's.
    assert_eq!(facts.parent.asked, ["ns.example (127.0.0.1:53)"]);
}

#[tokio::test]
async fn key_tags_and_digests_are_as_dig_shows_them() {
    let both = vec![Cloud::Google, Cloud::Hetzner];
    let (emulator, start) = start(signed(false, both, None)).await;
    let facts = ask(&start).await;
    let parent = start.parent[0].addresses[0];
    let server = start.providers[0].1[0].addresses[0];
    let Some(ds) = dig(parent, &["+short", ZONE, "DS"]).await else {
        eprintln!("dig is not installed: this cross-check was left out");
        return;
    };
    let tags: Vec<String> =
        ds.lines().filter_map(|line| Some(line.split(' ').next()?.to_owned())).collect();
    assert_eq!(tags.len(), 2, "{ds}");
    for tag in &tags {
        let tag: u16 = tag.parse().unwrap();
        assert!(facts.parent.ds.iter().any(|key| key.tag == tag && key.algorithm == 13), "{ds}");
    }
    let keys = dig(server, &["+multi", ZONE, "DNSKEY"]).await.unwrap();
    for tag in &tags {
        assert!(keys.contains(&format!("key id = {tag}")), "{keys}");
    }
    drop(emulator);
}

async fn dig(server: SocketAddr, arguments: &[&str]) -> Option<String> {
    let port = server.port().to_string();
    let output = tokio::process::Command::new("dig")
        .args(["@127.0.0.1", "-p", &port, "+time=10", "+tries=1", "+norecurse"])
        .args(arguments)
        .output()
        .await;
    match output {
        Ok(output) => Some(String::from_utf8_lossy(&output.stdout).into_owned()),
        Err(error)
            if error.kind() == std::io::ErrorKind::NotFound
                && std::env::var_os("SCHWENK_TEST_DIG").is_none() =>
        {
            None
        }
        Err(error) => panic!("dig: {error}"),
    }
}
