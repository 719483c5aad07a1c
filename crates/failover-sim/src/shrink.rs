//! From a script that fails to a shorter one that fails in the same way.
use std::time::Duration;

use crate::property::Property;
use crate::script::Script;

/// Drops what a failing script does not need: its end, then steps in ever smaller pieces, until no
/// single one can be spared. The result breaks the same promise.
///
/// It takes at most `tries` runs; a script that does not fail comes back as it is.
pub fn shrink(script: &Script, tries: usize) -> Script {
    shrink_by(script, tries, |script| {
        script.play().err().map(|failure| (failure.property, failure.age))
    })
}

/// The same, where `fails` says which promise a script breaks and when.
fn shrink_by(
    script: &Script,
    tries: usize,
    mut fails: impl FnMut(&Script) -> Option<(Property, Duration)>,
) -> Script {
    let Some((property, age)) = fails(script) else { return script.clone() };
    let mut best = cut(script, age);
    let mut left = tries;
    let mut size = best.steps.len().div_ceil(2);
    while size > 0 {
        let (mut at, mut dropped) = (0, false);
        while at < best.steps.len() && left > 0 {
            left -= 1;
            let mut shorter = best.clone();
            let end = (at + size).min(shorter.steps.len());
            shorter.steps.drain(at..end);
            match fails(&shorter) {
                Some((same, age)) if same == property => {
                    best = cut(&shorter, age);
                    dropped = true;
                }
                _ => at += size,
            }
        }
        // The last single step may have made another one superfluous.
        size = if size > 1 { size / 2 } else { usize::from(dropped && left > 0) };
    }
    best
}

/// Ends just after the failure.
fn cut(script: &Script, age: Duration) -> Script {
    let mut shorter = script.clone();
    if age < script.length {
        shorter.length = age + Duration::from_millis(1);
        shorter.steps.retain(|(at, _)| *at <= age);
    }
    shorter
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::story::Mix;
    use crate::world::Fault;

    /// Fails as soon as the journal breaks after somebody else has written.
    fn fails(script: &Script) -> Option<(Property, Duration)> {
        let mut foreign = false;
        script.steps.iter().find_map(|(at, fault)| {
            foreign |= matches!(fault, Fault::Foreign { .. });
            let breaks = foreign && matches!(fault, Fault::Journal(_));
            breaks.then_some((Property::S14, *at))
        })
    }

    #[test]
    fn a_failing_script_is_cut_down_to_what_it_needs() {
        let mix = Mix { journal: 20, foreign: 20, ..Mix::default() };
        let failing = (0..50).map(|seed| mix.story(seed)).find(|script| fails(script).is_some());
        let script = failing.expect("some story has both");
        let shorter = shrink_by(&script, 1_000, fails);
        assert!(matches!(
            shorter.steps.as_slice(),
            [(_, Fault::Foreign { .. }), (_, Fault::Journal(_))]
        ));
        assert!(shorter.length < script.length);
    }

    #[test]
    fn a_script_that_keeps_its_promises_stays_as_it_is() {
        let script = Mix::default().story(1);
        assert_eq!(shrink_by(&script, 10, |_| None), script);
    }
}
