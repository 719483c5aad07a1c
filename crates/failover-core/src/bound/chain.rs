//! Mean time until failures in a row, or the grey counter, say *down*: exact.
//!
//! From "nothing counted" the counters only rise until they say *down* or are all reset, so one
//! pass from the highest count to the lowest gives what an excursion costs and how it ends.

/// How a check that is up is probed and judged.
#[derive(Clone, Copy, Debug)]
pub(super) struct Probing {
    /// The probability that a probe fails although the site is well.
    pub(super) loss: f64,
    /// Seconds to the next probe while nothing is counted.
    pub(super) calm: f64,
    /// Seconds to the next probe while a failure counts.
    pub(super) fast: f64,
}

/// What is to come from a state of the counters.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ahead {
    /// Mean seconds until *down* or until nothing is counted any more.
    pub(super) seconds: f64,
    /// The probability that it ends in *down*.
    pub(super) falls: f64,
}

impl Ahead {
    pub(super) const DOWN: Self = Self { seconds: 0.0, falls: 1.0 };
    pub(super) const CLEAN: Self = Self { seconds: 0.0, falls: 0.0 };

    /// What is to come before a probe that takes `seconds` and fails with probability `loss`.
    pub(super) fn before(seconds: f64, loss: f64, failed: Self, met: Self) -> Self {
        Self {
            seconds: seconds + loss * failed.seconds + (1.0 - loss) * met.seconds,
            falls: loss * failed.falls + (1.0 - loss) * met.falls,
        }
    }

    /// Mean seconds until *down* if one excursion of this kind follows the other.
    pub(super) fn until_down(self) -> f64 {
        self.seconds / self.falls
    }
}

/// Mean seconds until `fall` probes in a row fail.
pub(super) fn in_a_row(fall: u8, probing: Probing) -> f64 {
    let Probing { loss, calm, fast } = probing;
    let step = |ahead, _| Ahead::before(fast, loss, ahead, Ahead::CLEAN);
    let once_failed = (1..fall).fold(Ahead::DOWN, step);
    Ahead::before(calm, loss, once_failed, Ahead::CLEAN).until_down()
}

/// Mean seconds until `fall` probes in a row fail (never, if there is no `fall`), or `grey` of them
/// without `rise` successes in a row between.
pub(super) fn grey(fall: Option<u8>, grey: u8, rise: u8, probing: Probing) -> f64 {
    let Probing { loss, calm, fast } = probing;
    let fall = usize::from(fall.unwrap_or(grey));
    let rise = usize::from(rise.max(1));
    // What is to come after the n-th failure, by how many of them were in a row.
    let mut after = vec![Ahead::DOWN; fall + 1];
    for _ in 1..grey {
        // A failure after a success begins a new row.
        let first = after[1.min(fall)];
        let mut met = Ahead::CLEAN;
        for _ in 1..rise {
            met = Ahead::before(fast, loss, first, met);
        }
        for row in 1..fall {
            after[row] = Ahead::before(fast, loss, after[row + 1], met);
        }
    }
    Ahead::before(calm, loss, after[1.min(fall)], Ahead::CLEAN).until_down()
}
