//! Every vantage's probes of every site, with the counters as they are.
use super::site::{Site, lanes};
use super::state::state;
use crate::el::{El, div, each_place, el};
use crate::live::Watched;
use crate::words;

/// The card.
pub fn votes(service: Watched) -> El {
    let count = move || service.get(|service| service.view.sites.len());
    let sites = each_place(count, move |place| site_votes(Site::new(service, place)));
    el("section")
        .class("card")
        .attr("data-test", "votes")
        .child(el("h2").text(words::PROBES))
        .child(div("votes").child(sites))
}

fn site_votes(site: Site) -> El {
    let tally = move || {
        site.get(|site| {
            let [up, down, unknown] = site.tally;
            words::tally(up, up + down + unknown)
        })
    };
    let blind = move || {
        site.get(|site| {
            let votes = site.votes.iter().filter(|vote| vote.stale || vote.isolated);
            let flag = |isolated| if isolated { words::ISOLATED } else { words::STALE_REPORT };
            let flags = votes.map(|v| format!("{}: {}", v.vantage, flag(v.isolated)));
            flags.collect::<Vec<_>>().join(", ")
        })
    };
    let head = el("h3")
        .child(el("span").text_fn(move || site.name()))
        .child(state(move || site.tone(), move || site.tone().word().to_owned()))
        .child(el("small").text_fn(tally))
        .child(el("small").class("note").text_fn(blind));
    div("vote").child(head).child(lanes(site))
}
