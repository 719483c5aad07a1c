//! Tells people: one trait [`Channel`], and a type for each way to reach somebody.
//!
//! A [`Message`] goes through a channel and is delivered, refused for good, or to be tried again;
//! which of them, and when to try again, is in the [`Failure`](cloud_http::Failure). Nothing is
//! queued, repeated or remembered here: that is the business of whoever has the messages. HTTP goes
//! through [`Transport`](cloud_http::Transport); no secret ever stands in a failure.
//!
//! ```
//! use std::sync::Arc;
//! use std::time::{Duration, Instant, SystemTime};
//!
//! use cloud_http::{HttpOptions, HttpTransport};
//! use notify::{Channel, Kind, Message, Ntfy, Severity};
//!
//! # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
//! let transport = Arc::new(HttpTransport::new(HttpOptions::default())?);
//! let channel = Ntfy::new("http://127.0.0.1:9", "ops", None, transport);
//! let message = Message {
//!     id: "6f1c".to_owned(),
//!     key: "app/site/london".to_owned(),
//!     kind: Kind::Raised,
//!     severity: Severity::Critical,
//!     service: Some("app".to_owned()),
//!     text: "london is down.".to_owned(),
//!     at: SystemTime::now(),
//!     since: None,
//!     vantage: "fra-1".to_owned(),
//!     panel: None,
//!     quiet: false,
//! };
//! // Nobody listens there.
//! let failure = channel.deliver(&message, Instant::now() + Duration::from_secs(10)).await;
//! assert_eq!(failure.unwrap_err().retry, cloud_http::Retry::Later);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! # })?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
#![deny(missing_docs)]
#![forbid(unsafe_code)]

mod channel;
mod email;
mod heartbeat;
mod matrix;
mod message;
mod ntfy;
mod pagerduty;
mod post;
mod slack;
mod telegram;
mod webhook;

pub use channel::{Channel, Refused};
pub use email::{Email, EmailOptions, Tls};
pub use heartbeat::{Heartbeat, Ping};
pub use matrix::Matrix;
pub use message::{Kind, Message, Severity};
pub use ntfy::Ntfy;
pub use pagerduty::PagerDuty;
pub use slack::Slack;
pub use telegram::Telegram;
pub use webhook::{Webhook, WebhookOptions, signature};
