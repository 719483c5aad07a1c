//! Slack and what takes its webhooks: Mattermost, Rocket.Chat, Discord (with `/slack`).
use std::sync::Arc;
use std::time::Instant;

use async_trait::async_trait;
use cloud_http::{Failure, Transport};
use http::Method;
use secrecy::{ExposeSecret, SecretString};
use serde_json::json;

use crate::post::{Post, secrets_of, url_in};
use crate::{Channel, Message, Refused};

/// Posts to an incoming webhook, whose whole URL is a secret:
/// <https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks>.
#[derive(Clone, Debug)]
pub struct Slack {
    url: SecretString,
    post: Post,
}

impl Slack {
    /// Posts to the webhook at `url`.
    pub fn new(url: SecretString, transport: Arc<dyn Transport>) -> Result<Self, Refused> {
        let Some(uri) = url_in(&url) else {
            let text = "this is not a URL; write the whole of what the webhook's page shows";
            return Err(Refused(text.to_owned()));
        };
        let secrets = secrets_of(&uri);
        Ok(Self { post: Post::new(transport, secrets), url })
    }
}

#[async_trait]
impl Channel for Slack {
    fn kind(&self) -> &'static str {
        "slack"
    }

    async fn deliver(&self, message: &Message, deadline: Instant) -> Result<(), Failure> {
        let text = format!("*{}*\n{}", escaped(&message.headline()), escaped(&message.details()));
        let body = json!({ "text": text });
        let url = self.url.expose_secret();
        self.post.json(Method::POST, url, None, &body, deadline).await.map(drop)
    }
}

/// The three characters that mean something:
/// <https://docs.slack.dev/messaging/formatting-message-text>.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
