//! The page: a world or an incident, marked as what it is.
use super::bench::Bench;
use super::breaking::{breaking, script};
use super::draft;
use super::examples;
use super::reading::{self, Build};
use super::settings::{self, Changed, settings};
use super::share::{self, Start};
use super::stage::{behind, outcome, stage};
use super::transport::transport;
use crate::api;
use crate::el::{El, div, dynamic, el, nothing, show, span};
use crate::kept::{Kept, Slot};
use crate::live::Live;
use crate::model::route::encode;
use crate::part::asked::Asked;
use crate::part::command::{button, trouble};
use crate::words;
use crate::words::simulator as say;
use failover_sim::Script;
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::sync::Arc;
use web_api::Problem;

/// What is on the page.
#[derive(Clone)]
enum Shown {
    Nothing,
    World(Box<Script>),
    Incident(Build),
}

/// The page; `query` is what stands behind the question mark of its address.
pub fn simulator(query: &str) -> El {
    let live = expect_context::<Live>();
    let shown = Slot::new(Shown::Nothing);
    let problem = Slot::new(None::<Problem>);
    // Whoever has asked for nothing is not surprised by something that moves.
    let asked = !query.is_empty();
    let start = Start::of(query);
    let chosen = chosen(&start);
    open(live, start, shown, problem);
    let content = move || match shown.get() {
        Shown::Nothing => nothing(),
        Shown::World(script) => world(*script, asked).into(),
        Shown::Incident(build) => build().into(),
    };
    let is_incident = Kept::new(move || shown.with(|shown| matches!(shown, Shown::Incident(_))));
    let badge =
        move || if is_incident.get() { say::SIM_RECORDED } else { say::SIM_SIMULATION }.to_owned();
    let about =
        move || if is_incident.get() { say::SIM_NOT_NOW } else { say::SIM_NOT_REAL }.to_owned();
    let head = el("header")
        .class("sim-head")
        .child(el("h1").class("page-title").text(words::SIMULATOR))
        .child(span("sim-badge").text_fn(badge))
        .child(el("p").class("facts").text_fn(about));
    div("page simulator")
        .attr("data-test", "simulator")
        .child(head)
        .child(starts(live, chosen))
        .child(trouble(problem))
        .child(dynamic(content))
}

/// Finds what the page starts with; what has to be asked for comes later.
fn open(live: Live, start: Start, shown: Slot<Shown>, problem: Slot<Option<Problem>>) {
    match start {
        Start::Example(place) => match draft::parse(examples::ALL[place].text) {
            Ok(script) => shown.set(Shown::World(Box::new(script))),
            Err(why) => problem.set(Some(unplayable(why))),
        },
        Start::Script(script) => shown.set(Shown::World(script)),
        Start::Rubbish(why) => problem.set(Some(unplayable(why))),
        Start::Service(name) => spawn_local(async move {
            match api::policy(&name).await {
                Ok(text) => match reading::policy(text).await {
                    Ok(Some(found)) => {
                        let script = draft::calm(found.policy, found.ttl);
                        shown.set(Shown::World(Box::new(script)));
                    }
                    Ok(None) => problem.set(Some(unplayable(say::SIM_UNREADABLE.to_owned()))),
                    Err(_) => problem.set(Some(unplayable(words::PAGE_MISSING.to_owned()))),
                },
                Err(error) => problem.set(Some(live.notice(error))),
            }
        }),
        Start::Incident(seq) => spawn_local(async move {
            match api::incident(seq).await {
                Ok(text) => match reading::incident(text, live).await {
                    Ok(Some(build)) => shown.set(Shown::Incident(build)),
                    Ok(None) => problem.set(Some(unplayable(say::SIM_UNREADABLE.to_owned()))),
                    Err(_) => problem.set(Some(unplayable(words::PAGE_MISSING.to_owned()))),
                },
                Err(error) => problem.set(Some(live.notice(error))),
            }
        }),
    }
}

fn unplayable(detail: String) -> Problem {
    let (kind, title) = ("unplayable".to_owned(), say::SIM_CANNOT_START.to_owned());
    Problem { kind, title, status: 0, detail }
}

fn world(script: Script, plays: bool) -> El {
    let bench = apart(|| Bench::world(script, plays));
    let changed: Changed = Arc::new(move |script| bench.replace(script));
    div("page")
        .child(transport(bench, true))
        .child(stage(bench))
        .child(div("pair").child(breaking(bench)).child(outcome(bench).child(seed(bench))))
        .child(settings(bench, |_| true, &changed))
        .child(behind(bench))
        .child(self::script(bench))
        .child(link(bench))
}

/// The seed: a number to set, or to roll.
fn seed(bench: Bench) -> El {
    let wrong = Slot::new(false);
    let take = move |seed: u64| {
        wrong.set(false);
        let mut script = bench.draft.get_untracked();
        if script.seed != seed {
            script.seed = seed;
            settings::set(bench, script, &|script| bench.replace(script));
        }
    };
    let typed = move |event: web_sys::Event| match event_target_value(&event).trim().parse() {
        Ok(seed) => take(seed),
        Err(_) => wrong.set(true),
    };
    // Short enough to be read aloud.
    let roll = move |_| take((js_sys::Math::random() * 1e6) as u64);
    let field = el("input")
        .attr("type", "text")
        .attr("inputmode", "numeric")
        .attr("size", "8")
        .attr("maxlength", "20")
        .attr("data-test", "sim-seed")
        .attr_fn("aria-invalid", move || wrong.get().then(|| "true".to_owned()))
        .value_fn(move || bench.draft.with(|script| script.seed.to_string()))
        .on("change", typed);
    let trouble = move || el("span").class("note").attr("role", "alert").text(say::SIM_SEED_WRONG);
    div("seed")
        .child(el("label").text(say::SIM_SEED).child(field))
        .child(button("button").attr("data-test", "sim-roll").on("click", roll).text(say::SIM_ROLL))
        .child(show(move || wrong.get(), trouble))
        .child(span("facts").text(say::SIM_SEED_SHOWS))
}

/// Everything below knows the stage and nothing of the truth: no command and no dialog leads out.
pub fn apart(make: impl FnOnce() -> Bench) -> Bench {
    let bench = make();
    provide_context(bench.stage);
    provide_context(Asked::none());
    bench
}

/// What else to start with. What is chosen becomes the address, so that it can be gone back from.
fn starts(live: Live, chosen: String) -> El {
    let go = |event: web_sys::Event| {
        let target = format!("#/simulator?{}", event_target_value(&event));
        // An address of our own making is always accepted.
        let _ = window().location().set_hash(&target);
    };
    let services = Kept::new(move || {
        live.with(|all| all.services.iter().map(|s| s.view.service.clone()).collect::<Vec<_>>())
            .unwrap_or_default()
    });
    let own = chosen.clone();
    let option = move |value: String, text: String| {
        let option = el("option").attr("value", value.clone());
        let option = if value == own { option.attr("selected", "") } else { option };
        option.text(text)
    };
    let example = |one: &examples::Example| (format!("example={}", one.name), title(one.name));
    let shows = examples::ALL.iter().find(|one| chosen == format!("example={}", one.name));
    let shows = shows.and_then(|one| say::example(one.name));
    let shows = shows.map(|(_, shows)| el("p").class("facts").text(shows));
    let unnamed = !chosen.starts_with("example=") && !chosen.starts_with("service=");
    let select = dynamic(move || {
        let examples = examples::ALL.iter().map(example);
        let service =
            |name: String| (format!("service={}", encode(&name)), say::sim_policy_of(&name));
        let services = services.get().into_iter().map(service);
        let group = |title: &'static str| el("optgroup").attr("label", title);
        let put = |(value, text): (String, String)| option(value, text);
        let incident = chosen.starts_with("incident=");
        let text = if incident { say::SIM_INCIDENT } else { say::SIM_OWN_SCRIPT };
        let other = unnamed.then(|| option(chosen.clone(), text.to_owned()));
        el("select")
            .attr("data-test", "sim-start")
            .on("change", go)
            .maybe(other)
            .child(group(say::SIM_EXAMPLES.text()).children(examples.map(put)))
            .child(group(say::SIM_LIVE_POLICY.text()).children(services.map(put)))
            .into()
    });
    div("starts").child(el("label").text(say::SIM_START_FROM).child(select)).maybe(shows)
}

fn title(name: &str) -> String {
    say::example(name).map_or_else(|| name.to_owned(), |(title, _)| title.into())
}

fn chosen(start: &Start) -> String {
    match start {
        Start::Example(place) => format!("example={}", examples::ALL[*place].name),
        Start::Service(name) => format!("service={}", encode(name)),
        Start::Incident(seq) => format!("incident={seq}"),
        Start::Script(script) => share::query(script).unwrap_or_default(),
        Start::Rubbish(_) => String::new(),
    }
}

/// The link to this world, as it is now.
fn link(bench: Bench) -> El {
    let link = Kept::new(move || {
        bench.draft.with(|script| {
            let query = share::query(script)?;
            let location = window().location();
            let origin = location.origin().ok()?;
            let path = location.pathname().ok()?;
            Some(format!("{origin}{path}#/simulator?{query}"))
        })
    });
    let copied = Slot::new(None::<String>);
    let copy = move |_| {
        let Some(link) = untrack(move || link.get()) else { return };
        // Without a secure context there is no clipboard; the field beside the button can be copied.
        let _ = window().navigator().clipboard().write_text(&link);
        copied.set(Some(link));
    };
    let text = move || {
        let same = copied.get().is_some() && copied.get() == link.get();
        if same { say::SIM_LINK_COPIED } else { say::SIM_COPY_LINK }.to_owned()
    };
    let field = el("input")
        .attr("type", "text")
        .class("mono")
        .attr("readonly", "")
        .attr("aria-label", say::SIM_LINK)
        .attr("data-test", "sim-link")
        .value_fn(move || link.get().unwrap_or_else(|| say::SIM_TOO_LONG.to_owned()));
    el("section").class("card share").child(el("h2").text(say::SIM_LINK)).child(field).child(
        button("button")
            .attr("data-test", "sim-copy")
            .flag("disabled", move || link.with(Option::is_none))
            .on("click", copy)
            .text_fn(text),
    )
}
