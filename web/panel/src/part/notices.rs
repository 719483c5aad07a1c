//! What wants a decision, with the button that decides it.
use super::asked::Asked;
use super::command::{button, command_button};
use super::icon::shape;
use crate::el::{El, div, dynamic, each, el, nothing};
use crate::kept::Kept;
use crate::live::Watched;
use crate::model::notice::{self, Notice, Remedy};
use crate::model::tone::Tone;
use leptos::prelude::*;

/// The notices of a service.
pub fn notices(service: Watched) -> El {
    let all = move || {
        let (live, name) = (service.live(), service.name());
        let now = live.now();
        let mut all = live.with(|news| notice::alerts(news, Some(&name))).unwrap_or_default();
        all.extend(service.get(|service| notice::of_service(service, now)));
        all
    };
    let keys = move || all().into_iter().map(|notice| notice.key).collect();
    let row = move |key: String| {
        frame(service, move || all().into_iter().find(|notice| notice.key == key))
    };
    div("notices").child(each(keys, row))
}

/// A notice that nothing can be done about here.
pub fn plain(notice: Notice) -> El {
    let tone = notice.tone;
    el("div")
        .class_fn(move || format!("notice {}", tone.class()))
        .attr("role", "note")
        .child(shape(move || tone))
        .child(el("p").child(el("strong").text(notice.title)).text(" ").text(notice.detail))
}

fn frame(
    service: Watched,
    notice: impl Fn() -> Option<Notice> + Clone + Send + Sync + 'static,
) -> El {
    let notice = Kept::new(notice);
    let tone = move || notice.with(|n| n.as_ref().map_or(Tone::Unknown, |n| n.tone));
    let text = move |read: fn(&Notice) -> &String| {
        move || notice.with(|n| n.as_ref().map(|n| read(n).clone())).unwrap_or_default()
    };
    let words = el("p")
        .child(el("strong").text_fn(text(|notice| &notice.title)))
        .text(" ")
        .child(el("span").text_fn(text(|notice| &notice.detail)));
    el("div")
        .class_fn(move || format!("notice {}", tone().class()))
        .attr("role", "note")
        .child(shape(tone))
        .child(words)
        .child(remedy(service, notice))
}

fn remedy(service: Watched, notice: Kept<Option<Notice>>) -> AnyView {
    let asked = expect_context::<Asked>();
    let live = service.live();
    // The text around it counts seconds; the button must stay the same one meanwhile.
    let remedy = Kept::new(move || notice.with(|n| n.as_ref().and_then(|n| n.remedy.clone())));
    dynamic(move || match remedy.get() {
        None => nothing(),
        Some((text, Remedy::Command(command))) => {
            let command = move || Some(command.clone());
            command_button(service, "button", text, command, || ()).into()
        }
        Some((text, Remedy::MoveTo(site))) => button("button")
            .flag("disabled", move || !live.may_command())
            .on("click", move |_| asked.ask_move(service, site))
            .text(text)
            .into(),
    })
}
