//! The toy sites, and how they break.

use std::io::ErrorKind;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use cloud_emulator::{Cloud, Emulator, Fault, Options};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};

use crate::quick;

async fn start() -> Emulator {
    quick::start(Options::default()).await
}

fn address(emulator: &Emulator, name: &str) -> SocketAddr {
    let site = emulator.info().sites.iter().find(|site| site.name == name).expect("the site");
    SocketAddr::new(site.address, site.port)
}

async fn get(emulator: &Emulator, name: &str) -> reqwest::Result<(u16, String)> {
    get_path(emulator, name, "/some/path?x=1").await
}

async fn get_path(emulator: &Emulator, name: &str, path: &str) -> reqwest::Result<(u16, String)> {
    let url = format!("http://{}{path}", address(emulator, name));
    let response = reqwest::Client::new().get(url).send().await?;
    Ok((response.status().as_u16(), response.text().await?))
}

#[tokio::test]
async fn sites_share_a_port_and_say_who_they_are_on_every_path() {
    let emulator = start().await;
    let (one, two) = (address(&emulator, "one"), address(&emulator, "two"));
    assert!(one.port() == two.port() && one.ip() != two.ip());
    for name in ["one", "two"] {
        let (status, body) = get(&emulator, name).await.expect("an answer");
        assert!(status == 200 && body.contains("dbworking") && body.contains(name), "{body}");
    }
}

#[tokio::test]
async fn a_killed_site_refuses_resets_and_comes_back_on_its_port() {
    let emulator = start().await;
    let site = address(&emulator, "one");
    let mut open = TcpStream::connect(site).await.expect("a connection");
    let kill = Fault::SiteKilled { site: "one".to_owned() };
    emulator.faults().set(kill.clone());
    emulator.faults().settled().await;
    let refused = TcpStream::connect(site).await.expect_err("nobody listens");
    assert_eq!(refused.kind(), ErrorKind::ConnectionRefused);
    let cut = open.read_u8().await.expect_err("the connection ends");
    assert_eq!(cut.kind(), ErrorKind::ConnectionReset);
    assert_eq!(get(&emulator, "two").await.expect("an answer").0, 200);
    emulator.faults().clear(&kill);
    emulator.faults().settled().await;
    assert_eq!(get(&emulator, "one").await.expect("an answer").0, 200);
}

#[tokio::test]
async fn a_killed_sites_port_is_not_given_to_anybody_else() {
    let emulator = start().await;
    let site = address(&emulator, "one");
    emulator.faults().set(Fault::SiteKilled { site: "one".to_owned() });
    emulator.faults().settled().await;
    let taken = TcpSocket::new_v4().expect("a socket").bind(site);
    assert_eq!(taken.expect_err("the port is kept").kind(), ErrorKind::AddrInUse);
}

#[tokio::test]
async fn a_black_hole_answers_neither_old_nor_new_connections_until_it_is_mended() {
    let emulator = start().await;
    let site = address(&emulator, "one");
    let mut old = TcpStream::connect(site).await.expect("a connection");
    let hole = Fault::SiteBlackHole { site: "one".to_owned() };
    emulator.faults().set(hole.clone());
    emulator.faults().settled().await;
    let mut new = TcpStream::connect(site).await.expect("the kernel's handshake");
    for stream in [&mut old, &mut new] {
        stream.write_all(b"GET / HTTP/1.1\r\nhost: x\r\n\r\n").await.expect("to send");
        let silence = tokio::time::timeout(Duration::from_millis(200), stream.read_u8()).await;
        assert!(silence.is_err(), "{silence:?}");
    }
    emulator.faults().clear(&hole);
    for stream in [&mut old, &mut new] {
        let first = tokio::time::timeout(Duration::from_secs(10), stream.read_u8()).await;
        assert_eq!(first.expect("in time").expect("an answer"), b'H');
    }
}

#[tokio::test]
async fn a_site_can_be_slow_or_answer_something_else() {
    let emulator = start().await;
    let (faults, site) = (emulator.faults(), "two".to_owned());
    faults.set(Fault::SiteStatus { site: site.clone(), status: 503 });
    let (status, body) = get(&emulator, "two").await.expect("an answer");
    assert!(status == 503 && body.contains("dbworking"));
    faults.set(Fault::SiteBody { site: site.clone(), body: "maintenance".to_owned() });
    assert_eq!(get(&emulator, "two").await.expect("an answer"), (503, "maintenance".to_owned()));
    faults.clear_all();
    faults.set(Fault::SiteSlow { site, millis: 200 });
    let started = Instant::now();
    assert_eq!(get(&emulator, "two").await.expect("an answer").0, 200);
    assert!(started.elapsed() >= Duration::from_millis(200));
    assert_eq!(get(&emulator, "one").await.expect("an answer").0, 200);
}

#[tokio::test]
async fn proxy_and_application_answer_for_themselves() {
    let emulator = start().await;
    let seen = async || {
        let mut seen = Vec::new();
        for path in ["/proxy-alive", "/app-alive", "/"] {
            let (status, body) = get_path(&emulator, "one", path).await.expect("an answer");
            seen.push((status, body.contains("alive") || body.contains("dbworking")));
        }
        seen
    };
    assert_eq!(seen().await, [(200, true); 3]);
    let site = "one".to_owned();
    emulator.faults().set(Fault::SiteBody { site: site.clone(), body: "no database".to_owned() });
    assert_eq!(seen().await, [(200, true), (200, true), (200, false)]);
    emulator.faults().set(Fault::SiteStatus { site, status: 503 });
    assert_eq!(seen().await, [(200, true), (503, true), (503, false)]);
}

#[tokio::test]
async fn a_cloud_takes_its_api_its_name_servers_and_its_site_down_with_it() {
    let emulator = start().await;
    emulator.faults().set(Fault::CloudDown { cloud: Cloud::Google });
    emulator.faults().settled().await;
    let info = emulator.info();
    let refused = async |address: &str| {
        let error = TcpStream::connect(address).await.expect_err("nobody listens");
        assert_eq!(error.kind(), ErrorKind::ConnectionRefused, "{address}");
    };
    refused(info.google.trim_start_matches("http://").trim_end_matches('/')).await;
    refused(&info.metadata).await;
    refused(&address(&emulator, "one").to_string()).await;
    let socket = tokio::net::UdpSocket::bind("127.0.0.1:0").await.expect("a socket");
    let server = info.dns.iter().find(|server| server.provider == Cloud::Google).expect("one");
    let question = b"\x00\x01\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00\x00\x00\x06\x00\x01";
    socket.send_to(question, &server.address).await.expect("to send");
    let mut buffer = [0; 512];
    let silence = tokio::time::timeout(Duration::from_millis(200), socket.recv(&mut buffer)).await;
    assert!(silence.is_err());
    assert_eq!(get(&emulator, "two").await.expect("an answer").0, 200);
    let zones = reqwest::Client::new().get(format!("{}/zones", info.hetzner));
    let zones = zones.bearer_auth(&info.tokens.hetzner).send().await.expect("an answer");
    assert_eq!(zones.status(), 200);
}
