//! DNS checks.
use std::net::SocketAddr;
use std::str::FromStr;

use health::{DnsCheck, Kind};
use hickory_proto::op::{Message, MessageType, OpCode, ResponseCode};
use hickory_proto::rr::rdata::{A, AAAA};
use hickory_proto::rr::{Name, RData, Record, RecordType};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, UdpSocket};

use crate::server::{probe, words};

#[derive(Clone, Copy)]
enum Manner {
    Answer,
    NxDomain,
    TruncateUdp,
    ForgeFirst,
}

fn reply(question: &[u8], manner: Manner, udp: bool) -> Vec<u8> {
    let question = Message::from_vec(question).unwrap();
    let mut answer = Message::new(question.metadata.id, MessageType::Response, OpCode::Query);
    answer.metadata.authoritative = true;
    answer.queries = question.queries.clone();
    match manner {
        Manner::NxDomain => answer.metadata.response_code = ResponseCode::NXDomain,
        Manner::TruncateUdp if udp => answer.metadata.truncation = true,
        _ => {
            let name = Name::from_str("app.example.com.").unwrap();
            let data = match question.queries[0].query_type() {
                RecordType::AAAA => RData::AAAA(AAAA::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 7)),
                _ => RData::A(A::new(192, 0, 2, 7)),
            };
            answer.add_answer(Record::from_rdata(name, 60, data));
        }
    }
    answer.to_vec().unwrap()
}

async fn name_server(manner: Manner) -> SocketAddr {
    let udp = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    let address = udp.local_addr().unwrap();
    let tcp = TcpListener::bind(address).await.unwrap();
    tokio::spawn(async move {
        let mut buffer = vec![0; 4096];
        while let Ok((length, from)) = udp.recv_from(&mut buffer).await {
            if matches!(manner, Manner::ForgeFirst) {
                let mut forged = reply(&buffer[..length], Manner::NxDomain, true);
                forged[0] ^= 0xff;
                udp.send_to(&forged, from).await.unwrap();
                udp.send_to(b"rubbish", from).await.unwrap();
            }
            udp.send_to(&reply(&buffer[..length], manner, true), from).await.unwrap();
        }
    });
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = tcp.accept().await {
            let length = stream.read_u16().await.unwrap();
            let mut question = vec![0; usize::from(length)];
            stream.read_exact(&mut question).await.unwrap();
            let answer = reply(&question, manner, false);
            stream.write_u16(u16::try_from(answer.len()).unwrap()).await.unwrap();
            stream.write_all(&answer).await.unwrap();
        }
    });
    address
}

async fn check(manner: Manner, adjust: impl FnOnce(&mut DnsCheck)) -> String {
    let address = name_server(manner).await;
    let mut dns = DnsCheck::new("app.example.com", "A");
    dns.port = address.port();
    adjust(&mut dns);
    words(&probe(Kind::Dns(dns), address).await)
}

#[tokio::test]
async fn an_answer_with_data_is_ok() {
    assert_eq!(check(Manner::Answer, |_| ()).await, "ok");
}

#[tokio::test]
async fn an_answer_with_the_wrong_data_is_quoted() {
    let words = check(Manner::Answer, |c| c.contains = vec!["192.0.2.8".to_owned()]).await;
    assert_eq!(words, "DNS: answer lacks 192.0.2.8, it says 192.0.2.7");
}

#[tokio::test]
async fn an_address_is_the_same_in_any_spelling() {
    let want = |c: &mut DnsCheck| {
        (c.rtype, c.contains) = ("AAAA".to_owned(), vec!["2001:DB8:0::7".to_owned()]);
    };
    assert_eq!(check(Manner::Answer, want).await, "ok");
}

#[tokio::test]
async fn a_name_that_does_not_exist_is_named() {
    let words = check(Manner::NxDomain, |_| ()).await;
    assert!(words.starts_with("DNS: app.example.com answered "), "{words}");
}

#[tokio::test]
async fn a_truncated_answer_is_fetched_over_tcp() {
    let want = |c: &mut DnsCheck| c.contains = vec!["192.0.2.7".to_owned()];
    assert_eq!(check(Manner::TruncateUdp, want).await, "ok");
}

#[tokio::test]
async fn forged_answers_and_rubbish_are_ignored() {
    assert_eq!(check(Manner::ForgeFirst, |_| ()).await, "ok");
}

#[tokio::test]
async fn a_type_that_does_not_exist_is_this_sides_fault() {
    let words = check(Manner::Answer, |c| c.rtype = "NOPE".to_owned()).await;
    assert_eq!(words, "probe not run: \"NOPE\" is not a record type");
}
