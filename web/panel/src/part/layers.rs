//! A site's layers, one below the other as people reach them: which is broken, and what lies behind.
use super::icon::shape;
use super::pulse::lane_row;
use super::site::Site;
use crate::el::{El, each_place, el, span};
use crate::kept::Kept;
use crate::model::layer::{self, Row, Standing};
use crate::model::tone::Tone;
use crate::words;

/// The layers of a site.
pub fn layers(site: Site) -> El {
    let rows = Kept::new(move || site.service().get(|service| layer::rows(service, site.id())));
    let count = move || rows.with(Vec::len);
    el("ol")
        .class("lanes layers")
        .attr("aria-label", words::LAYERS)
        .child(each_place(count, move |place| layer_row(site, rows, place)))
}

fn layer_row(site: Site, rows: Kept<Vec<Row>>, place: usize) -> El {
    let standing = Kept::new(move || {
        rows.with(|rows| rows.get(place).map_or(Standing::Unchecked, |row| row.standing))
    });
    let lane = Kept::new(move || rows.with(|rows| rows.get(place).and_then(|r| r.lane.clone())));
    let name = move || rows.with(|rows| rows.get(place).map(|row| words::layer(row.layer)));
    let tone = move || standing.with(|standing| standing.tone());
    let what = span("lane-what layer-name").child(shape(tone)).child(
        el("span")
            .text_fn(move || name().unwrap_or_default().to_owned())
            .child(el("small").text_fn(move || standing.with(|s| s.word()).to_owned())),
    );
    // What a check behind a broken layer complains of is the broken layer's fault.
    let instead = move || match standing.get() {
        Standing::Behind => Some(words::LAYER_UNKNOWN.into()),
        Standing::Unchecked => Some(String::new()),
        _ => None,
    };
    let frame = el("li")
        .class_fn(move || format!("lane layer {}", tone().class()))
        .toggle("broken", move || tone() == Tone::Down)
        .toggle("behind", move || standing.get() == Standing::Behind)
        .toggle("unchecked", move || standing.get() == Standing::Unchecked);
    lane_row(frame, site.service(), lane, what, Box::new(instead), false)
}
