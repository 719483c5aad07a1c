//! The configuration as it is in effect: searched, copied, never changed here.
use crate::api;
use crate::el::{El, div, dynamic, el, nothing, span};
use crate::kept::{Kept, Slot};
use crate::live::Live;
use crate::model::settings::{heading, search, text};
use crate::model::tone::Tone;
use crate::part::command::{button, trouble};
use crate::part::state::{english, fixed_state};
use crate::words;
use crate::words::configuration as told;
use leptos::prelude::*;
use leptos::task::spawn_local;
use web_api::{
    Configuration, Consequence, Problem, Reached, ReachedProvider, Setting, SettingSection,
};

/// The page.
pub fn configuration() -> El {
    let live = expect_context::<Live>();
    let known = Slot::new(None::<Configuration>);
    let reached = Slot::new(None::<Reached>);
    let problem = Slot::new(None::<Problem>);
    let wanted = Slot::new(String::new());
    spawn_local(async move {
        match api::configuration().await {
            Ok(configuration) => known.set(Some(configuration)),
            Err(error) => problem.set(Some(live.notice(error))),
        }
        match api::reached().await {
            Ok(answer) => reached.set(Some(answer)),
            Err(error) => problem.set(Some(live.notice(error))),
        }
    });
    let file = move || {
        known.with(|known| known.as_ref().map(|all| told::cfg_file(&all.file, &all.version)))
    };
    div("page")
        .child(el("h1").class("page-title").text(words::CONFIGURATION))
        .child(el("p").class("facts").text(told::CFG_TEXT))
        .child(el("p").class("mono").text_fn(move || file().unwrap_or_default()))
        .child(trouble(problem))
        .child(dynamic(move || {
            known.with(|known| match known {
                Some(all) => meaning(all, reached).into(),
                None => el("p").class("facts").text(told::CFG_LOADING).into(),
            })
        }))
        .child(settings(known, wanted))
}

/// What the settings amount to, what is doubtful, and what the credentials see.
fn meaning(all: &Configuration, reached: Slot<Option<Reached>>) -> El {
    let doubts = (!all.warnings.is_empty()).then(|| {
        let line = |text: &String| english(el("li")).text(text.clone());
        el("section")
            .class("card")
            .child(el("h2").text(told::CFG_DOUBTFUL))
            .child(el("ul").class("blockers").children(all.warnings.iter().map(line)))
    });
    let seen = dynamic(move || match reached.get() {
        Some(answer) => {
            el("ul").class("reached").children(answer.providers.into_iter().map(provider)).into()
        }
        None => el("p").class("facts").text(told::CFG_REACHING).into(),
    });
    let numbers = el("section")
        .class("card")
        .child(el("h2").text(told::CFG_CONSEQUENCES))
        .children(all.consequences.iter().map(consequence));
    let sees = el("section").class("card").child(el("h2").text(told::CFG_REACHED)).child(seen);
    div("page").maybe(doubts).child(numbers).child(sees)
}

fn consequence(one: &Consequence) -> El {
    let row = |cells: &Vec<String>| {
        let mut cells = cells.iter().map(|cell| cell.trim().to_owned());
        let head = el("th").attr("scope", "row").text(cells.next().unwrap_or_default());
        el("tr").child(head).children(cells.map(|cell| el("td").text(cell)))
    };
    div("table-frame").child(
        el("table")
            .class("numbers")
            .child(el("caption").text(one.service.clone()))
            .child(el("tbody").children(one.lines.iter().map(row))),
    )
}

fn provider(one: ReachedProvider) -> El {
    let fine = one.zones_problem.is_none() && one.servers_problem.is_none();
    let tone = if fine { Tone::Up } else { Tone::Warn };
    let zones = match one.zones_problem {
        Some(problem) => english(span("note")).text(problem),
        None => span("").text(told::zones(&one.zones)),
    };
    let servers = match (one.servers_problem, one.servers) {
        (Some(problem), _) => Some(english(span("note")).text(problem)),
        (None, Some(count)) => Some(span("facts").text(words::locations::loc_servers_at(count))),
        (None, None) => None,
    };
    el("li")
        .child(fixed_state(tone, one.provider))
        .child(zones)
        .maybe(servers)
        .child(el("small").text(told::cfg_answered(one.millis)))
}

fn settings(known: Slot<Option<Configuration>>, wanted: Slot<String>) -> El {
    let found = Kept::new(move || {
        wanted.with(|wanted| {
            known.with(|known| known.as_ref().map(|all| search(all, wanted)).unwrap_or_default())
        })
    });
    let field = el("input")
        .attr("id", "filter")
        .attr("type", "search")
        .attr("placeholder", told::CFG_SEARCH_HINT)
        .attr("data-test", "search-settings")
        .on("input", move |event| wanted.set(event_target_value(&event)));
    let copied = Slot::new(false);
    let copy = move |_| {
        // Without a secure context there is no clipboard, and nothing to be done about it.
        let _ = window().navigator().clipboard().write_text(&found.with_untracked(|all| text(all)));
        copied.set(true);
    };
    let word = move || String::from(if copied.get() { words::COPIED } else { told::CFG_COPY });
    let count =
        move || found.with(|all| told::cfg_found(all.iter().map(|one| one.settings.len()).sum()));
    let bar = div("settings-bar")
        .child(el("label").text(told::CFG_SEARCH).child(field))
        .child(el("small").attr("role", "status").text_fn(count))
        .child(button("button").attr("data-test", "copy-settings").on("click", copy).text_fn(word));
    let none = move || known.with(Option::is_some) && found.with(Vec::is_empty);
    div("page")
        .child(bar)
        .child(dynamic(move || match none() {
            true => el("p").class("facts").text(told::CFG_NONE).into(),
            false => nothing(),
        }))
        .child(dynamic(move || {
            let sections = found.get().into_iter().map(|one| section(known, one));
            div("sections").children(sections).into()
        }))
}

fn section(known: Slot<Option<Configuration>>, section: SettingSection) -> El {
    // A search leaves out settings, but not what the heading says.
    let said = known.with_untracked(|known| {
        let whole = known.iter().flat_map(|all| &all.sections);
        whole.into_iter().find(|one| one.title == section.title).map_or(0, heading)
    });
    let head = el("tr")
        .child(el("th").text(told::CFG_SETTING))
        .child(el("th").text(told::CFG_VALUE))
        .child(el("th").text(told::CFG_ORIGIN));
    el("section").class("card settings").child(el("h2").class("mono").text(section.title)).child(
        el("table").child(el("thead").child(head)).child(
            el("tbody").children(section.settings.into_iter().map(move |one| setting(one, said))),
        ),
    )
}

/// `said`: how much of the key the heading says.
fn setting(one: Setting, said: usize) -> El {
    let value = match one.secret {
        true => el("td")
            .child(fixed_state(Tone::Maint, told::CFG_SECRET.into()))
            .text(" ")
            .child(el("small").text(one.value)),
        false => el("td").class("mono").text(one.value),
    };
    let origin = match (one.line, one.from) {
        (Some(line), _) => told::cfg_line(line),
        (None, Some(from)) => from,
        (None, None) => told::CFG_DEFAULT.into(),
    };
    el("tr")
        .child(
            el("th")
                .attr("scope", "row")
                .class("mono")
                .attr("title", one.key.clone())
                .text(one.key[said..].to_owned()),
        )
        .child(value)
        .child(el("td").class("facts").text(origin))
}
