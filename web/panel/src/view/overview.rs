//! The overview: the state in one sentence, then in one picture; a list if there are many.
use super::service::{Story, latest};
use crate::live::{Live, Watched};
use crate::model::lane::lanes;
use crate::model::route::Route;
use crate::model::{sentence, site_names, tone};
use crate::part::events::Brief;
use crate::part::icon::{Glyph, Icon};
use crate::part::notices::Plain;
use crate::part::outlook::OutlookCard;
use crate::part::picture::Picture;
use crate::part::pulse::PulseLane;
use crate::part::state::{Sentence, State};
use crate::words;
use leptos::prelude::*;

/// The page.
#[component]
pub fn Overview() -> impl IntoView {
    let live = expect_context::<Live>();
    let only = Memo::new(move |_| {
        live.with(|all| match all.services.as_slice() {
            [one] => Some(one.view.service.clone()),
            _ => None,
        })
        .flatten()
    });
    let watcher = Memo::new(move |_| live.with(crate::model::notice::of_watcher).flatten());
    view! {
        <Plain notice=watcher/>
        {move || match only.get() {
            Some(name) => view! { <One service=Watched::new(live, name)/> }.into_any(),
            None => view! { <Many/> }.into_any(),
        }}
    }
}

#[component]
fn One(service: Watched) -> impl IntoView {
    let details = move || Route::Service(service.name()).hash();
    view! {
        <Story service=service/>
        <Picture service=service/>
        <p class="more"><a href=details>{words::DETAILS} <Glyph icon=Signal::stored(Icon::Next)/></a></p>
        <div class="pair">
            <OutlookCard service=service/>
            <section class="card">
                <h2>{words::LATEST}</h2>
                <Brief events=latest(service)/>
                <p class="more"><a href=Route::ACTIVITY.hash()>{words::ALL_ACTIVITY} <Glyph icon=Signal::stored(Icon::Next)/></a></p>
            </section>
        </div>
    }
}

#[component]
fn Many() -> impl IntoView {
    let live = expect_context::<Live>();
    let pieces = Memo::new(move |_| live.with(sentence::overall).unwrap_or_default());
    let names = Memo::new(move |_| live.with(sentence::worst_first).unwrap_or_default());
    view! {
        <h1 class="sentence"><Sentence pieces=pieces/></h1>
        <section class="card services">
            <For each=move || names.get() key=String::clone let:name>
                <ServiceRow service=Watched::new(live, name)/>
            </For>
        </section>
    }
}

#[component]
fn ServiceRow(service: Watched) -> impl IntoView {
    let state = service.memo(|service| Some(tone::service(service)));
    let tone = Signal::derive(move || state.get().unwrap_or(tone::Tone::Unknown));
    let lane = service.memo(|service| {
        let active = service.view.desired.iter().next()?;
        lanes(service, active).into_iter().next()
    });
    let target = Route::Service(service.name()).hash();
    view! {
        <a class="service-row" href=target>
            <State tone=tone/>
            <span>
                <strong>{service.name()}</strong>
                <small class="mono">{move || service.get(|service| service.name.clone())}</small>
            </span>
            <span>{move || service.get(|service| site_names(service, service.view.desired))}</span>
            <PulseLane service=service lane=lane/>
            <Glyph icon=Signal::stored(Icon::Next)/>
        </a>
    }
}
