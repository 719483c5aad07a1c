//! Asking name servers that behave, misbehave and lie.
use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use dns_provider::propagation::{
    self, NameServer as Server, PublicResolver, Reply, ask, observe, survey,
};
use hickory_proto::op::{Edns, ResponseCode};
use hickory_proto::rr::rdata::{A, CNAME, MX, NULL, TXT};
use hickory_proto::rr::{Name, RData, RecordType};
use tokio::net::{TcpListener, UdpSocket};

use crate::name_server::{Asked, NameServer, answer, bytes, empty, with};
use crate::support::{key, zone};

const PATIENT: Duration = Duration::from_secs(30);

fn a(last: u8) -> RData {
    RData::A(A(Ipv4Addr::new(192, 0, 2, last)))
}

async fn ask_app(server: SocketAddr, timeout: Duration) -> Result<Reply, String> {
    ask(server, &key("app.example.com", "A"), false, timeout).await
}

#[tokio::test]
async fn an_answer_says_values_ttl_and_authority() {
    let server = NameServer::start(|asked| {
        let head = &asked.message.metadata;
        assert!(!head.recursion_desired, "authoritative servers are asked with RD=0");
        assert_eq!(asked.message.edns.as_ref().map(Edns::max_payload), Some(1232));
        let mut reply = answer(asked, 60, vec![a(2), a(1)]);
        reply.answers[1].ttl = 55;
        vec![bytes(&reply)]
    })
    .await;
    let reply = ask_app(server.address, PATIENT).await.unwrap();
    assert_eq!(
        reply,
        Reply {
            authoritative: true,
            rcode: "NOERROR".to_owned(),
            ttl: Some(55),
            values: vec!["192.0.2.1".to_owned(), "192.0.2.2".to_owned()],
            over_tcp: false,
        }
    );
}

#[tokio::test]
async fn a_truncated_answer_is_fetched_over_tcp() {
    let server = NameServer::start(|asked| {
        let mut reply = answer(asked, 60, vec![a(1)]);
        if !asked.over_tcp {
            reply.answers.clear();
            reply.metadata.truncation = true;
        }
        vec![bytes(&reply)]
    })
    .await;
    let reply = ask_app(server.address, PATIENT).await.unwrap();
    assert!(reply.over_tcp);
    assert_eq!(reply.values, ["192.0.2.1"]);
}

#[tokio::test]
async fn where_udp_is_refused_tcp_is_tried() {
    let tcp_only = loop {
        // A TCP listener whose UDP port is free, and stays so while the listener lives.
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        if UdpSocket::bind(listener.local_addr().unwrap()).await.is_ok() {
            break listener;
        }
    };
    let address = tcp_only.local_addr().unwrap();
    let served = tokio::spawn(async move {
        use tokio::io::{AsyncReadExt, AsyncWriteExt};
        let (mut stream, _) = tcp_only.accept().await.unwrap();
        let length = stream.read_u16().await.unwrap();
        let mut question = vec![0; usize::from(length)];
        stream.read_exact(&mut question).await.unwrap();
        let message = hickory_proto::op::Message::from_vec(&question).unwrap();
        let reply = bytes(&answer(&Asked { message, over_tcp: true, before: 0 }, 60, vec![a(1)]));
        stream.write_u16(reply.len() as u16).await.unwrap();
        stream.write_all(&reply).await.unwrap();
    });
    let reply = ask_app(address, PATIENT).await.unwrap();
    assert!(reply.over_tcp);
    served.await.unwrap();
}

#[tokio::test]
async fn a_lost_packet_is_sent_again() {
    let server = NameServer::start(|asked| {
        if asked.before == 0 { Vec::new() } else { vec![bytes(&answer(asked, 60, vec![a(1)]))] }
    })
    .await;
    let reply = ask_app(server.address, Duration::from_secs(3)).await.unwrap();
    assert_eq!(reply.values, ["192.0.2.1"]);
}

#[tokio::test]
async fn answers_to_other_questions_are_passed_over() {
    let server = NameServer::start(|asked| {
        let mut other_id = answer(asked, 60, vec![a(66)]);
        other_id.metadata.id = other_id.metadata.id.wrapping_add(1);
        let mut other_name = answer(asked, 60, vec![a(66)]);
        other_name.queries[0].set_name(Name::from_ascii("evil.example.").unwrap());
        let mut other_type = answer(asked, 60, vec![a(66)]);
        other_type.queries[0].set_query_type(RecordType::AAAA);
        let mut no_question = answer(asked, 60, vec![a(66)]);
        no_question.queries.clear();
        let question_again = asked.message.clone();
        let right = answer(asked, 60, vec![a(1)]);
        [other_id, other_name, other_type, no_question, question_again, right]
            .iter()
            .map(bytes)
            .collect()
    })
    .await;
    assert_eq!(ask_app(server.address, PATIENT).await.unwrap().values, ["192.0.2.1"]);
}

#[tokio::test]
async fn the_question_may_come_back_in_another_letter_case() {
    let server = NameServer::start(|asked| {
        let mut reply = answer(asked, 60, vec![a(1)]);
        reply.queries[0].set_name(Name::from_ascii("APP.Example.COM.").unwrap());
        vec![bytes(&reply)]
    })
    .await;
    assert_eq!(ask_app(server.address, PATIENT).await.unwrap().values, ["192.0.2.1"]);
}

#[tokio::test]
async fn a_server_without_edns_is_asked_without() {
    for repeats_question in [true, false] {
        let server = NameServer::start(move |asked| {
            if asked.message.edns.is_none() {
                return vec![bytes(&answer(asked, 60, vec![a(1)]))];
            }
            let mut refusal = empty(asked, ResponseCode::FormErr);
            if !repeats_question {
                refusal.queries.clear();
            }
            vec![bytes(&refusal)]
        })
        .await;
        assert_eq!(ask_app(server.address, PATIENT).await.unwrap().values, ["192.0.2.1"]);
    }
}

#[tokio::test]
async fn errors_of_a_server_are_answers() {
    for (code, text) in [
        (ResponseCode::NXDomain, "NXDOMAIN"),
        (ResponseCode::ServFail, "SERVFAIL"),
        (ResponseCode::Refused, "REFUSED"),
    ] {
        let server = NameServer::start(move |asked| vec![bytes(&empty(asked, code))]).await;
        let reply = ask_app(server.address, PATIENT).await.unwrap();
        assert_eq!((reply.rcode.as_str(), reply.ttl, reply.values.len()), (text, None, 0));
    }
}

#[tokio::test]
async fn cnames_are_followed_within_the_answer_and_loops_end() {
    let name = |text: &str| Name::from_ascii(text).unwrap();
    let server = NameServer::start(move |asked| {
        let asked_for = asked.message.queries[0].name().clone();
        let looping = asked_for == name("loop.example.com.");
        let target = if looping { asked_for.clone() } else { name("real.example.net.") };
        vec![bytes(&with(
            asked,
            vec![
                (asked_for, 300, RData::CNAME(CNAME(target))),
                (name("real.example.net."), 20, a(1)),
                (name("stray.example.net."), 10, a(66)),
            ],
        ))]
    })
    .await;
    let reply = ask_app(server.address, PATIENT).await.unwrap();
    assert_eq!((reply.ttl, reply.values), (Some(20), vec!["192.0.2.1".to_owned()]));
    let looped = ask(server.address, &key("loop.example.com", "A"), false, PATIENT).await.unwrap();
    assert_eq!(looped.values, [""; 0]);
}

#[tokio::test]
async fn data_is_shown_as_providers_store_it() {
    let host = |text: &str| Name::from_ascii(text).unwrap();
    for (rtype, data, text) in [
        ("TXT", RData::TXT(TXT::from_bytes(vec![b"a\"b", b"c\\\xff"])), r#""a\"b" "c\\\255""#),
        (
            "MX",
            RData::MX(MX::new(10, host("Mail.xn--mll-hoa.example."))),
            "10 mail.xn--mll-hoa.example.",
        ),
        ("TYPE65280", unknown(), r"\# 3 0001ff"),
    ] {
        let server =
            NameServer::start(move |asked| vec![bytes(&answer(asked, 60, vec![data.clone()]))])
                .await;
        let reply = ask(server.address, &key("app.example.com", rtype), false, PATIENT).await;
        assert_eq!(reply.unwrap().values, [text]);
    }
}

fn unknown() -> RData {
    RData::Unknown { code: RecordType::Unknown(65280), rdata: NULL::with(vec![0, 1, 255]) }
}

#[tokio::test]
async fn rubbish_and_silence_are_told_apart() {
    let rubbish = NameServer::start(|asked| {
        let id = asked.message.metadata.id.to_be_bytes();
        vec![[&id[..], &[0xff; 7]].concat()]
    })
    .await;
    let why = ask_app(rubbish.address, PATIENT).await.unwrap_err();
    assert!(why.contains("over UDP: the answer is not DNS"), "{why}");

    let silent = NameServer::start(|_| Vec::new()).await;
    let why = ask_app(silent.address, Duration::from_millis(200)).await.unwrap_err();
    assert_eq!(why, "over UDP: no answer; over TCP: no answer (within 0.2 s)");

    let nobody = UdpSocket::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let why = ask_app(nobody, PATIENT).await.unwrap_err();
    assert!(
        why.starts_with("over UDP: refused, nothing listens there; over TCP: refused"),
        "{why}"
    );
}

#[tokio::test]
async fn every_address_of_every_server_is_observed_in_order() {
    let good = NameServer::start(|asked| vec![bytes(&answer(asked, 60, vec![a(1)]))]).await;
    let silent = NameServer::start(|_| Vec::new()).await;
    let server = |name: &str, addresses: Vec<SocketAddr>| Server { name: name.into(), addresses };
    let servers = [
        server("ns1", vec![silent.address, good.address]),
        server("unresolved", Vec::new()),
        server("ns2", vec![good.address]),
    ];
    let key = key("app.example.com", "A");
    let seen = observe(&servers, &key, Duration::from_secs(2)).await;
    let told: Vec<_> =
        seen.iter().map(|o| (o.server.as_str(), o.address, o.reply.is_ok())).collect();
    assert_eq!(
        told,
        [("ns1", silent.address, false), ("ns1", good.address, true), ("ns2", good.address, true)]
    );
}

#[tokio::test]
async fn a_survey_asks_for_recursion() {
    let resolver = NameServer::start(|asked| {
        let mut reply = answer(asked, 17, vec![a(1)]);
        reply.metadata.authoritative = false;
        reply.metadata.response_code = match asked.message.metadata.recursion_desired {
            true => ResponseCode::NoError,
            false => ResponseCode::Refused,
        };
        vec![bytes(&reply)]
    })
    .await;
    let mut listed: PublicResolver = propagation::public_resolvers()[0].clone();
    listed.address = resolver.address;
    let seen = survey(&[listed.clone()], &key("app.example.com", "A"), PATIENT).await;
    assert_eq!(seen[0].server, listed.name);
    let reply = seen[0].reply.as_ref().unwrap();
    assert_eq!((reply.rcode.as_str(), reply.ttl), ("NOERROR", Some(17)));
}

#[tokio::test]
async fn name_servers_are_resolved_by_the_system_and_a_zone_without_any_is_an_error() {
    let mut zone = zone();
    zone.name_servers = vec![crate::support::name("localhost")];
    let servers = propagation::servers_of(&zone).await.unwrap();
    assert_eq!(servers[0].name, "localhost");
    let addresses = &servers[0].addresses;
    assert!(
        addresses.iter().all(|at| at.ip().is_loopback() && at.port() == 53)
            && !addresses.is_empty()
    );
    zone.name_servers.clear();
    assert!(propagation::servers_of(&zone).await.unwrap_err().contains("no name servers"));
}

#[tokio::test]
async fn a_type_nobody_knows_is_refused_before_any_packet() {
    let nobody = "127.0.0.1:9".parse().unwrap();
    let why = ask(nobody, &key("app.example.com", "NOPE"), false, PATIENT).await.unwrap_err();
    assert!(why.contains("NOPE is not a record type"), "{why}");
}
