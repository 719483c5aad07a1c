//! Moments and spans as text; absolute times are always UTC.
use crate::words;
use failover_core::Timestamp;

const SECOND: u64 = 1_000;
const MINUTE: u64 = 60 * SECOND;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;

/// Milliseconds from `earlier` to `later`; zero if they are the other way round.
pub fn between(earlier: Timestamp, later: Timestamp) -> u64 {
    later.as_millis().saturating_sub(earlier.as_millis())
}

/// A span, rounded down to what a person would say: `4 s`, `12 min`, `3 h`, `2 d`.
pub fn span(ms: u64) -> String {
    match ms {
        0..MINUTE => words::seconds(&(ms / SECOND)),
        MINUTE..HOUR => words::minutes(&(ms / MINUTE)),
        HOUR..DAY => words::hours(ms / HOUR),
        _ => words::days(ms / DAY),
    }
}

/// What is left of a wait, rounded up so that it never says zero too early: `42 s`, `4:05`.
pub fn countdown(ms: u64) -> String {
    let seconds = ms.div_ceil(SECOND);
    match seconds {
        0..60 => words::seconds(&seconds),
        60..3600 => words::minutes(&format!("{}:{:02}", seconds / 60, seconds % 60)),
        _ => {
            let minutes = words::minutes(&format!("{:02}", seconds / 60 % 60));
            format!("{} {minutes}", words::hours(seconds / 3600))
        }
    }
}

/// How long something took: `340 ms`, `1.4 s`, `2 min`.
pub fn took(ms: u64) -> String {
    match ms {
        0..SECOND => format!("{ms} ms"),
        SECOND..MINUTE => {
            words::seconds(&format!("{}{}{}", ms / SECOND, words::DECIMAL, ms % SECOND / 100))
        }
        _ => span(ms),
    }
}

/// A latency: `0.4 ms`, `12 ms`, `1.25 s`.
pub fn latency(ms: f32) -> String {
    // Whole numbers only: printing fractions would be 4 kB of the download.
    let tenths = (ms * 10.0).round() as u64;
    match tenths {
        0..100 => format!("{}{}{} ms", tenths / 10, words::DECIMAL, tenths % 10),
        100..9995 => format!("{} ms", (tenths + 5) / 10),
        _ => format!("{}{}{:02} s", tenths / 10_000, words::DECIMAL, tenths / 100 % 100),
    }
}

/// The time of day: `12:03:11`.
pub fn clock(at: Timestamp) -> String {
    let second = at.as_millis() / SECOND % 86_400;
    format!("{:02}:{:02}:{:02}", second / 3600, second / 60 % 60, second % 60)
}

/// The date as the language writes it: `2026-11-23`, `23.11.2026`.
pub fn date(at: Timestamp) -> String {
    let (year, month, day) = civil(at.as_millis() / DAY);
    words::date(&format!("{year:04}"), &format!("{month:02}"), &format!("{day:02}"))
}

/// Date and time: `2026-11-23 12:03:11 UTC`.
pub fn utc(at: Timestamp) -> String {
    format!("{} {} UTC", date(at), clock(at))
}

/// RFC 3339, for the `datetime` attribute of `<time>`.
pub fn machine(at: Timestamp) -> String {
    let (year, month, day) = civil(at.as_millis() / DAY);
    format!("{year:04}-{month:02}-{day:02}T{}Z", clock(at))
}

/// Year, month and day of a day counted from 1970-01-01, by counting eras of 400 years from
/// March (Howard Hinnant's `civil_from_days`).
fn civil(days: u64) -> (u64, u64, u64) {
    let shifted = days + 719_468;
    let era = shifted / 146_097;
    let day_of_era = shifted % 146_097;
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * from_march + 2) / 5 + 1;
    let month = if from_march < 10 { from_march + 3 } else { from_march - 9 };
    let year = year_of_era + era * 400 + u64::from(month <= 2);
    (year, month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: u64) -> Timestamp {
        Timestamp::from_millis(seconds * SECOND)
    }

    #[test]
    fn absolute_times_agree_with_date_u() {
        // Expected values from `date -u -d @N`.
        assert_eq!(utc(at(0)), "1970-01-01 00:00:00 UTC");
        assert_eq!(utc(at(951_782_399)), "2000-02-28 23:59:59 UTC");
        assert_eq!(utc(at(951_782_400)), "2000-02-29 00:00:00 UTC");
        assert_eq!(utc(at(1_795_435_391)), "2026-11-23 12:03:11 UTC");
        assert_eq!(utc(at(4_107_542_400)), "2100-03-01 00:00:00 UTC");
        assert_eq!(machine(at(1_795_435_391)), "2026-11-23T12:03:11Z");
    }

    #[test]
    fn spans_round_down_and_countdowns_round_up() {
        assert_eq!(span(59_999), "59 s");
        assert_eq!(span(60_000), "1 min");
        assert_eq!(span(7_300_000), "2 h");
        assert_eq!(span(3 * DAY), "3 d");
        assert_eq!(countdown(1), "1 s");
        assert_eq!(countdown(0), "0 s");
        assert_eq!(countdown(59_001), "1:00 min");
        assert_eq!(countdown(3_725_000), "1 h 02 min");
    }

    #[test]
    fn latencies_keep_the_digits_that_matter() {
        assert_eq!(latency(0.42), "0.4 ms");
        assert_eq!(latency(12.4), "12 ms");
        assert_eq!(latency(1250.0), "1.25 s");
        assert_eq!(took(1_449), "1.4 s");
        assert_eq!(took(340), "340 ms");
    }

    #[test]
    fn a_span_that_runs_backwards_is_zero() {
        assert_eq!(between(at(5), at(3)), 0);
        assert_eq!(between(at(3), at(5)), 2_000);
    }
}
