//! Who may come in, how they stay out, and what other sites cannot make a browser do.
use reqwest::header::{HeaderMap, SET_COOKIE};
use reqwest::{Method, RequestBuilder, Response};
use serde_json::json;

use crate::harness::{Running, VIEWER, json};

impl Running {
    fn login(&self, user: &str, password: &str) -> RequestBuilder {
        let body = json!({ "user": user, "password": password }).to_string();
        self.ask(Method::POST, "/api/v1/login")
            .header("content-type", "application/json")
            .body(body)
    }

    /// Logs in and returns the cookie to send from now on.
    async fn cookie(&self) -> String {
        let response = self.login("demo", &self.password).send().await.expect("an answer");
        assert_eq!(response.status(), 200);
        let cookie = response.headers()[SET_COOKIE].to_str().expect("text").to_owned();
        cookie.split(';').next().expect("a pair").to_owned()
    }

    fn with_cookie(&self, method: Method, path: &str, cookie: &str) -> RequestBuilder {
        self.ask(method, &format!("/api/v1{path}")).header("cookie", cookie)
    }
}

async fn kind(response: Response) -> (u16, String) {
    let status = response.status().as_u16();
    (status, json(response).await["type"].as_str().unwrap_or_default().to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_shown_to_strangers() {
    let running = Running::start().await;
    for path in [
        "/session",
        "/snapshot",
        "/live",
        "/changes",
        "/events",
        "/version",
        "/services/app/plan?to=london",
        "/demo/faults",
    ] {
        let response = running.ask(Method::GET, &format!("/api/v1{path}")).send().await;
        let response = response.expect("an answer");
        assert_eq!(response.headers()["www-authenticate"], "Bearer", "{path}");
        assert_eq!(kind(response).await, (401, "no_session".to_owned()), "{path}");
    }
    let health = running.ask(Method::GET, "/api/v1/health").send().await.expect("an answer");
    assert_eq!(health.status(), 204, "only that it lives");
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_login_lasts_until_the_logout() {
    let running = Running::start().await;
    let response = running.login("demo", &running.password).send().await.expect("an answer");
    let cookie = response.headers()[SET_COOKIE].to_str().expect("text").to_owned();
    for part in ["HttpOnly", "SameSite=Strict", "Path=/", "Max-Age=43200"] {
        assert!(cookie.contains(part), "{cookie} lacks {part}");
    }
    assert!(!cookie.contains("Secure"), "browsers would drop it on plain loopback HTTP");
    let session = json(response).await;
    assert_eq!(session, json!({ "user": "demo", "role": "operate", "demo": true }));
    let cookie = cookie.split(';').next().expect("a pair");
    let again = running.with_cookie(Method::GET, "/session", cookie).send().await;
    assert_eq!(json(again.expect("an answer")).await, session);
    let logout = running.with_cookie(Method::POST, "/logout", cookie).send().await;
    let logout = logout.expect("an answer");
    assert_eq!(logout.status(), 204);
    assert!(logout.headers()[SET_COOKIE].to_str().expect("text").contains("Max-Age=0"));
    let after = running.with_cookie(Method::GET, "/session", cookie).send().await;
    assert_eq!(kind(after.expect("an answer")).await.0, 401, "the old cookie opens nothing");
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn guessing_is_stopped_and_does_not_tell_who_exists() {
    let running = Running::start().await;
    assert_eq!(running.get("/session").await["user"], "demo-cli");
    let mut answers = Vec::new();
    for user in ["demo", "nobody", "demo", "nobody", "demo"] {
        let response = running.login(user, "wrong").send().await.expect("an answer");
        assert_eq!(response.status(), 401);
        answers.push(json(response).await);
    }
    assert!(answers.windows(2).all(|pair| pair[0] == pair[1]), "{answers:?}");
    let response = running.login("demo", &running.password).send().await.expect("an answer");
    let wait = response.headers()["retry-after"].to_str().expect("text").parse::<u64>();
    assert!((1..=13).contains(&wait.expect("a number")));
    assert_eq!(kind(response).await, (429, "too_many_attempts".to_owned()));
    // Somebody with a proved token is not kept out by others' guesses.
    assert_eq!(running.get("/session").await["user"], "demo-cli");
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_viewer_looks_and_does_not_touch() {
    let running = Running::start().await;
    let viewer =
        |method, path: &str| running.ask(method, &format!("/api/v1{path}")).bearer_auth(VIEWER);
    let session = viewer(Method::GET, "/session").send().await.expect("an answer");
    assert_eq!(json(session).await["role"], "view");
    for (path, body) in [
        ("/services/app/command", json!({ "do": "arm" })),
        ("/demo/fault", json!({ "id": "london-kill", "on": true })),
    ] {
        let request = viewer(Method::POST, path).header("content-type", "application/json");
        let response = request.body(body.to_string()).send().await.expect("an answer");
        assert_eq!(kind(response).await, (403, "wrong_role".to_owned()), "{path}");
    }
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_token_opens_nothing() {
    let running = Running::start().await;
    for token in ["", "x", "viewers-toke", &"x".repeat(5000)] {
        let response = running.ask(Method::GET, "/api/v1/snapshot").bearer_auth(token).send().await;
        assert_eq!(kind(response.expect("an answer")).await.0, 401, "{token}");
    }
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn another_site_cannot_use_the_session() {
    let running = Running::start().await;
    let cookie = running.cookie().await;
    let arm = |headers: &[(&'static str, &str)]| {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.insert(*name, value.parse().expect("a header"));
        }
        let request = running.with_cookie(Method::POST, "/services/app/command", &cookie);
        let body = json!({ "do": "arm" }).to_string();
        request.header("content-type", "application/json").headers(map).body(body).send()
    };
    for foreign in [
        &[("sec-fetch-site", "cross-site")][..],
        &[("sec-fetch-site", "same-site")],
        &[("origin", "https://evil.example")],
        &[("origin", "null")],
    ] {
        let response = arm(foreign).await.expect("an answer");
        assert!(response.headers().contains_key("content-security-policy"));
        assert_eq!(kind(response).await, (403, "cross_site".to_owned()), "{foreign:?}");
    }
    let own = [("sec-fetch-site", "same-origin"), ("origin", running.url.as_str())];
    let response = arm(&own).await.expect("an answer");
    assert_eq!(kind(response).await, (409, "already_so".to_owned()), "it came through");
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn behind_a_tls_proxy_the_cookie_is_bound_to_it() {
    let origin = "https://schwenk.example.com";
    let running = Running::start_as(|server| server.public_origin = Some(origin.to_owned())).await;
    let login = running.login("demo", &running.password).header("origin", origin);
    let response = login.send().await.expect("an answer");
    assert_eq!(response.status(), 200, "the proxy's origin is our own");
    let cookie = response.headers()[SET_COOKIE].to_str().expect("text");
    assert!(cookie.starts_with("__Host-schwenk=") && cookie.ends_with("; Secure"), "{cookie}");
    assert_eq!(response.headers()["strict-transport-security"], "max-age=31536000");
    let guess = |from: &'static str| {
        let request = running.login("demo", "wrong").header("x-forwarded-for", from);
        async move { request.send().await.expect("an answer").status().as_u16() }
    };
    for _ in 0..5 {
        assert_eq!(guess("spoofed, 203.0.113.9").await, 401);
    }
    assert_eq!(guess("other, 203.0.113.9").await, 429, "only the proxy's own entry counts");
    assert_eq!(guess("203.0.113.10").await, 401, "another client may still try");
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_ends_by_itself() {
    let short = std::time::Duration::from_millis(300);
    let running = Running::start_as(|server| server.session = short).await;
    let cookie = running.cookie().await;
    tokio::time::sleep(short).await;
    let late = running.with_cookie(Method::GET, "/session", &cookie).send().await;
    assert_eq!(kind(late.expect("an answer")).await, (401, "no_session".to_owned()));
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_answer_carries_the_headers_that_protect_browsers() {
    let running = Running::start().await;
    for (path, status) in [
        ("/", 200),
        ("/services/app", 200),
        ("/assets/none.js", 404),
        ("/api/v1/health", 204),
        ("/api/v1/snapshot", 401),
        ("/api/v1/none", 404),
    ] {
        let response = running.ask(Method::GET, path).send().await.expect("an answer");
        assert_eq!(response.status(), status, "{path}");
        let headers = response.headers();
        let policy = headers["content-security-policy"].to_str().expect("text");
        assert!(policy.starts_with("default-src 'none'; script-src 'self' 'wasm-unsafe-eval';"));
        assert!(!policy.contains("unsafe-inline"), "{policy}");
        assert_eq!(headers["x-content-type-options"], "nosniff", "{path}");
        assert_eq!(headers["referrer-policy"], "no-referrer", "{path}");
        assert_eq!(headers["cross-origin-opener-policy"], "same-origin", "{path}");
        let cached = headers["cache-control"].to_str().expect("text");
        assert_eq!(cached == "no-store", path.starts_with("/api/") || status == 404, "{path}");
    }
    running.stop().await;
}
