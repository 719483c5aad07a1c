//! The line of time: what was done, what the machine did, and when people were sent astray.
use super::outcome::Outcome;
use failover_sim::Script;
use std::fmt::Write;

/// Width of the picture in its own units.
pub const WIDTH: u64 = 1_000;
/// Height of the picture in its own units.
pub const HEIGHT: u64 = 48;
/// The line itself: what was done stands above it, what the machine did below.
const MIDDLE: u64 = 24;

/// Something on the line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    /// When, in milliseconds since the beginning.
    pub at: u64,
    /// What kind of thing.
    pub kind: Kind,
    /// In words.
    pub text: String,
}

/// What kind of thing it is; each has a shape of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Something was done to the world.
    Fault,
    /// A verdict changed.
    Verdict,
    /// A move began.
    Move,
    /// A move was complete.
    Done,
    /// Something that people should look at.
    Trouble,
}

/// The line, ready to draw.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Line {
    /// Path of what was done.
    pub faults: String,
    /// Path of verdicts.
    pub verdicts: String,
    /// Path of moves begun.
    pub moves: String,
    /// Path of moves completed.
    pub done: String,
    /// Path of what people should look at.
    pub trouble: String,
    /// Area of the people sent astray.
    pub astray: String,
}

/// Draws it.
pub fn line(marks: &[Mark], outcome: Option<&Outcome>, age: u64, length: u64) -> Line {
    let mut drawn = Line::default();
    for mark in marks {
        let x = x(mark.at, length);
        let (path, shape) = match mark.kind {
            // A flash above the line, a bar, a triangle, a square and a cross below it.
            Kind::Fault => (&mut drawn.faults, format!("M{x} {MIDDLE}v-14l5 4l-5 4z")),
            Kind::Verdict => (&mut drawn.verdicts, format!("M{x} {MIDDLE}v10")),
            Kind::Move => (&mut drawn.moves, format!("M{x} {MIDDLE}v18l6 -5l-6 -5z")),
            Kind::Done => (&mut drawn.done, format!("M{x} {MIDDLE}v10h6v6h-6z")),
            Kind::Trouble => (&mut drawn.trouble, format!("M{x} {MIDDLE}v8l-4 8h8l-4 -8")),
        };
        path.push_str(&shape);
    }
    if let Some(outcome) = outcome {
        drawn.astray = area(outcome, age, length);
    }
    drawn
}

fn area(outcome: &Outcome, age: u64, length: u64) -> String {
    let mut path = String::new();
    let ends = outcome.astray.iter().skip(1).map(|(at, _)| *at).chain([age]);
    for ((from, share), until) in outcome.astray.iter().zip(ends) {
        let height = u64::from(*share) * MIDDLE / 1_000;
        if height > 0 && until > *from {
            let (from, until) = (x(*from, length), x(until, length));
            let width = (until - from).max(1);
            let _ = write!(path, "M{from} {MIDDLE}v-{height}h{width}v{height}z");
        }
    }
    path
}

fn x(at: u64, length: u64) -> u64 {
    at.min(length) * WIDTH / length.max(1)
}

/// What a script does, as marks.
pub fn faults(script: &Script) -> Vec<Mark> {
    let mark = |(at, fault): &(std::time::Duration, failover_sim::Fault)| Mark {
        at: u64::try_from(at.as_millis()).unwrap_or(u64::MAX),
        kind: Kind::Fault,
        text: fault.line(&script.spec),
    };
    script.steps.iter().map(mark).collect()
}

/// A moment of a world: `0:42.5`, `12:03.0`.
pub fn moment(millis: u64) -> String {
    let (minutes, seconds, tenth) = (millis / 60_000, millis / 1_000 % 60, millis / 100 % 10);
    format!("{minutes}:{seconds:02}.{tenth}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_stand_where_they_happened_and_faults_above_the_line() {
        let mark = |at, kind| Mark { at, kind, text: String::new() };
        let marks = [mark(0, Kind::Fault), mark(30_000, Kind::Move), mark(90_000, Kind::Done)];
        let drawn = line(&marks, None, 0, 60_000);
        assert_eq!(drawn.faults, "M0 24v-14l5 4l-5 4z");
        assert!(drawn.moves.starts_with("M500 24v18"));
        assert!(drawn.done.starts_with("M1000 "), "beyond the end is at the end");
    }

    #[test]
    fn an_outage_is_an_area_as_high_as_the_share_of_people() {
        let outcome = Outcome { astray: vec![(6_000, 1_000), (9_000, 500)], ..Outcome::default() };
        let drawn = line(&[], Some(&outcome), 12_000, 60_000);
        assert_eq!(drawn.astray, "M100 24v-24h50v24zM150 24v-12h50v12z");
    }

    #[test]
    fn moments_keep_a_tenth() {
        assert_eq!(moment(42_560), "0:42.5");
        assert_eq!(moment(723_000), "12:03.0");
    }
}
