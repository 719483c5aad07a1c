//! The latest probes of one check, drawn: latency above, one beat per probe below.
use crate::live::Watched;
use crate::model::{lane::Lane, pulse, time};
use crate::words;
use leptos::ev::PointerEvent;
use leptos::prelude::*;
use wasm_bindgen::JsCast;

/// One lane: what is probed from where, the picture, and the latest result.
#[component]
pub fn PulseLane(
    service: Watched,
    #[prop(into)] lane: Signal<Option<Lane>>,
    /// With everything there is to know of it.
    #[prop(default = false)]
    full: bool,
) -> impl IntoView {
    let series = move || lane.with(|lane| lane.as_ref().map(|lane| lane.series));
    let drawn = Memo::new(move |_| {
        let Some(place) = series() else { return pulse::Pulse::default() };
        service.get(|service| service.series.get(place).map(pulse::pulse)).unwrap_or_default()
    });
    let across = RwSignal::new(None::<f64>);
    let reading = move || {
        let (across, place) = (across.get()?, series()?);
        let now = service.live().now();
        service.get(|service| pulse::reading(service.series.get(place)?, across, now))
    };
    let latest = move || {
        reading()
            .or_else(|| lane.with(|lane| lane.as_ref().and_then(|lane| lane.complaint.clone())))
            .unwrap_or_else(|| drawn.with(|drawn| drawn.latest.clone()))
    };
    let field =
        move |read: fn(&pulse::Pulse) -> &String| move || drawn.with(|drawn| read(drawn).clone());
    let about = move |read: fn(&Lane) -> &String| {
        Signal::derive(move || {
            lane.with(|l| l.as_ref().map(|l| read(l).clone()).unwrap_or_default())
        })
    };
    view! {
        <div class="lane" class:failing=move || drawn.with(|drawn| drawn.latest_ok == Some(false))>
            <span class="lane-what">
                {about(if full { |lane| &lane.vantage } else { |lane| &lane.label })}
                {full.then(|| view! { <small>{about(|lane| &lane.what)}</small> })}
            </span>
            <svg
                class="pulse"
                role="img"
                aria-label=field(|drawn| &drawn.summary)
                viewBox=format!("0 0 {} {}", pulse::WIDTH, pulse::HEIGHT)
                preserveAspectRatio="none"
                on:pointermove=move |event| across.set(share(&event))
                on:pointerleave=move |_| across.set(None)
            >
                <path class="beat-none" d=field(|drawn| &drawn.empty)></path>
                <path class="beat-good" d=field(|drawn| &drawn.good)></path>
                <path class="beat-bad" d=field(|drawn| &drawn.failed)></path>
                <path class="spark" vector-effect="non-scaling-stroke" d=field(|drawn| &drawn.line)></path>
            </svg>
            <span class="lane-latest" class:read=move || across.get().is_some()>{latest}</span>
            {full.then(|| view! { <Axis service=service lane=lane counters=about(|lane| &lane.counters)/> })}
            <Pips lane=lane/>
        </div>
    }
}

/// How far back the picture reaches, and the counters as they are.
#[component]
fn Axis(
    service: Watched,
    lane: Signal<Option<Lane>>,
    #[prop(into)] counters: Signal<String>,
) -> impl IntoView {
    let reach = move || {
        let place = lane.with(|lane| lane.as_ref().map(|lane| lane.series))?;
        let now = service.live().now();
        let first = service.get(|service| service.series.get(place).and_then(pulse::reach))?;
        Some(words::ago(&time::span(time::between(first, now))))
    };
    view! {
        <span class="axis"><small>{reach}</small><small>{words::NOW}</small></span>
        <small class="counters">{move || counters.get()}</small>
    }
}

/// The counter towards the next verdict, one pip per probe that counts.
#[component]
fn Pips(#[prop(into)] lane: Signal<Option<Lane>>) -> impl IntoView {
    let counter =
        Memo::new(move |_| lane.with(|lane| lane.as_ref().and_then(|l| l.counter.clone())));
    move || {
        counter.get().map(|counter| {
            let pips = (0..counter.need).map(|place| {
                let class = if place < counter.have { "pip on" } else { "pip" };
                view! { <span class=class></span> }
            });
            let class = if counter.rising { "pips rising" } else { "pips" };
            view! {
                <span class=class>
                    <span class="pip-row" aria-hidden="true">{pips.collect_view()}</span>
                    {counter.text}
                </span>
            }
        })
    }
}

/// How far across the picture the pointer is, from 0 to 1.
fn share(event: &PointerEvent) -> Option<f64> {
    let element: web_sys::Element = event.current_target()?.dyn_into().ok()?;
    let place = element.get_bounding_client_rect();
    (place.width() > 0.0).then(|| (f64::from(event.client_x()) - place.left()) / place.width())
}
