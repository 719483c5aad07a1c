//! The records of a zone as a table: a column for each provider, and how far they agree.
use super::command::button;
use super::state::fixed_state;
use crate::el::{El, el, span};
use crate::model::records::{self as model, Draft};
use crate::model::route::Route;
use crate::view::records::Page;
use crate::words;
use web_api::{RecordCell, RecordRow, ZoneRecords};

/// The table.
pub fn record_table(page: Page, content: ZoneRecords) -> El {
    let providers: Vec<String> =
        content.columns.iter().map(|column| column.provider.clone()).collect();
    let notes: Vec<String> = content.columns.iter().map(|column| column.notes.join("; ")).collect();
    let head = |name: String| el("th").attr("scope", "col").text(name);
    let noted = |(name, notes): (&String, String)| head(name.clone()).attr("title", notes);
    let columns: Vec<El> = providers.iter().zip(notes).map(noted).collect();
    let heads = el("tr")
        .child(head(words::RECORDS_NAME.to_owned()))
        .children(columns)
        .child(head(words::RECORDS_STATE.to_owned()));
    let zone = content.zone;
    let rows = content.rows.into_iter().map(|row| record_row(page, &zone, &providers, row));
    let table = el("table")
        .class("records")
        .child(el("thead").child(heads))
        .child(el("tbody").children(rows));
    el("div").class("table-frame").child(table)
}

fn record_row(page: Page, zone: &str, providers: &[String], row: RecordRow) -> El {
    let query = model::query(zone, &row.name);
    let name = el("a")
        .attr("href", Route::Records { query }.hash())
        .attr("title", words::RECORDS_LINK)
        .text(row.name.clone());
    let who = el("th")
        .attr("scope", "row")
        .child(el("code").child(name))
        .child(span("record-type").text(row.rtype.clone()));
    let cells = row.cells.iter().zip(providers).map(|(cell, provider)| column(cell, provider));
    let differs = row.agreement == "differs";
    let state = el("td")
        .class("record-state")
        .child(fixed_state(model::tone(&row), model::standing(&row)))
        .child(last(page, zone, providers, &row));
    el("tr")
        .class(if differs { "differs" } else { "agrees" })
        .attr("data-test", format!("record-{}-{}", row.name, row.rtype))
        .child(who)
        .children(cells)
        .child(state)
}

/// What can be done with a row, or why nothing.
fn last(page: Page, zone: &str, providers: &[String], row: &RecordRow) -> El {
    if let Some(service) = &row.service {
        let target = Route::Service(service.clone()).hash();
        let text = words::records_moved_by(service);
        return el("a").class("facts").attr("href", target).text(text);
    }
    if !model::is_open(row) {
        return span("");
    }
    let draft = Draft::of(zone, row, providers);
    let label = format!("{} {}", words::RECORDS_EDIT.to_owned(), draft.key());
    button("button quiet")
        .attr("aria-label", label)
        .attr("data-test", format!("edit-{}-{}", row.name, row.rtype))
        .flag("disabled", move || !page.live.may_command())
        .on("click", move |_| page.change.open(draft.clone()))
        .text(words::RECORDS_EDIT)
}

fn column(cell: &RecordCell, provider: &str) -> El {
    let place = el("td").attr("data-label", provider.to_owned());
    match cell.state.as_str() {
        "there" if cell.opaque => place.child(span("facts").text(words::RECORDS_PLAIN_NOT)),
        "there" => {
            let values = cell.values.iter().map(|value| el("code").text(value.clone()));
            let ttl = cell.ttl.map(words::records_ttl).unwrap_or_default();
            place.children(values).child(el("small").text(ttl))
        }
        "absent" => place.child(span("facts").text(words::RECORDS_ABSENT)),
        _ => place.child(span("facts").text(words::RECORDS_UNREAD)),
    }
}
