//! The watchers that share a lead; nothing where one watches alone.
use super::state::fixed_state;
use super::table::{cell, table};
use crate::el::{dynamic, el, show};
use crate::kept::Kept;
use crate::live::Live;
use crate::model::watchers::{self, Row};
use crate::words;
use leptos::prelude::AnyView;

/// The card.
pub fn watchers_card(live: Live) -> AnyView {
    let head = Kept::new(move || {
        let now = live.now();
        live.with(|all| watchers::head(all, now)).flatten()
    });
    let rows = Kept::new(move || {
        let now = live.now();
        live.with(|all| watchers::rows(all, now)).unwrap_or_default()
    });
    let row = |row: Row| {
        let role = if row.leads { words::LEADS } else { words::FOLLOWS };
        vec![cell(row.vantage), fixed_state(row.tone, row.says), cell(role.into()), cell(row.heard)]
    };
    let heads =
        [words::WATCHER.text(), words::STATE.text(), words::ROLE.text(), words::WHEN.text()];
    let list = move || {
        table(words::WATCHERS.text(), &heads, rows.get().into_iter().map(row).collect()).into()
    };
    show(
        move || head.with(Option::is_some),
        move || {
            el("section")
                .class("card")
                .attr("data-test", "watchers")
                .child(el("h2").text(words::WATCHERS))
                .child(el("p").text_fn(move || head.get().unwrap_or_default()))
                .child(dynamic(list))
        },
    )
}
