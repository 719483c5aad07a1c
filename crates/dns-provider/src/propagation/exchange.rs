//! The sockets: one question over UDP, then over TCP.
use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpStream, UdpSocket};
use tokio::time::{Instant, timeout_at};

use super::Reply;
use super::message::{Question, Received};
use crate::record::Key;

/// How UDP ended without an answer.
enum Udp {
    /// The answer does not fit; says nothing against the server.
    Truncated,
    /// UDP does not get through.
    Failed(String),
}

pub(super) async fn ask(
    server: SocketAddr,
    key: &Key,
    recursion: bool,
    timeout: Duration,
) -> Result<Reply, String> {
    let question = Question::new(key, recursion)?;
    let start = Instant::now();
    let deadline = start + timeout;
    // Half of the time for UDP, with one repetition in between, half for TCP.
    let udp = match over_udp(server, &question, start, timeout / 2).await {
        Ok(reply) => return Ok(reply),
        Err(udp) => udp,
    };
    let tcp = match timeout_at(deadline, over_tcp(server, &question)).await {
        Ok(Ok(reply)) => return Ok(reply),
        Ok(Err(why)) => why,
        Err(_) => "no answer".to_owned(),
    };
    let seconds = timeout.as_secs_f32();
    Err(match udp {
        Udp::Truncated => format!("truncated over UDP; over TCP: {tcp} (within {seconds} s)"),
        Udp::Failed(why) => format!("over UDP: {why}; over TCP: {tcp} (within {seconds} s)"),
    })
}

async fn over_udp(
    server: SocketAddr,
    question: &Question,
    start: Instant,
    window: Duration,
) -> Result<Reply, Udp> {
    let failed = |error: io::Error| Udp::Failed(explained(&error));
    let any: SocketAddr = match server {
        SocketAddr::V4(_) => (Ipv4Addr::UNSPECIFIED, 0).into(),
        SocketAddr::V6(_) => (Ipv6Addr::UNSPECIFIED, 0).into(),
    };
    let socket = UdpSocket::bind(any).await.map_err(failed)?;
    // A connected socket takes packets from this address only and hears when nothing listens.
    socket.connect(server).await.map_err(failed)?;
    let mut edns = true;
    let mut packet = question.bytes(edns).map_err(Udp::Failed)?;
    let mut buffer = vec![0; usize::from(u16::MAX)];
    for resend_at in [start + window / 2, start + window] {
        socket.send(&packet).await.map_err(failed)?;
        while let Ok(received) = timeout_at(resend_at, socket.recv(&mut buffer)).await {
            let length = received.map_err(failed)?;
            match question.read(&buffer[..length], edns, false) {
                Received::Answer(reply) => return Ok(reply),
                Received::Truncated => return Err(Udp::Truncated),
                Received::Rubbish(why) => return Err(Udp::Failed(why)),
                Received::NoEdns => {
                    edns = false;
                    packet = question.bytes(edns).map_err(Udp::Failed)?;
                    socket.send(&packet).await.map_err(failed)?;
                }
                Received::Foreign => {}
            }
        }
    }
    Err(Udp::Failed("no answer".to_owned()))
}

async fn over_tcp(server: SocketAddr, question: &Question) -> Result<Reply, String> {
    let failed = |error: io::Error| explained(&error);
    let mut stream = TcpStream::connect(server).await.map_err(failed)?;
    let mut edns = true;
    send(&mut stream, &question.bytes(edns)?).await.map_err(failed)?;
    loop {
        let length = stream.read_u16().await.map_err(failed)?;
        let mut message = vec![0; usize::from(length)];
        stream.read_exact(&mut message).await.map_err(failed)?;
        match question.read(&message, edns, true) {
            Received::Answer(reply) => return Ok(reply),
            Received::NoEdns => {
                edns = false;
                send(&mut stream, &question.bytes(edns)?).await.map_err(failed)?;
            }
            Received::Rubbish(why) => return Err(why),
            Received::Truncated | Received::Foreign => {}
        }
    }
}

/// One write for length and message: some servers read them together or not at all.
async fn send(stream: &mut TcpStream, message: &[u8]) -> io::Result<()> {
    let length = u16::try_from(message.len()).map_err(|_| io::ErrorKind::InvalidInput)?;
    let mut framed = length.to_be_bytes().to_vec();
    framed.extend_from_slice(message);
    stream.write_all(&framed).await
}

pub(super) fn explained(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::ConnectionRefused => "refused, nothing listens there".to_owned(),
        io::ErrorKind::UnexpectedEof => "the server closed the connection".to_owned(),
        _ => error.to_string(),
    }
}
