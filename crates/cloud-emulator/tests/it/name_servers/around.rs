//! What stands around the name servers: the parent zone, signatures, resolvers with caches.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use cloud_emulator::{Cloud, Delegation, Dnssec, Emulator, Fault, Options, ResolverOptions};
use hickory_proto::op::Message;

use super::{A, NS, ask, question, rcode, read, server, shown, start, tcp, udp_within};

fn resolver(emulator: &Emulator, name: &str) -> SocketAddr {
    let mut all = emulator.info().resolvers.iter();
    let found = all.find(|resolver| resolver.name == name).expect("a resolver");
    found.address.parse().expect("an address with a port")
}

fn named(name: &str) -> ResolverOptions {
    ResolverOptions { name: name.to_owned(), ..ResolverOptions::default() }
}

fn ttl(answer: &Message) -> u32 {
    answer.answers.first().expect("an answer").ttl
}

#[tokio::test]
async fn the_parent_delegates_to_the_name_servers_of_both_clouds_and_gives_glue() {
    let delegation = Delegation {
        name_servers: Some(vec!["ns1.schwenk.example".to_owned(), "ns2.other.test".to_owned()]),
        glue: vec![("ns1.schwenk.example".to_owned(), "192.0.2.53".parse().expect("an address"))],
        ds: None,
    };
    for (delegation, names, glue) in [(Delegation::default(), 7, 0), (delegation, 2, 1)] {
        let emulator = start(Options { delegation, ..Options::default() }).await;
        let parent = emulator.info().parent.clone().expect("a parent");
        assert_eq!((parent.zone.as_str(), parent.server.as_str()), ("example", "ns.example"));
        let parent = parent.address.parse().expect("an address");
        let referral = ask(parent, "app.schwenk.example", A).await;
        assert!(!referral.metadata.authoritative, "a referral");
        assert_eq!((referral.answers.len(), referral.authorities.len()), (0, names));
        assert_eq!(referral.additionals.len(), glue, "{:?}", shown(&referral.additionals));
        let own = ask(parent, "example", NS).await;
        assert!(own.metadata.authoritative && own.answers.len() == 1);
    }
}

#[tokio::test]
async fn a_resolver_counts_the_ttl_down_and_asks_again_when_it_is_over() {
    let emulator = start(Options { resolvers: vec![named("plain")], ..Options::default() }).await;
    let plain = resolver(&emulator, "plain");
    let first = ask(plain, "app.schwenk.example", A).await;
    assert!(!first.metadata.authoritative && first.metadata.recursion_available);
    assert_eq!(ttl(&first), 60);
    let began = Instant::now();
    loop {
        let again = ask(plain, "app.schwenk.example", A).await;
        assert!(ttl(&again) <= 60);
        if ttl(&again) < 60 {
            break;
        }
        assert!(began.elapsed() < Duration::from_secs(60), "it never counts");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let missing = ask(plain, "none.schwenk.example", A).await;
    assert_eq!(format!("{:?}", rcode(&missing)), "NXDomain");
    let framed = tcp(plain, &[question("app.schwenk.example", A)]).await;
    assert_eq!(read(&framed[0]).answers.len(), 1, "over TCP, too");
}

#[tokio::test]
async fn a_floor_lengthens_short_ttls_and_silence_is_silence() {
    let floor = ResolverOptions { floor: Duration::from_secs(300), ..named("floor") };
    let silent = ResolverOptions { silent: true, ..named("silent") };
    let emulator = start(Options { resolvers: vec![floor, silent], ..Options::default() }).await;
    let answer = ask(resolver(&emulator, "floor"), "app.schwenk.example", A).await;
    assert_eq!(ttl(&answer), 300);
    let nothing = question("app.schwenk.example", A);
    let wait = super::SILENCE;
    assert_eq!(udp_within(resolver(&emulator, "silent"), &nothing, wait).await, None);
}

#[tokio::test]
async fn a_resolver_goes_to_the_other_cloud_when_one_is_down() {
    let emulator = start(Options { resolvers: vec![named("plain")], ..Options::default() }).await;
    for cloud in [Cloud::Google, Cloud::Hetzner] {
        emulator.faults().set(Fault::DnsDown { cloud });
        let name = format!("{cloud}.schwenk.example");
        let answer = ask(resolver(&emulator, "plain"), &name, A).await;
        assert_eq!(format!("{:?}", rcode(&answer)), "NXDomain", "the other one knows");
        emulator.faults().clear_all();
    }
    for cloud in [Cloud::Google, Cloud::Hetzner] {
        emulator.faults().set(Fault::DnsDown { cloud });
    }
    let answer = ask(resolver(&emulator, "plain"), "x.schwenk.example", A).await;
    assert_eq!(format!("{:?}", rcode(&answer)), "ServFail");
}

#[tokio::test]
async fn name_servers_can_be_lame_and_old() {
    let emulator = start(Options::default()).await;
    let google = server(&emulator, Cloud::Google);
    emulator.faults().set(Fault::DnsLame { cloud: Cloud::Google });
    let refused = ask(google, "app.schwenk.example", A).await;
    assert_eq!(format!("{:?}", rcode(&refused)), "Refused");
    emulator.faults().clear_all();
    emulator.faults().set(Fault::DnsNoEdns { cloud: Cloud::Google });
    let with = super::with_edns(question("app.schwenk.example", A), 1232, 0);
    let answer = super::udp(google, &with).await.expect("an answer");
    assert_eq!(format!("{:?}", rcode(&read(&answer))), "FormErr");
    assert_eq!(read(&answer).edns, None);
    assert_eq!(ask(google, "app.schwenk.example", A).await.answers.len(), 1, "without EDNS");
}

/// BIND's own validator, from the DS at the parent down to the data.
#[tokio::test]
async fn signatures_stand_up_to_delv() {
    let dnssec = Dnssec { signers: vec![Cloud::Google, Cloud::Hetzner], ..Dnssec::default() };
    let emulator = start(Options { dnssec, ..Options::default() }).await;
    let directory = tempfile::tempdir().expect("a directory");
    for cloud in [Cloud::Google, Cloud::Hetzner] {
        let port = server(&emulator, cloud).port().to_string();
        let Some(keys) =
            output("dig", &["@127.0.0.1", "-p", &port, "+short", "schwenk.example", "DNSKEY"])
                .await
        else {
            eprintln!("dig is not installed: this cross-check was left out");
            return;
        };
        let anchors: String = keys
            .lines()
            .filter_map(|line| {
                let mut fields = line.split(' ');
                let numbers: Vec<&str> = fields.by_ref().take(3).collect();
                let key: String = fields.collect();
                let [flags, protocol, algorithm] = numbers[..] else { return None };
                Some(format!(
                    "\"schwenk.example.\" static-key {flags} {protocol} {algorithm} \"{key}\";\n"
                ))
            })
            .collect();
        assert_eq!(anchors.lines().count(), 2, "both publish both keys: {keys}");
        let file = directory.path().join(format!("{cloud}.key"));
        std::fs::write(&file, format!("trust-anchors {{\n{anchors}}};\n")).expect("written");
        let file = file.to_str().expect("a path");
        for name in [["app.schwenk.example", "A"], ["schwenk.example", "NS"]] {
            let common = ["@127.0.0.1", "-p", &port, "-a", file, "+root=schwenk.example"];
            let Some(said) = output("delv", &[&common[..], &name].concat()).await else {
                eprintln!("delv is not installed: this cross-check was left out");
                return;
            };
            assert!(said.contains("; fully validated"), "{cloud} {name:?}: {said}");
        }
    }
}

async fn output(program: &str, arguments: &[&str]) -> Option<String> {
    let output = tokio::process::Command::new(program).args(arguments).output().await;
    match output {
        Ok(output) => {
            let error = String::from_utf8_lossy(&output.stderr).into_owned();
            Some(String::from_utf8_lossy(&output.stdout).into_owned() + &error)
        }
        Err(error)
            if error.kind() == std::io::ErrorKind::NotFound
                && std::env::var_os("SCHWENK_TEST_DIG").is_none() =>
        {
            None
        }
        Err(error) => panic!("{program}: {error}"),
    }
}
