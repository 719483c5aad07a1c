//! What each provider stores and each of its name servers answers, as a table.
use super::state::{ago, state};
use crate::el::{El, div, dynamic, each, each_place, el, span};
use crate::kept::Kept;
use crate::live::Watched;
use crate::model::dns::{self, Row, Standing};
use crate::model::tone::Tone;
use crate::words::{self, text::Word};

type Zones = Kept<Vec<dns::Zone>>;

/// The card.
pub fn zones(service: Watched) -> El {
    let zones: Zones = Kept::new(move || service.get(dns::zones));
    let count = move || zones.with(Vec::len);
    el("section")
        .class("card")
        .attr("data-test", "dns")
        .child(el("h2").text(words::DNS))
        .child(each_place(count, move |place| zone_table(zones, place)))
}

fn zone_table(zones: Zones, place: usize) -> El {
    let look = move |read: fn(&dns::Zone) -> String| {
        move || zones.with(|zones| zones.get(place).map(read)).unwrap_or_default()
    };
    let keys = move || {
        let keys = |zone: &dns::Zone| zone.rows.iter().map(|row| row.key.clone()).collect();
        zones.with(|zones| zones.get(place).map(keys)).unwrap_or_default()
    };
    let head = |name: Word| el("th").attr("scope", "col").text(name);
    let heads = [words::ASKED, words::RECORDS, words::POINTS_TO, words::WHEN].map(head);
    let caption = el("caption")
        .child(el("span").text_fn(look(|zone| zone.provider.clone())))
        .text(" ")
        .child(el("small").class("mono").text_fn(look(|zone| zone.zone.clone())));
    let table = el("table")
        .child(caption)
        .child(el("thead").child(el("tr").children(heads)))
        .child(el("tbody").child(each(keys, move |key| answer_row(zones, place, key))));
    div("table-frame").child(table)
}

fn answer_row(zones: Zones, place: usize, key: String) -> El {
    let row: Kept<Option<Row>> = Kept::new(move || {
        let find = |zone: &dns::Zone| zone.rows.iter().find(|row| row.key == key).cloned();
        zones.with(|zones| zones.get(place).and_then(find))
    });
    let text = move |read: fn(&Row) -> String| {
        move || row.with(|row| row.as_ref().map(read).unwrap_or_default())
    };
    let tone = move || row.with(|row| row.as_ref().map_or(Tone::Unknown, |row| tone(row.standing)));
    let lines = move || {
        let lines = row.with(|row| row.as_ref().map(|row| row.lines.clone()).unwrap_or_default());
        if lines.is_empty() {
            return span("facts").text(words::NOTHING_READ).into();
        }
        el("div").children(lines.into_iter().map(|line| el("code").text(line))).into()
    };
    let at = move || row.with(|row| row.as_ref().map(|row| row.at).unwrap_or_default());
    let took = text(|row| row.elapsed_ms.map(words::answered_in).unwrap_or_default());
    let who = el("th")
        .attr("scope", "row")
        .child(el("span").text_fn(text(|row| row.who.clone())))
        .child(el("small").class("mono").text_fn(text(|row| row.address.clone())));
    el("tr")
        .child(who)
        .child(el("td").class("mono").child(dynamic(lines)))
        .child(el("td").child(state(tone, text(|row| row.says.clone()))))
        .child(el("td").child(el("small").child(el("span").text_fn(took)).child(ago(at))))
}

fn tone(standing: Standing) -> Tone {
    match standing {
        Standing::Desired => Tone::Up,
        Standing::Before => Tone::Unknown,
        Standing::Foreign => Tone::Warn,
        Standing::Silent => Tone::Down,
    }
}
