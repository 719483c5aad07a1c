//! HTTP checks.
use std::time::Duration;

use health::{HttpCheck, Kind};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use crate::server::{answering, nobody, probe, probe_within, response, words};

async fn check(answer: String, adjust: impl FnOnce(&mut HttpCheck)) -> String {
    let address = answering(answer).await;
    let mut http = HttpCheck::get(address.port(), "/health");
    adjust(&mut http);
    words(&probe(Kind::Http(http), address).await)
}

#[tokio::test]
async fn a_200_is_ok() {
    assert_eq!(check(response("200 OK", "hello"), |_| ()).await, "ok");
}

#[tokio::test]
async fn a_503_is_named() {
    assert_eq!(check(response("503 Service Unavailable", ""), |_| ()).await, "status 503");
}

#[tokio::test]
async fn the_expected_status_may_be_any_set() {
    let teapot = || response("418 I'm a teapot", "");
    assert_eq!(check(teapot(), |c| c.status = vec![200..=204, 418..=418]).await, "ok");
}

#[tokio::test]
async fn a_body_that_lacks_a_text_is_named() {
    let want = |c: &mut HttpCheck| c.contains = vec!["dbworking".to_owned()];
    assert_eq!(check(response("200 OK", "status: dbworking"), want).await, "ok");
    let words = check(response("200 OK", "dbbroken"), want).await;
    assert_eq!(words, "body lacks \"dbworking\"");
}

#[tokio::test]
async fn a_body_with_a_forbidden_text_is_named() {
    let refuse = |c: &mut HttpCheck| c.lacks = vec!["Fatal error".to_owned()];
    let words = check(response("200 OK", "PHP Fatal error: x"), refuse).await;
    assert_eq!(words, "body contains \"Fatal error\"");
}

#[tokio::test]
async fn only_the_first_bytes_of_a_body_count() {
    let body = format!("{}dbworking", "x".repeat(10_000));
    let cap = |c: &mut HttpCheck| {
        c.contains = vec!["dbworking".to_owned()];
        c.body_max = 100;
    };
    assert_eq!(check(response("200 OK", &body), cap).await, "body lacks \"dbworking\"");
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let answer = "HTTP/1.1 302 Found\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n";
    assert_eq!(check(answer.to_owned(), |_| ()).await, "status 302");
}

#[tokio::test]
async fn rubbish_is_not_http() {
    let words = check("SSH-2.0-OpenSSH_9.2\r\n".to_owned(), |_| ()).await;
    assert_eq!(words, "protocol error: the answer is not HTTP");
}

#[tokio::test]
async fn a_server_that_hangs_up_is_broken() {
    let words = check(String::new(), |_| ()).await;
    assert!(words.starts_with("connection broke: "), "{words}");
}

#[tokio::test]
async fn nobody_listening_is_refused() {
    let address = nobody().await;
    let http = HttpCheck::get(address.port(), "/");
    assert_eq!(words(&probe(Kind::Http(http), address).await), "connection refused");
}

#[tokio::test]
async fn a_server_that_never_answers_times_out_waiting_for_the_response() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let http = HttpCheck::get(address.port(), "/");
    let outcome = probe_within(Kind::Http(http), address, Duration::from_millis(200)).await;
    assert_eq!(words(&outcome), "timed out after 200 ms while waiting for the response");
}

#[tokio::test]
async fn a_body_that_never_ends_times_out_reading_it() {
    let answer = "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\npart";
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let hold = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        stream.write_all(answer.as_bytes()).await.unwrap();
        std::future::pending::<()>().await;
    });
    let mut http = HttpCheck::get(address.port(), "/");
    http.contains = vec!["whole".to_owned()];
    let outcome = probe_within(Kind::Http(http), address, Duration::from_millis(500)).await;
    assert_eq!(words(&outcome), "timed out after 500 ms while reading the body");
    hold.abort();
}

#[tokio::test]
async fn method_path_and_host_are_sent_as_configured() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let seen = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut request = vec![0; 4096];
        let length = stream.read(&mut request).await.unwrap();
        stream.write_all(response("204 No Content", "").as_bytes()).await.unwrap();
        String::from_utf8_lossy(&request[..length]).to_ascii_lowercase()
    });
    let mut http = HttpCheck::get(address.port(), "/a?b=c");
    http.method = "HEAD".to_owned();
    http.host = Some("app.example.com".to_owned());
    assert_eq!(words(&probe(Kind::Http(http), address).await), "ok");
    let seen = seen.await.unwrap();
    assert!(seen.starts_with("head /a?b=c http/1.1\r\n"), "{seen}");
    assert!(seen.contains(&format!("host: app.example.com:{}\r\n", address.port())), "{seen}");
}

#[tokio::test]
async fn a_path_that_is_not_one_is_this_sides_fault() {
    let words = check(response("200 OK", ""), |c| c.path = "/a b".to_owned()).await;
    assert!(words.starts_with("probe not run: the check's path"), "{words}");
}
