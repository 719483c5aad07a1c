//! The MariaDB check against impostors: nothing they say may panic or hang.
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use health::{MariadbCheck, Problem};
use rcgen::{CertificateParams, KeyPair};
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

use crate::mariadb::within;
use crate::mariadb_server::Authority;

/// Answers each connection with the next of `answers`, as often as anything is sent.
async fn impostor(answers: Vec<Vec<u8>>) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let answers = Arc::new(answers);
    tokio::spawn(async move {
        for place in 0.. {
            let Ok((mut stream, _)) = listener.accept().await else { return };
            let answer = answers[place % answers.len()].clone();
            tokio::spawn(async move {
                let mut buffer = [0; 1024];
                // Both sides may break off at any moment.
                let _ = stream.write_all(&answer).await;
                for _ in 0..4 {
                    match stream.read(&mut buffer).await {
                        Ok(length) if length > 0 => {}
                        _ => return,
                    }
                    let _ = stream.write_all(&answer).await;
                }
            });
        }
    });
    address
}

/// The greeting of a server, without TLS among its capabilities if `tls` is off.
fn greeting(tls: bool) -> Vec<u8> {
    let mut body = vec![10];
    body.extend_from_slice(b"5.5.5-10.11.19-MariaDB\0");
    body.extend_from_slice(&[7, 0, 0, 0]);
    body.extend_from_slice(b"abcdefgh\0");
    body.extend_from_slice(if tls { &[0xfe, 0xff] } else { &[0xfe, 0xf7] });
    body.extend_from_slice(&[8, 2, 0, 0xff, 0x81, 21]);
    body.extend_from_slice(&[0; 10]);
    body.extend_from_slice(b"abcdefghijkl\0mysql_native_password\0");
    let length = u32::try_from(body.len()).unwrap().to_le_bytes();
    [&length[..3], &[0], &body].concat()
}

#[tokio::test]
async fn what_speaks_something_else_is_not_taken_for_a_database() {
    let answers: Vec<Vec<u8>> = vec![
        b"HTTP/1.1 400 Bad Request\r\n\r\n".to_vec(),
        b"SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n".to_vec(),
        vec![0; 512],
        vec![0xff; 512],
        [&greeting(true)[..10], &[0; 3]].concat(),
        greeting(true),
        greeting(false),
    ];
    let count = answers.len();
    let address = impostor(answers).await;
    for _ in 0..count {
        let ca = Authority::new("anybody").pem.into_bytes();
        let mut check = MariadbCheck::new("watch", "geheim".into(), ca);
        check.port = address.port();
        let outcome = within(check, Duration::from_millis(500)).await;
        assert!(!outcome.is_ok());
        assert_eq!(outcome.database, None);
    }
}

/// Gets through TLS and says that the login is fine; whatever is asked then, it answers `answer`.
async fn insider(answers: Vec<Vec<u8>>) -> SocketAddr {
    let key = KeyPair::generate().unwrap();
    let params = CertificateParams::new(vec!["insider.test".to_owned()]).unwrap();
    let certificate = params.self_signed(&key).unwrap();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(
            vec![certificate.der().clone()],
            PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der())),
        )
        .unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let answers = Arc::new(answers);
    tokio::spawn(async move {
        for place in 0.. {
            let Ok((mut stream, _)) = listener.accept().await else { return };
            let (acceptor, answer) = (acceptor.clone(), answers[place % answers.len()].clone());
            tokio::spawn(async move {
                let _ = stream.write_all(&greeting(true)).await;
                // Four bytes of header and the 32 of the request for TLS.
                let mut request = [0; 36];
                let _ = stream.read_exact(&mut request).await;
                let Ok(mut stream) = acceptor.accept(stream).await else { return };
                let mut buffer = [0; 4096];
                let _ = stream.read(&mut buffer).await;
                let fine = [7, 0, 0, 3, 0, 0, 0, 2, 0, 0, 0];
                let _ = stream.write_all(&fine).await;
                while let Ok(1..) = stream.read(&mut buffer).await {
                    let _ = stream.write_all(&answer).await;
                }
            });
        }
    });
    address
}

/// One row of one text column, as the protocol has it.
fn row() -> Vec<u8> {
    let packet = |number: u8, body: &[u8]| {
        let length = u32::try_from(body.len()).unwrap().to_le_bytes();
        [&length[..3], &[number], body].concat()
    };
    let column = b"\x03def\0\0\0\x07version\0\x0c\x21\0\xff\0\0\0\xfd\0\0\x1f\0\0";
    [
        packet(1, &[1]),
        packet(2, column),
        packet(3, &[0xfe, 0, 0, 2, 0]),
        packet(4, b"\x0f10.11.19-MariaD"),
        packet(5, &[0xfe, 0, 0, 2, 0]),
    ]
    .concat()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_speaks_rubbish_after_the_login_is_survived_too() {
    let mut next = rubbish();
    let fine: Vec<u8> = vec![7, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0];
    let mut answers = vec![fine.clone(), row()];
    for round in 0..300 {
        let mut bytes = [fine.clone(), row()][round % 2].clone();
        for _ in 0..=next() % 4 {
            let place = usize::try_from(next()).unwrap() % bytes.len();
            bytes[place] = next().to_le_bytes()[0];
        }
        answers.push(bytes);
    }
    let count = answers.len();
    let address = insider(answers).await;
    for _ in 0..count / 8 {
        let probes = (0..8).map(|_| {
            let mut check = MariadbCheck::new("watch", "geheim".into(), Vec::new());
            check.port = address.port();
            check.verify = false;
            within(check, Duration::from_millis(500))
        });
        for outcome in futures_util::future::join_all(probes).await {
            // Some of it passes for an answer; none of it is this machine's fault.
            assert!(!matches!(&outcome.problem, Some(Problem::NotRun { .. })), "{outcome:?}");
        }
    }
}

/// The same bytes in every run.
fn rubbish() -> impl FnMut() -> u64 {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state
    }
}

/// Bytes that look like the protocol for a while and then do not: nothing may panic or hang.
#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_speaks_rubbish_never_takes_the_watcher_down() {
    let mut next = rubbish();
    let mut answers = Vec::new();
    for round in 0..400 {
        let mut bytes = greeting(round % 2 == 0);
        match round % 4 {
            0 => bytes = (0..next() % 200).map(|_| next().to_le_bytes()[0]).collect(),
            1 => bytes.truncate(usize::try_from(next()).unwrap() % bytes.len()),
            _ => {
                for _ in 0..=next() % 6 {
                    let place = usize::try_from(next()).unwrap() % bytes.len();
                    bytes[place] = next().to_le_bytes()[0];
                }
            }
        }
        answers.push(bytes);
    }
    let count = answers.len();
    let address = impostor(answers).await;
    let ca = Authority::new("anybody").pem.into_bytes();
    for _ in 0..count / 16 {
        let probes = (0..16).map(|_| {
            let mut check = MariadbCheck::new("watch", "geheim".into(), ca.clone());
            check.port = address.port();
            within(check, Duration::from_millis(300))
        });
        for outcome in futures_util::future::join_all(probes).await {
            assert!(!outcome.is_ok(), "{outcome:?}");
        }
    }
}
