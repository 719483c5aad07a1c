//! Tables of what does not change while they stand, and the switch between a picture and its table.
use super::command::button;
use crate::el::{El, div, el};
use crate::kept::Slot;
use crate::words;

/// A table; the first cell of a row is its head.
pub fn table(label: &'static str, heads: &[&'static str], rows: Vec<Vec<El>>) -> El {
    let head = |name: &&'static str| el("th").attr("scope", "col").text(*name);
    let row = |cells: Vec<El>| {
        let cell = |(place, content): (usize, El)| {
            let cell = if place == 0 { el("th").attr("scope", "row") } else { el("td") };
            cell.child(content)
        };
        el("tr").children(cells.into_iter().enumerate().map(cell))
    };
    let table = el("table")
        .class("plain")
        .child(el("caption").class("unseen").text(label))
        .child(el("thead").child(el("tr").children(heads.iter().map(head))))
        .child(el("tbody").children(rows.into_iter().map(row)));
    // A frame that can be scrolled must be reachable by keyboard.
    div("table-frame")
        .attr("tabindex", "0")
        .attr("role", "group")
        .attr("aria-label", label)
        .child(table)
}

/// A cell.
pub fn cell(text: String) -> El {
    el("span").text(text)
}

/// The button that turns a picture into its table and back.
pub fn table_switch(shown: Slot<bool>) -> El {
    let text = move || if shown.get() { words::AS_PICTURE } else { words::AS_TABLE }.to_owned();
    button("button quiet")
        .attr("data-test", "as-table")
        .attr_fn("aria-pressed", move || Some(shown.get().to_string()))
        .on("click", move |_| shown.update(|shown| *shown = !*shown))
        .text_fn(text)
}
