//! What the machine says, as one English sentence with names instead of places.
use std::time::Duration;

/// A duration as people write it: "800 ms", "12 s", "5 min", "1 h 30 min", "7 d".
pub(crate) fn span(time: Duration) -> String {
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
