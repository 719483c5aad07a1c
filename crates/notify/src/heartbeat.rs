//! A dead man's switch: somebody outside who misses us when we fall silent.
use std::sync::Arc;
use std::time::Instant;

use bytes::Bytes;
use cloud_http::{Failure, Transport};
use http::{Method, Request};
use secrecy::{ExposeSecret, SecretString};

use crate::Refused;
use crate::post::{Post, secrets_of, url_in};

/// What is said to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ping {
    /// We begin.
    Start,
    /// All is well.
    Success,
    /// We live, and something is wrong: what.
    Fail(String),
}

/// Pings a URL as Healthchecks has them: the URL itself for success, `/start` and `/fail` below it:
/// <https://healthchecks.io/docs/http_api/>. The URL is a secret.
#[derive(Clone, Debug)]
pub struct Heartbeat {
    url: SecretString,
    post: Post,
}

impl Heartbeat {
    /// Pings `url`.
    pub fn new(url: SecretString, transport: Arc<dyn Transport>) -> Result<Self, Refused> {
        let Some(parsed) = url_in(&url).filter(|uri| uri.query().is_none()) else {
            let text = "this is not a URL without a query, such as https://hc-ping.com/…";
            return Err(Refused(text.to_owned()));
        };
        let url = SecretString::from(url.expose_secret().trim_end_matches('/').to_owned());
        let post = Post::new(transport, secrets_of(&parsed));
        Ok(Self { url, post })
    }

    /// Says `ping` by `deadline`.
    pub async fn send(&self, ping: &Ping, deadline: Instant) -> Result<(), Failure> {
        let (end, body) = match ping {
            Ping::Start => ("/start", Bytes::new()),
            Ping::Success => ("", Bytes::new()),
            Ping::Fail(why) => ("/fail", Bytes::from(why.clone())),
        };
        let url = format!("{}{end}", self.url.expose_secret());
        let request = Request::builder().method(Method::POST).uri(url);
        self.post.send(request, body, deadline).await.map(drop)
    }
}
