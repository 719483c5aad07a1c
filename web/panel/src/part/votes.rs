//! Every vantage's probes of every site, with the counters as they are.
use super::site::Lanes;
use super::state::State;
use crate::live::Watched;
use crate::model::tone;
use crate::words;
use failover_core::{SiteId, SiteView};
use leptos::prelude::*;

/// The card.
#[component]
pub fn Votes(service: Watched) -> impl IntoView {
    let count = service.memo(|service| service.view.sites.len());
    view! {
        <section class="card" data-test="votes">
            <h2>{words::PROBES}</h2>
            <div class="votes">
                <For each=move || 0..count.get() key=|place| *place let:place>
                    <SiteVotes service=service place=place/>
                </For>
            </div>
        </section>
    }
}

#[component]
fn SiteVotes(service: Watched, place: usize) -> impl IntoView {
    let id = SiteId(u8::try_from(place).unwrap_or(u8::MAX));
    let site = service.memo(move |service| service.view.sites.get(place).cloned());
    let tone = Signal::derive(move || {
        site.with(|site| site.as_ref().map_or(tone::Tone::Unknown, tone::site))
    });
    let tally = move || {
        let tally = |site: &SiteView| {
            let [up, down, unknown] = site.tally;
            words::tally(up, up + down + unknown)
        };
        site.with(|site| site.as_ref().map(tally))
    };
    let blind = move || {
        let flags = |site: &SiteView| {
            let votes = site.votes.iter().filter(|vote| vote.stale || vote.isolated);
            let flag = |isolated| if isolated { words::ISOLATED } else { words::STALE_REPORT };
            votes.map(|v| format!("{}: {}", v.vantage, flag(v.isolated))).collect::<Vec<_>>()
        };
        site.with(|site| site.as_ref().map(flags)).unwrap_or_default().join(", ")
    };
    view! {
        <div class="vote">
            <h3>
                {move || site.with(|site| site.as_ref().map(|site| site.name.clone()))}
                <State tone=tone/>
                <small>{tally}</small>
                <small class="note">{blind}</small>
            </h3>
            <Lanes service=service id=id limit=usize::MAX full=true/>
        </div>
    }
}
