//! PagerDuty: an incident that opens and resolves with its condition.
use std::sync::Arc;
use std::time::Instant;

use async_trait::async_trait;
use cloud_http::{Failure, Transport};
use http::Method;
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};

use crate::message::moment;
use crate::post::{Post, cut};
use crate::{Channel, Kind, Message};

const ENDPOINT: &str = "https://events.pagerduty.com";
/// Longest summary and longest key.
const SUMMARY_MAX: usize = 1024;
const KEY_MAX: usize = 255;

/// Sends to the Events API v2. A condition's key is the `dedup_key`, so that the same event sent
/// twice opens one incident, and the all-clear resolves it:
/// <https://developer.pagerduty.com/docs/send-alert-event>.
#[derive(Clone, Debug)]
pub struct PagerDuty {
    endpoint: String,
    routing_key: SecretString,
    post: Post,
}

impl PagerDuty {
    /// Sends with the integration key of an "Events API v2" integration.
    pub fn new(routing_key: SecretString, transport: Arc<dyn Transport>) -> Self {
        let post = Post::new(transport, vec![routing_key.clone()]);
        Self { endpoint: ENDPOINT.to_owned(), routing_key, post }
    }

    /// The same at another base URL, such as the service region EU's
    /// `https://events.eu.pagerduty.com`.
    #[must_use]
    pub fn endpoint(self, endpoint: &str) -> Self {
        Self { endpoint: endpoint.trim_end_matches('/').to_owned(), ..self }
    }

    async fn send(&self, body: &Value, deadline: Instant) -> Result<(), Failure> {
        let url = format!("{}/v2/enqueue", self.endpoint);
        self.post.json(Method::POST, &url, None, body, deadline).await.map(drop)
    }

    fn event(&self, action: &str, key: &str, message: &Message) -> Value {
        let mut event = json!({
            "routing_key": self.routing_key.expose_secret(),
            "event_action": action,
            "dedup_key": cut(key, KEY_MAX),
        });
        if action == "trigger" {
            let quiet = message.quiet || message.kind == Kind::Test;
            event["payload"] = json!({
                "summary": cut(&message.headline(), SUMMARY_MAX),
                "source": message.vantage,
                "severity": if quiet { "info" } else { message.severity.word() },
                "timestamp": moment(message.at),
                "component": message.service.as_deref().unwrap_or("watcher"),
                "class": message.key,
                "custom_details": { "id": message.id, "details": message.details() },
            });
            event["client"] = "Schwenk".into();
            if let Some(panel) = &message.panel {
                event["client_url"] = panel.as_str().into();
            }
        }
        event
    }
}

#[async_trait]
impl Channel for PagerDuty {
    fn kind(&self) -> &'static str {
        "pagerduty"
    }

    fn is_idempotent(&self) -> bool {
        true
    }

    async fn deliver(&self, message: &Message, deadline: Instant) -> Result<(), Failure> {
        let key = match message.kind {
            // These have nothing in common with what comes later under the same key.
            Kind::Note | Kind::Test => format!("schwenk/{}", message.id),
            Kind::Raised | Kind::Reminder | Kind::Over => format!("schwenk/{}", message.key),
        };
        let action = if message.kind == Kind::Over { "resolve" } else { "trigger" };
        self.send(&self.event(action, &key, message), deadline).await?;
        if message.kind == Kind::Test {
            self.send(&self.event("resolve", &key, message), deadline).await?;
        }
        Ok(())
    }
}
