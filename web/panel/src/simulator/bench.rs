//! Where a world or an incident is played: the clock that drives it, and what it shows.
//!
//! Work is done in slices of a frame, so that the page stays smooth however fast the world is to
//! run: what cannot be done in time makes the world slower, never the page.
use super::case::Follow;
use super::line::{self, Mark};
use super::outcome::Outcome;
use super::play::Play;
use crate::kept::Slot;
use crate::live::{Live, monotonic};
use crate::model::news::Happening;
use failover_sim::{Fault, Script};
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

/// What is played.
pub enum Source {
    /// A world.
    World(Box<Play>),
    /// An incident.
    Case(Box<Follow>),
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
    /// The promise that was broken: number, sentence, what happened instead.
    pub broken: Option<(&'static str, &'static str, String)>,
    /// The incident goes another way than it was recorded.
    pub differs: bool,
    /// The latest facts of an incident.
    pub told: Vec<(u64, String)>,
    /// The latest events.
    pub listed: Vec<Happening>,
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
    source: Option<Source>,
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

    /// A bench with an incident on it. `script` holds its policy, to be changed.
    pub fn case(script: Script, follow: Follow) -> Self {
        let bench = Self::of(script);
        let began = follow.case().began;
        let before = began.since(follow.case().from).saturating_sub(Duration::from_secs(5));
        bench.lock(|inner| inner.source = Some(Source::Case(Box::new(follow))));
        bench.go(u64::try_from(before.as_millis()).unwrap_or(0));
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
                inner.source = inner.source.take().and_then(Source::again);
            }
            inner.wanted = Wanted::Moment(moment);
        });
        self.wake();
    }

    /// Goes on to the next event and stays there.
    pub fn step(self) {
        self.playing.set(false);
        self.lock(|inner| {
            let seq = inner.source.as_ref().map_or(0, Source::seq);
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
            inner.source = Some(Source::World(Box::new(play)));
            inner.wanted = Wanted::Moment(age);
        });
        self.wake();
    }

    /// Does something to the world now; says whether there was room for it.
    pub fn touch(self, fault: &Fault, end: Option<(Duration, Fault)>) -> bool {
        let script = self.lock(|inner| match &mut inner.source {
            Some(Source::World(play)) => {
                let done = play.touch(fault, end);
                done.then(|| play.script().clone())
            }
            _ => None,
        });
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
        self.lock(|inner| inner.source.as_ref().map_or(0, Source::age))
    }

    fn is_over(self) -> bool {
        self.lock(|inner| inner.source.as_ref().is_some_and(Source::is_over))
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
            inner.source.as_ref().map(|source| (source.news(), source.shown(seeks)))
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

impl Source {
    fn age(&self) -> u64 {
        match self {
            Self::World(play) => play.age(),
            Self::Case(follow) => follow.age(),
        }
    }

    fn length(&self) -> u64 {
        match self {
            Self::World(play) => play.length(),
            Self::Case(follow) => follow.case().length(),
        }
    }

    fn seq(&self) -> u64 {
        match self {
            Self::World(play) => play.seq(),
            Self::Case(follow) => follow.seq(),
        }
    }

    fn is_over(&self) -> bool {
        match self {
            Self::World(play) => play.is_over(),
            Self::Case(follow) => follow.is_over(),
        }
    }

    /// Goes on for as long as `more` says so, which is told the number of the latest event.
    fn run_to(&mut self, target: u64, more: &mut dyn FnMut(u64) -> bool) -> bool {
        match self {
            Self::World(play) => play.run_to(target, &mut |play| more(play.seq())),
            Self::Case(follow) => follow.run_to(target, &mut |follow| more(follow.seq())),
        }
    }

    /// The same from the beginning.
    fn again(self) -> Option<Self> {
        match self {
            Self::World(play) => Play::new(play.script().clone()).map(Box::new).map(Self::World),
            Self::Case(follow) => Follow::new(follow.case().clone()).map(Box::new).map(Self::Case),
        }
    }

    fn news(&self) -> crate::model::news::News {
        match self {
            Self::World(play) => play.news(),
            Self::Case(follow) => follow.news(),
        }
    }

    fn shown(&self, seeks: bool) -> Shown {
        let (age, length) = (self.age(), self.length());
        match self {
            Self::World(play) => {
                let mut marks = line::faults(play.script());
                marks.extend_from_slice(play.marks());
                let broken = play.failure().map(|failure| {
                    let property = failure.property;
                    (property.id(), property.sentence(), failure.text.clone())
                });
                Shown {
                    age,
                    length,
                    seeks,
                    outcome: Some(play.outcome().clone()),
                    marks,
                    broken,
                    differs: false,
                    told: Vec::new(),
                    listed: play.listed().to_vec(),
                }
            }
            Self::Case(follow) => {
                let mut marks = vec![super::case::asked_for(follow.case())];
                marks.extend_from_slice(follow.marks());
                Shown {
                    age,
                    length,
                    seeks,
                    outcome: None,
                    marks,
                    broken: None,
                    differs: follow.differs(),
                    told: follow.told().iter().cloned().collect(),
                    listed: follow.listed().iter().cloned().collect(),
                }
            }
        }
    }
}
