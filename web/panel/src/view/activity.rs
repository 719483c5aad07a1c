//! What happened: the journal, filtered.
use crate::api;
use crate::live::Live;
use crate::model::activity::{self, Filter};
use crate::model::route::Route;
use crate::part::command::Trouble;
use crate::part::events::Journal;
use crate::words;
use failover_core::{EventRecord, Severity};
use leptos::prelude::*;
use leptos::task::spawn_local;
use web_api::Problem;

/// The page.
#[component]
pub fn Activity(route: RwSignal<Route>) -> impl IntoView {
    let live = expect_context::<Live>();
    let known = RwSignal::new(Vec::<EventRecord>::new());
    let problem = RwSignal::new(None::<Problem>);
    let filter = RwSignal::new(Filter::default());
    spawn_local(async move {
        match api::events(activity::KEPT).await {
            Ok(page) => {
                known.maybe_update(|known| activity::merge(known, &page.events));
            }
            Err(error) => problem.set(Some(live.notice(error))),
        }
    });
    Effect::new(move |_| {
        live.with(|all| {
            known.maybe_update(|known| activity::merge(known, &all.recent));
        });
    });
    Effect::new(move |_| {
        if let Route::Activity { service, .. } = route.get() {
            filter.update(|filter| filter.service = service);
        }
    });
    let shown = Memo::new(move |_| {
        filter.with(|filter| {
            known.with(|known| {
                known.iter().filter(|event| filter.passes(event)).cloned().collect::<Vec<_>>()
            })
        })
    });
    view! {
        <h1 class="page-title">{words::ACTIVITY}</h1>
        <Filters filter=filter/>
        <Trouble problem=problem/>
        <section class="card"><Journal events=shown route=route/></section>
    }
}

#[component]
fn Filters(filter: RwSignal<Filter>) -> impl IntoView {
    let live = expect_context::<Live>();
    let services = Memo::new(move |_| {
        live.with(|all| all.services.iter().map(|s| s.view.service.clone()).collect::<Vec<_>>())
            .unwrap_or_default()
    });
    let choose = move |event| {
        let chosen = event_target_value(&event);
        let service = (!chosen.is_empty()).then_some(chosen);
        let target = Route::Activity { service, event: None }.hash();
        // An address of our own making is always accepted.
        let _ = window().location().set_hash(&target);
    };
    let urgency = move |event| {
        let severity = match event_target_value(&event).as_str() {
            "warning" => Some(Severity::Warning),
            "critical" => Some(Severity::Critical),
            _ => None,
        };
        filter.update(|filter| filter.severity = severity);
    };
    let option = move |name: String| {
        let chosen = filter.with_untracked(|filter| filter.service.as_ref() == Some(&name));
        view! { <option value=name.clone() selected=chosen>{name.clone()}</option> }
    };
    view! {
        <div class="filters">
            <label>
                {words::FILTER}
                <input
                    id="filter"
                    type="search"
                    placeholder=words::FILTER_HINT
                    on:input=move |event| filter.update(|f| f.text = event_target_value(&event))
                />
            </label>
            <label>
                {words::URGENCY}
                <select on:change=urgency>
                    <option value="">{words::EVERYTHING}</option>
                    <option value="warning">{words::WARNINGS}</option>
                    <option value="critical">{words::CRITICAL}</option>
                </select>
            </label>
            <label>
                {words::SERVICE}
                <select on:change=choose>
                    <option value="">{words::ALL_SERVICES}</option>
                    {move || services.get().into_iter().map(option).collect_view()}
                </select>
            </label>
        </div>
    }
}
