//! When another watcher's probes were started, by this watcher's clock.
//!
//! Each watcher counts milliseconds since it began. Between two of them lies a distance, and a report
//! shows it, enlarged by the time it took to arrive. The smallest distance seen is nearest to the
//! truth, so that a report that was delayed does not make its probes younger than they are. Clocks
//! drift: what is held for the distance grows with time, faster than any sound clock is wrong.

use super::record::Report;

/// How wrong a clock may be, in parts per million.
const DRIFT_PPM: u64 = 500;
/// When every report of so long a time was late, the other clock has stood still meanwhile.
const WINDOW: u64 = 60_000;
/// What counts as late, in milliseconds.
const LATE: i64 = 1_000;

/// What is known of another watcher's clock.
#[derive(Clone, Debug, Default)]
pub(crate) struct Pulse {
    instance: String,
    /// The number of its latest report.
    number: u64,
    /// The distance, and when it was seen, both in this watcher's milliseconds.
    distance: Option<(i64, u64)>,
    /// The smallest distance of this window, and when the window began.
    window: Option<(i64, u64)>,
}

impl Pulse {
    /// Takes in a report that was heard at `heard`; `false`: it was heard before.
    pub(crate) fn hears(&mut self, report: &Report, heard: u64) -> bool {
        if self.instance != report.instance {
            *self = Self { instance: report.instance.clone(), ..Self::default() };
        } else if report.number <= self.number {
            return false;
        }
        self.number = report.number;
        let seen = signed(heard) - signed(report.sent);
        let grown = self.distance.map(|(known, at)| {
            let passed = heard.saturating_sub(at);
            known + signed(passed.saturating_mul(DRIFT_PPM) / 1_000_000)
        });
        let nearer = grown.is_none_or(|known| seen <= known);
        if nearer {
            self.distance = Some((seen, heard));
        }
        self.look_back(seen, heard);
        true
    }

    /// When something was that the other watcher calls `at`, in this watcher's milliseconds.
    pub(crate) fn here(&self, at: u64) -> u64 {
        let distance = self.distance.map_or(0, |(distance, _)| distance);
        u64::try_from(signed(at) + distance).unwrap_or(0)
    }

    fn look_back(&mut self, seen: i64, heard: u64) {
        let (least, since) = self.window.unwrap_or((seen, heard));
        let least = least.min(seen);
        self.window = Some((least, since));
        if heard.saturating_sub(since) < WINDOW {
            return;
        }
        if self.distance.is_some_and(|(known, _)| least > known + LATE) {
            self.distance = Some((least, heard));
        }
        self.window = None;
    }
}

fn signed(millis: u64) -> i64 {
    i64::try_from(millis).unwrap_or(i64::MAX / 4)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(number: u64, sent: u64) -> Report {
        Report { instance: "a".to_owned(), number, sent, ..Report::default() }
    }

    #[test]
    fn a_delayed_report_does_not_make_its_probes_younger() {
        let mut pulse = Pulse::default();
        assert!(pulse.hears(&report(1, 1_000), 51_010));
        assert_eq!(pulse.here(900), 50_910);
        assert!(pulse.hears(&report(2, 2_000), 57_000), "five seconds late");
        assert_eq!(pulse.here(1_900), 51_910, "the distance is what the quick one has shown");
    }

    #[test]
    fn the_quickest_report_shows_the_distance_best() {
        let mut pulse = Pulse::default();
        pulse.hears(&report(1, 1_000), 9_000);
        pulse.hears(&report(2, 2_000), 3_005);
        assert_eq!(pulse.here(2_000), 3_005);
    }

    #[test]
    fn a_report_that_is_heard_twice_counts_once() {
        let mut pulse = Pulse::default();
        assert!(pulse.hears(&report(2, 1_000), 2_000));
        assert!(!pulse.hears(&report(2, 1_000), 3_000));
        assert!(!pulse.hears(&report(1, 500), 3_000));
    }

    #[test]
    fn a_restarted_watcher_is_another_clock() {
        let mut pulse = Pulse::default();
        pulse.hears(&report(7, 90_000), 100_000);
        let again = Report { instance: "b".to_owned(), ..report(1, 10) };
        assert!(pulse.hears(&again, 101_000));
        assert_eq!(pulse.here(10), 101_000);
    }

    #[test]
    fn a_clock_that_has_stood_still_is_believed_again_after_a_while() {
        let mut pulse = Pulse::default();
        pulse.hears(&report(1, 0), 0);
        // From here on the other one is an hour behind.
        for second in 0..=70 {
            pulse.hears(&report(2 + second, second * 1_000), 3_600_000 + second * 1_000);
        }
        assert_eq!(pulse.here(70_000), 3_670_000);
    }
}
