//! What is answered to proper questions.

use cloud_emulator::{Cloud, Options};
use hickory_proto::op::ResponseCode;

use super::{
    A, AAAA, ANY, CNAME, MX, NS, SOA, TXT, ask, hetzner, question, rcode, read, server, serving,
    shown, start, udp,
};

const SOA_DATA: &str = "hydrogen.ns.hetzner.com. dns.hetzner.com.";

#[tokio::test]
async fn both_clouds_answer_the_first_zone_with_authority_and_a_constant_ttl() {
    let emulator = start(Options::default()).await;
    for cloud in [Cloud::Google, Cloud::Hetzner] {
        let server = server(&emulator, cloud);
        for _ in 0..2 {
            let answer = ask(server, "app.schwenk.example", A).await;
            assert!(answer.metadata.authoritative && !answer.metadata.recursion_available);
            assert_eq!(shown(&answer.answers), ["app.schwenk.example. 60 A 127.0.10.1"]);
            assert!(answer.authorities.is_empty());
        }
        let servers = ask(server, "schwenk.example", NS).await;
        let names: Vec<String> =
            emulator.info().dns.iter().map(|server| format!("{}.", server.server)).collect();
        let mut answered: Vec<String> =
            servers.answers.iter().map(|record| record.data.to_string()).collect();
        answered.sort();
        let mut expected = names;
        expected.sort();
        assert_eq!(answered, expected);
        assert_eq!(ask(server, "schwenk.example", SOA).await.answers.len(), 1);
    }
}

#[tokio::test]
async fn each_cloud_answers_its_own_soa() {
    let emulator = start(Options::default()).await;
    for (cloud, primary) in
        [(Cloud::Google, "ns-cloud-b1.googledomains.com."), (Cloud::Hetzner, "hydrogen.ns.")]
    {
        let soa = ask(server(&emulator, cloud), "schwenk.example", SOA).await;
        assert!(shown(&soa.answers)[0].contains(primary), "{soa:?}");
    }
}

#[tokio::test]
async fn a_name_without_the_type_is_nodata_and_an_unknown_one_nxdomain_both_with_soa() {
    let emulator =
        serving(&[("www", "A", 60, &["192.0.2.1"]), ("a.b", "A", 60, &["192.0.2.2"])]).await;
    let server = hetzner(&emulator);
    for (name, expected) in [
        ("www.zone.example", ResponseCode::NoError),
        // Exists for what is below it (RFC 8020).
        ("b.zone.example", ResponseCode::NoError),
        ("none.zone.example", ResponseCode::NXDomain),
        ("below.www.zone.example", ResponseCode::NXDomain),
    ] {
        let answer = ask(server, name, AAAA).await;
        assert_eq!(rcode(&answer), expected, "{name}");
        assert!(answer.metadata.authoritative && answer.answers.is_empty(), "{name}");
        let soa = shown(&answer.authorities);
        assert!(soa.len() == 1 && soa[0].contains(SOA_DATA), "{name}: {soa:?}");
    }
}

#[tokio::test]
async fn a_negative_answer_may_be_cached_for_the_smaller_of_soa_ttl_and_minimum() {
    for (ttl, minimum, expected) in [(3600, 300, 300), (120, 300, 120)] {
        let soa = format!("{SOA_DATA} 1 86400 10800 3600000 {minimum}");
        let emulator = serving(&[("@", "SOA", ttl, &[&soa])]).await;
        let answer = ask(hetzner(&emulator), "none.zone.example", A).await;
        assert_eq!(answer.authorities[0].ttl, expected);
        let positive = ask(hetzner(&emulator), "zone.example", SOA).await;
        assert_eq!(positive.answers[0].ttl, ttl);
    }
}

#[tokio::test]
async fn letter_case_of_the_question_comes_back_and_does_not_matter() {
    let emulator = serving(&[("www", "A", 60, &["192.0.2.1"])]).await;
    let asked = question("wWw.ZoNe.ExAmPlE", A);
    let answer = udp(hetzner(&emulator), &asked).await.expect("an answer");
    assert_eq!(answer[12..asked.len()], asked[12..]);
    let read = read(&answer);
    assert_eq!(shown(&read.answers), ["wWw.ZoNe.ExAmPlE. 60 A 192.0.2.1"]);
}

#[tokio::test]
async fn a_wildcard_answers_for_names_that_do_not_exist() {
    let emulator = serving(&[
        ("*", "TXT", 60, &["\"wild\""]),
        ("www", "A", 60, &["192.0.2.1"]),
        ("*.sub", "A", 60, &["192.0.2.2"]),
    ])
    .await;
    let server = hetzner(&emulator);
    let wild = ask(server, "any.zone.example", TXT).await;
    assert_eq!(shown(&wild.answers), ["any.zone.example. 60 TXT wild"]);
    assert_eq!(ask(server, "deep.er.zone.example", TXT).await.answers.len(), 1);
    // A name that exists is not covered (RFC 4592 §4.3), nor is one below an existing name.
    let exists = ask(server, "www.zone.example", TXT).await;
    assert!(rcode(&exists) == ResponseCode::NoError && exists.answers.is_empty());
    let closer = ask(server, "x.sub.zone.example", TXT).await;
    assert!(rcode(&closer) == ResponseCode::NoError && closer.answers.is_empty());
    let nodata = ask(server, "any.zone.example", MX).await;
    assert!(rcode(&nodata) == ResponseCode::NoError && nodata.authorities.len() == 1);
    assert_eq!(shown(&ask(server, "x.sub.zone.example", A).await.answers).len(), 1);
}

#[tokio::test]
async fn aliases_are_followed_inside_the_zone() {
    let emulator = serving(&[
        ("a", "CNAME", 60, &["b"]),
        ("b", "CNAME", 70, &["www.zone.example."]),
        ("www", "A", 80, &["192.0.2.1"]),
        ("out", "CNAME", 60, &["www.other.example."]),
        ("gone", "CNAME", 60, &["none"]),
        ("loop1", "CNAME", 60, &["loop2"]),
        ("loop2", "CNAME", 60, &["loop1"]),
    ])
    .await;
    let server = hetzner(&emulator);
    let chain = ask(server, "a.zone.example", A).await;
    assert_eq!(
        shown(&chain.answers),
        [
            "a.zone.example. 60 CNAME b.zone.example.",
            "b.zone.example. 70 CNAME www.zone.example.",
            "www.zone.example. 80 A 192.0.2.1",
        ]
    );
    assert_eq!(ask(server, "a.zone.example", CNAME).await.answers.len(), 1);
    let out = ask(server, "out.zone.example", A).await;
    assert_eq!(shown(&out.answers), ["out.zone.example. 60 CNAME www.other.example."]);
    assert_eq!(rcode(&out), ResponseCode::NoError);
    // The code speaks of the last name of the chain (RFC 6604 §3).
    let gone = ask(server, "gone.zone.example", A).await;
    assert_eq!((rcode(&gone), gone.answers.len()), (ResponseCode::NXDomain, 1));
    let nodata = ask(server, "a.zone.example", AAAA).await;
    assert_eq!((rcode(&nodata), nodata.answers.len()), (ResponseCode::NoError, 2));
    assert_eq!(nodata.authorities.len(), 1);
    assert_eq!(ask(server, "loop1.zone.example", A).await.answers.len(), 2);
}

#[tokio::test]
async fn a_delegation_is_a_referral_with_glue() {
    let emulator = serving(&[
        ("sub", "NS", 60, &["ns.sub", "ns.other.example."]),
        ("ns.sub", "A", 60, &["192.0.2.53"]),
        ("sub", "DS", 60, &["1 8 2 e06d44b80b8f1d39a95c0b0d7c65d084"]),
    ])
    .await;
    let server = hetzner(&emulator);
    let referral = ask(server, "www.sub.zone.example", A).await;
    assert!(!referral.metadata.authoritative && referral.answers.is_empty());
    assert_eq!(referral.authorities.len(), 2);
    assert_eq!(shown(&referral.additionals), ["ns.sub.zone.example. 60 A 192.0.2.53"]);
    const DS: u16 = 43;
    let ds = ask(server, "sub.zone.example", DS).await;
    assert!(ds.metadata.authoritative && ds.answers.len() == 1);
}

#[tokio::test]
async fn a_question_for_everything_gets_the_least() {
    let emulator = serving(&[("www", "A", 60, &["192.0.2.1"])]).await;
    let answer = ask(hetzner(&emulator), "www.zone.example", ANY).await;
    assert_eq!(answer.answers.len(), 1);
    assert!(shown(&answer.answers)[0].contains("HINFO"), "{answer:?}");
    let none = ask(hetzner(&emulator), "none.zone.example", ANY).await;
    assert_eq!(rcode(&none), ResponseCode::NXDomain);
}

#[tokio::test]
async fn values_reach_the_wire_as_they_were_meant() {
    let digest = "e06d44b80b8f1d39a95c0b0d7c65d08458e880409bbc683457104237c7f8ec8d";
    let tlsa = format!("3 1 1 {digest}");
    let emulator = serving(&[
        ("a", "AAAA", 60, &["2001:DB8:0:0::1"]),
        ("c", "CAA", 60, &["0 issue \"letsencrypt.org; x=1\""]),
        ("m", "MX", 60, &["10 mail"]),
        ("s", "SRV", 60, &["10 5 5060 sip.other.example."]),
        ("t", "TXT", 60, &["\"semi; colon\" \"q\\\"b\\\\\" \"\""]),
        ("l", "TLSA", 60, &[&tlsa]),
        ("h", "HTTPS", 60, &["1 . port=8443 alpn=\"h2,h3\" ipv4hint=192.0.2.1,192.0.2.2"]),
        ("v", "SVCB", 60, &["0 svc"]),
    ])
    .await;
    let server = hetzner(&emulator);
    for (name, qtype, expected) in [
        ("a", AAAA, "AAAA 2001:db8::1"),
        ("c", 257, "CAA 0 issue \"letsencrypt.org; x=1\""),
        ("m", MX, "MX 10 mail.zone.example."),
        ("s", 33, "SRV 10 5 5060 sip.other.example."),
        ("l", 52, &format!("TLSA 3 1 1 {digest}")),
        ("h", 65, "HTTPS 1 . alpn=h2,h3, port=8443 ipv4hint=192.0.2.1,192.0.2.2,"),
        ("v", 64, "SVCB 0 svc.zone.example."),
    ] {
        let answer = ask(server, &format!("{name}.zone.example"), qtype).await;
        let shown = shown(&answer.answers).remove(0);
        assert_eq!(shown.trim(), format!("{name}.zone.example. 60 {expected}").trim());
    }
    let txt = udp(server, &question("t.zone.example", TXT)).await.expect("an answer");
    let strings = b"\x0bsemi; colon\x04q\"b\\\x00";
    assert!(txt.ends_with(strings), "{txt:02x?}");
}
