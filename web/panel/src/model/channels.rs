//! The ways to reach people and what went through them, in shapes and words.
use super::time;
use super::tone::Tone;
use crate::words;
use failover_core::Severity;
use web_api::{ChannelState, ChannelTested, HeartbeatState};

/// Everything that can become of a message.
pub const DELIVERIES: [&str; 4] = ["waiting", "delivered", "refused", "given_up"];

/// Which messages are shown; empty: all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// Only those of this channel.
    pub channel: String,
    /// Only those of which this has become.
    pub delivery: String,
}

/// What has become of a message.
pub fn delivery(word: &str) -> (Tone, String) {
    match word {
        "delivered" => (Tone::Up, words::TOLD_DELIVERED.to_owned()),
        "waiting" => (Tone::Warn, words::TOLD_WAITING.to_owned()),
        "refused" => (Tone::Down, words::TOLD_REFUSED.to_owned()),
        _ => (Tone::Down, words::TOLD_GIVEN_UP.to_owned()),
    }
}

/// What a message says of its condition.
pub fn kind(word: &str) -> String {
    match word {
        "raised" => words::TOLD_RAISED.to_owned(),
        "reminder" => words::TOLD_REMINDER.to_owned(),
        "over" => words::TOLD_OVER.to_owned(),
        _ => words::TOLD_NOTE.to_owned(),
    }
}

/// How urgent something is; most is not.
pub fn severity(severity: Severity) -> Option<Tone> {
    super::activity::severity(severity)
}

/// Whether a channel works.
pub fn standing(channel: &ChannelState) -> (Tone, String) {
    match (&channel.problem, channel.waiting) {
        (Some(_), _) => (Tone::Down, words::TOLD_FAILS.to_owned()),
        (None, 0) => (Tone::Up, words::TOLD_DELIVERS.to_owned()),
        (None, _) => (Tone::Warn, words::TOLD_WAITING.to_owned()),
    }
}

/// What a channel is told, and how.
pub fn route(channel: &ChannelState) -> String {
    let mut parts = vec![match channel.least {
        Severity::Info => words::TOLD_EVERYTHING.to_owned(),
        Severity::Warning => words::TOLD_LEAST_WARNING.to_owned(),
        Severity::Critical => words::TOLD_LEAST_CRITICAL.to_owned(),
    }];
    if let Some(services) = &channel.services {
        parts.push(words::told_services(&words::list(services)));
    }
    if channel.quiet {
        parts.push(words::TOLD_QUIET.to_owned());
    }
    parts.push(match channel.remind_every_secs {
        Some(secs) => words::told_reminds(&time::span(secs * 1000)),
        None => words::TOLD_NO_REMINDER.to_owned(),
    });
    parts.join(", ")
}

/// What has become of a test.
pub fn tested(tested: &ChannelTested) -> String {
    match &tested.problem {
        None => words::told_arrived(tested.millis),
        Some(why) => words::told_failed(why, tested.again),
    }
}

/// How an outcome looks.
pub fn outcome(ok: bool) -> Tone {
    if ok { Tone::Up } else { Tone::Down }
}

/// Whether the dead man's switch is reached.
pub fn switch(state: &HeartbeatState) -> (Tone, String) {
    match (&state.problem, state.reached) {
        (Some(_), _) => (Tone::Down, words::SWITCH_UNREACHED.to_owned()),
        (None, None) => (Tone::Unknown, words::SWITCH_WAITING.to_owned()),
        (None, Some(_)) if state.said.is_some() => (Tone::Warn, words::SWITCH_REACHED.to_owned()),
        (None, Some(_)) => (Tone::Up, words::SWITCH_REACHED.to_owned()),
    }
}

/// How often it is pinged.
pub fn every(secs: u64) -> String {
    words::switch_pinged(&time::span(secs * 1000))
}

#[cfg(test)]
mod tests {
    use super::*;
    use failover_core::Timestamp;

    fn channel() -> ChannelState {
        ChannelState {
            name: "pager".to_owned(),
            kind: "webhook".to_owned(),
            waiting: 0,
            problem: None,
            least: Severity::Critical,
            services: None,
            quiet: false,
            remind_every_secs: Some(14_400),
            give_up_after_secs: 86_400,
            delivered: 3,
            lost: 0,
            retried: 0,
        }
    }

    #[test]
    fn a_channel_says_what_it_is_told() {
        let said = route(&channel());
        assert!(said.starts_with("is told what is critical, reminds every "), "{said}");
        let quiet = ChannelState {
            services: Some(vec!["app".to_owned(), "shop".to_owned()]),
            quiet: true,
            remind_every_secs: None,
            ..channel()
        };
        let wanted = "is told what is critical, of app and shop, quietly, no reminders";
        assert_eq!(route(&quiet), wanted);
    }

    #[test]
    fn what_waits_or_fails_looks_like_it() {
        assert_eq!(standing(&channel()).0, Tone::Up);
        assert_eq!(standing(&ChannelState { waiting: 2, ..channel() }).0, Tone::Warn);
        let failing = ChannelState { problem: Some("503".to_owned()), ..channel() };
        assert_eq!(standing(&failing), (Tone::Down, "does not deliver".to_owned()));
        assert_eq!(
            DELIVERIES.map(|word| delivery(word).0),
            [Tone::Warn, Tone::Up, Tone::Down, Tone::Down]
        );
    }

    #[test]
    fn a_switch_that_is_reached_with_bad_news_is_not_green() {
        let well = HeartbeatState {
            every_secs: 10,
            reached: Some(Timestamp::from_millis(1)),
            problem: None,
            said: None,
        };
        assert_eq!(switch(&well).0, Tone::Up);
        assert_eq!(
            switch(&HeartbeatState { said: Some("stuck".to_owned()), ..well.clone() }).0,
            Tone::Warn
        );
        assert_eq!(switch(&HeartbeatState { reached: None, ..well.clone() }).0, Tone::Unknown);
        assert_eq!(switch(&HeartbeatState { problem: Some("x".to_owned()), ..well }).0, Tone::Down);
    }
}
