//! TCP checks.
use std::time::Duration;

use health::Kind;
use socket2::{Domain, Socket, Type};

use crate::server::{answering, nobody, probe, probe_within, words};

#[tokio::test]
async fn a_listening_port_is_ok() {
    let address = answering("").await;
    assert_eq!(words(&probe(Kind::Tcp { port: address.port() }, address).await), "ok");
}

#[tokio::test]
async fn a_closed_port_is_refused() {
    let address = nobody().await;
    let outcome = probe(Kind::Tcp { port: address.port() }, address).await;
    assert_eq!(words(&outcome), "connection refused");
}

#[tokio::test]
async fn a_port_that_drops_packets_times_out_while_connecting() {
    // A listener whose queue is full makes Linux drop further SYNs: a black hole without a network.
    let listener = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
    listener.bind(&"127.0.0.1:0".parse::<std::net::SocketAddr>().unwrap().into()).unwrap();
    listener.listen(0).unwrap();
    let address = listener.local_addr().unwrap().as_socket().unwrap();
    let _fill: Vec<_> = (0..4)
        .map(|_| tokio::spawn(async move { tokio::net::TcpStream::connect(address).await }))
        .collect();
    tokio::time::sleep(Duration::from_millis(200)).await;
    let timeout = Duration::from_millis(300);
    let outcome = probe_within(Kind::Tcp { port: address.port() }, address, timeout).await;
    assert_eq!(words(&outcome), "timed out after 300 ms while connecting");
    assert!(outcome.elapsed >= timeout);
}
