//! The dialog of a pause: automation off, or a site out of the choice; always with an end.
use super::asked::{Asked, Pause};
use super::command::{button, command_button};
use super::dialog::dialog;
use crate::el::{El, div, el, show};
use crate::kept::Slot;
use crate::live::Watched;
use crate::model::{plan, site_name};
use crate::words::{self, text::Word};
use failover_core::Command;
use leptos::prelude::*;
use std::time::Duration;

/// The dialog; shown while something is in [`Asked::pause`].
pub fn pause_dialog() -> El {
    let pause = expect_context::<Asked>().pause;
    let title = move || match pause.get() {
        Some(Pause::Site(service, site)) => {
            words::maintenance_title(&service.get(|service| site_name(service, site)))
        }
        _ => words::DISARM_TITLE.to_owned(),
    };
    let body = move || pause.get_untracked().map_or_else(|| el("div"), |asked| body(asked, pause));
    let open = move || pause.with(Option::is_some);
    dialog(open, move || pause.set(None), title, || false, body)
}

fn body(asked: Pause, pause: Slot<Option<Pause>>) -> El {
    let (service, text) = match asked {
        Pause::Automation(service) => (service, words::DISARM_TEXT),
        Pause::Site(service, _) => (service, words::MAINTENANCE_TEXT),
    };
    let active = move || match asked {
        Pause::Automation(_) => false,
        Pause::Site(service, site) => service.get(|service| service.view.desired.contains(site)),
    };
    let choice = move |(length, words): (Duration, Word)| {
        let command = move || Some(command(asked, service, length));
        command_button(service, "button", words.into(), command, move || pause.set(None))
    };
    let cancel = button("button")
        .attr("autofocus", "")
        .on("click", move |_| pause.set(None))
        .text(words::CANCEL);
    el("div")
        .child(el("p").text(text))
        .child(show(active, || el("p").class("warning").text(words::MAINTENANCE_ACTIVE)))
        .child(el("h3").text(words::FOR_HOW_LONG))
        .child(div("choices").children(plan::PAUSES.into_iter().zip(words::PAUSES).map(choice)))
        .child(div("dialog-end").child(cancel))
}

fn command(asked: Pause, service: Watched, length: Duration) -> Command {
    let now = untrack(|| service.live().now());
    let until = plan::pause_ends(now, length);
    match asked {
        Pause::Automation(_) => Command::Disarm { until },
        Pause::Site(_, site) => Command::MaintenanceOn { site, until },
    }
}
