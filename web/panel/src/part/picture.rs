//! The picture of a service: its name, the providers that answer for it, the sites they name.
//!
//! Boxes are HTML, so that they can be read and pressed; lines are SVG between them.
use super::site::site_card;
use super::state::state;
use crate::el::{El, div, dynamic, each_place, el, span};
use crate::kept::Kept;
use crate::live::Watched;
use crate::model::tone::Tone;
use crate::model::topology::{self, Share, Source};
use crate::words;
use failover_core::{ServiceSnapshot, SiteId, Verdict};
use leptos::prelude::AnyView;

/// The picture.
pub fn picture(service: Watched) -> El {
    let providers = move || service.get(|service| service.view.providers.len());
    let sites = move || service.get(|service| service.view.sites.len());
    el("section")
        .class("picture")
        .toggle("crowded", move || providers() > 2 || sites() > 2)
        .attr("aria-label", words::PICTURE)
        .child(div("col").child(name_box(service)))
        .child(div("wires").attr("aria-hidden", "true").child(lines(move || {
            let providers = providers();
            (0..providers).map(move |place| ((0, 1), (place, providers))).collect()
        })))
        .child(div("col col-sources").child(each_place(providers, move |p| source_box(service, p))))
        .child(site_wires(service))
        .child(div("col col-sites").child(each_place(sites, move |place| {
            div("cell")
                .toggle("pointed", move || pointed(service, place))
                .toggle("wrong", move || wrong(service, place))
                .child(site_card(service, place))
        })))
}

fn name_box(service: Watched) -> El {
    let kinds = |service: &ServiceSnapshot| {
        let mut kinds: Vec<&str> = Vec::new();
        for published in &service.published {
            if !kinds.contains(&published.rtype.as_str()) {
                kinds.push(&published.rtype);
            }
        }
        words::kinds_and_ttl(&kinds.join(" + "), service.ttl)
    };
    let name = Kept::new(move || service.get(|service| service.name.clone()));
    let name = dynamic(move || name.with(|name| dotted(name)).into());
    let kinds = el("small").text_fn(move || service.get(kinds));
    div("cell").child(div("box box-name").child(name).child(kinds))
}

/// A domain name, which may be broken after its dots and nowhere else.
fn dotted(name: &str) -> El {
    name.split_inclusive('.').fold(el("strong").class("mono"), |all, label| {
        all.child(span("").text(label.to_owned())).child(el("wbr"))
    })
}

fn source_box(service: Watched, place: usize) -> El {
    let source = move || service.get(|s| topology::sources(s).into_iter().nth(place));
    let part = move |read: fn(Source) -> String| move || source().map(read).unwrap_or_default();
    let tone = move || source().map_or(Tone::Unknown, |source| source.tone);
    let servers = part(|source| words::servers_agree(source.servers.0, source.servers.1));
    let content = div("box")
        .child(el("small").class("layer-one").text(words::NAME_SERVERS))
        .toggle("troubled", move || tone() >= Tone::Warn)
        .child(state(tone, part(|source| source.name)))
        .child(el("small").text_fn(servers))
        .child(el("small").class("mono").text_fn(part(|source| source.values.join(" "))))
        .child(el("small").class("note").text_fn(part(|source| source.note)));
    div("cell").child(content)
}

/// From which of how many, to which of how many.
type Line = ((usize, usize), (usize, usize));

/// Lines between two columns, drawn twice: across on a wide page, downwards on a narrow one.
fn lines(read: impl Fn() -> Vec<Line> + Clone + Send + Sync + 'static) -> AnyView {
    let draw = move |class: &'static str, down: bool| {
        let path = move |(from, to): Line| {
            el("path")
                .attr("vector-effect", "non-scaling-stroke")
                .attr("d", topology::curve(from, to, down))
        };
        el("svg")
            .class(class)
            .attr("viewBox", "0 0 1000 1000")
            .attr("preserveAspectRatio", "none")
            .children(read().into_iter().map(path))
    };
    dynamic(move || {
        // Both in one frame, so that they change together.
        div("lines").child(draw("across", false)).child(draw("down", true)).into()
    })
}

/// The lines to the sites: dashed where people could be sent, solid where they are.
fn site_wires(service: Watched) -> El {
    // Counted as `topology::edges` counts them: provider by provider.
    let line = move |place: usize| {
        let (p, s) = service.get(|s| (s.view.providers.len(), s.view.sites.len()));
        ((place / s.max(1), p), (place % s.max(1), s))
    };
    let count = move || service.get(|s| s.view.providers.len() * s.view.sites.len());
    let flow = move |place: usize| {
        div("flow")
            .toggle("on", move || share(service, place) != Share::None)
            .toggle("partly", move || share(service, place) == Share::Some)
            .toggle("wrong", move || wrong(service, line(place).1.0))
            .child(div("wires solid").child(lines(move || vec![line(place)])))
    };
    div("wires-site")
        .attr("aria-hidden", "true")
        .child(div("wires dashed").child(lines(move || (0..count()).map(line).collect())))
        .child(each_place(count, flow))
}

fn share(service: Watched, place: usize) -> Share {
    let edges = service.get(topology::edges);
    edges.get(place).map_or(Share::None, |edge| edge.share)
}

fn pointed(service: Watched, place: usize) -> bool {
    service.get(|service| topology::is_pointed_at(&topology::edges(service), place))
}

/// People are sent to a site that does not serve.
fn wrong(service: Watched, place: usize) -> bool {
    let id = SiteId(u8::try_from(place).unwrap_or(u8::MAX));
    let down = |service: &ServiceSnapshot| {
        service.view.sites.get(id.index()).is_some_and(|site| site.verdict == Verdict::Down)
    };
    pointed(service, place) && service.get(down)
}
