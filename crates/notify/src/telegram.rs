//! Telegram: a message of a bot to a chat.
use std::sync::Arc;
use std::time::Instant;

use async_trait::async_trait;
use cloud_http::{Failure, Transport};
use http::Method;
use secrecy::{ExposeSecret, SecretString};
use serde_json::json;

use crate::post::{Post, cut};
use crate::{Channel, Kind, Message, Severity};

const ENDPOINT: &str = "https://api.telegram.org";
/// Longest text: <https://core.telegram.org/bots/api#sendmessage>.
const TEXT_MAX: usize = 4096;

/// Sends as a bot to one chat. The bot's token is a part of the URL, so the URL is shown nowhere:
/// <https://core.telegram.org/bots/api#making-requests>.
#[derive(Clone, Debug)]
pub struct Telegram {
    endpoint: String,
    token: SecretString,
    chat: String,
    post: Post,
}

impl Telegram {
    /// Sends to `chat` (its number, or `@channelname`) as the bot of `token`.
    pub fn new(token: SecretString, chat: &str, transport: Arc<dyn Transport>) -> Self {
        let post = Post::new(transport, vec![token.clone()]);
        Self { endpoint: ENDPOINT.to_owned(), token, chat: chat.to_owned(), post }
    }

    /// The same at another base URL: a server of one's own.
    #[must_use]
    pub fn endpoint(self, endpoint: &str) -> Self {
        Self { endpoint: endpoint.trim_end_matches('/').to_owned(), ..self }
    }
}

#[async_trait]
impl Channel for Telegram {
    fn kind(&self) -> &'static str {
        "telegram"
    }

    async fn deliver(&self, message: &Message, deadline: Instant) -> Result<(), Failure> {
        let low = matches!(message.kind, Kind::Test) || message.severity == Severity::Info;
        let body = json!({
            "chat_id": self.chat,
            "text": cut(message.plain().trim_end(), TEXT_MAX),
            "disable_notification": message.quiet || low,
        });
        let url = format!("{}/bot{}/sendMessage", self.endpoint, self.token.expose_secret());
        self.post.json(Method::POST, &url, None, &body, deadline).await.map(drop)
    }
}
