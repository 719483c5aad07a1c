//! Small servers that answer one thing.
use std::net::SocketAddr;
use std::time::Duration;

use health::{Check, Kind, Outcome, Prober};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

/// Answers every connection with `response` after it has sent something, then closes it.
pub async fn answering(response: impl Into<Vec<u8>>) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let response = response.into();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let response = response.clone();
            tokio::spawn(async move {
                let mut request = vec![0; 4096];
                let _ = stream.read(&mut request).await;
                let _ = stream.write_all(&response).await;
            });
        }
    });
    address
}

/// An HTTP response.
pub fn response(status: &str, body: &str) -> String {
    format!("HTTP/1.1 {status}\r\nContent-Length: {}\r\n\r\n{body}", body.len())
}

/// An address on loopback where nobody listens.
pub async fn nobody() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap()
}

/// Runs one check with a patient timeout.
pub async fn probe(kind: Kind, address: SocketAddr) -> Outcome {
    probe_within(kind, address, Duration::from_secs(20)).await
}

/// Runs one check.
pub async fn probe_within(kind: Kind, address: SocketAddr, timeout: Duration) -> Outcome {
    Prober::new().probe(&Check::new(kind, timeout), address.ip()).await
}

/// What the operator reads; `"ok"` if all was well.
pub fn words(outcome: &Outcome) -> String {
    outcome.problem.as_ref().map_or_else(|| "ok".to_owned(), ToString::to_string)
}
