//! The panel's files: caching, encodings, deep links.
use reqwest::Method;

use crate::harness::Running;

#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_has_not_changed_is_not_sent_again() {
    let running = Running::start().await;
    let first = running.ask(Method::GET, "/").send().await.expect("an answer");
    assert_eq!(first.headers()["cache-control"], "no-cache");
    assert_eq!(first.headers()["vary"], "accept-encoding");
    let tag = first.headers()["etag"].clone();
    let body = first.text().await.expect("a page");
    assert!(body.contains("Schwenk"), "{body}");
    for value in [tag.to_str().expect("text"), "\"x\", *"] {
        let again = running.ask(Method::GET, "/").header("if-none-match", value).send().await;
        let again = again.expect("an answer");
        assert_eq!((again.status().as_u16(), &again.headers()["etag"]), (304, &tag));
    }
    let other = running.ask(Method::GET, "/").header("if-none-match", "\"other\"").send().await;
    assert_eq!(other.expect("an answer").status(), 200);
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn head_answers_like_get_without_the_body() {
    let running = Running::start().await;
    let get = running.ask(Method::GET, "/").send().await.expect("an answer");
    let head = running.ask(Method::HEAD, "/").send().await.expect("an answer");
    for name in ["etag", "content-type", "content-length", "cache-control"] {
        assert_eq!(head.headers()[name], get.headers()[name], "{name}");
    }
    assert!(head.bytes().await.expect("no body").is_empty());
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deep_link_is_the_page_and_a_missing_file_is_none() {
    let running = Running::start().await;
    let page = running.ask(Method::GET, "/").send().await.expect("an answer").text().await;
    let page = page.expect("a page");
    for path in ["/services/app.example.com", "/login", "/zones/example.test?x=1"] {
        let response = running.ask(Method::GET, path).send().await.expect("an answer");
        assert_eq!(response.status(), 200, "{path}");
        assert_eq!(response.text().await.expect("a page"), page, "{path}");
    }
    for path in ["/assets/none.wasm", "/api/none", "/api"] {
        let response = running.ask(Method::GET, path).send().await.expect("an answer");
        assert_eq!(response.status(), 404, "{path}");
    }
    let icon = running.ask(Method::GET, "/favicon.ico").send().await.expect("an answer");
    assert!(icon.headers()["content-type"].to_str().is_ok_and(|kind| kind.starts_with("image/")));
    let post = running.ask(Method::POST, "/").send().await.expect("an answer");
    assert_eq!(
        (post.status().as_u16(), &post.headers()["allow"]),
        (405, &"GET, HEAD".parse().unwrap())
    );
    running.stop().await;
}
