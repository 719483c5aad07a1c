//! The doctor's findings on a zone, each with what to do about it.
use super::command::{button, trouble};
use super::state::{fixed_state, told};
use crate::api::records as api;
use crate::el::{El, dynamic, effect, el, nothing, show};
use crate::kept::Slot;
use crate::live::Live;
use crate::model::records as model;
use crate::words;
use leptos::task::spawn_local;
use web_api::{Problem, Said, ZoneDoctor, ZoneFinding};

/// The card.
pub fn doctor(live: Live, zone: Slot<String>) -> El {
    let known = Slot::new(None::<ZoneDoctor>);
    let problem = Slot::new(None::<Problem>);
    let busy = Slot::new(false);
    // Of another zone nothing is known yet.
    effect(move || {
        zone.with(|_| ());
        known.set(None);
        problem.set(None);
    });
    let ask = move |_| {
        let name = zone.get_untracked();
        busy.set(true);
        problem.set(None);
        spawn_local(async move {
            match api::doctor(&name).await {
                Ok(said) => known.set(Some(said)),
                Err(error) => problem.set(Some(live.notice(error))),
            }
            busy.set(false);
        });
    };
    let closed = move || busy.get() || zone.with(String::is_empty);
    let head = el("header").class("card-head").child(el("h2").text(words::DOCTOR)).child(
        button("button")
            .attr("data-test", "doctor")
            .flag("disabled", closed)
            .on("click", ask)
            .text(words::DOCTOR_ASK),
    );
    el("section")
        .class("card")
        .child(head)
        .child(el("p").class("facts").text(words::DOCTOR_HINT))
        .child(trouble(problem))
        .child(show(move || busy.get(), || el("p").class("facts").text(words::DOCTOR_ASKING)))
        .child(dynamic(move || match known.get() {
            None => nothing(),
            Some(said) => findings(said).into(),
        }))
}

fn findings(said: ZoneDoctor) -> El {
    let well =
        !said.findings.iter().any(|one| matches!(one.grade.as_str(), "critical" | "warning"));
    el("div")
        .attr("data-test", "findings")
        .maybe(well.then(|| el("p").child(el("strong").text(words::DOCTOR_WELL))))
        .child(el("ul").class("findings").children(said.findings.into_iter().map(finding)))
        .child(el("p").class("facts").text(words::doctor_age(said.age_secs)))
}

fn finding(one: ZoneFinding) -> El {
    let (tone, word) = model::grade(&one.grade);
    let said = one.said.as_ref().and_then(words::said);
    let remedy = (!one.remedy.is_empty()).then(|| {
        let said = one.said.map(|said| Said { code: format!("{}.do", said.code), ..said });
        let said = said.as_ref().and_then(words::said);
        el("p")
            .class("remedy")
            .child(el("strong").text(words::DOCTOR_REMEDY))
            .text(" ")
            .child(told(el("span"), said, one.remedy))
    });
    el("li")
        .child(fixed_state(tone, word))
        .child(el("div").child(told(el("p"), said, one.text)).maybe(remedy))
}
