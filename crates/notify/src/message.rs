//! What people are told, and how it reads as text.
use std::fmt;
use std::time::{Duration, SystemTime};

use jiff::Timestamp;

/// How urgent a message is: who is woken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Somebody may want to know later.
    Info,
    /// Look today.
    Warning,
    /// Look now.
    Critical,
}

impl Severity {
    /// The word that stands in data.
    pub fn word(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Critical => "critical",
        }
    }
}

/// What a message says of its condition.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// It lasts from now on.
    Raised,
    /// It still lasts.
    Reminder,
    /// It is over.
    Over,
    /// It does not last: it has happened, and that is all.
    Note,
    /// Nothing has happened; somebody wants to know whether messages arrive.
    Test,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Raised, Self::Reminder, Self::Over, Self::Note, Self::Test];

    /// The word that stands in data.
    pub fn word(self) -> &'static str {
        match self {
            Self::Raised => "raised",
            Self::Reminder => "reminder",
            Self::Over => "over",
            Self::Note => "note",
            Self::Test => "test",
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// One message to people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// Its own name, letters and digits; the same in every try to deliver it.
    pub id: String,
    /// What it is about; the same in all messages about one condition: `app/site/london`.
    pub key: String,
    /// What it says of that.
    pub kind: Kind,
    /// How urgent it is.
    pub severity: Severity,
    /// The service it concerns; `None`: the watcher as a whole.
    pub service: Option<String>,
    /// One or more English sentences.
    pub text: String,
    /// When it was written.
    pub at: SystemTime,
    /// Since when the condition lasts, or lasted.
    pub since: Option<SystemTime>,
    /// The vantage of the watcher that tells it.
    pub vantage: String,
    /// Where the panel is.
    pub panel: Option<String>,
    /// Nobody shall be woken by it, as far as the channel can do that.
    pub quiet: bool,
}

impl Message {
    /// Everything that matters in one line: `CRITICAL app: london is down.`
    pub fn headline(&self) -> String {
        let mark = match (self.kind, self.severity) {
            (Kind::Over, _) => "OVER ",
            (Kind::Test, _) => "TEST ",
            (Kind::Reminder, Severity::Critical) => "STILL CRITICAL ",
            (Kind::Reminder, _) => "STILL ",
            (_, Severity::Critical) => "CRITICAL ",
            (_, Severity::Warning) => "WARNING ",
            (_, Severity::Info) => "",
        };
        let whom = self.service.as_deref().unwrap_or("watcher");
        format!("{mark}{whom}: {}", self.text)
    }

    /// The lines below the headline: how long, from where, where to look.
    pub fn details(&self) -> String {
        let mut lines = Vec::new();
        match (self.kind, self.since) {
            (Kind::Over, Some(since)) => {
                lines.push(format!("It lasted {}.", span(since, self.at)));
            }
            (Kind::Reminder, Some(since)) => {
                let lasted = span(since, self.at);
                lines.push(format!("Since {}, for {lasted} now.", moment(since)));
            }
            _ => {}
        }
        lines.push(format!("{}, from the watcher at {}.", moment(self.at), self.vantage));
        if let Some(panel) = &self.panel {
            lines.push(panel.clone());
        }
        lines.join("\n")
    }

    /// All of it as plain text.
    pub fn plain(&self) -> String {
        format!("{}\n\n{}\n", self.headline(), self.details())
    }
}

/// A moment as people and programs read it: `2026-11-29T00:12:05Z`.
pub(crate) fn moment(at: SystemTime) -> String {
    Timestamp::try_from(at).map_or_else(
        |_| "at an unknown time".to_owned(),
        |at| Timestamp::from_second(at.as_second()).unwrap_or(at).to_string(),
    )
}

/// How long it is from one moment to another, as coarse as people want it.
fn span(from: SystemTime, to: SystemTime) -> String {
    let seconds = to.duration_since(from).unwrap_or(Duration::ZERO).as_secs();
    let (days, hours, minutes) = (seconds / 86_400, seconds / 3600 % 24, seconds / 60 % 60);
    match (days, hours, minutes) {
        (0, 0, 0) => format!("{seconds} s"),
        (0, 0, minutes) => format!("{minutes} min"),
        (0, hours, minutes) => format!("{hours} h {minutes} min"),
        (days, hours, _) => format!("{days} d {hours} h"),
    }
}

#[cfg(test)]
pub(crate) fn sample(kind: Kind) -> Message {
    let since = SystemTime::UNIX_EPOCH + Duration::from_secs(1_795_910_400);
    Message {
        id: "00ff".to_owned(),
        key: "app/site/london".to_owned(),
        kind,
        severity: Severity::Critical,
        service: Some("app".to_owned()),
        text: "london is down.".to_owned(),
        at: since + Duration::from_secs(3 * 3600 + 65),
        since: Some(since),
        vantage: "fra-1".to_owned(),
        panel: Some("https://schwenk.example.com".to_owned()),
        quiet: false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_headline_says_in_its_first_words_whether_to_get_up() {
        let headline = |kind| sample(kind).headline();
        assert_eq!(headline(Kind::Raised), "CRITICAL app: london is down.");
        assert_eq!(headline(Kind::Reminder), "STILL CRITICAL app: london is down.");
        assert_eq!(headline(Kind::Over), "OVER app: london is down.");
        let watcher = Message { service: None, severity: Severity::Info, ..sample(Kind::Note) };
        assert_eq!(watcher.headline(), "watcher: london is down.");
    }

    #[test]
    fn what_is_over_says_how_long_it_lasted() {
        assert_eq!(
            sample(Kind::Over).details(),
            "It lasted 3 h 1 min.\n2026-11-29T03:01:05Z, from the watcher at fra-1.\n\
             https://schwenk.example.com"
        );
        let still = sample(Kind::Reminder).details();
        assert!(still.starts_with("Since 2026-11-29T00:00:00Z, for 3 h 1 min now."), "{still}");
    }
}
