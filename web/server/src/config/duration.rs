//! Durations as people write them: "500ms", "2s", "5 min", "14 days".
use std::time::Duration;

use jiff::fmt::friendly::SpanParser;
use jiff::{SpanRelativeTo, Unit};

/// What to write instead.
pub const EXAMPLES: &str = "write it like \"500ms\", \"2s\", \"5 min\" or \"14 days\"";

/// The duration that `text` says; days have 24 hours.
pub fn parse(text: &str) -> Result<Duration, String> {
    let wrong = || format!("\"{text}\" is not a duration; {EXAMPLES}");
    let span = SpanParser::new().parse_span(text.trim()).map_err(|_| wrong())?;
    if span.is_negative() {
        return Err(format!("\"{text}\" is a negative duration; {EXAMPLES}"));
    }
    if span.get_years() != 0 || span.get_months() != 0 {
        return Err(format!("\"{text}\" has months, which have no fixed length; {EXAMPLES}"));
    }
    let exact = span.to_duration(SpanRelativeTo::days_are_24_hours()).map_err(|_| wrong())?;
    Duration::try_from(exact).map_err(|_| wrong())
}

/// A duration in the fewest words: `1500ms`, `2s`, `5 min`, `1h 30m`.
pub fn show(duration: Duration) -> String {
    let Ok(millis) = u64::try_from(duration.as_millis()) else { return format!("{duration:?}") };
    if millis == 0 && !duration.is_zero() {
        return format!("{duration:?}");
    }
    let parts = [(86_400_000, "d"), (3_600_000, "h"), (60_000, "min"), (1000, "s"), (1, "ms")];
    let mut rest = millis;
    let mut words = Vec::new();
    for (size, unit) in parts {
        if rest >= size && (unit != "ms" || words.is_empty() || rest > 0) {
            words.push(format!("{} {unit}", rest / size));
            rest %= size;
        }
    }
    if words.is_empty() { "0 s".to_owned() } else { words.join(" ") }
}

/// A point in time as an operator reads it: UTC, to the second.
pub fn show_moment(millis: u64) -> String {
    let moment = i64::try_from(millis).ok().and_then(|m| jiff::Timestamp::from_millisecond(m).ok());
    let rounded = moment.and_then(|moment| moment.round(Unit::Second).ok());
    rounded.map_or_else(|| "-".to_owned(), |moment| moment.to_string())
}

/// The same to the millisecond.
pub fn show_instant(millis: u64) -> String {
    let moment = i64::try_from(millis).ok().and_then(|m| jiff::Timestamp::from_millisecond(m).ok());
    moment.map_or_else(|| "-".to_owned(), |moment| format!("{moment:.3}"))
}

/// A point in time as an operator writes it, in milliseconds since the Unix epoch: RFC 3339.
pub fn parse_moment(text: &str) -> Result<u64, String> {
    let parsed: Result<jiff::Timestamp, _> = text.parse();
    let millis = parsed.ok().and_then(|moment| u64::try_from(moment.as_millisecond()).ok());
    millis.ok_or_else(|| {
        format!("\"{text}\" is not a point in time; write it like 2026-11-23T12:00:00Z")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_read_as_people_write_them() {
        for (text, millis) in [
            ("500ms", 500),
            ("2s", 2000),
            ("5 min", 300_000),
            ("1h 30m", 5_400_000),
            ("14 days", 1_209_600_000),
            ("0s", 0),
            ("1.5s", 1500),
        ] {
            assert_eq!(parse(text), Ok(Duration::from_millis(millis)), "{text}");
        }
    }

    #[test]
    fn what_is_no_duration_is_refused_with_an_example() {
        for text in ["", "5", "soon", "-2s", "1 month", "2s ago"] {
            let message = parse(text).expect_err(text);
            assert!(message.contains("500ms"), "{text}: {message}");
        }
    }

    #[test]
    fn durations_are_shown_in_few_words() {
        for (millis, text) in [
            (0, "0 s"),
            (200, "200 ms"),
            (1500, "1 s 500 ms"),
            (300_000, "5 min"),
            (5_400_000, "1 h 30 min"),
        ] {
            assert_eq!(show(Duration::from_millis(millis)), text);
            assert_eq!(parse(text), Ok(Duration::from_millis(millis)), "{text} reads back");
        }
    }
}
