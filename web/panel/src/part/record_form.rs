//! The form of a record: what is typed is checked as one types.
use super::command::button;
use super::command::trouble;
use super::record_change::Change;
use super::record_dialog::close;
use super::state::english;
use crate::el::{El, div, dynamic, el, show, span};
use crate::model::records::{self as model, Draft};
use crate::view::records::Page;
use crate::words;
use leptos::prelude::*;

/// The form of a draft.
pub fn form(page: Page) -> El {
    let change = page.change;
    let known = untrack(|| change.draft.with(|draft| draft.as_ref().is_some_and(|d| d.known)));
    let submit = move |event: web_sys::Event| {
        event.prevent_default();
        if !untrack(|| change.is_wrong() || change.busy.get()) {
            change.plan_draft();
        }
    };
    let removing = move || change.draft.with(|draft| draft.as_ref().is_some_and(|d| d.remove));
    let apex = move || change.draft.with(|draft| draft.as_ref().is_some_and(Draft::is_apex_ns));
    let nowhere =
        move || change.draft.with(|draft| draft.as_ref().is_some_and(|d| d.providers.is_empty()));
    let remove = el("input")
        .attr("type", "checkbox")
        .attr("data-test", "remove-record")
        .checked(removing)
        .on("change", move |event| {
            let on = event_target_checked(&event);
            change.type_in(|draft| draft.remove = on);
        });
    let remove =
        el("label").class("choice").child(remove).child(el("span").text(words::RECORDS_REMOVE));
    let plan = el("button")
        .attr("type", "submit")
        .class("button primary")
        .attr("data-test", "plan-record")
        .flag("disabled", move || change.busy.get() || change.is_wrong() || nowhere())
        .text_fn(move || {
            let text =
                if change.busy.get() { words::RECORDS_PLANNING } else { words::RECORDS_PLAN_IT };
            text.to_owned()
        });
    el("form")
        .class("record-form")
        .on("submit", submit)
        .maybe((!known).then(|| key_fields(change)))
        .child(show(move || !removing(), move || data_fields(change)))
        .child(show(removing, || el("p").class("warning").text(words::RECORDS_REMOVE_HINT)))
        .child(show(apex, || el("p").class("warning").text(words::RECORDS_APEX_HINT)))
        .child(places(page))
        .child(show(nowhere, || el("p").class("note").text(words::RECORDS_NOWHERE)))
        .maybe(known.then_some(remove))
        .child(complaints(change))
        .child(trouble(change.problem))
        .child(div("dialog-end").child(close(change)).child(plan))
}

fn field(
    change: Change,
    test: &'static str,
    read: fn(&Draft) -> String,
    set: fn(&mut Draft, String),
) -> El {
    let now = move || change.draft.with(|draft| draft.as_ref().map(read)).unwrap_or_default();
    el("input")
        .attr("type", "text")
        .attr("autocomplete", "off")
        .attr("autocapitalize", "none")
        .attr("spellcheck", "false")
        .attr("data-test", test)
        .value_fn(now)
        .on("input", move |event| {
            let typed = event_target_value(&event);
            change.type_in(|draft| set(draft, typed));
        })
}

fn key_fields(change: Change) -> El {
    let name = field(change, "record-name", |d| d.name.clone(), |d, typed| d.name = typed);
    let rtype = field(change, "record-type", |d| d.rtype.clone(), |d, typed| d.rtype = typed)
        .attr("list", "record-types");
    let full = move || change.draft.with(|draft| draft.as_ref().map(Draft::full_name));
    let full = el("small").class("mono").text_fn(move || full().unwrap_or_default());
    let types = ["A", "AAAA", "CNAME", "MX", "TXT", "NS", "SRV", "CAA", "TLSA", "HTTPS"];
    let option = |rtype: &'static str| el("option").attr("value", rtype);
    div("record-key")
        .child(el("label").text(words::RECORDS_NAME_FIELD).child(name).child(full))
        .child(el("label").text(words::RECORDS_TYPE_FIELD).child(rtype))
        .child(el("datalist").attr("id", "record-types").children(types.map(option)))
}

fn data_fields(change: Change) -> El {
    let values = el("textarea")
        .class("mono")
        .attr("rows", "4")
        .attr("spellcheck", "false")
        .attr("autocapitalize", "none")
        .attr("data-test", "record-values")
        .value_fn(move || {
            change.draft.with(|draft| draft.as_ref().map(|d| d.values.clone())).unwrap_or_default()
        })
        .on("input", move |event| {
            let typed = event_target_value(&event);
            change.type_in(|draft| draft.values = typed);
        });
    let ttl = field(change, "record-ttl", |d| d.ttl.clone(), |d, typed| d.ttl = typed)
        .attr("inputmode", "numeric");
    let sources = untrack(|| change.draft.with(|draft| draft.as_ref().map(Draft::sources)))
        .unwrap_or_default();
    let source = |provider: String| {
        let text = words::records_take(&provider);
        let take = move |_| change.type_in(|draft| *draft = draft.clone().taken(&provider));
        button("button quiet").on("click", take).text(text)
    };
    el("div")
        .class("record-data")
        .child(el("label").text(words::RECORDS_VALUES_FIELD).child(values))
        .child(div("choices").children(sources.into_iter().map(source)))
        .child(el("label").class("short").text(words::RECORDS_TTL_FIELD).child(ttl))
}

/// At which providers.
fn places(page: Page) -> El {
    let change = page.change;
    let place = |provider: String| {
        let own = StoredValue::new(provider.clone());
        let chosen = move || {
            let has = |draft: &Draft| own.with_value(|name| draft.providers.contains(name));
            change.draft.with(|draft| draft.as_ref().is_some_and(has))
        };
        let input = el("input")
            .attr("type", "checkbox")
            .attr("data-test", format!("at-{provider}"))
            .checked(chosen)
            .on("change", move |event| {
                let on = event_target_checked(&event);
                change.type_in(|draft| draft.at(&own.get_value(), on));
            });
        el("label").class("choice").child(input).child(el("span").text(provider))
    };
    let providers = untrack(|| page.providers());
    el("fieldset")
        .class("places")
        .child(el("legend").text(words::RECORDS_WHERE))
        .children(providers.into_iter().map(place))
}

fn complaints(change: Change) -> AnyView {
    dynamic(move || {
        let all = change.checked.with(|checked| checked.as_ref().map(model::complaints));
        let line = |text: String| el("li").child(english(span("note")).text(text));
        el("ul")
            .class("complaints")
            .attr("role", "status")
            .attr("data-test", "complaints")
            .children(all.unwrap_or_default().into_iter().map(line))
            .into()
    })
}
