//! The sockets of name servers and resolvers.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::UdpSocket;
use tokio::task::JoinSet;

use super::Speaker;
use crate::door::{Door, Visit};

/// After so long without a question a TCP connection is closed (RFC 7766 §6.2.3).
const IDLE: Duration = Duration::from_secs(30);

/// Binds UDP and TCP on one port (0: any that is free for both) and answers until the task is
/// aborted.
pub(crate) async fn serve(
    speaker: impl Speaker,
    address: SocketAddr,
    tasks: &mut JoinSet<()>,
) -> io::Result<SocketAddr> {
    let (udp, door) = bind(&speaker, address).await?;
    let bound = door.address();
    tasks.spawn(answer_datagrams(speaker.clone(), udp));
    tasks.spawn(answer_connections(speaker, door));
    Ok(bound)
}

async fn bind(speaker: &impl Speaker, address: SocketAddr) -> io::Result<(UdpSocket, Door)> {
    let mut attempts = 20;
    loop {
        let door = Door::bind(address, speaker.faults(), speaker.tcp())?;
        match UdpSocket::bind(door.address()).await {
            Ok(udp) => return Ok((udp, door)),
            // Somebody else has this port on UDP: any other will do, if any will do.
            Err(_) if address.port() == 0 && attempts > 0 => attempts -= 1,
            Err(error) => return Err(error),
        }
    }
}

async fn answer_datagrams(speaker: impl Speaker, socket: UdpSocket) {
    let mut buffer = vec![0; 65_535];
    loop {
        match socket.recv_from(&mut buffer).await {
            Ok((length, peer)) => {
                if speaker.is_silent() {
                    continue;
                }
                if let Some(answer) = speaker.answer(&buffer[..length], None) {
                    let _ = socket.send_to(&answer, peer).await;
                }
            }
            // A peer that has gone away makes the next receive fail; that is its affair.
            Err(_) => tokio::task::yield_now().await,
        }
    }
}

async fn answer_connections(speaker: impl Speaker, mut door: Door) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            visit = door.accept() => {
                let speaker = speaker.clone();
                connections.spawn(async move {
                    // Whatever ends a connection concerns that connection only.
                    let _ = converse(&speaker, visit).await;
                });
            }
            Some(_) = connections.join_next() => {}
        }
    }
}

/// Answers one question after the other, as many as come (RFC 7766 §6.2.1.1).
async fn converse(speaker: &impl Speaker, mut visit: Visit) -> io::Result<()> {
    loop {
        let length = tokio::time::timeout(IDLE, visit.read_u16()).await??;
        let mut message = vec![0; usize::from(length)];
        tokio::time::timeout(IDLE, visit.read_exact(&mut message)).await??;
        let Some(answer) = speaker.answer(&message, Some(usize::from(u16::MAX))) else {
            return Ok(());
        };
        let mut framed = Vec::with_capacity(answer.len() + 2);
        framed.extend_from_slice(&u16::try_from(answer.len()).unwrap_or(u16::MAX).to_be_bytes());
        framed.extend_from_slice(&answer);
        visit.write_all(&framed).await?;
    }
}
