//! Locations: both clouds side by side, layer by layer, with what can be done to them.
mod blueprint;
mod cloud;
mod dialog;
mod job;
mod typed;

use crate::api;
use crate::el::{El, div, dynamic, el, nothing};
use crate::kept::{Kept, Slot};
use crate::live::Live;
use crate::model::locations::runs;
use crate::part::command::{button, trouble};
use crate::part::state::ago;
use crate::words;
use crate::words::locations as told;
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::time::Duration;
use web_api::{LatestJob, Locations, PlacesJob, PowerAct, Problem};

/// How often work is looked at: the server asks no vendor for that.
const GLANCE: Duration = Duration::from_secs(1);
/// How often the clouds are looked at; the server asks them still more seldom.
const LOOK: u32 = 15;

/// What somebody wants to do to a server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wish {
    /// To its power.
    Power(PowerAct),
    /// To its type.
    Resize,
}

/// Which server it is for, and what it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asking {
    /// The provider's id.
    pub provider: String,
    /// The server's id.
    pub server: String,
    /// What is wanted.
    pub wish: Wish,
}

/// What the page knows.
#[derive(Clone, Copy)]
pub struct Estate {
    live: Live,
    seen: Slot<Option<Locations>>,
    job: Slot<Option<PlacesJob>>,
    problem: Slot<Option<Problem>>,
    looking: Slot<bool>,
    asking: Slot<Option<Asking>>,
}

impl Estate {
    /// Looks at the clouds.
    fn look(self, fresh: bool) {
        self.looking.set(true);
        spawn_local(async move {
            match api::locations(fresh).await {
                Ok(seen) => {
                    self.problem.set(None);
                    self.take(seen.job.clone());
                    self.seen.set(Some(seen));
                }
                Err(problem) => self.problem.set(Some(self.live.notice(problem))),
            }
            self.looking.set(false);
        });
    }

    /// Looks how far the work is.
    fn glance(self) {
        spawn_local(async move {
            if let Ok(LatestJob { job }) = api::job().await {
                self.take(job);
            }
        });
    }

    /// Takes in what is known of the work; when it ends, the clouds are looked at.
    fn take(self, job: Option<PlacesJob>) {
        if self.job.is_gone() {
            return;
        }
        let before = self.job.get_untracked();
        if before == job {
            return;
        }
        let ended = before.as_ref().is_some_and(runs) && !job.as_ref().is_some_and(runs);
        self.job.set(job);
        if ended {
            self.look(true);
        }
    }

    /// Starts or stops work; `done` is called when it was accepted.
    fn work(
        self,
        what: &'static str,
        body: String,
        busy: Slot<bool>,
        problem: Slot<Option<Problem>>,
        done: impl Fn() + 'static,
    ) {
        busy.set(true);
        problem.set(None);
        spawn_local(async move {
            match api::work(what, body).await {
                Ok(LatestJob { job }) => {
                    self.take(job);
                    done();
                }
                Err(error) => problem.set(Some(self.live.notice(error))),
            }
            busy.set(false);
        });
    }

    fn is_working(self) -> bool {
        self.job.with(|job| job.as_ref().is_some_and(runs))
    }

    fn may_work(self) -> bool {
        self.live.may_command() && !self.is_working()
    }
}

/// The page.
pub fn locations() -> El {
    let estate = Estate {
        live: expect_context::<Live>(),
        seen: Slot::new(None),
        job: Slot::new(None),
        problem: Slot::new(None),
        looking: Slot::new(false),
        asking: Slot::new(None),
    };
    estate.look(false);
    keep_looking(estate);
    let providers = Kept::new(move || {
        let ids = |seen: &Locations| -> Vec<String> {
            seen.clouds.iter().map(|one| one.provider.clone()).collect()
        };
        estate.seen.with(|seen| seen.as_ref().map(ids))
    });
    let columns = dynamic(move || match providers.get() {
        None if estate.problem.with(Option::is_some) => nothing(),
        None => el("p").class("facts").text(told::LOC_LOOKING).into(),
        Some(ids) => {
            div("clouds").children(ids.into_iter().map(|id| cloud::column(estate, id))).into()
        }
    });
    div("page")
        .child(head(estate))
        .child(trouble(estate.problem))
        .child(job::job_card(estate))
        .child(columns)
        .child(el("p").class("facts").text(told::LOC_WITHOUT_TAX))
        .child(blueprint::blueprint_card(estate))
        .child(dialog::server_dialog(estate))
}

fn head(estate: Estate) -> El {
    let at = move || estate.seen.with(|seen| seen.as_ref().map(|seen| seen.at)).unwrap_or_default();
    let when = dynamic(move || match estate.seen.with(Option::is_some) {
        true => el("small").child(ago(at)).into(),
        false => nothing(),
    });
    let again = button("button")
        .attr("data-test", "look-again")
        .flag("disabled", move || estate.looking.get())
        .on("click", move |_| estate.look(true))
        .text(told::LOC_REFRESH);
    div("page-head")
        .child(el("h1").class("page-title").text(words::LOCATIONS))
        .child(when)
        .child(again)
}

fn keep_looking(estate: Estate) {
    let beats = Slot::new(0_u32);
    let beat = move || {
        beats.update(|beats| *beats += 1);
        if untrack(|| estate.is_working()) {
            estate.glance();
        } else if beats.get_untracked().is_multiple_of(LOOK) {
            estate.look(false);
        }
    };
    let again = set_interval_with_handle(move || untrack(beat), GLANCE);
    on_cleanup(move || {
        if let Ok(again) = again {
            again.clear();
        }
    });
}
