//! The dead man's switch, at a server with Healthchecks' paths.
use cloud_http::Retry;
use notify::{Heartbeat, Ping};
use secrecy::SecretString;

use crate::receiver::{Receiver, ok, soon, status, transport};

#[tokio::test]
async fn start_success_and_failure_have_a_path_each() {
    let server = Receiver::start(vec![ok("OK")]).await;
    let url = SecretString::from(format!("{}/ping/8b1f/", server.url));
    let heartbeat = Heartbeat::new(url, transport()).expect("a URL");
    for ping in [Ping::Start, Ping::Success, Ping::Fail("the disk is full".to_owned())] {
        heartbeat.send(&ping, soon()).await.expect("taken");
    }
    let seen = server.seen();
    let paths: Vec<&str> = seen.iter().map(|seen| seen.path.as_str()).collect();
    assert_eq!(paths, ["/ping/8b1f/start", "/ping/8b1f", "/ping/8b1f/fail"]);
    assert_eq!(seen[2].body, "the disk is full");
}

#[tokio::test]
async fn a_switch_that_does_not_answer_well_is_a_failure_without_its_url() {
    let server = Receiver::start(vec![status(500, "no /0123456789abcdef here")]).await;
    let url = SecretString::from(format!("{}/0123456789abcdef", server.url));
    let heartbeat = Heartbeat::new(url, transport()).expect("a URL");
    let failure = heartbeat.send(&Ping::Success, soon()).await.expect_err("unwell");
    assert_eq!(failure.retry, Retry::Later);
    assert!(!failure.to_string().contains("0123456789abcdef"), "{failure}");
    assert!(Heartbeat::new(SecretString::from("nonsense"), transport()).is_err());
    assert!(Heartbeat::new(SecretString::from("https://x.example/?a=b"), transport()).is_err());
}
