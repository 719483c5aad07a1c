//! Which events are shown: every choice is part of the address, so that it can be passed on.
use crate::el::{El, Place, div, effect, el, many};
use crate::kept::{Kept, Slot};
use crate::live::Live;
use crate::model::activity::{self, Filter, KINDS};
use crate::model::news::Happening;
use crate::model::route::Route;
use crate::words::{self, text::Word};
use leptos::prelude::*;
use std::time::Duration;

/// One of a filter's fields.
type Part = fn(&mut Filter) -> &mut String;

/// After the last letter.
const PAUSE: Duration = Duration::from_millis(250);

/// The row of choices.
pub fn filters(live: Live, filter: Kept<Filter>, shown: Kept<Vec<Happening>>) -> El {
    let services = Kept::new(move || {
        live.with(|all| all.services.iter().map(|s| named(&s.view.service)).collect::<Vec<_>>())
            .unwrap_or_default()
    });
    // Who is chosen stays among the choices, even if nobody else has done anything yet.
    let people = Kept::new(move || {
        let mut people = shown.with(|events| activity::people(events));
        let chosen = filter.with(|filter| filter.who.clone());
        if !chosen.is_empty() && !people.contains(&chosen) {
            people.push(chosen);
        }
        people.iter().map(|who| named(who)).collect::<Vec<_>>()
    });
    let kinds: Vec<_> =
        KINDS.iter().zip(words::KINDS).map(|((id, _), text)| pair(id, &text)).collect();
    let kinds = Kept::new(move || kinds.clone());
    let urgency =
        Kept::new(|| vec![pair("warning", &words::WARNINGS), pair("critical", &words::CRITICAL)]);
    div("filters")
        .child(el("label").text(words::FILTER).child(text_field(filter)))
        .child(choice(words::KIND, words::EVERYTHING, kinds, filter, |filter| &mut filter.kind))
        .child(choice(words::URGENCY, words::EVERYTHING, urgency, filter, |f| &mut f.severity))
        .child(choice(words::SERVICE, words::ALL_SERVICES, services, filter, |f| &mut f.service))
        .child(choice(words::WHO, words::ANYBODY, people, filter, |filter| &mut filter.who))
        .child(el("small").attr("id", "searched").text(words::FILTER_SEARCHED))
}

fn text_field(filter: Kept<Filter>) -> El {
    let text = filter.with_untracked(|filter| filter.text.clone());
    let typed = Slot::new(0_u32);
    let input = move |event: web_sys::Event| {
        let value = event_target_value(&event);
        typed.update(|count| *count += 1);
        let count = typed.get_untracked();
        // Whoever types has a word in mind, not its letters.
        let done = move || {
            if !typed.is_gone() && typed.get_untracked() == count {
                put(filter, |filter| &mut filter.text, value);
            }
        };
        set_timeout(done, PAUSE);
    };
    el("input")
        .attr("id", "filter")
        .attr("type", "search")
        .attr("placeholder", words::FILTER_HINT)
        .attr("aria-describedby", "searched")
        .attr("value", text)
        .on("input", input)
}

/// Puts a choice into the address; the page follows it from there.
fn put(filter: Kept<Filter>, place: Part, value: String) {
    let mut filter = filter.with_untracked(Filter::clone);
    *place(&mut filter) = value;
    // An address of our own making is always accepted. It takes the place of the one before, so
    // that the way back leads out of the page and not through all choices.
    let _ = window().location().replace(&Route::Activity { filter, event: None }.hash());
}

fn choice(
    label: Word,
    all: Word,
    options: Kept<Vec<(String, String)>>,
    filter: Kept<Filter>,
    part: Part,
) -> El {
    let list = move || {
        let option = |(value, text): (String, String)| el("option").attr("value", value).text(text);
        let all = option((String::new(), all.text().to_owned()));
        // One element around all of them would be none of a list's.
        std::iter::once(all).chain(options.get().into_iter().map(option)).collect()
    };
    let select = Place::new();
    effect(move || {
        options.with(|_| ());
        let chosen = filter.with(|filter| part(&mut filter.clone()).clone());
        if let Some(element) = select.get() {
            // A property: the attribute does not move a list that somebody has used.
            let _ = js_sys::Reflect::set(&element, &"value".into(), &chosen.into());
        }
    });
    let list = el("select")
        .place(select)
        .on("change", move |event| put(filter, part, event_target_value(&event)))
        .child(many(list));
    el("label").text(label).child(list)
}

fn named(name: &str) -> (String, String) {
    (name.to_owned(), name.to_owned())
}

fn pair(value: &str, text: &str) -> (String, String) {
    (value.to_owned(), text.to_owned())
}
