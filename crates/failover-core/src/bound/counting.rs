//! How likely it is that at least so many of several independent things have happened.

/// The probability that at least `need` of independent events with these probabilities happen.
pub(super) fn at_least(need: usize, probabilities: impl IntoIterator<Item = f64>) -> f64 {
    let mut happened = vec![1.0];
    for p in probabilities {
        happened.push(0.0);
        for count in (0..happened.len()).rev() {
            let before = if count == 0 { 0.0 } else { happened[count - 1] };
            happened[count] = happened[count] * (1.0 - p) + before * p;
        }
    }
    happened.iter().skip(need).sum()
}

/// Something that is up or down, at two neighbouring moments of its stationary life.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Flip {
    /// The probability that it is up at both.
    pub(super) up: f64,
    /// That it is up and then down; as probable as the reverse, since it does both equally often.
    pub(super) turns: f64,
    /// That it is down at both.
    pub(super) down: f64,
}

impl Flip {
    /// Alternates between being up for `up` and down for `down` on average; both are at least
    /// `step`, which is the time between the two moments.
    pub(super) fn alternating(up: f64, down: f64, step: f64) -> Self {
        let cycle = up + down;
        Self { up: (up - step) / cycle, turns: step / cycle, down: (down - step) / cycle }
    }

    /// Down whenever at least `need` of the independent `parts` are.
    pub(super) fn at_least(need: usize, parts: impl IntoIterator<Item = Self>) -> Self {
        // How many are down before, and after.
        let mut counts = vec![vec![1.0]];
        for part in parts {
            let len = counts.len() + 1;
            let mut next = vec![vec![0.0; len]; len];
            for (before, row) in counts.iter().enumerate() {
                for (after, p) in row.iter().enumerate() {
                    next[before][after] += p * part.up;
                    next[before][after + 1] += p * part.turns;
                    next[before + 1][after] += p * part.turns;
                    next[before + 1][after + 1] += p * part.down;
                }
            }
            counts = next;
        }
        let mut all = Self { up: 0.0, turns: 0.0, down: 0.0 };
        for (before, row) in counts.iter().enumerate() {
            for (after, p) in row.iter().enumerate() {
                match (before < need, after < need) {
                    (true, true) => all.up += p,
                    (true, false) => all.turns += p,
                    (false, false) => all.down += p,
                    (false, true) => {}
                }
            }
        }
        all
    }

    /// How many steps it is up on average; infinite if it never falls.
    pub(super) fn steps_up(self) -> f64 {
        (self.up + self.turns) / self.turns
    }
}
