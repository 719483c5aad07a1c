//! Refused for good, try again, try again later: and no secret in any of it.
use std::sync::Arc;
use std::time::{Duration, Instant};

use cloud_http::{Failure, Retry};
use notify::{Channel, Kind, Matrix, Ntfy, PagerDuty, Slack, Telegram, Webhook, WebhookOptions};
use secrecy::SecretString;

use crate::receiver::{Answer, Receiver, message, soon, status, transport};

const SECRET: &str = "s3cr3t-0123456789abcdef";

/// Every HTTP channel there is, sending to `url` with [`SECRET`] wherever it has one.
fn channels(url: &str) -> Vec<Arc<dyn Channel>> {
    let secret = || SecretString::from(SECRET);
    let hook = || SecretString::from(format!("{url}/services/{SECRET}"));
    let mut options = WebhookOptions::new(format!("{url}/{SECRET}").into());
    options.secret = Some(secret());
    options.token = Some(secret());
    vec![
        Arc::new(Matrix::new(url, "!ops:example.com", secret(), transport())),
        Arc::new(Slack::new(hook(), transport()).expect("a channel")),
        Arc::new(Ntfy::new(url, "topic-of-ours", Some(secret()), transport())),
        Arc::new(Webhook::new(options, transport()).expect("a channel")),
        Arc::new(PagerDuty::new(secret(), transport()).endpoint(url)),
        Arc::new(Telegram::new(secret(), "1", transport()).endpoint(url)),
    ]
}

async fn failures(answer: Answer, patience: Duration) -> Vec<(&'static str, Failure)> {
    let server = Receiver::start(vec![answer]).await;
    let mut all = Vec::new();
    for channel in channels(&server.url) {
        let deadline = Instant::now() + patience;
        let failure = channel.deliver(&message(Kind::Raised), deadline).await;
        let failure = failure.expect_err(channel.kind());
        assert!(!failure.to_string().contains("s3cr3t"), "{}: {failure}", channel.kind());
        assert!(!format!("{channel:?}").contains("s3cr3t"), "{channel:?}");
        all.push((channel.kind(), failure));
    }
    all
}

#[tokio::test]
async fn what_the_vendor_will_never_take_is_refused_for_good() {
    for code in [400, 401, 403, 404, 410] {
        for (kind, failure) in
            failures(status(code, "invalid_payload"), crate::receiver::PATIENCE).await
        {
            assert_eq!(failure.retry, Retry::Never, "{kind} {code}");
            let said = failure.to_string();
            assert!(said.contains(&code.to_string()) && said.contains("invalid_payload"), "{said}");
        }
    }
}

#[tokio::test]
async fn a_vendor_that_is_unwell_is_tried_again() {
    for code in [500, 502, 503, 408] {
        for (kind, failure) in
            failures(status(code, "<html>oops</html>"), crate::receiver::PATIENCE).await
        {
            assert_eq!(failure.retry, Retry::Later, "{kind} {code}");
        }
    }
}

#[tokio::test]
async fn whoever_says_how_long_to_wait_is_waited_for_that_long() {
    let header = vec![("retry-after", "7".to_owned())];
    for (kind, failure) in failures(Answer::Say(429, header, ""), crate::receiver::PATIENCE).await {
        assert_eq!(failure.retry, Retry::After(Duration::from_secs(7)), "{kind}");
    }
    // Matrix and Telegram say it in the body.
    let matrix = r#"{"errcode": "M_LIMIT_EXCEEDED", "retry_after_ms": 2500}"#;
    let telegram = r#"{"ok": false, "error_code": 429, "parameters": {"retry_after": 9}}"#;
    for (body, wait) in [(matrix, Duration::from_millis(2500)), (telegram, Duration::from_secs(9))]
    {
        for (kind, failure) in failures(status(429, body), crate::receiver::PATIENCE).await {
            assert_eq!(failure.retry, Retry::After(wait), "{kind}");
        }
    }
}

#[tokio::test]
async fn a_vendor_that_hangs_is_left_at_the_deadline() {
    for (kind, failure) in failures(Answer::Hang, Duration::from_millis(300)).await {
        assert_eq!(failure.retry, Retry::Later, "{kind}");
        assert_eq!(failure.kind, cloud_http::Kind::Timeout, "{kind}: {failure}");
    }
}

#[tokio::test]
async fn where_nobody_listens_it_is_tried_again() {
    let gone = Receiver::start(vec![status(200, "")]).await.url.clone();
    for channel in channels(&gone) {
        let failure = channel.deliver(&message(Kind::Raised), soon()).await.expect_err("nobody");
        assert_eq!(failure.retry, Retry::Later, "{}: {failure}", channel.kind());
        assert!(!failure.to_string().contains("s3cr3t"), "{failure}");
    }
}

#[tokio::test]
async fn a_vendor_that_quotes_the_token_quotes_it_in_vain() {
    let quoted = "unknown token s3cr3t-0123456789abcdef in /services/s3cr3t-0123456789abcdef";
    for (kind, failure) in failures(status(401, quoted), crate::receiver::PATIENCE).await {
        assert!(failure.to_string().contains("401"), "{kind}: {failure}");
    }
}

#[tokio::test]
async fn a_redirect_is_not_followed_and_says_where_it_leads() {
    let to = vec![("location", "https://elsewhere.example/s3cr3t-0123456789abcdef".to_owned())];
    for (kind, failure) in failures(Answer::Say(301, to, ""), crate::receiver::PATIENCE).await {
        assert_eq!(failure.retry, Retry::Never, "{kind}");
        assert!(failure.to_string().contains("elsewhere.example"), "{failure}");
    }
}

#[tokio::test]
async fn what_is_no_url_is_refused_without_being_quoted() {
    let wrong = || SecretString::from("not a url s3cr3t");
    let slack = Slack::new(wrong(), transport()).expect_err("no URL").to_string();
    let webhook = Webhook::new(WebhookOptions::new(wrong()), transport()).expect_err("no URL");
    for said in [slack, webhook.to_string()] {
        assert!(said.contains("not a URL") && !said.contains("s3cr3t"), "{said}");
    }
}
