//! The line that takes back what one has just done; it stays until it is used or superseded.
use super::command::command_button;
use crate::el::{El, div, dynamic, effect, el, nothing};
use crate::kept::{Kept, Slot};
use crate::live::{Live, Watched, Who};
use crate::model::activity;
use crate::model::news::Happening;
use crate::model::undo::{self, Undo};
use crate::words;
use leptos::prelude::*;

/// The line.
pub fn undo_line(live: Live) -> AnyView {
    // Other news push commands out of the snapshot, but not out of memory.
    let commands = Slot::new(Vec::<Happening>::new());
    let mut begun: Option<u64> = None;
    let since = Slot::new(u64::MAX);
    effect(move || {
        live.with(|all| {
            if begun.is_none() {
                begun = Some(all.recent.first().map_or(0, |event| event.seq));
                since.set(begun.unwrap_or_default());
            }
            let news: Vec<Happening> =
                all.recent.iter().filter(|event| undo::is_about(event)).cloned().collect();
            let mut known = commands.get_untracked();
            if activity::merge(&mut known, &news) {
                commands.set(known);
            }
        });
    });
    let undo = Kept::new(move || {
        let Who::Somebody(session) = live.who.get() else { return None };
        let now = live.now();
        let (since, events) = (since.get(), commands.get());
        live.with(|all| undo::latest(&session.user, since, &events, &all.services, now)).flatten()
    });
    dynamic(move || match undo.get() {
        None => nothing(),
        Some(undo) => line(live, undo).into(),
    })
}

fn line(live: Live, undo: Undo) -> El {
    let text = undo.text.clone();
    div("undo")
        .attr("data-test", "undo")
        .child(el("p").attr("role", "status").text(text))
        .child(undo_button(live, undo))
}

/// The button that takes something back.
pub fn undo_button(live: Live, undo: Undo) -> El {
    let service = Watched::new(live, undo.service);
    let command = undo.command;
    let command = move || Some(command.clone());
    command_button(service, "button", words::UNDO.into(), command, || ())
}
