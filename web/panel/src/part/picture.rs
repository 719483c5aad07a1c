//! The picture of a service: its name, the providers that answer for it, the sites they name.
use super::site::SiteCard;
use super::state::State;
use crate::live::Watched;
use crate::model::tone;
use crate::model::topology::{self, Share, Source};
use crate::words;
use failover_core::{SiteId, Verdict};
use leptos::prelude::*;

/// The picture. Boxes are HTML, so that they can be read and pressed; lines are SVG between them.
#[component]
pub fn Picture(service: Watched) -> impl IntoView {
    let providers = service.memo(|service| service.view.providers.len());
    let sites = service.memo(|service| service.view.sites.len());
    let crowded = move || providers.get() > 2 || sites.get() > 2;
    view! {
        <section class="picture" class:crowded=crowded aria-label=words::PICTURE>
            <div class="col"><NameBox service=service/></div>
            <Wires class="wires-name" lines=move || lead(providers.get())/>
            <div class="col">
                <For each=move || 0..providers.get() key=|place| *place let:place>
                    <SourceBox service=service place=place/>
                </For>
            </div>
            <SiteWires service=service providers=providers sites=sites/>
            <div class="col col-sites">
                <For each=move || 0..sites.get() key=|place| *place let:place>
                    <div class="cell" class:pointed=pointed(service, place) class:wrong=wrong(service, place)>
                        <SiteCard service=service place=place/>
                    </div>
                </For>
            </div>
        </section>
    }
}

#[component]
fn NameBox(service: Watched) -> impl IntoView {
    let kinds = service.memo(|service| {
        let mut kinds: Vec<String> = Vec::new();
        for published in &service.published {
            if !kinds.contains(&published.rtype) {
                kinds.push(published.rtype.clone());
            }
        }
        kinds.join(" + ")
    });
    view! {
        <div class="cell">
            <div class="box box-name">
                <strong class="mono">{move || service.get(|service| service.name.clone())}</strong>
                <small>
                    {move || kinds.get()} " · " {words::TTL} " "
                    {move || service.get(|service| service.ttl)} " s"
                </small>
            </div>
        </div>
    }
}

#[component]
fn SourceBox(service: Watched, place: usize) -> impl IntoView {
    let source: Memo<Option<Source>> =
        service.memo(move |service| topology::sources(service).into_iter().nth(place));
    let part = move |read: fn(&Source) -> String| {
        move || source.with(|source| source.as_ref().map(read).unwrap_or_default())
    };
    let tone = Signal::derive(move || {
        source.with(|source| source.as_ref().map_or(tone::Tone::Unknown, |source| source.tone))
    });
    let troubled = move || tone.get() >= tone::Tone::Warn;
    view! {
        <div class="cell">
            <div class="box" class:troubled=troubled>
                <State tone=tone word=Signal::derive(part(|source| source.name.clone()))/>
                <small>{part(|source| words::servers_agree(source.servers.0, source.servers.1))}</small>
                <small class="mono">{part(|source| source.values.join(" "))}</small>
                <small class="note">{part(|source| source.note.clone())}</small>
            </div>
        </div>
    }
}

/// Lines between two columns, drawn twice: across on a wide page, downwards on a narrow one.
#[component]
fn Wires(class: &'static str, #[prop(into)] lines: Signal<Vec<(String, String)>>) -> impl IntoView {
    let draw = move |down: bool| {
        move || {
            let line = |(across, downwards): (String, String)| {
                let d = if down { downwards } else { across };
                view! { <path vector-effect="non-scaling-stroke" d=d></path> }
            };
            lines.get().into_iter().map(line).collect_view()
        }
    };
    view! {
        <div class=format!("wires {class}") aria-hidden="true">
            <svg class="across" viewBox="0 0 1000 1000" preserveAspectRatio="none">{draw(false)}</svg>
            <svg class="down" viewBox="0 0 1000 1000" preserveAspectRatio="none">{draw(true)}</svg>
        </div>
    }
}

/// The lines to the sites: dashed where people could be sent, solid where they are.
#[component]
fn SiteWires(service: Watched, providers: Memo<usize>, sites: Memo<usize>) -> impl IntoView {
    let pairs = move || {
        let of = (providers.get(), sites.get());
        (0..of.0).flat_map(move |p| (0..of.1).map(move |s| (p, s, of))).collect::<Vec<_>>()
    };
    let both = |(p, s, of): (usize, usize, (usize, usize))| {
        let curve = |down| topology::curve((p, of.0), (s, of.1), down);
        (curve(false), curve(true))
    };
    let dashed = move || pairs().into_iter().map(both).collect::<Vec<_>>();
    view! {
        <div class="wires-site">
            <Wires class="dashed" lines=dashed/>
            <For each=pairs key=|pair| *pair let:pair>
                <div
                    class="flow"
                    class:on=move || share(service, pair.0, pair.1) != Share::None
                    class:partly=move || share(service, pair.0, pair.1) == Share::Some
                    class:wrong=wrong(service, pair.1)
                >
                    <Wires class="solid" lines=move || vec![both(pair)]/>
                </div>
            </For>
        </div>
    }
}

fn share(service: Watched, provider: usize, site: usize) -> Share {
    let edges = service.get(topology::edges);
    let edge = edges.iter().find(|edge| edge.provider == provider && edge.site == site);
    edge.map_or(Share::None, |edge| edge.share)
}

fn pointed(service: Watched, place: usize) -> impl Fn() -> bool + Send + Copy + 'static {
    move || service.get(|service| topology::is_pointed_at(&topology::edges(service), place))
}

/// People are sent to a site that does not serve.
fn wrong(service: Watched, place: usize) -> impl Fn() -> bool + Send + Copy + 'static {
    move || {
        let id = SiteId(u8::try_from(place).unwrap_or(u8::MAX));
        let down = |service: &failover_core::ServiceSnapshot| {
            service.view.sites.get(id.index()).is_some_and(|site| site.verdict == Verdict::Down)
        };
        pointed(service, place)() && service.get(down)
    }
}

fn lead(providers: usize) -> Vec<(String, String)> {
    let line = |place| {
        let curve = |down| topology::curve((0, 1), (place, providers), down);
        (curve(false), curve(true))
    };
    (0..providers).map(line).collect()
}
