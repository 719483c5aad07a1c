//! A service over time as a band: one row for what people found, one for each site, one for automation.
//!
//! States differ in height, so that they are told apart without colour: what serves lies low, what
//! does not stands tall.
use super::json::{FromJson, at, fields};
use super::time;
use super::tone::Tone;
use crate::words;
use failover_core::Timestamp;
use serde_json::Value;
use std::fmt::Write;
use web_api::HistoryState as State;
use web_api::{History, HistoryMark, HistoryRow, HistorySpan, HistorySubject};

fields! {
    History { from, to, rows, marks, known_from }
    HistoryRow { subject, name, spans }
    HistorySpan { state, from, to }
    HistoryMark { at, seq, kind, severity, text }
}

super::json::words! {
    HistorySubject { "service" => Service, "site" => Site, "automation" => Automation }
    State {
        "unknown" => Unknown, "up" => Up, "down" => Down, "moving" => Moving,
        "maintenance" => Maintenance, "armed" => Armed, "latched" => Latched,
        "disarmed" => Disarmed,
    }
}

use super::json::word;

/// How far back one can look, in milliseconds; the words are [`words::RANGES`].
pub const RANGES_MS: [u64; 4] = [3_600_000, 86_400_000, 604_800_000, 2_592_000_000];
/// Width of a row's picture in its own units.
pub const WIDTH: u64 = 1000;
/// Height of a row's picture in its own units.
pub const HEIGHT: u64 = 20;

/// A row, ready to draw.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Band {
    /// The row's name.
    pub name: String,
    /// One path per look, in the order of [`LOOKS`].
    pub paths: [String; 5],
    /// All of it in a sentence.
    pub summary: String,
}

/// The looks of states.
pub const LOOKS: [Tone; 5] = [Tone::Up, Tone::Maint, Tone::Unknown, Tone::Warn, Tone::Down];

/// What a state looks like.
pub fn tone(state: State) -> Tone {
    match state {
        State::Up | State::Armed => Tone::Up,
        State::Maintenance => Tone::Maint,
        State::Unknown => Tone::Unknown,
        State::Moving | State::Latched | State::Disarmed => Tone::Warn,
        State::Down => Tone::Down,
    }
}

/// The word for a state.
pub fn state_word(state: State) -> &'static str {
    match state {
        State::Unknown => words::UNKNOWN.text(),
        State::Up => words::UP.text(),
        State::Down => words::DOWN.text(),
        State::Moving => words::MOVING.text(),
        State::Maintenance => words::MAINTENANCE.text(),
        State::Armed => words::ARMED_WORD.text(),
        State::Latched => words::LATCHED_WORD.text(),
        State::Disarmed => words::DISARMED_WORD.text(),
    }
}

/// The rows as they are drawn.
pub fn bands(history: &History) -> Vec<Band> {
    history.rows.iter().map(|row| band(history, row)).collect()
}

/// A row's name.
pub fn name(row: &HistoryRow) -> String {
    if row.name.is_empty() { words::HISTORY_AUTOMATION.into() } else { row.name.clone() }
}

fn band(history: &History, row: &HistoryRow) -> Band {
    let mut band = Band { name: name(row), ..Band::default() };
    for span in &row.spans {
        let (left, right) = (across(history, span.from), across(history, span.to));
        // The shortest outage is seen, too.
        let width = (right - left).max(2);
        let look = LOOKS.iter().position(|look| *look == tone(span.state)).unwrap_or_default();
        let path = &mut band.paths[look];
        let mut bar = |top: u64, height: u64| {
            let _ = write!(path, "M{left} {top}h{width}v{height}h-{width}z");
        };
        match LOOKS[look] {
            Tone::Up => bar(12, 8),
            Tone::Maint => {
                bar(6, 4);
                bar(16, 4);
            }
            Tone::Unknown => bar(17, 3),
            Tone::Warn => bar(6, 14),
            Tone::Down => bar(0, 20),
        }
    }
    band.summary = words::history_shares(&band.name, &shares(row));
    band
}

/// The marks as one path of small triangles that point down.
pub fn marks(history: &History) -> String {
    let mut path = String::new();
    for mark in &history.marks {
        let x = across(history, mark.at);
        let _ = write!(path, "M{} 0h8l-4 8z", x.saturating_sub(4));
    }
    path
}

/// How long each state lasted in sum, the longest first.
fn shares(row: &HistoryRow) -> Vec<(String, String)> {
    let mut sums: Vec<(State, u64)> = Vec::new();
    for span in &row.spans {
        let length = time::between(span.from, span.to);
        match sums.iter_mut().find(|(state, _)| *state == span.state) {
            Some((_, sum)) => *sum += length,
            None => sums.push((span.state, length)),
        }
    }
    sums.sort_by_key(|(_, sum)| std::cmp::Reverse(*sum));
    sums.into_iter().map(|(state, sum)| (state_word(state).to_owned(), time::span(sum))).collect()
}

/// What was so under the pointer; `across` runs from 0 (left) to 1 (right).
pub fn reading(history: &History, row: usize, across: f64) -> Option<String> {
    let whole = time::between(history.from, history.to) as f64;
    let at = history.from.as_millis() + (whole * across.clamp(0.0, 1.0)) as u64;
    let at = Timestamp::from_millis(at.min(history.to.as_millis().saturating_sub(1)));
    let spans = &history.rows.get(row)?.spans;
    let span = spans.iter().find(|span| span.from <= at && at < span.to)?;
    let length = time::span(time::between(span.from, span.to));
    Some(words::history_reading(state_word(span.state), &time::utc(span.from), &length))
}

fn across(history: &History, at: Timestamp) -> u64 {
    let whole = time::between(history.from, history.to).max(1);
    (time::between(history.from, at) * WIDTH / whole).min(WIDTH)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::fixture::{NOW, before};
    use crate::model::json::parse;
    use failover_core::Severity;

    fn failover() -> History {
        let span = |state, from, to| HistorySpan { state, from: before(from), to: before(to) };
        let row = |subject, name: &str, spans| HistoryRow { subject, name: name.to_owned(), spans };
        History {
            from: before(1000),
            to: NOW,
            rows: vec![
                row(
                    HistorySubject::Service,
                    "shop",
                    vec![
                        span(State::Up, 1000, 400),
                        span(State::Down, 400, 399),
                        span(State::Moving, 399, 380),
                        span(State::Up, 380, 0),
                    ],
                ),
                row(HistorySubject::Automation, "", vec![span(State::Armed, 1000, 0)]),
            ],
            marks: vec![HistoryMark {
                at: before(399),
                seq: 7,
                kind: "move_started".to_owned(),
                severity: Severity::Critical,
                text: "Failover.".to_owned(),
            }],
            known_from: before(1000),
        }
    }

    #[test]
    fn what_the_server_writes_is_read_back() {
        let history = failover();
        let text = serde_json::to_string(&history).unwrap();
        assert_eq!(parse::<History>(&text), Some(history));
        for state in [
            State::Unknown,
            State::Up,
            State::Down,
            State::Moving,
            State::Maintenance,
            State::Armed,
            State::Latched,
            State::Disarmed,
        ] {
            let text = serde_json::to_string(&state).unwrap();
            assert_eq!(parse::<State>(&text), Some(state));
        }
    }

    #[test]
    fn states_differ_in_height_and_the_shortest_outage_is_seen() {
        let bands = bands(&failover());
        assert_eq!(bands[0].paths[0], "M0 12h600v8h-600zM620 12h380v8h-380z");
        assert_eq!(bands[0].paths[4], "M600 0h2v20h-2z");
        assert_eq!(bands[0].paths[3], "M601 6h19v14h-19z");
        assert_eq!(bands[1].name, "Automation");
        assert_eq!(marks(&failover()), "M597 0h8l-4 8z");
    }

    #[test]
    fn a_row_is_told_in_a_sentence() {
        let summary = &bands(&failover())[0].summary;
        assert_eq!(summary, "shop: up for 16 min, moving for 19 s and down for 1 s");
    }

    #[test]
    fn the_pointer_reads_the_state_under_it() {
        let history = failover();
        let reading = |across| reading(&history, 0, across).unwrap();
        assert_eq!(reading(0.0), "up from 2026-11-23 11:46:31 UTC for 10 min");
        assert_eq!(reading(1.0), "up from 2026-11-23 11:56:51 UTC for 6 min");
        assert!(reading(0.61).starts_with("moving"));
        assert_eq!(super::reading(&history, 9, 0.5), None);
    }
}
