//! TLS: whom to trust, and that a failed handshake counts as not sent.
use std::sync::Arc;

use bytes::Bytes;
use cloud_http::{HttpOptions, HttpTransport, Transport, TransportErrorKind};
use rcgen::{CertifiedKey, generate_simple_self_signed};
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::server::{Server, answer};
use crate::support::later;

/// A TLS server that answers every request with "hello", and its certificate.
async fn start() -> (String, String) {
    let CertifiedKey { cert, signing_key } =
        generate_simple_self_signed(["127.0.0.1".to_owned()]).unwrap();
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(signing_key.serialize_der()));
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![cert.der().clone()], key)
        .unwrap();
    let acceptor = tokio_rustls::TlsAcceptor::from(Arc::new(config));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("https://{}/", listener.local_addr().unwrap());
    tokio::spawn(async move {
        loop {
            let (socket, _) = listener.accept().await.unwrap();
            let acceptor = acceptor.clone();
            tokio::spawn(async move {
                let Ok(mut stream) = acceptor.accept(socket).await else { return };
                let _ = stream.read(&mut [0; 4096]).await;
                let answer = b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello";
                let _ = stream.write_all(answer).await;
                let _ = stream.shutdown().await;
            });
        }
    });
    (url, cert.pem())
}

fn get(url: &str) -> http::Request<Bytes> {
    http::Request::get(url).body(Bytes::new()).unwrap()
}

fn transport(extra_roots: Option<&str>, only: bool) -> HttpTransport {
    let mut options = HttpOptions::default();
    options.connect_timeout = std::time::Duration::from_secs(30);
    options.extra_roots = extra_roots.map(str::to_owned);
    options.extra_roots_only = only;
    HttpTransport::new(options).unwrap()
}

#[tokio::test]
async fn an_unknown_certificate_is_refused_before_anything_is_sent() {
    let (url, _) = start().await;
    let error = transport(None, false).send(get(&url), later()).await.unwrap_err();
    assert_eq!(error.kind, TransportErrorKind::Connect);
    assert!(error.to_string().contains("no TLS with 127.0.0.1:"), "{error}");
    assert!(error.to_string().contains("certificate"), "{error}");
}

#[tokio::test]
async fn an_extra_root_is_trusted_with_or_without_the_systems() {
    let (url, pem) = start().await;
    for only in [false, true] {
        let response = transport(Some(&pem), only).send(get(&url), later()).await.unwrap();
        assert_eq!(&response.body()[..], b"hello");
    }
}

#[tokio::test]
async fn a_server_without_tls_was_not_sent_anything() {
    let server = Server::start(|_, _| answer(200, &[], "")).await;
    let url = server.url.replace("http://", "https://");
    let error = transport(None, false).send(get(&url), later()).await.unwrap_err();
    assert_eq!(error.kind, TransportErrorKind::Connect);
    assert_eq!(server.seen().len(), 0);
}
