//! The latest probes of one check, drawn: latency above, one beat per probe below.
use crate::el::{El, div, dynamic, el, nothing, span};
use crate::kept::{Kept, Slot};
use crate::live::Watched;
use crate::model::{lane::Lane, pulse, time};
use crate::words;
use leptos::prelude::*;
use wasm_bindgen::JsCast;

/// What a lane is read from.
pub type LaneOf = Kept<Option<Lane>>;

/// One lane: what is probed from where, the picture, and the latest result; `full`: with everything
/// there is to know of it.
pub fn pulse_lane(service: Watched, lane: LaneOf, full: bool) -> El {
    let label = |lane: &Lane| lane.label.clone();
    let vantage = |lane: &Lane| lane.vantage.clone();
    let what = span("lane-what").text_fn(about(lane, if full { vantage } else { label }));
    let details = |lane: &Lane| match lane.name == lane.what {
        true => lane.what.clone(),
        false => format!("{} · {}", lane.name, lane.what),
    };
    let what = what.maybe(full.then(|| el("small").text_fn(about(lane, details))));
    lane_row(div("lane"), service, lane, what, Box::new(|| None), full)
}

/// What stands in place of the latest result, if anything does.
pub type Instead = Box<dyn Fn() -> Option<String> + Send>;

/// The same inside `frame`, with `what` in front.
pub fn lane_row(
    frame: El,
    service: Watched,
    lane: LaneOf,
    what: El,
    instead: Instead,
    full: bool,
) -> El {
    let drawn = Kept::new(move || {
        let Some(place) = series(lane) else { return pulse::Pulse::default() };
        service.get(|service| service.series.get(place).map(pulse::pulse)).unwrap_or_default()
    });
    let across = Slot::new(None::<f64>);
    let reading = move || {
        let (across, place) = (across.get()?, series(lane)?);
        let now = service.live().now();
        service.get(|service| pulse::reading(service.series.get(place)?, across, now))
    };
    let latest = move || {
        let complaint = || lane.with(|lane| lane.as_ref().and_then(|l| l.complaint.clone()));
        let told = || complaint().unwrap_or_else(|| drawn.with(|d| d.latest.clone()));
        reading().or_else(&instead).unwrap_or_else(told)
    };
    let frame = frame
        .toggle("failing", move || drawn.with(|drawn| drawn.latest_ok == Some(false)))
        .child(what)
        .child(picture(drawn, across))
        .child(span("lane-latest").toggle("read", move || across.get().is_some()).text_fn(latest));
    if full { axis(frame, service, lane) } else { frame.child(pips(lane)) }
}

fn picture(drawn: Kept<pulse::Pulse>, across: Slot<Option<f64>>) -> El {
    let path = |class: &'static str, read: fn(&pulse::Pulse) -> &String| {
        el("path").class(class).attr_fn("d", move || Some(drawn.with(|d| read(d).clone())))
    };
    el("svg")
        .class("pulse")
        .attr("role", "img")
        .attr_fn("aria-label", move || Some(drawn.with(|drawn| drawn.summary.clone())))
        .attr("viewBox", format!("0 0 {} {}", pulse::WIDTH, pulse::HEIGHT))
        .attr("preserveAspectRatio", "none")
        .on("pointermove", move |event| across.set(share(&event)))
        .on("pointerleave", move |_| across.set(None))
        .child(path("beat-none", |drawn| &drawn.empty))
        .child(path("beat-good", |drawn| &drawn.good))
        .child(path("beat-bad", |drawn| &drawn.failed))
        .child(path("spark", |drawn| &drawn.line).attr("vector-effect", "non-scaling-stroke"))
}

/// How far back the picture reaches, and the counters as they are.
fn axis(frame: El, service: Watched, lane: LaneOf) -> El {
    let reach = move || {
        let first = series(lane).and_then(|place| {
            service.get(|service| service.series.get(place).and_then(pulse::reach))
        });
        let now = service.live().now();
        first.map(|first| words::ago(&time::span(time::between(first, now)))).unwrap_or_default()
    };
    let axis = span("axis").child(el("small").text_fn(reach)).child(el("small").text(words::NOW));
    let counters = about(lane, |lane| lane.counters.clone());
    frame.child(axis).child(el("small").class("counters").text_fn(counters))
}

/// The counter towards the next verdict, one pip per probe that counts.
fn pips(lane: LaneOf) -> AnyView {
    dynamic(move || {
        let counter = lane.with(|lane| lane.as_ref().and_then(|lane| lane.counter.clone()));
        let Some(counter) = counter else { return nothing() };
        span(if counter.rising { "pips rising" } else { "pips" })
            .child(pip_row(counter.have.into(), counter.need.into()))
            .text(counter.text)
            .into()
    })
}

/// `have` of `need` pips.
pub fn pip_row(have: usize, need: usize) -> El {
    let pip = move |place| span(if place < have { "pip on" } else { "pip" });
    span("pip-row").attr("aria-hidden", "true").children((0..need).map(pip))
}

fn series(lane: LaneOf) -> Option<usize> {
    lane.with(|lane| lane.as_ref().map(|lane| lane.series))
}

fn about(lane: LaneOf, read: fn(&Lane) -> String) -> impl Fn() -> String + Send + 'static {
    move || lane.with(|lane| lane.as_ref().map(read).unwrap_or_default())
}

/// How far across the picture the pointer is, from 0 to 1.
pub fn share(event: &web_sys::Event) -> Option<f64> {
    let element: web_sys::Element = event.current_target()?.dyn_into().ok()?;
    let pointer: &web_sys::MouseEvent = event.dyn_ref()?;
    let place = element.get_bounding_client_rect();
    (place.width() > 0.0).then(|| (f64::from(pointer.client_x()) - place.left()) / place.width())
}
