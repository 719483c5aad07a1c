//! What the panel knows: the latest snapshot, how old it is, and who is logged in.
use crate::api;
use crate::kept::Slot;
use crate::model::fresh::Fresh;
use crate::model::heard::Heard;
use crate::model::news::{Happening, News};
use crate::model::route::Route;
use crate::model::{sentence, told};
use failover_core::{ServiceSnapshot, Timestamp};
use futures_util::StreamExt;
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::time::Duration;
use web_api::{Problem, Role, Session};

const TICK: Duration = Duration::from_secs(1);
/// Pause before a broken stream is opened again; the browser's own attempts have failed by then.
const REOPEN: Duration = Duration::from_secs(2);

/// Who is logged in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Who {
    /// It is being asked.
    Asking,
    /// Nobody.
    Nobody,
    /// Somebody.
    Somebody(Session),
}

/// The panel's whole knowledge; a context.
#[derive(Clone, Copy)]
pub struct Live {
    /// Who is logged in.
    pub who: Slot<Who>,
    /// The latest snapshot.
    pub snapshot: Slot<Option<Arc<News>>>,
    /// What tells that the service at a place of the snapshot has changed: a row of the overview has
    /// nothing to do with the others.
    turns: Slot<Vec<Slot<()>>>,
    /// Counts the streams: only the latest may tell anything.
    streams: Slot<u32>,
    /// When the watcher last said something new, on the browser's clock.
    arrived: Slot<Option<f64>>,
    /// The browser's clock, once a second.
    tick: Slot<f64>,
}

impl Live {
    /// Starts the clock and asks who is logged in.
    pub fn start() -> Self {
        let live = Self {
            who: Slot::new(Who::Asking),
            snapshot: Slot::new(None),
            turns: Slot::new(Vec::new()),
            streams: Slot::new(0),
            arrived: Slot::new(None),
            tick: Slot::new(monotonic()),
        };
        set_interval(move || live.tick.set(monotonic()), TICK);
        live.ask_who();
        live
    }

    /// A knowledge of its own, of a world that is none: nobody is logged in there, so that nothing
    /// can be commanded, and time stands still between two snapshots.
    pub fn apart() -> Self {
        Self {
            who: Slot::new(Who::Nobody),
            snapshot: Slot::new(None),
            turns: Slot::new(Vec::new()),
            streams: Slot::new(0),
            arrived: Slot::new(Some(0.0)),
            tick: Slot::new(0.0),
        }
    }

    /// How old what is shown is.
    pub fn fresh(self) -> Fresh {
        Fresh::of(self.arrived.get(), self.tick.get())
    }

    /// The watcher's time, as far as the panel knows it.
    pub fn now(self) -> Timestamp {
        let at = self.snapshot.with(|known| known.as_ref().map_or(Timestamp::default(), |s| s.at));
        let age = self.tick.get() - self.arrived.get().unwrap_or_default();
        at.plus(Duration::from_millis(age.max(0.0) as u64))
    }

    /// Looks at the snapshot.
    pub fn with<T>(self, look: impl FnOnce(&News) -> T) -> Option<T> {
        let news = self.news()?;
        Some(look(&news))
    }

    /// The snapshot. Not generic: everything that is shown passes here.
    fn news(self) -> Option<Arc<News>> {
        self.snapshot.get()
    }

    /// Events in the language of the page.
    pub fn tell(self, mut events: Vec<Happening>) -> Vec<Happening> {
        if let Some(news) = self.snapshot.get_untracked() {
            for event in &mut events {
                event.text = told::sentence(event, &news.services);
            }
        }
        events
    }

    /// The service's name if there is exactly one.
    pub fn only_service(self) -> Option<String> {
        self.with(|all| match all.services.as_slice() {
            [one] => Some(one.view.service.clone()),
            _ => None,
        })
        .flatten()
    }

    /// The service that the navigation leads to: the one in view, else the one in the worst state.
    pub fn service_of(self, route: &Route) -> Option<String> {
        match route {
            Route::Service(name) => Some(name.clone()),
            _ => self.with(sentence::worst_first).unwrap_or_default().into_iter().next(),
        }
    }

    /// Whether commands may be given: the role allows it, and what is shown is true now.
    pub fn may_command(self) -> bool {
        self.fresh().is_live() && self.role() == Some(Role::Operate)
    }

    /// What the one who is logged in may do.
    pub fn role(self) -> Option<Role> {
        self.who.with(|who| match who {
            Who::Somebody(session) => Some(session.role),
            _ => None,
        })
    }

    /// Whether this is the demo.
    pub fn is_demo(self) -> bool {
        self.who.with(|who| matches!(who, Who::Somebody(session) if session.demo))
    }

    /// Somebody has logged in.
    pub fn enter(self, session: Session) {
        self.who.set(Who::Somebody(session));
        self.listen();
    }

    /// Nobody is logged in any more; what was shown is forgotten.
    pub fn leave(self) {
        self.who.set(Who::Nobody);
        self.snapshot.set(None);
        self.arrived.set(None);
    }

    /// Passes a problem on to where it happened; a lost session leads to the login instead, which
    /// comes back to the same page because the address has not changed.
    pub fn notice(self, problem: Problem) -> Problem {
        if problem.status == api::UNAUTHORIZED {
            self.leave();
        }
        problem
    }

    fn ask_who(self) {
        spawn_local(async move {
            match api::session().await {
                Ok(session) => self.enter(session),
                Err(problem) if problem.status == api::UNAUTHORIZED => self.leave(),
                Err(_) => set_timeout(move || self.ask_who(), REOPEN),
            }
        });
    }

    fn listen(self) {
        spawn_local(async move {
            let Some((source, mut messages)) = api::live() else { return };
            let own = self.streams.get_untracked() + 1;
            self.streams.set(own);
            let goes_on = || self.is_somebody() && self.streams.get_untracked() == own;
            let mut heard = Heard::default();
            while let Some(Ok((_, message))) = messages.next().await {
                if !goes_on() {
                    return;
                }
                let text = message.data().as_string().unwrap_or_default();
                // With one event missing, the picture might be wrong.
                if self.take(&mut heard, &text).is_none() {
                    break;
                }
            }
            drop(source);
            // The stream is closed for good: the session has ended, or the server, or this has left it.
            if goes_on() {
                set_timeout(move || self.reopen(), REOPEN);
            }
        });
    }

    fn reopen(self) {
        spawn_local(async move {
            match api::session().await {
                Ok(_) => self.listen(),
                Err(problem) if problem.status == api::UNAUTHORIZED => self.leave(),
                Err(_) => set_timeout(move || self.reopen(), REOPEN),
            }
        });
    }

    fn is_somebody(self) -> bool {
        self.who.with_untracked(|who| matches!(who, Who::Somebody(_)))
    }

    fn take(self, heard: &mut Heard, text: &str) -> Option<()> {
        let moment = || self.snapshot.with_untracked(|s| s.as_ref().map(|s| (s.at, s.started)));
        let before = moment();
        let heed = self.snapshot.change(|shown| heard.take(text, shown))??;
        if heed.anew && heed.last {
            let count =
                self.snapshot.with_untracked(|s| s.as_ref().map_or(0, |s| s.services.len()));
            let mut turns = self.turns.get_untracked();
            while turns.len() < count {
                turns.push(Slot::new(()));
            }
            self.turns.set(turns);
        }
        let turns = self.turns.get_untracked();
        for (place, turn) in turns.into_iter().enumerate() {
            // At the same place there may be another service now.
            if heed.services.contains(&place) || (heed.anew && heed.last) {
                turn.set(());
            }
        }
        if !heed.last {
            return Some(());
        }
        // A server whose watcher hangs repeats itself; that is no news, and the age must grow.
        if moment() != before {
            let now = monotonic();
            self.tick.set(now);
            self.arrived.set(Some(now));
        }
        self.snapshot.tell();
        Some(())
    }
}

/// One service out of the latest snapshot.
#[derive(Clone, Copy)]
pub struct Watched {
    live: Live,
    /// Its name, and where it was the last time: it need not be looked for at every beat.
    name: StoredValue<(String, AtomicUsize)>,
}

impl Watched {
    /// The service called `name`.
    pub fn new(live: Live, name: String) -> Self {
        Self { live, name: StoredValue::new((name, AtomicUsize::new(0))) }
    }

    /// Its name.
    pub fn name(self) -> String {
        self.name.with_value(|(name, _)| name.clone())
    }

    /// Where the panel's knowledge comes from.
    pub fn live(self) -> Live {
        self.live
    }

    /// Looks at it; `None` if it is not there.
    pub fn with<T>(self, look: impl FnOnce(&ServiceSnapshot) -> T) -> Option<T> {
        let (news, place) = self.find()?;
        Some(look(&news.services[place]))
    }

    /// Where it stands in the snapshot. Follows only this service, where each is told by itself.
    fn find(self) -> Option<(Arc<News>, usize)> {
        let known = self.live.snapshot.get_untracked();
        let place = known.as_ref().and_then(|news| self.place(&news.services));
        let turn = self.live.turns.with_untracked(|turns| turns.get(place?).copied());
        match turn {
            Some(turn) => turn.get(),
            None => drop(self.live.news()),
        }
        Some((known?, place?))
    }

    fn place(self, services: &[ServiceSnapshot]) -> Option<usize> {
        self.name.with_value(|(name, place)| {
            let last = place.load(Relaxed);
            if services.get(last).is_some_and(|service| service.view.service == *name) {
                return Some(last);
            }
            let found = services.iter().position(|service| service.view.service == *name)?;
            place.store(found, Relaxed);
            Some(found)
        })
    }

    /// Looks at it; an empty answer if it is not there.
    pub fn get<T: Default>(self, look: impl FnOnce(&ServiceSnapshot) -> T) -> T {
        self.with(look).unwrap_or_default()
    }
}

/// The browser's clock that never jumps, in milliseconds.
pub fn monotonic() -> f64 {
    window().performance().map_or_else(js_sys::Date::now, |clock| clock.now())
}
