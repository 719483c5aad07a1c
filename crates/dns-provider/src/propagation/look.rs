//! One question over one transport, and the whole answer: for whoever looks closer than at values.
use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use hickory_proto::op::Message;
use hickory_proto::rr::{RData, Record};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpStream, UdpSocket};
use tokio::time::{Instant, timeout, timeout_at};

use super::exchange::explained;
use super::message::{Manner, Question, host, mnemonic, shown};
use crate::record::Key;

/// How a question is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Asking {
    /// The RD bit: on for resolvers, off for authoritative servers.
    pub recursion: bool,
    /// Over TCP, and not over UDP.
    pub tcp: bool,
    /// With EDNS, and with its DO bit: signatures are wanted.
    pub dnssec: bool,
    /// How long it may take.
    pub timeout: Duration,
}

/// A whole answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Look {
    /// Whether the AA bit was set.
    pub authoritative: bool,
    /// The response code by its mnemonic.
    pub rcode: String,
    /// Whether the TC bit was set: there is more over TCP.
    pub truncated: bool,
    /// Whether the server answered with EDNS.
    pub edns: bool,
    /// The answer section.
    pub answers: Vec<Line>,
    /// The authority section: the name servers of a delegation, or the SOA.
    pub authority: Vec<Line>,
    /// The additional section: glue.
    pub additional: Vec<Line>,
}

/// One record of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Whose it is: lower case, without trailing dot.
    pub owner: String,
    /// The type by its mnemonic.
    pub rtype: String,
    /// The TTL, in seconds.
    pub ttl: u32,
    /// The data in presentation format.
    pub value: String,
    /// The data as it was on the wire, for types without a presentation format here.
    pub data: Vec<u8>,
}

/// Asks `server` once over one transport, without following anything; a lost packet is sent again.
pub async fn look(server: SocketAddr, key: &Key, asking: Asking) -> Result<Look, String> {
    let question = Question::new(key, asking.recursion)?;
    let packet = question.bytes(Manner { edns: asking.dnssec, dnssec: asking.dnssec })?;
    let answer = async {
        match asking.tcp {
            true => over_tcp(server, &question, &packet).await,
            false => over_udp(server, &question, &packet, asking.timeout).await,
        }
    };
    let transport = if asking.tcp { "TCP" } else { "UDP" };
    match timeout(asking.timeout, answer).await {
        Ok(Ok(message)) => Ok(read(&message)),
        Ok(Err(why)) => Err(format!("over {transport}: {why}")),
        Err(_) => {
            Err(format!("over {transport}: no answer within {} s", asking.timeout.as_secs_f32()))
        }
    }
}

async fn over_udp(
    server: SocketAddr,
    question: &Question,
    packet: &[u8],
    patience: Duration,
) -> Result<Message, String> {
    let failed = |error: io::Error| explained(&error);
    let any: SocketAddr = match server {
        SocketAddr::V4(_) => (Ipv4Addr::UNSPECIFIED, 0).into(),
        SocketAddr::V6(_) => (Ipv6Addr::UNSPECIFIED, 0).into(),
    };
    let socket = UdpSocket::bind(any).await.map_err(failed)?;
    socket.connect(server).await.map_err(failed)?;
    let mut buffer = vec![0; usize::from(u16::MAX)];
    let start = Instant::now();
    for share in [3, 1] {
        socket.send(packet).await.map_err(failed)?;
        while let Ok(received) =
            timeout_at(start + patience / share, socket.recv(&mut buffer)).await
        {
            let length = received.map_err(failed)?;
            if let Some(message) = question.whole(&buffer[..length])? {
                return Ok(message);
            }
        }
    }
    Err(format!("no answer within {} s", patience.as_secs_f32()))
}

async fn over_tcp(
    server: SocketAddr,
    question: &Question,
    packet: &[u8],
) -> Result<Message, String> {
    let failed = |error: io::Error| explained(&error);
    let mut stream = TcpStream::connect(server).await.map_err(failed)?;
    let length = u16::try_from(packet.len()).map_err(|_| "the question is too long".to_owned())?;
    let framed = [&length.to_be_bytes()[..], packet].concat();
    stream.write_all(&framed).await.map_err(failed)?;
    loop {
        let length = stream.read_u16().await.map_err(failed)?;
        let mut message = vec![0; usize::from(length)];
        stream.read_exact(&mut message).await.map_err(failed)?;
        if let Some(message) = question.whole(&message)? {
            return Ok(message);
        }
    }
}

fn read(message: &Message) -> Look {
    let lines = |records: &[Record]| records.iter().map(line).collect();
    Look {
        authoritative: message.metadata.authoritative,
        rcode: mnemonic(message.metadata.response_code),
        truncated: message.metadata.truncation,
        edns: message.edns.is_some(),
        answers: lines(&message.answers),
        authority: lines(&message.authorities),
        additional: lines(&message.additionals),
    }
}

fn line(record: &Record) -> Line {
    let data = match &record.data {
        RData::Unknown { rdata, .. } => rdata.anything.clone(),
        _ => Vec::new(),
    };
    Line {
        owner: host(&record.name).trim_end_matches('.').to_owned(),
        rtype: record.data.record_type().to_string(),
        ttl: record.ttl,
        value: shown(&record.data),
        data,
    }
}
