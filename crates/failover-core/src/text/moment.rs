//! Durations and moments as people write them.
use crate::time::Timestamp;
use std::time::Duration;

/// A duration as people write it: "800 ms", "12 s", "5 min", "1 h 30 min", "7 d".
pub fn span(time: Duration) -> String {
    let millis = time.as_millis();
    if millis < 10_000 && !millis.is_multiple_of(1000) || millis == 0 {
        return format!("{millis} ms");
    }
    let seconds = time.as_secs();
    let units = [(86_400, "d"), (3_600, "h"), (60, "min"), (1, "s")];
    let first = units.iter().position(|(size, _)| seconds >= *size).unwrap_or(units.len() - 1);
    let (size, unit) = units[first];
    let (whole, rest) = (seconds / size, seconds % size);
    match units.get(first + 1) {
        Some((next, name)) if rest / next > 0 => format!("{whole} {unit} {} {name}", rest / next),
        _ => format!("{whole} {unit}"),
    }
}

/// A moment: "2026-11-23 14:05:09 UTC".
pub(super) fn moment(at: Timestamp) -> String {
    let seconds = at.as_millis() / 1000;
    let (year, month, day) = date(seconds / 86_400);
    let (hour, minute, second) = (seconds / 3600 % 24, seconds / 60 % 60, seconds % 60);
    format!("{year}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02} UTC")
}

/// Year, month and day of the `days`-th day after 1970-01-01 in the Gregorian calendar; years begin
/// in March here, so that the leap day comes last.
fn date(days: u64) -> (u64, u64, u64) {
    const DAYS_IN_400_YEARS: u64 = 146_097;
    const TO_MARCH_OF_YEAR_0: u64 = 719_468;
    let days = days + TO_MARCH_OF_YEAR_0;
    let (era, day) = (days / DAYS_IN_400_YEARS, days % DAYS_IN_400_YEARS);
    let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let day_of_month = day - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    (era * 400 + year + u64::from(month <= 2), month, day_of_month)
}
