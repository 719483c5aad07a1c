//! An incident on the bench: what was recorded, played once more, and another policy beside it.
use super::bench::{Bench, Shown, Source};
use super::case::{self, Case, Follow, Known};
use super::compare::{cut, otherwise, told};
use super::draft;
use super::page::apart;
use super::stage::{behind, stage};
use super::transport::transport;
use crate::el::{El, div, el};
use crate::live::Live;
use crate::model;
use crate::model::news::News;
use crate::words::simulator as say;
use leptos::prelude::*;
use std::sync::Arc;
use std::time::Duration;

/// The incident is played from this long before it began.
const BEFORE: Duration = Duration::from_secs(5);

/// The incident with what is known today of its service.
pub fn today(case: Case, live: Live) -> Case {
    let look = |all: &News| {
        let found = model::service(all, &case.event.service)?;
        let (name, ttl, sites) = (found.name.clone(), found.ttl, found.sites.clone());
        Some(Known { name, ttl, sites })
    };
    let today = untrack(|| live.with(look)).flatten();
    Case { today, ..case }
}

/// Its part of the page.
pub fn incident(case: Arc<Case>) -> El {
    let policy = case.policy().cloned();
    let (Some(follow), Some(policy)) = (Follow::new(case.clone()), policy) else {
        return el("p").class("note").text(say::SIM_UNREADABLE);
    };
    let ttl = case.today.as_ref().map_or(60, |today| today.ttl);
    let script = draft::calm(policy, ttl);
    let before = case.began.since(case.from).saturating_sub(BEFORE);
    let before = u64::try_from(before.as_millis()).unwrap_or(0);
    let title = say::sim_incident_of(&case.event.service, &follow.title());
    let bench = apart(|| Bench::incident(script, Box::new(follow), before));
    div("page")
        .child(el("h2").text(title))
        .child(transport(bench, false))
        .child(cut(&case))
        .child(stage(bench))
        .child(told(bench))
        .child(otherwise(bench, case))
        .child(behind(bench))
}

impl Source for Follow {
    fn age(&self) -> u64 {
        Follow::age(self)
    }

    fn length(&self) -> u64 {
        self.case().length()
    }

    fn seq(&self) -> u64 {
        Follow::seq(self)
    }

    fn is_over(&self) -> bool {
        Follow::is_over(self)
    }

    fn run_to(&mut self, target: u64, more: &mut dyn FnMut(u64) -> bool) -> bool {
        Follow::run_to(self, target, &mut |follow| more(follow.seq()))
    }

    fn again(&self) -> Option<Box<dyn Source>> {
        Some(Box::new(Follow::new(self.case().clone())?))
    }

    fn news(&self) -> News {
        Follow::news(self)
    }

    fn shown(&self) -> Shown {
        let mut marks = vec![case::asked_for(self.case(), self.title())];
        marks.extend_from_slice(self.marks());
        Shown {
            age: Follow::age(self),
            length: self.case().length(),
            marks,
            differs: self.differs(),
            told: self.told().iter().cloned().collect(),
            listed: self.listed().iter().cloned().collect(),
            ..Shown::default()
        }
    }
}
