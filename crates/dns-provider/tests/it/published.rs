//! From the API to the name servers: what was settled is what every name server answers.
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use cloud_emulator::{Cloud, Emulator, Fault, Options};
use cloud_http::{HttpOptions, HttpTransport};
use dns_provider::propagation::{NameServer, Observation, observe};
use dns_provider::{Change, ChangeSet, DnsProvider, Expect, HetznerDns, RrSet, lookup};
use secrecy::SecretString;

use crate::support::{call, key, name, rrset};

const PATIENT: Duration = Duration::from_secs(10);

fn hetzner(emulator: &Emulator) -> HetznerDns {
    let transport = Arc::new(HttpTransport::new(HttpOptions::default()).unwrap());
    HetznerDns::builder(SecretString::from(emulator.info().tokens.hetzner.clone()), transport)
        .endpoint(&emulator.info().hetzner)
        .polling(Duration::from_millis(10), Duration::from_millis(100))
        .build()
        .unwrap()
}

fn servers(emulator: &Emulator, cloud: Cloud) -> Vec<NameServer> {
    let listed = emulator.info().dns.iter().filter(|server| server.provider == cloud);
    listed
        .map(|server| {
            let address: SocketAddr = server.address.parse().unwrap();
            NameServer { name: server.server.clone(), addresses: vec![address] }
        })
        .collect()
}

fn all_say(seen: &[Observation], rrset: &RrSet) -> bool {
    seen.iter().all(|observation| {
        observation.reply.as_ref().is_ok_and(|reply| {
            let answered = RrSet::new(rrset.key.clone(), rrset.ttl, reply.values.clone());
            reply.authoritative && reply.ttl == Some(rrset.ttl) && answered.same_data(rrset)
        })
    })
}

#[tokio::test]
async fn what_was_settled_is_soon_answered_by_every_name_server() {
    let emulator = Emulator::start(Options::default()).await.unwrap();
    let dns = hetzner(&emulator);
    let zone = lookup::find_zone(&dns, &name("app.schwenk.example"), call()).await.unwrap();
    let names: Vec<String> = zone.name_servers.iter().map(ToString::to_string).collect();
    let servers = servers(&emulator, Cloud::Hetzner);
    assert!(servers.iter().all(|server| names.contains(&server.name)) && !servers.is_empty());

    let wanted = [
        rrset("app.schwenk.example", "A", 60, &["198.51.100.1", "198.51.100.2"]),
        rrset("app.schwenk.example", "AAAA", 61, &["2001:db8::7"]),
        rrset("t.schwenk.example", "TXT", 62, &["say \"hi\" \\", &"x".repeat(1500)]),
        rrset("schwenk.example", "MX", 63, &["10 mail.example.net"]),
    ];
    let puts = wanted.iter().map(|rrset| Change::put(rrset.clone(), Expect::Any)).collect();
    let report = dns.apply(&ChangeSet::new(zone, puts), call()).await.unwrap();
    for ticket in &report.pending {
        dns.settle(ticket, call()).await.unwrap();
    }
    let give_up = Instant::now() + Duration::from_secs(30);
    for rrset in &wanted {
        loop {
            let seen = observe(&servers, &rrset.key, PATIENT).await;
            assert_eq!(seen.len(), servers.len());
            if all_say(&seen, rrset) {
                break;
            }
            assert!(Instant::now() < give_up, "{rrset:?}: {seen:?}");
        }
    }
    // 1500 bytes do not fit into the payload we offer, so this one was fetched over TCP.
    let long = observe(&servers, &key("t.schwenk.example", "TXT"), PATIENT).await;
    assert!(long.iter().all(|seen| seen.reply.as_ref().is_ok_and(|reply| reply.over_tcp)));
}

#[tokio::test]
async fn name_servers_that_are_down_are_named_and_do_not_hide_the_others() {
    let emulator = Emulator::start(Options::default()).await.unwrap();
    emulator.faults().set(Fault::DnsDown { cloud: Cloud::Hetzner });
    let (up, down) = (servers(&emulator, Cloud::Google), servers(&emulator, Cloud::Hetzner));
    let all: Vec<NameServer> = down.iter().chain(&up).cloned().collect();
    let seen = observe(&all, &key("app.schwenk.example", "A"), Duration::from_secs(2)).await;
    let silent: Vec<&str> =
        seen.iter().filter(|o| o.reply.is_err()).map(|o| o.server.as_str()).collect();
    let expected: Vec<&str> = down.iter().map(|server| server.name.as_str()).collect();
    assert_eq!(silent, expected);
    assert_eq!(seen.len(), all.len());
}

#[tokio::test]
async fn foreign_names_and_missing_names_are_told_apart() {
    let emulator = Emulator::start(Options::default()).await.unwrap();
    let servers = servers(&emulator, Cloud::Google);
    for (name, rtype, rcode) in [
        ("none.schwenk.example", "A", "NXDOMAIN"),
        ("app.schwenk.example", "MX", "NOERROR"),
        ("example.org", "A", "REFUSED"),
    ] {
        for seen in observe(&servers, &key(name, rtype), PATIENT).await {
            let reply = seen.reply.unwrap();
            assert_eq!((reply.rcode.as_str(), reply.ttl), (rcode, None), "{name} {rtype}");
        }
    }
}
