//! ICMP and ICMPv6 echo (RFC 792, RFC 4443 section 4).
//!
//! Linux rewrites the identifier on unprivileged datagram sockets, so a reply is recognised by the
//! socket it arrives on, the sequence number and a random token in the payload, never by its
//! identifier.
use std::io;
use std::net::{IpAddr, SocketAddr};

use socket2::{Domain, Protocol, Socket, Type};
use tokio::net::UdpSocket;

use crate::connect::problem;
use crate::outcome::Problem;
use crate::stage::{Stage, Step};

const HEADER: usize = 8;
const TOKEN: usize = 16;

pub(crate) async fn echo(address: IpAddr, stage: &Stage) -> Result<(), Problem> {
    stage.enter(Step::AwaitingEcho);
    let (socket, raw) = open(address)?;
    let mut token = [0; TOKEN];
    getrandom::fill(&mut token).map_err(|e| Problem::NotRun { message: e.to_string() })?;
    let sequence = u16::from_be_bytes([token[0], token[1]]);
    let request = request(address, sequence, &token);
    socket.send(&request).await.map_err(|e| problem(&e))?;
    let mut buffer = [0; 1500];
    loop {
        let length = socket.recv(&mut buffer).await.map_err(|e| problem(&e))?;
        let strip = raw && address.is_ipv4();
        if is_reply(&buffer[..length], address, strip, sequence, &token) {
            return Ok(());
        }
    }
}

/// An unprivileged datagram socket, else a raw one; also says whether it is raw.
fn open(address: IpAddr) -> Result<(UdpSocket, bool), Problem> {
    match socket(address, Type::DGRAM) {
        Ok(socket) => Ok((socket, false)),
        Err(e) if is_denied(&e) => match socket(address, Type::RAW) {
            Ok(socket) => Ok((socket, true)),
            Err(e) if is_denied(&e) => Err(Problem::NotRun {
                message: "ICMP is not allowed here: put this process's group into \
                          net.ipv4.ping_group_range (sysctl -w \
                          net.ipv4.ping_group_range=\"0 2147483647\") or give it CAP_NET_RAW"
                    .to_owned(),
            }),
            Err(e) => Err(problem(&e)),
        },
        Err(e) => Err(problem(&e)),
    }
}

fn is_denied(error: &io::Error) -> bool {
    // A kernel without ping sockets answers "protocol not supported" (93) instead of EACCES.
    error.kind() == io::ErrorKind::PermissionDenied || error.raw_os_error() == Some(93)
}

fn socket(address: IpAddr, kind: Type) -> io::Result<UdpSocket> {
    let (domain, protocol) = match address {
        IpAddr::V4(_) => (Domain::IPV4, Protocol::ICMPV4),
        IpAddr::V6(_) => (Domain::IPV6, Protocol::ICMPV6),
    };
    let socket = Socket::new(domain, kind, Some(protocol))?;
    socket.set_nonblocking(true)?;
    socket.connect(&SocketAddr::new(address, 0).into())?;
    UdpSocket::from_std(socket.into())
}

fn request(address: IpAddr, sequence: u16, token: &[u8; TOKEN]) -> [u8; HEADER + TOKEN] {
    let mut packet = [0; HEADER + TOKEN];
    packet[0] = if address.is_ipv4() { 8 } else { 128 };
    packet[6..8].copy_from_slice(&sequence.to_be_bytes());
    packet[HEADER..].copy_from_slice(token);
    if address.is_ipv4() {
        // The kernel fills in ICMPv6 checksums, but not those of raw ICMPv4 sockets.
        let sum = checksum(&packet);
        packet[2..4].copy_from_slice(&sum.to_be_bytes());
    }
    packet
}

fn is_reply(
    packet: &[u8],
    address: IpAddr,
    strip_ip: bool,
    sequence: u16,
    token: &[u8; TOKEN],
) -> bool {
    let header = if strip_ip { packet.first().map_or(0, |b| usize::from(b & 0x0f) * 4) } else { 0 };
    let Some(icmp) = packet.get(header..) else { return false };
    let kind = if address.is_ipv4() { 0 } else { 129 };
    icmp.len() >= HEADER + TOKEN
        && icmp[0] == kind
        && icmp[6..8] == sequence.to_be_bytes()
        && &icmp[HEADER..HEADER + TOKEN] == token
}

/// The Internet checksum (RFC 1071).
fn checksum(data: &[u8]) -> u16 {
    let mut sum: u32 = data
        .chunks(2)
        .map(|pair| u32::from(u16::from_be_bytes([pair[0], pair.get(1).copied().unwrap_or(0)])))
        .sum();
    while sum > 0xffff {
        sum = (sum & 0xffff) + (sum >> 16);
    }
    !(u16::try_from(sum).unwrap_or(u16::MAX))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_packet_with_its_checksum_sums_to_zero(sequence: u16, token: [u8; TOKEN]) {
            let packet = request(IpAddr::from([127, 0, 0, 1]), sequence, &token);
            prop_assert_eq!(checksum(&packet), 0);
        }

        #[test]
        fn rubbish_is_never_a_reply(packet: Vec<u8>, strip: bool) {
            let address = IpAddr::from([127, 0, 0, 1]);
            prop_assert!(!is_reply(&packet, address, strip, 7, &[9; TOKEN]));
        }
    }

    #[test]
    fn a_reply_to_somebody_else_is_not_ours() {
        let address = IpAddr::from([127, 0, 0, 1]);
        let mut packet = request(address, 7, &[1; TOKEN]);
        packet[0] = 0;
        assert!(is_reply(&packet, address, false, 7, &[1; TOKEN]));
        assert!(!is_reply(&packet, address, false, 8, &[1; TOKEN]));
        assert!(!is_reply(&packet, address, false, 7, &[2; TOKEN]));
    }
}
