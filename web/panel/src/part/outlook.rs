//! What the machine would do next, and why it does not.
use super::losses::losses;
use crate::el::{El, dynamic, el};
use crate::kept::Kept;
use crate::live::Watched;
use crate::model::next::{self, Outlook};
use crate::words;

/// The card.
pub fn outlook_card(service: Watched) -> El {
    let outlook = move |read: fn(Outlook) -> String| {
        move || {
            let now = service.live().now();
            service.get(|service| read(next::outlook(service, now)))
        }
    };
    let blockers = Kept::new(move || {
        let now = service.live().now();
        service.get(|service| next::outlook(service, now).blockers)
    });
    let list = move || {
        let item = |blocker| el("li").text(blocker);
        el("ul").class("blockers").children(blockers.get().into_iter().map(item)).into()
    };
    let limits = move || {
        service.get(|s| {
            let (quorum, left) =
                (words::quorum(s.view.quorum), words::moves_left(s.view.moves_left));
            format!("{quorum} · {left}")
        })
    };
    let dry_run = el("p")
        .class("dry-run")
        .attr("data-test", "dry-run")
        .child(el("strong").text(words::DRY_RUN))
        .text(" ")
        .child(el("span").text_fn(move || service.get(next::dry_run)));
    el("section")
        .class("card")
        .attr("data-test", "outlook")
        .child(el("h2").text(words::NEXT))
        .child(el("p").text_fn(outlook(|outlook| outlook.head)))
        .child(dynamic(list))
        .child(dry_run)
        .child(el("p").class("facts").text_fn(outlook(|o| o.deadline.unwrap_or_default())))
        .child(el("p").class("facts").text_fn(limits))
        .child(losses(service))
}
