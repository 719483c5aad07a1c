//! Ways to reach people, as the program needs them.
use std::time::Duration;

use failover_core::Severity;
use secrecy::SecretString;

use super::problem::Place;

/// One way to reach people.
#[derive(Clone, Debug)]
pub struct Notify {
    /// Where it stands in the file.
    pub place: Place,
    /// Its name.
    pub name: String,
    /// The way.
    pub way: Way,
    /// Nothing less urgent is told.
    pub least: Severity,
    /// Only these services; `None`: all.
    pub services: Option<Vec<String>>,
    /// Nobody shall be woken.
    pub quiet: bool,
    /// How often people are reminded of what lasts; `None`: never.
    pub remind_every: Option<Duration>,
    /// How long one try may take.
    pub timeout: Duration,
    /// How old a message may become before it is given up.
    pub give_up_after: Duration,
    /// Whether plain `http` may leave this machine.
    pub allow_plain: bool,
}

/// How people are reached.
#[derive(Clone, Debug)]
pub enum Way {
    /// By e-mail.
    Email(notify::EmailOptions),
    /// In a Matrix room.
    Matrix {
        /// The base URL of the homeserver.
        homeserver: String,
        /// The room's id.
        room: String,
        /// The access token.
        token: SecretString,
    },
    /// Through a webhook of Slack or of what is like it.
    Slack {
        /// The webhook's URL.
        url: SecretString,
    },
    /// Through ntfy.
    Ntfy {
        /// The server's base URL, if not the usual one.
        endpoint: Option<String>,
        /// The topic.
        topic: String,
        /// The access token, if the topic is protected.
        token: Option<SecretString>,
    },
    /// Through a webhook of one's own.
    Webhook(notify::WebhookOptions),
    /// Through PagerDuty.
    PagerDuty {
        /// The integration key.
        routing_key: SecretString,
        /// The base URL, if not the usual one.
        endpoint: Option<String>,
    },
    /// In a Telegram chat.
    Telegram {
        /// The bot's token.
        token: SecretString,
        /// The chat.
        chat: String,
        /// The base URL, if not the usual one.
        endpoint: Option<String>,
    },
}

/// Who misses this watcher when it falls silent.
#[derive(Clone, Debug)]
pub struct Heartbeat {
    /// Where it stands in the file.
    pub place: Place,
    /// The URL to ping.
    pub url: SecretString,
    /// How often.
    pub every: Duration,
    /// Whether plain `http` may leave this machine.
    pub allow_plain: bool,
}
