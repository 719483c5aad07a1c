//! What happened: the journal, filtered.
use crate::api;
use crate::el::{El, div, dynamic, effect, el};
use crate::kept::{Kept, Slot};
use crate::live::Live;
use crate::model::activity::{self, Filter};
use crate::model::news::Happening;
use crate::model::route::Route;
use crate::part::command::trouble;
use crate::part::events::journal;
use crate::words::{self, text::Word};
use failover_core::Severity;
use leptos::prelude::*;
use leptos::task::spawn_local;
use web_api::Problem;

/// The page.
pub fn activity(route: Slot<Route>) -> El {
    let live = expect_context::<Live>();
    let known = Slot::new(Vec::<Happening>::new());
    let problem = Slot::new(None::<Problem>);
    let filter = Slot::new(Filter::default());
    let learn = move |news: &[Happening]| {
        let mut all = known.get_untracked();
        if activity::merge(&mut all, news) {
            known.set(all);
        }
    };
    spawn_local(async move {
        match api::events(activity::KEPT).await {
            Ok(page) => learn(&live.tell(page.events)),
            Err(error) => {
                problem.set(Some(live.notice(error)));
            }
        }
    });
    effect(move || {
        live.with(|all| learn(&all.recent));
    });
    effect(move || {
        if let Route::Activity { service, .. } = route.get() {
            filter.update(|filter| filter.service = service);
        }
    });
    let shown = Kept::new(move || {
        filter.with(|filter| {
            known.with(|known| {
                known.iter().filter(|event| filter.passes(event)).cloned().collect::<Vec<_>>()
            })
        })
    });
    div("page")
        .child(el("h1").class("page-title").text(words::ACTIVITY))
        .child(filters(live, filter))
        .child(trouble(problem))
        .child(el("section").class("card").child(journal(shown, route)))
}

fn filters(live: Live, filter: Slot<Filter>) -> El {
    let urgency = move |event: web_sys::Event| {
        let severity = match event_target_value(&event).as_str() {
            "warning" => Some(Severity::Warning),
            "critical" => Some(Severity::Critical),
            _ => None,
        };
        filter.update(|filter| filter.severity = severity);
    };
    let text = el("input")
        .attr("id", "filter")
        .attr("type", "search")
        .attr("placeholder", words::FILTER_HINT)
        .on("input", move |event| filter.update(|f| f.text = event_target_value(&event)));
    let urgency = el("select")
        .on("change", urgency)
        .child(option("", words::EVERYTHING))
        .child(option("warning", words::WARNINGS))
        .child(option("critical", words::CRITICAL));
    div("filters")
        .child(el("label").text(words::FILTER).child(text))
        .child(el("label").text(words::URGENCY).child(urgency))
        .child(el("label").text(words::SERVICE).child(service_choice(live, filter)))
}

fn service_choice(live: Live, filter: Slot<Filter>) -> AnyView {
    let services = Kept::new(move || {
        live.with(|all| all.services.iter().map(|s| s.view.service.clone()).collect::<Vec<_>>())
            .unwrap_or_default()
    });
    let choose = |event: web_sys::Event| {
        let chosen = event_target_value(&event);
        let service = (!chosen.is_empty()).then_some(chosen);
        let target = Route::Activity { service, event: None }.hash();
        // An address of our own making is always accepted.
        let _ = window().location().set_hash(&target);
    };
    let named = move |name: String| {
        let chosen = filter.with_untracked(|filter| filter.service.as_ref() == Some(&name));
        let option = el("option").attr("value", name.clone()).text(name);
        if chosen { option.attr("selected", "") } else { option }
    };
    dynamic(move || {
        el("select")
            .on("change", choose)
            .child(option("", words::ALL_SERVICES))
            .children(services.get().into_iter().map(named))
            .into()
    })
}

fn option(value: &'static str, text: Word) -> El {
    el("option").attr("value", value).text(text)
}
