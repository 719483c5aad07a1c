//! Where a world or an incident is played: the clock that drives it, and what it shows.
//!
//! Work is done in slices of a frame, so that the page stays smooth however fast the world is to
//! run: what cannot be done in time makes the world slower, never the page.
use super::deeds::Entry;
use super::line::{self, Mark};
use super::outcome::Outcome;
use super::play::Play;
use crate::kept::Slot;
use crate::live::{Live, monotonic};
use crate::model::news::News;
use failover_sim::{Fault, Property, Script};
use leptos::prelude::*;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// How long a slice may take, in milliseconds: half a frame is left to the browser.
const SLICE: f64 = 7.0;
/// While it looks for a moment, nothing moves that could stutter.
const LONG_SLICE: f64 = 12.0;
/// Between two pictures.
const PICTURE: f64 = 120.0;
/// After this long, in milliseconds, the machine of any example knows its world.
const SETTLED: u64 = 10_000;
/// A page in the background is given few frames; what it missed is not made up for.
const LONGEST_FRAME: f64 = 250.0;

/// What is played: a world, or an incident, whose code is fetched only for those who look at one.
pub trait Source: Send {
    /// How far it has come, in milliseconds.
    fn age(&self) -> u64;
    /// How long it goes on.
    fn length(&self) -> u64;
    /// The number of the latest event.
    fn seq(&self) -> u64;
    /// Whether nothing follows.
    fn is_over(&self) -> bool;
    /// Goes on for as long as `more` says so, which is told the number of the latest event; says
    /// whether it has come there, or can come no further.
    fn run_to(&mut self, target: u64, more: &mut dyn FnMut(u64) -> bool) -> bool;
    /// The same from the beginning.
    fn again(&self) -> Option<Box<dyn Source>>;
    /// What the panel shows of it, as of a service.
    fn news(&self) -> News;
    /// What the page shows of it besides.
    fn shown(&self) -> Shown;
    /// Does something to it now, if it is a world; gives back the script with it, if there was room.
    fn touch(&mut self, _fault: &Fault, _end: Option<(Duration, Fault)>) -> Option<Script> {
        None
    }
}

/// What the page shows of it besides the snapshot.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Shown {
    /// How far it has come, in milliseconds.
    pub age: u64,
    /// How long it goes on.
    pub length: u64,
    /// A moment is being looked for.
    pub seeks: bool,
    /// What came of it; only of a world.
    pub outcome: Option<Outcome>,
    /// What was done and what the machine did.
    pub marks: Vec<Mark>,
    /// The promise that was broken.
    pub broken: Option<Property>,
    /// The incident goes another way than it was recorded.
    pub differs: bool,
    /// The latest facts of an incident.
    pub told: Vec<(u64, String)>,
    /// The latest events.
    pub listed: Vec<Entry>,
}

/// What is wanted beside playing.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Wanted {
    Nothing,
    /// This moment.
    Moment(u64),
    /// The next event after this one.
    Event(u64),
}

struct Inner {
    source: Option<Box<dyn Source>>,
    wanted: Wanted,
    /// The moment it should have come to, in milliseconds with their fraction.
    due: f64,
    frame: f64,
    picture: f64,
    running: bool,
}

/// The bench. Copies are the same one.
#[derive(Clone, Copy)]
pub struct Bench {
    /// What the stage knows: never the truth outside.
    pub stage: Live,
    /// Whether it runs.
    pub playing: Slot<bool>,
    /// How many times faster than outside.
    pub speed: Slot<u32>,
    /// The script as people have set it, perhaps not valid.
    pub draft: Slot<Script>,
    /// What is wrong with it.
    pub problems: Slot<Vec<String>>,
    /// What is shown.
    pub shown: Slot<Shown>,
    inner: StoredValue<Arc<Mutex<Inner>>>,
}

impl Bench {
    /// A bench with a world of `script` on it, which plays at once, or has been played for a moment
    /// and waits.
    pub fn world(script: Script, plays: bool) -> Self {
        let bench = Self::of(script.clone());
        bench.replace(script);
        if plays {
            bench.play(true);
        } else {
            bench.go(SETTLED);
        }
        bench
    }

    /// A bench with an incident on it, which is played from `moment` on. `script` holds its policy,
    /// to be changed.
    pub fn incident(script: Script, source: Box<dyn Source>, moment: u64) -> Self {
        let bench = Self::of(script);
        bench.lock(|inner| inner.source = Some(source));
        bench.go(moment);
        bench.play(true);
        bench
    }

    fn of(script: Script) -> Self {
        let inner = Inner {
            source: None,
            wanted: Wanted::Nothing,
            due: 0.0,
            frame: monotonic(),
            picture: 0.0,
            running: false,
        };
        let bench = Self {
            stage: Live::apart(),
            playing: Slot::new(false),
            speed: Slot::new(1),
            draft: Slot::new(script),
            problems: Slot::new(Vec::new()),
            shown: Slot::new(Shown::default()),
            inner: StoredValue::new(Arc::new(Mutex::new(inner))),
        };
        on_cleanup(move || bench.playing.set(false));
        bench
    }

    /// Starts or stops playing; from the end it plays again from the beginning.
    pub fn play(self, on: bool) {
        if on && self.is_over() {
            self.go(0);
        }
        self.playing.set(on);
        self.wake();
    }

    /// Goes to a moment.
    pub fn go(self, moment: u64) {
        self.lock(|inner| {
            if inner.source.as_ref().is_some_and(|source| source.age() > moment) {
                inner.source = inner.source.take().and_then(|source| source.again());
            }
            inner.wanted = Wanted::Moment(moment);
        });
        self.wake();
    }

    /// Goes on to the next event and stays there.
    pub fn step(self) {
        self.playing.set(false);
        self.lock(|inner| {
            let seq = inner.source.as_ref().map_or(0, |source| source.seq());
            inner.wanted = Wanted::Event(seq);
        });
        self.wake();
    }

    /// Makes a new world of the script and goes to where the old one was. An invalid one changes
    /// nothing.
    pub fn replace(self, script: Script) {
        let Some(play) = Play::new(script.clone()) else { return };
        self.draft.set(script);
        let age = self.age();
        self.lock(|inner| {
            inner.source = Some(Box::new(play));
            inner.wanted = Wanted::Moment(age);
        });
        self.wake();
    }

    /// Does something to the world now; says whether there was room for it.
    pub fn touch(self, fault: &Fault, end: Option<(Duration, Fault)>) -> bool {
        let script =
            self.lock(|inner| inner.source.as_mut().and_then(|source| source.touch(fault, end)));
        let done = script.is_some();
        if let Some(script) = script {
            // Thresholds that are being set and are not valid yet are kept.
            self.draft.update(|draft| (draft.steps, draft.length) = (script.steps, script.length));
        }
        self.picture();
        done
    }

    /// How far it has come.
    pub fn age(self) -> u64 {
        self.lock(|inner| inner.source.as_ref().map_or(0, |source| source.age()))
    }

    fn is_over(self) -> bool {
        self.lock(|inner| inner.source.as_ref().is_some_and(|source| source.is_over()))
    }

    fn lock<T>(self, act: impl FnOnce(&mut Inner) -> T) -> T {
        let inner = self.inner.get_value();
        let mut guard: MutexGuard<'_, Inner> = inner.lock().unwrap_or_else(PoisonError::into_inner);
        act(&mut guard)
    }

    fn wake(self) {
        let runs = self.lock(|inner| {
            inner.due = inner.source.as_ref().map_or(0.0, |source| source.age() as f64);
            inner.frame = monotonic();
            std::mem::replace(&mut inner.running, true)
        });
        if !runs {
            request_animation_frame(move || self.frame());
        }
    }

    fn frame(self) {
        if self.inner.is_disposed() {
            return;
        }
        let playing = self.playing.get_untracked();
        let speed = f64::from(self.speed.get_untracked());
        let (more, picture) = self.lock(|inner| inner.slice(playing, speed));
        if picture {
            self.picture();
        }
        let over = playing && !more;
        if over {
            self.playing.set(false);
        }
        if more {
            request_animation_frame(move || self.frame());
        } else {
            self.lock(|inner| inner.running = false);
            self.picture();
        }
    }

    /// Shows what is.
    fn picture(self) {
        let shown = self.lock(|inner| {
            inner.picture = monotonic();
            let seeks = inner.wanted != Wanted::Nothing;
            let source = inner.source.as_ref()?;
            Some((source.news(), Shown { seeks, ..source.shown() }))
        });
        if let Some((news, shown)) = shown {
            self.stage.snapshot.set(Some(Arc::new(news)));
            self.shown.set(shown);
        }
    }
}

impl Inner {
    /// Works for a part of a frame. Says whether there is more to do, and whether it is time for a
    /// picture.
    fn slice(&mut self, playing: bool, speed: f64) -> (bool, bool) {
        let begin = monotonic();
        let passed = (begin - self.frame).clamp(0.0, LONGEST_FRAME);
        self.frame = begin;
        let Some(source) = &mut self.source else { return (false, false) };
        let in_time = |allowed: f64| monotonic() - begin < allowed;
        match self.wanted {
            Wanted::Nothing if !playing => return (false, true),
            Wanted::Nothing => {
                self.due += passed * speed;
                source.run_to(self.due as u64, &mut |_| in_time(SLICE));
                // What was not done in time is not owed.
                self.due = self.due.min(source.age() as f64 + passed * speed);
            }
            Wanted::Moment(moment) => {
                if source.run_to(moment, &mut |_| in_time(LONG_SLICE)) {
                    self.wanted = Wanted::Nothing;
                }
                self.due = source.age() as f64;
            }
            Wanted::Event(seq) => {
                let end = source.length();
                source.run_to(end, &mut |now| now == seq && in_time(LONG_SLICE));
                if source.seq() != seq || source.is_over() {
                    self.wanted = Wanted::Nothing;
                }
                self.due = source.age() as f64;
            }
        }
        let more = self.wanted != Wanted::Nothing || (playing && !source.is_over());
        (more, !more || begin - self.picture >= PICTURE)
    }
}

impl Source for Play {
    fn age(&self) -> u64 {
        Play::age(self)
    }

    fn length(&self) -> u64 {
        Play::length(self)
    }

    fn seq(&self) -> u64 {
        Play::seq(self)
    }

    fn is_over(&self) -> bool {
        Play::is_over(self)
    }

    fn run_to(&mut self, target: u64, more: &mut dyn FnMut(u64) -> bool) -> bool {
        Play::run_to(self, target, &mut |play| more(play.seq()))
    }

    fn again(&self) -> Option<Box<dyn Source>> {
        Some(Box::new(Play::new(self.script().clone())?))
    }

    fn news(&self) -> News {
        Play::news(self)
    }

    fn shown(&self) -> Shown {
        let mut marks = line::faults(self.script());
        marks.extend_from_slice(self.marks());
        Shown {
            age: Play::age(self),
            length: Play::length(self),
            outcome: Some(self.outcome().clone()),
            marks,
            broken: self.broken(),
            listed: self.listed().to_vec(),
            ..Shown::default()
        }
    }

    fn touch(&mut self, fault: &Fault, end: Option<(Duration, Fault)>) -> Option<Script> {
        Play::touch(self, fault, end).then(|| self.script().clone())
    }
}
