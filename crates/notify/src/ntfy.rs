//! ntfy: a push message to everybody who follows a topic.
use std::sync::Arc;
use std::time::Instant;

use async_trait::async_trait;
use cloud_http::{Failure, Transport};
use http::Method;
use secrecy::SecretString;
use serde_json::json;

use crate::post::Post;
use crate::{Channel, Kind, Message, Severity};

/// Publishes to one topic. It stands in the body and not in the URL, because who knows an
/// unprotected topic can read along: <https://docs.ntfy.sh/publish/#publish-as-json>.
#[derive(Clone, Debug)]
pub struct Ntfy {
    base: String,
    topic: String,
    token: Option<SecretString>,
    post: Post,
}

impl Ntfy {
    /// Publishes to `topic` at `server`, such as `https://ntfy.sh`, with an access token if the
    /// topic is protected.
    pub fn new(
        server: &str,
        topic: &str,
        token: Option<SecretString>,
        transport: Arc<dyn Transport>,
    ) -> Self {
        let secrets = token.iter().cloned().chain([SecretString::from(topic.to_owned())]);
        Self {
            base: format!("{}/", server.trim_end_matches('/')),
            topic: topic.to_owned(),
            post: Post::new(transport, secrets.collect()),
            token,
        }
    }
}

#[async_trait]
impl Channel for Ntfy {
    fn kind(&self) -> &'static str {
        "ntfy"
    }

    async fn deliver(&self, message: &Message, deadline: Instant) -> Result<(), Failure> {
        // 5 rings through "do not disturb", 2 makes no sound: https://docs.ntfy.sh/publish/#message-priority
        let priority = match (message.kind, message.severity) {
            _ if message.quiet => 2,
            (Kind::Test, _) => 2,
            (Kind::Over, _) => 3,
            (_, Severity::Critical) => 5,
            (_, Severity::Warning) => 4,
            (_, Severity::Info) => 2,
        };
        let tag = match (message.kind, message.severity) {
            (Kind::Over, _) => "white_check_mark",
            (Kind::Test, _) => "test_tube",
            (_, Severity::Critical) => "rotating_light",
            (_, Severity::Warning) => "warning",
            (_, Severity::Info) => "information_source",
        };
        let mut body = json!({
            "topic": self.topic,
            "title": message.service.as_deref().unwrap_or("watcher"),
            "message": message.plain().trim_end(),
            "priority": priority,
            "tags": [tag],
        });
        if let Some(panel) = &message.panel {
            body["click"] = panel.as_str().into();
        }
        let token = self.token.as_ref();
        self.post.json(Method::POST, &self.base, token, &body, deadline).await.map(drop)
    }
}
