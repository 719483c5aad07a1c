//! The real transport: what counts as not sent, maybe sent, and not an answer.
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::time::{Duration, Instant};

use bytes::Bytes;
use cloud_http::{HttpOptions, HttpTransport, Transport, TransportError, TransportErrorKind};

use crate::server::{Server, answer};
use crate::support::{later, millis, nobody, transport};

fn get(url: &str) -> http::Request<Bytes> {
    http::Request::get(url).body(Bytes::new()).unwrap()
}

async fn fails(transport: &HttpTransport, url: &str, deadline: Instant) -> TransportError {
    let error = transport.send(get(url), deadline).await.unwrap_err();
    assert!(!error.to_string().contains("/path"), "{error}");
    error
}

/// A server that reads a request and then does what `then` does with the connection.
fn raw(then: impl Fn(TcpStream) + Send + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/path", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for connection in listener.incoming() {
            let mut connection = connection.unwrap();
            let mut seen = Vec::new();
            let mut chunk = [0; 1024];
            while !seen.windows(4).any(|end| end == b"\r\n\r\n") {
                match connection.read(&mut chunk) {
                    Ok(0) | Err(_) => break,
                    Ok(n) => seen.extend_from_slice(&chunk[..n]),
                }
            }
            then(connection);
        }
    });
    url
}

/// A listener whose queue is full: the kernel drops further connection attempts.
fn black_hole() -> (socket2::Socket, Vec<socket2::Socket>, SocketAddr) {
    use socket2::{Domain, Socket, Type};
    let listener = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
    listener.bind(&"127.0.0.1:0".parse::<SocketAddr>().unwrap().into()).unwrap();
    listener.listen(0).unwrap();
    let address = listener.local_addr().unwrap();
    let mut held = Vec::new();
    for _ in 0..64 {
        let client = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
        let full = client.connect_timeout(&address, Duration::from_millis(200)).is_err();
        held.push(client);
        if full {
            let address = address.as_socket().unwrap();
            return (listener, held, address);
        }
    }
    panic!("the kernel takes any number of connections");
}

#[tokio::test]
async fn a_refused_connection_was_not_sent() {
    let address = nobody();
    let error = fails(&transport(), &format!("http://{address}/path"), later()).await;
    assert_eq!(error.kind, TransportErrorKind::Connect);
    assert_eq!(error.to_string(), format!("{address} refused the connection"));
    assert!(!error.maybe_sent());
}

#[tokio::test]
async fn a_name_that_does_not_resolve_was_not_sent() {
    // A label of more than 63 characters fails without a question to any name server.
    let url = format!("http://{}.example/path", "x".repeat(70));
    let mut options = HttpOptions::default();
    options.allow_plain = true;
    let error = fails(&HttpTransport::new(options).unwrap(), &url, later()).await;
    assert_eq!(error.kind, TransportErrorKind::Connect);
    assert!(error.to_string().contains("does not resolve"), "{error}");
}

#[tokio::test]
async fn a_connection_that_never_stands_was_not_sent() {
    let (_listener, _held, address) = black_hole();
    let url = format!("http://{address}/path");
    let by_deadline = fails(&transport(), &url, millis(Instant::now(), 400)).await;
    assert_eq!(by_deadline.kind, TransportErrorKind::Connect, "{by_deadline}");
    let mut options = HttpOptions::default();
    options.connect_timeout = Duration::from_millis(200);
    let impatient = HttpTransport::new(options).unwrap();
    let by_option = fails(&impatient, &url, later()).await;
    assert_eq!(by_option.kind, TransportErrorKind::Connect, "{by_option}");
    assert!(by_option.to_string().contains("no connection to"), "{by_option}");
}

#[tokio::test]
async fn a_deadline_in_the_past_sends_nothing() {
    let server = Server::start(|_, _| answer(200, &[], "")).await;
    let error = fails(&transport(), &format!("{}/path", server.url), Instant::now()).await;
    assert_eq!(error.kind, TransportErrorKind::Connect);
    assert_eq!(server.seen().len(), 0);
}

#[tokio::test]
async fn silence_after_the_request_may_have_been_sent() {
    let url = raw(|connection| {
        std::thread::sleep(Duration::from_secs(3600));
        drop(connection);
    });
    let error = fails(&transport(), &url, millis(Instant::now(), 2000)).await;
    assert_eq!(error.kind, TransportErrorKind::Timeout);
    assert!(error.to_string().contains("within 2.0 s"), "{error}");
    assert!(error.maybe_sent());
}

#[tokio::test]
async fn the_deadline_bounds_the_body_too() {
    let url = raw(|mut connection| {
        connection.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 1000000\r\n\r\n").unwrap();
        while connection.write_all(b"x").is_ok() {
            std::thread::sleep(Duration::from_millis(20));
        }
    });
    let error = fails(&transport(), &url, millis(Instant::now(), 2000)).await;
    assert_eq!(error.kind, TransportErrorKind::Timeout);
}

#[tokio::test]
async fn a_connection_that_breaks_may_have_been_sent() {
    let before_the_answer = raw(drop);
    let amid_the_answer = raw(|mut connection| {
        connection.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nabc").unwrap();
    });
    for url in [before_the_answer, amid_the_answer] {
        let error = fails(&transport(), &url, later()).await;
        assert_eq!(error.kind, TransportErrorKind::Interrupted, "{error}");
        assert!(error.maybe_sent());
    }
}

#[tokio::test]
async fn what_is_not_http_is_not_an_answer() {
    let url = raw(|mut connection| {
        connection.write_all(b"220 mail.example.com ESMTP\r\n").unwrap();
    });
    let error = fails(&transport(), &url, later()).await;
    assert_eq!(error.kind, TransportErrorKind::Response, "{error}");
}

#[tokio::test]
async fn an_answer_over_the_limit_is_refused_whether_announced_or_not() {
    let mut options = HttpOptions::default();
    options.response_max = 1000;
    let small = HttpTransport::new(options).unwrap();
    let announced = Server::start(|_, _| answer(200, &[], &"x".repeat(1001))).await;
    let chunked = raw(|mut connection| {
        let head = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n";
        connection.write_all(head).unwrap();
        let chunk = format!("{:x}\r\n{}\r\n", 600, "x".repeat(600));
        while connection.write_all(chunk.as_bytes()).is_ok() {}
    });
    for url in [format!("{}/path", announced.url), chunked] {
        let error = fails(&small, &url, later()).await;
        assert_eq!(error.kind, TransportErrorKind::Response);
        assert!(error.to_string().contains("larger than 1000 bytes"), "{error}");
    }
    let fits = Server::start(|_, _| answer(200, &[], &"x".repeat(1000))).await;
    assert_eq!(small.send(get(&fits.url), later()).await.unwrap().body().len(), 1000);
}

#[tokio::test]
async fn any_status_is_an_answer_and_redirects_stay_where_they_are() {
    let server = Server::start(|_, seen| {
        answer(seen.target[1..].parse().unwrap(), &[("location", "/200"), ("x-a", "b")], "body")
    })
    .await;
    for status in [200, 302, 404, 503] {
        let url = format!("{}/{status}", server.url);
        let response = transport().send(get(&url), later()).await.unwrap();
        assert_eq!(response.status().as_u16(), status);
        assert_eq!(response.headers()["x-a"], "b");
        assert_eq!(&response.body()[..], b"body");
    }
    assert_eq!(server.seen().len(), 4);
}

#[tokio::test]
async fn plain_http_is_for_loopback_unless_it_is_allowed() {
    let error = fails(&transport(), "http://api.example.com/path", later()).await;
    assert_eq!(error.kind, TransportErrorKind::Request);
    assert!(error.to_string().contains("use https"), "{error}");
    for url in ["ftp://127.0.0.1/path", "/path"] {
        let error = fails(&transport(), url, later()).await;
        assert_eq!(error.kind, TransportErrorKind::Request);
    }
}

#[tokio::test]
async fn a_url_with_a_password_is_refused_without_repeating_it() {
    let error = fails(&transport(), "https://me:hunter2@127.0.0.1/path", later()).await;
    assert_eq!(error.kind, TransportErrorKind::Request);
    assert!(!error.to_string().contains("hunter2"), "{error}");
}

#[tokio::test]
async fn a_proxy_is_used_for_others_and_not_for_this_machine() {
    let proxy = Server::start(|_, _| answer(200, &[], "from the proxy")).await;
    let local = Server::start(|_, _| answer(200, &[], "from here")).await;
    let mut options = HttpOptions::default();
    options.allow_plain = true;
    options.connect_timeout = Duration::from_secs(30);
    options.proxy = Some(format!("http://user:hunter2@{}", proxy.host()).into());
    assert!(!format!("{options:?}").contains("hunter2"));
    let transport = HttpTransport::new(options).unwrap();
    let response = transport.send(get("http://api.example.com/x"), later()).await.unwrap();
    assert_eq!(&response.body()[..], b"from the proxy");
    assert_eq!(proxy.seen()[0].target, "http://api.example.com/x");
    let response = transport.send(get(&local.url), later()).await.unwrap();
    assert_eq!(&response.body()[..], b"from here");
}

#[test]
fn unusable_options_are_explained() {
    let refused = |change: fn(&mut HttpOptions)| {
        let mut options = HttpOptions::default();
        change(&mut options);
        HttpTransport::new(options).unwrap_err().to_string()
    };
    let proxy = refused(|options| options.proxy = Some("http://me:hunter2@[".into()));
    assert!(proxy.contains("proxy") && !proxy.contains("hunter2"), "{proxy}");
    let roots = refused(|options| options.extra_roots = Some("not a certificate".to_owned()));
    assert!(roots.contains("BEGIN CERTIFICATE"), "{roots}");
    refused(|options| {
        let pem = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
        options.extra_roots = Some(pem.to_owned());
    });
}
