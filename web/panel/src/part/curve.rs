//! How the world's caches followed the latest move: measured beside what was to be expected.
use super::command::trouble;
use super::table::{cell, table, table_switch};
use crate::api;
use crate::el::{El, div, dynamic, effect, el, nothing, show, span};
use crate::kept::{Kept, Slot};
use crate::live::Watched;
use crate::model::curve::{self, Followed, Point, Source};
use crate::model::time;
use crate::words;
use leptos::task::spawn_local;
use std::sync::Arc;
use web_api::Problem;

/// How often it is looked at while the asking goes on.
const REFRESH_MS: u64 = 3_000;

/// The card; nothing as long as no move was followed.
pub fn curve_card(service: Watched) -> El {
    let known = Slot::new(None::<Arc<Followed>>);
    let problem = Slot::new(None::<Problem>);
    let as_table = Slot::new(false);
    let wanted = Kept::new(move || {
        let view = service.get(|s| (s.view.generation.0, s.view.open_move.is_some()));
        let ended = known.with(|known| known.as_ref().is_none_or(|one| one.curve.end.is_some()));
        // A curve that has ended stays as it is until the next move.
        let round =
            if ended && !view.1 { 0 } else { service.live().now().as_millis() / REFRESH_MS };
        (view, round)
    });
    effect(move || {
        wanted.with(|_| ());
        let name = service.name();
        spawn_local(async move {
            match api::curve(&name).await {
                Ok(mut answer) if !answer.curves.is_empty() => {
                    problem.set(None);
                    known.set(Some(Arc::new(answer.curves.remove(0))));
                }
                Ok(_) => known.set(None),
                Err(error) => problem.set(Some(service.live().notice(error))),
            }
        });
    });
    let followed = Kept::new(move || known.get());
    let there = move || followed.with(Option::is_some);
    div("page").child(show(there, move || card(followed, as_table))).child(trouble(problem))
}

type Seen = Kept<Option<Arc<Followed>>>;

fn card(seen: Seen, as_table: Slot<bool>) -> El {
    let header = el("header")
        .class("card-head")
        .child(el("h2").text(words::CURVE))
        .child(table_switch(as_table));
    let draw = move |draw: fn(&Followed) -> El| {
        dynamic(move || seen.get().map_or_else(nothing, |followed| draw(&followed).into()))
    };
    let content = move || match as_table.get() {
        true => draw(|followed| points(&followed.points)),
        false => draw(picture),
    };
    el("section")
        .class("card")
        .attr("data-test", "curve")
        .child(header)
        .child(draw(said))
        .child(dynamic(content))
        .child(draw(|followed| resolvers(&followed.curve.resolvers)))
}

/// How far it has come, and what is to be said of those who are behind.
fn said(followed: &Followed) -> El {
    let end = followed.curve.end.as_deref().map(|end| span("facts").text(words::curve_end(end)));
    let summary = el("p").text(curve::summary(followed)).text(". ").maybe(end);
    let remark = |remark: String| el("li").text(remark);
    let remarks = curve::remarks(followed).into_iter().map(remark);
    el("div").child(summary).child(el("ul").class("blockers").children(remarks))
}

fn picture(followed: &Followed) -> El {
    let drawn = curve::lines(&followed.points);
    let line = |class: &'static str, d: String| {
        el("path").class(class).attr("vector-effect", "non-scaling-stroke").attr("d", d)
    };
    let svg = el("svg")
        .class("curve")
        .attr("role", "img")
        .attr("aria-label", curve::summary(followed))
        .attr("viewBox", format!("0 0 {} {}", curve::WIDTH, curve::HEIGHT))
        .attr("preserveAspectRatio", "none")
        .child(line("curve-frame", format!("M0 4H{0}M0 100H{0}M0 196H{0}", curve::WIDTH)))
        .child(line("curve-expected", drawn.expected))
        .child(line("curve-measured", drawn.measured));
    let last = followed.points.last().map_or(0, |point| point.ms);
    let axis =
        span("axis").child(el("small").text("0 s")).child(el("small").text(time::took(last)));
    let legend = div("legend")
        .child(span("curve-key").text(words::MEASURED))
        .child(span("curve-key expected").text(words::EXPECTED));
    let scale = span("curve-scale")
        .attr("aria-hidden", "true")
        .children(["100 %", "50 %", "0 %"].map(|text| el("small").text(text)));
    el("div").child(div("curve-box").child(scale).child(svg)).child(axis).child(legend)
}

fn points(points: &[Point]) -> El {
    let row = |point: Point| {
        let measured = point.measured.map_or_else(String::new, percent);
        vec![cell(time::took(point.ms)), cell(measured), cell(percent(point.expected))]
    };
    let rows = curve::rows(points).into_iter().map(row).collect();
    table(
        words::CURVE.text(),
        &[words::TIME_SINCE.text(), words::MEASURED.text(), words::EXPECTED.text()],
        rows,
    )
}

fn percent(share: f64) -> String {
    format!("{} %", (share * 100.0 + 0.5) as u32)
}

/// What the resolvers answer.
fn resolvers(resolvers: &[Source]) -> El {
    let row = |source: &Source| {
        let ttl = source.new_ttl.max(source.old_ttl);
        let ttl = ttl.map(|ttl| format!("{ttl} s")).unwrap_or_default();
        let name = el("span")
            .child(el("span").text(source.name.clone()))
            .text(" ")
            .child(el("small").text(source.operator.clone()));
        vec![name, cell(curve::says(source)), cell(ttl)]
    };
    let heads = [words::RESOLVER.text(), words::ANSWERED.text(), words::LARGEST_TTL.text()];
    table(words::RESOLVER.text(), &heads, resolvers.iter().map(row).collect())
}
