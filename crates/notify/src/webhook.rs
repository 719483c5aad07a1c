//! A webhook of one's own: signed, with a body of one's choice.
use std::sync::Arc;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use async_trait::async_trait;
use aws_lc_rs::hmac;
use bytes::Bytes;
use cloud_http::{Failure, Transport};
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use http::{Method, Request};
use minijinja::value::Serde;
use minijinja::{Environment, UndefinedBehavior};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};

use crate::message::moment;
use crate::post::{Post, bearer, secrets_of, url_in};
use crate::{Channel, Kind, Message, Refused, Severity};

const JSON: &str = "application/json";

/// Posts each message to one URL.
///
/// The body is JSON with the message's fields, or what a [template](WebhookOptions::template) makes
/// of them. `X-Schwenk-Delivery` holds the message's id, by which a receiver knows a repetition;
/// with a secret, `X-Schwenk-Signature` holds a [`signature`].
#[derive(Clone, Debug)]
pub struct Webhook {
    options: WebhookOptions,
    post: Post,
}

/// What a [`Webhook`] sends, and where.
#[derive(Clone, Debug)]
pub struct WebhookOptions {
    /// Where to. Shown to nobody: it may hold a secret.
    pub url: SecretString,
    /// The key of the signature.
    pub secret: Option<SecretString>,
    /// Sent as `Authorization: Bearer`.
    pub token: Option<SecretString>,
    /// Makes the body: a Jinja template over `id`, `key`, `kind`, `severity`, `service`, `headline`,
    /// `text`, `details`, `at`, `since`, `vantage` and `panel`. `{{ text | tojson }}` is a JSON
    /// string with its quotes.
    pub template: Option<String>,
    /// The body's type. JSON unless said otherwise; then the template must give JSON.
    pub content_type: Option<String>,
}

impl WebhookOptions {
    /// The default body to `url`, unsigned.
    pub fn new(url: SecretString) -> Self {
        Self { url, secret: None, token: None, template: None, content_type: None }
    }
}

impl Webhook {
    /// A webhook that does as `options` say. Refuses a URL that is none and a template that does
    /// not give a body.
    pub fn new(options: WebhookOptions, transport: Arc<dyn Transport>) -> Result<Self, Refused> {
        let Some(uri) = url_in(&options.url) else {
            let text = "this is not a URL; write one such as \"https://example.com/hook\"";
            return Err(Refused(text.to_owned()));
        };
        let secrets = secrets_of(&uri).into_iter();
        let secrets = secrets.chain(options.secret.clone()).chain(options.token.clone());
        let post = Post::new(transport, secrets.collect());
        let webhook = Self { options, post };
        for kind in Kind::ALL {
            let body = webhook.body(&example(kind)).map_err(Refused)?;
            let json = webhook.content_type().starts_with(JSON);
            if let (true, Err(error)) = (json, serde_json::from_str::<Value>(&body)) {
                let text = format!(
                    "the template gives no JSON ({error}); write values as {{{{ text | tojson }}}}, \
                     or another content_type"
                );
                return Err(Refused(text));
            }
        }
        Ok(webhook)
    }

    fn content_type(&self) -> &str {
        self.options.content_type.as_deref().unwrap_or(JSON)
    }

    fn body(&self, message: &Message) -> Result<String, String> {
        let Some(template) = &self.options.template else {
            return Ok(fields(message).to_string());
        };
        let mut environment = Environment::new();
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        environment
            .render_str(template, Serde(fields(message)))
            .map_err(|error| format!("the template cannot be used: {error}"))
    }
}

#[async_trait]
impl Channel for Webhook {
    fn kind(&self) -> &'static str {
        "webhook"
    }

    async fn deliver(&self, message: &Message, deadline: Instant) -> Result<(), Failure> {
        let wrong = |text: String| Failure::new(cloud_http::Kind::Invalid, text);
        let body = self.body(message).map_err(wrong)?;
        let mut request = Request::builder()
            .method(Method::POST)
            .uri(self.options.url.expose_secret())
            .header(CONTENT_TYPE, self.content_type())
            .header("x-schwenk-delivery", &message.id);
        if let Some(token) = &self.options.token {
            request = request.header(AUTHORIZATION, bearer(token)?);
        }
        if let Some(secret) = &self.options.secret {
            let signature = signature(secret, SystemTime::now(), body.as_bytes());
            request = request.header("x-schwenk-signature", signature);
        }
        self.post.send(request, Bytes::from(body), deadline).await.map(drop)
    }
}

/// `t=1795910400,v1=…`: the moment in seconds, and the HMAC-SHA256 over `1795910400.` and the body,
/// in hexadecimal. A receiver computes it anew, compares in constant time, and refuses old moments.
pub fn signature(secret: &SecretString, at: SystemTime, body: &[u8]) -> String {
    let seconds = at.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.expose_secret().as_bytes());
    let mut context = hmac::Context::with_key(&key);
    context.update(format!("{seconds}.").as_bytes());
    context.update(body);
    let tag = context.sign();
    let hex: String = tag.as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
    format!("t={seconds},v1={hex}")
}

fn fields(message: &Message) -> Value {
    json!({
        "id": message.id,
        "key": message.key,
        "kind": message.kind.word(),
        "severity": message.severity.word(),
        "service": message.service,
        "headline": message.headline(),
        "text": message.text,
        "details": message.details(),
        "at": moment(message.at),
        "since": message.since.map(moment),
        "vantage": message.vantage,
        "panel": message.panel,
    })
}

/// What a template is tried with: characters that mean something in JSON.
fn example(kind: Kind) -> Message {
    Message {
        id: "0".repeat(32),
        key: "app/site/london".to_owned(),
        kind,
        severity: Severity::Critical,
        service: None,
        text: "\"london\" is\ndown.".to_owned(),
        at: UNIX_EPOCH,
        since: None,
        vantage: "here".to_owned(),
        panel: None,
        quiet: false,
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_signature_is_what_openssl_computes() {
        // printf '1795910400.{"a":1}' | openssl dgst -sha256 -hmac key
        let at = UNIX_EPOCH + Duration::from_secs(1_795_910_400);
        let signed = signature(&SecretString::from("key"), at, br#"{"a":1}"#);
        assert_eq!(
            signed,
            "t=1795910400,v1=dddde459fa8a5510ce9b9703ca3fc3a2cb3bf8bc7d2aaf826b8ad8f86636d651"
        );
    }
}
