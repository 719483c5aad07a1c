//! `[[notify]]` and `[heartbeat]` exactly as they were typed.
use std::time::Duration;

use failover_core::Severity;
use toml::de::DeValue;

use super::duration;
use super::file::List;
use super::problem::{At, join};
use super::read::{Field, Parse, Reader, Table, section};

section! {
    /// `[[notify]]`: one way to reach people.
    NotifyFile {
        /// Its name.
        name: String,
        /// What sort of way it is.
        kind: NotifyKind,
        /// Nothing less urgent is told.
        least: Severity,
        /// Only these services.
        services: List<String>,
        /// Nobody shall be woken.
        quiet: bool,
        /// How often people are reminded of what lasts.
        remind_every: Reminder,
        /// How long one try may take.
        timeout: Duration,
        /// How old a message may become.
        give_up_after: Duration,
        /// Consent to plain `http` to another machine.
        allow_plain: bool,
        /// E-mail: the mail server.
        host: String,
        /// E-mail: its port.
        port: u16,
        /// E-mail: how the way there is protected.
        tls: MailTls,
        /// E-mail: who logs in.
        user: String,
        /// E-mail: the password.
        password: String,
        /// E-mail: the file of an authority that is trusted, too.
        ca: String,
        /// E-mail: the sender.
        from: String,
        /// E-mail: the receivers.
        to: List<String>,
        /// Matrix: the base URL of the homeserver.
        homeserver: String,
        /// Matrix: the room.
        room: String,
        /// Matrix, ntfy, webhook, Telegram: the access token.
        token: String,
        /// Slack, webhook: where to post.
        url: String,
        /// ntfy, PagerDuty, Telegram: the base URL.
        endpoint: String,
        /// ntfy: the topic.
        topic: String,
        /// Webhook: the key of the signature.
        secret: String,
        /// Webhook: the file of the template.
        template: String,
        /// Webhook: the type of the body.
        content_type: String,
        /// PagerDuty: the integration key.
        routing_key: String,
        /// Telegram: the chat.
        chat: String,
    }
}

section! {
    /// `[heartbeat]`: who misses this watcher when it falls silent.
    HeartbeatFile {
        /// The URL to ping.
        url: String,
        /// How often.
        every: Duration,
        /// Consent to plain `http` to another machine.
        allow_plain: bool,
    }
}

/// What sort of way to people it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotifyKind {
    /// A mail server.
    Email,
    /// A Matrix room.
    Matrix,
    /// A webhook of Slack or of what is like it.
    Slack,
    /// A topic of ntfy.
    Ntfy,
    /// A webhook of one's own.
    Webhook,
    /// PagerDuty's Events API.
    PagerDuty,
    /// A Telegram chat.
    Telegram,
}

impl NotifyKind {
    /// The words of the file.
    pub const WORDS: [(&'static str, Self); 7] = [
        ("email", Self::Email),
        ("matrix", Self::Matrix),
        ("slack", Self::Slack),
        ("ntfy", Self::Ntfy),
        ("webhook", Self::Webhook),
        ("pagerduty", Self::PagerDuty),
        ("telegram", Self::Telegram),
    ];

    /// The word of the file.
    pub fn word(self) -> &'static str {
        Self::WORDS.iter().find(|(_, kind)| *kind == self).map_or("", |(word, _)| word)
    }
}

impl Parse for NotifyKind {
    fn parse(value: &DeValue<'_>, at: &At, reader: &mut Reader<'_>) -> Option<Self> {
        reader.one_of(value, at, &Self::WORDS, "")
    }
}

impl Parse for Severity {
    fn parse(value: &DeValue<'_>, at: &At, reader: &mut Reader<'_>) -> Option<Self> {
        let words =
            [("info", Self::Info), ("warning", Self::Warning), ("critical", Self::Critical)];
        reader.one_of(value, at, &words, "")
    }
}

/// How the way to a mail server is protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MailTls(pub notify::Tls);

impl Parse for MailTls {
    fn parse(value: &DeValue<'_>, at: &At, reader: &mut Reader<'_>) -> Option<Self> {
        use notify::Tls::{Implicit, None, StartTls};
        let words = [("starttls", StartTls), ("implicit", Implicit), ("none", None)];
        reader.one_of(value, at, &words, "").map(Self)
    }
}

/// How often people are reminded; `None`: never.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reminder(pub Option<Duration>);

impl Parse for Reminder {
    fn parse(value: &DeValue<'_>, at: &At, reader: &mut Reader<'_>) -> Option<Self> {
        let duration = value.as_str().and_then(|text| duration::parse(text).ok());
        if let Some(duration) = duration {
            return Some(Self(Some(duration)));
        }
        reader.one_of(value, at, &[("never", Self(None))], " or a duration such as \"4 h\"")
    }
}
