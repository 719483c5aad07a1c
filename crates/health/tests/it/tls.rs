//! TLS and HTTPS checks.
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use health::{Check, HttpCheck, Kind, Outcome, Prober, TlsCheck, Warning};
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

const DAY: i64 = 86_400;

struct Site {
    address: SocketAddr,
    root: Vec<u8>,
}

/// A TLS server for `site.test` whose certificate ends `days` days from now.
async fn site(days: i64) -> Site {
    let root_key = KeyPair::generate().unwrap();
    let mut root = CertificateParams::new(Vec::new()).unwrap();
    // Two roots of the same name would differ by signature only, which is another message.
    root.distinguished_name.push(DnType::CommonName, format!("root of {days} days"));
    root.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let root_cert = root.self_signed(&root_key).unwrap();
    let issuer = Issuer::new(root, root_key);
    let key = KeyPair::generate().unwrap();
    let mut params = CertificateParams::new(vec!["site.test".to_owned()]).unwrap();
    let now = std::time::SystemTime::now();
    let secs = |days: i64| Duration::from_secs(u64::try_from(days.abs() * DAY).unwrap());
    params.not_before = (now - secs(100)).into();
    params.not_after = if days < 0 { now - secs(days) } else { now + secs(days) }.into();
    let cert = params.signed_by(&key, &issuer).unwrap();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(
            vec![cert.der().clone()],
            PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der())),
        )
        .unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let acceptor = acceptor.clone();
            tokio::spawn(async move {
                let Ok(mut stream) = acceptor.accept(stream).await else { return };
                let mut request = vec![0; 4096];
                let _ = stream.read(&mut request).await;
                let answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
                let _ = stream.write_all(answer.as_bytes()).await;
                let _ = stream.shutdown().await;
            });
        }
    });
    Site { address, root: root_cert.der().to_vec() }
}

async fn run(prober: &Prober, kind: Kind, site: &Site) -> Outcome {
    prober.probe(&Check::new(kind, Duration::from_secs(20)), site.address.ip()).await
}

fn tls(site: &Site, host: &str) -> Kind {
    Kind::Tls(TlsCheck::new(site.address.port(), Some(host.to_owned())))
}

fn words(outcome: &Outcome) -> String {
    outcome.problem.as_ref().map_or_else(|| "ok".to_owned(), ToString::to_string)
}

#[tokio::test]
async fn a_trusted_certificate_is_ok() {
    let site = site(90).await;
    let prober = Prober::with_roots([site.root.clone()]);
    let outcome = run(&prober, tls(&site, "site.test"), &site).await;
    assert_eq!((words(&outcome).as_str(), outcome.warnings.len()), ("ok", 0));
}

#[tokio::test]
async fn a_certificate_that_ends_soon_is_a_warning_only() {
    let site = site(3).await;
    let prober = Prober::with_roots([site.root.clone()]);
    let outcome = run(&prober, tls(&site, "site.test"), &site).await;
    assert!(outcome.is_ok());
    let [Warning::CertificateExpires { in_secs }] = outcome.warnings[..] else {
        panic!("{:?}", outcome.warnings)
    };
    assert!((2 * 86_400..=3 * 86_400).contains(&in_secs), "{in_secs}");
}

#[tokio::test]
async fn an_expired_certificate_is_named() {
    let site = site(-1).await;
    let prober = Prober::with_roots([site.root.clone()]);
    let outcome = run(&prober, tls(&site, "site.test"), &site).await;
    assert_eq!(words(&outcome), "TLS: the certificate has expired");
}

#[tokio::test]
async fn a_certificate_for_another_name_is_named() {
    let site = site(90).await;
    let prober = Prober::with_roots([site.root.clone()]);
    let outcome = run(&prober, tls(&site, "other.test"), &site).await;
    assert_eq!(words(&outcome), "TLS: the certificate is for another name");
}

#[tokio::test]
async fn an_unknown_issuer_is_named_and_can_be_accepted_on_purpose() {
    let site = site(90).await;
    // Its own root beside the system's: a container without any root certificates still has one.
    let stranger = self::site(91).await;
    let prober = Prober::with_roots([stranger.root]);
    let outcome = run(&prober, tls(&site, "site.test"), &site).await;
    assert_eq!(words(&outcome), "TLS: the certificate was not issued by a trusted authority");
    let mut lenient = TlsCheck::new(site.address.port(), Some("site.test".to_owned()));
    lenient.verify = false;
    assert!(run(&prober, Kind::Tls(lenient), &site).await.is_ok());
}

#[tokio::test]
async fn https_judges_certificate_and_answer() {
    let site = site(3).await;
    let prober = Prober::with_roots([site.root.clone()]);
    let mut http = HttpCheck::get(site.address.port(), "/");
    http.https = true;
    http.host = Some("site.test".to_owned());
    http.contains = vec!["ok".to_owned()];
    let outcome = run(&prober, Kind::Http(http.clone()), &site).await;
    assert_eq!((words(&outcome).as_str(), outcome.warnings.len()), ("ok", 1));
    http.contains = vec!["dbworking".to_owned()];
    let outcome = run(&prober, Kind::Http(http), &site).await;
    assert_eq!(words(&outcome), "body lacks \"dbworking\"");
}

#[tokio::test]
async fn a_server_without_tls_is_not_mistaken_for_a_certificate_problem() {
    let plain = crate::server::answering("HTTP/1.1 400 Bad Request\r\n\r\n").await;
    let site = Site { address: plain, root: self::site(90).await.root };
    let prober = Prober::with_roots([site.root.clone()]);
    let words = words(&run(&prober, tls(&site, "site.test"), &site).await);
    assert!(words.starts_with("TLS: ") && !words.contains("certificate"), "{words}");
}
