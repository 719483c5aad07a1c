//! Breaking something: buttons for what is usual, a form for everything, and the script they write.
use super::bench::Bench;
use super::draft;
use super::knobs::span as spell;
use super::line::moment;
use super::menu::{self, Subject, Trouble};
use super::settings;
use crate::el::{El, div, dynamic, each_place, el, show, span};
use crate::kept::{Kept, Slot};
use crate::part::command::button;
use crate::words::simulator as say;
use failover_sim::{Fault, Script};
use leptos::prelude::*;
use std::time::Duration;

/// How long something may last; the last one is for good.
const LASTING: [u64; 5] = [10, 30, 60, 300, 0];

/// The card.
pub fn breaking(bench: Bench) -> El {
    let full = Slot::new(false);
    let alarm = move || el("p").class("note").attr("role", "alert").text(say::SIM_TOO_MUCH);
    el("section")
        .class("card")
        .attr("data-test", "sim-break")
        .child(el("h2").text(say::SIM_BREAK_SOMETHING))
        .child(quick(bench, full))
        .child(form(bench, full))
        .child(show(move || full.get(), alarm))
        .child(el("h3").text(say::SIM_DONE_SO_FAR))
        .child(steps(bench))
}

/// Those of the present script's names: they change when another world is opened.
fn subjects(bench: Bench) -> Kept<Vec<Subject>> {
    Kept::new(move || bench.draft.with(menu::menu))
}

fn quick(bench: Bench, full: Slot<bool>) -> El {
    let all = Kept::new(move || bench.draft.with(menu::quick));
    let chip = move |place: usize| {
        let act = move |_| {
            let Some(Trouble { begins, .. }) = all.with_untracked(|all| all.get(place).cloned())
            else {
                return;
            };
            full.set(!bench.touch(&begins, None));
            bench.play(true);
        };
        button("button chip").attr("data-test", format!("quick-{place}")).on("click", act).text_fn(
            move || all.with(|all| all.get(place).map(|t| t.text.clone())).unwrap_or_default(),
        )
    };
    let calm = button("button quiet").attr("data-test", "quick-calm").on("click", move |_| {
        full.set(!bench.touch(&Fault::Calm, None));
    });
    div("chips").child(each_place(move || all.with(Vec::len), chip)).child(calm.text(say::SIM_CALM))
}

/// What, how, when and for how long.
#[derive(Clone, Copy)]
struct Chosen {
    subject: Slot<usize>,
    trouble: Slot<usize>,
    /// Seconds since the beginning; empty: now.
    at: Slot<String>,
    lasts: Slot<usize>,
}

fn form(bench: Bench, full: Slot<bool>) -> El {
    let subjects = subjects(bench);
    let chosen = Chosen {
        subject: Slot::new(0),
        trouble: Slot::new(0),
        at: Slot::new(String::new()),
        lasts: Slot::new(2),
    };
    let names = Kept::new(move || {
        subjects.with(|all| all.iter().map(|subject| subject.name.clone()).collect::<Vec<_>>())
    });
    let texts = Kept::new(move || {
        let place = chosen.subject.get();
        subjects.with(|all| {
            let troubles = all.get(place).map(|subject| subject.troubles.as_slice());
            troubles.unwrap_or_default().iter().map(|t| t.text.clone()).collect::<Vec<_>>()
        })
    });
    let what = choice("sim-what", names, chosen.subject, move || chosen.trouble.set(0));
    let how = choice("sim-how", texts, chosen.trouble, || ());
    let when = el("input")
        .attr("type", "text")
        .attr("inputmode", "decimal")
        .attr("placeholder", say::SIM_NOW)
        .attr("data-test", "sim-when")
        .on("input", move |event| chosen.at.set(event_target_value(&event)));
    let lasting = Kept::new(|| {
        LASTING
            .map(|secs| if secs == 0 { say::SIM_FOR_GOOD.to_owned() } else { spell(secs * 1_000) })
            .to_vec()
    });
    let lasts = choice("sim-lasts", lasting, chosen.lasts, || ());
    let act = move |event: web_sys::Event| {
        event.prevent_default();
        full.set(!take(bench, subjects, chosen));
    };
    let field = |label: &'static str, field: AnyView| el("label").text(label).child(field);
    el("form")
        .class("break-form")
        .on("submit", act)
        .child(field(say::SIM_WHAT.text(), what))
        .child(field(say::SIM_HOW.text(), how))
        .child(field(say::SIM_WHEN_SECONDS.text(), when.into()))
        .child(field(say::SIM_LASTS.text(), lasts))
        .child(el("button").class("button").attr("data-test", "sim-do").text(say::SIM_BREAK))
}

/// A choice among texts that may change.
fn choice(
    test: &'static str,
    texts: Kept<Vec<String>>,
    chosen: Slot<usize>,
    changed: impl Fn() + Copy + Send + 'static,
) -> AnyView {
    let choose = move |event: web_sys::Event| {
        chosen.set(event_target_value(&event).parse().unwrap_or(0));
        changed();
    };
    let option = move |(place, text): (usize, String)| {
        let option = el("option").attr("value", place.to_string());
        let own = chosen.get_untracked() == place;
        if own { option.attr("selected", "").text(text) } else { option.text(text) }
    };
    dynamic(move || {
        let options = texts.get().into_iter().enumerate().map(option);
        el("select").attr("data-test", test).on("change", choose).children(options).into()
    })
}

/// Does what was chosen: at once, or at its moment, for which the world is played again.
fn take(bench: Bench, subjects: Kept<Vec<Subject>>, chosen: Chosen) -> bool {
    let (subject, trouble) = (chosen.subject.get_untracked(), chosen.trouble.get_untracked());
    let found = subjects.with_untracked(|all| all.get(subject)?.troubles.get(trouble).cloned());
    let Some(Trouble { begins, ends, .. }) = found else { return false };
    let lasts = LASTING[chosen.lasts.get_untracked().min(LASTING.len() - 1)];
    let end = ends.filter(|_| lasts > 0).map(|end| (Duration::from_secs(lasts), end));
    let at = chosen.at.get_untracked();
    match draft::seconds(&at) {
        None if at.trim().is_empty() => {
            let done = bench.touch(&begins, end);
            bench.play(true);
            done
        }
        None => false,
        Some(at) => {
            let mut script = bench.draft.get_untracked();
            let room = draft::add(&mut script, at, begins, end);
            if room {
                settings::set(bench, script, &|script| bench.replace(script));
            }
            room
        }
    }
}

/// What happens in this world, line by line; each can be taken out again.
fn steps(bench: Bench) -> AnyView {
    let lines = Kept::new(move || {
        bench.draft.with(|script| {
            let line = |(at, fault): &(Duration, Fault)| {
                let at = moment(u64::try_from(at.as_millis()).unwrap_or(u64::MAX));
                (at, fault.line(&script.spec))
            };
            script.steps.iter().map(line).collect::<Vec<_>>()
        })
    });
    let row = move |place: usize| {
        let part = move |read: fn(&(String, String)) -> &String| {
            move || {
                lines.with(|all| all.get(place).map(|line| read(line).clone())).unwrap_or_default()
            }
        };
        let remove = move |_| {
            let mut script = bench.draft.get_untracked();
            if place < script.steps.len() {
                script.steps.remove(place);
                settings::set(bench, script, &|script| bench.replace(script));
            }
        };
        el("li")
            .child(span("moment").text_fn(part(|line| &line.0)))
            .child(span("mono").text_fn(part(|line| &line.1)))
            .child(button("button quiet").on("click", remove).text(say::SIM_REMOVE))
    };
    let none = move || lines.with(Vec::is_empty);
    el("div")
        .child(el("ul").class("steps-done").child(each_place(move || lines.with(Vec::len), row)))
        .child(show(none, || el("p").class("facts").text(say::SIM_NOTHING_HAPPENS)))
        .into()
}

/// The script as text, to be changed in every way there is.
pub fn script(bench: Bench) -> El {
    let own = Slot::new(None::<String>);
    let problem = Slot::new(None::<String>);
    let text = move || own.get().unwrap_or_else(|| bench.draft.with(Script::to_string));
    let apply = move |_| {
        let text =
            own.get_untracked().unwrap_or_else(|| bench.draft.with_untracked(Script::to_string));
        match draft::parse(&text) {
            Ok(script) => {
                own.set(None);
                problem.set(None);
                settings::set(bench, script, &|script| {
                    bench.replace(script);
                    bench.go(0);
                    bench.play(true);
                });
            }
            Err(why) => problem.set(Some(why)),
        }
    };
    let trouble = move || {
        let why = problem.get().unwrap_or_default();
        div("trouble").attr("role", "alert").child(el("span").text(why))
    };
    let area = el("textarea")
        .class("mono")
        .attr("rows", "14")
        .attr("spellcheck", "false")
        .attr("aria-label", say::SIM_SCRIPT)
        .attr("data-test", "sim-script")
        .value_fn(text)
        .on("input", move |event| own.set(Some(event_target_value(&event))));
    el("details")
        .class("card")
        .child(el("summary").text(say::SIM_SCRIPT))
        .child(area)
        .child(show(move || problem.with(Option::is_some), trouble))
        .child(
            button("button").attr("data-test", "sim-apply").on("click", apply).text(say::SIM_APPLY),
        )
}
