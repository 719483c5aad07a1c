//! From a script that fails to a shorter one that fails in the same way.
use std::time::Duration;

use crate::script::Script;
use crate::world::Failure;

/// Drops what a failing script does not need: its end, then steps in ever smaller pieces, until no
/// single one can be spared. The result breaks the same promise.
///
/// It takes at most `tries` runs; a script that does not fail comes back as it is.
pub fn shrink(script: &Script, tries: usize) -> Script {
    let Some(failure) = fails(script) else { return script.clone() };
    let mut best = cut(script, &failure);
    let mut left = tries;
    let same = |shorter: &Script| fails(shorter).filter(|other| other.property == failure.property);
    let mut size = best.steps.len().div_ceil(2);
    while size > 0 {
        let (mut at, mut dropped) = (0, false);
        while at < best.steps.len() && left > 0 {
            left -= 1;
            let mut shorter = best.clone();
            let end = (at + size).min(shorter.steps.len());
            shorter.steps.drain(at..end);
            match same(&shorter) {
                Some(failure) => {
                    best = cut(&shorter, &failure);
                    dropped = true;
                }
                None => at += size,
            }
        }
        // The last single step may have made another one superfluous.
        size = if size > 1 { size / 2 } else { usize::from(dropped && left > 0) };
    }
    best
}

fn fails(script: &Script) -> Option<Failure> {
    script.play().err()
}

/// Ends just after the failure.
fn cut(script: &Script, failure: &Failure) -> Script {
    let mut shorter = script.clone();
    if failure.age < script.length {
        shorter.length = failure.age + Duration::from_millis(1);
        shorter.steps.retain(|(at, _)| *at <= failure.age);
    }
    shorter
}
