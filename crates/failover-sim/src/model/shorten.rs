//! Makes the way to a broken promise short enough to be read.
use std::collections::HashSet;

use super::explorer::{Scope, Trace};
use crate::property::{Broken, Property};

/// A breadth-first search keeps whole states; this many are enough for short ways.
const MOST_STATES: usize = 60_000;

/// A shorter way to break the same promise: the shortest there is, if it is near the beginning,
/// else the given one without what it does not need.
pub fn shorten<S: Scope>(scope: &S, trace: &Trace<S>) -> Trace<S> {
    let lean = drop_actions(scope, trace);
    nearest(scope, trace.broken.property, lean.actions.len()).unwrap_or(lean)
}

/// What is broken when these actions happen in a row; `None` if nothing is, or if they cannot.
pub fn replay<S: Scope>(scope: &S, from: usize, actions: &[S::Action]) -> Option<(usize, Broken)> {
    let mut state = scope.initial().into_iter().nth(from)?;
    let mut tally = S::Tally::default();
    if let Err(broken) = scope.settle_anew(&state, &mut tally) {
        return Some((0, broken));
    }
    let mut menu = Vec::new();
    for (place, action) in actions.iter().enumerate() {
        menu.clear();
        scope.actions(&state, &mut menu);
        if !menu.contains(action) {
            return None;
        }
        let mut happened = scope.apply(&mut state, *action, &mut tally);
        // What must come about in the end is looked at in the end only.
        if happened.is_ok() && place + 1 == actions.len() {
            happened = scope.settle_anew(&state, &mut tally);
        }
        if let Err(broken) = happened {
            return Some((place + 1, broken));
        }
    }
    None
}

/// Leaves out runs of actions, long ones first, as long as the same promise is broken.
fn drop_actions<S: Scope>(scope: &S, trace: &Trace<S>) -> Trace<S> {
    let mut best = trace.clone();
    let mut chunk = best.actions.len().div_ceil(2);
    while chunk > 0 {
        let mut at = 0;
        let mut shorter = false;
        while at < best.actions.len() {
            let mut fewer = best.actions.clone();
            fewer.drain(at..(at + chunk).min(fewer.len()));
            match replay(scope, best.from, &fewer) {
                Some((used, broken)) if broken.property == best.broken.property => {
                    fewer.truncate(used);
                    best = Trace { actions: fewer, broken, ..best };
                    shorter = true;
                }
                _ => at += chunk,
            }
        }
        if chunk > 1 {
            chunk /= 2;
        } else if !shorter {
            break;
        }
    }
    best
}

struct Place<S: Scope> {
    state: S::State,
    /// The place before this one and the action that led here.
    back: Option<(usize, S::Action)>,
    from: usize,
    depth: usize,
}

/// Breadth first from all beginnings, for a way shorter than `limit`.
fn nearest<S: Scope>(scope: &S, property: Property, limit: usize) -> Option<Trace<S>> {
    let mut seen = HashSet::new();
    let mut places: Vec<Place<S>> = Vec::new();
    for (from, state) in scope.initial().into_iter().enumerate() {
        seen.insert(scope.fingerprint(&state));
        places.push(Place { state, back: None, from, depth: 0 });
    }
    let (mut next, mut menu, mut tally) = (0, Vec::new(), S::Tally::default());
    while next < places.len() && places.len() < MOST_STATES {
        let depth = places[next].depth + 1;
        if depth >= limit {
            return None;
        }
        menu.clear();
        scope.actions(&places[next].state, &mut menu);
        for &action in &menu {
            let mut state = places[next].state.clone();
            let applied = scope.apply(&mut state, action, &mut tally);
            let known = applied.is_ok() && !seen.insert(scope.fingerprint(&state));
            if known {
                continue;
            }
            match applied.and_then(|()| scope.settle_anew(&state, &mut tally)) {
                Ok(()) => {
                    let from = places[next].from;
                    places.push(Place { state, back: Some((next, action)), from, depth });
                }
                Err(broken) if broken.property == property => {
                    return Some(way(&places, next, action, broken));
                }
                // Another promise; not the one that is asked for.
                Err(_) => {}
            }
        }
        next += 1;
    }
    None
}

fn way<S: Scope>(places: &[Place<S>], last: usize, action: S::Action, broken: Broken) -> Trace<S> {
    let mut actions = vec![action];
    let mut at = last;
    while let Some((before, action)) = places[at].back {
        actions.push(action);
        at = before;
    }
    actions.reverse();
    Trace { from: places[last].from, actions, broken }
}
