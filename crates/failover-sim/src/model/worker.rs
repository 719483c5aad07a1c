//! One worker of a search: its stack, and how it gives away what others can do.
use std::sync::atomic::Ordering;

use super::explorer::{Scope, Shared, Trace};
use super::visited::{Insertion, Visited};

/// Work that one worker leaves to another.
pub(super) struct Job<S: Scope> {
    pub(super) from: usize,
    /// The way from the beginning to `state`.
    pub(super) path: Vec<S::Action>,
    pub(super) state: S::State,
    /// What is yet to be tried there.
    pub(super) actions: Vec<S::Action>,
}

struct Frame<S: Scope> {
    /// `None` once its last action is being followed.
    state: Option<S::State>,
    actions: Vec<S::Action>,
}

pub(super) struct Worker<'a, S: Scope> {
    scope: &'a S,
    visited: &'a Visited,
    shared: &'a Shared<S>,
    from: usize,
    path: Vec<S::Action>,
    stack: Vec<Frame<S>>,
    /// Frames below this place have nothing left to try.
    low: usize,
    /// Emptied lists, kept for their memory.
    spare: Vec<Vec<S::Action>>,
    tally: S::Tally,
    states: u64,
    transitions: u64,
    deepest: usize,
}

/// How often counts are made known to the others.
const FLUSH: u64 = 1 << 14;
/// Most frames given away at a time.
const GIFTS: usize = 16;

impl<'a, S: Scope> Worker<'a, S> {
    pub(super) fn new(scope: &'a S, visited: &'a Visited, shared: &'a Shared<S>) -> Self {
        Self {
            scope,
            visited,
            shared,
            from: 0,
            path: Vec::new(),
            stack: Vec::new(),
            low: 0,
            spare: Vec::new(),
            tally: S::Tally::default(),
            states: 0,
            transitions: 0,
            deepest: 0,
        }
    }

    pub(super) fn run(mut self) -> S::Tally {
        while let Some(job) = self.shared.take() {
            self.from = job.from;
            self.path = job.path;
            let prefix = self.path.len();
            self.low = 0;
            self.stack.push(Frame { state: Some(job.state), actions: job.actions });
            while !self.stack.is_empty() && !self.shared.stop.load(Ordering::Relaxed) {
                self.advance(prefix);
                if self.shared.is_hungry() {
                    self.give_away(prefix);
                }
            }
            self.stack.clear();
            self.flush();
        }
        self.tally
    }

    /// Follows one action, or goes back if there is none left.
    fn advance(&mut self, prefix: usize) {
        let Some(frame) = self.stack.last_mut() else { return };
        let Some(action) = frame.actions.pop() else {
            let frame = self.stack.pop();
            self.spare.extend(frame.map(|frame| frame.actions));
            self.path.truncate((prefix + self.stack.len()).saturating_sub(1));
            return;
        };
        let next = if frame.actions.is_empty() { frame.state.take() } else { frame.state.clone() };
        let Some(mut state) = next else { return };
        self.path.push(action);
        self.transitions += 1;
        if let Err(broken) = self.scope.apply(&mut state, action, &mut self.tally) {
            return self.report(broken);
        }
        match self.visited.insert(self.scope.fingerprint(&state)) {
            Insertion::New => self.enter(state),
            Insertion::Known => _ = self.path.pop(),
            Insertion::Full => self.shared.stop_full(),
        }
        if self.transitions >= FLUSH {
            self.flush();
        }
    }

    fn enter(&mut self, state: S::State) {
        self.states += 1;
        self.deepest = self.deepest.max(self.path.len());
        if let Err(broken) = self.scope.settle(&state, &mut self.tally) {
            return self.report(broken);
        }
        let mut actions = self.spare.pop().unwrap_or_default();
        self.scope.actions(&state, &mut actions);
        self.stack.push(Frame { state: Some(state), actions });
    }

    fn report(&self, broken: crate::property::Broken) {
        let (from, actions) = (self.from, self.path.clone());
        self.shared.stop_with(Trace { from, actions, broken });
    }

    /// The oldest frames promise the most work.
    fn give_away(&mut self, prefix: usize) {
        let mut gifts = 0;
        let keep = self.stack.len().saturating_sub(1);
        for place in self.low.min(keep)..keep {
            self.low = place;
            let frame = &mut self.stack[place];
            if frame.actions.is_empty() {
                continue;
            }
            let Some(state) = frame.state.take() else { continue };
            let actions = std::mem::take(&mut frame.actions);
            let path = self.path[..prefix + place].to_vec();
            self.shared.give(Job { from: self.from, path, state, actions });
            gifts += 1;
            if gifts == GIFTS {
                break;
            }
        }
    }

    fn flush(&mut self) {
        self.shared.states.fetch_add(self.states, Ordering::Relaxed);
        self.shared.transitions.fetch_add(self.transitions, Ordering::Relaxed);
        self.shared.deepest.fetch_max(self.deepest as u64, Ordering::Relaxed);
        (self.states, self.transitions) = (0, 0);
    }
}
