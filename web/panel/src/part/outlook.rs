//! What the machine would do next, and why it does not.
use crate::live::Watched;
use crate::model::next;
use crate::words;
use leptos::prelude::*;

/// The card.
#[component]
pub fn OutlookCard(service: Watched) -> impl IntoView {
    let outlook = service.memo_at(|service, now| Some(next::outlook(service, now)));
    let head = move || outlook.with(|o| o.as_ref().map(|o| o.head.clone()));
    let blockers = move || {
        let items = outlook.with(|o| o.as_ref().map(|o| o.blockers.clone()).unwrap_or_default());
        items.into_iter().map(|item| view! { <li>{item}</li> }).collect_view()
    };
    let deadline = move || outlook.with(|o| o.as_ref().and_then(|o| o.deadline.clone()));
    let quorum = move || service.with(|service| words::quorum(service.view.quorum));
    let budget = move || service.with(|service| words::moves_left(service.view.moves_left));
    view! {
        <section class="card" data-test="outlook">
            <h2>{words::NEXT}</h2>
            <p>{head}</p>
            <ul class="blockers">{blockers}</ul>
            <p class="facts">{deadline}</p>
            <p class="facts">{quorum} " · " {budget}</p>
        </section>
    }
}
