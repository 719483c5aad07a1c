//! Mean time until k of the last n probes have failed: exact where there are few enough ways to
//! get there, else bounded from below.
use super::chain::{Ahead, Probing, in_a_row};

const MOST_STATES: u64 = 1 << 16;
const MOST_SWEEPS: u32 = 2_000;
const PRECISION: f64 = 1e-12;

/// Mean seconds until `failed` of the last `of` probes have failed.
pub(super) fn k_of_n(failed: u8, of: u8, probing: Probing) -> f64 {
    // A window is refused by validation if it is larger, or asks for more than it has.
    let of = of.clamp(1, 64);
    let failed = failed.clamp(1, of);
    if failed == 1 || failed == of {
        return in_a_row(failed, probing);
    }
    if states(failed, of) > MOST_STATES {
        return at_least(failed, of, probing);
    }
    exact(failed, of, probing).unwrap_or_else(|| at_least(failed, of, probing))
}

/// How many ways there are to have failed less than `failed` times in the last `of - 1` probes.
pub(super) fn states(failed: u8, of: u8) -> u64 {
    let (mut ways, mut all) = (1_u64, 0_u64);
    for chosen in 0..u64::from(failed) {
        all = all.saturating_add(ways);
        ways = ways.saturating_mul(u64::from(of).saturating_sub(1 + chosen)) / (chosen + 1);
    }
    all
}

/// A lower bound by the probability that a probe fails and completes the failures of its window, or
/// by how long so many failures take wherever they are.
pub(super) fn at_least(failed: u8, of: u8, probing: Probing) -> f64 {
    let Probing { loss, fast, .. } = probing;
    let others = std::iter::repeat_n(loss, usize::from(of) - 1);
    let completed = loss * super::counting::at_least(usize::from(failed) - 1, others);
    (fast / completed).max(fast * f64::from(failed) / loss)
}

/// Solves the chain of the last `of - 1` outcomes by iteration; `None` if it converges too slowly.
pub(super) fn exact(failed: u8, of: u8, probing: Probing) -> Option<f64> {
    let Probing { loss, calm, fast } = probing;
    let mask = (1_u64 << (of - 1)) - 1;
    let most = u32::from(failed) - 1;
    // The newest outcome is the lowest bit. Ordered by successes since the latest failure, so that
    // one sweep carries a state through any number of successes.
    let mut windows: Vec<u64> = vec![];
    with_at_most(most, of - 1, &mut windows);
    windows.sort_unstable_by_key(|window| (std::cmp::Reverse(window.trailing_zeros()), *window));
    let key = |window: u64| (std::cmp::Reverse(window.trailing_zeros()), window);
    let place = |window: u64| windows.binary_search_by_key(&key(window), |other| key(*other)).ok();
    let next: Vec<(Option<usize>, Option<usize>)> = windows
        .iter()
        .map(|window| {
            let shifted = (window << 1) & mask;
            let full = window.count_ones() == most;
            (if full { None } else { place(shifted | 1) }, place(shifted))
        })
        .collect();
    let mut ahead = vec![Ahead::CLEAN; windows.len()];
    for _ in 0..MOST_SWEEPS {
        let mut settled = true;
        for (state, (failure, success)) in next.iter().enumerate() {
            let failed = failure.map_or(Ahead::DOWN, |state| ahead[state]);
            let met = success.map_or(Ahead::CLEAN, |state| ahead[state]);
            let new = Ahead::before(fast, loss, failed, met);
            settled &=
                close(ahead[state].falls, new.falls) && close(ahead[state].seconds, new.seconds);
            ahead[state] = new;
        }
        if settled {
            let first = place(1).map_or(Ahead::DOWN, |state| ahead[state]);
            return Some(Ahead::before(calm, loss, first, Ahead::CLEAN).until_down());
        }
    }
    None
}

fn close(old: f64, new: f64) -> bool {
    (new - old).abs() <= PRECISION * new
}

/// All windows of `bits` outcomes with at least one and at most `most` failures.
fn with_at_most(most: u32, bits: u8, windows: &mut Vec<u64>) {
    let mut latest = vec![(0_u64, 0_u8)];
    for _ in 0..most {
        let mut longer = vec![];
        for (window, from) in latest {
            longer.extend((from..bits).map(|bit| (window | 1 << bit, bit + 1)));
        }
        windows.extend(longer.iter().map(|(window, _)| *window));
        latest = longer;
    }
}
