//! The latest probes as a picture: latency as a line, under it one beat per probe.
//!
//! A failed beat is taller than a good one, so that it is seen without colour; a probe without
//! answer interrupts the line.
use super::time;
use crate::words;
use failover_core::{Sample, SampleSeries, Timestamp};
use std::fmt::Write;

/// How many probes are shown.
pub const SLOTS: usize = 40;
/// Width of the picture in its own units.
pub const WIDTH: usize = SLOTS * SLOT;
/// Height of the picture in its own units.
pub const HEIGHT: usize = 44;

const SLOT: usize = 5;
const LINE_TOP: f32 = 3.0;
const LINE_BOTTOM: f32 = 23.0;
/// The scale never goes below this, or noise on loopback would look like mountains.
const SCALE_MIN_MS: f32 = 4.0;

/// One series, ready to draw.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Pulse {
    /// Path of the good beats.
    pub good: String,
    /// Path of the failed beats.
    pub failed: String,
    /// Path of the places where no probe is known.
    pub empty: String,
    /// Path of the latency.
    pub line: String,
    /// The latest probe in a word: its latency, or what went wrong.
    pub latest: String,
    /// Whether the latest probe was good; `None` without any.
    pub latest_ok: Option<bool>,
    /// All of it in a sentence, for those who cannot see it.
    pub summary: String,
}

/// Draws a series.
pub fn pulse(series: &SampleSeries) -> Pulse {
    let samples = shown(&series.samples);
    let first_slot = SLOTS - samples.len();
    let scale = samples.iter().filter_map(|s| s.latency_ms).fold(SCALE_MIN_MS, f32::max);
    let mut drawn = Pulse::default();
    for slot in 0..first_slot {
        beat(&mut drawn.empty, slot, 37, 3);
    }
    let mut pen_down = false;
    for (slot, sample) in (first_slot..).zip(samples) {
        if sample.ok {
            beat(&mut drawn.good, slot, 31, 9);
        } else {
            beat(&mut drawn.failed, slot, 27, 17);
        }
        let latency = sample.latency_ms.filter(|_| sample.ok);
        if let Some(latency) = latency {
            let x = slot * SLOT + SLOT / 2;
            let share = (latency / scale).clamp(0.0, 1.0);
            let y = (10.0 * (LINE_BOTTOM - (LINE_BOTTOM - LINE_TOP) * share)) as u32;
            let (y, tenth) = (y / 10, y % 10);
            let pen = if pen_down { 'L' } else { 'M' };
            // A lone point becomes a dot: a line of no length with round ends.
            let dot = if pen_down { "" } else { "h0" };
            let _ = write!(drawn.line, "{pen}{x} {y}.{tenth}{dot}");
        }
        pen_down = latency.is_some();
    }
    drawn.latest = samples.last().map_or_else(|| words::NO_PROBE_YET.to_owned(), in_a_word);
    drawn.latest_ok = samples.last().map(|sample| sample.ok);
    let failed = samples.iter().filter(|sample| !sample.ok).count();
    drawn.summary = words::pulse_summary(&series.what, samples.len(), failed, &drawn.latest);
    drawn
}

/// What the probe under the pointer said; `across` runs from 0 (left) to 1 (right).
pub fn reading(series: &SampleSeries, across: f64, now: Timestamp) -> Option<String> {
    let samples = shown(&series.samples);
    let slot = (across.clamp(0.0, 0.999_9) * SLOTS as f64) as usize;
    let sample = samples.get(slot.checked_sub(SLOTS - samples.len())?)?;
    let text = sample.text.clone().unwrap_or_else(|| in_a_word(sample));
    Some(words::pulse_reading(&time::span(time::between(sample.at, now)), &text))
}

/// When the first probe that is shown was made.
pub fn reach(series: &SampleSeries) -> Option<Timestamp> {
    shown(&series.samples).first().map(|sample| sample.at)
}

/// The latest probe's own words if it failed.
pub fn complaint(series: &SampleSeries) -> Option<&str> {
    series.samples.last().filter(|sample| !sample.ok)?.text.as_deref()
}

fn shown(samples: &[Sample]) -> &[Sample] {
    &samples[samples.len().saturating_sub(SLOTS)..]
}

fn in_a_word(sample: &Sample) -> String {
    match sample.latency_ms.filter(|_| sample.ok) {
        Some(latency) => time::latency(latency),
        None if sample.ok => words::PROBE_OK.to_owned(),
        None => words::PROBE_FAILED.to_owned(),
    }
}

fn beat(path: &mut String, slot: usize, y: usize, height: usize) {
    let _ = write!(path, "M{} {y}h3v{height}h-3z", slot * SLOT + 1);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::fixture;

    #[test]
    fn newest_probes_stand_on_the_right_and_missing_ones_on_the_left() {
        let pulse = pulse(&fixture::series(&[Some(4.0), Some(2.0)]));
        assert_eq!(pulse.good, "M191 31h3v9h-3zM196 31h3v9h-3z");
        assert_eq!(pulse.line, "M192 3.0h0L197 13.0");
        assert_eq!(pulse.empty.matches('M').count(), SLOTS - 2);
        assert_eq!(pulse.latest, "2.0 ms");
    }

    #[test]
    fn a_failure_interrupts_the_line_and_is_a_taller_beat() {
        let pulse = pulse(&fixture::series(&[Some(4.0), None, Some(4.0)]));
        assert_eq!(pulse.failed, "M191 27h3v17h-3z");
        assert_eq!(pulse.line, "M187 3.0h0M197 3.0h0");
        assert_eq!(pulse.latest_ok, Some(true));
        assert!(pulse.summary.contains("1 of 3"), "{}", pulse.summary);
    }

    #[test]
    fn only_the_latest_probes_are_shown() {
        let many = fixture::series(&[Some(1.0); SLOTS + 7]);
        let pulse = pulse(&many);
        assert_eq!(pulse.good.matches('M').count(), SLOTS);
        assert_eq!(pulse.empty, "");
    }

    #[test]
    fn the_pointer_reads_the_probe_under_it() {
        let series = fixture::series(&[Some(4.0), None]);
        let now = series.samples[1].at;
        assert_eq!(reading(&series, 1.0, now).unwrap(), "0 s ago: connection refused");
        assert_eq!(reading(&series, 0.96, now).unwrap(), "1 s ago: 4.0 ms");
        assert_eq!(reading(&series, 0.1, now), None);
        assert_eq!(complaint(&series), Some("connection refused"));
        assert_eq!(reach(&series), Some(series.samples[0].at));
    }

    #[test]
    fn without_probes_nothing_is_claimed() {
        let pulse = pulse(&fixture::series(&[]));
        assert_eq!(pulse.latest_ok, None);
        assert_eq!(pulse.latest, "no probe yet");
        assert_eq!(reading(&fixture::series(&[]), 0.5, Timestamp::default()), None);
    }
}
