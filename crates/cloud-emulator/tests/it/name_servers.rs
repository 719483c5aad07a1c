//! The name servers over real UDP and TCP: questions are made byte by byte, answers are read with
//! another DNS implementation.

mod answers;
mod around;
mod dig;
mod publication;
mod refusals;
mod transport;

use std::net::SocketAddr;
use std::time::Duration;

use cloud_emulator::{Cloud, Emulator, Options, SeedRrSet, SeedZone, State};
use hickory_proto::op::{Message, ResponseCode};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpStream, UdpSocket};
use tokio::time::timeout;

use crate::quick;

const A: u16 = 1;
const NS: u16 = 2;
const CNAME: u16 = 5;
const SOA: u16 = 6;
const MX: u16 = 15;
const TXT: u16 = 16;
const AAAA: u16 = 28;
const ANY: u16 = 255;

/// Longer than any answer takes on a busy machine.
const PATIENCE: Duration = Duration::from_secs(10);
/// Long enough to believe that no answer comes.
const SILENCE: Duration = Duration::from_millis(200);

async fn start(options: Options) -> Emulator {
    quick::start(options).await
}

/// An emulator whose Hetzner serves `zone.example` with these RRsets.
async fn serving(sets: &[(&str, &str, u32, &[&str])]) -> Emulator {
    let rrsets = sets.iter().map(|(name, rtype, ttl, values)| SeedRrSet {
        name: match *name {
            "@" => "zone.example".to_owned(),
            relative => format!("{relative}.zone.example"),
        },
        rtype: (*rtype).to_owned(),
        ttl: *ttl,
        values: values.iter().map(|value| (*value).to_owned()).collect(),
    });
    let zone = SeedZone { name: "zone.example".to_owned(), rrsets: rrsets.collect() };
    let state = State { google: Vec::new(), hetzner: vec![zone] };
    start(Options { state: Some(state), ..Options::default() }).await
}

fn server(emulator: &Emulator, cloud: Cloud) -> SocketAddr {
    let mut servers = emulator.info().dns.iter();
    let found = servers.find(|server| server.provider == cloud).expect("a name server");
    found.address.parse().expect("an address with a port")
}

fn hetzner(emulator: &Emulator) -> SocketAddr {
    server(emulator, Cloud::Hetzner)
}

/// A question of class IN with RD set, as stub resolvers send it.
fn question(name: &str, qtype: u16) -> Vec<u8> {
    let mut message = vec![0x12, 0x34, 0x01, 0, 0, 1, 0, 0, 0, 0, 0, 0];
    message.extend(wire(name));
    message.extend(qtype.to_be_bytes());
    message.extend([0, 1]);
    message
}

/// The same with an OPT record.
fn with_edns(mut message: Vec<u8>, size: u16, version: u8) -> Vec<u8> {
    message[11] += 1;
    message.extend([0, 0, 41]);
    message.extend(size.to_be_bytes());
    message.extend([0, version, 0, 0, 0, 0]);
    message
}

fn wire(name: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    for label in name.split('.').filter(|label| !label.is_empty()) {
        bytes.push(u8::try_from(label.len()).expect("a short label"));
        bytes.extend(label.bytes());
    }
    bytes.push(0);
    bytes
}

async fn udp(server: SocketAddr, message: &[u8]) -> Option<Vec<u8>> {
    udp_within(server, message, PATIENCE).await
}

async fn udp_within(server: SocketAddr, message: &[u8], wait: Duration) -> Option<Vec<u8>> {
    let socket = UdpSocket::bind("127.0.0.1:0").await.expect("a UDP socket");
    socket.connect(server).await.expect("a loopback route");
    socket.send(message).await.expect("to send");
    let mut buffer = vec![0; 65_535];
    let length = timeout(wait, socket.recv(&mut buffer)).await.ok()?.ok()?;
    buffer.truncate(length);
    Some(buffer)
}

async fn tcp(server: SocketAddr, messages: &[Vec<u8>]) -> Vec<Vec<u8>> {
    let mut stream = TcpStream::connect(server).await.expect("a name server on TCP");
    let mut framed = Vec::new();
    for message in messages {
        framed.extend(u16::try_from(message.len()).expect("a short message").to_be_bytes());
        framed.extend(message);
    }
    stream.write_all(&framed).await.expect("to send");
    let mut answers = Vec::new();
    for _ in messages {
        let length = timeout(PATIENCE, stream.read_u16()).await.expect("in time").expect("a frame");
        let mut answer = vec![0; usize::from(length)];
        timeout(PATIENCE, stream.read_exact(&mut answer)).await.expect("in time").expect("a frame");
        answers.push(answer);
    }
    answers
}

/// Asks over UDP.
async fn ask(server: SocketAddr, name: &str, qtype: u16) -> Message {
    let answer = udp(server, &question(name, qtype)).await.expect("an answer");
    read(&answer)
}

fn read(answer: &[u8]) -> Message {
    Message::from_vec(answer).unwrap_or_else(|error| panic!("{error}: {answer:02x?}"))
}

/// Answers as `name TTL type data`, in presentation format.
fn shown(records: &[hickory_proto::rr::Record]) -> Vec<String> {
    let show = |record: &hickory_proto::rr::Record| {
        let (name, ttl, rtype) = (&record.name, record.ttl, record.record_type());
        format!("{name} {ttl} {rtype} {}", record.data)
    };
    records.iter().map(show).collect()
}

fn rcode(message: &Message) -> ResponseCode {
    message.metadata.response_code
}
