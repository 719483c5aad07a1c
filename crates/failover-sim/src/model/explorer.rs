//! Visits every state that a scope can reach, depth first, with several workers.
//!
//! Only fingerprints of visited states are kept (8 bytes each) and the states on the way from the
//! beginning to the present one, so that memory is the table and little else. Two different states
//! with the same fingerprint would be taken for one: with *n* states this happens somewhere with a
//! probability of at most *n*² / 2⁶⁵ ([`collision`]), provided that the hash is good.
use std::fmt::Debug;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::visited::{Insertion, Visited};
use super::worker::{Job, Worker};
use crate::property::Broken;

/// A closed world: where it begins, what may happen in it, and what must hold.
pub trait Scope: Sync {
    /// Everything there is at a moment.
    type State: Clone + Send;
    /// Something that may happen.
    type Action: Copy + Debug + PartialEq + Send;
    /// What is counted on the way.
    type Tally: Default + Send;

    /// Where it may begin.
    fn initial(&self) -> Vec<Self::State>;

    /// What may happen now, appended to `actions`.
    fn actions(&self, state: &Self::State, actions: &mut Vec<Self::Action>);

    /// Lets it happen. Fails when something that must hold does not.
    fn apply(
        &self,
        state: &mut Self::State,
        action: Self::Action,
        tally: &mut Self::Tally,
    ) -> Result<(), Broken>;

    /// The same for states that nobody needs to tell apart, different for all others.
    fn fingerprint(&self, state: &Self::State) -> u64;

    /// Looks once at each distinct state: what must come about from here once the faults stop.
    fn settle(&self, state: &Self::State, tally: &mut Self::Tally) -> Result<(), Broken>;

    /// The same for a replay, with no memory of what other states have shown.
    fn settle_anew(&self, state: &Self::State, tally: &mut Self::Tally) -> Result<(), Broken>;

    /// Adds what another worker has counted.
    fn merge(into: &mut Self::Tally, from: Self::Tally);
}

/// How much a search may take.
#[derive(Clone, Copy, Debug)]
pub struct Effort {
    /// Workers.
    pub threads: usize,
    /// Bytes for the table of visited states.
    pub memory: usize,
    /// Whether progress is printed to standard error.
    pub progress: bool,
}

/// What a search has found.
#[derive(Debug)]
pub struct Found<S: Scope> {
    /// Distinct states.
    pub states: u64,
    /// Actions tried.
    pub transitions: u64,
    /// Most actions from the beginning on the way to any state.
    pub deepest: usize,
    /// How long it took.
    pub took: Duration,
    /// What was counted on the way.
    pub tally: S::Tally,
    /// Whether every reachable state was visited.
    pub complete: bool,
    /// What did not hold, if anything.
    pub broken: Option<Trace<S>>,
}

/// A way to a broken promise.
#[derive(Debug)]
pub struct Trace<S: Scope> {
    /// Which of the scope's beginnings.
    pub from: usize,
    /// What happened, in order; the last action breaks the promise.
    pub actions: Vec<S::Action>,
    /// The promise.
    pub broken: Broken,
}

impl<S: Scope> Clone for Trace<S> {
    fn clone(&self) -> Self {
        Self { from: self.from, actions: self.actions.clone(), broken: self.broken.clone() }
    }
}

/// An upper bound of the probability that two of so many states share a fingerprint.
pub fn collision(states: u64) -> f64 {
    let states = states as f64;
    states * states / 2f64.powi(65)
}

/// Visits every state of a scope, or stops at the first broken promise.
pub fn explore<S: Scope>(scope: &S, effort: Effort) -> Found<S> {
    let begin = Instant::now();
    let visited = Visited::with_bytes(effort.memory);
    let shared = Shared::new(effort.threads.max(1));
    let mut tally = S::Tally::default();
    for (from, state) in scope.initial().into_iter().enumerate() {
        if visited.insert(scope.fingerprint(&state)) == Insertion::New {
            shared.states.fetch_add(1, Ordering::Relaxed);
            let settled = scope.settle(&state, &mut tally);
            if let Err(broken) = settled {
                shared.stop_with(Trace { from, actions: Vec::new(), broken });
            }
            let mut actions = Vec::new();
            scope.actions(&state, &mut actions);
            shared.give(Job { from, path: Vec::new(), state, actions });
        }
    }
    std::thread::scope(|threads| {
        let run = || Worker::new(scope, &visited, &shared).run();
        let workers: Vec<_> = (0..shared.threads).map(|_| threads.spawn(run)).collect();
        if effort.progress {
            threads.spawn(|| report(&shared, begin));
        }
        for worker in workers {
            match worker.join() {
                Ok(counted) => S::merge(&mut tally, counted),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
    });
    let full = shared.full.load(Ordering::Relaxed);
    let broken = lock(&shared.pool).broken.take();
    Found {
        states: shared.states.load(Ordering::Relaxed),
        transitions: shared.transitions.load(Ordering::Relaxed),
        deepest: usize::try_from(shared.deepest.load(Ordering::Relaxed)).unwrap_or(usize::MAX),
        took: begin.elapsed(),
        tally,
        complete: !full && broken.is_none(),
        broken,
    }
}

/// What the workers share.
pub(super) struct Shared<S: Scope> {
    threads: usize,
    pool: Mutex<Pool<S>>,
    wake: Condvar,
    /// Workers without work.
    hungry: AtomicU64,
    /// Jobs that nobody has taken yet.
    offered: AtomicU64,
    pub(super) stop: AtomicBool,
    full: AtomicBool,
    pub(super) states: AtomicU64,
    pub(super) transitions: AtomicU64,
    pub(super) deepest: AtomicU64,
}

struct Pool<S: Scope> {
    jobs: Vec<Job<S>>,
    idle: usize,
    done: bool,
    broken: Option<Trace<S>>,
}

impl<S: Scope> Shared<S> {
    fn new(threads: usize) -> Self {
        let pool = Pool { jobs: Vec::new(), idle: 0, done: false, broken: None };
        Self {
            threads,
            pool: Mutex::new(pool),
            wake: Condvar::new(),
            hungry: AtomicU64::new(0),
            offered: AtomicU64::new(0),
            stop: AtomicBool::new(false),
            full: AtomicBool::new(false),
            states: AtomicU64::new(0),
            transitions: AtomicU64::new(0),
            deepest: AtomicU64::new(0),
        }
    }

    /// Leaves work for whoever has none.
    pub(super) fn give(&self, job: Job<S>) {
        lock(&self.pool).jobs.push(job);
        self.offered.fetch_add(1, Ordering::Relaxed);
        self.wake.notify_one();
    }

    /// Waits for work; `None` when there is none left anywhere.
    pub(super) fn take(&self) -> Option<Job<S>> {
        let mut pool = lock(&self.pool);
        pool.idle += 1;
        self.hungry.fetch_add(1, Ordering::Relaxed);
        let job = loop {
            if pool.done || self.stop.load(Ordering::Relaxed) {
                break None;
            }
            if let Some(job) = pool.jobs.pop() {
                self.offered.fetch_sub(1, Ordering::Relaxed);
                break Some(job);
            }
            if pool.idle == self.threads {
                pool.done = true;
                break None;
            }
            pool = self.wake.wait(pool).unwrap_or_else(PoisonError::into_inner);
        };
        self.hungry.fetch_sub(1, Ordering::Relaxed);
        if job.is_some() {
            pool.idle -= 1;
        } else {
            self.wake.notify_all();
        }
        job
    }

    /// Whether somebody waits for work and none is on offer.
    pub(super) fn is_hungry(&self) -> bool {
        self.hungry.load(Ordering::Relaxed) > 0 && self.offered.load(Ordering::Relaxed) == 0
    }

    /// Ends the search: this must not be.
    pub(super) fn stop_with(&self, trace: Trace<S>) {
        let mut pool = lock(&self.pool);
        pool.broken.get_or_insert(trace);
        self.stop.store(true, Ordering::Relaxed);
        self.wake.notify_all();
    }

    /// Ends the search: there is no room for more states.
    pub(super) fn stop_full(&self) {
        self.full.store(true, Ordering::Relaxed);
        let _pool = lock(&self.pool);
        self.stop.store(true, Ordering::Relaxed);
        self.wake.notify_all();
    }

    fn ended(&self) -> bool {
        self.stop.load(Ordering::Relaxed) || lock(&self.pool).done
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn report<S: Scope>(shared: &Shared<S>, begin: Instant) {
    let mut ticks = 0u32;
    while !shared.ended() {
        std::thread::sleep(Duration::from_millis(100));
        ticks += 1;
        if ticks.is_multiple_of(100) {
            let (states, seconds) =
                (shared.states.load(Ordering::Relaxed), begin.elapsed().as_secs_f64());
            let speed = states as f64 / seconds / 1000.0;
            eprintln!("    {seconds:5.0} s  {:8.2} M states  {speed:.0} k/s", states as f64 / 1e6);
        }
    }
}
