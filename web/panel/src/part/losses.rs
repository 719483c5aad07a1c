//! What is lost on the paths to the sites, and how often that would look like a failure.
use crate::el::{dynamic, el};
use crate::kept::Kept;
use crate::live::Watched;
use crate::model::site_name;
use crate::words;
use failover_core::{ServiceSnapshot, SiteId};
use leptos::prelude::AnyView;

/// The lines; nothing until something was measured.
pub fn losses(service: Watched) -> AnyView {
    let lines = Kept::new(move || service.get(lines));
    dynamic(move || {
        let lines = lines.get();
        let item = |line| el("li").text(line);
        let head = (!lines.is_empty()).then(|| el("h3").text(words::LOSSES));
        let list = el("ul").class("blockers").children(lines.into_iter().map(item));
        el("div").class("losses").maybe(head).child(list).into()
    })
}

fn lines(service: &ServiceSnapshot) -> Vec<String> {
    let mut lines = Vec::new();
    for (place, losses) in (0..).zip(&service.losses) {
        if let Some(known) = losses {
            let name = site_name(service, SiteId(place));
            lines.push(words::losses(&name, known.lost, known.probes, known.burst));
        }
    }
    lines.extend(service.false_failover.map(|bound| match bound.seconds {
        Some(seconds) => words::false_failover(&words::years(seconds), bound.exact),
        None => words::FALSE_NEVER.into(),
    }));
    lines
}
