//! What each provider stores and each of its name servers answers, as a table.
use super::state::{Ago, State};
use crate::live::Watched;
use crate::model::dns::{self, Row, Standing};
use crate::model::tone::Tone;
use crate::words;
use leptos::prelude::*;

/// The card.
#[component]
pub fn Zones(service: Watched) -> impl IntoView {
    let zones = service.memo(dns::zones);
    let count = move || zones.with(Vec::len);
    view! {
        <section class="card" data-test="dns">
            <h2>{words::DNS}</h2>
            <For each=move || 0..count() key=|place| *place let:place>
                <ZoneTable zone=Memo::new(move |_| zones.with(|zones| zones.get(place).cloned()))/>
            </For>
        </section>
    }
}

#[component]
fn ZoneTable(zone: Memo<Option<dns::Zone>>) -> impl IntoView {
    let keys = Memo::new(move |_| {
        let keys =
            |zone: &dns::Zone| zone.rows.iter().map(|row| row.key.clone()).collect::<Vec<_>>();
        zone.with(|zone| zone.as_ref().map(keys).unwrap_or_default())
    });
    let provider = move || zone.with(|zone| zone.as_ref().map(|zone| zone.provider.clone()));
    let name = move || zone.with(|zone| zone.as_ref().map(|zone| zone.zone.clone()));
    view! {
        <div class="table-frame">
            <table>
                <caption>{provider} " " <small class="mono">{name}</small></caption>
                <thead>
                    <tr>
                        <th scope="col">{words::ASKED}</th>
                        <th scope="col">{words::RECORDS}</th>
                        <th scope="col">{words::POINTS_TO}</th>
                        <th scope="col" class="number"></th>
                    </tr>
                </thead>
                <tbody>
                    <For each=move || keys.get() key=String::clone let:key>
                        <AnswerRow row=Memo::new(move |_| zone.with(|zone| find(zone, &key)))/>
                    </For>
                </tbody>
            </table>
        </div>
    }
}

#[component]
fn AnswerRow(row: Memo<Option<Row>>) -> impl IntoView {
    let text = move |read: fn(&Row) -> String| {
        move || row.with(|row| row.as_ref().map(read).unwrap_or_default())
    };
    let tone = move || row.with(|row| row.as_ref().map_or(Tone::Unknown, |row| tone(row.standing)));
    let lines = move || {
        let lines = row.with(|row| row.as_ref().map(|row| row.lines.clone()).unwrap_or_default());
        if lines.is_empty() {
            return view! { <span class="facts">{words::NOTHING_READ}</span> }.into_any();
        }
        lines.into_iter().map(|line| view! { <code>{line}</code> }).collect_view().into_any()
    };
    let at = move || row.with(|row| row.as_ref().map(|row| row.at).unwrap_or_default());
    view! {
        <tr>
            <th scope="row">
                {text(|row| row.who.clone())}
                <small class="mono">{text(|row| row.address.clone())}</small>
            </th>
            <td class="mono">{lines}</td>
            <td><State tone=Signal::derive(tone) word=Signal::derive(text(|row| row.says.clone()))/></td>
            <td class="number">
                <small>
                    {text(|row| row.elapsed_ms.map(words::answered_in).unwrap_or_default())}
                    <Ago at=Signal::derive(at)/>
                </small>
            </td>
        </tr>
    }
}

fn tone(standing: Standing) -> Tone {
    match standing {
        Standing::Desired => Tone::Up,
        Standing::Before => Tone::Unknown,
        Standing::Foreign => Tone::Warn,
        Standing::Silent => Tone::Down,
    }
}

fn find(zone: &Option<dns::Zone>, key: &str) -> Option<Row> {
    zone.as_ref()?.rows.iter().find(|row| row.key == key).cloned()
}
