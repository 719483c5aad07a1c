//! Two rows of decisions, side by side.
use failover_core::Timestamp;

use super::{Decided, Decision};

/// A decision, when it was taken, and when it would have been.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// What.
    pub what: Decided,
    /// Whether a move begins.
    pub begins_move: bool,
    /// When it was taken; `None`: never.
    pub recorded: Option<Timestamp>,
    /// When it would have been; `None`: never, within what was recorded.
    pub other: Option<Timestamp>,
}

/// Puts the same decisions beside each other: as many as there are on both sides, in order, and so
/// that they lie as close together as can be.
pub fn rows(recorded: &[Decision], other: &[Decision]) -> Vec<Row> {
    let mut kinds: Vec<(&Decided, bool, Sides)> = Vec::new();
    for (decisions, is_other) in [(recorded, false), (other, true)] {
        for Decision { at, what, begins_move } in decisions {
            let known = kinds.iter_mut().find(|kind| kind.0 == what);
            let sides = match known {
                Some((.., sides)) => sides,
                None => {
                    kinds.push((what, *begins_move, Sides::default()));
                    let last = kinds.len() - 1;
                    &mut kinds[last].2
                }
            };
            let side = if is_other { &mut sides.1 } else { &mut sides.0 };
            side.push(*at);
        }
    }
    let mut rows = Vec::new();
    for (what, begins_move, (recorded, other)) in kinds {
        let pairs = if recorded.len() <= other.len() {
            pairs(&recorded, &other)
        } else {
            pairs(&other, &recorded)
                .into_iter()
                .map(|(other, recorded)| (recorded, other))
                .collect()
        };
        rows.extend(pairs.into_iter().map(|(recorded, other)| Row {
            what: what.clone(),
            begins_move,
            recorded,
            other,
        }));
    }
    rows.sort_by_key(|row| (row.recorded.min(row.other).or(row.recorded).or(row.other), row.other));
    rows
}

/// When it was, on the one side and on the other.
type Sides = (Vec<Timestamp>, Vec<Timestamp>);
type Pair = (Option<Timestamp>, Option<Timestamp>);

/// Gives each of `few` its own of `many`, both in order, with the smallest sum of distances.
fn pairs(few: &[Timestamp], many: &[Timestamp]) -> Vec<Pair> {
    let apart = |a: Timestamp, b: Timestamp| a.max(b).since(a.min(b)).as_millis();
    // best[f][m]: the smallest sum for the first f of few among the first m of many.
    let mut best = vec![vec![0u128; many.len() + 1]; few.len() + 1];
    for f in 1..=few.len() {
        for m in f..=many.len() {
            let taken = best[f - 1][m - 1] + apart(few[f - 1], many[m - 1]);
            best[f][m] = if m > f { taken.min(best[f][m - 1]) } else { taken };
        }
    }
    let (mut f, mut m) = (few.len(), many.len());
    let mut pairs = Vec::new();
    while m > 0 {
        if f > 0 && (m == f || best[f][m] != best[f][m - 1]) {
            pairs.push((Some(few[f - 1]), Some(many[m - 1])));
            f -= 1;
        } else {
            pairs.push((None, Some(many[m - 1])));
        }
        m -= 1;
    }
    pairs.reverse();
    pairs
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decisions(what: &str, at: &[u64]) -> Vec<Decision> {
        let one = |at: &u64| Decision {
            at: Timestamp::from_millis(*at),
            what: Decided::Verdict { site: what.to_owned(), up: false },
            begins_move: false,
        };
        at.iter().map(one).collect()
    }

    fn side_by_side(recorded: &[u64], other: &[u64]) -> Vec<(Option<u64>, Option<u64>)> {
        let rows = rows(&decisions("down", recorded), &decisions("down", other));
        let millis = |at: Option<Timestamp>| at.map(Timestamp::as_millis);
        rows.iter().map(|row| (millis(row.recorded), millis(row.other))).collect()
    }

    #[test]
    fn decisions_are_put_beside_the_nearest_of_their_kind() {
        assert_eq!(side_by_side(&[10], &[15]), [(Some(10), Some(15))]);
        assert_eq!(side_by_side(&[10, 500], &[505]), [(Some(10), None), (Some(500), Some(505))]);
        assert_eq!(
            side_by_side(&[500], &[10, 490, 900]),
            [(None, Some(10)), (Some(500), Some(490)), (None, Some(900))]
        );
        assert_eq!(side_by_side(&[], &[3]), [(None, Some(3))]);
        assert_eq!(side_by_side(&[3], &[]), [(Some(3), None)]);
    }

    #[test]
    fn decisions_of_different_kinds_are_never_beside_each_other() {
        let rows = rows(&decisions("up", &[1]), &decisions("down", &[1]));
        assert!(rows.iter().all(|row| row.recorded.is_none() || row.other.is_none()), "{rows:?}");
    }
}
