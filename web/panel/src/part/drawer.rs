//! The demo's drawer: break a site, a cloud or a name server, and watch.
use super::asked::Asked;
use super::bar::icon_button;
use super::command::{button, trouble};
use super::icon::{Icon, glyph};
use super::state::told;
use crate::api;
use crate::el::{El, each, effect, el, show, span};
use crate::kept::Slot;
use crate::live::Live;
use crate::words;
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::time::Duration;
use web_api::{DemoFaultState, Problem};

/// How often the drawer looks whether somebody else has broken something.
const REFRESH: Duration = Duration::from_secs(3);

#[derive(Clone, Copy)]
struct Faults {
    live: Live,
    open: Slot<bool>,
    known: Slot<Vec<DemoFaultState>>,
    problem: Slot<Option<Problem>>,
}

impl Faults {
    fn load(self) {
        spawn_local(async move {
            match api::faults().await {
                Ok(answer) => {
                    self.problem.set(None);
                    self.known.set(answer.faults);
                }
                Err(problem) => {
                    self.problem.set(Some(self.live.notice(problem)));
                }
            }
        });
    }

    fn set(self, broken: Vec<(String, bool)>) {
        spawn_local(async move {
            for (id, on) in broken {
                match api::fault(id, on).await {
                    Ok(answer) => {
                        self.known.set(answer.faults);
                    }
                    Err(problem) => {
                        self.problem.set(Some(self.live.notice(problem)));
                        return;
                    }
                }
            }
        });
    }

    fn broken(self) -> Vec<String> {
        let broken = |fault: &&DemoFaultState| fault.on;
        self.known.with(|known| known.iter().filter(broken).map(|f| f.id.clone()).collect())
    }

    /// Headings in the order in which they first appear.
    fn groups(self) -> Vec<String> {
        let mut groups: Vec<String> = Vec::new();
        self.known.with(|known| {
            for fault in known {
                if !groups.contains(&fault.group) {
                    groups.push(fault.group.clone());
                }
            }
        });
        groups
    }
}

/// The button that opens the drawer, and the drawer.
pub fn drawer() -> El {
    let faults = Faults {
        live: expect_context::<Live>(),
        open: expect_context::<Asked>().drawer,
        known: Slot::new(Vec::new()),
        problem: Slot::new(None),
    };
    let look = move || {
        if faults.open.get() {
            faults.load();
        }
    };
    effect(look);
    let again = set_interval_with_handle(move || untrack(look), REFRESH);
    on_cleanup(move || {
        if let Ok(again) = again {
            again.clear();
        }
    });
    let open = faults.open;
    let badge = move || span("badge").text_fn(move || faults.broken().len().to_string());
    let handle = el("button")
        .attr("type", "button")
        .class("break-button")
        .attr("title", words::BREAK)
        .attr("data-test", "break")
        .attr_fn("aria-expanded", move || Some(open.get().to_string()))
        .on("click", move |_| open.update(|open| *open = !*open))
        .child(glyph(Icon::Bolt))
        .child(el("span").text(words::BREAK))
        .child(show(move || !faults.broken().is_empty(), badge));
    el("div").child(handle).child(show(move || open.get(), move || content(faults)))
}

fn content(faults: Faults) -> El {
    let mend = move |_| {
        let broken = untrack(|| faults.broken());
        faults.set(broken.into_iter().map(|id| (id, false)).collect());
    };
    let close = icon_button()
        .attr("aria-label", words::CLOSE)
        .on("click", move |_| faults.open.set(false))
        .child(glyph(Icon::Close));
    el("aside")
        .class("drawer")
        .attr("aria-label", words::BREAK)
        .attr("data-test", "drawer")
        .child(el("header").child(el("h2").text(words::BREAK)).child(close))
        .child(el("p").class("facts").text(words::BREAK_HINT))
        .child(trouble(faults.problem))
        .child(each(move || faults.groups(), move |name| group(faults, name)))
        .child(
            button("button").attr("data-test", "mend-all").on("click", mend).text(words::MEND_ALL),
        )
}

fn group(faults: Faults, name: String) -> El {
    let legend = told(el("legend"), words::spoken(&name), name.clone());
    let ids = move || {
        faults.known.with(|known| {
            let own = known.iter().filter(|fault| fault.group == name);
            own.map(|fault| fault.id.clone()).collect()
        })
    };
    el("fieldset").child(legend).child(each(ids, move |id| toggle(faults, id)))
}

fn toggle(faults: Faults, id: String) -> El {
    let test = format!("fault-{id}");
    let own = StoredValue::new(id);
    let fault = move || {
        let is_own = |fault: &&DemoFaultState| own.with_value(|id| fault.id == *id);
        faults.known.with(|known| known.iter().find(is_own).cloned())
    };
    let set = move |event| faults.set(vec![(own.get_value(), event_target_checked(&event))]);
    let input = el("input")
        .attr("type", "checkbox")
        .attr("role", "switch")
        .attr("data-test", test)
        .checked(move || fault().is_some_and(|fault| fault.on))
        .on("change", set);
    let text = move || {
        let text = fault().map(|fault| fault.text).unwrap_or_default();
        words::spoken(&text).unwrap_or(text)
    };
    el("label").class("fault").child(input).child(el("span").text_fn(text))
}
